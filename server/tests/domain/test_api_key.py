"""API keys name their kind, carry 256 bits and a checksum, and are shown to nobody again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchword.domain.api_key import (
    SECRET_BYTES,
    digest,
    format_key,
    hint,
    is_well_formed,
)

SECRETS = st.binary(min_size=SECRET_BYTES, max_size=SECRET_BYTES)
DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


@given(secret=SECRETS, sandbox=st.booleans())
def test_a_key_names_its_kind_and_is_always_as_long(secret: bytes, sandbox: bool) -> None:
    key = format_key(secret, sandbox=sandbox)
    assert key.startswith("ww_test_" if sandbox else "ww_live_")
    assert len(key) == 8 + 43 + 6
    assert set(key[8:]) <= set(DIGITS)
    assert is_well_formed(key)


@given(secret=SECRETS)
def test_a_key_holds_all_256_bits_of_its_secret(secret: bytes) -> None:
    assert SECRET_BYTES * 8 == 256
    number = 0
    for char in format_key(secret, sandbox=False)[8:51]:
        number = number * 62 + DIGITS.index(char)
    assert number.to_bytes(SECRET_BYTES, "big") == secret


@given(secret=SECRETS, place=st.integers(0, 56), char=st.sampled_from(DIGITS))
def test_a_slip_of_one_character_is_told_by_the_checksum(
    secret: bytes, place: int, char: str
) -> None:
    key = format_key(secret, sandbox=True)
    slipped = key[:place] + char + key[place + 1 :]
    assert is_well_formed(slipped) is (slipped == key)


@pytest.mark.parametrize("text", ["", "ww_live_", "ww_test_000000", "x" * 57, "ww_live_é"])
def test_what_is_no_key_of_ours_is_told_so(text: str) -> None:
    assert not is_well_formed(text)


@given(secret=SECRETS)
def test_what_is_kept_leads_back_to_no_key(secret: bytes) -> None:
    key = format_key(secret, sandbox=False)
    assert len(digest(key)) == 32
    shown = hint(key).replace("…", "")
    assert len(shown) < 20
    assert len(set(key) - set(shown)) > 0
    assert sum(map(len, (shown.removeprefix("ww_live_"),))) <= 6


@pytest.mark.parametrize("length", range(1, 24))
def test_the_hint_at_a_short_foreign_key_shows_two_characters(length: int) -> None:
    assert hint("s3cretkeyofanothersystem"[:length]) == "s3cretkey"[: min(2, length)] + "…"
