"""An operator makes projects and keys, fills balances, and is told plainly what cannot be."""

from pathlib import Path

import pytest
from server.tests.conftest import World

from watchword.adapters.store.opening import open_store
from watchword.domain.api_key import Scope, digest, is_well_formed
from watchword.domain.project import Mode, ProjectSettings
from watchword.usecases.manage.api_keys import ManageApiKeys, NoSuchKeyError
from watchword.usecases.manage.bootstrap import Bootstrap
from watchword.usecases.manage.projects import ManageProjects, NoSuchProjectError

FOREIGN = "a-key-made-somewhere-else"


@pytest.fixture
def projects(world: World) -> ManageProjects:
    return ManageProjects(world.store, world.clock)


@pytest.fixture
def keys(world: World) -> ManageApiKeys:
    return ManageApiKeys(world.store, world.clock)


async def test_s1_a_key_is_shown_once_and_only_its_hash_is_kept(
    world: World, keys: ManageApiKeys
) -> None:
    shown, kept = await keys.create(world.project, name="app", scopes=(Scope.OTP,))
    assert is_well_formed(shown)
    assert shown.startswith("ww_live_")
    assert kept.digest == digest(shown)
    assert await keys.list(world.project) == [kept]
    assert shown[12:-2] not in repr(await world.store.api_keys())


async def test_s1_a_project_has_several_live_keys_and_a_revoked_one_opens_nothing(
    world: World, keys: ManageApiKeys
) -> None:
    made = [await keys.create(world.project) for _ in range(3)]
    revoked = await keys.revoke(str(made[0][1].id))
    assert revoked.revoked_at == world.clock.now()
    await keys.revoke(made[1][1].hint)
    await world.directory.refresh()
    found = [world.directory.by_key(digest(shown)) is not None for shown, _ in made]
    assert found == [False, False, True]
    with pytest.raises(NoSuchKeyError):
        await keys.revoke("nobody")


async def test_a_key_made_elsewhere_is_registered_once(world: World, keys: ManageApiKeys) -> None:
    shown, _ = await keys.create(world.project, key=FOREIGN)
    assert shown == FOREIGN
    with pytest.raises(ValueError, match="registered already"):
        await keys.create(world.project, key=FOREIGN)
    with pytest.raises(ValueError, match="16 characters"):
        await keys.create(world.project, key="short")


async def test_a_project_is_found_by_name_or_id_or_as_the_only_one(
    world: World, projects: ManageProjects
) -> None:
    assert await projects.find(None) == world.project
    other = await projects.create("other", Mode.SANDBOX)
    assert await projects.find("other") == other
    assert await projects.find(str(other.id)) == other
    with pytest.raises(NoSuchProjectError, match=r"tests, other|other, tests"):
        await projects.find(None)
    with pytest.raises(NoSuchProjectError, match="'third'"):
        await projects.find("third")


@pytest.mark.parametrize("name", ["tests", "", "  "])
async def test_a_name_that_is_taken_or_empty_is_refused(
    projects: ManageProjects, name: str
) -> None:
    with pytest.raises(ValueError, match="project"):
        await projects.create(name, Mode.LIVE)


async def test_a_change_touches_what_it_names_and_nothing_else(
    world: World, projects: ManageProjects
) -> None:
    suspended = await projects.change(world.project, suspended=True)
    assert suspended.settings == world.project.settings
    changed = await projects.change(suspended, settings=ProjectSettings(code_length=8))
    assert (changed.suspended, changed.settings.code_length) == (True, 8)
    assert await projects.find(None) == changed


async def test_the_first_top_up_makes_a_project_prepaid(
    world: World, projects: ManageProjects
) -> None:
    assert await projects.top_up(world.project, 5) == 5
    assert await projects.top_up(world.project, -7) == -2
    assert await world.store.is_prepaid(world.project.id)


async def test_an_empty_installation_gets_one_sandbox_project_and_a_key_once(
    world: World,
    projects: ManageProjects,
    keys: ManageApiKeys,
    tmp_path: Path,
) -> None:
    assert await Bootstrap(world.store, projects, keys)(None, None) is None
    empty = World(await open_store(tmp_path / "empty.db"))
    projects = ManageProjects(empty.store, empty.clock)
    bootstrap = Bootstrap(empty.store, projects, ManageApiKeys(empty.store, empty.clock))
    wanted = empty.clock.new_id()
    first = await bootstrap(wanted, FOREIGN)
    assert first is not None
    assert (first.project.id, first.project.mode, first.api_key) == (wanted, Mode.SANDBOX, FOREIGN)
    assert await bootstrap(wanted, FOREIGN) is None
    await empty.store.close()
