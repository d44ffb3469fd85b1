"""A whole sandbox service in a thread of the test process, on a free port and a throwaway folder."""

import asyncio
import contextlib
import tempfile
import threading
from collections.abc import Coroutine, Iterator
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

from msgspec.structs import replace

from watchword.app import Watchword, open_watchword
from watchword.domain.project import Project, ProjectSettings
from watchword.ports.clock import Clock
from watchword.server import listen, serve
from watchword.server import run as serve_until_done
from watchword.settings import Settings, load_settings

T = TypeVar("T")
PATIENCE = 60.0


class RunningService:
    """A service that runs: its address, its first project and a key to it."""

    def __init__(
        self,
        watchword: Watchword,
        loop: asyncio.AbstractEventLoop,
        url: str,
        project: Project,
        api_key: str,
    ) -> None:
        self.watchword = watchword
        self.url = url
        self.api_key = api_key
        self._project = project
        self._loop = loop

    @property
    def server_url(self) -> str:
        """What an SDK calls the server URL: with the version."""
        return f"{self.url}/v1"

    @property
    def customer_uuid(self) -> str:
        """The first project's id."""
        return str(self._project.id)

    @property
    def project(self) -> Project:
        """The first project as it is now."""
        return self.watchword.directory.project(self._project.id) or self._project

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run something on the service's own loop and wait for it."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(PATIENCE)

    def change(self, settings: ProjectSettings, **also: Any) -> Project:  # noqa: ANN401 - as `change` takes
        """Give the first project other settings, in force at once."""
        return self.run(self._change(settings, **also))

    async def _change(self, settings: ProjectSettings, **also: Any) -> Project:  # noqa: ANN401 - as above
        changed = await self.watchword.manage_projects.change(
            self.project, settings=settings, **also
        )
        await self.watchword.directory.refresh()
        return changed


@contextlib.contextmanager
def running_service(
    *,
    customer_uuid: UUID | None = None,
    api_key: str | None = None,
    clock: Clock | None = None,
    **settings: Any,  # noqa: ANN401 - any setting by its name
) -> Iterator[RunningService]:
    """Start a service, and stop it at the end.

    The settings are those of `watchword.settings`; the data folder is thrown away unless given.
    """
    with contextlib.ExitStack() as stack:
        folder = settings.pop("data_dir", None) or stack.enter_context(
            tempfile.TemporaryDirectory(prefix="watchword-")
        )
        chosen = load_settings(
            {},
            data_dir=Path(folder),
            callback_private_addresses=settings.pop("callback_private_addresses", True),
            port=settings.pop("port", 0),
            **settings,
        )
        yield stack.enter_context(_in_thread(chosen, customer_uuid, api_key, clock))


@contextlib.contextmanager
def _in_thread(
    settings: Settings, customer_uuid: UUID | None, api_key: str | None, clock: Clock | None
) -> Iterator[RunningService]:
    ready = threading.Event()
    outcome: list[RunningService | BaseException] = []
    stop: list[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = []

    async def main() -> None:
        stopping = asyncio.Event()
        stop.append((asyncio.get_running_loop(), stopping))
        listener = listen(settings.host, settings.port)
        port = listener.getsockname()[1]
        async with open_watchword(replace(settings, port=port), clock) as watchword:
            first = await watchword.bootstrap(customer_uuid, api_key)
            await watchword.directory.refresh()
            if first is None:
                raise ValueError("the data folder has a project already: its key is not known here")

            def started() -> None:
                outcome.append(
                    RunningService(
                        watchword,
                        asyncio.get_running_loop(),
                        f"http://{settings.host}:{port}",
                        first.project,
                        first.api_key,
                    )
                )
                ready.set()

            await serve(watchword, listener, stopping, started)

    def run() -> None:
        try:
            serve_until_done(main())
        except BaseException as error:  # noqa: BLE001 - handed to the test that waits
            outcome.append(error)
        ready.set()

    thread = threading.Thread(target=run, name="watchword", daemon=True)
    thread.start()
    if not ready.wait(PATIENCE):
        raise TimeoutError("the service did not start")
    service = outcome[0]
    if isinstance(service, BaseException):
        raise service
    try:
        yield service
    finally:
        loop, stopping = stop[0]
        loop.call_soon_threadsafe(stopping.set)
        thread.join(PATIENCE)
        failures = [item for item in outcome if isinstance(item, BaseException)]
        if failures:
            raise failures[0]
