"""`watchword providers`: accounts at providers, with credentials that are sealed and never shown."""

from pathlib import Path

import click

from watchword.adapters.providers.kind import credential_fields
from watchword.app import provider_kinds
from watchword.cli.desk import Desk, with_desk
from watchword.cli.installation import UNAVAILABLE, USAGE
from watchword.cli.main import Failure
from watchword.cli.output import json_option, write_json, write_table
from watchword.cli.provider_package import name_problem, package_files, write_package


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
@click.option("--provider", required=True, help="The kind of sender, as its plug-in is called.")
@with_desk
def add(desk: Desk, name: str, credentials: tuple[str, ...], provider: str) -> None:
    """Add the account NAME, or give it other credentials; one that is not named stays.

    FIELD=@FILE takes the value from a file, and FIELD=- asks for it, so that no secret need stand in
    the history of a shell.
    """
    given = {"name": name, "provider": provider, "credentials": dict(map(_field, credentials))}
    click.secho(f"✓ {desk.call('put_account', given)['message']}", fg="green")


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
@with_desk
def test(desk: Desk, name: str) -> None:
    """Ask the provider of the account NAME whether it takes the credentials; nothing is sent."""
    probed = desk.call("test_account", {"name": name})
    if not probed["healthy"]:
        raise Failure(probed["message"], code=UNAVAILABLE)
    click.secho(f"✓ {probed['message']}", fg="green")


@command.command("kinds")
def kinds() -> None:
    """Show every kind of provider that is installed, and the fields of its credentials."""
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
def new(name: str, folder: Path | None) -> None:
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
def pause(desk: Desk, name: str, resume: bool) -> None:
    """Send nothing over the account NAME for now."""
    done = desk.call("resume_account" if resume else "pause_account", {"name": name})
    click.secho(f"✓ {done['message']}", fg="green")


@command.command("remove")
@click.argument("name")
@with_desk
def remove(desk: Desk, name: str) -> None:
    """Take the account NAME and its credentials out; no route may use it."""
    click.secho(f"✓ {desk.call('remove_account', {'name': name})['message']}", fg="green")
