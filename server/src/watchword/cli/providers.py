"""`watchword providers`: accounts at providers, with credentials that are sealed and never shown."""

import sys
from pathlib import Path

import click

from watchword.adapters.providers.kind import credential_fields, description
from watchword.app import provider_kinds
from watchword.cli.desk import Desk, with_desk
from watchword.cli.installation import UNAVAILABLE, USAGE, project_option
from watchword.cli.main import Failure
from watchword.cli.output import json_option, write_done, write_json, write_table
from watchword.cli.provider_package import name_problem, package_files, write_package
from watchword.cli.provider_setup import ask_for_countries, ask_for_credentials


@click.group("providers")
def command() -> None:
    """Keep accounts at providers; their credentials are sealed under a key outside the database.

    \b
    Example:
      watchword providers add carrier --provider smpp host=smsc.example system_id=shop password=-
      watchword providers test carrier
      watchword providers list
    """


@command.command("add")
@click.argument("name")
@click.argument("credentials", nargs=-1, metavar="FIELD=VALUE ...")
@click.option("--provider", help="The kind of provider; NAME unless given.")
@click.option("--ask/--no-ask", default=None, help="Ask for what is missing; so at a terminal.")
@click.option("--check/--no-check", default=True, help="Ask the provider whether it takes them.")
@project_option
@with_desk
@json_option
def add(
    desk: Desk,
    name: str,
    credentials: tuple[str, ...],
    provider: str | None,
    ask: bool | None,
    check: bool,
    project: str | None,
    as_json: bool,
) -> None:
    """Add the account NAME, or give it other credentials; one that is not named stays.

    FIELD=@FILE takes the value from a file, and FIELD=- asks for it, so that no secret need stand in
    the history of a shell. At a terminal it asks for what is missing, then which countries the account
    shall serve, at what price, and how much a day that may cost.

    \b
    Example:
      watchword providers add twilio
      watchword providers add twilio-eu --provider twilio account_sid=AC… auth_token=@token.txt
    """
    known = desk.call("list_accounts")
    kinds = {kind["name"]: kind for kind in known["kinds"]}
    kind = kinds.get(provider or name)
    if kind is None:
        there = f"There are {', '.join(sorted(kinds))}."
        raise Failure(f"there is no provider {provider or name!r}", there, code=USAGE)
    given = dict(map(_field, credentials))
    asks = sys.stdin.isatty() if ask is None else ask
    if asks and name not in {account["name"] for account in known["items"]}:
        given = ask_for_credentials(kind["fields"], given)
    fields = {"name": name, "provider": kind["name"], "credentials": given}
    write_done(desk.call("put_account", fields)["message"], as_json=as_json)
    if check:
        probed = desk.call("test_account", {"name": name})
        mark, color = ("✓", "green") if probed["healthy"] else ("!", "yellow")
        click.secho(f"{mark} {probed['message']}", fg=color, err=True)
    if asks:
        for words in ask_for_countries(desk, name, kind["channels"], project):
            write_done(words, as_json=as_json)


def _field(text: str) -> tuple[str, str]:
    field, equals, value = text.partition("=")
    if not equals or not field:
        raise Failure(f"{text.partition('=')[0]!r} is no FIELD=VALUE", code=USAGE)
    if value == "-":
        return field, click.prompt(field, hide_input=True, err=True)
    if value.startswith("@"):
        try:
            return field, Path(value[1:]).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeError) as error:
            raise Failure(f"{field}: {value[1:]} cannot be read", str(error), code=USAGE) from None
    return field, value


@command.command("test")
@click.argument("name")
@click.option("--to", metavar="NUMBER", help="Send a real code to this phone of yours over it.")
@with_desk
@json_option
def test(desk: Desk, name: str, to: str | None, as_json: bool) -> None:
    """Ask the provider of the account NAME whether it takes the credentials.

    Nothing is sent, but with --to: then a code goes over this account alone, in a live project with a
    route over it, and `watchword explain` tells what became of it.
    """
    probed = desk.call("test_account", {"name": name})
    if not probed["healthy"]:
        raise Failure(probed["message"], code=UNAVAILABLE)
    if to is None:
        write_done(probed["message"], as_json=as_json)
        return
    sent = desk.call("send_test", {"name": name, "phone_number": to})
    if as_json:
        write_json(sent)
        return
    click.secho(f"✓ {sent['message']}", fg="green")
    click.echo(f"  `watchword explain {sent['uuid']}` tells what becomes of it.")


@command.command("kinds")
@json_option
def kinds(as_json: bool) -> None:
    """Show every kind of provider that is installed, and the fields of its credentials."""
    if as_json:
        write_json([description(name, kind) for name, kind in sorted(provider_kinds().items())])
        return
    for name, kind in sorted(provider_kinds().items()):
        click.echo(f"{name}  {kind.title}: {', '.join(sorted(kind.channels))}")
        for field in credential_fields(kind):
            need = "needed" if field.required else f"default {field.default!r}"
            click.echo(f"    {field.name}  {field.description}  ({need})")


@command.command("new")
@click.argument("name")
@click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where the package is written; watchword-NAME in this folder unless given.",
)
@json_option
def new(name: str, folder: Path | None, as_json: bool) -> None:
    """Begin a package of your own with a provider of the kind NAME.

    It holds an adapter for an imaginary vendor that works, a recording to test it with, and a page. No
    file is written over.
    """
    problem = (
        f"{name!r} is a kind already" if name in list(provider_kinds()) else name_problem(name)
    )
    if problem:
        raise Failure(problem, code=USAGE)
    texts = package_files(name)
    target = folder or Path(f"watchword-{name.replace('_', '-')}")
    try:
        write_package(target, texts)
    except FileExistsError as error:
        raise Failure(f"{target / str(error)} is there already", code=USAGE) from None
    except OSError as error:
        raise Failure(f"{target} cannot be written", str(error)) from None
    if as_json:
        write_json({"files": [str(target / path) for path in texts]})
        return
    for path in texts:
        click.echo(str(target / path))
    click.secho(f"✓ {name} is begun; its tests pass with `pytest {target}`", fg="green")


@command.command("list")
@with_desk
@json_option
def list_accounts(desk: Desk, as_json: bool) -> None:
    """Show every account without its credentials, and how it fared in 24 hours."""
    accounts = desk.call("list_accounts")["items"]
    if as_json:
        write_json(accounts)
        return
    write_table(
        ("account", "provider", "messages", "arrived", "state"),
        [
            (
                account["name"],
                account["provider"],
                str(account["counts"]["sent"]),
                _share(account["counts"]["arrival"]),
                "; ".join(["paused"] * account["paused"] + account["breakers"]) or "in use",
            )
            for account in accounts
        ],
    )


def _share(share: float | None) -> str:
    return "–" if share is None else f"{share:.1%}"


@command.command("pause")
@click.argument("name")
@click.option("--resume", is_flag=True, help="Send over it again.")
@with_desk
@json_option
def pause(desk: Desk, name: str, resume: bool, as_json: bool) -> None:
    """Send nothing over the account NAME for now."""
    done = desk.call("resume_account" if resume else "pause_account", {"name": name})
    write_done(done["message"], as_json=as_json)


@command.command("remove")
@click.argument("name")
@with_desk
@json_option
def remove(desk: Desk, name: str, as_json: bool) -> None:
    """Take the account NAME and its credentials out; no route may use it."""
    write_done(desk.call("remove_account", {"name": name})["message"], as_json=as_json)
