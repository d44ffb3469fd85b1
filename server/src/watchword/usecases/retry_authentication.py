"""Retry an authentication: promise another message, with a code of its own, within the budget."""

from uuid import UUID

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from watchword.domain.attempt import Trigger
from watchword.domain.authentication import Authentication
from watchword.domain.errors import ErrorCode, Refusal
from watchword.domain.event import Retried, Screened
from watchword.domain.project import Project
from watchword.domain.retry import RetryStatus, decide_retry, spend_retry
from watchword.domain.screening.facts import Facts, counters
from watchword.domain.screening.rules import screen
from watchword.domain.screening.verdict import Decision
from watchword.ports.clock import Clock
from watchword.ports.store import Change, Store, StoreUnavailableError
from watchword.usecases.check_code import NOT_YOURS, REMEMBERED_EVENTS
from watchword.usecases.idempotency import IdempotencyKey, kept_answer, to_keep
from watchword.usecases.journal import Journal
from watchword.usecases.promise_attempt import (
    charge_for,
    fault_of_funds,
    plan_for,
    promise_attempt,
    reserve,
    windows_of,
)

ROUNDS = 100


class RetryAnswer(Struct, frozen=True):
    """The answer to a retry: always all five fields. Times are Unix milliseconds."""

    authentication_id: UUID
    status: RetryStatus
    created_at: int
    next_retry_at: int
    remaining_retry: int


class RetryAuthentication(Struct, frozen=True):
    """Grant or decline the caller's wish for another message."""

    store: Store
    clock: Clock

    async def __call__(
        self,
        project: Project,
        authentication_id: UUID | None,
        idempotency: IdempotencyKey | None = None,
    ) -> RetryAnswer | Refusal:
        """Answer one retry."""
        now = self.clock.now()
        if project.suspended:
            return Refusal(ErrorCode.SUSPENDED_ACCOUNT, "this project is suspended")
        for _ in range(ROUNDS):
            kept = await kept_answer(self.store, project, idempotency, now, RetryAnswer)
            if kept is not None:
                return kept
            found = await self.store.authentication(authentication_id or UUID(int=0))
            if found is None or found[0].project_id != project.id:
                return NOT_YOURS
            decided = await self._decide(project, found[0], now)
            if isinstance(decided, Refusal):
                return decided
            answer, change = decided
            change = replace(change, answer=to_keep(idempotency, msgspec.json.encode(answer), now))
            if await self.store.save(change):
                return answer
        raise StoreUnavailableError("too many retries of one authentication at once")

    async def _decide(
        self, project: Project, authentication: Authentication, now: int
    ) -> tuple[RetryAnswer, Change] | Refusal:
        journal = Journal(self.clock, authentication, now)
        status = decide_retry(authentication, now)
        plan = plan_for(project, journal)
        if status is RetryStatus.APPROVED and not (plan.routes or authentication.fixed_code):
            status = RetryStatus.DENIED
        if status is not RetryStatus.APPROVED or authentication.fixed_code:
            if status is RetryStatus.APPROVED:
                journal.authentication = spend_retry(authentication, now)
            if authentication.events < REMEMBERED_EVENTS:
                journal.happened(Retried(status))
            return _answer(journal, status, authentication.created_at), _change(journal)

        number, signals = authentication.number, authentication.signals
        around = await self.store.surroundings(
            project.id,
            number.e164,
            counters(number, signals),
            list(windows_of(project, number.region, now)),
            now,
        )
        price = plan.routes[0].price
        unpaid = fault_of_funds(project, around, price)
        if unpaid is not None:
            return unpaid
        verdict = screen(
            Facts(
                now=now,
                project=project,
                number=number,
                signals=signals,
                history=around.history,
                counts=around.counts,
                spent=around.spent,
                price=price,
            )
        )
        if verdict.decision is not Decision.ALLOW:
            limited = verdict.decision is Decision.LIMIT
            status = RetryStatus.RATE_LIMITED if limited else RetryStatus.DENIED
            if authentication.events < REMEMBERED_EVENTS:
                journal.happened(Screened(verdict))
                journal.happened(Retried(status))
            return _answer(journal, status, authentication.created_at), _change(journal)

        journal.happened(Retried(status))
        journal.authentication = spend_retry(journal.authentication, now)
        attempt = promise_attempt(self.clock, journal, plan, Trigger.RETRY)
        reserve(project, journal, attempt)
        charge = charge_for(
            project,
            number.region,
            now,
            price,
            prepaid=around.balance is not None,
            guarded=True,
        )
        change = replace(
            _change(journal),
            history=around.history.with_send(now),
            charge=charge,
            counters=counters(number, signals),
        )
        return _answer(journal, status, attempt.created_at), change


def _answer(journal: Journal, status: RetryStatus, created_at: int) -> RetryAnswer:
    about = journal.authentication
    ended = status not in (RetryStatus.APPROVED, RetryStatus.DENIED)
    remaining = 0 if ended else about.remaining_retries
    return RetryAnswer(
        authentication_id=about.id,
        status=status,
        created_at=created_at,
        next_retry_at=about.next_retry_at if remaining else about.expires_at,
        remaining_retry=remaining,
    )


def _change(journal: Journal) -> Change:
    changed = bool(journal.events) or bool(journal.tasks)
    return Change(
        project_id=journal.authentication.project_id,
        authentication=journal.authentication if changed else None,
        events=tuple(journal.events),
        tasks=tuple(journal.tasks),
        at=journal.now,
    )
