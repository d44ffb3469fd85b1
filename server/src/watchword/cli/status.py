"""`watchword status`: show the history of an authentication."""

import click

from watchword.cli.connection import (
    authentication_or_last,
    connection_of,
    connection_options,
    service,
)
from watchword.cli.output import json_option, write_json, write_table
from watchword.cli.timeline import lines_of


@click.command("status")
@click.argument("authentication", required=False)
@connection_options
@json_option
def command(
    authentication: str | None,
    url: str | None,
    api_key: str | None,
    customer: str | None,
    as_json: bool,
) -> None:
    """Show what happened to AUTHENTICATION, or to the one sent last, oldest first.

    \b
    Example:
      watchword status
    """
    connection = connection_of(url, api_key, customer)
    with service(connection) as ding:
        answer = ding.otp.get_authentication_status(
            authentication_or_last(authentication, connection)
        )
    if as_json:
        write_json(answer)
        return
    click.echo(f"  {answer.phone_number}  {answer.uuid}")
    write_table(("time", "event", "what"), lines_of(answer))
