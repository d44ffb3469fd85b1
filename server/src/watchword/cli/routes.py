"""`watchword routes`: which ways messages take, and which one a number would be sent over, and why."""

from pathlib import Path

import click
import msgspec

from watchword.app import Watchword
from watchword.cli.installation import data_dir_option, on_installation, project_option
from watchword.cli.main import Failure
from watchword.cli.output import json_option, write_json, write_pairs, write_table
from watchword.domain.channel import Channel
from watchword.domain.money import Money, parse_amount
from watchword.domain.project import Project
from watchword.domain.routing.route import Dlt, Route
from watchword.usecases.manage.dry_run import IN_USE, DryRunResult
from watchword.usecases.manage.project_settings import with_changes
from watchword.usecases.promise_attempt import routes_of

USAGE = 2


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
@data_dir_option
@json_option
def list_routes(project: str | None, data_dir: Path | None, as_json: bool) -> None:
    """Show a project's routes in the order they are tried."""
    found = on_installation(lambda watchword: watchword.manage_projects.find(project), data_dir)
    routes = routes_of(found)
    if as_json:
        write_json(routes)
        return
    write_table(
        ("route", "account", "channel", "sender", "numbers", "price"),
        [
            (
                route.name,
                route.account,
                route.channel.value,
                route.sender_id or "",
                " ".join(route.prefixes),
                str(Money(route.price, found.settings.currency)),
            )
            for route in routes
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
@click.option("--first", is_flag=True, help="Try it before the others; without it, after them.")
@project_option
@data_dir_option
def add(
    name: str,
    account: str,
    channel: str,
    sender_id: str | None,
    prefix: tuple[str, ...],
    price: str,
    template: str | None,
    dlt_entity: str | None,
    dlt_template: str | None,
    first: bool,
    project: str | None,
    data_dir: Path | None,
) -> None:
    """Add the route NAME to a project, or change it."""
    if bool(dlt_entity) != bool(dlt_template):
        raise Failure("--dlt-entity and --dlt-template go together", code=USAGE)

    async def work(watchword: Watchword) -> None:
        found = await watchword.manage_projects.find(project)
        accounts = {a.name for a in await watchword.manage_provider_accounts.list()} | {"sandbox"}
        if account not in accounts:
            known = ", ".join(sorted(accounts))
            raise Failure(f"no account is called {account!r}", f"There are {known}.", code=USAGE)
        try:
            route = msgspec.convert(
                {
                    "name": name,
                    "account": account,
                    "channel": channel,
                    "sender_id": sender_id,
                    "prefixes": prefix or ("+",),
                    "price": parse_amount(price),
                    "template": template,
                    "dlt": Dlt(dlt_entity, dlt_template) if dlt_entity and dlt_template else None,
                },
                Route,
                from_attributes=True,
            )
        except msgspec.ValidationError as error:
            raise Failure("this route cannot be", str(error), code=USAGE) from None
        others = [other for other in found.settings.routes if other.name != name]
        await _put(watchword, found, [route, *others] if first else [*others, route])

    on_installation(work, data_dir)
    click.secho(f"✓ {name} is a route now", fg="green")


@command.command("remove")
@click.argument("name")
@project_option
@data_dir_option
def remove(name: str, project: str | None, data_dir: Path | None) -> None:
    """Take the route NAME out of a project."""

    async def work(watchword: Watchword) -> None:
        found = await watchword.manage_projects.find(project)
        left = [route for route in found.settings.routes if route.name != name]
        if len(left) == len(found.settings.routes):
            known = ", ".join(route.name for route in found.settings.routes) or "none"
            raise Failure(f"no route is called {name!r}", f"There are {known}.", code=USAGE)
        await _put(watchword, found, left)

    on_installation(work, data_dir)
    click.secho(f"✓ {name} is gone", fg="green")


async def _put(watchword: Watchword, project: Project, routes: list[Route]) -> None:
    written = msgspec.json.encode(routes).decode()
    settings = with_changes(project.settings, (f"routes={written}",))
    await watchword.manage_projects.change(project, settings=settings)


@command.command("explain")
@click.argument("number")
@click.option("--sender-id", help="The sender that a request asks for.")
@click.option("--email", help="The person's address, for routes over email.")
@click.option("--after", multiple=True, help="A route that was tried already; may be repeated.")
@project_option
@data_dir_option
@json_option
def explain(
    number: str,
    sender_id: str | None,
    email: str | None,
    after: tuple[str, ...],
    project: str | None,
    data_dir: Path | None,
    as_json: bool,
) -> None:
    """Tell which routes a message to NUMBER would take, and why; nothing is sent.

    It goes by what the processes that send have learnt, at most five minutes old and with everything
    told since. Breakers are not in it: they belong to those processes, and are in their metrics.
    """

    async def work(watchword: Watchword) -> DryRunResult:
        found = await watchword.manage_projects.find(project)
        await watchword.share_memory.begin()
        watchword.share_memory.wanted = False  # it looks, and tells nobody
        watchword.numbering.warm()
        return await watchword.dry_run(found, number, sender_id, email, after)

    result = on_installation(work, data_dir)
    if as_json:
        write_json(result)
        return
    write_pairs([("country", result.country or "none"), ("because", result.because)])
    for row in result.routes:
        place = f"{row.place}." if row.place else "–"
        notes = [*filter(None, (row.left_out, row.advice, row.because))]
        if row.account_state != IN_USE:
            notes.append(f"account: {row.account_state}")
        remark = f"  ({'; '.join(notes)})" if notes else ""
        click.echo(f"  {place:3} {row.route}  {row.account} {row.channel}{remark}")
