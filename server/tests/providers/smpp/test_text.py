"""Texts are sent in the alphabet that has them, and cut where carriers count."""

import gsm0338
import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchword.adapters.providers.smpp.pdu import Tag
from watchword.adapters.providers.smpp.text import (
    DEFAULT_ALPHABET,
    EXTENSION,
    UDHI,
    LongMessages,
    Part,
    split_text,
)
from watchword.domain.segments import GSM_BASIC, GSM_EXTENSION, count_segments

GSM = st.text(st.sampled_from(sorted(GSM_BASIC | GSM_EXTENSION)), max_size=500)
ANY = st.text(st.characters(exclude_categories=["Cs"]), max_size=300) | st.text(
    st.sampled_from("a€ Ж😀["), max_size=500
)


def pieces(parts: tuple[Part, ...] | None) -> list[bytes]:
    assert parts is not None
    bare = []
    for part in parts:
        header = part.short_message[0] + 1 if part.esm_class & UDHI else 0
        bare.append(part.short_message[header:] or part.tlvs.get(Tag.MESSAGE_PAYLOAD, b""))
    return bare


def decoded(octets: bytes, data_coding: int) -> str:
    if data_coding == 8:
        return octets.decode("utf-16-be")
    return str(gsm0338.Codec().decode(octets)[0])


def test_the_alphabet_is_the_one_that_segments_are_counted_in() -> None:
    assert set(DEFAULT_ALPHABET) - {"\x1b"} == GSM_BASIC
    assert len(DEFAULT_ALPHABET) == 128
    assert EXTENSION.keys() == GSM_EXTENSION


@given(GSM)
def test_gsm_texts_are_encoded_as_the_gsm0338_codec_does(text: str) -> None:
    parts = split_text(text, LongMessages.PAYLOAD, 1)
    assert b"".join(pieces(parts)) == gsm0338.Codec().encode(text)[0]


@given(GSM | ANY, st.sampled_from(LongMessages), st.integers(0, 1 << 20))
def test_every_text_comes_back_whole_from_its_parts(
    text: str, style: LongMessages, reference: int
) -> None:
    parts = split_text(text, style, reference)
    assert parts is not None
    assert "".join(decoded(piece, parts[0].data_coding) for piece in pieces(parts)) == text


@given(GSM | ANY, st.sampled_from([LongMessages.UDH, LongMessages.SAR]))
def test_there_are_as_many_parts_as_are_billed_and_each_fits(
    text: str, style: LongMessages
) -> None:
    parts = split_text(text, style, 1)
    assert parts is not None
    assert len(parts) == count_segments(text).count
    for part, piece in zip(parts, pieces(parts), strict=True):
        single, several = (160, 153) if part.data_coding == 0 else (140, 134)
        assert len(piece) <= (single if len(parts) == 1 else several)
        assert decoded(piece, part.data_coding) is not None


def test_a_header_numbers_the_parts() -> None:
    parts = split_text("a" * 307, LongMessages.UDH, 0x1FE)
    assert parts is not None
    assert [part.short_message[:6] for part in parts] == [
        b"\x05\x00\x03\xfe\x03\x01",
        b"\x05\x00\x03\xfe\x03\x02",
        b"\x05\x00\x03\xfe\x03\x03",
    ]
    assert {part.esm_class for part in parts} == {UDHI}


def test_parameters_number_the_parts() -> None:
    parts = split_text("Ж" * 71, LongMessages.SAR, 0x1FE)
    assert parts is not None
    assert [part.tlvs for part in parts] == [
        {0x020C: b"\x01\xfe", 0x020E: b"\x02", 0x020F: b"\x01"},
        {0x020C: b"\x01\xfe", 0x020E: b"\x02", 0x020F: b"\x02"},
    ]
    assert {part.esm_class for part in parts} == {0}


@pytest.mark.parametrize("style", LongMessages)
def test_a_text_that_fits_is_sent_as_it_is_in_every_style(style: LongMessages) -> None:
    assert split_text("a" * 160, style, 1) == (Part(data_coding=0, short_message=b"a" * 160),)


def test_a_text_that_cannot_be_numbered_is_none() -> None:
    assert split_text("a" * 153 * 256, LongMessages.UDH, 1) is None


def test_half_a_pair_becomes_a_question_mark() -> None:
    (part,) = split_text("\ud83d", LongMessages.UDH, 1) or ()
    assert part.short_message == b"\0?"


def test_a_part_shows_nothing_of_its_text() -> None:
    part = Part(data_coding=0, short_message=b"908172")
    assert "908172" not in repr(part)
    assert not part.__rich_repr__()
