"""`watchword send`: send a code to a number."""

import click

from watchword.cli.connection import connection_of, connection_options, remember_last, service
from watchword.cli.output import json_option, write_json, write_pairs

PLATFORMS = ("ANDROID", "IOS", "IPADOS", "TVOS", "WEB")
MEANING = {
    "pending": "the code is on its way",
    "rate_limited": "this person may be sent no other code for now",
    "spam_detected": "screening refused it; `watchword explain` tells the reasons",
}


@click.command("send")
@click.argument("number")
@click.option("--locale", help="Language of the message, such as fr-FR.")
@click.option("--template-id", help="Template to use.")
@click.option("--sender-id", help="Sender to show.")
@click.option("--correlation-id", help="Your own reference.")
@click.option("--callback-url", help="Where events are posted.")
@click.option("--ip", help="The person's address.")
@click.option("--device-id", help="The person's device.")
@click.option("--device-type", type=click.Choice(PLATFORMS), help="The person's platform.")
@click.option("--email", help="The person's address, for routes over email.")
@click.option("--app-realm", help="Hash of the Android app that reads the code.")
@connection_options
@json_option
def command(
    number: str,
    url: str | None,
    api_key: str | None,
    customer: str | None,
    as_json: bool,
    **wishes: str | None,
) -> None:
    """Send a code to NUMBER, in E.164: a plus sign, the country, the number.

    \b
    Example:
      watchword send +33612345678
      watchword send +33612345678 --locale fr-FR --correlation-id signup-7781
    """
    connection = connection_of(url, api_key, customer)
    given = {name: value for name, value in wishes.items() if value is not None}
    with service(connection) as ding:
        answer = ding.otp.create_authentication({"phone_number": number, **given})
    uuid, status = str(answer.authentication_uuid), str(answer.status)
    remember_last(connection, uuid)
    if as_json:
        write_json(answer)
        return
    click.secho(f"✓ {MEANING.get(status, status)}", fg="green" if status == "pending" else "yellow")
    write_pairs(
        [
            ("status", status),
            ("authentication", uuid),
            ("expires", str(answer.expires_at) if answer.expires_at else "—"),
        ]
    )
    if status == "pending":
        click.echo("  Read it with `watchword inbox`, then `watchword check CODE`.")
