"""`watchword projects`: make projects and change their settings."""

from pathlib import Path

import click
import msgspec
from msgspec.structs import replace

from watchword.app import Watchword
from watchword.cli.installation import data_dir_option, on_installation
from watchword.cli.main import Failure
from watchword.cli.output import json_option, write_json, write_pairs, write_table
from watchword.domain.money import Money, parse_amount
from watchword.domain.phone_number import mask
from watchword.domain.project import Mode, Project
from watchword.ports.store import Change
from watchword.usecases.manage.project_settings import warnings_of, with_changes


@click.group("projects")
def command() -> None:
    """Make projects and change their settings; a running service follows within a second."""


@command.command("list")
@data_dir_option
@json_option
def list_projects(data_dir: Path | None, as_json: bool) -> None:
    """List every project."""

    async def work(watchword: Watchword) -> list[Project]:
        return list(await watchword.store.projects())

    projects = on_installation(work, data_dir)
    if as_json:
        write_json([_plain(project) for project in projects])
        return
    write_table(
        ("name", "customer", "mode", "state"),
        [
            (p.name, str(p.id), p.mode.value, "suspended" if p.suspended else "running")
            for p in projects
        ],
    )


@command.command("show")
@click.argument("project", required=False)
@data_dir_option
@json_option
def show_project(project: str | None, data_dir: Path | None, as_json: bool) -> None:
    """Show a project with every setting, its balance and its callback secrets."""

    async def work(watchword: Watchword) -> tuple[Project, int | None, tuple[str, ...]]:
        found = await watchword.manage_projects.find(project)
        secrets = watchword.keyring.callback_secrets(found.id)
        return found, await watchword.store.balance(found.id), secrets

    found, balance, secrets = on_installation(work, data_dir)
    if as_json:
        write_json({**_plain(found), "balance": balance, "callback_secrets": secrets})
        return
    currency = found.settings.currency
    write_pairs(
        [
            ("name", found.name),
            ("customer", str(found.id)),
            ("mode", found.mode.value),
            ("state", "suspended" if found.suspended else "running"),
            ("balance", "not prepaid" if balance is None else str(Money(balance, currency))),
            ("callback secret", secrets[0]),
            *(
                (name, msgspec.json.encode(getattr(found.settings, name)).decode())
                for name in found.settings.__struct_fields__
            ),
        ]
    )


@command.command("create")
@click.argument("name")
@click.option("--live", is_flag=True, help="Messages leave this machine, over routes you set.")
@data_dir_option
@json_option
def create_project(name: str, live: bool, data_dir: Path | None, as_json: bool) -> None:
    """Make a project called NAME, with safe settings and a first key."""

    async def work(watchword: Watchword) -> tuple[Project, str]:
        mode = Mode.LIVE if live else Mode.SANDBOX
        project = await watchword.manage_projects.create(name, mode)
        key, _ = await watchword.manage_api_keys.create(project, name="first key")
        return project, key

    made, key = on_installation(work, data_dir)
    if as_json:
        write_json({**_plain(made), "api_key": key})
        return
    click.secho(f"✓ {made.name}", fg="green")
    click.echo(f"  customer {made.id}\n  key      {key}\n  The key is shown this once.")


@command.command("set")
@click.argument("project")
@click.argument("changes", nargs=-1, required=True, metavar="NAME=VALUE ...")
@data_dir_option
@json_option
def set_project(
    project: str, changes: tuple[str, ...], data_dir: Path | None, as_json: bool
) -> None:
    """Change settings of PROJECT; values are JSON, or else text. `mode` is `sandbox` or `live`.

    \b
    Example:
      watchword projects set default app_name=Acme code_length=8
      watchword projects set default limits.ip_hour=50 'regions=["FR","DE"]'
      watchword projects set default mode=live
    """

    async def work(watchword: Watchword) -> Project:
        found = await watchword.manage_projects.find(project)
        modes = [change.removeprefix("mode=") for change in changes if change.startswith("mode=")]
        if modes and modes[-1] not in set(Mode):
            raise Failure(f"mode is sandbox or live, not {modes[-1]!r}", code=2)
        rest = tuple(change for change in changes if not change.startswith("mode="))
        return await watchword.manage_projects.change(
            found,
            settings=with_changes(found.settings, rest),
            mode=Mode(modes[-1]) if modes else None,
        )

    changed = on_installation(work, data_dir)
    for warning in warnings_of(changed.settings):
        click.secho(f"! {warning}", fg="yellow", err=True)
    if as_json:
        write_json(_plain(changed))
        return
    click.secho(f"✓ {changed.name} is changed", fg="green")


def _suspend(project: str, data_dir: Path | None, *, suspended: bool) -> Project:
    async def work(watchword: Watchword) -> Project:
        found = await watchword.manage_projects.find(project)
        return await watchword.manage_projects.change(found, suspended=suspended)

    return on_installation(work, data_dir)


@command.command("suspend")
@click.argument("project")
@data_dir_option
@json_option
def suspend_project(project: str, data_dir: Path | None, as_json: bool) -> None:
    """Stop PROJECT from sending; codes on their way can still be checked."""
    suspended = _suspend(project, data_dir, suspended=True)
    if as_json:
        write_json(_plain(suspended))
        return
    click.secho(f"✓ {suspended.name} is suspended", fg="green")


@command.command("resume")
@click.argument("project")
@data_dir_option
@json_option
def resume_project(project: str, data_dir: Path | None, as_json: bool) -> None:
    """Let PROJECT send again."""
    resumed = _suspend(project, data_dir, suspended=False)
    if as_json:
        write_json(_plain(resumed))
        return
    click.secho(f"✓ {resumed.name} sends again", fg="green")


@command.command("remove")
@click.argument("project")
@data_dir_option
@json_option
def remove_project(project: str, data_dir: Path | None, as_json: bool) -> None:
    """Remove PROJECT with its keys and all of its history; only a sandbox project can be removed.

    \b
    Example:
      watchword projects remove sample
    """

    async def work(watchword: Watchword) -> tuple[Project, int]:
        found = await watchword.manage_projects.find(project)
        return found, await watchword.manage_projects.remove(found)

    removed, rows = on_installation(work, data_dir)
    if as_json:
        write_json({**_plain(removed), "rows": rows})
        return
    click.secho(f"✓ {removed.name} is removed, {rows} rows with it", fg="green")


@command.command("top-up")
@click.argument("project")
@click.argument("amount")
@data_dir_option
@json_option
def top_up_project(project: str, amount: str, data_dir: Path | None, as_json: bool) -> None:
    """Add AMOUNT of its currency to the balance of PROJECT, which is prepaid from then on.

    \b
    Example:
      watchword projects top-up default 25.00
    """

    async def work(watchword: Watchword) -> tuple[Project, int]:
        found = await watchword.manage_projects.find(project)
        return found, await watchword.manage_projects.top_up(found, parse_amount(amount))

    found, balance = on_installation(work, data_dir)
    if as_json:
        write_json({**_plain(found), "balance": balance})
        return
    click.secho(f"✓ the balance is {Money(balance, found.settings.currency)}", fg="green")


@command.command("unlock")
@click.argument("project")
@click.argument("number")
@data_dir_option
@json_option
def unlock_number(project: str, number: str, data_dir: Path | None, as_json: bool) -> None:
    """Forget the wrong codes typed for NUMBER, so that it can be verified again."""

    async def work(watchword: Watchword) -> bool:
        found = await watchword.manage_projects.find(project)
        for _ in range(10):
            history = await watchword.store.history(found.id, number)
            if not history.version:
                return False
            change = Change(
                project_id=found.id,
                history=replace(history, failed_at=(), failed_in_a_row=0),
                at=watchword.operations.clock.now(),
            )
            if await watchword.store.save(change):
                return True
        return False

    unlocked = on_installation(work, data_dir)
    if as_json:
        write_json({"unlocked": unlocked})
    elif unlocked:
        click.secho(f"✓ {mask(number)} can be verified again", fg="green")
    else:
        raise Failure(f"nothing is remembered of {mask(number)} in this project")


def _plain(project: Project) -> dict[str, object]:
    return {
        "customer_uuid": str(project.id),
        "name": project.name,
        "mode": project.mode,
        "suspended": project.suspended,
        "settings": project.settings,
    }
