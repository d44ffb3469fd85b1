"""Codes are uniform, derived from a secret alone, and compared as people type them."""

from collections import Counter
from operator import itemgetter
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchword.domain.code import (
    MAX_LENGTH,
    MIN_LENGTH,
    derive_code,
    matching_attempt,
    normalise_typed,
)
from watchword.domain.project import ProjectSettings
from watchword.domain.project import TestNumber as FixedCode

KEY = b"a key of thirty-two bytes, or so"
NINE_DEGREES = 27.88
"""Chi-square with 9 degrees of freedom is above this in one case of a thousand."""
MANY_DEGREES = 1_143.0
"""The same with 999 degrees."""


def chi_square(observed: Counter[str], categories: int) -> float:
    expected = observed.total() / categories
    seen = sum((count - expected) ** 2 / expected for count in observed.values())
    return seen + (categories - len(observed)) * expected


def test_c1_codes_are_uniform_over_their_digits_and_leading_zeros_are_kept() -> None:
    codes = [
        derive_code(KEY, UUID(int=number), attempt, 6)
        for number in range(250_000)
        for attempt in range(1, 5)
    ]
    assert len(codes) == 1_000_000
    assert {len(code) for code in codes} == {6}
    for position in range(6):
        digits = Counter(map(itemgetter(position), codes))
        assert set(digits) == set("0123456789")
        assert chi_square(digits, 10) < NINE_DEGREES
    assert chi_square(Counter(map(itemgetter(slice(3)), codes)), 1_000) < MANY_DEGREES
    assert chi_square(Counter(map(itemgetter(slice(3, 6)), codes)), 1_000) < MANY_DEGREES
    leading = sum(code.startswith("00") for code in codes)
    assert 9_600 < leading < 10_400


@pytest.mark.parametrize("length", range(MIN_LENGTH, MAX_LENGTH + 1))
def test_c1_every_length_from_4_to_10_is_uniform_in_every_place(length: int) -> None:
    codes = [derive_code(KEY, UUID(int=n), 1, length) for n in range(20_000)]
    assert {len(code) for code in codes} == {length}
    assert all(code.isascii() and code.isdigit() for code in codes)
    for position in range(length):
        assert chi_square(Counter(map(itemgetter(position), codes)), 10) < 33.7


@pytest.mark.parametrize(
    ("field", "least", "most", "default"),
    [("code_length", 4, 10, 6), ("lifetime", 30, 600, 600), ("max_checks", 1, 10, 5)],
)
def test_c1_settings_stay_within_what_is_promised(
    field: str, least: int, most: int, default: int
) -> None:
    assert getattr(ProjectSettings(), field) == default
    for allowed in (least, most):
        chosen = msgspec.convert({field: allowed}, ProjectSettings)
        assert getattr(chosen, field) == allowed
    for refused in (least - 1, most + 1, 0, -1):
        with pytest.raises(msgspec.ValidationError, match=field):
            msgspec.convert({field: refused}, ProjectSettings)


@pytest.mark.parametrize("code", ["123", "12345678901", "12a4", "", "１２３４"])
def test_a_fixed_code_is_4_to_10_digits(code: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"phone_number": "+336", "code": code, "until": 1}, FixedCode)


def test_a_code_depends_on_the_key_the_authentication_and_the_attempt() -> None:
    about = UUID(int=1)
    codes = {
        derive_code(KEY, about, 1, 10),
        derive_code(KEY, about, 2, 10),
        derive_code(KEY, UUID(int=2), 1, 10),
        derive_code(KEY[::-1], about, 1, 10),
    }
    assert len(codes) == 4
    assert derive_code(KEY, about, 1, 10) in codes


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("123456", "123456"), (" 123 456 ", "123456"), ("123-456", "123456"),
        ("12–34—56", "123456"), ("1\u00a02\u20093\t4\n5 6", "123456"), ("１２３４５６", "123456"),
        ("١٢٣٤٥٦", "123456"), ("۱۲۳۴۵۶", "123456"), ("१२३४५६", "123456"), ("𝟏𝟐𝟑𝟒𝟓𝟔", "123456"),
        ("١２3-४ 5６", "123456"), ("①②③", "①②③"), ("12345O", "12345O"), ("½", "½"), ("", ""),
        ("-_-", "_"), ("000000", "000000"),
    ],
)  # fmt: skip
def test_what_a_person_typed_is_read_as_it_was_meant(typed: str, meant: str) -> None:
    assert normalise_typed(typed) == meant


@given(typed=st.text(max_size=64))
def test_reading_what_was_typed_never_fails_and_is_stable(typed: str) -> None:
    once = normalise_typed(typed)
    assert normalise_typed(once) == once
    assert len(once) <= len(typed)


@given(code=st.from_regex(r"[0-9]{4,10}", fullmatch=True), other=st.text(max_size=10))
def test_a_code_matches_itself_and_nothing_else(code: str, other: str) -> None:
    assert matching_attempt(code, [code]) == 1
    if normalise_typed(other) != code:
        assert matching_attempt(normalise_typed(other), [code]) is None


def test_a_match_names_its_attempt_counted_from_one() -> None:
    assert matching_attempt("3333", ["1111", "2222", "3333"]) == 3
    assert matching_attempt("1111", ["1111", "2222", "3333"]) == 1
    assert matching_attempt("4444", ["1111", "2222", "3333"]) is None
    assert matching_attempt("", []) is None
    assert matching_attempt("é", ["1111"]) is None


def test_every_code_is_compared_also_after_one_has_matched(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    compared: list[bytes] = []

    def compare(_: bytes, other: bytes) -> bool:
        compared.append(other)
        return True

    monkeypatch.setattr("watchword.domain.code.hmac.compare_digest", compare)
    matching_attempt("1111", ["1111", "2222", "3333"])
    assert compared == [b"1111", b"2222", b"3333"]


def test_of_equal_codes_the_first_attempt_is_meant() -> None:
    assert matching_attempt("1111", ["1111", "2222", "1111"]) == 1
