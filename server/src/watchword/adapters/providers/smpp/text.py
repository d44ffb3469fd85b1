"""Texts as short messages: the alphabet, and parts where one message does not hold them."""

from collections.abc import Iterator
from enum import StrEnum

from msgspec import Struct

from watchword.adapters.providers.smpp.pdu import Tag, Tlvs
from watchword.domain.segments import Encoding, count_segments

DEFAULT_ALPHABET = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
"""The GSM 7-bit default alphabet in order of its codes (3GPP TS 23.038, 6.2.1)."""
EXTENSION = {
    "\f": 0x0A,
    "^": 0x14,
    "{": 0x28,
    "}": 0x29,
    "\\": 0x2F,
    "[": 0x3C,
    "~": 0x3D,
    "]": 0x3E,
    "|": 0x40,
    "€": 0x65,
}
"""What follows the escape for a character of the extension table (3GPP TS 23.038, 6.2.1.1)."""
ESCAPE = 0x1B
DEFAULT_CODING, UCS_2_CODING = 0x00, 0x08
"""Values of `data_coding` (SMPP 3.4, 5.2.19). The first is the centre's own alphabet, GSM 7-bit."""
UDHI = 0x40
"""The bit of `esm_class` that says the text begins with a header (SMPP 3.4, 5.2.12)."""
MOST_PARTS = 255
_PART_OCTETS = {Encoding.GSM_7: 153, Encoding.UCS_2: 134}

_SEPTETS = {
    **{char: bytes((code,)) for code, char in enumerate(DEFAULT_ALPHABET) if code != ESCAPE},
    **{char: bytes((ESCAPE, code)) for char, code in EXTENSION.items()},
}


class LongMessages(StrEnum):
    """How a text of several parts is sent, which every message centre wants otherwise."""

    UDH = "udh"
    """Each part begins with a header of six octets (3GPP TS 23.040, 9.2.3.24.1)."""
    SAR = "sar"
    """The parameters `sar_*` number the parts, and the centre writes the headers."""
    PAYLOAD = "payload"
    """The whole text goes in `message_payload`, and the centre cuts it."""


class Part(Struct, frozen=True, kw_only=True):
    """One PDU's share of a text."""

    data_coding: int
    short_message: bytes = b""
    esm_class: int = 0
    tlvs: Tlvs = {}

    def __repr__(self) -> str:
        """Nothing of the text."""
        return "Part()"

    def __rich_repr__(self) -> list[tuple[str, object]]:
        """The same, because msgspec would show every field to a pretty traceback."""
        return []


def split_text(text: str, style: LongMessages, reference: int) -> tuple[Part, ...] | None:
    """The parts of a text: GSM 7-bit, an octet for each septet, where that has every character.

    Else UCS-2. They are cut where `domain.segments` counts, so never within an escape or a surrogate
    pair. `reference` ties the parts together (the low octet in a header, two octets in `sar_*`).
    None where there are more than 255, which cannot be numbered.
    """
    size = count_segments(text)
    coding = DEFAULT_CODING if size.encoding is Encoding.GSM_7 else UCS_2_CODING
    if size.count == 1:
        return (Part(data_coding=coding, short_message=_encode(text, size.encoding)),)
    if style is LongMessages.PAYLOAD:
        whole = _encode(text, size.encoding)
        return (Part(data_coding=coding, tlvs={Tag.MESSAGE_PAYLOAD: whole}),)
    if size.count > MOST_PARTS:
        return None
    pieces = [*_cut(text, size.encoding)]
    total = len(pieces)
    return tuple(
        _header(coding, piece, reference, total, number)
        if style is LongMessages.UDH
        else _sar(coding, piece, reference, total, number)
        for number, piece in enumerate(pieces, 1)
    )


def read_text(octets: bytes, data_coding: int) -> str:
    """The text of a receipt, whatever is in it; it is plain ASCII or, from a few centres, UCS-2."""
    if data_coding == UCS_2_CODING:
        return octets.decode("utf-16-be", "replace")
    return octets.decode("latin-1")


def _header(coding: int, piece: bytes, reference: int, total: int, number: int) -> Part:
    header = bytes((5, 0, 3, reference & 0xFF, total, number))
    return Part(data_coding=coding, esm_class=UDHI, short_message=header + piece)


def _sar(coding: int, piece: bytes, reference: int, total: int, number: int) -> Part:
    tlvs: Tlvs = {
        Tag.SAR_MSG_REF_NUM: (reference & 0xFFFF).to_bytes(2, "big"),
        Tag.SAR_TOTAL_SEGMENTS: bytes((total,)),
        Tag.SAR_SEGMENT_SEQNUM: bytes((number,)),
    }
    return Part(data_coding=coding, short_message=piece, tlvs=tlvs)


def _encode(text: str, encoding: Encoding) -> bytes:
    if encoding is Encoding.GSM_7:
        return b"".join(map(_SEPTETS.__getitem__, text))
    # A lone half of a surrogate pair is no character; it becomes a question mark.
    return text.encode("utf-16-be", "replace")


def _cut(text: str, encoding: Encoding) -> Iterator[bytes]:
    limit = _PART_OCTETS[encoding]
    piece = b""
    for char in text:
        octets = _encode(char, encoding)
        if len(piece) + len(octets) > limit:
            yield piece
            piece = b""
        piece += octets
    yield piece
