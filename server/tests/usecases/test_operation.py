"""What operators do beside projects and keys: forget, retain, redeliver, seal, rotate, back up."""

import asyncio
from pathlib import Path
from uuid import UUID

import pytest
from server.tests.conftest import DAY, PERSON, World, contents

from watchword.adapters.keyring import FileKeyring, KeyringError
from watchword.adapters.numbering.libphonenumber import LibPhoneNumber
from watchword.adapters.store.backup import BackupError, back_up, restore
from watchword.adapters.store.opening import open_store
from watchword.domain.check import CheckStatus
from watchword.domain.event import CallbackEnded
from watchword.ports.courier import NotDelivered
from watchword.ports.keyring import UnknownKeyError
from watchword.usecases.manage.audit import Audit
from watchword.usecases.manage.forget_number import ForgetNumber
from watchword.usecases.manage.keyring import ManageKeyring
from watchword.usecases.manage.projects import ManageProjects
from watchword.usecases.manage.provider_accounts import (
    ManageProviderAccounts,
    NoSuchAccountError,
)
from watchword.usecases.manage.redeliver_callbacks import RedeliverCallbacks

OTHER = "+33612345679"
SECRET = "a-very-secret-token"


async def test_a_number_that_is_forgotten_is_nowhere_and_others_stay(
    world: World, database: Path | str
) -> None:
    gone = await world.pending(PERSON, correlation_id="one")
    kept = await world.pending(OTHER)
    await world.check(gone, await world.code(gone))
    forget = ForgetNumber(world.store, world.clock, LibPhoneNumber(), "tester")
    forgotten = await forget(PERSON)
    assert forgotten.authentications == 1
    assert forgotten.rows > 3
    assert await world.store.authentication(gone) is None
    assert await world.store.timeline(kept) is not None
    assert (await world.store.history(world.project.id, PERSON)).version == 0
    if not isinstance(database, Path):  # a file still holds freed pages until they are written over
        assert PERSON.encode() not in contents(database)
    (entry,) = await world.store.audit(0, 10)
    assert (entry.note.action, entry.note.actor) == ("number.forgotten", "tester")
    assert PERSON not in str(entry)
    assert (await forget(PERSON)).authentications == 0
    with pytest.raises(ValueError, match="number"):
        await forget("+0")


async def test_what_is_older_than_its_retention_is_erased_in_steps_and_the_rest_stays(
    world: World,
) -> None:
    old = [await world.pending(f"+3361234560{n}") for n in range(5)]
    world.clock.advance(29 * DAY)
    recent = await world.pending(OTHER)
    world.clock.advance(DAY + 1)
    steps = 0
    while await world.store.forget_old(world.clock.now(), 2):
        steps += 1
        assert steps < 50
    assert steps > 2
    assert [await world.store.timeline(about) for about in old] == [None] * 5
    assert (await world.store.history(world.project.id, "+33612345600")).version == 0
    assert await world.store.timeline(recent) is not None
    assert (await world.store.history(world.project.id, OTHER)).version > 0


async def test_w5_callbacks_that_were_given_up_are_delivered_again_under_their_ids(
    world: World,
) -> None:
    world.courier.answers = [NotDelivered("down")] * 200
    about = await world.pending(callback_url="https://example.org/hook")
    redeliver = RedeliverCallbacks(world.store, world.store, world.clock)
    assert await redeliver(about) == 0
    while True:
        due = await world.store.next_due()
        if due is None:
            break
        world.clock.time = max(world.clock.time, due)
        await world.work()
    given_up = {
        what.message_id: what.body
        for what in await world.happened(about)
        if isinstance(what, CallbackEnded)
    }
    assert len(given_up) == 2
    world.courier.answers = []
    world.courier.carried.clear()
    assert await redeliver(about) == 2
    await world.work()
    again = {message_id: body.decode() for _, body, message_id, _ in world.courier.carried}
    assert again == given_up
    assert await redeliver(about) == 0
    assert await redeliver(about, all_of_them=True) == 2
    with pytest.raises(LookupError):
        await redeliver(UUID(int=1))


@pytest.fixture
def keyring(tmp_path: Path) -> FileKeyring:
    return FileKeyring.open(tmp_path / "keys.json")


@pytest.fixture
def accounts(world: World, keyring: FileKeyring) -> ManageProviderAccounts:
    return ManageProviderAccounts(world.store, world.clock, keyring, "tester")


async def test_s4_credentials_are_sealed_at_rest_and_open_only_with_the_key(
    world: World, database: Path | str, accounts: ManageProviderAccounts, tmp_path: Path
) -> None:
    account = await accounts.put("acme-eu", "acme", {"token": SECRET, "user": "shop"})
    assert SECRET not in str(account)
    (found,) = await accounts.list()
    assert accounts.credentials(found) == {"token": SECRET, "user": "shop"}
    kept = contents(database)
    assert SECRET.encode() not in kept
    assert b"acme-eu" in kept
    (entry,) = await world.store.audit(0, 10)
    assert entry.note.detail == {"provider": "acme", "credentials": "token user"}
    stranger = FileKeyring.open(tmp_path / "other" / "keys.json")
    with pytest.raises(UnknownKeyError):
        stranger.unseal(found.sealed, found.name)
    with pytest.raises(UnknownKeyError):
        accounts.keyring.unseal(found.sealed, "another-account")
    with pytest.raises(UnknownKeyError):
        accounts.keyring.unseal(found.sealed[:-4] + "AAAA", found.name)


async def test_s4_the_key_rotates_while_processes_go_on_and_the_old_one_can_be_dropped(
    world: World, accounts: ManageProviderAccounts, keyring: FileKeyring, tmp_path: Path
) -> None:
    running = FileKeyring.open(tmp_path / "keys.json")  # another process
    await accounts.put("acme-eu", "acme", {"token": SECRET})
    before = running.callback_secrets(world.project.id)
    manage = ManageKeyring(keyring, world.store, world.clock, (accounts,), "tester")
    assert await manage.rotate() == "k2"
    (account,) = await accounts.list()
    assert account.sealed.startswith("k2.")
    assert running.unseal(account.sealed, account.name) == b'{"token":"a-very-secret-token"}'
    assert running.current() == "k2"
    assert running.callback_secrets(world.project.id) == (
        keyring.callback_secrets(world.project.id)[0],
        *before,
    )
    await manage.drop("k1")
    running.refresh()
    assert running.ids() == ("k2",)
    assert accounts.credentials(account) == {"token": SECRET}
    with pytest.raises(KeyringError):
        await manage.drop("k2")
    actions = [entry.note.action for entry in await world.store.audit(0, 20)]
    assert actions[-4:] == [
        "provider_account.put",
        "keyring.rotated",
        "provider_account.sealed_again",
        "keyring.dropped",
    ]


async def test_an_account_is_paused_resumed_and_removed(accounts: ManageProviderAccounts) -> None:
    await accounts.put("acme-eu", "acme", {})
    assert (await accounts.pause("acme-eu", paused=True)).paused
    assert not (await accounts.pause("acme-eu", paused=False)).paused
    await accounts.remove("acme-eu")
    assert list(await accounts.list()) == []
    with pytest.raises(NoSuchAccountError):
        await accounts.remove("acme-eu")
    with pytest.raises(ValueError, match="name"):
        await accounts.put(" ", "acme", {})


async def test_a_backup_of_either_engine_fills_either_and_nothing_is_missing(
    world: World, database: Path | str, tmp_path: Path
) -> None:
    project = await ManageProjects(world.store, world.clock).create("shop", world.project.mode)
    pending = await world.pending(callback_url="https://example.org/hook")
    done = await world.pending(OTHER)
    assert await world.check(done, await world.code(done)) is CheckStatus.VALID
    await world.store.add_balance(project.id, 5_000)
    file = tmp_path / "all.backup"
    counts = await back_up(database, file, made_at=1, keys="the keys")
    assert file.stat().st_mode & 0o077 == 0
    with pytest.raises(FileExistsError):
        await back_up(database, file, made_at=1, keys=None)
    target = tmp_path / "restored.db"
    assert await restore(target, file) == counts
    with pytest.raises(BackupError, match="not empty"):
        await restore(target, file)
    again = await open_store(target)
    for about in (pending, done):
        assert await again.timeline(about) == await world.store.timeline(about)
    assert list(await again.projects()) == list(await world.store.projects())
    assert await again.balance(project.id) == 5_000
    assert await again.next_due() == await world.store.next_due()
    assert (await Audit(again).verify()).broken_at is None
    await again.close()


async def test_a_backup_of_sqlite_fills_postgres(
    world: World, database: Path | str, postgres_database: str, tmp_path: Path
) -> None:
    about = await world.pending()
    file = tmp_path / "all.backup"
    counts = await back_up(database, file, made_at=1, keys=None)
    assert await restore(postgres_database, file) == counts
    again = await open_store(postgres_database)
    assert await again.timeline(about) == await world.store.timeline(about)
    assert list(await again.projects()) == [world.project]
    await again.close()


@pytest.mark.parametrize("harm", ["short", "flipped", "nothing", "other"])
async def test_a_damaged_backup_is_refused_whole(
    world: World, database: Path | str, tmp_path: Path, harm: str
) -> None:
    await world.pending()
    file = tmp_path / "all.backup"
    await back_up(database, file, made_at=1, keys=None)
    content = bytearray(await asyncio.to_thread(file.read_bytes))
    match harm:
        case "short":
            content = content[: len(content) // 2]
        case "flipped":
            content[len(content) // 2] ^= 0xFF
        case "nothing":
            content = bytearray()
        case _:
            content = bytearray(b"no backup at all")
    await asyncio.to_thread(file.write_bytes, content)
    target = tmp_path / "restored.db"
    with pytest.raises(BackupError):
        await restore(target, file)
    assert not target.exists() or not await _projects(target)


async def _projects(database: Path) -> list[object]:
    store = await open_store(database)
    found = list(await store.projects())
    await store.close()
    return list(found)
