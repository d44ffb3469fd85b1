"""Authentication: one verification of one phone number, and the state machine it walks through."""

from enum import StrEnum
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from watchword.domain.attempt import Attempt, AttemptStatus
from watchword.domain.feedback import FeedbackStatus
from watchword.domain.phone_number import PhoneNumber
from watchword.domain.signals import Signals


class State(StrEnum):
    """Where an authentication stands; `expired` may also be read off the clock before it is stored."""

    REFUSED_SPAM = "refused_spam"
    REFUSED_RATE = "refused_rate"
    OPEN = "open"
    VALIDATED = "validated"
    EXPIRED = "expired"


class StartStatus(StrEnum):
    """How a request to send a code is answered."""

    PENDING = "pending"
    RATE_LIMITED = "rate_limited"
    SPAM_DETECTED = "spam_detected"


class Authentication(Struct, frozen=True, kw_only=True):
    """One verification with its attempts.

    Times are Unix milliseconds. `version` is the one loaded: every change is a compare-and-set on
    it, so of any number of racing changes one wins and the others look again. `events` counts
    what has happened, so that the next event knows its place. Where the screening `doubted` the
    request, what becomes of its messages says nothing of their routes.
    """

    id: UUID
    project_id: UUID
    number: PhoneNumber
    state: State
    created_at: int
    expires_at: int
    code_key: str
    code_length: int
    max_checks: int
    retry_delays: tuple[int, ...]
    next_retry_at: int
    max_fallbacks: int = 0
    checks_spent: int = 0
    retries_spent: int = 0
    fallbacks_spent: int = 0
    fixed_code: bool = False
    validated_at: int | None = None
    validated_attempt: int | None = None
    signals: Signals = Signals()
    sender_id: str | None = None
    template_id: str | None = None
    locale: str | None = None
    correlation_id: str | None = None
    callback_url: str | None = None
    email: str | None = None
    feedback: FeedbackStatus | None = None
    doubted: bool = False
    attempts: tuple[Attempt, ...] = ()
    events: int = 0
    version: int = 0

    def is_expired(self, now: int) -> bool:
        """Whether the lifetime is over without a valid check; `expires_at` itself is too late."""
        return self.state is State.EXPIRED or (self.state is State.OPEN and now >= self.expires_at)

    @property
    def was_attempted(self) -> bool:
        """Whether a message was sent or is still promised: a queued one counts, a failed one not."""
        return any(
            attempt.status is not AttemptStatus.FAILED or attempt.sent_at is not None
            for attempt in self.attempts
        )

    @property
    def remaining_checks(self) -> int:
        """Wrong codes that may still be typed."""
        return max(0, self.max_checks - self.checks_spent)

    @property
    def remaining_retries(self) -> int:
        """Further attempts the caller may still ask for."""
        return max(0, len(self.retry_delays) - self.retries_spent)

    def attempt(self, number: int) -> Attempt:
        """The attempt with this number, counted from 1."""
        return self.attempts[number - 1]

    def with_attempt(self, attempt: Attempt) -> "Authentication":
        """The same with one attempt added, or replaced where its number is taken."""
        others = tuple(a for a in self.attempts if a.number != attempt.number)
        return replace(self, attempts=tuple(sorted((*others, attempt), key=lambda a: a.number)))


def delay_before_retry(retry_delays: tuple[int, ...], retries_spent: int) -> int | None:
    """Milliseconds to wait before the next retry, or None where none is left."""
    return retry_delays[retries_spent] if retries_spent < len(retry_delays) else None
