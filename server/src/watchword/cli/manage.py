"""`watchword manage`: any operation of the management API, here or far away."""

import json
from typing import Any

import click
import msgspec

from watchword.cli.desk import Desk, with_desk
from watchword.cli.main import Failure
from watchword.cli.output import write_table
from watchword.edges.management.table import OPERATIONS

USAGE = 2


@click.command("manage")
@click.argument("operation", required=False)
@click.argument("fields", nargs=-1, metavar="FIELD=VALUE ...")
@click.option("--project", help="Name or id of the project it is about, or `all`.")
@with_desk
def command(
    desk: Desk, operation: str | None, fields: tuple[str, ...], project: str | None
) -> None:
    """Carry out OPERATION, and write what it gives as JSON; without one, list them all.

    It is what the console does, for scripts. A value is JSON, or else text. With `--service` and a token
    it works on a service far away, else on the installation of this machine.

    \b
    Example:
      watchword manage read_report period=7d --project shop
      watchword manage add_entry list=blocked kind=prefix value=+99890 --project shop
    """
    if operation is None:
        rows = [(o.name, o.role.value, o.summary) for o in OPERATIONS.values()]
        write_table(("operation", "needs", "what it does"), rows)
        return
    given = dict(map(_field, fields))
    click.echo(json.dumps(desk.call(operation, given, project), indent=2, ensure_ascii=False))


def _field(text: str) -> tuple[str, Any]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise Failure(f"{text!r} is no FIELD=VALUE", code=USAGE)
    try:
        found = msgspec.json.decode(value)
    except msgspec.DecodeError:
        return name, value
    # A number stays text where it is not one to the letter: +33… and 007 are no numbers.
    return name, found if isinstance(found, dict | list | bool) or found is None else value
