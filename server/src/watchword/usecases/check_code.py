"""Check a code: spend a try, compare in constant time, and let one right answer win."""

from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from watchword.domain.attempt import DeliveryStatus, advance
from watchword.domain.authentication import Authentication, State
from watchword.domain.callback import delivery_status_body
from watchword.domain.check import CheckStatus, answer_before_comparing
from watchword.domain.code import derive_code, matching_attempt, normalise_typed
from watchword.domain.errors import ErrorCode, Refusal
from watchword.domain.event import TYPED, Checked, DeliveryReported
from watchword.domain.number_history import NumberHistory
from watchword.domain.project import Project
from watchword.domain.routing.sightings import Answered
from watchword.domain.sighting import message_name
from watchword.ports.clock import Clock
from watchword.ports.keyring import Keyring
from watchword.ports.store import Change, Store, StoreUnavailableError
from watchword.ports.telemetry import NO_TELEMETRY, Telemetry
from watchword.usecases.grant_attempt import REMEMBERED_EVENTS
from watchword.usecases.journal import Journal
from watchword.usecases.memory import Memory
from watchword.usecases.promise_attempt import answered_charge

ROUNDS = 1_000
COMPARED = 8
"""Codes that are always derived and compared, however few attempts there were."""
NOBODY = UUID("7d1f1f0a-94c5-4be3-9d5d-9f4bd4b0a7c6")
"""A decoy as long as any id, because small numbers are handled faster."""
NOT_YOURS = Refusal(
    ErrorCode.INVALID_AUTH_UUID, "authentication_uuid names no authentication of this project"
)


class Subject(Struct, frozen=True):
    """What a typed code is compared with: the codes of so many attempts, or a fixed one."""

    id: UUID
    key_id: str
    code_length: int
    attempts: int
    fixed_code: str | None = None


class CheckCode(Struct, frozen=True):
    """Tell whether a typed code belongs to an authentication.

    A try is spent by compare-and-set on the version that was read, and that is committed before
    anything is compared: of racing checks one goes at a time, and the others look again.
    """

    store: Store
    clock: Clock
    keyring: Keyring
    memory: Memory
    telemetry: Telemetry = NO_TELEMETRY

    async def __call__(
        self, project: Project, authentication_id: UUID | None, typed: str
    ) -> CheckStatus | Refusal:
        """Answer one check; an id that is unknown, malformed or another project's is refused alike."""
        now = self.clock.now()
        for _ in range(ROUNDS):
            found = await self.store.authentication_and_history(authentication_id or NOBODY)
            if found is None or found[0].project_id != project.id:
                self._compare(self._subject(project, None, now), typed)
                return NOT_YOURS
            authentication, history = found
            answer = answer_before_comparing(authentication, history, now)
            if answer is not None:
                self._compare(self._subject(project, authentication, now), typed)
                if await self._write_down(authentication, answer, now):
                    return self._counted(answer, authentication)
                continue
            spent = replace(authentication, checks_spent=authentication.checks_spent + 1)
            guessed = history.with_guess(now)
            change = Change(
                project_id=project.id,
                authentication=spent,
                history=guessed,
                at=now,
                relaxed=True,  # the answer waits for the next write, which is strict
            )
            if not await self.store.save(change):
                continue
            matched = self._compare(self._subject(project, authentication, now), typed)
            spent, guessed = _stored(spent), _stored_history(guessed)
            if matched is None:
                return self._counted(await self._record_wrong(spent, now), authentication)
            return self._counted(
                await self._record_right(project, spent, guessed, matched, now), authentication
            )
        raise StoreUnavailableError("too many checks of one authentication at once")

    def _counted(
        self, answer: CheckStatus | Refusal, authentication: Authentication
    ) -> CheckStatus | Refusal:
        if isinstance(answer, CheckStatus):
            self.telemetry.check(answer, authentication.number.region)
        return answer

    def _compare(self, subject: Subject, typed: str) -> int | None:
        """Which attempt's code was typed; as many codes are derived whoever asks for whatever."""
        key = self.keyring.code_key(subject.key_id)
        codes = [
            derive_code(key, subject.id, number, subject.code_length)
            for number in range(1, max(subject.attempts, COMPARED) + 1)
        ]
        codes[0] = subject.fixed_code or codes[0]
        matched = matching_attempt(normalise_typed(typed), codes)
        return matched if matched is not None and matched <= subject.attempts else None

    def _subject(
        self, project: Project, authentication: Authentication | None, now: int
    ) -> Subject:
        """What is compared with: a decoy where there is nothing, so that the path is the same."""
        if authentication is None:
            return Subject(NOBODY, self.keyring.current(), project.settings.code_length, 0)
        fixed = project.test_number(authentication.number.e164, now)
        attempts = len(authentication.attempts)
        if authentication.fixed_code and fixed is None:
            attempts = 0  # the entry has ended, and nothing was ever sent
        return Subject(
            authentication.id,
            authentication.code_key,
            authentication.code_length,
            attempts,
            fixed.code if fixed and authentication.fixed_code else None,
        )

    async def _write_down(
        self, authentication: Authentication, status: CheckStatus, now: int
    ) -> bool:
        """Remember a check that could change nothing, within bounds; False where it was outrun."""
        if authentication.events >= REMEMBERED_EVENTS:
            return True
        journal = Journal(self.clock, authentication, now)
        journal.happened(Checked(id=self.clock.new_id(), status=status))
        return await self.store.save(journal.change())

    async def _record_wrong(self, authentication: Authentication, now: int) -> CheckStatus:
        for _ in range(ROUNDS):
            journal = Journal(self.clock, authentication, now)
            journal.happened(Checked(id=self.clock.new_id(), status=CheckStatus.INVALID))
            if await self.store.save(journal.change()):
                return CheckStatus.INVALID
            found = await self.store.authentication(authentication.id)
            if found is None:
                return CheckStatus.INVALID
            authentication = found
        raise StoreUnavailableError("too many checks of one authentication at once")

    async def _record_right(
        self,
        project: Project,
        authentication: Authentication,
        history: NumberHistory,
        matched: int,
        now: int,
    ) -> CheckStatus | Refusal:
        for _ in range(ROUNDS):
            if authentication.state is not State.OPEN:
                answer = answer_before_comparing(authentication, history, now)
                if answer is None or await self._write_down(authentication, answer, now):
                    return answer or CheckStatus.EXPIRED_AUTH
            else:
                journal = Journal(self.clock, authentication, now)
                journal.happened(
                    Checked(
                        id=self.clock.new_id(), status=CheckStatus.VALID, attempt_number=matched
                    )
                )
                self._prove_delivery(journal, matched)
                journal.authentication = replace(
                    journal.authentication,
                    state=State.VALIDATED,
                    validated_at=now,
                    validated_attempt=matched,
                )
                verified = history.with_success(spent_at=now, now=now)
                if history.authentication_id != authentication.id:
                    verified = replace(verified, open_until=history.open_until)
                change = replace(
                    journal.change(verified),
                    charge=answered_charge(project, authentication, matched, now, self.memory),
                )
                if await self.store.save(change):
                    if not project.is_sandbox:
                        self.memory.see(Answered(message_name(authentication.id.hex, matched), now))
                    return CheckStatus.VALID
            found = await self.store.authentication_and_history(authentication.id)
            if found is None:
                return NOT_YOURS
            authentication, history = found
        raise StoreUnavailableError("too many checks of one authentication at once")

    def _prove_delivery(self, journal: Journal, attempt_number: int) -> None:
        """A right code is proof of delivery, whatever the carrier said or did not say."""
        arrived = advance(journal.authentication.attempt(attempt_number), DeliveryStatus.DELIVERED)
        if arrived is None or journal.authentication.fixed_code:
            return
        journal.authentication = journal.authentication.with_attempt(arrived)
        journal.happened(
            DeliveryReported(
                attempt_id=arrived.id,
                attempt_number=arrived.number,
                status=DeliveryStatus.DELIVERED,
                cause=TYPED,
            )
        )
        journal.call_back(
            lambda event_id: delivery_status_body(
                event_id, journal.authentication, arrived, journal.now
            )
        )


def _stored(authentication: Authentication) -> Authentication:
    return replace(authentication, version=authentication.version + 1)


def _stored_history(history: NumberHistory) -> NumberHistory:
    return replace(history, version=history.version + 1)
