"""`watchword keys`: make, list and revoke API keys."""

from datetime import UTC, datetime
from pathlib import Path

import click

from watchword.app import Watchword
from watchword.cli.installation import data_dir_option, on_installation, project_option
from watchword.cli.output import json_option, write_json, write_table
from watchword.domain.api_key import ApiKey, Scope


@click.group("keys")
def command() -> None:
    """Make, list and revoke API keys; a running service follows within a second."""


@command.command("list")
@project_option
@data_dir_option
@json_option
def list_keys(project: str | None, data_dir: Path | None, as_json: bool) -> None:
    """List the keys of a project; of a key itself only its hint is kept."""

    async def work(watchword: Watchword) -> list[ApiKey]:
        found = await watchword.manage_projects.find(project)
        return await watchword.manage_api_keys.list(found)

    keys = on_installation(work, data_dir)
    if as_json:
        write_json([_plain(key) for key in keys])
        return
    write_table(
        ("id", "key", "name", "scopes", "made", "last used", "state"),
        [
            (
                str(key.id),
                key.hint,
                key.name or "—",
                " ".join(key.scopes),
                _day(key.created_at),
                _day(key.last_used_at),
                "revoked" if key.revoked_at else "live",
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
@data_dir_option
@json_option
def create_key(
    name: str,
    scopes: tuple[str, ...],
    project: str | None,
    data_dir: Path | None,
    as_json: bool,
) -> None:
    """Make a key; it is shown once, and only its hash is kept."""

    async def work(watchword: Watchword) -> tuple[str, ApiKey]:
        found = await watchword.manage_projects.find(project)
        chosen = tuple(Scope(scope) for scope in scopes) or tuple(Scope)
        return await watchword.manage_api_keys.create(found, name=name, scopes=chosen)

    key, kept = on_installation(work, data_dir)
    if as_json:
        write_json({**_plain(kept), "api_key": key})
        return
    click.echo(f"  key      {key}\n  customer {kept.project_id}")
    click.echo("  It is shown this once. Put it where your application finds it.")


@command.command("revoke")
@click.argument("key_id", metavar="ID")
@data_dir_option
@json_option
def revoke_key(key_id: str, data_dir: Path | None, as_json: bool) -> None:
    """End a key, named by its id or its hint."""

    async def work(watchword: Watchword) -> ApiKey:
        return await watchword.manage_api_keys.revoke(key_id)

    revoked = on_installation(work, data_dir)
    if as_json:
        write_json(_plain(revoked))
        return
    click.secho(f"✓ {revoked.hint} is refused from now on", fg="green")


def _plain(key: ApiKey) -> dict[str, object]:
    return {
        "id": str(key.id),
        "customer_uuid": str(key.project_id),
        "hint": key.hint,
        "name": key.name,
        "scopes": key.scopes,
        "created_at": key.created_at,
        "last_used_at": key.last_used_at,
        "revoked_at": key.revoked_at,
    }


def _day(at: int | None) -> str:
    return f"{datetime.fromtimestamp(at / 1000, UTC):%Y-%m-%d %H:%M}" if at else "—"
