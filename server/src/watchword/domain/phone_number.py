"""Phone numbers: the one value that stands for a valid number, and how to show it to nobody."""

from typing import Any

from msgspec import Struct

from watchword.domain.line_type import LineType

_HEAD, _TAIL, _HIDDEN = 4, 2, 4


class PhoneNumber(Struct, frozen=True):
    """A number that a `Numbering` found valid; its text is masked wherever it is printed.

    `e164` is the number in ITU-T E.164 with its plus sign. `region` is ISO 3166-1 alpha-2, None for
    a number of no country (+800, +883). `may_be_mobile` tells a plan that gives mobiles and
    landlines the same ranges (True, type `Unknown`) from a line that is surely no mobile.
    """

    e164: str
    region: str | None
    country_code: int
    line_type: LineType
    may_be_mobile: bool = False

    def __repr__(self) -> str:
        """The masked number, its region and type, so that no log or exception holds the number."""
        return f"PhoneNumber({mask(self.e164)}, {self.region}, {self.line_type.value})"

    def __str__(self) -> str:
        """The masked number; `e164` is the way to the whole one."""
        return mask(self.e164)

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        """The masked fields, because msgspec would show all of them to a pretty traceback."""
        return [
            ("e164", mask(self.e164)),
            ("region", self.region),
            ("line_type", self.line_type.value),
        ]


def mask(e164: str) -> str:
    """The number for logs and consoles: the plus, three digits, stars, two digits.

    All of it is stars when fewer than four digits would be hidden, or when it is no E.164 text.
    """
    hidden = len(e164) - _HEAD - _TAIL
    if hidden < _HIDDEN or not e164.startswith("+"):
        return "*" * len(e164)
    return f"{e164[:_HEAD]}{'*' * hidden}{e164[-_TAIL:]}"


def block(e164: str, digits: int) -> str:
    """The number without its last `digits` digits: the neighbours it was probably bought with."""
    return e164[: max(len(e164) - digits, 2)]
