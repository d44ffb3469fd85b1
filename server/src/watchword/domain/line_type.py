"""Line types: what kind of line a number is, and which kinds a code may be sent to."""

from enum import StrEnum


class LineType(StrEnum):
    """The closed list of the Ding OTP API v1, in its spelling."""

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


RECEIVES_CODES: frozenset[LineType] = frozenset(
    {LineType.MOBILE, LineType.UNKNOWN, LineType.VOIP},
)
"""The types a code may be sent to; every other costs more than it can verify.

`Unknown` is among them because a plan that numbers mobiles and landlines alike (the United States,
Canada, Mexico) tells no more than that.
"""


def can_receive_code(
    line_type: LineType,
    *,
    allow_voip: bool,
    mobile_or_fixed: bool = True,
) -> bool:
    """Whether a code may go to this type of line under the two settings an operator has.

    `mobile_or_fixed` off refuses every line whose type is not known, which is all of North America.
    """
    match line_type:
        case LineType.VOIP:
            return allow_voip
        case LineType.UNKNOWN:
            return mobile_or_fixed
        case _:
            return line_type in RECEIVES_CODES
