"""Running: what `dev`, `serve` and `demo` share: listen, bootstrap, serve until a signal."""

import asyncio
import socket
from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx2
from msgspec import Struct
from msgspec.structs import replace

from watchword.adapters.logging import configure_logging
from watchword.app import Watchword, open_watchword
from watchword.cli.installation import LOOPBACK, UNAVAILABLE, USAGE
from watchword.cli.main import Failure
from watchword.server import listen, serve, stop_on_signals
from watchword.settings import Settings
from watchword.usecases.manage.bootstrap import FirstProject


class Running(Struct, frozen=True, kw_only=True):
    """A service that answers: its address, the project it was given, and a sign-in link, if any."""

    watchword: Watchword
    url: str
    first: FirstProject | None
    link: str | None


Started = Callable[[Running], None]


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
    settings: Settings,
    started: Started,
    descriptor: int | None = None,
    prepare: Callable[[Watchword], Awaitable[None]] | None = None,
) -> None:
    """Open the installation, give an empty one its first project, and serve until a signal.

    `descriptor` is of a socket that listens already; what `prepare` does is done before serving.
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
            if prepare is not None:
                await prepare(watchword)
            link = await sign_in_link(watchword, url) if descriptor is None else None
            await watchword.directory.refresh()
            running = Running(watchword=watchword, url=url, first=first, link=link)
            with stop_on_signals(stop):
                await serve(watchword, listener, stop, lambda: started(running))
    finally:
        listener.close()


async def sign_in_link(watchword: Watchword, url: str) -> str | None:
    """A link that signs the owner in, once, where only this machine reaches the service.

    Others can only sign in with a password, so without one the service does not start for them.
    """
    settings, operators = watchword.settings, watchword.manage_operators
    if not settings.console:
        return None
    password = settings.bootstrap_operator_password
    if password is not None and not await operators.has_password():
        await operators.set_password(await operators.first_owner(), password)
    if settings.host in LOOPBACK:
        return f"{url}/in/{await watchword.sign_in.make_link(await operators.first_owner())}"
    if not await operators.has_password():
        raise Failure(
            "the console would be open to others, and no operator has a password",
            f"{settings.host} is reached from other machines.",
            "Set WATCHWORD_BOOTSTRAP_OPERATOR_PASSWORD, or run `watchword operators password owner` "
            "first, or switch the console off with WATCHWORD_CONSOLE=false.",
            code=USAGE,
        )
    return None


def is_new(data_dir: Path) -> bool:
    """Whether a folder holds no database yet."""
    return not (data_dir / "watchword.db").exists()
