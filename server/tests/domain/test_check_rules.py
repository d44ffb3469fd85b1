"""What the rules of checks, retries and guessing promise, whatever the order of events."""

from itertools import pairwise
from uuid import UUID

import hypothesis.strategies as st
import pytest
from hypothesis import settings
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from msgspec.structs import replace

from watchword.domain.attempt import Attempt, AttemptStatus, DeliveryStatus, Trigger, advance
from watchword.domain.authentication import Authentication, State
from watchword.domain.check import CheckStatus, answer_before_comparing
from watchword.domain.line_type import LineType
from watchword.domain.number_history import NumberHistory
from watchword.domain.phone_number import PhoneNumber
from watchword.domain.retry import RetryStatus, decide_retry, spend_retry

MINUTE = 60_000
DAY = 24 * 60 * MINUTE
START = 1_750_000_000_000
PROJECT = UUID(int=1)
NUMBER = PhoneNumber("+33612345678", "FR", 33, LineType.MOBILE)
FINAL = (State.VALIDATED, State.EXPIRED)


def attempt(number: int, at: int) -> Attempt:
    return Attempt(
        id=UUID(int=number),
        number=number,
        trigger=Trigger.INITIAL,
        plan=("first",),
        price=0,
        created_at=at,
        sent_at=at,
        delivery_status=DeliveryStatus.SUBMITTED,
    )


def authentication(number: int, at: int, *, max_checks: int, retries: int) -> Authentication:
    return Authentication(
        id=UUID(int=number),
        project_id=PROJECT,
        number=NUMBER,
        state=State.OPEN,
        created_at=at,
        expires_at=at + 10 * MINUTE,
        code_key="k1",
        code_length=6,
        max_checks=max_checks,
        retry_delays=tuple(30_000 + 10_000 * n for n in range(retries)),
        next_retry_at=at + 30_000,
        attempts=(attempt(1, at),),
    )


class OneNumber(RuleBasedStateMachine):
    """One number with any number of authentications, and tries that may be under way at once.

    A try is spent first and compared later, as a process does that others race with.
    """

    @initialize(max_checks=st.integers(1, 10), retries=st.integers(0, 5))
    def begin(self, max_checks: int, retries: int) -> None:
        self.now = START
        self.history = NumberHistory(project_id=PROJECT, e164=NUMBER.e164)
        self.known: list[Authentication] = []
        self.under_way: list[tuple[int, int]] = []
        self.compared: list[int] = []
        self.spent_on: list[int] = []
        self.retried: list[int] = []
        self.valid: list[int] = []
        self.failed: list[int] = []
        self.row = self.longest_row = 0
        self.max_checks, self.retries = max_checks, retries
        self.open_another()

    @rule()
    def open_another(self) -> None:
        place = len(self.known)
        made = authentication(place + 1, self.now, max_checks=self.max_checks, retries=self.retries)
        self.known.append(made)
        self.spent_on.append(0)
        self.retried.append(0)
        self.valid.append(0)

    @rule(minutes=st.sampled_from([0, 1, 5, 9, 60, 23 * 60, 24 * 60 - 1, 24 * 60, 30 * 60]))
    def time_passes(self, minutes: int) -> None:
        self.now += minutes * MINUTE

    @precondition(lambda self: len(self.failed) >= 25)
    @rule(early=st.integers(0, 1))
    def a_day_is_almost_over(self, early: int) -> None:
        self.now = max(self.now, self.failed[-25] + DAY - early)
        self.a_guesser_opens_and_guesses(2)

    def begin_check(self, place: int) -> CheckStatus | None:
        about = self.known[place]
        answer = answer_before_comparing(about, self.history, self.now)
        if answer is None:
            assert about.state is State.OPEN
            assert self.now < about.expires_at
            self.known[place] = replace(about, checks_spent=about.checks_spent + 1)
            self.history = self.history.with_guess(self.now)
            self.spent_on[place] += 1
            self.under_way.append((place, self.now))
            self.failed.append(self.now)
            self.row += 1
            self.longest_row = max(self.row, self.longest_row)
        return answer

    @rule(data=st.data(), times=st.integers(1, 8))
    def tries_are_spent(self, data: st.DataObject, times: int) -> None:
        place = data.draw(st.integers(0, len(self.known) - 1))
        for _ in range(times):
            self.begin_check(place)

    @rule(times=st.integers(1, 6))
    def a_guesser_opens_and_guesses(self, times: int) -> None:
        for _ in range(times):
            self.open_another()
            while self.begin_check(len(self.known) - 1) is None:
                self.under_way.pop()

    @precondition(lambda self: self.under_way)
    @rule(data=st.data(), right=st.sampled_from([True, False, False]))
    def a_comparison_ends(self, data: st.DataObject, right: bool) -> None:
        index = data.draw(st.integers(0, len(self.under_way) - 1))
        place, spent_at = self.under_way.pop(index)
        about = self.known[place]
        if not right or about.state is not State.OPEN:
            return
        self.known[place] = replace(about, state=State.VALIDATED, validated_at=self.now)
        self.history = self.history.with_success(spent_at=spent_at, now=self.now)
        self.failed.remove(spent_at)
        self.row = 0
        self.valid[place] += 1

    @rule(data=st.data())
    def another_message_is_asked_for(self, data: st.DataObject) -> None:
        place = data.draw(st.integers(0, len(self.known) - 1))
        about = self.known[place]
        if decide_retry(about, self.now) is RetryStatus.APPROVED:
            self.retried[place] += 1
            spent = spend_retry(about, self.now)
            assert about.next_retry_at <= self.now <= spent.next_retry_at <= about.expires_at
            self.known[place] = spent.with_attempt(attempt(len(spent.attempts) + 1, self.now))

    @rule(data=st.data(), reported=st.sampled_from(DeliveryStatus))
    def a_receipt_comes(self, data: st.DataObject, reported: DeliveryStatus) -> None:
        place = data.draw(st.integers(0, len(self.known) - 1))
        about = self.known[place]
        before = data.draw(st.sampled_from(about.attempts))
        after = advance(before, reported)
        if after is not None:
            assert before.delivery_status not in (
                DeliveryStatus.DELIVERED,
                DeliveryStatus.UNDELIVERABLE,
            )
            assert after.delivery_status is reported
            self.known[place] = about.with_attempt(after)
        if before.status in (AttemptStatus.DELIVERED, AttemptStatus.FAILED):
            assert after is None

    @rule(data=st.data())
    def the_clock_closes_one(self, data: st.DataObject) -> None:
        place = data.draw(st.integers(0, len(self.known) - 1))
        about = self.known[place]
        if about.state is State.OPEN and about.is_expired(self.now):
            self.known[place] = replace(about, state=State.EXPIRED)

    @invariant()
    def nothing_is_validated_twice(self) -> None:
        assert all(times <= 1 for times in self.valid)

    @invariant()
    def no_budget_is_exceeded(self) -> None:
        assert all(spent <= self.max_checks for spent in self.spent_on)
        assert all(retried <= self.retries for retried in self.retried)
        assert all(about.remaining_checks >= 0 for about in self.known)
        assert all(about.remaining_retries >= 0 for about in self.known)

    @invariant()
    def what_is_over_answers_the_same_for_ever(self) -> None:
        for about in self.known:
            answer = answer_before_comparing(about, self.history, self.now)
            if about.state is State.VALIDATED:
                assert answer is CheckStatus.ALREADY_VALIDATED
                assert decide_retry(about, self.now) is RetryStatus.ALREADY_VALIDATED
            elif self.now >= about.expires_at:
                assert answer is CheckStatus.EXPIRED_AUTH
                assert decide_retry(about, self.now) is RetryStatus.EXPIRED_AUTH

    @invariant()
    def a_number_bears_so_many_wrong_codes_and_no_more(self) -> None:
        assert all(later - earlier >= DAY for earlier, later in zip(
            self.failed, self.failed[25:], strict=False))  # fmt: skip
        assert self.longest_row <= 100


class ManyDays(OneNumber):
    """The same with time in long steps, so that a hundred wrong codes in a row come about."""

    @rule()
    def a_persistent_guesser_comes_daily(self) -> None:
        for _ in range(3):
            self.a_guesser_opens_and_guesses(30 // self.max_checks + 1)
            self.now += DAY


def test_no_interleaving_of_checks_retries_receipts_and_time_breaks_a_rule() -> None:
    run_state_machine_as_test(OneNumber, settings=settings(max_examples=60, stateful_step_count=40))


def test_c4_at_most_25_failed_checks_in_any_24_hours_and_100_in_a_row() -> None:
    run_state_machine_as_test(ManyDays, settings=settings(max_examples=40, stateful_step_count=25))


def test_c4_a_hundred_wrong_codes_in_a_row_stop_all_until_a_right_one() -> None:
    history, now, compared = NumberHistory(project_id=PROJECT, e164="+336"), START, 0
    for _ in range(30):
        while history.may_guess(now):
            history, compared = history.with_guess(now), compared + 1
        now += DAY
    assert compared == history.failed_in_a_row == 100
    assert not history.may_guess(now + 1_000 * DAY)
    assert history.with_success(spent_at=now, now=now).may_guess(now + DAY)


def test_c4_the_25th_failure_stops_checks_for_exactly_a_day_after_the_first() -> None:
    history = NumberHistory(project_id=PROJECT, e164="+336")
    for n in range(25):
        assert history.may_guess(START + n)
        history = history.with_guess(START + n)
    assert not history.may_guess(START + 25)
    assert not history.may_guess(START + DAY - 1)
    assert history.may_guess(START + DAY)
    again = history.with_guess(START + DAY)
    assert not again.may_guess(START + DAY)
    assert again.may_guess(START + DAY + 1)


def test_c4_a_right_code_is_no_failed_one_and_gives_back_no_other() -> None:
    history = NumberHistory(project_id=PROJECT, e164="+336")
    for n in range(25):
        history = history.with_guess(START + n)
    proved = history.with_success(spent_at=START + 24, now=START + 24)
    assert len(proved.failed_at) == 24
    assert (proved.failed_in_a_row, proved.open_until) == (0, 0)
    assert proved.may_guess(START + 30)
    assert not proved.with_guess(START + 30).may_guess(START + 31)


@pytest.mark.parametrize("state", [State.REFUSED_SPAM, State.REFUSED_RATE])
def test_a_refused_authentication_has_nothing_to_check_or_retry(state: State) -> None:
    refused = replace(authentication(1, START, max_checks=5, retries=4), state=state)
    history = NumberHistory(project_id=PROJECT, e164="+336")
    for now in (START, START + DAY):
        assert answer_before_comparing(refused, history, now) is CheckStatus.WITHOUT_ATTEMPT
        assert decide_retry(refused, now) is RetryStatus.NO_ATTEMPT


def test_one_whose_every_message_failed_has_no_check_and_may_be_retried_at_once() -> None:
    about = authentication(1, START, max_checks=5, retries=1)
    failed = replace(about.attempt(1), status=AttemptStatus.FAILED, sent_at=None)
    history = NumberHistory(project_id=PROJECT, e164="+336")
    unsent = about.with_attempt(failed)
    assert answer_before_comparing(unsent, history, START) is CheckStatus.WITHOUT_ATTEMPT
    assert decide_retry(unsent, START) is RetryStatus.APPROVED
    assert decide_retry(about, START) is RetryStatus.DENIED
    assert decide_retry(spend_retry(unsent, START), START) is RetryStatus.RATE_LIMITED


def test_the_lifetime_ends_at_expires_at_itself() -> None:
    about = authentication(1, START, max_checks=5, retries=1)
    assert not about.is_expired(about.expires_at - 1)
    assert about.is_expired(about.expires_at)
    assert not replace(about, state=State.VALIDATED).is_expired(about.expires_at)


def test_each_retry_waits_longer_and_never_past_the_end() -> None:
    about = authentication(1, START, max_checks=5, retries=4)
    waits = []
    for _ in range(4):
        now = about.next_retry_at
        assert decide_retry(about, now - 1) is RetryStatus.DENIED
        about = spend_retry(about, now)
        waits.append(about.next_retry_at - now)
    assert all(earlier < later for earlier, later in pairwise(waits[:3]))
    assert about.next_retry_at == about.expires_at
    late = authentication(2, START, max_checks=5, retries=4)
    assert spend_retry(late, late.expires_at - 1).next_retry_at == late.expires_at


def test_a_retry_brings_fresh_fallbacks() -> None:
    about = replace(authentication(1, START, max_checks=5, retries=2), fallbacks_spent=2)
    assert spend_retry(about, START).fallbacks_spent == 0
