"""`watchword retry`: send another code for an authentication."""

import sys

import click

from watchword.cli.connection import (
    authentication_or_last,
    connection_of,
    connection_options,
    service,
)
from watchword.cli.output import json_option, write_json, write_pairs


@click.command("retry")
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
    """Send another code for AUTHENTICATION, or for the one sent last. Exits 1 unless approved.

    \b
    Example:
      watchword retry
    """
    connection = connection_of(url, api_key, customer)
    with service(connection) as ding:
        answer = ding.otp.retry(
            authentication_uuid=authentication_or_last(authentication, connection)
        )
    status = str(answer.status)
    if as_json:
        write_json(answer)
    else:
        mark, color = ("✓", "green") if status == "approved" else ("✗", "yellow")
        click.secho(f"{mark} {status}", fg=color)
        write_pairs(
            [
                ("next retry", str(answer.next_retry_at)),
                ("retries left", str(answer.remaining_retry)),
            ]
        )
    sys.exit(0 if status == "approved" else 1)
