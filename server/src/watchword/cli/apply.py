"""`watchword apply`: bring projects and provider accounts to what a file says."""

from pathlib import Path

import click

from watchword.cli.declared import read_declaration
from watchword.cli.installation import data_dir_option, on_installation
from watchword.cli.output import json_option, write_json
from watchword.usecases.manage.declaration import Step


@click.command("apply")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False), default="watchword.toml")
@click.option("--dry-run", is_flag=True, help="Show the difference, and change nothing.")
@click.option("--yes", is_flag=True, help="Change it without asking.")
@data_dir_option
@json_option
def command(file: Path, dry_run: bool, yes: bool, data_dir: Path | None, as_json: bool) -> None:
    """Bring projects and provider accounts to what FILE says, after showing the difference.

    What the file does not name stays as it is, and to apply it twice changes nothing the second time.
    A credential may be `env:NAME` or `file:PATH`, so that the file holds no secret.

    \b
    Example:
      watchword export > watchword.toml
      watchword apply watchword.toml --dry-run
    """
    declared = read_declaration(file)
    steps = on_installation(lambda watchword: watchword.declare.steps(declared), data_dir)
    if not as_json:
        _show(steps)
    agreed = yes or as_json
    if steps and not dry_run and (agreed or click.confirm("Change this?", err=True)):
        on_installation(lambda watchword: watchword.declare.carry_out(declared), data_dir)
        if not as_json:
            click.secho("✓ done", fg="green")
    if as_json:
        changes = {step.subject: step.changes for step in steps}
        write_json({"applied": not (steps and dry_run), "changes": changes})


def _show(steps: list[Step]) -> None:
    for step in steps:
        click.secho(step.subject, bold=True)
        for change in step.changes:
            click.echo(f"  {change}")
    if not steps:
        click.secho("✓ all is as the file says", fg="green")
