"""`watchword serve`: the service, as it runs in production."""

from pathlib import Path

import click
from msgspec.structs import replace

from watchword.app import Watchword
from watchword.cli.installation import data_dir_option, plain_failures, settings_of
from watchword.cli.output import json_option, write_json
from watchword.cli.running import serve_installation
from watchword.server import run
from watchword.usecases.manage.bootstrap import FirstProject


@click.command("serve")
@click.option("--host", help="Address to listen on.")
@click.option("--port", type=int, help="Port to listen on; 0 takes a free one.")
@data_dir_option
@click.option("--no-worker", is_flag=True, help="Leave the outbox to `watchword worker`.")
@json_option
def command(
    host: str | None, port: int | None, data_dir: Path | None, no_worker: bool, as_json: bool
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

    def started(watchword: Watchword, url: str, first: FirstProject | None) -> None:
        given = watchword.settings.bootstrap_api_key is not None
        if as_json:
            made = {"api_key": first.api_key} if first and not given else {}
            customer = {"customer_uuid": str(first.project.id)} if first else {}
            write_json({"url": url, **customer, **made})
            return
        click.echo(f"Watchword listens on {url}")
        if first is not None and not given:
            click.echo(
                "The database is new. Its first project, in sandbox mode, shown this once:\n"
                f"  customer {first.project.id}\n  key      {first.api_key}"
            )

    with plain_failures(settings):
        run(serve_installation(settings, started))
