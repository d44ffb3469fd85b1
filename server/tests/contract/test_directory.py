"""A directory answers from memory, and is never long behind its registry."""

import pytest
from msgspec.structs import replace
from server.tests.contract.conftest import Keeper, Values

from watchword.adapters.directory import MemoryDirectory
from watchword.domain.api_key import ApiKey, digest

KEY = "ww_live_a-key-for-these-tests"


@pytest.fixture
def kept(values: Values) -> ApiKey:
    return ApiKey(
        id=values.clock.new_id(),
        project_id=values.project_id,
        digest=digest(KEY),
        hint="ww_live_a-ke…ts",
        created_at=1,
    )


@pytest.fixture
async def directory(store: Keeper, values: Values, kept: ApiKey) -> MemoryDirectory:
    await store.put_project(values.project())
    await store.put_api_key(kept)
    made = MemoryDirectory(store)
    await made.refresh()
    return made


async def test_a_key_leads_to_its_project(
    directory: MemoryDirectory, values: Values, kept: ApiKey
) -> None:
    assert directory.by_key(digest(KEY)) == (values.project(), kept)
    assert directory.project(values.project_id) == values.project()


async def test_what_is_not_there_is_none(directory: MemoryDirectory, values: Values) -> None:
    assert directory.by_key(digest("another")) is None
    assert directory.by_key(b"") is None
    assert directory.project(values.clock.new_id()) is None


async def test_before_the_first_refresh_nobody_is_known(store: Keeper, values: Values) -> None:
    await store.put_project(values.project())
    assert MemoryDirectory(store).project(values.project_id) is None


async def test_a_project_made_elsewhere_is_found_at_once(store: Keeper, values: Values) -> None:
    directory = MemoryDirectory(store)
    await directory.refresh()
    assert await directory.find(values.project_id) is None
    await store.put_project(values.project())
    assert await directory.find(values.project_id) == values.project()


async def test_a_revoked_key_opens_nothing_after_a_refresh(
    store: Keeper, directory: MemoryDirectory, kept: ApiKey
) -> None:
    await store.put_api_key(replace(kept, revoked_at=5))
    await directory.refresh()
    assert directory.by_key(digest(KEY)) is None


async def test_a_change_by_another_process_is_seen_after_a_refresh(
    store: Keeper, directory: MemoryDirectory, values: Values
) -> None:
    await store.put_project(replace(values.project(), suspended=True))
    await directory.refresh()
    found = directory.project(values.project_id)
    assert found is not None
    assert found.suspended is True


async def test_without_a_change_nothing_is_read_again(
    store: Keeper, directory: MemoryDirectory, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []

    async def projects() -> list[object]:
        read.append("projects")
        return []

    monkeypatch.setattr(store, "projects", projects)
    await directory.refresh()
    assert read == []


async def test_uses_of_a_key_are_written_down_once_each(
    store: Keeper, directory: MemoryDirectory, kept: ApiKey
) -> None:
    directory.used(kept, 5)
    directory.used(kept, 9)
    await directory.flush_used()
    assert [key.last_used_at for key in await store.api_keys()] == [9]
    await store.touch_api_keys({kept.id: 1})
    await directory.flush_used()
    assert [key.last_used_at for key in await store.api_keys()] == [1]
