"""Segments: how many short messages a text is billed as."""

from enum import StrEnum
from functools import lru_cache

from msgspec import Struct

GSM_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
"""The GSM 7-bit default alphabet without its escape character (3GPP TS 23.038, 6.2.1)."""

GSM_EXTENSION = frozenset("\f^{}\\[~]|€")
"""Its extension table: an escape and a character, two septets each (3GPP TS 23.038, 6.2.1.1)."""

_GSM = GSM_BASIC | GSM_EXTENSION

_SINGLE = {"gsm-7": 160, "ucs-2": 70}
# What a message of several parts keeps of its 140 octets after a six-octet header.
_PART = {"gsm-7": 153, "ucs-2": 67}


class Encoding(StrEnum):
    """How the characters of a short message travel."""

    GSM_7 = "gsm-7"
    UCS_2 = "ucs-2"


class Segments(Struct, frozen=True):
    """The size of one text.

    `units` are septets in GSM-7 and UTF-16 code units in UCS-2; `count` is what carriers bill.
    """

    encoding: Encoding
    units: int
    count: int


def is_gsm(text: str) -> bool:
    """Whether every character of the text is in the GSM 7-bit alphabet or its extension table."""
    return _GSM.issuperset(text)


@lru_cache(maxsize=1024)
def count_segments(text: str) -> Segments:
    """Count as the carriers and Twilio's calculator do; the empty text is one segment.

    One segment holds 160 septets or 70 code units; a part of several holds 153 or 67 (3GPP TS
    23.040, 9.2.3.24.1), and no escape pair or surrogate pair is cut in two by the end of a part.
    Letters with combining marks may be cut: Twilio's calculator keeps those together, so a long
    Hindi or Thai text may count one segment more there.
    """
    if is_gsm(text):
        encoding, wide = Encoding.GSM_7, GSM_EXTENSION
    else:
        encoding, wide = Encoding.UCS_2, frozenset(char for char in text if char > "\uffff")
    units = len(text) + sum(map(text.count, wide))
    if units <= _SINGLE[encoding]:
        return Segments(encoding, units, 1)
    part = _PART[encoding]
    count, used = 1, 0
    for char in text:
        width = 2 if char in wide else 1
        if used + width > part:
            count, used = count + 1, 0
        used += width
    return Segments(encoding, units, count)


_TYPOGRAPHY = str.maketrans(
    {
        **dict.fromkeys("‘’‚‛′`´", "'"),
        **dict.fromkeys("“”„‟″«»", '"'),
        **dict.fromkeys("‐‑‒–—―−", "-"),
        **dict.fromkeys("\u00a0\u2002\u2003\u2007\u2009\u200a\u202f\t", " "),
        **dict.fromkeys("\u00ad\u200b\u2060\ufeff", ""),
        "…": "...",
        "•": "-",
    }
)


def plain_typography(text: str) -> str:
    """Typeset quotes, dashes and spaces as GSM-7 has them, when that makes the whole text GSM-7.

    A text that needs UCS-2 anyway is given back as it came: nothing would be won.
    """
    if is_gsm(text):
        return text
    plain = text.translate(_TYPOGRAPHY)
    return plain if is_gsm(plain) else text
