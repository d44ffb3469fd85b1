"""`watchword providers`: accounts at providers, with credentials that are sealed and never shown."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import click

from watchword.adapters.providers.accounts import AccountError
from watchword.adapters.providers.kind import credential_fields
from watchword.app import Watchword, provider_kinds
from watchword.cli.installation import data_dir_option, on_installation
from watchword.cli.main import Failure
from watchword.cli.output import json_option, write_json
from watchword.cli.provider_package import name_problem, package_files, write_package
from watchword.domain.provider_account import ProviderAccount
from watchword.ports.provider import Healthy, Refused, Unavailable
from watchword.usecases.manage.provider_accounts import NoSuchAccountError

USAGE, UNAVAILABLE = 2, 69
Work = Callable[[Watchword], Awaitable[None]]


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
@data_dir_option
def add(name: str, credentials: tuple[str, ...], provider: str, data_dir: Path | None) -> None:
    """Add the account NAME, or give it other credentials.

    FIELD=@FILE takes the value from a file, and FIELD=- asks for it, so that no secret need stand in
    the history of a shell.
    """
    given = dict(map(_field, credentials))

    async def work(watchword: Watchword) -> ProviderAccount:
        watchword.accounts.check(provider, given)
        return await watchword.manage_provider_accounts.put(name, provider, given)

    try:
        on_installation(work, data_dir)
    except AccountError as error:
        raise Failure(str(error), code=USAGE) from None
    click.secho(f"✓ {name} is kept; its credentials are sealed", fg="green")


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
@data_dir_option
def test(name: str, data_dir: Path | None) -> None:
    """Ask the provider of the account NAME whether it takes the credentials; nothing is sent."""

    async def work(watchword: Watchword) -> Healthy | Refused | Unavailable | None:
        provider = watchword.accounts.receiver(name)
        return None if provider is None else await provider.probe()

    match on_installation(work, data_dir):
        case None:
            raise Failure(
                f"no provider account is called {name!r}, or it cannot be used", code=USAGE
            )
        case Healthy(detail):
            click.secho(f"✓ {name} answers: {detail}", fg="green")
        case Refused(kind, code, cause):
            raise Failure(f"{name} refused ({kind}): {code} {cause}", code=UNAVAILABLE)
        case Unavailable(cause):
            raise Failure(f"{name} cannot be reached: {cause}", code=UNAVAILABLE)


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
@data_dir_option
@json_option
def list_accounts(data_dir: Path | None, as_json: bool) -> None:
    """Show every account, without its credentials."""

    async def work(watchword: Watchword) -> list[ProviderAccount]:
        return list(await watchword.manage_provider_accounts.list())

    accounts = on_installation(work, data_dir)
    if as_json:
        write_json([{"name": a.name, "provider": a.provider, "paused": a.paused} for a in accounts])
        return
    for account in accounts:
        click.echo(f"{account.name}  {account.provider}{'  paused' if account.paused else ''}")


@command.command("pause")
@click.argument("name")
@click.option("--resume", is_flag=True, help="Send over it again.")
@data_dir_option
def pause(name: str, resume: bool, data_dir: Path | None) -> None:
    """Send nothing over the account NAME for now."""

    async def work(watchword: Watchword) -> None:
        await watchword.manage_provider_accounts.pause(name, paused=not resume)

    _plainly(work, data_dir)
    click.secho(f"✓ {name} is {'in use again' if resume else 'paused'}", fg="green")


@command.command("remove")
@click.argument("name")
@data_dir_option
def remove(name: str, data_dir: Path | None) -> None:
    """Take the account NAME and its credentials out."""

    async def work(watchword: Watchword) -> None:
        await watchword.manage_provider_accounts.remove(name)

    _plainly(work, data_dir)
    click.secho(f"✓ {name} is gone", fg="green")


def _plainly(work: Work, data_dir: Path | None) -> None:
    try:
        on_installation(work, data_dir)
    except NoSuchAccountError as error:
        raise Failure(str(error), code=USAGE) from None
