"""`watchword dev`: a service for development, with nothing to configure."""

from importlib.metadata import version
from pathlib import Path

import click
from msgspec.structs import replace

from watchword.app import Watchword
from watchword.cli.connection import Connection, file_in, recall, remember
from watchword.cli.installation import data_dir_option, plain_failures, settings_of
from watchword.cli.output import json_option, write_json
from watchword.cli.running import is_new, serve_installation
from watchword.server import run
from watchword.usecases.manage.bootstrap import FirstProject


@click.command("dev")
@click.option("--host", help="Address to listen on.")
@click.option("--port", type=int, help="Port to listen on; 0 takes a free one.")
@data_dir_option
@click.option("--verbose", is_flag=True, help="Log every request.")
@json_option
def command(
    host: str | None, port: int | None, data_dir: Path | None, verbose: bool, as_json: bool
) -> None:
    """Start a service for development, on SQLite, with the sandbox inbox.

    Nothing needs to be configured, and nothing leaves this machine. The other commands (`send`,
    `check`, `inbox`, `lookup`, `status`, `retry`) find the service by themselves.

    \b
    Example:
      watchword dev
      watchword dev --port 8701 --data-dir ./data
    """
    settings = settings_of(host=host, port=port, data_dir=data_dir)
    settings = replace(
        settings,
        callback_private_addresses=True,
        log_level="info" if verbose else "warning",
    )
    new = is_new(settings.data_dir)
    kept = file_in(settings.data_dir)

    def started(watchword: Watchword, url: str, first: FirstProject | None) -> None:
        connection = _connection(url, first, recall(kept))
        if connection is not None:
            remember(kept, connection)
        if as_json:
            write_json(
                {
                    "url": f"{url}/v1",
                    "customer_uuid": connection and connection.customer_uuid,
                    "api_key": connection and connection.api_key,
                    "database": settings.database_name,
                }
            )
            return
        _banner(watchword, url, new=new, connection=connection)

    with plain_failures(settings):
        run(serve_installation(settings, started))


def _connection(
    url: str, first: FirstProject | None, known: Connection | None
) -> Connection | None:
    if first is not None:
        return Connection(
            url=f"{url}/v1", customer_uuid=str(first.project.id), api_key=first.api_key
        )
    return known and replace(known, url=f"{url}/v1")


def _banner(watchword: Watchword, url: str, *, new: bool, connection: Connection | None) -> None:
    settings = watchword.settings
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
        ("API", f"{url}/v1   {access}"),
        ("Docs", f"{url}/docs/errors   {url}/openapi.json"),
    ):
        click.echo(f"  {click.style(name.ljust(9), dim=True)} {value}")
    click.echo(
        "\n  Messages go to the sandbox inbox; nothing leaves this machine.\n"
        "  Try it:   watchword send +33612345678\n"
        "  Ctrl-C stops.\n"
    )
