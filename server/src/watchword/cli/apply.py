"""`watchword apply`: bring projects and provider accounts to what a file says."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import click
import msgspec

from watchword.cli.declared import read_declaration
from watchword.cli.desk import Desk, with_desk
from watchword.cli.output import json_option, write_json


@click.command("apply")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False), default="watchword.toml")
@click.option("--dry-run", is_flag=True, help="Show the difference, and change nothing.")
@click.option("--yes", is_flag=True, help="Change it without asking.")
@with_desk
@json_option
def command(desk: Desk, file: Path, dry_run: bool, yes: bool, as_json: bool) -> None:
    """Bring projects and provider accounts to what FILE says, after showing the difference.

    What the file does not name stays as it is, and to apply it twice changes nothing the second time.
    A credential may be `env:NAME` or `file:PATH`, so that the file holds no secret; both are read here,
    also where the service is far away.

    \b
    Example:
      watchword export > watchword.toml
      watchword apply watchword.toml --dry-run
    """
    declared = msgspec.to_builtins(read_declaration(file))
    changes = desk.call("apply_declaration", {**declared, "dry_run": True})["changes"]
    if not as_json:
        _show(changes)
    agreed = yes or as_json
    if changes and not dry_run and (agreed or click.confirm("Change this?", err=True)):
        desk.call("apply_declaration", declared)
        if not as_json:
            click.secho("✓ done", fg="green")
    if as_json:
        write_json({"applied": not (changes and dry_run), "changes": changes})


def _show(changes: Mapping[str, Sequence[str]]) -> None:
    for subject, lines in changes.items():
        click.secho(subject, bold=True)
        for line in lines:
            click.echo(f"  {line}")
    if not changes:
        click.secho("✓ all is as the file says", fg="green")
