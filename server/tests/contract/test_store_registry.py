"""A store keeps projects and keys, and tells by one number that they changed."""

from uuid import UUID

import pytest
from msgspec.structs import replace
from server.tests.contract.conftest import Keeper, Values

from watchword.domain.api_key import ApiKey
from watchword.domain.project import Mode
from watchword.ports.store import StoreUnavailableError


def key_of(values: Values, digest: bytes = b"d") -> ApiKey:
    return ApiKey(
        id=values.clock.new_id(),
        project_id=values.project_id,
        digest=digest,
        hint="ww_live_abcd…yz",
        created_at=1,
    )


async def test_the_directory_version_rises_with_every_change_to_a_project_or_a_key(
    store: Keeper, values: Values
) -> None:
    seen = [await store.directory_version()]
    project, key = values.project(), key_of(values)
    await store.put_project(project)
    seen.append(await store.directory_version())
    await store.put_api_key(key)
    seen.append(await store.directory_version())
    await store.put_project(replace(project, suspended=True))
    seen.append(await store.directory_version())
    await store.put_api_key(replace(key, revoked_at=5))
    seen.append(await store.directory_version())
    assert seen == sorted(set(seen))


async def test_using_a_key_or_moving_money_is_no_change_to_the_directory(
    store: Keeper, values: Values
) -> None:
    key = key_of(values)
    await store.put_project(values.project())
    await store.put_api_key(key)
    version = await store.directory_version()
    await store.touch_api_keys({key.id: 77, UUID(int=1): 5})
    await store.add_balance(values.project_id, 5)
    assert await store.directory_version() == version
    assert await store.api_keys() == [replace(key, last_used_at=77)]


async def test_a_project_is_replaced_under_its_id(store: Keeper, values: Values) -> None:
    await store.put_project(values.project())
    other = replace(values.project("other"), id=values.clock.new_id())
    await store.put_project(other)
    changed = replace(values.project("renamed"), mode=Mode.SANDBOX, suspended=True)
    await store.put_project(changed)
    assert sorted(await store.projects(), key=lambda p: p.name) == [other, changed]


async def test_a_name_or_a_digest_is_never_shared(store: Keeper, values: Values) -> None:
    await store.put_project(values.project())
    await store.put_api_key(key_of(values))
    version = await store.directory_version()
    with pytest.raises(StoreUnavailableError):
        await store.put_project(replace(values.project(), id=values.clock.new_id()))
    with pytest.raises(StoreUnavailableError):
        await store.put_api_key(key_of(values))
    assert await store.directory_version() == version
    assert len(await store.projects()) == len(await store.api_keys()) == 1


async def test_a_balance_begins_with_the_first_top_up(store: Keeper, values: Values) -> None:
    await store.put_project(values.project())
    assert await store.balance(values.project_id) is None
    assert await store.add_balance(values.project_id, 0) == 0
    assert await store.is_prepaid(values.project_id) is True
    assert await store.add_balance(values.project_id, -3) == -3
    assert await store.balance(values.project_id) == -3
