"""`watchword export`: projects and provider accounts as a file that `apply` takes."""

import click
import tomli_w

from watchword.cli.desk import Desk, with_desk


@click.command("export")
@with_desk
def command(desk: Desk) -> None:
    """Write projects and provider accounts as TOML, which `watchword apply` takes.

    No secret is in it: where one belongs stands the name of an environment variable. What has its
    default value is left out.
    """
    declared = desk.call("export_declaration")
    ordered = {name: declared[name] for name in ("providers", "projects")}
    click.echo(tomli_w.dumps(ordered), nl=False)
