"""A store forgets what no longer serves, a bounded number of rows at a time, and nothing else."""

from pathlib import Path

from msgspec.structs import replace
from server.tests.conftest import DAY, HOUR, START
from server.tests.contract.conftest import Keeper, Maker, Values

from watchword.ports.store import (
    Change,
    Charge,
    InboxMessage,
    SavedAnswer,
    SentMessage,
    SpendWindow,
)

FORGOTTEN = ("answers", "counters", "spend", "sent_messages", "inbox")


async def fill(store: Keeper, values: Values, count: int, at: int) -> None:
    """`count` rows of each kind that is forgotten one day, from around `at`."""
    for n in range(count):
        about = values.authentication(f"+33{at}{n}")
        window = SpendWindow("hour", at, f"{n:02}")
        change = values.change(
            about,
            at=at,
            counters=(f"ip:{n}",),
            answer=SavedAnswer(key=f"{at}-{n}", fingerprint=b"", answer=b"", created_at=at),
            sent=SentMessage(
                account="a",
                provider_message_id=f"{at}-{n}",
                authentication_id=about.id,
                attempt_number=1,
                at=at,
            ),
            charge=Charge(1, windows=((window, None),)),
        )
        assert await store.save(change)
        await store.add_inbox_message(message(values, f"+33{n}", at))


def message(values: Values, to: str, at: int) -> InboxMessage:
    return InboxMessage(
        id=values.clock.new_id(),
        project_id=values.project_id,
        authentication_id=values.project_id,
        attempt_number=1,
        to=to,
        channel="sms",
        sender_id=None,
        content="{code}",
        created_at=at,
    )


async def test_what_is_old_goes_in_bounded_steps_and_the_rest_stays(
    maker: Maker, store: Keeper, values: Values, tmp_path: Path
) -> None:
    await fill(store, values, 7, START - 60 * DAY)
    await fill(store, values, 2, START)
    before = maker.dump(tmp_path)
    left = []
    for _ in range(3):
        gone = await store.forget_old(START, 3)
        rows = maker.dump(tmp_path)
        left.append({len(rows[table]) for table in FORGOTTEN})
        counted = len(left) == 1  # of the same hour, so one row
        assert gone == sum(3 if len(left) < 3 else 1 for _ in FORGOTTEN) + counted
    assert left == [{6}, {3}, {2}]
    assert await store.forget_old(START, 3) == 0
    after = maker.dump(tmp_path)
    assert {row[0] for row in after["rollups"] if row[1] < START - DAY} == {"d"}
    for table in set(before) - {*FORGOTTEN, "rollups"}:
        assert after[table] == before[table]


async def test_nothing_is_forgotten_while_it_still_serves(
    maker: Maker, store: Keeper, values: Values, tmp_path: Path
) -> None:
    await fill(store, values, 2, START - HOUR)
    before = maker.dump(tmp_path)
    assert await store.forget_old(START, 100) == 0
    assert maker.dump(tmp_path) == before


async def test_an_answer_is_kept_for_24_hours_and_then_its_key_is_free(
    store: Keeper, values: Values
) -> None:
    kept = SavedAnswer(key="k", fingerprint=b"1", answer=b"one", created_at=START)
    project_id = values.project_id
    assert await store.save(Change(project_id=project_id, answer=kept))
    early = replace(kept, answer=b"two", created_at=START + DAY - 1)
    assert await store.save(Change(project_id=project_id, answer=early)) is False
    assert await store.answer(project_id, "k", START + DAY - 1 - DAY) == kept
    assert await store.answer(project_id, "k", START + DAY - DAY) is None
    assert await store.answer(values.clock.new_id(), "k", 0) is None
    later = replace(kept, answer=b"two", created_at=START + DAY)
    assert await store.save(Change(project_id=project_id, answer=later))
    assert await store.answer(project_id, "k", START) == later


async def test_the_inbox_shows_the_newest_first_of_one_number_or_of_all(
    store: Keeper, values: Values
) -> None:
    messages = [message(values, f"+33{n % 2}", START + n) for n in range(6)]
    for each in messages:
        await store.add_inbox_message(each)
    project_id = values.project_id
    assert await store.inbox(project_id, None, 4) == messages[:1:-1]
    assert await store.inbox(project_id, "+331", 10) == messages[5::-2]
    assert await store.inbox(project_id, "+337", 10) == []
    assert await store.inbox(values.clock.new_id(), None, 10) == []
    await store.add_inbox_message(messages[0])
    assert len(await store.inbox(project_id, None, 10)) == 6
