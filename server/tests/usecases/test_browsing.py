"""Finding authentications: by whatever an operator has in hand, page by page, of one project alone."""

from uuid import UUID

import pytest
from msgspec.structs import replace
from server.tests.conftest import HOUR, MINUTE, PERSON, SECOND, World

from watchword.adapters.numbering.libphonenumber import LibPhoneNumber
from watchword.domain.attempt import DeliveryStatus
from watchword.domain.channel import Channel
from watchword.domain.project import Project
from watchword.domain.screening.list_entry import ListEntry, ListKind
from watchword.domain.start_request import StartRequest
from watchword.ports.provider import RefusalKind, Refused, Report
from watchword.usecases.manage import browsing
from watchword.usecases.manage.browsing import Browse, Filter, Shown

OTHER = "+33612345679"
BRITON = "+447700900123"


@pytest.fixture
def browse(world: World) -> Browse:
    return Browse(world.store, world.store, world.store, LibPhoneNumber(), world.clock, "tests")


@pytest.fixture
async def elsewhere(world: World) -> Project:
    """Another project."""
    made = replace(world.project, id=world.clock.new_id(), name="elsewhere")
    await world.store.put_project(made)
    await world.directory.refresh()
    return made


async def found(browse: Browse, limit: int = 50, **wanted: object) -> list[UUID]:
    """All that match, read page by page; no page repeats another."""
    seen: list[UUID] = []
    after: UUID | None = None
    while True:
        page = await browse.page(replace(Filter(), **wanted), after, limit)
        assert len(page.items) <= limit
        seen += [one.uuid for one in page.items]
        if page.next is None:
            assert len(seen) == len(set(seen))
            return seen
        assert after is None or page.next < after
        after = page.next


async def ids(world: World, *numbers: str) -> list[UUID]:
    made = []
    for number in numbers:
        world.clock.advance(SECOND)
        made.append((await world.ask(number)).authentication_id)
    return made


@pytest.mark.parametrize(
    "spelling",
    [PERSON, "+33 6 12 34 56 78", " +33-612.345.678 ", "+33 (0)6 12 34 56 78"],
)
async def test_a_number_is_found_however_it_is_written(
    spelling: str, world: World, browse: Browse
) -> None:
    (one, _) = await ids(world, PERSON, OTHER)
    assert await found(browse, search=spelling) == [one]


async def test_an_authentication_is_found_by_its_uuid_or_the_callers_own_id(
    world: World, browse: Browse
) -> None:
    theirs = "7f2c0de0-1111-4222-8333-444455556666"
    ours = (await world.ask(correlation_id="order 17")).authentication_id
    by_uuid = (await world.ask(OTHER, correlation_id=theirs)).authentication_id
    assert await found(browse, search=str(ours)) == [ours]
    assert await found(browse, search=ours.hex.upper()) == [ours]
    assert await found(browse, search=" order 17 ") == [ours]
    assert await found(browse, search=theirs) == [by_uuid]
    assert await found(browse, search="order 1") == []
    assert await found(browse, search=str(UUID(int=1))) == []


async def test_an_id_of_the_caller_that_looks_like_a_number_is_found(
    world: World, browse: Browse
) -> None:
    about = (await world.ask(correlation_id=OTHER)).authentication_id
    assert await found(browse, search=OTHER) == [about]


async def test_nothing_of_another_project_is_found(
    world: World, browse: Browse, elsewhere: Project
) -> None:
    (mine,) = await ids(world, PERSON)
    answer = await world.start(elsewhere, StartRequest(phone_number=PERSON, correlation_id="x"))
    theirs = getattr(answer, "authentication_id", None)
    assert isinstance(theirs, UUID)
    here = world.project.id
    for search in ("", PERSON, str(theirs), "x"):
        assert theirs not in await found(browse, project_id=here, search=search), search
    assert await found(browse, project_id=elsewhere.id) == [theirs]
    assert await found(browse) == [theirs, mine]
    assert await browse.story(here, theirs) is None
    assert await browse.reveal(here, theirs) is None
    assert await world.store.audit(0, 10) == []
    assert await browse.story(elsewhere.id, theirs) is not None


async def test_filters_hold_together(world: World, browse: Browse) -> None:
    french, british, late = await ids(world, PERSON, BRITON, OTHER)
    world.providers["one"].script = [Refused(RefusalKind.NUMBER, "21", "not here")]
    await world.work()
    at = {about: (await world.about(about)).created_at for about in (french, british, late)}
    assert await found(browse, country="GB") == [british]
    assert await found(browse, country="FR") == [late, french]
    assert await found(browse, since=at[british]) == [late, british]
    assert await found(browse, until=at[late]) == [british, french]
    assert await found(browse, since=at[british], until=at[late], country="FR") == []
    over_whatsapp = await found(browse, channel=Channel.WHATSAPP)
    assert len(over_whatsapp) == 1
    assert sorted(over_whatsapp + await found(browse, channel=Channel.SMS)) == sorted(at)
    assert await found(browse, search=PERSON, country="GB") == []


@pytest.mark.parametrize("limit", [1, 2, 7, 50])
async def test_pages_lose_and_repeat_nothing(
    limit: int, world: World, browse: Browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(browsing, "PAGE", 3)
    monkeypatch.setattr(browsing, "LOOKED_AT", 6)
    made = await ids(world, *(f"+3361234{n:04}" for n in range(20)), BRITON)
    assert await found(browse, limit) == made[::-1]
    assert await found(browse, limit, country="GB") == made[-1:]
    assert await found(browse, limit, since=(await world.about(made[5])).created_at) == made[:4:-1]


async def test_pages_go_on_where_thousands_match_nothing(
    world: World, browse: Browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(browsing, "PAGE", 3)
    monkeypatch.setattr(browsing, "LOOKED_AT", 6)
    made = await ids(world, BRITON, *(f"+3361234{n:04}" for n in range(20)))
    first = await browse.page(Filter(country="GB"), None, 10)
    assert first.items == ()
    assert first.next == made[-6]
    assert await found(browse, 10, country="GB") == made[:1]
    assert await found(browse, 10, country="IT") == []


async def test_what_a_search_finds_is_paged_too(world: World, browse: Browse) -> None:
    await world.choose(stateless=False)
    made = []
    for _ in range(7):
        made.append((await world.ask()).authentication_id)
        world.clock.advance(HOUR)
    assert len(set(made)) == 7
    assert await found(browse, 3, search=PERSON) == made[::-1]
    assert await found(browse, 7, search=PERSON) == made[::-1]


async def stands(world: World, browse: Browse, about: UUID) -> Shown:
    story = await browse.story(world.project.id, about)
    assert story is not None
    assert await found(browse, shown=story.item.shown, search=str(about)) == [about]
    others = [shown for shown in Shown if shown is not story.item.shown]
    assert [await found(browse, shown=shown, search=str(about)) for shown in others] == [[]] * 4
    return story.item.shown


async def test_every_way_to_stand_is_told_in_one_word(world: World, browse: Browse) -> None:
    about = (await world.ask()).authentication_id
    assert await stands(world, browse, about) is Shown.PENDING
    await world.work()
    assert await stands(world, browse, about) is Shown.PENDING
    await world.check(about, await world.wrong(about))
    assert await stands(world, browse, about) is Shown.PENDING
    await world.check(about, await world.code(about))
    assert await stands(world, browse, about) is Shown.VERIFIED
    world.clock.advance(HOUR)
    assert await stands(world, browse, about) is Shown.VERIFIED


async def test_what_was_not_typed_in_time_is_expired(world: World, browse: Browse) -> None:
    about = await world.pending()
    world.clock.advance(HOUR)
    assert await stands(world, browse, about) is Shown.EXPIRED
    await world.work()
    assert await stands(world, browse, about) is Shown.EXPIRED


async def test_what_could_not_be_sent_or_did_not_arrive_has_failed(
    world: World, browse: Browse
) -> None:
    for provider in world.providers.values():
        provider.script = [Refused(RefusalKind.NUMBER, "21", "not here")]
    unsent = await world.pending()
    assert await stands(world, browse, unsent) is Shown.FAILED
    await world.choose(max_fallbacks=0)
    lost = await world.pending(OTHER)
    await world.record_receipt(lost, 1, Report(status=DeliveryStatus.UNDELIVERABLE))
    assert await stands(world, browse, lost) is Shown.FAILED


async def test_what_was_blocked_or_asked_for_too_often_is_refused(
    world: World, browse: Browse
) -> None:
    await world.choose(blocked=(ListEntry(kind=ListKind.PREFIX, value="+33612"),))
    blocked = (await world.ask()).authentication_id
    assert await stands(world, browse, blocked) is Shown.REFUSED
    limits = replace(world.project.settings.limits, number_10_minutes=1)
    await world.choose(blocked=(), limits=limits, stateless=False)
    await world.ask(OTHER)
    world.clock.advance(MINUTE)
    limited = (await world.ask(OTHER)).authentication_id
    assert await stands(world, browse, limited) is Shown.REFUSED


async def test_a_list_says_how_far_the_newest_message_came_and_never_the_number(
    world: World, browse: Browse
) -> None:
    async def steps(about: UUID) -> tuple[str, str, str]:
        (item,) = (await browse.page(Filter(search=str(about)), None, 1)).items
        assert PERSON not in str(item)
        assert item.phone_number.startswith("+336")
        return item.steps

    about = (await world.ask()).authentication_id
    assert await steps(about) == ("none", "none", "none")
    await world.work()
    assert await steps(about) == ("good", "none", "none")
    await world.check(about, await world.wrong(about))
    assert await steps(about) == ("good", "none", "bad")
    await world.record_receipt(about, 1, Report(status=DeliveryStatus.DELIVERED))
    assert await steps(about) == ("good", "good", "bad")
    world.clock.advance(5 * SECOND)
    await world.check(about, await world.code(about))
    assert await steps(about) == ("good", "good", "good")
    (item,) = (await browse.page(Filter(), None, 1)).items
    assert (item.verified_after, item.attempts, item.cost) == (5 * SECOND, 1, 9_000)
    assert (item.channel, item.account, item.route) == (Channel.SMS, "one", "first")


async def test_a_story_tells_everything_in_order(world: World, browse: Browse) -> None:
    about = await world.pending(callback_url="https://app.example/hook", correlation_id="mine")
    await world.check(about, await world.code(about))
    await world.work()
    story = await browse.story(None, about)
    assert story is not None
    assert PERSON not in str(replace(story, callbacks=()))
    kinds = [event.kind for event in story.events]
    assert kinds[0] == "screened"
    assert kinds.index("attempt") < kinds.index("check")
    assert "callback" in kinds
    assert [event.at for event in story.events] == sorted(event.at for event in story.events)
    assert all(event.told.what for event in story.events)
    assert [callback.authentication_id for callback in story.callbacks] == [about] * len(
        story.callbacks
    )
    assert story.callbacks
    assert story.item.correlation_id == "mine"
    assert await browse.story(None, UUID(int=1)) is None


async def test_who_looks_at_a_whole_number_is_written_down(world: World, browse: Browse) -> None:
    about = await world.pending()
    assert await browse.reveal(world.project.id, about) == PERSON
    (entry,) = await world.store.audit(0, 10)
    assert (entry.note.actor, entry.note.action) == ("tests", "number.revealed")
    assert entry.note.subject == str(about)
    assert PERSON not in str(entry)
    assert await browse.reveal(world.project.id, UUID(int=1)) is None
    assert len(await world.store.audit(0, 10)) == 1
