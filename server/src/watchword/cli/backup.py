"""`watchword backup`: everything in one file, while the service runs."""

import asyncio
import time
from pathlib import Path

import click

from watchword.adapters.store.backup import back_up
from watchword.cli.installation import data_dir_option, plain_failures, settings_of
from watchword.cli.output import json_option, write_json


@click.command("backup")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--without-keys", is_flag=True, help="Leave the key file out.")
@data_dir_option
@json_option
def command(file: Path, without_keys: bool, data_dir: Path | None, as_json: bool) -> None:
    """Write every row, and the key file, to a new FILE that only you can read.

    The service may run meanwhile: the file holds one instant. It can be restored to SQLite and to
    PostgreSQL, whichever it came from. Who has it can send in your name: keep it like a key. For a
    large PostgreSQL use what backs up PostgreSQL, and keep the key file yourself.

    \b
    Example:
      watchword backup watchword-2026-01-31.backup
    """
    settings = settings_of(data_dir=data_dir)
    kept = settings.data_dir / "keys.json"
    keys = None if without_keys or not kept.exists() else kept.read_text(encoding="ascii")
    with plain_failures(settings):
        counts = asyncio.run(
            back_up(settings.database, file, made_at=time.time_ns() // 1_000_000, keys=keys)
        )
    if as_json:
        write_json({"file": str(file), "rows": counts, "keys": keys is not None})
        return
    click.secho(f"✓ {file}: {sum(counts.values())} rows", fg="green")
    if keys is None:
        click.echo("  without keys: codes and callback secrets come from elsewhere")
