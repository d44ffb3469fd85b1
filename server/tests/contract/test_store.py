"""A store writes a change whole or not at all, whichever of its guards says no."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import pytest
from msgspec.structs import replace
from server.tests.contract.conftest import Keeper, Maker, Values

from watchword.domain.event import Event, Expired, Retried
from watchword.domain.retry import RetryStatus
from watchword.ports.store import (
    Change,
    Charge,
    SavedAnswer,
    SentMessage,
    SpendWindow,
    StoreUnavailableError,
)

HOUR_OF_FRANCE = SpendWindow("hour", 0, "FR")
ANSWER = SavedAnswer(key="k", fingerprint=b"\x00f", answer=b"{}", created_at=1)

Spoil = Callable[[Change, Values], Change]


def old_authentication(change: Change, values: Values) -> Change:
    assert change.authentication is not None
    return replace(change, authentication=replace(change.authentication, version=7))


def old_history(change: Change, values: Values) -> Change:
    assert change.history is not None
    return replace(change, history=replace(change.history, version=7))


def taken_key(change: Change, values: Values) -> Change:
    return replace(change, answer=replace(ANSWER, fingerprint=b"other", created_at=2))


def over_the_cap(change: Change, values: Values) -> Change:
    return replace(change, charge=Charge(amount=6, windows=((HOUR_OF_FRANCE, 10),)))


def dearer_than_the_cap(change: Change, values: Values) -> Change:
    window = SpendWindow("day", 0, "*")
    return replace(change, charge=Charge(amount=6, windows=((window, 5),)))


def over_the_second_cap(change: Change, values: Values) -> Change:
    windows = ((SpendWindow("day", 0, "*"), 100), (HOUR_OF_FRANCE, 10))
    return replace(change, charge=Charge(amount=6, windows=windows))


def negative_balance(change: Change, values: Values) -> Change:
    return replace(change, charge=Charge(amount=6, prepaid=True))


def lost_lease(change: Change, values: Values) -> Change:
    return replace(change, finished=replace(values.task(values.project_id), tries=1))


def lost_lease_of_postponed(change: Change, values: Values) -> Change:
    return replace(change, postponed=replace(values.task(values.project_id), tries=1))


REFUSALS: tuple[Spoil, ...] = (
    old_authentication,
    old_history,
    taken_key,
    over_the_cap,
    dearer_than_the_cap,
    over_the_second_cap,
    negative_balance,
    lost_lease,
    lost_lease_of_postponed,
)


async def prepare(store: Keeper, values: Values) -> None:
    """A database with something in every table, a spent cap and a balance below zero."""
    await store.put_project(values.project())
    await store.add_balance(values.project_id, -1)
    change = values.change(answer=ANSWER, charge=Charge(amount=5, windows=((HOUR_OF_FRANCE, 10),)))
    assert await store.save(change)


@pytest.mark.parametrize("spoil", REFUSALS, ids=lambda spoil: spoil.__name__)
async def test_a_change_that_a_guard_refuses_writes_nothing_in_any_table(
    maker: Maker, store: Keeper, values: Values, tmp_path: Path, spoil: Spoil
) -> None:
    await prepare(store, values)
    before = maker.dump(tmp_path)
    change = spoil(values.change(values.authentication("+33611111111")), values)
    full = replace(
        change,
        sent=SentMessage(
            account="a", provider_message_id="m", authentication_id=UUID(int=1),
            attempt_number=1, at=1,
        ),
    )  # fmt: skip
    assert await store.save(full) is False
    assert maker.dump(tmp_path) == before


@pytest.mark.parametrize("spoil", REFUSALS, ids=lambda spoil: spoil.__name__)
async def test_a_refused_change_does_not_spoil_those_written_beside_it(
    store: Keeper, values: Values, spoil: Spoil
) -> None:
    await prepare(store, values)
    good = [values.change(values.authentication(f"+3361100000{n}")) for n in range(6)]
    bad = spoil(values.change(values.authentication("+33611111111")), values)
    written = await asyncio.gather(*map(store.save, [*good[:3], bad, *good[3:]]))
    assert written == [True] * 3 + [False] + [True] * 3
    for change in good:
        assert change.authentication is not None
        assert await store.authentication(change.authentication.id) is not None


async def test_a_change_that_breaks_a_table_writes_nothing_and_spoils_no_neighbour(
    maker: Maker, store: Keeper, values: Values, tmp_path: Path
) -> None:
    about = values.authentication()
    assert await store.save(values.change(about))
    stored = replace(about, version=1)
    history = replace(values.history(), version=1)
    same_place = values.change(stored, history=history)  # its event has the place of the first
    before = maker.dump(tmp_path)
    with pytest.raises(StoreUnavailableError):
        await store.save(same_place)
    assert maker.dump(tmp_path) == before
    fresh = values.change(values.authentication("+33611111111"))
    outcomes = await asyncio.gather(
        store.save(same_place), store.save(fresh), return_exceptions=True
    )
    assert isinstance(outcomes[0], StoreUnavailableError)
    assert outcomes[1] is True
    assert len(maker.dump(tmp_path)["events"]) == 2


async def test_of_100_racing_changes_of_one_authentication_exactly_one_is_written(
    store: Keeper, values: Values
) -> None:
    about = values.authentication()
    assert await store.save(values.change(about))
    loaded = replace(about, version=1, events=1)

    def racing(number: int) -> Change:
        event = Event(2, number, Retried(RetryStatus.APPROVED))
        changed = replace(loaded, checks_spent=number, events=2)
        return values.change(changed, history=None, events=(event,), tasks=(), counters=())

    written = await asyncio.gather(*(store.save(racing(number)) for number in range(100)))
    assert written.count(True) == 1
    timeline = await store.timeline(about.id)
    assert timeline is not None
    assert timeline.authentication.version == 2
    assert timeline.authentication.checks_spent == written.index(True)
    assert [event.at for event in timeline.events[1:]] == [written.index(True)]


async def test_of_100_first_changes_of_one_number_exactly_one_is_written(
    store: Keeper, values: Values
) -> None:
    changes = [values.change() for _ in range(100)]
    written = await asyncio.gather(*map(store.save, changes))
    assert written.count(True) == 1
    ids = [change.authentication.id for change in changes if change.authentication]
    found = [await store.authentication(about) is not None for about in ids]
    assert found == written


async def test_of_100_changes_under_one_idempotency_key_exactly_one_is_written(
    store: Keeper, values: Values
) -> None:
    changes = [
        values.change(values.authentication(f"+336110000{n:02}"), answer=ANSWER) for n in range(100)
    ]
    written = await asyncio.gather(*map(store.save, changes))
    assert written.count(True) == 1


async def test_events_come_back_in_their_order(store: Keeper, values: Values) -> None:
    about = values.authentication()
    events = tuple(Event(place, 50 - place, Expired()) for place in range(1, 21))
    assert await store.save(values.change(about, events=events[::-1]))
    timeline = await store.timeline(about.id)
    assert timeline is not None
    assert timeline.events == events


async def test_what_was_never_written_is_not_found(store: Keeper, values: Values) -> None:
    nobody = UUID(int=5)
    assert await store.authentication(nobody) is None
    assert await store.timeline(nobody) is None
    assert await store.answer(nobody, "k", 0) is None
    assert await store.attempt_of("account", "message") is None
    assert await store.next_due() is None
    assert await store.balance(nobody) is None
    assert await store.is_prepaid(nobody) is False
    assert await store.inbox(nobody, None, 10) == []
    assert (await store.history(nobody, "+33600000000")).version == 0


async def test_the_first_message_id_a_provider_gave_keeps_its_attempt(
    store: Keeper, values: Values
) -> None:
    first = values.authentication()
    sent = SentMessage(
        account="a", provider_message_id="m", authentication_id=first.id, attempt_number=3, at=1
    )
    assert await store.save(values.change(first, sent=sent))
    second = values.authentication("+33611111111")
    again = replace(sent, authentication_id=second.id, attempt_number=1)
    assert await store.save(values.change(second, sent=again))
    assert await store.attempt_of("a", "m") == (first.id, 3)
    assert await store.attempt_of("b", "m") is None


async def test_listeners_hear_of_every_write(store: Keeper, values: Values) -> None:
    rung: list[str] = []
    store.on_change(lambda: rung.append("one"))
    store.on_change(lambda: rung.append("two"))
    assert await store.save(values.change())
    assert rung == ["one", "two"]
    await store.claim(0, 1, 1)
    assert len(rung) >= 2
    heard = len(rung)
    await store.history(values.project_id, "+33600000000")
    assert len(rung) == heard
