"""Installation: the settings and the database that a command works on."""

import asyncio
import getpass
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import click

from watchword.adapters.keyring import KeyringError
from watchword.adapters.networks import NetworksFileError
from watchword.adapters.store.schema_version import SchemaTooNewError
from watchword.app import Watchword, open_watchword
from watchword.cli.main import Failure
from watchword.ports.store import StoreUnavailableError
from watchword.settings import Settings, SettingsError, load_settings
from watchword.usecases.manage.api_keys import NoSuchKeyError
from watchword.usecases.manage.projects import NoSuchProjectError

T = TypeVar("T")
UNAVAILABLE = 69
USAGE = 2


def data_dir_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--data-dir`."""
    return click.option(
        "--data-dir",
        type=click.Path(path_type=Path, file_okay=False),
        help="Folder of the database and the keys.",
    )(function)


def project_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--project`."""
    return click.option("--project", help="Name or id; not needed where there is only one.")(
        function
    )


def settings_of(**given: object) -> Settings:
    """The settings in force, with what was typed."""
    try:
        return load_settings(**given)  # type: ignore[arg-type] # any setting by its name
    except SettingsError as error:
        raise Failure("a setting cannot be used", str(error), code=USAGE) from None


@contextmanager
def plain_failures(settings: Settings) -> Iterator[None]:
    """Turn what can go wrong with an installation into plain words."""
    try:
        yield
    except SchemaTooNewError as error:
        raise Failure(
            "the database is newer than this program",
            str(error),
            "Install that version, or name another folder with --data-dir.",
            code=UNAVAILABLE,
        ) from None
    except (
        KeyringError,
        NetworksFileError,
        StoreUnavailableError,
        PermissionError,
    ) as error:
        raise Failure(
            f"the installation in {settings.data_dir} cannot be used",
            str(error),
            "`watchword doctor` looks into it.",
            code=UNAVAILABLE,
        ) from None
    except (NoSuchProjectError, NoSuchKeyError, ValueError) as error:
        raise Failure(str(error), code=USAGE) from None


def user() -> str:
    """Who types, as this machine knows them."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container may have no name for its user
        return "unknown"


def on_installation(work: Callable[[Watchword], Awaitable[T]], data_dir: Path | None = None) -> T:
    """Open the installation, do the work, close it; what cannot be done is said plainly."""
    settings = settings_of(data_dir=data_dir)

    async def main() -> T:
        async with open_watchword(settings, actor=f"cli:{user()}") as watchword:
            return await work(watchword)

    with plain_failures(settings):
        return asyncio.run(main())
