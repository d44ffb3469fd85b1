"""What a journey may cost: statements, transactions and bytes, counted and kept from growing unseen."""

from collections import Counter
from collections.abc import Sequence
from uuid import UUID

import msgspec
import pytest
from server.tests.conftest import World

from watchword.adapters.store import rows
from watchword.adapters.store.engine import Query, Row, Step
from watchword.domain.attempt import DeliveryStatus
from watchword.domain.check import CheckStatus
from watchword.domain.task import SendAttempt
from watchword.ports.provider import Receipt, Report


class Counting:
    """The engine of a store, whose reads and writes are counted."""

    def __init__(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        self.spent: Counter[str] = Counter()
        engine = world.store._engine
        read, write = engine.read, engine.write

        async def counted_read(*queries: Query) -> list[list[Row]]:
            self.spent["reads"] += 1
            self.spent["statements"] += len(queries)
            return await read(*queries)

        async def counted_write(
            steps: Sequence[Step], *, relaxed: bool = False
        ) -> list[list[Row]] | None:
            self.spent["transactions"] += 1
            self.spent["statements"] += len(steps)
            return await write(steps, relaxed=relaxed)

        monkeypatch.setattr(engine, "read", counted_read)
        monkeypatch.setattr(engine, "write", counted_write)

    def since(self) -> tuple[int, int, int]:
        """Reads, transactions and statements since the last time."""
        spent, self.spent = self.spent, Counter()
        return spent["reads"], spent["transactions"], spent["statements"]


@pytest.fixture
def counting(world: World, monkeypatch: pytest.MonkeyPatch) -> Counting:
    return Counting(world, monkeypatch)


async def sent(world: World) -> UUID:
    about = (await world.ask()).authentication_id
    for task in await world.claim():
        if isinstance(task.work, SendAttempt):
            await world.carry_out(task)
    return about


async def test_a_create_is_one_read_and_one_transaction(world: World, counting: Counting) -> None:
    await world.ask()
    assert counting.since() == (1, 1, 14)


async def test_a_send_is_one_read_and_one_transaction(world: World, counting: Counting) -> None:
    await world.ask()
    (task,) = [task for task in await world.claim() if isinstance(task.work, SendAttempt)]
    counting.since()
    await world.carry_out(task)
    assert counting.since() == (1, 1, 8)


async def test_a_right_and_a_wrong_check_are_one_read_and_two_transactions(
    world: World, counting: Counting
) -> None:
    about = await sent(world)
    right, wrong = await world.code(about), await world.wrong(about)
    counting.since()
    assert await world.check(about, wrong) is CheckStatus.INVALID
    assert counting.since() == (1, 2, 7)
    assert await world.check(about, right) is CheckStatus.VALID
    assert counting.since() == (1, 2, 9)


async def test_a_receipt_is_one_read_and_one_transaction(world: World, counting: Counting) -> None:
    await sent(world)
    reference = world.providers["one"].sent[0].reference
    receipt = Receipt(report=Report(status=DeliveryStatus.DELIVERED), reference=reference)
    counting.since()
    await world.receive_receipts("one", [receipt])
    assert counting.since() == (1, 1, 5)


async def test_a_status_is_one_read(world: World, counting: Counting) -> None:
    about = await sent(world)
    counting.since()
    await world.store.timeline(about)
    assert counting.since() == (1, 0, 2)


async def test_what_is_kept_of_an_authentication_stays_small(world: World) -> None:
    about = await sent(world)
    assert await world.check(about, await world.code(about)) is CheckStatus.VALID
    timeline = await world.store.timeline(about)
    assert timeline is not None
    kept = len(rows.text(timeline.authentication))
    events = sum(len(msgspec.json.encode(event.what)) for event in timeline.events)
    assert kept <= 1_400, kept
    assert events <= 1_100, events
