"""Running: what `dev`, `serve` and `demo` share: listen, bootstrap, serve until a signal."""

import asyncio
import socket
from collections.abc import Callable
from pathlib import Path

import httpx2
from msgspec.structs import replace

from watchword.adapters.logging import configure_logging
from watchword.app import Watchword, open_watchword
from watchword.cli.main import Failure
from watchword.server import listen, serve, stop_on_signals
from watchword.settings import Settings
from watchword.usecases.manage.bootstrap import FirstProject

UNAVAILABLE = 69
Started = Callable[[Watchword, str, FirstProject | None], None]


def listener_for(settings: Settings) -> socket.socket:
    """A listening socket, or a plain word on why there is none."""
    try:
        return listen(settings.host, settings.port)
    except OSError as error:
        raise Failure(
            f"port {settings.port} on {settings.host} cannot be used",
            _who(settings) or str(error),
            f"Take another with --port {settings.port + 1}, or --port 0 for a free one.",
            code=UNAVAILABLE,
        ) from None


def _who(settings: Settings) -> str | None:
    try:
        answer = httpx2.get(f"http://{settings.host}:{settings.port}/livez", timeout=1.0)
    except (httpx2.HTTPError, OSError):
        return None
    if answer.text == "ok":
        return "A Watchword is running there already."
    return "Another program is listening there."


async def serve_installation(
    settings: Settings, started: Started, descriptor: int | None = None
) -> None:
    """Open the installation, give an empty one its first project, and serve until a signal.

    `descriptor` is of a socket that listens already.
    """
    configure_logging(level=settings.log_level, as_json=settings.log_format == "json")
    listener = listener_for(settings) if descriptor is None else socket.socket(fileno=descriptor)
    port = listener.getsockname()[1]
    url = f"http://{settings.host}:{port}"
    stop = asyncio.Event()
    try:
        async with open_watchword(replace(settings, port=port)) as watchword:
            first = await watchword.bootstrap(
                settings.bootstrap_customer_uuid, settings.bootstrap_api_key
            )
            await watchword.directory.refresh()
            with stop_on_signals(stop):
                await serve(watchword, listener, stop, lambda: started(watchword, url, first))
    finally:
        listener.close()


def is_new(data_dir: Path) -> bool:
    """Whether a folder holds no database yet."""
    return not (data_dir / "watchword.db").exists()
