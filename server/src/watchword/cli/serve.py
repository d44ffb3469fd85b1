"""`watchword serve`: the service, as it runs in production."""

import sys
from pathlib import Path

import click
from msgspec.structs import replace

from watchword.adapters.logging import configure_logging
from watchword.app import open_watchword
from watchword.cli.installation import USAGE, data_dir_option, plain_failures, settings_of
from watchword.cli.main import Failure
from watchword.cli.output import json_option, write_json
from watchword.cli.processes import serve_in_processes
from watchword.cli.running import (
    Running,
    Started,
    listener_for,
    serve_installation,
    sign_in_link,
)
from watchword.server import run
from watchword.settings import Settings


@click.command("serve")
@click.option("--host", help="Address to listen on.")
@click.option("--port", type=int, help="Port to listen on; 0 takes a free one.")
@data_dir_option
@click.option("--no-worker", is_flag=True, help="Leave the outbox to `watchword worker`.")
@click.option(
    "--workers",
    type=click.IntRange(1, 256),
    default=1,
    help="Processes behind the one address; more than one needs PostgreSQL.",
)
@click.option("--socket", "descriptor", type=int, hidden=True)
@json_option
def command(
    host: str | None,
    port: int | None,
    data_dir: Path | None,
    no_worker: bool,
    workers: int,
    descriptor: int | None,
    as_json: bool,
) -> None:
    """Start the service; SIGTERM or Ctrl-C finishes what is in flight and stops it.

    An empty database is given a first project, in sandbox mode, from
    WATCHWORD_BOOTSTRAP_CUSTOMER_UUID and WATCHWORD_BOOTSTRAP_API_KEY where they are set, else with
    random values that are printed once.

    \b
    Example:
      watchword serve --host 0.0.0.0 --port 8700 --data-dir /var/lib/watchword
    """
    settings = settings_of(host=host, port=port, data_dir=data_dir)
    if no_worker:
        settings = replace(settings, run_worker=False)

    def started(running: Running) -> None:
        url, first = running.url, running.first
        given = settings.bootstrap_api_key is not None
        if as_json:
            made = {"api_key": first.api_key} if first and not given else {}
            customer = {"customer_uuid": str(first.project.id)} if first else {}
            link = {"console": running.link} if running.link else {}
            write_json({"url": url, **link, **customer, **made})
            return
        click.echo(f"Watchword listens on {url}")
        if running.link is not None:
            click.echo(f"Console: {running.link} (works once, 10 minutes)")
        if first is not None and not given:
            click.echo(
                "The database is new. Its first project, in sandbox mode, shown this once:\n"
                f"  customer {first.project.id}\n  key      {first.api_key}"
            )

    with plain_failures(settings):
        if workers > 1:
            sys.exit(_serve_many(settings, started, workers, data_dir, no_worker=no_worker))
        run(serve_installation(settings, started, descriptor))


def _serve_many(
    settings: Settings, started: Started, workers: int, data_dir: Path | None, *, no_worker: bool
) -> int:
    """Give an empty database its first project, then leave the rest to so many processes."""
    if settings.database_url is None:
        raise Failure(
            "several processes need PostgreSQL",
            "SQLite is one file for one process, and more gain nothing on it.",
            "Set WATCHWORD_DATABASE_URL, or leave --workers out.",
            code=USAGE,
        )
    configure_logging(level=settings.log_level, as_json=settings.log_format == "json")
    listener = listener_for(settings)
    port = listener.getsockname()[1]

    async def prepare() -> None:
        async with open_watchword(replace(settings, port=port)) as watchword:
            first = await watchword.bootstrap(
                settings.bootstrap_customer_uuid, settings.bootstrap_api_key
            )
            url = f"http://{settings.host}:{port}"
            link = await sign_in_link(watchword, url)
            started(Running(watchword=watchword, url=url, first=first, link=link))

    run(prepare())
    arguments = ["--host", settings.host, "--port", str(port)]
    arguments += ["--data-dir", str(data_dir)] if data_dir else []
    arguments += ["--no-worker"] if no_worker else []
    return serve_in_processes(workers, listener, arguments)
