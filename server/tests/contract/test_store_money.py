"""A store moves money exactly, whoever races, and bounds what may be spent."""

import asyncio

import pytest
from msgspec.structs import replace
from server.tests.conftest import HOUR, START
from server.tests.contract.conftest import Keeper, Values

from watchword.domain.screening.facts import Counted
from watchword.ports.store import Charge, SpendWindow

DAY_OF_ALL = SpendWindow("day", START - START % (24 * HOUR), "*")
HOUR_OF_FRANCE = SpendWindow("hour", START - START % HOUR, "FR")


@pytest.fixture
async def prepaid(store: Keeper, values: Values) -> Keeper:
    await store.put_project(values.project())
    await store.add_balance(values.project_id, 100)
    return store


async def spent(store: Keeper, values: Values, *windows: SpendWindow) -> list[int]:
    around = await store.surroundings(values.project_id, "+33600000000", (), windows, START)
    return [around.spent[window.period, window.country] for window in windows]


async def test_200_parallel_charges_stop_exactly_at_the_cap(store: Keeper, values: Values) -> None:
    charge = Charge(amount=7, windows=((DAY_OF_ALL, 7 * 31 + 6), (HOUR_OF_FRANCE, None)))
    taken = await asyncio.gather(*(store.charge(values.project_id, charge) for _ in range(200)))
    assert taken.count(True) == 31
    assert await spent(store, values, DAY_OF_ALL, HOUR_OF_FRANCE) == [7 * 31, 7 * 31]


async def test_a_charge_up_to_the_cap_itself_is_taken(store: Keeper, values: Values) -> None:
    assert await store.charge(values.project_id, Charge(10, windows=((DAY_OF_ALL, 10),)))
    assert not await store.charge(values.project_id, Charge(1, windows=((DAY_OF_ALL, 10),)))
    assert await spent(store, values, DAY_OF_ALL) == [10]


async def test_windows_of_other_hours_countries_and_projects_are_apart(
    store: Keeper, values: Values
) -> None:
    charge = Charge(10, windows=((HOUR_OF_FRANCE, 10),))
    assert await store.charge(values.project_id, charge)
    others = (
        SpendWindow("hour", HOUR_OF_FRANCE.start + HOUR, "FR"),
        SpendWindow("hour", HOUR_OF_FRANCE.start, "DE"),
        SpendWindow("day", HOUR_OF_FRANCE.start, "FR"),
    )
    for window in others:
        assert await store.charge(values.project_id, Charge(10, windows=((window, 10),)))
    assert await store.charge(values.clock.new_id(), charge)
    assert not await store.charge(values.project_id, charge)


async def test_a_balance_goes_below_zero_by_one_charge_and_no_further(
    prepaid: Keeper, values: Values
) -> None:
    charge = Charge(amount=30, prepaid=True)
    taken = await asyncio.gather(*(prepaid.charge(values.project_id, charge) for _ in range(50)))
    assert taken.count(True) == 4
    assert await prepaid.balance(values.project_id) == -20
    assert await prepaid.add_balance(values.project_id, 20) == 0
    assert await prepaid.charge(values.project_id, charge)
    assert await prepaid.balance(values.project_id) == -30


async def test_a_refund_comes_back_whatever_cap_or_balance_say(
    prepaid: Keeper, values: Values
) -> None:
    windows = ((DAY_OF_ALL, 130),)
    assert await prepaid.charge(values.project_id, Charge(130, prepaid=True, windows=windows))
    assert await prepaid.balance(values.project_id) == -30
    refund = Charge(-130, windows=windows, guarded=False)
    assert await prepaid.charge(values.project_id, refund)
    assert await prepaid.balance(values.project_id) == 100
    assert await spent(prepaid, values, DAY_OF_ALL) == [0]
    more = Charge(500, windows=windows, guarded=False)
    assert await prepaid.charge(values.project_id, more)
    assert await prepaid.balance(values.project_id) == -400
    assert await spent(prepaid, values, DAY_OF_ALL) == [500]


async def test_a_refund_makes_no_balance_where_there_is_none(store: Keeper, values: Values) -> None:
    refund = Charge(-130, guarded=False)
    assert await store.charge(values.project_id, refund)
    assert await store.is_prepaid(values.project_id) is False
    assert await store.balance(values.project_id) is None


async def test_parallel_top_ups_are_all_counted(prepaid: Keeper, values: Values) -> None:
    after = await asyncio.gather(*(prepaid.add_balance(values.project_id, 1) for _ in range(50)))
    assert sorted(after) == list(range(101, 151))
    around = await prepaid.surroundings(values.project_id, "+33600000000", (), (), START)
    assert around.balance == 150


async def test_counters_count_this_clock_hour_and_the_one_before(
    store: Keeper, values: Values
) -> None:
    for ago, times in ((0, 3), (HOUR, 2), (2 * HOUR, 5)):
        for n in range(times):
            about = values.authentication(f"+33{ago}{n}")
            assert await store.save(values.change(about, at=START - ago, counters=("ip:x",)))
    around = await store.surroundings(values.project_id, "+336", ("ip:x", "ip:y"), (), START)
    assert around.counts == {"ip:x": Counted(3, 2), "ip:y": Counted()}
    later = await store.surroundings(values.project_id, "+336", ("ip:x",), (), START + HOUR)
    assert later.counts == {"ip:x": Counted(0, 3)}


async def test_parallel_counts_are_all_counted(store: Keeper, values: Values) -> None:
    changes = [
        values.change(values.authentication(f"+336{n}"), counters=("project",)) for n in range(100)
    ]
    assert all(await asyncio.gather(*map(store.save, changes)))
    around = await store.surroundings(values.project_id, "+336", ("project",), (), START)
    assert around.counts == {"project": Counted(100, 0)}


async def test_surroundings_bring_the_history_and_the_newest_authentication_while_it_is_open(
    store: Keeper, values: Values
) -> None:
    nothing = await store.surroundings(values.project_id, "+336", (), (DAY_OF_ALL,), START)
    assert nothing.history == values.history("+336")
    assert (nothing.newest, nothing.balance) == (None, None)
    assert nothing.spent == {("day", "*"): 0}
    change = values.change()
    assert change.authentication is not None
    assert change.history is not None
    about = change.authentication
    history = replace(change.history, authentication_id=about.id, open_until=START + 1)
    assert await store.save(replace(change, history=history))
    around = await store.surroundings(values.project_id, history.e164, (), (), START)
    assert around.history == replace(history, version=1)
    assert around.newest == replace(about, version=1)
    later = await store.surroundings(values.project_id, history.e164, (), (), START + 1)
    assert (later.history, later.newest) == (around.history, None)
