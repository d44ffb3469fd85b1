"""`watchword keyring`: the key that codes and callback secrets are derived from, changed in running."""

from pathlib import Path

import click

from watchword.app import Watchword
from watchword.cli.installation import data_dir_option, on_installation
from watchword.cli.output import json_option, write_done, write_json


@click.group("keyring")
def command() -> None:
    """Change the key that codes and callback secrets are derived from, without a restart.

    \b
    Example:
      watchword keyring rotate
      watchword keyring drop k1
    """


@command.command("list")
@data_dir_option
@json_option
def list_ids(data_dir: Path | None, as_json: bool) -> None:
    """Show the ids of the keys, the current one first; never a key itself."""

    async def work(watchword: Watchword) -> tuple[str, ...]:
        return watchword.keyring.ids()

    ids = on_installation(work, data_dir)
    if as_json:
        write_json({"current": ids[0], "keys": ids})
        return
    for name in ids:
        click.echo(f"{name}{' (current)' if name == ids[0] else ''}")


@command.command("rotate")
@data_dir_option
@json_option
def rotate(data_dir: Path | None, as_json: bool) -> None:
    """Add a fresh key and make it the current one.

    Codes already sent stay valid. Callbacks carry two signatures until the old key is dropped: give
    your endpoints the new secret (`watchword projects callback-secret`) meanwhile. Other machines need
    the same key file before this is done, or keys from WATCHWORD_CODE_KEY.
    """

    async def work(watchword: Watchword) -> str:
        return await watchword.manage_keyring.rotate()

    name = on_installation(work, data_dir)
    if as_json:
        write_json({"current": name})
        return
    click.secho(f"✓ {name} is the current key", fg="green")


@command.command("drop")
@click.argument("key")
@data_dir_option
@json_option
def drop(key: str, data_dir: Path | None, as_json: bool) -> None:
    """Take KEY out, once no code under it can be open (ten minutes) and no endpoint needs its secret."""

    async def work(watchword: Watchword) -> None:
        await watchword.manage_keyring.drop(key)

    on_installation(work, data_dir)
    write_done(f"{key} is gone", as_json=as_json)
