"""Installation: the settings and the database that a command works on."""

import asyncio
import getpass
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path
from typing import Any, Self, TypeVar

import click

from watchword.adapters.keyring import KeyringError
from watchword.adapters.logging import configure_logging
from watchword.adapters.networks import NetworksFileError
from watchword.adapters.store.schema_version import SchemaTooNewError
from watchword.app import Watchword, open_watchword
from watchword.cli.main import Failure
from watchword.ports.store import StoreUnavailableError
from watchword.settings import Settings, SettingsError, load_settings
from watchword.usecases.manage.api_keys import NoSuchKeyError
from watchword.usecases.manage.projects import NoSuchProjectError

T = TypeVar("T")
LOOPBACK = ("127.0.0.1", "::1", "localhost")
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


class Installation:
    """The installation of this machine: opened for the first work, closed at the end of `with`.

    It stays in the thread that does the first work, which then closes it too.
    """

    def __init__(self, data_dir: Path | None = None) -> None:
        self._settings = settings_of(data_dir=data_dir)
        self._opened: Watchword | None = None

    def __enter__(self) -> Self:
        if sys.stderr is sys.__stderr__:  # not where a test reads it
            configure_logging(level="warning", as_json=self._settings.log_format == "json")
        self._runner = asyncio.Runner()
        self._stack = AsyncExitStack()
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()
        self._runner.close()

    def close(self) -> None:
        """Close it before the end of `with`."""
        if self._opened is not None:
            self._opened = None
            self._runner.run(self._stack.aclose())

    def work(self, work: Callable[[Watchword], Awaitable[T]]) -> T:
        """Do some work on it; what cannot be done is said plainly."""

        async def done() -> T:
            if self._opened is None:
                opening = open_watchword(self._settings, actor=f"cli:{user()}")
                self._opened = await self._stack.enter_async_context(opening)
            return await work(self._opened)

        with plain_failures(self._settings):
            return self._runner.run(done())


def on_installation(work: Callable[[Watchword], Awaitable[T]], data_dir: Path | None = None) -> T:
    """Open the installation, do the work, close it; what cannot be done is said plainly."""
    with Installation(data_dir) as installation:
        return installation.work(work)
