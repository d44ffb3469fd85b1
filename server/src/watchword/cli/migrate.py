"""`watchword migrate`: bring the database to this program's schema."""

from pathlib import Path

import click

from watchword.app import Watchword
from watchword.cli.installation import data_dir_option, on_installation
from watchword.cli.output import json_option, write_json


@click.command("migrate")
@data_dir_option
@json_option
def command(data_dir: Path | None, as_json: bool) -> None:
    """Bring the database to this program's schema.

    Every command that opens the database does so by itself; this one only does it, for those who
    want it done at a time of their choosing. A newer database is left alone.

    \b
    Example:
      watchword migrate --data-dir /var/lib/watchword
    """

    async def work(watchword: Watchword) -> tuple[str, int]:
        return watchword.settings.database_name, watchword.store.schema_version

    database, schema = on_installation(work, data_dir)
    if as_json:
        write_json({"database": database, "schema": schema})
        return
    click.secho(f"✓ {database} has schema {schema}", fg="green")
