"""`watchword dev`: a service for development, with nothing to configure."""

from importlib.metadata import version
from pathlib import Path
from uuid import UUID

import click
from msgspec.structs import replace

from watchword.app import Watchword
from watchword.cli.connection import Connection, file_in, recall, remember
from watchword.cli.installation import data_dir_option, plain_failures, settings_of
from watchword.cli.output import json_option, write_json
from watchword.cli.running import Running, is_new, serve_installation
from watchword.server import run
from watchword.usecases.manage.bootstrap import FirstProject


@click.command("dev")
@click.option("--host", help="Address to listen on.")
@click.option("--port", type=int, help="Port to listen on; 0 takes a free one.")
@data_dir_option
@click.option("--verbose", is_flag=True, help="Log every request.")
@click.option(
    "--sample", is_flag=True, help="Add a project `sample` with a month of invented history."
)
@json_option
def command(
    host: str | None,
    port: int | None,
    data_dir: Path | None,
    verbose: bool,
    sample: bool,
    as_json: bool,
) -> None:
    """Start a service for development, on SQLite, with the sandbox inbox.

    Nothing needs to be configured, and nothing leaves this machine. The other commands (`send`,
    `check`, `inbox`, `lookup`, `status`, `retry`) find the service by themselves.
    `watchword projects remove sample` takes the invented history away.

    \b
    Example:
      watchword dev
      watchword dev --port 8701 --data-dir ./data
      watchword dev --sample
    """
    settings = settings_of(host=host, port=port, data_dir=data_dir)
    settings = replace(
        settings,
        callback_private_addresses=True,
        log_level="info" if verbose else "warning",
    )
    new = is_new(settings.data_dir)
    kept = file_in(settings.data_dir)

    def started(running: Running) -> None:
        connection = _connection(running.url, running.first, recall(kept))
        if connection is not None:
            remember(kept, connection)
            known = running.watchword.known_keys
            known[UUID(connection.customer_uuid)] = connection.api_key
        if as_json:
            write_json(
                {
                    "url": f"{running.url}/v1",
                    "console": running.link,
                    "customer_uuid": connection and connection.customer_uuid,
                    "api_key": connection and connection.api_key,
                    "database": settings.database_name,
                }
            )
            return
        _banner(running, new=new, connection=connection)

    async def prepare(watchword: Watchword) -> None:
        if sample and not await watchword.sample.exists():
            click.echo("Inventing a month of history for the project `sample` …", err=True)
            await watchword.sample.fill()

    with plain_failures(settings):
        run(serve_installation(settings, started, prepare=prepare))


def _connection(
    url: str, first: FirstProject | None, known: Connection | None
) -> Connection | None:
    if first is not None:
        return Connection(
            url=f"{url}/v1", customer_uuid=str(first.project.id), api_key=first.api_key
        )
    return known and replace(known, url=f"{url}/v1")


def _banner(running: Running, *, new: bool, connection: Connection | None) -> None:
    settings, url = running.watchword.settings, running.url
    age = "new" if new else "existing"
    click.echo(
        f"\n  {click.style('Watchword', bold=True)} {version('watchword')} · sandbox · "
        f"data in {settings.database_name} ({age})\n"
    )
    if connection is None:
        access = "`watchword keys create` makes a key"
    else:
        access = f"customer {connection.customer_uuid}  key {connection.api_key}"
    for name, value in (
        ("Console", f"{running.link}   signed-in link, works once, 10 minutes"),
        ("API", f"{url}/v1   {access}"),
        ("Docs", f"{url}/docs"),
    ):
        click.echo(f"  {click.style(name.ljust(9), dim=True)} {value}")
    click.echo(
        "\n  Messages go to the sandbox inbox; nothing leaves this machine.\n"
        "  Try it:   watchword send +33612345678\n"
        "  Ctrl-C stops.\n"
    )
