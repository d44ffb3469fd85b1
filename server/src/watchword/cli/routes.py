"""`watchword routes`: which ways messages take, and which one a number would be sent over, and why."""

import click

from watchword.cli.desk import Desk, with_desk
from watchword.cli.installation import project_option
from watchword.cli.output import json_option, write_done, write_json, write_pairs, write_table
from watchword.domain.channel import Channel
from watchword.domain.money import Money
from watchword.usecases.manage.dry_run import IN_USE


@click.group("routes")
def command() -> None:
    """Say over which accounts, channels and senders a project reaches which numbers.

    \b
    Example:
      watchword routes add sms-fr --account twilio-eu --channel sms --prefix +33 --price 0.045
      watchword routes explain +33612345678
    """


@command.command("list")
@project_option
@with_desk
@json_option
def list_routes(desk: Desk, project: str | None, as_json: bool) -> None:
    """Show a project's routes in the order they are tried."""
    found = desk.call("list_routes", project=project)
    if as_json:
        write_json(found["items"])
        return
    write_table(
        ("route", "account", "channel", "sender", "numbers", "price"),
        [
            (
                route["name"],
                route["account"],
                route["channel"],
                route.get("sender_id") or "",
                " ".join(route.get("prefixes", ["+"])),
                str(Money(route.get("price", 0), found["currency"])),
            )
            for route in found["items"]
        ],
    )


@command.command("add")
@click.argument("name")
@click.option(
    "--account", required=True, help="The provider account, as `providers list` shows it."
)
@click.option("--channel", required=True, type=click.Choice([c.value for c in Channel]))
@click.option("--sender-id", help="Who the message is from; without it the account's own.")
@click.option(
    "--prefix", multiple=True, help="Numbers that begin so; may be repeated. Default: all."
)
@click.option("--price", default="0", help="Of one message, in the project's currency.")
@click.option("--template", help="The provider's approved template, for WhatsApp.")
@click.option("--dlt-entity", help="India: the principal entity id of the DLT registration.")
@click.option("--dlt-template", help="India: the content template id of the DLT registration.")
@click.option("--first", is_flag=True, help="Try it before the others.")
@project_option
@with_desk
@json_option
def add(
    desk: Desk,
    prefix: tuple[str, ...],
    first: bool,
    project: str | None,
    as_json: bool,
    **fields: str | None,
) -> None:
    """Add the route NAME to a project, or change it; a new one is tried after the others."""
    given: dict[str, object] = {name: value for name, value in fields.items() if value is not None}
    if prefix:
        given["prefixes"] = " ".join(prefix)
    if first:
        given["place"] = 0
    write_done(desk.call("put_route", given, project)["message"], as_json=as_json)


@command.command("remove")
@click.argument("name")
@project_option
@with_desk
@json_option
def remove(desk: Desk, name: str, project: str | None, as_json: bool) -> None:
    """Take the route NAME out of a project."""
    done = desk.call("remove_route", {"name": name}, project)
    write_done(done["message"], as_json=as_json)


@command.command("explain")
@click.argument("number")
@click.option("--sender-id", default="", help="The sender that a request asks for.")
@click.option("--email", default="", help="The person's address, for routes over email.")
@click.option("--after", multiple=True, help="A route that was tried already; may be repeated.")
@project_option
@with_desk
@json_option
def explain(
    desk: Desk,
    number: str,
    sender_id: str,
    email: str,
    after: tuple[str, ...],
    project: str | None,
    as_json: bool,
) -> None:
    """Tell which routes a message to NUMBER would take, and why; nothing is sent.

    It goes by what the processes that send have learnt, at most five minutes old and with everything
    told since. Breakers are not in it: they belong to those processes, and are in their metrics.
    """
    asked = {"number": number, "sender_id": sender_id, "email": email, "after": ",".join(after)}
    result = desk.call("dry_run", asked, project)
    if as_json:
        write_json(result)
        return
    write_pairs([("country", result["country"] or "none"), ("because", result["because"])])
    for row in result["routes"]:
        place = f"{row['place']}." if row["place"] else "–"
        notes = [*filter(None, (row["left_out"], row["advice"], row["because"]))]
        if row["account_state"] != IN_USE:
            notes.append(f"account: {row['account_state']}")
        remark = f"  ({'; '.join(notes)})" if notes else ""
        click.echo(f"  {place:3} {row['route']}  {row['account']} {row['channel']}{remark}")
