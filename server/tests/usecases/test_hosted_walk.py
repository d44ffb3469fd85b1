"""Steps through the hosted page that meet each other, or meet a store that changed meanwhile."""

import asyncio

import pytest
from msgspec.structs import replace
from server.tests.conftest import PERSON, World

from watchword.adapters.numbering.libphonenumber import LibPhoneNumber
from watchword.domain.errors import ErrorCode, Refusal
from watchword.domain.hosted_session import HostedSession, SessionStatus, Word
from watchword.usecases.hosted_sessions import (
    NO_SUCH_SESSION,
    FindHostedSession,
    Opened,
    OpenHostedSession,
    SessionRequest,
)
from watchword.usecases.hosted_walk import Visitor, Walk, WalkThrough

OTHER = "+33612345600"


class Path:
    """A session with its token, and the steps through it."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.open = OpenHostedSession(world.store, world.clock, LibPhoneNumber())
        self.find = FindHostedSession(world.store)
        self.through = WalkThrough(
            world.store,
            world.store,
            world.directory,
            world.clock,
            LibPhoneNumber(),
            world.start,
            world.check_code,
            world.retry_authentication,
        )
        self.token = ""

    async def begin(self, **fields: object) -> None:
        opened = await self.open(self.world.project, SessionRequest(**fields))  # type: ignore[arg-type] # by name
        assert isinstance(opened, Opened)
        assert opened.token not in repr(opened)
        self.token = opened.token

    async def walk(self) -> Walk:
        found = await self.through(self.token)
        assert found is not None
        return found

    async def session(self) -> HostedSession:
        return (await self.walk()).session

    async def number(self, e164: str = PERSON) -> None:
        await self.through.number(await self.walk(), Visitor("198.51.100.7"), "FR", "06", e164)

    async def right(self) -> str:
        about = (await self.walk()).about
        assert about is not None
        return await self.world.code(about.id)


@pytest.fixture
async def path(world: World) -> Path:
    made = Path(world)
    await made.begin(country="FR", locale="fr")
    return made


async def test_what_is_asked_for_carries_the_visitor_and_the_session(
    world: World, path: Path
) -> None:
    await path.number()
    walk = await path.walk()
    assert walk.about is not None
    assert walk.about.signals.ip == "198.51.100.7"
    assert walk.about.correlation_id == str(walk.session.id)
    assert walk.about.locale == "fr"
    await world.work()
    assert [message.to.e164 for message in world.sent] == [PERSON]


async def test_a_form_that_is_sent_twice_sends_one_message(world: World, path: Path) -> None:
    walk = await path.walk()
    visitor = Visitor()
    await asyncio.gather(
        *(path.through.number(walk, visitor, "FR", "06", PERSON) for _ in range(5))
    )
    await world.work()
    assert len(world.sent) == 1
    assert (await path.session()).numbers == 1


async def test_of_a_right_code_sent_twice_the_person_sees_the_success(
    world: World, path: Path
) -> None:
    await path.number()
    await world.work()
    walk, code = await path.walk(), await path.right()
    await asyncio.gather(*(path.through.code(walk, code) for _ in range(4)))
    session = await path.session()
    assert session.status(world.clock.now()) is SessionStatus.VERIFIED
    assert (session.number, session.word) == (PERSON, None)


async def test_a_number_given_later_is_not_undone_by_one_given_earlier(path: Path) -> None:
    began, going, start = asyncio.Event(), asyncio.Event(), path.through.start

    class Slow:
        async def __call__(self, *args: object) -> object:
            began.set()
            await going.wait()
            return await start(*args)  # type: ignore[arg-type] # handed on

    slow = WalkThrough(**{**fields_of(path.through), "start": Slow()})  # type: ignore[arg-type] # as above
    walk = await path.walk()
    first = asyncio.create_task(slow.number(walk, Visitor(), "FR", "06", PERSON))
    await began.wait()
    await path.number(OTHER)
    going.set()
    await first
    about = (await path.walk()).about
    assert about is not None
    assert about.number.e164 == OTHER


def fields_of(walk_through: WalkThrough) -> dict[str, object]:
    return {name: getattr(walk_through, name) for name in WalkThrough.__struct_fields__}


async def test_a_code_may_be_typed_in_the_digits_of_any_script(world: World, path: Path) -> None:
    await path.number()
    assert (await path.walk()).code_length == 6
    await path.through.code(await path.walk(), "١٢٣٤٥٦")
    assert (await path.session()).word is Word.CODE_WRONG
    await path.through.code(await path.walk(), "12 34 5a")
    assert (await path.session()).word is Word.CODE_INCOMPLETE


async def test_a_session_of_a_removed_project_leads_nowhere(world: World, path: Path) -> None:
    world.directory._projects = {}  # as if it were removed
    assert await path.through(path.token) is None
    assert await path.through("nothing") is None


async def test_a_suspended_project_opens_no_session(world: World, path: Path) -> None:
    answer = await path.open(replace(world.project, suspended=True), SessionRequest())
    assert isinstance(answer, Refusal)
    assert answer.code is ErrorCode.SUSPENDED_ACCOUNT
    assert await path.find(world.project, None) == NO_SUCH_SESSION
