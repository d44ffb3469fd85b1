"""Segments are counted as carriers bill them."""

import json
from pathlib import Path

import gsm0338
import pytest

from watchword.domain.segments import (
    GSM_BASIC,
    GSM_EXTENSION,
    Encoding,
    Segments,
    count_segments,
    is_gsm,
    plain_typography,
)

CASES = json.loads(Path(__file__).with_name("segment_cases.json").read_text())


def test_the_cases_are_the_511_and_of_every_kind() -> None:
    assert len(CASES) == 511
    assert {(encoding, count) for _, encoding, _, count in CASES} >= {
        (encoding, count) for encoding in Encoding for count in (1, 2, 3, 4)
    }


def test_every_text_counts_as_in_twilios_calculator() -> None:
    wrong = [
        (text, expected, counted)
        for text, *expected in CASES
        if (counted := count_segments(text)) != Segments(Encoding(expected[0]), *expected[1:])
    ]
    assert wrong == []


def test_the_alphabet_is_the_one_of_an_independent_codec() -> None:
    codec = gsm0338.Codec()

    def septets(char: str) -> int | None:
        try:
            return len(codec.encode(char)[0])
        except UnicodeEncodeError:
            return None

    ours = dict.fromkeys(GSM_BASIC, 1) | dict.fromkeys(GSM_EXTENSION, 2)
    every = map(chr, [*range(0xD800), *range(0xE000, 0x11000)])
    theirs = {char: size for char in every if (size := septets(char)) and char != "\x1b"}
    assert ours == theirs


@pytest.mark.parametrize(
    ("text", "units", "count"),
    [
        ("", 0, 1),
        ("a" * 160, 160, 1),
        ("a" * 161, 161, 2),
        ("a" * 306, 306, 2),
        ("a" * 307, 307, 3),
        ("a" * 158 + "€", 160, 1),
        ("a" * 152 + "€" + "a" * 152, 306, 3),
        ("я" * 70, 70, 1),
        ("я" * 71, 71, 2),
        ("я" * 66 + "😀" + "я" * 66, 134, 3),
        ("😀" * 35, 70, 1),
    ],
)
def test_a_pair_is_never_cut_by_the_end_of_a_segment(text: str, units: int, count: int) -> None:
    counted = count_segments(text)
    assert (counted.units, counted.count) == (units, count)


def test_typeset_characters_become_plain_when_that_saves_the_encoding() -> None:
    typeset = "McDonald’s – “code”\u00a0{code}…"
    assert not is_gsm(typeset)
    assert plain_typography(typeset) == 'McDonald\'s - "code" {code}...'


@pytest.mark.parametrize("text", ["l’été, ça va", "Код – {code}", "plain"])
def test_a_text_that_would_not_gain_keeps_its_typography(text: str) -> None:
    assert plain_typography(text) == text
