"""The lists of a project take what is right, show no number, and count what they kept away."""

import pytest
from msgspec.structs import replace
from server.tests.conftest import DAY, HOUR, PERSON, World

from watchword.adapters.numbering.libphonenumber import LibPhoneNumber
from watchword.domain.screening.list_entry import ListEntry, ListKind
from watchword.usecases.manage.lists import ManageLists, Which
from watchword.usecases.manage.projects import ManageProjects
from watchword.usecases.manage.reporting import Reporting

KIND = ListKind


@pytest.fixture
def lists(world: World) -> ManageLists:
    projects = ManageProjects(world.store, world.clock, "operator:ann")
    reporting = Reporting(world.store, world.clock)
    return ManageLists(projects, reporting, LibPhoneNumber(), world.clock)


async def add(world: World, lists: ManageLists, which: Which, *entries: ListEntry) -> None:
    for entry in entries:
        await world.put(await lists.add(world.project, which, entry))


@pytest.mark.parametrize(
    ("kind", "value", "kept"),
    [
        (KIND.NUMBER, " +33 (0)6 12 34 56 78 ", PERSON),
        (KIND.PREFIX, " +99890 ", "+99890"),
        (KIND.COUNTRY, "uz", "UZ"),
        (KIND.IP, "192.0.2.7", "192.0.2.7"),
        (KIND.IP, "192.0.2.7/24", "192.0.2.0/24"),
        (KIND.IP, "2001:DB8::/32", "2001:db8::/32"),
        (KIND.IP, "2001:db8::1", "2001:db8::1"),
        (KIND.DEVICE, " a1 ", "a1"),
    ],
)
async def test_a_value_is_kept_as_requests_are_compared_with_it(
    kind: ListKind, value: str, kept: str, world: World, lists: ManageLists
) -> None:
    await add(world, lists, Which.BLOCKED, ListEntry(kind=kind, value=value, note="why"))
    (entry,) = world.project.settings.blocked
    assert (entry.kind, entry.value, entry.note) == (kind, kept, "why")
    assert (entry.added_by, entry.added_at) == ("operator:ann", world.clock.now())
    assert await world.store.projects() == [world.project]
    assert PERSON not in str(await world.store.audit(0, 10))


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (KIND.NUMBER, "12"),
        (KIND.NUMBER, "0612345678"),
        (KIND.PREFIX, "99890"),
        (KIND.PREFIX, "+"),
        (KIND.PREFIX, "+99x"),
        (KIND.PREFIX, "+9²"),
        (KIND.COUNTRY, "UZB"),
        (KIND.COUNTRY, "1Z"),
        (KIND.COUNTRY, "ßß"),
        (KIND.IP, "192.0.2"),
        (KIND.IP, "example.com"),
        (KIND.DEVICE, "  "),
    ],
)
async def test_what_could_match_nothing_is_not_kept(
    kind: ListKind, value: str, world: World, lists: ManageLists
) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        await lists.add(world.project, Which.BLOCKED, ListEntry(kind=kind, value=value))
    assert await world.store.projects() == [world.project]


async def test_an_entry_that_has_ended_is_not_added(world: World, lists: ManageLists) -> None:
    entry = ListEntry(kind=KIND.COUNTRY, value="UZ", until=world.clock.now())
    with pytest.raises(ValueError, match="has passed"):
        await lists.add(world.project, Which.BLOCKED, entry)
    await add(world, lists, Which.BLOCKED, replace(entry, until=world.clock.now() + 1))
    assert len(world.project.settings.blocked) == 1


async def test_the_same_value_is_on_a_list_once_with_what_was_said_last(
    world: World, lists: ManageLists
) -> None:
    first = ListEntry(kind=KIND.NUMBER, value=PERSON, note="first")
    await add(world, lists, Which.BLOCKED, first, ListEntry(kind=KIND.COUNTRY, value="UZ"))
    await add(world, lists, Which.BLOCKED, replace(first, value="+33 612345678", note="again"))
    assert [(e.value, e.note) for e in world.project.settings.blocked] == [
        ("UZ", ""),
        (PERSON, "again"),
    ]
    await add(world, lists, Which.ALLOWED, first)
    assert len(world.project.settings.blocked) == 2


async def test_both_lists_are_shown_newest_first_without_whole_numbers(
    world: World, lists: ManageLists
) -> None:
    await add(world, lists, Which.BLOCKED, ListEntry(kind=KIND.NUMBER, value=PERSON))
    world.clock.advance(HOUR)
    await add(world, lists, Which.ALLOWED, ListEntry(kind=KIND.NUMBER, value="+33612345679"))
    world.clock.advance(HOUR)
    await add(world, lists, Which.BLOCKED, ListEntry(kind=KIND.COUNTRY, value="UZ"))
    shown = await lists.entries(world.project)
    assert [(one.list, one.place, one.kind) for one in shown] == [
        ("blocked", 1, KIND.COUNTRY),
        ("allowed", 0, KIND.NUMBER),
        ("blocked", 0, KIND.NUMBER),
    ]
    assert "345678" not in str(shown)
    assert "345679" not in str(shown)


async def test_what_is_taken_out_is_given_back_whole(world: World, lists: ManageLists) -> None:
    await add(
        world,
        lists,
        Which.BLOCKED,
        ListEntry(kind=KIND.NUMBER, value=PERSON, note="why", until=world.clock.now() + DAY),
        ListEntry(kind=KIND.COUNTRY, value="UZ"),
    )
    before = world.project.settings.blocked
    gone = await lists.remove(world.project, Which.BLOCKED, 0)
    assert gone == before[0]
    (kept,) = await world.store.projects()
    assert kept.settings.blocked == before[1:]
    for which, place in ((Which.BLOCKED, 1), (Which.BLOCKED, -1), (Which.ALLOWED, 0)):
        with pytest.raises(LookupError):
            await lists.remove(kept, which, place)


async def test_an_entry_that_is_blocked_is_refused_and_counted_where_that_can_be_told(
    world: World, lists: ManageLists
) -> None:
    await add(
        world,
        lists,
        Which.BLOCKED,
        ListEntry(kind=KIND.PREFIX, value="+4477"),
        ListEntry(kind=KIND.PREFIX, value="+336123456"),
        ListEntry(kind=KIND.COUNTRY, value="DE"),
        ListEntry(kind=KIND.COUNTRY, value="IT"),
    )
    for number in ("+447700900123", "+447700900124", "+4915123456789"):
        await world.ask(number)
    hits = {one.value: one.hits for one in await lists.entries(world.project)}
    assert hits == {"+4477": 2, "+336123456": None, "DE": 1, "IT": 0}
    world.clock.advance(32 * DAY)
    hits = {one.value: one.hits for one in await lists.entries(world.project)}
    assert hits == {"+4477": 0, "+336123456": None, "DE": 0, "IT": 0}
