"""`watchword projects`: make projects and change their settings."""

from typing import Any

import click
import msgspec

from watchword.cli.desk import Desk, with_desk
from watchword.cli.installation import USAGE
from watchword.cli.main import Failure
from watchword.cli.output import json_option, write_done, write_json, write_pairs, write_table
from watchword.domain.money import Money
from watchword.domain.project import Mode
from watchword.usecases.manage.project_settings import SettingError, values_of


@click.group("projects")
def command() -> None:
    """Make projects and change their settings; a running service follows within a second."""


@command.command("list")
@with_desk
@json_option
def list_projects(desk: Desk, as_json: bool) -> None:
    """List every project."""
    projects = desk.call("list_projects")["items"]
    if as_json:
        write_json(projects)
        return
    write_table(
        ("name", "customer", "mode", "state"),
        [
            (
                project["name"],
                project["customer_uuid"],
                project["mode"],
                "suspended" if project["suspended"] else "running",
            )
            for project in projects
        ],
    )


@command.command("show")
@click.argument("project", required=False)
@with_desk
@json_option
def show_project(desk: Desk, project: str | None, as_json: bool) -> None:
    """Show a project with its settings and its balance; `watchword manage list_entries` has its lists."""
    found = _project(desk, project)
    balance = desk.call("read_budgets", project=found["customer_uuid"])["balance"]
    if as_json:
        write_json({**found, "balance": balance})
        return
    settings = found["settings"]
    money = "not prepaid" if balance is None else str(Money(balance, settings["currency"]))
    write_pairs(
        [
            ("name", found["name"]),
            ("customer", found["customer_uuid"]),
            ("mode", found["mode"]),
            ("state", "suspended" if found["suspended"] else "running"),
            ("balance", money),
            *((name, msgspec.json.encode(value).decode()) for name, value in settings.items()),
        ]
    )


@command.command("callback-secret")
@click.argument("project", required=False)
@with_desk
@json_option
def callback_secret(desk: Desk, project: str | None, as_json: bool) -> None:
    """Show what the callbacks of PROJECT are signed with; the audit log says who looked."""
    told = desk.call("reveal_callback_secret", project=project)
    if as_json:
        write_json({"callback_secrets": [told["secret"], *told["earlier"]]})
        return
    click.echo(told["secret"])


@command.command("create")
@click.argument("name")
@click.option("--live", is_flag=True, help="Messages leave this machine, over routes you set.")
@with_desk
@json_option
def create_project(desk: Desk, name: str, live: bool, as_json: bool) -> None:
    """Make a project called NAME, with safe settings and a first key."""
    mode = Mode.LIVE if live else Mode.SANDBOX
    made = desk.call("create_project", {"name": name, "mode": mode})
    key = desk.call("create_key", {"name": "first key"}, made["customer_uuid"])["secret"]
    if as_json:
        write_json({**made, "api_key": key})
        return
    click.secho(f"✓ {made['name']}", fg="green")
    click.echo(f"  customer {made['customer_uuid']}\n  key      {key}")
    click.echo("  The key is shown this once.")


@command.command("set")
@click.argument("project")
@click.argument("changes", nargs=-1, required=True, metavar="NAME=VALUE ...")
@with_desk
@json_option
def set_project(desk: Desk, project: str, changes: tuple[str, ...], as_json: bool) -> None:
    """Change settings of PROJECT; values are JSON, or else text. `mode` is `sandbox` or `live`.

    \b
    Example:
      watchword projects set default app_name=Acme code_length=8
      watchword projects set default limits.ip_hour=50 'regions=["FR","DE"]'
      watchword projects set default mode=live
    """
    try:
        values = values_of(changes)
    except SettingError as error:
        raise Failure(str(error), code=USAGE) from None
    mode = values.pop("mode", None)
    if mode not in (None, *(known.value for known in Mode)):
        raise Failure(f"mode is sandbox or live, not {mode!r}", code=USAGE)
    done = desk.call("change_project", {"settings": values}, project)
    if mode is not None:
        desk.call("set_mode", {"mode": mode}, project)
    for warning in done.get("warnings", ()):
        click.secho(f"! {warning}", fg="yellow", err=True)
    _say(desk, project, as_json, f"{project} is changed")


@command.command("suspend")
@click.argument("project")
@with_desk
@json_option
def suspend_project(desk: Desk, project: str, as_json: bool) -> None:
    """Stop PROJECT from sending; codes on their way can still be checked."""
    _say(desk, project, as_json, desk.call("suspend_project", project=project)["message"])


@command.command("resume")
@click.argument("project")
@with_desk
@json_option
def resume_project(desk: Desk, project: str, as_json: bool) -> None:
    """Let PROJECT send again."""
    _say(desk, project, as_json, desk.call("resume_project", project=project)["message"])


@command.command("remove")
@click.argument("project")
@with_desk
@json_option
def remove_project(desk: Desk, project: str, as_json: bool) -> None:
    """Remove PROJECT with its keys and all of its history; only a sandbox project can be removed.

    \b
    Example:
      watchword projects remove sample
    """
    done = desk.call("remove_project", project=project)
    write_done(done["message"], as_json=as_json)


@command.command("top-up")
@click.argument("project")
@click.argument("amount")
@with_desk
@json_option
def top_up_project(desk: Desk, project: str, amount: str, as_json: bool) -> None:
    """Add AMOUNT of its currency to the balance of PROJECT, which is prepaid from then on.

    \b
    Example:
      watchword projects top-up default 25.00
    """
    done = desk.call("top_up", {"amount": amount}, project)
    if as_json:
        write_json({"balance": desk.call("read_budgets", project=project)["balance"]})
        return
    click.secho(f"✓ {done['message']}", fg="green")


@command.command("unlock")
@click.argument("project")
@click.argument("number")
@with_desk
@json_option
def unlock_number(desk: Desk, project: str, number: str, as_json: bool) -> None:
    """Forget the wrong codes typed for NUMBER, so that it can be verified again."""
    done = desk.call("unlock_number", {"phone_number": number}, project)
    write_done(done["message"], as_json=as_json)


def _project(desk: Desk, project: str | None) -> dict[str, Any]:
    """A project with its settings, but for the lists, whose numbers are shown masked elsewhere."""
    found = desk.call("read_project", project=project)
    return {**found["view"], "settings": found["settings"]}


def _say(desk: Desk, project: str, as_json: bool, words: str) -> None:
    if as_json:
        write_json(_project(desk, project))
        return
    click.secho(f"✓ {words}", fg="green")
