"""Operations on authentications: find them, read their story, send, check, and the sandbox inbox."""

from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct
from msgspec.structs import replace

from watchword.domain.authentication import StartStatus
from watchword.domain.channel import Channel
from watchword.domain.check import CheckStatus
from watchword.domain.errors import Refusal
from watchword.domain.operator import Role
from watchword.domain.phone_number import mask
from watchword.domain.retry import RetryStatus
from watchword.domain.start_request import StartRequest
from watchword.edges.management.figures import masked
from watchword.edges.management.operation import PROJECT, Call, Instant, Operation, Problem
from watchword.usecases.manage.browsing import Filter, Page, Shown, Story
from watchword.usecases.read_inbox import ReadMessage

Limit = Annotated[int, Meta(ge=1, le=500)]
Text = Annotated[str, Meta(max_length=200)]


class Wanted(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which authentications; `search` is a number, a UUID or a caller's own id; times Unix ms."""

    shown: Shown | None = None
    country: Annotated[str, Meta(pattern="^([A-Z]{2})?$")] = ""
    channel: Channel | None = None
    search: Text = ""
    since: Instant | None = None
    until: Instant | None = None
    after: UUID | None = None
    limit: Limit = 50


class About(Struct, frozen=True, forbid_unknown_fields=True):
    """One authentication."""

    uuid: UUID


class Number(Struct, frozen=True):
    """A whole phone number."""

    phone_number: str


class ToSend(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A request for a code, as an application would make it."""

    phone_number: Text
    locale: Text = ""
    correlation_id: Text = ""


class ToCheck(Struct, frozen=True, forbid_unknown_fields=True):
    """A code that a person typed."""

    uuid: UUID
    code: Annotated[str, Meta(min_length=1, max_length=20)]


class Sent(Struct, frozen=True):
    """How a request for a code was answered."""

    uuid: UUID
    status: StartStatus
    message: str


class Checked(Struct, frozen=True):
    """How a check was answered."""

    uuid: UUID
    status: CheckStatus
    message: str


class Again(Struct, frozen=True):
    """How a request for another code was answered."""

    uuid: UUID
    status: RetryStatus
    message: str


class InboxWanted(Struct, frozen=True, forbid_unknown_fields=True):
    """Which messages: those to a number, or all."""

    search: Text = ""
    limit: Limit = 50


class Inbox(Struct, frozen=True):
    """Sandbox messages, newest first; numbers are masked."""

    messages: tuple[ReadMessage, ...]


def _refused(refusal: Refusal) -> Problem:
    return Problem(400, str(refusal.code), refusal.message)


def _none() -> Problem:
    return Problem(404, "not_found", "there is no such authentication here")


async def list_authentications(call: Call, wanted: Wanted) -> Page:
    """Find authentications."""
    return await call.management.browse.page(
        Filter(
            project_id=call.project.id if call.project else None,
            shown=wanted.shown,
            country=wanted.country,
            channel=wanted.channel,
            search=wanted.search,
            since=wanted.since,
            until=wanted.until,
        ),
        wanted.after,
        wanted.limit,
    )


async def read_authentication(call: Call, about: About) -> Story:
    """Tell the story of one."""
    project_id = call.project.id if call.project else None
    story = await call.management.browse.story(project_id, about.uuid)
    if story is None:
        raise _none()
    return replace(story, callbacks=tuple(map(masked, story.callbacks)))


async def reveal_number(call: Call, about: About) -> Number:
    """Show the whole number, and write down who looked."""
    browse = replace(call.management.browse, actor=call.actor)
    number = await browse.reveal(call.of.id, about.uuid)
    if number is None:
        raise _none()
    return Number(number)


async def send_code(call: Call, wanted: ToSend) -> Sent:
    """Send a code as an application would."""
    request = StartRequest(
        phone_number=wanted.phone_number,
        locale=wanted.locale or None,
        correlation_id=wanted.correlation_id or None,
    )
    answer = await call.management.start(call.of, request)
    if isinstance(answer, Refusal):
        raise _refused(answer)
    return Sent(answer.authentication_id, answer.status, f"sending: {answer.status}")


async def check_code(call: Call, wanted: ToCheck) -> Checked:
    """Check a code as an application would."""
    answer = await call.management.check_code(call.of, wanted.uuid, wanted.code)
    if isinstance(answer, Refusal):
        raise _refused(answer)
    return Checked(wanted.uuid, answer, f"check: {answer}")


async def retry_code(call: Call, about: About) -> Again:
    """Send another code as an application would."""
    answer = await call.management.retry(call.of, about.uuid)
    if isinstance(answer, Refusal):
        raise _refused(answer)
    return Again(about.uuid, answer.status, f"another code: {answer.status}")


async def read_inbox(call: Call, wanted: InboxWanted) -> Inbox:
    """Read the sandbox inbox of one project, or what is newest in all."""
    to = wanted.search.strip().replace(" ", "") or None
    if call.project is None:
        newest = await call.management.reports.inbox_everywhere(wanted.limit)
        found = await call.management.inbox.read(m for m in newest if to in (None, m.to))
    elif call.project.is_sandbox:
        found = await call.management.inbox(call.project, to, wanted.limit)
    else:
        found = []
    return Inbox(tuple(replace(message, to=mask(message.to)) for message in found))


_ONE = f"{PROJECT}/authentications/{{uuid}}"
OPERATIONS = (
    Operation(
        name="list_authentications",
        method="GET",
        path=f"{PROJECT}/authentications",
        role=Role.VIEWER,
        summary="Find authentications, newest first.",
        takes=Wanted,
        gives=Page,
        run=list_authentications,
        everywhere=True,
    ),
    Operation(
        name="read_authentication",
        method="GET",
        path=_ONE,
        role=Role.VIEWER,
        summary="Everything that happened to one authentication, and why.",
        takes=About,
        gives=Story,
        run=read_authentication,
        everywhere=True,
    ),
    Operation(
        name="reveal_number",
        method="POST",
        path=f"{_ONE}/reveal",
        role=Role.OPERATOR,
        summary="The whole number of an authentication; who looked is in the audit log.",
        takes=About,
        gives=Number,
        run=reveal_number,
    ),
    Operation(
        name="send_code",
        method="POST",
        path=f"{PROJECT}/authentications",
        role=Role.OPERATOR,
        summary="Send a code, as an application would.",
        takes=ToSend,
        gives=Sent,
        run=send_code,
    ),
    Operation(
        name="check_code",
        method="POST",
        path=f"{_ONE}/check",
        role=Role.OPERATOR,
        summary="Check a code, as an application would.",
        takes=ToCheck,
        gives=Checked,
        run=check_code,
    ),
    Operation(
        name="retry_code",
        method="POST",
        path=f"{_ONE}/retry",
        role=Role.OPERATOR,
        summary="Send another code, as an application would.",
        takes=About,
        gives=Again,
        run=retry_code,
    ),
    Operation(
        name="read_inbox",
        method="GET",
        path=f"{PROJECT}/inbox",
        role=Role.OPERATOR,
        summary="The newest messages of a sandbox project, with their codes.",
        takes=InboxWanted,
        gives=Inbox,
        run=read_inbox,
        everywhere=True,
    ),
)
