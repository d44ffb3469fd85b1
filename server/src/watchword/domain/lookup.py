"""Lookup: what is known about a number, where a fact that is not known is not there."""

from typing import Any

from msgspec import Struct
from msgspec.structs import fields, replace

from watchword.domain.line_type import LineType
from watchword.domain.phone_number import mask


class LookupResult(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The facts of the Ding OTP API v1 about one number; None is left out of the JSON.

    `phone_number` is E.164, `mcc` and `mnc` are ITU-T E.212 codes whose leading zeros count,
    `country_code` is ISO 3166-1 alpha-2, `temporary_phone_number` means listed as disposable.
    """

    phone_number: str
    mcc: str | None = None
    mnc: str | None = None
    caller_name: str | None = None
    carrier: str | None = None
    country_code: str | None = None
    number_ported: bool | None = None
    temporary_phone_number: bool | None = None
    line_type: LineType | None = None

    def __repr__(self) -> str:
        """The country and type with a masked number, so that no log holds number or name."""
        return f"LookupResult({mask(self.phone_number)}, {self.country_code}, {self.line_type})"

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        """The same masked facts for a pretty traceback."""
        return [
            ("phone_number", mask(self.phone_number)),
            ("country_code", self.country_code),
            ("line_type", self.line_type),
        ]


def merge(offline: LookupResult, live: LookupResult) -> LookupResult:
    """Both answers as one: a live fact wins where it is known, and networks are never mixed.

    Offline, the carrier is the one the number was first given to. As soon as the live answer names
    a network, or says that the number was ported, that first network is forgotten.
    """
    known: dict[str, object] = {
        field.name: value
        for field in fields(LookupResult)
        if (value := getattr(live, field.name)) is not None and value is not LineType.UNKNOWN
    }
    known["phone_number"] = offline.phone_number
    if live.number_ported or live.carrier is not None or live.mnc is not None:
        offline = replace(offline, carrier=None, mnc=None)
    return replace(offline, **known)
