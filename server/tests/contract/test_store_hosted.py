"""A store keeps hosted sessions, changes one only as it was read, and forgets them in time."""

from pathlib import Path
from uuid import UUID

import pytest
from msgspec.structs import replace
from server.tests.conftest import DAY, PERSON, START
from server.tests.contract.conftest import Keeper, Maker, Values

from watchword.adapters.store.store import EngineStore
from watchword.domain.audit import AuditNote
from watchword.domain.hosted_session import LIFETIME, HostedSession, Word


@pytest.fixture
def sessions(store: Keeper) -> EngineStore:
    assert isinstance(store, EngineStore)
    return store


def session(values: Values, **fields: object) -> HostedSession:
    made = HostedSession(
        id=values.clock.new_id(),
        project_id=values.project_id,
        digest=values.clock.new_id().bytes * 2,
        created_at=START,
        expires_at=START + LIFETIME,
    )
    return replace(made, **fields)


async def test_a_session_is_found_by_its_id_and_by_its_token(
    sessions: EngineStore, values: Values
) -> None:
    first = session(values, origins=("https://shop.example",), state="7", locale="fr")
    assert await sessions.put_hosted_session(first)
    assert await sessions.put_hosted_session(session(values))
    kept = replace(first, version=1)
    assert await sessions.hosted_session(first.id) == kept
    assert await sessions.hosted_session_of(first.digest) == kept
    assert await sessions.hosted_session(UUID(int=0)) is None
    assert await sessions.hosted_session_of(b"nothing") is None


async def test_of_two_changes_of_one_reading_one_is_written(
    sessions: EngineStore, values: Values
) -> None:
    await sessions.put_hosted_session(made := session(values))
    read = await sessions.hosted_session(made.id)
    assert read is not None
    one = read.asking(PERSON, "FR", "06")
    assert await sessions.put_hosted_session(one)
    assert not await sessions.put_hosted_session(read.told(Word.CODE_WRONG))
    assert await sessions.hosted_session(made.id) == replace(one, version=2)


async def test_neither_an_id_nor_a_token_is_given_twice(
    sessions: EngineStore, values: Values
) -> None:
    await sessions.put_hosted_session(made := session(values))
    assert not await sessions.put_hosted_session(made)
    assert not await sessions.put_hosted_session(session(values, digest=made.digest))
    assert await sessions.hosted_session(made.id) == replace(made, version=1)


async def test_a_session_is_forgotten_a_day_after_its_end(
    maker: Maker, sessions: EngineStore, values: Values, tmp_path: Path
) -> None:
    for _ in range(3):
        await sessions.put_hosted_session(session(values))
    last = START + LIFETIME + DAY
    assert await sessions.forget_old(last, 2) == 0
    assert await sessions.forget_old(last + 1, 2) == 2
    assert await sessions.forget_old(last + 1, 2) == 1
    assert maker.dump(tmp_path)["hosted_sessions"] == []


async def test_an_erased_number_leaves_no_session(
    maker: Maker, sessions: EngineStore, values: Values, tmp_path: Path
) -> None:
    await sessions.put_hosted_session(session(values, number=PERSON, fixed=True))
    await sessions.put_hosted_session(other := session(values, number="+33600000000"))
    note = AuditNote(at=START, actor="tests", action="number.erased", subject="a number")
    assert await sessions.erase(PERSON, note) == (0, 1)
    assert len(maker.dump(tmp_path)["hosted_sessions"]) == 1
    assert await sessions.hosted_session(other.id) is not None
