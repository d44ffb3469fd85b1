"""The audit log is a chain that grows by one at a time and shows where somebody changed it."""

import asyncio
from pathlib import Path

import pytest
from msgspec.structs import replace
from server.tests.conftest import START
from server.tests.contract.conftest import Keeper, Maker, Values

from watchword.domain.audit import AuditNote, first_broken
from watchword.ports.store import StoreUnavailableError
from watchword.usecases.manage.audit import Audit


def note(n: int = 0) -> AuditNote:
    return AuditNote(
        at=START + n, actor="tester", action="tested", subject=f"s{n}", detail={"n": f"{n}"}
    )


async def test_notes_written_at_once_make_one_whole_chain(store: Keeper) -> None:
    await asyncio.gather(*(store.note(note(n)) for n in range(30)))
    entries = await store.audit(0, 100)
    assert [entry.sequence for entry in entries] == list(range(1, 31))
    assert {entry.note.subject for entry in entries} == {f"s{n}" for n in range(30)}
    assert first_broken(entries) is None
    report = await Audit(store).verify()
    assert (report.entries, report.broken_at) == (30, None)
    assert report.head == entries[-1].hash.hex()


async def test_a_change_and_its_note_are_written_together_or_not_at_all(
    store: Keeper, values: Values
) -> None:
    await store.put_project(values.project(), note(1))
    with pytest.raises(StoreUnavailableError):
        await store.put_project(replace(values.project(), id=values.clock.new_id()), note(2))
    assert [entry.note for entry in await store.audit(0, 10)] == [note(1)]


@pytest.mark.parametrize(
    ("sql", "broken_at"),
    [
        ("UPDATE audit SET subject = 'another' WHERE sequence = 3", 3),
        ("UPDATE audit SET detail = '{}' WHERE sequence = 1", 1),
        ("UPDATE audit SET at = at + 1 WHERE sequence = 5", 5),
        ("DELETE FROM audit WHERE sequence = 2", 2),
        ("UPDATE audit SET sequence = 9 WHERE sequence = 4", 4),
    ],
)
async def test_an_entry_changed_removed_or_moved_is_found(
    maker: Maker, store: Keeper, tmp_path: Path, sql: str, broken_at: int
) -> None:
    for n in range(5):
        await store.note(note(n))
    maker.run(tmp_path, sql)
    assert (await Audit(store).verify()).broken_at == broken_at


async def test_the_log_is_read_backwards_page_by_page_without_loss(store: Keeper) -> None:
    for n in range(7):
        await store.note(note(n))
    seen: list[int] = []
    before = 10**15
    while page := await store.audit_before(before, 3):
        assert len(page) <= 3
        seen += [entry.sequence for entry in page]
        before = seen[-1]
    assert seen == [7, 6, 5, 4, 3, 2, 1]
    forwards = await store.audit(0, 10)
    assert list(reversed(await store.audit_before(8, 10))) == list(forwards)
    assert list(await store.audit_before(1, 10)) == []
