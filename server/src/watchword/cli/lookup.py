"""`watchword lookup`: tell what is known about a number."""

import click

from watchword.cli.connection import connection_of, connection_options, service
from watchword.cli.output import json_option, write_json, write_pairs

FACTS = (
    "phone_number",
    "country_code",
    "line_type",
    "carrier",
    "mcc",
    "mnc",
    "number_ported",
    "temporary_phone_number",
    "caller_name",
)


@click.command("lookup")
@click.argument("number")
@connection_options
@json_option
def command(
    number: str, url: str | None, api_key: str | None, customer: str | None, as_json: bool
) -> None:
    """Tell what is known about NUMBER; what is not known is left out.

    \b
    Example:
      watchword lookup +33612345678
    """
    connection = connection_of(url, api_key, customer)
    with service(connection) as ding:
        answer = ding.lookup.lookup(number)
    if as_json:
        write_json(answer)
        return
    write_pairs(
        [
            (name.replace("_", " "), str(value))
            for name in FACTS
            if (value := getattr(answer, name)) is not None
        ]
    )
