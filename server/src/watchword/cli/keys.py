"""`watchword keys`: make, list and revoke API keys."""

from datetime import UTC, datetime
from typing import Any

import click

from watchword.cli.desk import Desk, with_desk
from watchword.cli.installation import USAGE, project_option
from watchword.cli.main import Failure
from watchword.cli.output import json_option, write_json, write_table
from watchword.domain.api_key import Scope


@click.group("keys")
def command() -> None:
    """Make, list and revoke API keys; a running service follows within a second."""


@command.command("list")
@project_option
@with_desk
@json_option
def list_keys(desk: Desk, project: str | None, as_json: bool) -> None:
    """List the keys of a project; of a key itself only its hint is kept."""
    keys = desk.call("list_keys", project=project)["items"]
    if as_json:
        write_json(keys)
        return
    write_table(
        ("id", "key", "name", "scopes", "made", "last used", "state"),
        [
            (
                key["id"],
                key["hint"],
                key["name"] or "—",
                " ".join(key["scopes"]),
                _day(key["created_at"]),
                _day(key["last_used_at"]),
                "revoked" if key["revoked_at"] else "live",
            )
            for key in keys
        ],
    )


@command.command("create")
@click.option("--name", default="", help="What the key is for.")
@click.option(
    "--scope",
    "scopes",
    type=click.Choice([scope.value for scope in Scope]),
    multiple=True,
    help="What the key may do; everything where none is given.",
)
@project_option
@with_desk
@json_option
def create_key(
    desk: Desk, name: str, scopes: tuple[str, ...], project: str | None, as_json: bool
) -> None:
    """Make a key; it is shown once, and only its hash is kept."""
    made = desk.call("create_key", {"name": name, "scopes": scopes}, project)
    secret = made.pop("secret")
    if as_json:
        write_json({**made, "api_key": secret})
        return
    click.echo(f"  key      {secret}\n  customer {made['customer_uuid']}")
    click.echo("  It is shown this once. Put it where your application finds it.")


@command.command("revoke")
@click.argument("key_id", metavar="ID")
@with_desk
@json_option
def revoke_key(desk: Desk, key_id: str, as_json: bool) -> None:
    """End a key, named by its id or its hint."""
    key = _find(desk, key_id)
    done = desk.call("revoke_key", {"key": key["id"]}, key["customer_uuid"])
    if as_json:
        write_json(_find(desk, key["id"]))
        return
    click.secho(f"✓ {done['message']}", fg="green")


def _find(desk: Desk, key_id: str) -> dict[str, Any]:
    for project in desk.call("list_projects")["items"]:
        for key in desk.call("list_keys", project=project["customer_uuid"])["items"]:
            if key_id in (key["id"], key["hint"]):
                return dict(key)
    raise Failure(f"no key has the id {key_id!r}", code=USAGE)


def _day(at: int | None) -> str:
    return f"{datetime.fromtimestamp(at / 1000, UTC):%Y-%m-%d %H:%M}" if at else "—"
