import re
import subprocess
import sys

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchword.adapters.numbering.libphonenumber import LibPhoneNumber
from watchword.adapters.numbering.networks import country_mccs, network, network_named
from watchword.adapters.numbering.regions import region_name
from watchword.adapters.numbering.remembered import RememberedLookup
from watchword.domain.line_type import LineType
from watchword.domain.lookup import LookupResult
from watchword.domain.phone_number import PhoneNumber
from watchword.ports.numbering import LookupUnavailable, Numbering, NumberProblem

numbering = LibPhoneNumber()
as_port: Numbering = numbering


def number(text: str) -> PhoneNumber:
    parsed = numbering.parse(text)
    assert isinstance(parsed, PhoneNumber), parsed
    return parsed


def problem(text: str) -> str:
    parsed = numbering.parse(text)
    assert isinstance(parsed, NumberProblem), parsed
    return parsed.message


@pytest.mark.parametrize(
    ("text", "region", "line_type"),
    [
        ("+33612345678", "FR", LineType.MOBILE),
        ("+33123456789", "FR", LineType.FIXED_LINE),
        ("+390236618300", "IT", LineType.FIXED_LINE),
        ("+79123456789", "RU", LineType.MOBILE),
        ("+77710009998", "KZ", LineType.MOBILE),
        ("+16042345678", "CA", LineType.UNKNOWN),
        ("+18002345678", "US", LineType.TOLL_FREE),
        ("+6907290", "TK", LineType.MOBILE),
        ("+80012345678", None, LineType.TOLL_FREE),
        ("+883510012345", None, LineType.VOIP),
        ("+979123456789", None, LineType.PREMIUM_RATE),
        ("+88812345678901", None, LineType.UNIVERSAL_ACCESS),
        ("+878101234567890", None, LineType.VOIP),
        ("+881612345678", None, LineType.SATELLITE),
        ("+870301234567", None, LineType.SATELLITE),
        ("+447012345678", "GB", LineType.OTHER),
    ],
)
def test_a_number_has_its_region_and_line_type(
    text: str,
    region: str | None,
    line_type: LineType,
) -> None:
    parsed = number(text)
    assert (parsed.e164, parsed.region, parsed.line_type) == (text, region, line_type)


@pytest.mark.parametrize("region", sorted(phonenumbers.SUPPORTED_REGIONS - {"TA"}))
def test_the_example_of_every_region_is_a_number_that_may_be_mobile(region: str) -> None:
    example = numbering.example(region)
    assert example is not None
    parsed = number(example)
    assert parsed.may_be_mobile
    assert parsed.line_type in {LineType.MOBILE, LineType.UNKNOWN}
    assert region_name(region) != region


def test_an_example_needs_no_region() -> None:
    assert number(numbering.example(None) or "").region == "FR"
    assert numbering.example("fr") == "+33612345678"
    assert numbering.example("ZZ") is None


@pytest.mark.parametrize(
    ("text", "region"),
    [
        ("+12025550123", "US"),
        ("+15555550101", "US"),
        ("+16045550199", "CA"),
        ("+447700900000", "GB"),
        ("+447700900123", "GB"),
        ("+447700900999", "GB"),
    ],
)
def test_a_number_reserved_for_fiction_is_a_mobile_of_its_region(text: str, region: str) -> None:
    parsed = number(text)
    assert (parsed.region, parsed.line_type) == (region, LineType.MOBILE)
    assert parsed.may_be_mobile
    facts = numbering.describe(parsed)
    assert (facts.mcc, facts.mnc, facts.carrier) == (None, None, None)


@pytest.mark.parametrize("text", ["+15555550200", "+15555550099", "+447700901000", "+11235550100"])
def test_the_neighbours_of_a_reserved_range_are_no_numbers(text: str) -> None:
    assert problem(text)


def test_a_toll_free_number_reserved_for_fiction_stays_toll_free() -> None:
    assert number("+18005550199").line_type is LineType.TOLL_FREE


@pytest.mark.parametrize(
    "text",
    [" +33612345678\n", "+33 6 12 34 56 78", "+33-6.12.34.56.78", "+33 (0) 6 12 34 56 78"],
)
def test_separators_and_a_national_prefix_are_dropped(text: str) -> None:
    assert number(text).e164 == "+33612345678"


@pytest.mark.parametrize(
    ("text", "why", "example"),
    [
        ("+3361234", "too short for France", "+33612345678"),
        ("+336123456789", "too long for France", "+33612345678"),
        ("+491", "too short for Germany", "+4915123456789"),
        ("+8613912345678901", "too long for China", "+8613123456789"),
        ("0612345678", "say the country: start with + and its calling code", "+33612345678"),
        ("+0", "no calling code starts with 0", "+33612345678"),
    ],
)
def test_a_problem_says_why_where_and_shows_an_example(text: str, why: str, example: str) -> None:
    assert problem(text) == f"{text} is not a valid phone number: {why}; an example is {example}"


def test_an_empty_text_has_a_sentence_too() -> None:
    assert problem(" ").startswith("This is not a valid phone number: it is empty;")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("+", "no digits follow the +"),
        ("+33612A45678", "only the digits 0 to 9"),
        ("+٣٣٦١٢٣٤٥٦٧٨", "only the digits 0 to 9"),
        ("\uff0b33612345678", "write it as + and digits"),
        ("tel:+33612345678", "write it as + and digits"),
        ("+33612345678;ext=2", "only the digits 0 to 9"),
        ("+" + "1" * 70, "far too long"),
        ("+99912345678", "no country has a calling code that starts +999"),
        ("+861391234567", "no number of China starts like that"),
        ("+15551234567", "no number of United States and its neighbours under +1 starts"),
        ("+8001234567", "too short for the calling code +800; an example is +80012345678"),
    ],
)
def test_every_kind_of_wrong_text_has_its_reason(text: str, why: str) -> None:
    assert why in problem(text)


def test_a_problem_echoes_twenty_printable_characters_at_most() -> None:
    sentence = problem("\x1b[31m\u202eabc\r\n" + "x" * 40)
    assert sentence.startswith("[31mabc" + "x" * 13 + "… is not a valid phone number")
    assert sentence.isprintable()


@given(st.text(max_size=80))
def test_any_text_is_a_number_or_a_printable_problem(text: str) -> None:
    match numbering.parse(text):
        case PhoneNumber(e164=e164):
            assert re.fullmatch(r"\+[1-9][0-9]{6,14}", e164)
        case NumberProblem(message=message):
            assert message.isprintable()


@given(st.from_regex(r"\+[1-9][0-9]{1,17}", fullmatch=True))
def test_a_valid_number_is_its_own_normal_form(text: str) -> None:
    match numbering.parse(text):
        case PhoneNumber() as found:
            assert numbering.parse(found.e164) == found
        case NumberProblem(message=message):
            assert " is not a valid phone number: " in message


def test_a_mobile_of_a_country_with_one_code_has_its_mcc_and_no_carrier_where_numbers_move() -> (
    None
):
    facts = numbering.describe(number("+33612345678"))
    assert facts == LookupResult(
        phone_number="+33612345678", mcc="208", country_code="FR", line_type=LineType.MOBILE
    )


@pytest.mark.parametrize("text", ["+12015550123", "+33123456789", "+80012345678", "+16042345678"])
def test_a_number_that_is_surely_no_mobile_has_no_network(text: str) -> None:
    facts = numbering.describe(number(text))
    assert (facts.mcc, facts.mnc, facts.carrier) == (None, None, None)


def test_a_country_with_several_codes_has_no_mcc() -> None:
    assert len(country_mccs("IN")) == 2
    assert numbering.describe(number("+918123456789")).mcc is None


def test_a_carrier_is_named_where_numbers_never_move() -> None:
    facts = numbering.describe(number(numbering.example("AF") or ""))
    assert (facts.carrier, facts.mcc, facts.mnc) == ("AWCC", "412", "01")


def test_a_carrier_without_exactly_one_network_has_no_mnc() -> None:
    facts = numbering.describe(number(numbering.example("IQ") or ""))
    assert (facts.carrier, facts.mcc, facts.mnc) == ("Zain", "418", None)


@pytest.mark.parametrize("region", ["CN", "UA", "VN", "BD", "AE"])
def test_no_carrier_is_named_where_porting_was_opened_since(region: str) -> None:
    assert numbering.describe(number(numbering.example(region) or "")).carrier is None


def test_nothing_offline_claims_porting_a_caller_name_or_a_disposable_number() -> None:
    facts = numbering.describe(number(numbering.example("AF") or ""))
    assert (facts.number_ported, facts.caller_name, facts.temporary_phone_number) == (None,) * 3


def test_a_network_is_found_by_its_codes() -> None:
    found = network("208", "10")
    assert found is not None
    assert (found.name, found.regions) == ("SFR", ("FR",))
    assert network("208", "010") is None
    assert country_mccs("FR") == {"208"}
    assert country_mccs("ZZ") == frozenset()


def test_a_shared_code_has_all_its_regions() -> None:
    found = network("234", "55")
    assert found is not None
    assert found.regions == ("GB", "GG", "JE")


def test_a_network_is_matched_by_its_whole_name_only() -> None:
    found = network_named("AF", "afghan wireless communication company")
    assert found is not None
    assert found.mnc == "01"
    assert network_named("AF", "Afghan") is None
    assert network_named("CN", "China Unicom") is None
    assert network_named("AF", "") is None


def test_starting_does_not_load_the_carrier_tables() -> None:
    script = (
        "import sys; from watchword.adapters.numbering.libphonenumber import LibPhoneNumber as L;"
        "n = L(); n.describe(n.parse('+33612345678'));"
        "assert 'phonenumbers.carrier' not in sys.modules; n.warm();"
        "assert 'phonenumbers.carrier' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


def test_patterns_of_all_countries_stay_compiled() -> None:
    assert getattr(re, "_MAXCACHE", 4096) >= 4096


class CountedLookup:
    def __init__(self, *answers: LookupResult | LookupUnavailable | None) -> None:
        self.answers = list(answers)

    async def look_up(self, number: PhoneNumber, *, caller_name: bool) -> LookupResult | None:
        answer = self.answers.pop(0)
        if isinstance(answer, LookupUnavailable):
            raise answer
        return answer


FIRST = LookupResult(phone_number="+33612345678", carrier="First")
SECOND = LookupResult(phone_number="+33612345678", carrier="Second")


async def test_an_answer_is_remembered_until_it_is_too_old() -> None:
    now = 1_000
    lookup = RememberedLookup(CountedLookup(FIRST, SECOND), lambda: now, holds=500)
    french = number("+33612345678")
    assert await lookup.look_up(french, caller_name=False) == FIRST
    now = 1_499
    assert await lookup.look_up(french, caller_name=False) == FIRST
    now = 1_500
    assert await lookup.look_up(french, caller_name=False) == SECOND


async def test_an_answer_without_a_caller_name_does_not_serve_who_asks_for_one() -> None:
    lookup = RememberedLookup(CountedLookup(FIRST, SECOND), lambda: 0)
    french = number("+33612345678")
    assert await lookup.look_up(french, caller_name=False) == FIRST
    assert await lookup.look_up(french, caller_name=True) == SECOND


async def test_a_fault_and_an_unknown_number_are_asked_again() -> None:
    lookup = RememberedLookup(CountedLookup(LookupUnavailable("down"), None, FIRST), lambda: 0)
    french = number("+33612345678")
    with pytest.raises(LookupUnavailable):
        await lookup.look_up(french, caller_name=False)
    assert await lookup.look_up(french, caller_name=False) is None
    assert await lookup.look_up(french, caller_name=False) == FIRST


async def test_the_least_recently_used_answer_goes_first() -> None:
    live = CountedLookup(FIRST, FIRST, FIRST, SECOND)
    lookup = RememberedLookup(live, lambda: 0, capacity=2)
    kept, dropped, newest = number("+33612345678"), number("+33612345679"), number("+33612345670")
    for one in (kept, dropped, kept, newest, kept):
        assert await lookup.look_up(one, caller_name=False) == FIRST
    assert await lookup.look_up(dropped, caller_name=False) == SECOND
