"""`watchword restore`: an empty database is filled from a backup."""

import asyncio
import os
from pathlib import Path

import click

from watchword.adapters.store.backup import BackupError, heading_of, restore
from watchword.cli.installation import data_dir_option, plain_failures, settings_of
from watchword.cli.main import Failure
from watchword.cli.output import json_option, write_json

REFUSED = 65


@click.command("restore")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option("--without-keys", is_flag=True, help="Leave the key file as it is.")
@data_dir_option
@json_option
def command(file: Path, without_keys: bool, data_dir: Path | None, as_json: bool) -> None:
    """Fill an empty database, and put the key file back, from FILE.

    The whole file is checked before anything is written. No service may run on the database.

    \b
    Example:
      watchword restore watchword-2026-01-31.backup --data-dir /var/lib/watchword
    """
    settings = settings_of(data_dir=data_dir)
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    kept = settings.data_dir / "keys.json"
    with plain_failures(settings):
        try:
            keys = None if without_keys else heading_of(file).keys
            if keys is not None and kept.exists() and kept.read_text(encoding="ascii") != keys:
                raise BackupError(  # noqa: TRY301 - said in one place, below
                    f"{kept} holds other keys: move it away, or use --without-keys"
                )
            counts = asyncio.run(restore(settings.database, file))
        except BackupError as error:
            raise Failure("nothing was restored", str(error), code=REFUSED) from None
    if keys is not None and not kept.exists():
        descriptor = os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as written:
            written.write(keys)
    if as_json:
        write_json({"rows": counts, "keys": keys is not None})
        return
    click.secho(f"✓ {sum(counts.values())} rows restored to {settings.database_name}", fg="green")
