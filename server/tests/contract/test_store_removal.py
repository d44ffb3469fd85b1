"""A store removes a project with all that is in it, in portions, and nothing of anybody else's."""

from pathlib import Path
from uuid import UUID

import pytest
from msgspec.structs import replace
from server.tests.conftest import HOUR, START
from server.tests.contract.conftest import Keeper, Maker, Rows, Values

from watchword.adapters.store import removal
from watchword.adapters.store.store import EngineStore
from watchword.domain.alert import Alert
from watchword.domain.api_key import ApiKey
from watchword.domain.audit import AuditNote
from watchword.domain.callback_record import CallbackRecord
from watchword.domain.event import Event, Screened
from watchword.domain.hosted_session import HostedSession
from watchword.domain.screening.verdict import Decision, Finding, Verdict
from watchword.ports.store import (
    Charge,
    InboxMessage,
    SavedAnswer,
    SentMessage,
    SpendWindow,
    StoreUnavailableError,
)

KEPT_ANYWAY = ("audit", "directory_version", "schema_version")


async def everything(store: Keeper, values: Values, project_id: UUID, count: int) -> None:
    """A project with `count` authentications, and something of it in every table."""
    project = values.project(name=str(project_id))
    values.project_id = project_id
    await store.put_project(replace(project, id=project_id))
    await store.put_api_key(
        ApiKey(
            id=values.clock.new_id(),
            project_id=project_id,
            digest=project_id.bytes,
            hint="ww_test_abcd…yz",
            created_at=1,
        )
    )
    await store.add_balance(project_id, 5)
    for place in range(count):
        values.clock.advance(HOUR)
        await one_authentication(store, values, f"+3361234{place:04}")
    assert isinstance(store, EngineStore)
    await store.raise_alert(
        Alert(
            project_id=project_id,
            period="day",
            country="*",
            start=START,
            level=50,
            spent=1,
            cap=2,
            currency="EUR",
            at=START,
        )
    )


async def one_authentication(store: Keeper, values: Values, e164: str) -> None:
    """An authentication and all that may be kept around it."""
    about, at = values.authentication(e164), values.clock.now()
    refused = Verdict(
        Decision.BLOCK, (Finding(reason="listed", decision=Decision.BLOCK, evidence="it is"),)
    )
    change = values.change(
        about,
        at=at,
        events=(Event(1, at, Screened(refused, 9_000)),),
        answer=SavedAnswer(key=e164, fingerprint=b"f", answer=b"a", created_at=at),
        charge=Charge(1, windows=((SpendWindow("hour", at, "FR"), None),)),
        sent=SentMessage(
            account="one",
            provider_message_id=str(about.id),
            authentication_id=about.id,
            attempt_number=1,
            at=at + 1,
        ),
        callback=CallbackRecord(
            id=f"evt_{about.id}",
            project_id=values.project_id,
            authentication_id=about.id,
            url="https://shop.example/",
            request="{}",
            created_at=at,
        ),
    )
    assert await store.save(change)
    message = InboxMessage(
        id=values.clock.new_id(),
        project_id=values.project_id,
        authentication_id=about.id,
        attempt_number=1,
        to=e164,
        channel="sms",
        sender_id=None,
        content="{code}",
        created_at=at,
    )
    await store.add_inbox_message(message)
    assert isinstance(store, EngineStore)
    session = HostedSession(
        id=values.clock.new_id(),
        project_id=values.project_id,
        digest=values.clock.new_id().bytes,
        created_at=at,
        expires_at=at,
    )
    assert await store.put_hosted_session(session)


def note(values: Values, project_id: UUID) -> AuditNote:
    return AuditNote(
        at=values.clock.now(), actor="tests", action="project.removed", subject=str(project_id)
    )


def kept(rows: Rows) -> Rows:
    return {name: found for name, found in rows.items() if name not in KEPT_ANYWAY}


@pytest.mark.parametrize("portion", [3, 1_000])
async def test_a_removed_project_leaves_nothing_and_others_keep_all(
    maker: Maker,
    store: Keeper,
    values: Values,
    tmp_path: Path,
    portion: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(removal, "PORTION", portion)
    other, doomed = values.clock.new_id(), values.clock.new_id()
    await everything(store, values, other, 4)
    before = maker.dump(tmp_path)
    await everything(store, values, doomed, 7)
    filled = maker.dump(tmp_path)
    version = await store.directory_version()
    spared = {"early_receipts", "provider_accounts", "news", "memory", "operators", "grants"}
    for name in set(before) - spared - {*KEPT_ANYWAY}:
        assert len(filled[name]) > len(before[name]), name
    removed = await store.remove_project(doomed, note(values, doomed))
    after = maker.dump(tmp_path)
    assert kept(after) == kept(before)
    assert removed == sum(len(filled[name]) - len(after[name]) for name in kept(after))
    assert await store.directory_version() > version
    assert (await store.audit(0, 10))[-1].note == note(values, doomed)
    assert {project.id for project in await store.projects()} == {other}


async def test_a_project_that_is_not_there_is_removed_as_well(
    maker: Maker, store: Keeper, values: Values, tmp_path: Path
) -> None:
    await everything(store, values, values.clock.new_id(), 2)
    before = maker.dump(tmp_path)
    nobody = values.clock.new_id()
    assert await store.remove_project(nobody, note(values, nobody)) == 0
    assert kept(maker.dump(tmp_path)) == kept(before)


async def test_a_removal_that_failed_is_done_again(
    maker: Maker,
    store: Keeper,
    values: Values,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = maker.dump(tmp_path)
    doomed = values.clock.new_id()
    await everything(store, values, doomed, 3)
    with monkeypatch.context() as patch:
        patch.setattr(removal, "OF_ITS_OWN", ("no_such_statement",))
        with pytest.raises((KeyError, StoreUnavailableError)):
            await store.remove_project(doomed, note(values, doomed))
    assert [project.id for project in await store.projects()] == [doomed]
    assert await store.remove_project(doomed, note(values, doomed)) > 0
    assert kept(maker.dump(tmp_path)) == kept(before)
