"""Start an authentication: judge a request, and promise a first message or join the open one."""

from uuid import UUID

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from watchword.domain.attempt import Attempt, AttemptStatus, Trigger
from watchword.domain.authentication import (
    Authentication,
    StartStatus,
    State,
)
from watchword.domain.callback import authentication_body
from watchword.domain.errors import ErrorCode, Refusal
from watchword.domain.event import Attempted, BalanceUpdated, Screened
from watchword.domain.phone_number import PhoneNumber
from watchword.domain.project import Project
from watchword.domain.retry import RetryStatus, decide_retry
from watchword.domain.sandbox import Outcome, sandbox_outcome
from watchword.domain.screening.facts import Facts, counters
from watchword.domain.screening.learning.judgement import DOUBT
from watchword.domain.screening.rules import screen
from watchword.domain.screening.spend import is_about_money
from watchword.domain.screening.verdict import Decision, Verdict
from watchword.domain.sighting import Asked
from watchword.domain.start_request import (
    TEST_CHANNEL,
    StartRequest,
    Wishes,
    accept_fields,
    fault_of_number,
    open_authentication,
)
from watchword.domain.task import ExpireAuthentication
from watchword.ports.clock import Clock
from watchword.ports.keyring import Keyring
from watchword.ports.numbering import Numbering, NumberProblem
from watchword.ports.store import Change, Store, StoreUnavailableError, Surroundings
from watchword.ports.telemetry import NO_TELEMETRY, Telemetry
from watchword.usecases.grant_attempt import Granted, grant_attempt, verdicts_of
from watchword.usecases.idempotency import IdempotencyKey, kept_answer, to_keep
from watchword.usecases.journal import Journal
from watchword.usecases.memory import Memory
from watchword.usecases.promise_attempt import (
    charge_for,
    fault_of_funds,
    plan_for,
    promise_attempt,
    reserve,
    windows_of,
)
from watchword.usecases.watch_budgets import WatchBudgets

ROUNDS = 100
"""How often a lost race is run again before the store is called unavailable."""


STATUS = {
    Decision.ALLOW: StartStatus.PENDING,
    Decision.LIMIT: StartStatus.RATE_LIMITED,
    Decision.BLOCK: StartStatus.SPAM_DETECTED,
}
"""How each decision of the screening is answered."""


class Started(Struct, frozen=True, omit_defaults=True):
    """The answer; `expires_at` is absent where nothing is sent. Times are Unix milliseconds."""

    authentication_id: UUID
    status: StartStatus
    created_at: int
    expires_at: int | None = None


class StartAuthentication(Struct, frozen=True):
    """Send a code to a number: one read, one decision, one write."""

    store: Store
    clock: Clock
    keyring: Keyring
    numbering: Numbering
    memory: Memory
    budgets: WatchBudgets
    telemetry: Telemetry = NO_TELEMETRY

    async def _refused(
        self,
        project: Project,
        number: PhoneNumber,
        refusal: Refusal,
        around: Surroundings,
        now: int,
    ) -> Refusal:
        """Raise the alert where the day's limit is used up."""
        if refusal.code is ErrorCode.SPENDING_LIMIT_EXCEEDED:
            caps = windows_of(project, number.region, now, self.memory)
            await self.budgets.refused(project, self.clock.new_id(), caps, around)
        return refusal

    async def _tell(
        self, project: Project, number: PhoneNumber, change: Change, around: Surroundings
    ) -> None:
        """Learn from what was written, count it, and raise alerts of budgets that it brings near."""
        self.memory.see(*change.seen)
        for verdict in verdicts_of(change):
            self.telemetry.verdict(verdict)
        about = change.authentication
        if about is None:
            return
        await self.budgets.spent(project, about.id, change.charge, around)
        if any(is_about_money(verdict) for verdict in verdicts_of(change)):
            caps = windows_of(project, number.region, change.at, self.memory)
            await self.budgets.refused(project, about.id, caps, around)

    async def __call__(
        self, project: Project, request: StartRequest, idempotency: IdempotencyKey | None = None
    ) -> Started | Refusal:
        """Answer a request; a race that is lost is decided again on what the winner left."""
        now = self.clock.now()
        if project.suspended:
            return Refusal(ErrorCode.SUSPENDED_ACCOUNT, "this project is suspended")
        wishes = accept_fields(project, request)
        if isinstance(wishes, Refusal):
            return wishes
        number = self.numbering.parse(request.phone_number)
        if isinstance(number, NumberProblem):
            return Refusal(ErrorCode.INVALID_PHONE_NUMBER, number.message)
        example = self.numbering.example(number.region)
        fault = fault_of_number(project, number, wishes.signals, now, example)
        if fault is not None:
            return fault

        for _ in range(ROUNDS):
            kept = await kept_answer(self.store, project, idempotency, now, Started)
            if kept is not None:
                return kept
            around = await self.store.surroundings(
                project.id,
                number.e164,
                counters(number, wishes.signals),
                list(windows_of(project, number.region, now, self.memory)),
                now,
            )
            answer, change = self._decide(project, number, wishes, around, now)
            if isinstance(answer, Refusal):
                return await self._refused(project, number, answer, around, now)
            if change is None and idempotency is None:
                return answer
            change = replace(
                change or Change(project_id=project.id, at=now),
                answer=to_keep(idempotency, msgspec.json.encode(answer), now),
            )
            if await self.store.save(change):
                await self._tell(project, number, change, around)
                return answer
        raise StoreUnavailableError("too many requests for one number at once")

    async def foresee(self, project: Project, number: PhoneNumber) -> Verdict | Refusal:
        """How a bare request for a number would be judged now; nothing is written, learnt or sent."""
        now = self.clock.now()
        wishes = accept_fields(project, StartRequest(phone_number=number.e164))
        if isinstance(wishes, Refusal):
            return wishes
        around = await self.store.surroundings(
            project.id,
            number.e164,
            counters(number, wishes.signals),
            list(windows_of(project, number.region, now, self.memory)),
            now,
        )
        opened = open_authentication(
            project,
            number,
            wishes,
            authentication_id=self.clock.new_id(),
            code_key=self.keyring.current(),
            now=now,
        )
        plan = plan_for(project, opened, self.memory)
        if not plan.routes:
            return Refusal(
                ErrorCode.UNSUPPORTED_REGION,
                f"this project cannot send to this number: {plan.because}",
            )
        price = plan.routes[0].price
        fee = project.settings.authentication_fee
        journal = Journal(self.clock, opened, now)
        return self._screen(project, journal, around, price, price + fee)

    def _decide(
        self,
        project: Project,
        number: PhoneNumber,
        wishes: Wishes,
        around: Surroundings,
        now: int,
    ) -> tuple[Started | Refusal, Change | None]:
        """What to answer and what to write, from what was read."""
        unpaid = fault_of_funds(project, around, 0)
        if unpaid is not None:
            return unpaid, None
        newest = around.newest
        if newest is not None and project.settings.stateless and newest.state is State.OPEN:
            decision = None if newest.is_expired(now) else decide_retry(newest, now)
            if decision is RetryStatus.DENIED:
                return _pending(newest), None
            if decision is RetryStatus.RATE_LIMITED:
                return Started(newest.id, StartStatus.RATE_LIMITED, newest.created_at), None
            if decision is RetryStatus.APPROVED:
                return self._send_again(project, newest, wishes, around, now)
        opened = open_authentication(
            project,
            number,
            wishes,
            authentication_id=self.clock.new_id(),
            code_key=self.keyring.current(),
            now=now,
        )
        return self._send_first(project, Journal(self.clock, opened, now), around)

    def _send_first(
        self, project: Project, journal: Journal, around: Surroundings
    ) -> tuple[Started | Refusal, Change | None]:
        """Screen a new authentication, and promise its first message if it passes."""
        if project.test_number(journal.authentication.number.e164, journal.now) is not None:
            return self._send_nothing(project, journal, around)
        plan = plan_for(project, journal.authentication, self.memory)
        if not plan.routes:
            return Refusal(
                ErrorCode.UNSUPPORTED_REGION,
                f"this project cannot send to this number: {plan.because}",
            ), None
        fee = project.settings.authentication_fee
        price = plan.routes[0].price + fee
        unpaid = fault_of_funds(project, around, price)
        if unpaid is not None:
            return unpaid, None
        verdict = self._screen(project, journal, around, plan.routes[0].price, price)
        if verdict.decision is not Decision.ALLOW:
            return self._refuse(journal, verdict, plan.routes[0].price)
        journal.happened(Screened(verdict))
        if fee:
            journal.happened(BalanceUpdated("authentication", -fee, project.settings.currency))
        attempt = promise_attempt(self.clock, journal, plan, Trigger.INITIAL)
        reserve(project, journal, attempt)
        journal.call_back(
            lambda event_id: authentication_body(
                event_id, journal.authentication, journal.now, price, project.settings.currency
            )
        )
        return self._open(project, journal, around, price)

    def _screen(
        self,
        project: Project,
        journal: Journal,
        around: Surroundings,
        message_price: int,
        price: int,
    ) -> Verdict:
        """Judge a request by every rule, and have it learnt from once all is written."""
        about, now = journal.authentication, journal.now
        known = around.history.verified_at is not None
        assessed = self.memory.assess(project, about, message_price, known=known, again=False)
        fraud = project.is_sandbox and sandbox_outcome(about.number.e164) is Outcome.FRAUD
        verdict = screen(
            Facts(
                now=now,
                project=project,
                number=about.number,
                signals=about.signals,
                history=around.history,
                counts=around.counts,
                spent=around.spent,
                price=price,
                sandbox_fraud=fraud,
                assessment=assessed,
            )
        )
        if assessed is not None:
            judgement, passed = assessed.judgement, verdict.decision is Decision.ALLOW
            journal.authentication = replace(about, doubted=judgement.points > DOUBT)
            journal.seen(
                Asked(
                    about.id.hex,
                    assessed.asking,
                    refused=not passed,
                    probe=judgement.probe and passed,
                )
            )
        return verdict

    def _send_nothing(
        self, project: Project, journal: Journal, around: Surroundings
    ) -> tuple[Started, Change]:
        """Open an authentication for a number with a fixed code: no message, no cost, no screening."""
        attempt = Attempt(
            id=self.clock.new_id(),
            number=1,
            trigger=Trigger.INITIAL,
            plan=(),
            price=0,
            created_at=journal.now,
            channel=TEST_CHANNEL,
            sent_at=journal.now,
        )
        journal.authentication = replace(
            journal.authentication.with_attempt(attempt), fixed_code=True
        )
        journal.happened(
            Attempted(
                id=attempt.id,
                attempt_number=1,
                status=AttemptStatus.PENDING,
                channel=TEST_CHANNEL,
                because="a fixed-code number is sent nothing",
            )
        )
        return self._open(project, journal, around, 0)

    def _open(
        self, project: Project, journal: Journal, around: Surroundings, price: int
    ) -> tuple[Started, Change]:
        """Write the new authentication, and open the number's window on it."""
        authentication = journal.authentication
        journal.todo(
            ExpireAuthentication(), due_in=authentication.expires_at - authentication.created_at
        )
        history = replace(
            around.history.with_send(journal.now),
            authentication_id=authentication.id,
            started_at=journal.now,
            open_until=authentication.expires_at,
        )
        return _pending(authentication), replace(
            journal.change(history),
            counters=counters(authentication.number, authentication.signals),
            charge=charge_for(
                project,
                authentication.number.region,
                journal.now,
                price,
                prepaid=around.balance is not None,
                guarded=True,
                memory=self.memory,
            ),
        )

    def _refuse(self, journal: Journal, verdict: Verdict, price: int) -> tuple[Started, Change]:
        """Write a refused authentication with its reasons; nothing is sent and no window opens."""
        blocked = verdict.decision is Decision.BLOCK
        journal.authentication = replace(
            journal.authentication, state=State.REFUSED_SPAM if blocked else State.REFUSED_RATE
        )
        journal.happened(Screened(verdict, price))
        if not blocked:
            journal.happened(
                Attempted(
                    id=self.clock.new_id(), attempt_number=1, status=AttemptStatus.RATE_LIMITED
                )
            )
        refused = journal.authentication
        status = STATUS[verdict.decision]
        change = replace(journal.change(), counters=counters(refused.number, refused.signals))
        return Started(refused.id, status, refused.created_at), change

    def _send_again(
        self,
        project: Project,
        newest: Authentication,
        wishes: Wishes,
        around: Surroundings,
        now: int,
    ) -> tuple[Started | Refusal, Change | None]:
        """Join the open authentication with one more attempt, as a retry would."""
        if newest.fixed_code:
            return _pending(newest), None
        granted = grant_attempt(
            self.clock, project, newest, wishes.signals, around, now, self.memory
        )
        match granted:
            case None:
                return _pending(newest), None
            case Refusal():
                return granted, None
            case Granted(verdict):
                status = STATUS[verdict.decision]
                if status is StartStatus.PENDING:
                    return _pending(newest), granted.change
                return Started(newest.id, status, newest.created_at), granted.change


def _pending(authentication: Authentication) -> Started:
    return Started(
        authentication.id,
        StartStatus.PENDING,
        authentication.created_at,
        authentication.expires_at,
    )
