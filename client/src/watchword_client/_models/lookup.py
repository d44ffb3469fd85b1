"""Asking what is known about a number."""

from msgspec import Struct

from .answer import Answer
from .open_enum import OpenEnum


class LookupType(OpenEnum):
    """What may be asked for beyond the usual fields."""

    CNAM = "cnam"


class LookupRequest(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The number, in E.164 form, and what to ask for beyond the usual fields."""

    phone_number: str
    type_: tuple[LookupType, ...] | None = None
    customer_uuid: str | None = None


class LineType(OpenEnum):
    """What kind of line a number belongs to."""

    CALLING_CARDS = "CallingCards"
    FIXED_LINE = "FixedLine"
    INTERNET_SERVICE_PROVIDER = "InternetServiceProvider"
    LOCAL_RATE = "LocalRate"
    MOBILE = "Mobile"
    OTHER = "Other"
    PAGER = "Pager"
    PAY_PHONE = "PayPhone"
    PREMIUM_RATE = "PremiumRate"
    SATELLITE = "Satellite"
    SERVICE = "Service"
    SHARED_COST = "SharedCost"
    SHORT_CODES_COMMERCIAL = "ShortCodesCommercial"
    TOLL_FREE = "TollFree"
    UNIVERSAL_ACCESS = "UniversalAccess"
    UNKNOWN = "Unknown"
    VPN = "VPN"
    VOICE_MAIL = "VoiceMail"
    VOIP = "Voip"


class LookupResponse(Answer, frozen=True, kw_only=True):
    """What is known about a number."""

    phone_number: str | None = None
    mcc: str | None = None
    mnc: str | None = None
    caller_name: str | None = None
    """The name registered for the number; only when asked for and known."""
    carrier: str | None = None
    country_code: str | None = None
    """Two letters, ISO 3166-1."""
    number_ported: bool | None = None
    temporary_phone_number: bool | None = None
    line_type: LineType | None = None
