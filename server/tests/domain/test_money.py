"""Money is exact, and reads as people write it."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchword.domain.money import Money, as_decimal, parse_amount

MICROS = st.integers(-(10**15), 10**15)


@given(micros=MICROS)
def test_an_amount_survives_being_written_and_read(micros: int) -> None:
    assert parse_amount(str(as_decimal(micros))) == micros
    assert parse_amount(str(Money(micros, "EUR")).removesuffix(" EUR")) == micros


@given(micros=MICROS)
def test_an_amount_is_written_without_exponent_or_trailing_zeros(micros: int) -> None:
    text = str(as_decimal(micros))
    assert "E" not in text
    assert "." not in text or not text.endswith("0")
    assert Decimal(text) * 1_000_000 == micros


@pytest.mark.parametrize(
    ("micros", "text"),
    [(9_000, "0.009 EUR"), (0, "0 EUR"), (10_000_000, "10 EUR"), (-1, "-0.000001 EUR"),
     (100_500_000, "100.5 EUR")],
)  # fmt: skip
def test_money_reads_as_a_plain_decimal(micros: int, text: str) -> None:
    assert str(Money(micros, "EUR")) == text


@pytest.mark.parametrize(
    ("text", "micros"), [("0.009", 9_000), ("1e3", 10**9), ("-2", -2_000_000), (" 5 ", 5_000_000)]
)
def test_an_amount_is_read_exactly(text: str, micros: int) -> None:
    assert parse_amount(text) == micros


@pytest.mark.parametrize(
    "text", ["", "x", "1,5", "0.0000001", "NaN", "sNaN", "Infinity", "-inf", "1 EUR", "0x10"]
)
def test_what_is_no_exact_amount_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_amount(text)
