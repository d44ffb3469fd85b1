"""`watchword export`: projects and provider accounts as a file that `apply` takes."""

from pathlib import Path

import click
import tomli_w

from watchword.cli.desk import Desk, desk_options
from watchword.cli.installation import data_dir_option


@click.command("export")
@desk_options
@data_dir_option
def command(service: str | None, token: str | None, data_dir: Path | None) -> None:
    """Write projects and provider accounts as TOML, which `watchword apply` takes.

    No secret is in it: where one belongs stands the name of an environment variable. What has its
    default value is left out.
    """
    desk = Desk(service=service, token=token, data_dir=data_dir)
    declared = desk.call("export_declaration", {})
    ordered = {name: declared[name] for name in ("providers", "projects")}
    click.echo(tomli_w.dumps(ordered), nl=False)
