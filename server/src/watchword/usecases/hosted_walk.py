"""Hosted walk: a person's steps through the hosted page, each taken by the usual use cases."""

from collections.abc import Callable
from uuid import UUID

from msgspec import Struct

from watchword.domain.api_key import digest
from watchword.domain.authentication import Authentication, StartStatus, State
from watchword.domain.check import CheckStatus
from watchword.domain.code import MAX_LENGTH, MIN_LENGTH, normalise_typed
from watchword.domain.errors import ErrorCode, Refusal
from watchword.domain.hosted_session import MOST_NUMBERS, HostedSession, Word
from watchword.domain.project import Project
from watchword.domain.retry import RetryStatus
from watchword.domain.signals import DeviceType
from watchword.domain.start_request import StartRequest
from watchword.ports.clock import Clock
from watchword.ports.directory import Directory
from watchword.ports.hosted_sessions import HostedSessions
from watchword.ports.numbering import Numbering, NumberProblem
from watchword.ports.store import Store, StoreUnavailableError
from watchword.usecases.check_code import CheckCode
from watchword.usecases.retry_authentication import RetryAuthentication
from watchword.usecases.start_authentication import StartAuthentication, Started

ROUNDS = 100
WORDS = {
    ErrorCode.INVALID_PHONE_NUMBER: Word.NUMBER_INVALID,
    ErrorCode.INVALID_LINE: Word.NUMBER_CANNOT,
    ErrorCode.UNSUPPORTED_REGION: Word.NUMBER_REFUSED,
    ErrorCode.BLOCKED_NUMBER: Word.NUMBER_REFUSED,
}
"""What a person is told of a refusal; all others are none of their business."""
CHECKED = {
    CheckStatus.INVALID: Word.CODE_WRONG,
    CheckStatus.RATE_LIMITED: Word.TOO_MANY_TRIES,
    CheckStatus.EXPIRED_AUTH: Word.CODE_EXPIRED,
    CheckStatus.ALREADY_VALIDATED: Word.CODE_USED,
    CheckStatus.WITHOUT_ATTEMPT: Word.NOT_SENT,
}
"""What a person is told of a check that was not valid."""
RETRIED = {
    RetryStatus.APPROVED: Word.SENT_AGAIN,
    RetryStatus.DENIED: Word.WAIT,
    RetryStatus.RATE_LIMITED: Word.TOO_MANY_CODES,
    RetryStatus.NO_ATTEMPT: Word.NUMBER_REFUSED,
}


class Visitor(Struct, frozen=True):
    """What is known of the browser that holds a token."""

    ip: str | None = None


class Walk(Struct, frozen=True):
    """A session with its project, and the authentication it is about now."""

    session: HostedSession
    project: Project
    about: Authentication | None
    now: int

    @property
    def wait(self) -> int | None:
        """Milliseconds until another code may be asked for; None where that never helps."""
        about = self.about
        if about is None or about.state is not State.OPEN or about.is_expired(self.now):
            return 0
        if not about.remaining_retries or not about.remaining_checks:
            return None
        return max(0, about.next_retry_at - self.now)

    @property
    def code_length(self) -> int:
        """Digits of the code that the person holds."""
        if self.about is None:
            return self.project.settings.code_length
        fixed = self.project.test_number(self.about.number.e164, self.now)
        if self.about.fixed_code and fixed is not None:
            return len(fixed.code)
        return self.about.code_length


class WalkThrough(Struct, frozen=True):
    """The person's steps; each is taken on the session that a token names, by the usual use cases."""

    sessions: HostedSessions
    store: Store
    directory: Directory
    clock: Clock
    numbering: Numbering
    start: StartAuthentication
    check_code: CheckCode
    retry: RetryAuthentication

    async def __call__(self, token: str) -> Walk | None:
        """Where a person stands; None where the token names nothing."""
        session = await self.sessions.hosted_session_of(digest(token))
        project = await self.directory.find(session.project_id) if session else None
        if session is None or project is None:
            return None
        about = None
        if session.authentication_id is not None:
            about = await self.store.authentication(session.authentication_id)
        return Walk(session, project, about, self.clock.now())

    async def number(
        self, walk: Walk, visitor: Visitor, country: str | None, typed: str, e164: str | None
    ) -> None:
        """The person gave a number; `e164` is how it was understood, None where it was not."""
        session = walk.session
        if not session.is_open(walk.now):
            return
        if session.fixed:
            await self._send(walk, visitor, session.number or "", session.country, "")
            return
        number = self.numbering.parse(e164 or "")
        if isinstance(number, NumberProblem):
            await self._change(session, lambda now: now.mistyped(country, typed))
        else:
            await self._send(walk, visitor, number.e164, country, typed)

    async def _send(
        self, walk: Walk, visitor: Visitor, e164: str, country: str | None, typed: str
    ) -> None:
        session = walk.session
        if session.numbers >= MOST_NUMBERS:
            await self._change(session, lambda now: now.told(Word.TOO_MANY_NUMBERS))
            return
        asking = session.asking(e164, country, typed)
        if not await self.sessions.put_hosted_session(asking):
            return  # the same form was sent twice, and the other one is being answered
        request = StartRequest(
            phone_number=e164,
            ip=visitor.ip,
            device_type=DeviceType.WEB,
            locale=session.locale,
            correlation_id=str(session.id),
        )
        answer = await self.start(walk.project, request)
        about = await self._joined(answer)
        word = _word_of(answer)

        def became(now: HostedSession) -> HostedSession:
            if now.numbers != asking.numbers:
                return now  # the person has gone on to another number meanwhile
            return now.told(word) if about is None else now.sent(about, word)

        await self._change(asking, became)

    async def _joined(self, answer: Started | Refusal) -> UUID | None:
        """The authentication whose code the person may type."""
        match answer:
            case Started(status=StartStatus.PENDING):
                return answer.authentication_id
            case Started(status=StartStatus.RATE_LIMITED):
                found = await self.store.authentication(answer.authentication_id)
                still = found is not None and found.state is State.OPEN
                return answer.authentication_id if still else None
        return None

    async def code(self, walk: Walk, typed: str) -> None:
        """The person typed a code."""
        session, about = walk.session, walk.about
        if not session.is_open(walk.now) or about is None:
            return
        given = normalise_typed(typed)
        if not (given.isdecimal() and MIN_LENGTH <= len(given) <= MAX_LENGTH):
            await self._change(session, lambda now: now.told(Word.CODE_INCOMPLETE))
            return
        answer = await self.check_code(walk.project, about.id, given)
        if answer is CheckStatus.VALID:
            at = self.clock.now()
            await self._change(session, lambda now: now.verified(at, about.number.e164, about.id))
            return
        word = CHECKED.get(answer, Word.CODE_WRONG) if isinstance(answer, CheckStatus) else None
        await self._change(session, lambda now: now.told(word or Word.NOT_SENT))

    async def again(self, walk: Walk, visitor: Visitor) -> None:
        """The person wants another code; one that is over is followed by a new authentication."""
        session, about = walk.session, walk.about
        if not session.is_open(walk.now) or session.number is None:
            return
        answer = await self.retry(walk.project, about.id) if about else None
        over = (RetryStatus.EXPIRED_AUTH, RetryStatus.ALREADY_VALIDATED)
        if answer is None or (not isinstance(answer, Refusal) and answer.status in over):
            await self._send(walk, visitor, session.number, session.country, session.typed)
            return
        word = _of_refusal(answer) if isinstance(answer, Refusal) else RETRIED[answer.status]
        await self._change(session, lambda now: now.told(word))

    async def change(self, walk: Walk) -> None:
        """The person wants to name another number."""
        if walk.session.is_open(walk.now):
            await self._change(walk.session, lambda now: now.changing())

    async def _change(
        self, session: HostedSession, step: Callable[[HostedSession], HostedSession]
    ) -> None:
        """Write a step down on whatever became of the session meanwhile; what is verified stays."""
        for _ in range(ROUNDS):
            found = await self.sessions.hosted_session(session.id)
            if found is None or found.verified_at is not None:
                return
            if await self.sessions.put_hosted_session(step(found)):
                return
        raise StoreUnavailableError("too many steps of one session at once")


def _word_of(answer: Started | Refusal) -> Word | None:
    if isinstance(answer, Refusal):
        return _of_refusal(answer)
    return {
        StartStatus.PENDING: None,
        StartStatus.RATE_LIMITED: Word.TOO_MANY_CODES,
        StartStatus.SPAM_DETECTED: Word.NUMBER_REFUSED,
    }[answer.status]


def _of_refusal(refusal: Refusal) -> Word:
    return WORDS.get(refusal.code, Word.UNAVAILABLE)
