"""`watchword worker`: the outbox in a process of its own."""

import asyncio
from pathlib import Path

import click
from msgspec.structs import replace

from watchword.adapters.logging import configure_logging
from watchword.app import open_watchword
from watchword.cli.installation import data_dir_option, plain_failures, settings_of
from watchword.cli.running import listener_for
from watchword.server import begin_learning, run, serve_pages, stop_on_signals


@click.command("worker")
@data_dir_option
def command(data_dir: Path | None) -> None:
    """Carry out the outbox: send messages, follow them up, deliver callbacks, expire.

    Use it beside `watchword serve --no-worker`. SIGTERM or Ctrl-C finishes what is in flight. With
    `worker_port` it answers /livez, /readyz and /metrics there, and nothing else.

    \b
    Example:
      watchword worker --data-dir /var/lib/watchword
    """
    settings = settings_of(data_dir=data_dir)
    configure_logging(level=settings.log_level, as_json=settings.log_format == "json")

    async def main() -> None:
        stop = asyncio.Event()
        port = settings.worker_port
        listener = listener_for(replace(settings, port=port)) if port else None
        async with open_watchword(settings) as watchword:
            await begin_learning(watchword)
            with stop_on_signals(stop):
                working = asyncio.create_task(watchword.worker.run(settings.shutdown_timeout))
                click.echo(f"The worker carries out the outbox of {settings.database_name}")
                if listener is None:
                    await stop.wait()
                else:
                    await serve_pages(watchword, listener, stop)
                watchword.worker.stop()
                await working

    with plain_failures(settings):
        run(main())
