"""`watchword redeliver`: callbacks that were given up are posted again."""

from pathlib import Path
from uuid import UUID

import click

from watchword.app import Watchword
from watchword.cli.installation import data_dir_option, on_installation
from watchword.cli.main import Failure
from watchword.cli.output import json_option, write_json

NOT_FOUND = 66


@click.command("redeliver")
@click.argument("authentication", type=click.UUID)
@click.option("--all", "all_of_them", is_flag=True, help="Also those that were acknowledged.")
@data_dir_option
@json_option
def command(authentication: UUID, all_of_them: bool, data_dir: Path | None, as_json: bool) -> None:
    """Post the callbacks of AUTHENTICATION again that were given up, unchanged and under the same ids.

    \b
    Example:
      watchword redeliver 0198c0de-0000-7000-8000-000000000001
    """

    async def work(watchword: Watchword) -> int:
        return await watchword.redeliver_callbacks(authentication, all_of_them=all_of_them)

    try:
        queued = on_installation(work, data_dir)
    except LookupError as error:
        raise Failure(str(error), code=NOT_FOUND) from None
    if as_json:
        write_json({"queued": queued})
        return
    click.secho(f"✓ {queued} callbacks are queued", fg="green")
