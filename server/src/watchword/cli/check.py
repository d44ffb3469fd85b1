"""`watchword check`: check a code that a person typed."""

import sys

import click

from watchword.cli.connection import (
    authentication_or_last,
    connection_of,
    connection_options,
    service,
)
from watchword.cli.output import json_option, write_json

MEANING = {
    "valid": "right: the number is verified",
    "invalid": "wrong code",
    "already_validated": "this authentication was completed before",
    "rate_limited": "too many wrong codes",
    "expired_auth": "the code has expired",
    "without_attempt": "no message was sent for this authentication",
}


@click.command("check")
@click.argument("arguments", nargs=-1, metavar="[AUTHENTICATION] CODE", required=True)
@connection_options
@json_option
def command(
    arguments: tuple[str, ...],
    url: str | None,
    api_key: str | None,
    customer: str | None,
    as_json: bool,
) -> None:
    """Check CODE against AUTHENTICATION, or against the one sent last. Exits 1 unless it is valid.

    \b
    Example:
      watchword check 123456
      watchword check 0198c0de-0000-7000-8000-000000000001 123456
    """
    if len(arguments) > 2:  # noqa: PLR2004 - an authentication and a code
        raise click.UsageError("give a code, or an authentication and a code")
    connection = connection_of(url, api_key, customer)
    named = arguments[0] if len(arguments) > 1 else None
    with service(connection) as ding:
        answer = ding.otp.check(
            authentication_uuid=authentication_or_last(named, connection),
            check_code=arguments[-1],
        )
    status = str(answer.status)
    if as_json:
        write_json(answer)
    else:
        mark, color = ("✓", "green") if status == "valid" else ("✗", "red")
        click.secho(f"{mark} {status}: {MEANING.get(status, '')}", fg=color)
    sys.exit(0 if status == "valid" else 1)
