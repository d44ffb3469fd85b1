"""`watchword operators`: who may use the console and the management API."""

import sys
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import redirect_stdout
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import click
import segno

from watchword.app import Watchword
from watchword.cli.installation import USAGE, data_dir_option, on_installation
from watchword.cli.main import Failure
from watchword.cli.output import json_option, write_done, write_json, write_table
from watchword.domain.operator import EVERYWHERE, Grant, Operator, Role
from watchword.usecases.manage.operators import NoSuchOperatorError, NoSuchTokenError

T = TypeVar("T")
Work = Callable[[Watchword, Operator], Awaitable[T]]
WORDS = [role.value for role in Role]


@click.group("operators")
def command() -> None:
    """Say who may use the console and the management API, and how they sign in.

    A ROLE (viewer, operator or owner) holds everywhere, PROJECT=ROLE in one project.

    \b
    Example:
      watchword operators add ann owner
      watchword operators password ann
      watchword operators add ben viewer acme=operator
      watchword operators link ben
    """


@command.command("list")
@data_dir_option
@json_option
def list_operators(data_dir: Path | None, as_json: bool) -> None:
    """List the operators, what they may do, and how they sign in."""

    async def work(watchword: Watchword) -> list[tuple[Operator, Sequence[Grant]]]:
        manage = watchword.manage_operators
        return [(one, await manage.tokens(one)) for one in await manage.list()]

    found = on_installation(work, data_dir)
    if as_json:
        write_json([_plain(*one) for one in found])
        return
    write_table(
        ("name", "roles", "signs in by", "tokens", "last sign-in", "state"),
        [
            (
                operator.name,
                " ".join(_words(operator)),
                " ".join(_proofs(operator)) or "link",
                " ".join(token.hint for token in tokens) or "—",
                _day(operator.signed_in_at),
                "disabled" if operator.disabled else "live",
            )
            for operator, tokens in found
        ],
    )


@command.command("add")
@click.argument("name")
@click.argument("roles", metavar="ROLE...", nargs=-1, required=True)
@data_dir_option
@json_option
def add(name: str, roles: tuple[str, ...], data_dir: Path | None, as_json: bool) -> None:
    """Add the operator NAME; give them a password or a sign-in link then."""

    async def work(watchword: Watchword) -> Operator:
        return await watchword.manage_operators.create(name, await _roles(watchword, roles))

    made = on_installation(work, data_dir)
    if as_json:
        write_json(_plain(made))
        return
    click.secho(f"✓ {name} is an operator", fg="green")


@command.command("password")
@click.argument("name")
@click.option("--stdin", is_flag=True, help="Read it from standard input.")
@data_dir_option
@json_option
def password(name: str, stdin: bool, data_dir: Path | None, as_json: bool) -> None:
    """Give NAME another password, at least 12 characters; their sessions end."""
    if stdin:
        given = sys.stdin.readline().rstrip("\r\n")
    else:
        given = click.prompt("password", hide_input=True, confirmation_prompt=True, err=True)
    _on(name, lambda watchword, who: watchword.manage_operators.set_password(who, given), data_dir)
    write_done(f"{name} signs in by the new password", as_json=as_json)


@command.command("roles")
@click.argument("name")
@click.argument("roles", metavar="ROLE...", nargs=-1, required=True)
@data_dir_option
@json_option
def set_roles(name: str, roles: tuple[str, ...], data_dir: Path | None, as_json: bool) -> None:
    """Say anew what NAME may do, everywhere and in projects."""

    async def work(watchword: Watchword, who: Operator) -> Operator:
        return await watchword.manage_operators.set_roles(who, await _roles(watchword, roles))

    changed = _on(name, work, data_dir)
    if as_json:
        write_json(_plain(changed))
        return
    click.secho(f"✓ {name} has other roles from now on", fg="green")


@command.command("disable")
@click.argument("name")
@data_dir_option
@json_option
def disable(name: str, data_dir: Path | None, as_json: bool) -> None:
    """Let NAME do nothing, by no session, link or token."""
    _on(name, lambda watchword, who: watchword.manage_operators.disable(who), data_dir)
    write_done(f"{name} is refused from now on", as_json=as_json)


@command.command("enable")
@click.argument("name")
@data_dir_option
@json_option
def enable(name: str, data_dir: Path | None, as_json: bool) -> None:
    """Let NAME sign in again."""
    _on(name, lambda watchword, who: watchword.manage_operators.enable(who), data_dir)
    write_done(f"{name} may sign in", as_json=as_json)


@command.command("remove")
@click.argument("name")
@data_dir_option
@json_option
def remove(name: str, data_dir: Path | None, as_json: bool) -> None:
    """Take NAME out, with their sessions and tokens; the audit log keeps what they did."""
    _on(name, lambda watchword, who: watchword.manage_operators.remove(who), data_dir)
    write_done(f"{name} is gone", as_json=as_json)


@command.command("link")
@click.argument("name")
@data_dir_option
@json_option
def link(name: str, data_dir: Path | None, as_json: bool) -> None:
    """Print an address that signs NAME in once, within ten minutes, without password or code."""

    async def work(watchword: Watchword, who: Operator) -> str:
        settings = watchword.settings
        root = settings.public_url or f"http://{settings.host}:{settings.port}"
        return f"{root.rstrip('/')}/in/{await watchword.sign_in.make_link(who)}"

    address = _on(name, work, data_dir)
    if as_json:
        write_json({"url": address})
        return
    click.echo(address)


@command.command("token")
@click.argument("name")
@click.option("--for", "purpose", required=True, help="What the token is for.")
@click.option("--role", type=click.Choice(WORDS), default="viewer", help="The most it may.")
@data_dir_option
@json_option
def token(name: str, purpose: str, role: str, data_dir: Path | None, as_json: bool) -> None:
    """Make a token for the management API that acts as NAME; it is shown once, and lasts a year."""

    async def work(watchword: Watchword, who: Operator) -> tuple[str, Grant]:
        return await watchword.manage_operators.create_token(who, purpose, Role(role))

    secret, kept = _on(name, work, data_dir)
    if as_json:
        write_json({**_plain_token(kept), "token": secret})
        return
    click.echo(f"  token    {secret}")
    click.echo("  It is shown this once. Put it where your script finds it.")


@command.command("revoke-token")
@click.argument("which", metavar="HINT")
@data_dir_option
@json_option
def revoke_token(which: str, data_dir: Path | None, as_json: bool) -> None:
    """End a token, named by its hint or its digest."""

    async def work(watchword: Watchword) -> Grant:
        return await watchword.manage_operators.revoke_token(which)

    try:
        revoked = on_installation(work, data_dir)
    except NoSuchTokenError as error:
        raise Failure(str(error), code=USAGE) from None
    write_done(f"{revoked.hint} is refused from now on", as_json=as_json)


@command.command("totp")
@click.argument("name")
@click.option("--remove", "removes", is_flag=True, help="Ask NAME for no code any more.")
@data_dir_option
@json_option
def totp(name: str, removes: bool, data_dir: Path | None, as_json: bool) -> None:
    """Have NAME asked for a one-time code too, made by an authenticator on their phone."""
    if removes:
        _on(name, lambda watchword, who: watchword.manage_operators.remove_totp(who), data_dir)
        write_done(f"{name} signs in without a code", as_json=as_json)
        return

    async def begin(watchword: Watchword, who: Operator) -> tuple[str, str]:
        return watchword.manage_operators.begin_totp(who)

    secret, uri = _on(name, begin, data_dir)
    with redirect_stdout(sys.stderr):
        segno.make_qr(uri).terminal(compact=True)
    click.echo(f"  secret   {secret}\n  address  {uri}", err=True)
    code = click.prompt("The code it shows", err=True)
    _on(
        name,
        lambda watchword, who: watchword.manage_operators.confirm_totp(who, secret, code),
        data_dir,
    )
    write_done(f"{name} signs in with a code from now on", as_json=as_json)


def _on(name: str, work: Work[T], data_dir: Path | None) -> T:
    """Do something to the operator of that name."""

    async def found(watchword: Watchword) -> T:
        return await work(watchword, await watchword.manage_operators.find(name))

    try:
        return on_installation(found, data_dir)
    except NoSuchOperatorError as error:
        raise Failure(str(error), code=USAGE) from None


async def _roles(watchword: Watchword, given: tuple[str, ...]) -> dict[str, Role]:
    """Roles from words, with the ids of the projects named."""
    roles: dict[str, Role] = {}
    for text in given:
        where, _, word = text.rpartition("=")
        if word not in WORDS:
            raise ValueError(f"{word!r} is no role: there are {', '.join(WORDS)}")
        found = EVERYWHERE if not where else str((await watchword.manage_projects.find(where)).id)
        roles[found] = Role(word)
    return roles


def _plain(operator: Operator, tokens: Sequence[Grant] = ()) -> dict[str, object]:
    return {
        "id": str(operator.id),
        "name": operator.name,
        "roles": operator.roles,
        "password": operator.password is not None,
        "totp": operator.totp is not None,
        "disabled": operator.disabled,
        "created_at": operator.created_at,
        "signed_in_at": operator.signed_in_at,
        "locked_until": operator.locked_until or None,
        "tokens": [_plain_token(token) for token in tokens],
    }


def _plain_token(token: Grant) -> dict[str, object]:
    return {
        "digest": token.digest.hex(),
        "hint": token.hint,
        "name": token.name,
        "role": token.role,
        "created_at": token.created_at,
        "expires_at": token.expires_at,
    }


def _words(operator: Operator) -> Iterator[str]:
    for where, role in operator.roles.items():
        yield role if where == EVERYWHERE else f"{where}={role}"


def _proofs(operator: Operator) -> Iterator[str]:
    if operator.password:
        yield "password"
        if operator.totp:
            yield "code"


def _day(at: int | None) -> str:
    return f"{datetime.fromtimestamp(at / 1000, UTC):%Y-%m-%d %H:%M}" if at else "—"
