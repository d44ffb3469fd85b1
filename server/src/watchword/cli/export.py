"""`watchword export`: projects and provider accounts as a file that `apply` takes."""

from pathlib import Path

import click
import tomli_w

from watchword.cli.installation import data_dir_option, on_installation


@click.command("export")
@data_dir_option
def command(data_dir: Path | None) -> None:
    """Write projects and provider accounts as TOML, which `watchword apply` takes.

    No secret is in it: where one belongs stands the name of an environment variable. What has its
    default value is left out.
    """
    declared = on_installation(lambda watchword: watchword.declare.declared(), data_dir)
    click.echo(tomli_w.dumps(declared), nl=False)
