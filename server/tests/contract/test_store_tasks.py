"""A store gives each due task to one claimer, and again when the claimer's lease has ended."""

import asyncio
from collections import Counter

from msgspec.structs import replace
from server.tests.conftest import LEASE, START
from server.tests.contract.conftest import Keeper, Values

from watchword.domain.task import DeliverCallback
from watchword.ports.store import Change


async def put_tasks(store: Keeper, values: Values, count: int) -> None:
    about = values.authentication()
    tasks = tuple(values.task(about.id, due_at=START + number) for number in range(count))
    assert await store.save(values.change(about, tasks=tasks))


async def test_racing_claims_give_each_task_to_exactly_one(store: Keeper, values: Values) -> None:
    await put_tasks(store, values, 100)
    now = START + 1_000
    claims = await asyncio.gather(*(store.claim(now, LEASE, 7) for _ in range(40)))
    given = Counter(task.id for claim in claims for task in claim)
    assert set(given.values()) == {1}
    assert len(given) == 100
    assert all(len(claim) <= 7 for claim in claims)
    assert await store.claim(now, LEASE, 1_000) == []


async def test_a_claim_takes_what_is_due_and_the_longest_due_first(
    store: Keeper, values: Values
) -> None:
    await put_tasks(store, values, 10)
    assert await store.claim(START - 1, LEASE, 10) == []
    first = await store.claim(START + 4, LEASE, 3)
    second = await store.claim(START + 4, LEASE, 10)
    created = await store.claim(START + 9, LEASE, 10)
    assert [len(first), len(second), len(created)] == [3, 2, 5]
    assert max(task.id for task in first) < min(task.id for task in second)


async def test_a_claim_counts_the_try_and_lasts_for_the_lease(
    store: Keeper, values: Values
) -> None:
    await put_tasks(store, values, 1)
    (task,) = await store.claim(START, LEASE, 10)
    assert (task.tries, task.due_at, task.created_at) == (1, START + LEASE, START)
    assert await store.next_due() == START + LEASE
    assert await store.claim(START + LEASE - 1, LEASE, 10) == []
    (again,) = await store.claim(START + LEASE, LEASE, 10)
    assert again.id == task.id
    assert again.tries == 2


async def test_only_the_holder_of_the_lease_finishes_or_postpones(
    store: Keeper, values: Values
) -> None:
    await put_tasks(store, values, 1)
    (lost,) = await store.claim(START, LEASE, 1)
    (held,) = await store.claim(START + LEASE, LEASE, 1)
    project_id = values.project_id
    assert await store.save(Change(project_id=project_id, finished=lost)) is False
    assert await store.save(Change(project_id=project_id, postponed=lost)) is False
    assert await store.save(Change(project_id=project_id, finished=held)) is True
    assert await store.save(Change(project_id=project_id, finished=held)) is False
    assert await store.next_due() is None


async def test_of_100_finishes_of_one_task_exactly_one_is_written(
    store: Keeper, values: Values
) -> None:
    await put_tasks(store, values, 1)
    (task,) = await store.claim(START, LEASE, 1)
    finish = Change(project_id=values.project_id, finished=task)
    written = await asyncio.gather(*(store.save(finish) for _ in range(100)))
    assert written.count(True) == 1


async def test_a_postponed_task_is_due_when_it_says_and_keeps_its_tries(
    store: Keeper, values: Values
) -> None:
    await put_tasks(store, values, 1)
    (task,) = await store.claim(START, LEASE, 1)
    later = replace(task, due_at=START + 5 * LEASE)
    assert await store.save(Change(project_id=values.project_id, postponed=later))
    assert await store.next_due() == START + 5 * LEASE
    assert await store.claim(START + 5 * LEASE - 1, LEASE, 1) == []
    (again,) = await store.claim(START + 5 * LEASE, LEASE, 1)
    assert (again.id, again.tries) == (task.id, 2)


async def test_the_next_task_is_the_earliest_of_all(store: Keeper, values: Values) -> None:
    about = values.authentication()
    work = DeliverCallback("https://example.org/", "{}", "evt_1")
    due = (START + 500, START + 20, START + 300)
    tasks = tuple(replace(values.task(about.id, due_at=at), work=work) for at in due)
    assert await store.save(values.change(about, tasks=tasks))
    assert await store.next_due() == START + 20
