import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchword.domain.line_type import RECEIVES_CODES, LineType, can_receive_code
from watchword.domain.lookup import LookupResult, merge
from watchword.domain.phone_number import PhoneNumber, block, mask

NUMBER = PhoneNumber("+33612345678", "FR", 33, LineType.MOBILE, may_be_mobile=True)


def test_a_masked_number_shows_its_head_and_two_last_digits() -> None:
    assert mask("+33612345678") == "+336******78"


@pytest.mark.parametrize("short", ["", "+", "+0", "+6907290", "112"])
def test_a_short_number_is_masked_whole(short: str) -> None:
    assert mask(short) == "*" * len(short)


def test_a_text_that_is_no_e164_is_masked_whole() -> None:
    assert mask("0612345678901") == "*" * 13


@given(st.from_regex(r"\+[1-9][0-9]{1,14}", fullmatch=True))
def test_a_mask_never_shows_more_than_six_digits_and_hides_at_least_two(e164: str) -> None:
    masked = mask(e164)
    shown = sum(character.isdecimal() for character in masked)
    assert len(masked) == len(e164)
    assert shown <= 6
    assert len(e164) - 1 - shown >= 2


def test_a_number_is_masked_wherever_it_is_printed() -> None:
    texts = [str(NUMBER), repr(NUMBER), f"{NUMBER}", f"{[NUMBER]}", str(NUMBER.__rich_repr__())]
    assert all("+336******78" in text for text in texts)
    assert not any("612345678" in text for text in texts)


def test_a_lookup_is_masked_wherever_it_is_printed() -> None:
    result = LookupResult(phone_number=NUMBER.e164, caller_name="ADA LOVELACE")
    text = f"{result} {result!r} {result.__rich_repr__()}"
    assert "612345678" not in text
    assert "ADA" not in text


def test_a_block_is_the_number_without_its_last_digits() -> None:
    assert block("+33612345678", 4) == "+3361234"
    assert block("+33612345678", 0) == "+33612345678"
    assert block("+331", 9) == "+3"


def test_the_wire_has_nineteen_line_types() -> None:
    assert len(LineType) == 19
    assert msgspec.json.encode(LineType.VPN) == b'"VPN"'


@pytest.mark.parametrize("line_type", sorted(set(LineType) - RECEIVES_CODES))
def test_s8_a_costly_line_never_receives_a_code(line_type: LineType) -> None:
    assert not can_receive_code(line_type, allow_voip=True)


def test_a_setting_decides_about_voip_and_another_about_unknown_lines() -> None:
    assert can_receive_code(LineType.MOBILE, allow_voip=False, mobile_or_fixed=False)
    assert can_receive_code(LineType.VOIP, allow_voip=True)
    assert not can_receive_code(LineType.VOIP, allow_voip=False)
    assert can_receive_code(LineType.UNKNOWN, allow_voip=False)
    assert not can_receive_code(LineType.UNKNOWN, allow_voip=True, mobile_or_fixed=False)


def test_a_fact_that_is_not_known_is_not_in_the_json() -> None:
    assert msgspec.json.encode(LookupResult(phone_number="+800")) == b'{"phone_number":"+800"}'


OFFLINE = LookupResult(
    phone_number="+35799123456",
    mcc="280",
    mnc="01",
    carrier="First",
    country_code="CY",
    line_type=LineType.MOBILE,
)


def test_a_live_fact_wins_and_an_offline_one_fills_the_gap() -> None:
    live = LookupResult(phone_number="99123456", number_ported=False, caller_name="ADA")
    merged = merge(OFFLINE, live)
    assert merged.phone_number == "+35799123456"
    assert (merged.number_ported, merged.caller_name) == (False, "ADA")
    assert (merged.carrier, merged.mcc, merged.mnc) == ("First", "280", "01")


@pytest.mark.parametrize(
    "live",
    [
        LookupResult(phone_number="+35799123456", number_ported=True),
        LookupResult(phone_number="+35799123456", carrier="Second"),
        LookupResult(phone_number="+35799123456", mnc="20"),
    ],
)
def test_the_first_network_is_forgotten_when_another_may_serve_the_number(
    live: LookupResult,
) -> None:
    merged = merge(OFFLINE, live)
    assert (merged.carrier, merged.mnc) == (live.carrier, live.mnc)
    assert merged.mcc == "280"


def test_an_unknown_live_line_type_does_not_hide_a_known_one() -> None:
    live = LookupResult(phone_number="+35799123456", line_type=LineType.UNKNOWN)
    assert merge(OFFLINE, live).line_type is LineType.MOBILE
    known = LookupResult(phone_number="+35799123456", line_type=LineType.VOIP)
    assert merge(OFFLINE, known).line_type is LineType.VOIP
