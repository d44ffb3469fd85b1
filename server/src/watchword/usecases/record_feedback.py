"""Record feedback: attach the caller's word to the number's newest authentication."""

from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from watchword.domain.authentication import Authentication
from watchword.domain.errors import ErrorCode, Refusal
from watchword.domain.event import FeedbackGiven
from watchword.domain.feedback import FEEDBACK_WINDOW, FeedbackStatus
from watchword.domain.project import Project
from watchword.domain.routing.sightings import Disowned
from watchword.domain.sighting import message_name
from watchword.ports.clock import Clock
from watchword.ports.numbering import Numbering, NumberProblem
from watchword.ports.store import Store, StoreUnavailableError
from watchword.usecases.journal import Journal
from watchword.usecases.memory import Memory, way_of_attempt

ROUNDS = 100
NOTHING_FOUND = Refusal(
    ErrorCode.NO_ASSOCIATED_AUTH_FOUND,
    "this project has sent no code to this number in the last 30 days",
)


class RecordFeedback(Struct, frozen=True):
    """Remember whether a person turned out real."""

    store: Store
    clock: Clock
    numbering: Numbering
    memory: Memory

    async def __call__(self, project: Project, phone_number: str, status: str) -> UUID | Refusal:
        """The feedback's identifier; the same word twice is refused, another one replaces it."""
        try:
            wanted = FeedbackStatus(status)
        except ValueError:
            return Refusal(
                ErrorCode.INVALID_FEEDBACK_STATUS, "status must be onboarded or not_onboarded"
            )
        number = self.numbering.parse(phone_number)
        if isinstance(number, NumberProblem):
            return Refusal(ErrorCode.INVALID_PHONE_NUMBER, number.message)
        now = self.clock.now()
        for _ in range(ROUNDS):
            history = await self.store.history(project.id, number.e164)
            if history.authentication_id is None or history.started_at <= now - FEEDBACK_WINDOW:
                return NOTHING_FOUND
            found = await self.store.authentication(history.authentication_id)
            if found is None:
                return NOTHING_FOUND
            if found.feedback is wanted:
                return Refusal(
                    ErrorCode.DUPLICATED_FEEDBACK_STATUS, f"{wanted} was reported before"
                )
            journal = Journal(self.clock, replace(found, feedback=wanted), now)
            feedback_id = self.clock.new_id()
            journal.happened(FeedbackGiven(feedback_id, wanted))
            if await self.store.save(journal.change()):
                if wanted is FeedbackStatus.NOT_ONBOARDED and not project.is_sandbox:
                    self._disown(found, now)
                return feedback_id
        raise StoreUnavailableError("too much feedback on one number at once")

    def _disown(self, about: Authentication, now: int) -> None:
        """The person turned out not to be real: what their answer taught is taken back."""
        if about.validated_attempt is None:
            return
        way = way_of_attempt(about.attempt(about.validated_attempt))
        if way is not None:
            name = message_name(about.id.hex, about.validated_attempt)
            self.memory.see(Disowned(name, way, self.memory.place(about.number), now))
