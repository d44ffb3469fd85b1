"""Retry an authentication: promise another message, with a code of its own, within the budget."""

from uuid import UUID

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from watchword.domain.authentication import Authentication
from watchword.domain.errors import ErrorCode, Refusal
from watchword.domain.event import Retried
from watchword.domain.project import Project
from watchword.domain.retry import RetryStatus, decide_retry, spend_retry
from watchword.domain.screening.facts import counters
from watchword.domain.screening.verdict import Decision
from watchword.ports.clock import Clock
from watchword.ports.store import Change, Store, StoreUnavailableError
from watchword.ports.telemetry import NO_TELEMETRY, Telemetry
from watchword.usecases.check_code import NOT_YOURS
from watchword.usecases.grant_attempt import REMEMBERED_EVENTS, grant_attempt, verdicts_of
from watchword.usecases.idempotency import IdempotencyKey, kept_answer, to_keep
from watchword.usecases.journal import Journal
from watchword.usecases.memory import Memory
from watchword.usecases.promise_attempt import (
    windows_of,
)
from watchword.usecases.watch_budgets import WatchBudgets

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
    memory: Memory
    budgets: WatchBudgets
    telemetry: Telemetry = NO_TELEMETRY

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
            found = await self.store.authentication_and_history(authentication_id or UUID(int=0))
            if found is None or found[0].project_id != project.id:
                return NOT_YOURS
            decided = await self._decide(project, found[0], now)
            if isinstance(decided, Refusal):
                return decided
            answer, change = decided
            change = replace(change, answer=to_keep(idempotency, msgspec.json.encode(answer), now))
            if await self.store.save(change):
                for verdict in verdicts_of(change):
                    self.telemetry.verdict(verdict)
                return answer
        raise StoreUnavailableError("too many retries of one authentication at once")

    async def _decide(
        self, project: Project, authentication: Authentication, now: int
    ) -> tuple[RetryAnswer, Change] | Refusal:
        status = decide_retry(authentication, now)
        if status is not RetryStatus.APPROVED:
            return self._decline(authentication, status, now)
        if authentication.fixed_code:
            spent = spend_retry(authentication, now)
            journal = Journal(self.clock, spent, now)
            journal.happened(Retried(status))
            return _answer(spent, status, now), journal.change()
        number, signals = authentication.number, authentication.signals
        around = await self.store.surroundings(
            project.id,
            number.e164,
            counters(number, signals),
            list(windows_of(project, number.region, now, self.memory)),
            now,
        )
        granted = grant_attempt(
            self.clock, project, authentication, signals, around, now, self.memory
        )
        if granted is None:
            return self._decline(authentication, RetryStatus.DENIED, now)
        if isinstance(granted, Refusal):
            return granted
        await self.budgets.spent(project, authentication.id, granted.change.charge, around)
        about = granted.authentication
        if granted.attempt is not None:
            return _answer(about, status, granted.attempt.created_at), granted.change
        limited = granted.verdict.decision is Decision.LIMIT
        status = RetryStatus.RATE_LIMITED if limited else RetryStatus.DENIED
        return _answer(about, status, about.created_at), granted.change

    def _decline(
        self, authentication: Authentication, status: RetryStatus, now: int
    ) -> tuple[RetryAnswer, Change]:
        journal = Journal(self.clock, authentication, now)
        if authentication.events < REMEMBERED_EVENTS:
            journal.happened(Retried(status))
        return _answer(authentication, status, authentication.created_at), journal.change()


def _answer(about: Authentication, status: RetryStatus, created_at: int) -> RetryAnswer:
    ended = status not in (RetryStatus.APPROVED, RetryStatus.DENIED)
    remaining = 0 if ended else about.remaining_retries
    return RetryAnswer(
        authentication_id=about.id,
        status=status,
        created_at=created_at,
        next_retry_at=about.next_retry_at if remaining else about.expires_at,
        remaining_retry=remaining,
    )
