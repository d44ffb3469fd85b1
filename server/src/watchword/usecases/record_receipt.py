"""Record a receipt: move an attempt's delivery status forward, and fall back where it failed."""

from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from watchword.domain.attempt import Attempt, DeliveryStatus, advance
from watchword.domain.authentication import Authentication
from watchword.domain.callback import delivery_status_body
from watchword.domain.event import DeliveryReported
from watchword.domain.project import Project
from watchword.domain.routing.credence import Word
from watchword.domain.routing.sightings import Reported
from watchword.domain.sighting import message_name
from watchword.domain.task import FollowUpAttempt, Task
from watchword.ports.clock import Clock
from watchword.ports.directory import Directory
from watchword.ports.provider import RefusalKind, Report
from watchword.ports.store import Change, Store, StoreUnavailableError
from watchword.ports.telemetry import NO_TELEMETRY, Telemetry
from watchword.usecases.fall_back import fall_back
from watchword.usecases.journal import Journal
from watchword.usecases.memory import Memory
from watchword.usecases.promise_attempt import charge_for

ROUNDS = 100
WORDS = {DeliveryStatus.DELIVERED: Word.DELIVERED, DeliveryStatus.UNDELIVERABLE: Word.FAILED}
"""What a final status teaches."""
PATIENCE_WITH_BUDGET = 3
"""Lost races after which a fallback is given up: it is the budget, then, that says no."""


class RecordReceipt(Struct, frozen=True):
    """Keep what a provider reports. A status never goes back, so a receipt may come twice or late."""

    store: Store
    clock: Clock
    directory: Directory
    memory: Memory
    telemetry: Telemetry = NO_TELEMETRY

    async def __call__(
        self,
        authentication_id: UUID,
        attempt_number: int,
        report: Report,
        finished: Task | None = None,
        account: str | None = None,
        read: Authentication | None = None,
    ) -> None:
        """Record one report; `finished` is the task that brought it, closed in the same write.

        `read` is the authentication where it was read just now.

        Of an `account` over which the message did not go in the end, because it did not answer in
        time, only that the message arrived is worth knowing.
        """
        for round_number in range(ROUNDS):
            authentication, read = read or await self.store.authentication(authentication_id), None
            project = authentication and await self.directory.find(authentication.project_id)
            if not authentication or not project:
                if finished is not None:
                    await self.store.save(Change(project_id=finished.project_id, finished=finished))
                return
            now = self.clock.now()
            journal = Journal(self.clock, authentication, now)
            if report.ask_again_after is not None:
                journal.todo(FollowUpAttempt(attempt_number), due_in=report.ask_again_after)
            attempt = authentication.attempt(attempt_number)
            advanced = _advanced(attempt, report, account)
            fallback: Attempt | None = None
            if advanced is not None:
                self._advance(journal, advanced, report)
                if round_number < PATIENCE_WITH_BUDGET and _will_not_arrive(advanced, report):
                    fallback = fall_back(self.clock, project, journal, advanced, self.memory)
            history = None
            if fallback is not None:
                number = authentication.number.e164
                history = (await self.store.history(project.id, number)).with_send(now)
            change = replace(
                journal.change(history, finished),
                charge=charge_for(
                    project,
                    authentication.number.region,
                    now,
                    fallback.price if fallback else 0,
                    guarded=True,
                    memory=self.memory,
                    prepaid=fallback is not None and await self.store.is_prepaid(project.id),
                ),
            )
            if await self.store.save(change):
                if advanced is not None:
                    self._tell(project, authentication, advanced, now)
                return
        raise StoreUnavailableError("a receipt could not be recorded")

    def _tell(
        self, project: Project, authentication: Authentication, attempt: Attempt, now: int
    ) -> None:
        """Count what was reported, and learn from what is final."""
        self.telemetry.receipt(attempt.account, attempt.channel, attempt.delivery_status)
        word = WORDS.get(attempt.delivery_status)
        if word is not None and not project.is_sandbox:
            name = message_name(authentication.id.hex, attempt.number)
            self.memory.see(Reported(name, word, now))

    def _advance(self, journal: Journal, attempt: Attempt, report: Report) -> None:
        journal.authentication = journal.authentication.with_attempt(attempt)
        journal.happened(
            DeliveryReported(
                attempt_id=attempt.id,
                attempt_number=attempt.number,
                status=report.status,
                originated_at=report.at,
                carrier_code=report.carrier_code,
                cause=report.cause,
            )
        )
        journal.call_back(
            lambda event_id: delivery_status_body(
                event_id, journal.authentication, attempt, journal.now
            )
        )


def _advanced(attempt: Attempt, report: Report, account: str | None) -> Attempt | None:
    elsewhere = account is not None and attempt.account not in (None, account)
    if elsewhere and report.status is not DeliveryStatus.DELIVERED:
        return None
    return advance(attempt, report.status)


def _will_not_arrive(attempt: Attempt, report: Report) -> bool:
    """Whether another message is worth sending: never after a suspicion of fraud."""
    failed = attempt.delivery_status is DeliveryStatus.UNDELIVERABLE
    return failed and report.refusal is not RefusalKind.FRAUD
