import asyncio

import pytest

from watchword.domain.line_type import LineType
from watchword.domain.lookup import LookupResult
from watchword.domain.phone_number import PhoneNumber
from watchword.ports.numbering import LookupUnavailable, NumberProblem
from watchword.usecases.look_up_number import LookUpNumber

NUMBER = PhoneNumber("+33612345678", "FR", 33, LineType.MOBILE, may_be_mobile=True)
OFFLINE = LookupResult(
    phone_number="+33612345678", mcc="208", country_code="FR", line_type=LineType.MOBILE
)


class FixedNumbering:
    def parse(self, text: str) -> PhoneNumber | NumberProblem:
        return NUMBER if text == NUMBER.e164 else NumberProblem(f"{text} is not valid")

    def describe(self, number: PhoneNumber) -> LookupResult:
        return OFFLINE

    def example(self, region: str | None) -> str | None:
        return NUMBER.e164


class KnowingLookup:
    def __init__(self, answer: LookupResult | Exception | None) -> None:
        self.answer = answer
        self.asked: list[bool] = []

    async def look_up(self, number: PhoneNumber, *, caller_name: bool) -> LookupResult | None:
        self.asked.append(caller_name)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


class SilentLookup:
    cancelled = False

    async def look_up(self, number: PhoneNumber, *, caller_name: bool) -> LookupResult | None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            self.cancelled = True
            raise
        return None


async def test_without_a_provider_the_offline_facts_are_the_answer() -> None:
    assert await LookUpNumber(numbering=FixedNumbering())("+33612345678", caller_name=True) == (
        OFFLINE
    )


async def test_a_provider_adds_what_it_knows() -> None:
    live = KnowingLookup(
        LookupResult(phone_number="+33612345678", carrier="SFR", mnc="10", number_ported=False)
    )
    look_up = LookUpNumber(numbering=FixedNumbering(), live=live)
    assert await look_up("+33612345678", caller_name=False) == LookupResult(
        phone_number="+33612345678",
        mcc="208",
        mnc="10",
        carrier="SFR",
        country_code="FR",
        number_ported=False,
        line_type=LineType.MOBILE,
    )


@pytest.mark.parametrize("caller_name", [True, False])
async def test_the_wish_for_a_caller_name_reaches_the_provider(caller_name: bool) -> None:
    live = KnowingLookup(None)
    look_up = LookUpNumber(numbering=FixedNumbering(), live=live)
    assert await look_up("+33612345678", caller_name=caller_name) == OFFLINE
    assert live.asked == [caller_name]


@pytest.mark.parametrize("fault", [LookupUnavailable("HTTP 500"), TimeoutError()])
async def test_a_fault_of_the_provider_leaves_the_offline_facts(fault: Exception) -> None:
    look_up = LookUpNumber(numbering=FixedNumbering(), live=KnowingLookup(fault))
    assert await look_up("+33612345678", caller_name=False) == OFFLINE


async def test_a_silent_provider_is_given_up_when_the_budget_is_spent() -> None:
    live = SilentLookup()
    look_up = LookUpNumber(numbering=FixedNumbering(), live=live, budget=1)
    assert await look_up("+33612345678", caller_name=False) == OFFLINE
    assert live.cancelled


async def test_a_bug_in_the_provider_is_not_hidden() -> None:
    look_up = LookUpNumber(numbering=FixedNumbering(), live=KnowingLookup(KeyError("carrier")))
    with pytest.raises(KeyError):
        await look_up("+33612345678", caller_name=False)


async def test_a_wrong_number_is_never_sent_to_the_provider() -> None:
    live = KnowingLookup(None)
    look_up = LookUpNumber(numbering=FixedNumbering(), live=live)
    assert await look_up("112", caller_name=False) == NumberProblem("112 is not valid")
    assert live.asked == []
