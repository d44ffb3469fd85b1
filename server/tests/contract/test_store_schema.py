"""A store brings its schema up by itself, once, and leaves a newer one alone."""

from pathlib import Path

import pytest
from server.tests.contract.conftest import Maker, SqliteMaker, Values

from watchword.adapters.store.schema_version import SchemaTooNewError
from watchword.adapters.store.sqlite_connection import SqliteConnection
from watchword.adapters.store.statements import migrations, statements
from watchword.ports.store import StoreUnavailableError


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


async def test_opening_again_changes_nothing(maker: Maker, values: Values, tmp_path: Path) -> None:
    store = await maker.open(tmp_path)
    assert await store.save(values.change())
    version = store.schema_version
    await store.close()
    before = maker.dump(tmp_path)
    for _ in range(3):
        store = await maker.open(tmp_path)
        assert store.schema_version == version
        await store.close()
    assert maker.dump(tmp_path) == before


async def test_an_old_program_refuses_a_newer_schema_and_leaves_it_alone(
    maker: Maker, values: Values, tmp_path: Path
) -> None:
    store = await maker.open(tmp_path)
    assert await store.save(values.change())
    newest = store.schema_version
    await store.close()
    maker.make_newer(tmp_path)
    before = maker.dump(tmp_path)
    files = contents(tmp_path)
    with pytest.raises(SchemaTooNewError, match=f"schema {newest + 1}.*up to {newest}") as caught:
        await maker.open(tmp_path)
    assert (caught.value.found, caught.value.known) == (newest + 1, newest)
    assert contents(tmp_path) == files
    assert maker.dump(tmp_path) == before


def test_the_schemas_steps_are_numbered_without_a_gap() -> None:
    assert [version for version, _ in migrations()] == list(range(1, len(migrations()) + 1))


def test_no_statement_is_empty_and_each_has_a_name_of_its_own() -> None:
    assert len(statements()) > 30
    assert all(text.strip() for text in statements().values())


def test_a_step_that_fails_leaves_the_database_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "watchword.db"
    SqliteConnection(path).close()
    before = SqliteMaker(strict=True).dump(tmp_path)
    broken = (*migrations(), (len(migrations()) + 1, "CREATE TABLE extra (id INTEGER);\nnonsense"))
    monkeypatch.setattr("watchword.adapters.store.sqlite_connection.migrations", lambda: broken)
    with pytest.raises(StoreUnavailableError):
        SqliteConnection(path)
    monkeypatch.undo()
    SqliteConnection(path).close()
    assert SqliteMaker(strict=True).dump(tmp_path) == before


@pytest.mark.parametrize("content", [b"this is no database, whatever its name says" * 30])
def test_a_file_that_is_no_database_is_refused_and_left_alone(
    tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "watchword.db"
    path.write_bytes(content)
    with pytest.raises(StoreUnavailableError):
        SqliteConnection(path)
    assert path.read_bytes() == content


def test_a_folder_that_is_not_there_is_said_plainly(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailableError, match="nowhere"):
        SqliteConnection(tmp_path / "nowhere" / "watchword.db")
