"""`watchword forget`: erase all that is kept of a number."""

from pathlib import Path

import click
import msgspec

from watchword.app import Watchword
from watchword.cli.installation import data_dir_option, on_installation
from watchword.cli.output import json_option, write_json
from watchword.usecases.manage.forget_number import Forgotten


@click.command("forget")
@click.argument("number")
@click.option("--yes", is_flag=True, help="Do not ask.")
@data_dir_option
@json_option
def command(number: str, yes: bool, data_dir: Path | None, as_json: bool) -> None:
    """Erase all that is kept of NUMBER, in every project: authentications, events, messages, history.

    What the audit log keeps is that a number was forgotten, masked. Lists in a project's settings stay
    as they are. Backups made before still hold the number.

    \b
    Example:
      watchword forget +33612345678 --yes
    """
    if not yes:
        click.confirm(f"Erase all that is kept of {number}?", abort=True, err=True)

    async def work(watchword: Watchword) -> Forgotten:
        return await watchword.forget_number(number)

    forgotten = on_installation(work, data_dir)
    if as_json:
        write_json(msgspec.to_builtins(forgotten))
        return
    click.secho(
        f"✓ {forgotten.number} is forgotten: {forgotten.authentications} authentications, "
        f"{forgotten.rows} rows",
        fg="green",
    )
