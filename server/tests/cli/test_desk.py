"""Operations from the command line: on this machine, and over the management API of a service."""

import json
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from watchword.cli.main import command
from watchword.domain.operator import EVERYWHERE, Role
from watchword.testing import RunningService, running_service


@pytest.fixture(scope="module")
def service() -> Iterator[RunningService]:
    with running_service(log_level="error") as running:
        yield running


def token_of(service: RunningService, name: str, role: Role) -> str:
    operators = service.watchword.manage_operators

    async def make() -> str:
        made = await operators.create(name, {EVERYWHERE: role})
        return (await operators.create_token(made, "test", role))[0]

    return service.run(make())


def typed(*arguments: str, **environment: str) -> Result:
    names = {f"WATCHWORD_{name.upper()}": value for name, value in environment.items()}
    return CliRunner().invoke(command, arguments, env={"NO_COLOR": "1", **names})


def test_the_same_is_carried_out_here_and_far_away(service: RunningService, tmp_path: Path) -> None:
    token = token_of(service, "script", Role.OWNER)
    far = {"manage_url": service.url, "manage_token": token}
    here = {"data_dir": str(tmp_path)}
    for where in (far, here):
        made = typed("manage", "create_project", "name=shop", "mode=sandbox", **where)
        assert json.loads(made.output)["name"] == "shop"
        added = typed(
            *("manage", "add_entry", "list=blocked", "kind=prefix", "value=+99890"),
            *("--project", "shop"),
            **where,
        )
        assert json.loads(added.output)["message"] == "The prefix is blocked now."
        listed = typed("manage", "list_entries", "--project", "shop", **where)
        (entry,) = json.loads(listed.output)["items"]
        assert entry["value"] == "+99890"
        report = typed("manage", "read_report", "period=7d", "--project", "all", **where)
        assert json.loads(report.output)["now"]["started"] == 0


def test_what_is_exported_from_one_is_applied_to_another(
    service: RunningService, tmp_path: Path
) -> None:
    token = token_of(service, "deployer", Role.OWNER)
    far = {"manage_url": service.url, "manage_token": token}
    file = tmp_path / "watchword.toml"
    file.write_text('[projects.cafe]\nmode = "live"\ncode_length = 8\n')
    shown = typed("apply", str(file), "--dry-run", **far)
    assert "is a new project, live" in shown.output
    applied = typed("apply", str(file), "--yes", **far)
    assert applied.exit_code == 0
    assert "all is as the file says" in typed("apply", str(file), **far).output
    exported = tomllib.loads(typed("export", **far).output)
    assert exported["projects"]["cafe"] == {"mode": "live", "code_length": 8}
    again = tmp_path / "again.toml"
    again.write_text(typed("export", **far).output)
    assert typed("apply", str(again), "--yes", data_dir=str(tmp_path / "data")).exit_code == 0
    (entry,) = [
        note
        for note in json.loads(typed("manage", "list_audit", **far).output)["items"]
        if note["action"] == "project.created" and note["detail"]["name"] == "cafe"
    ]
    assert entry["actor"] == "operator:deployer"


def test_projects_keys_accounts_and_routes_are_kept_far_away(service: RunningService) -> None:
    token = token_of(service, "keeper", Role.OWNER)
    far = {"manage_url": service.url, "manage_token": token}

    def said(*arguments: str) -> str:
        done = typed(*arguments, **far)
        assert done.exit_code == 0, done.output
        return done.stdout

    made = json.loads(said("projects", "create", "far", "--json"))
    assert "far" in said("projects", "list")
    assert "app_name" in said("projects", "set", "far", "app_name=Far", "mode=live", "--json")
    shown = json.loads(said("projects", "show", "far", "--json"))
    assert (shown["mode"], shown["settings"]["app_name"]) == ("live", "Far")
    assert said("projects", "callback-secret", "far").startswith("whsec_")
    key = json.loads(said("keys", "create", "--project", "far", "--scope", "otp", "--json"))
    assert key["api_key"].startswith("ww_live_")
    assert json.loads(said("keys", "revoke", key["hint"], "--json"))["revoked_at"]
    listed = json.loads(said("keys", "list", "--project", "far", "--json"))
    assert [bool(one["revoked_at"]) for one in listed] == [False, True]
    assert made["api_key"] not in said("keys", "list", "--project", "far")
    credentials = ("account_sid=AC" + "0" * 32, "auth_token=" + "b" * 32)
    said(
        "providers",
        "add",
        "eu",
        "--provider",
        "twilio",
        *credentials,
        "base_url=http://127.0.0.1:1",
    )
    assert "in use" in said("providers", "list")
    said("providers", "pause", "eu")
    assert "paused" in said("providers", "list")
    said("routes", "add", "b", "--account", "eu", "--channel", "sms", "--project", "far")
    said("routes", "add", "a", "--account", "eu", "--channel", "sms", "--project", "far", "--first")
    routes = json.loads(said("routes", "list", "--project", "far", "--json"))
    assert [route["name"] for route in routes] == ["a", "b"]
    dry = ("routes", "explain", "+33612345678", "--project", "far")
    assert json.loads(said(*dry, "--after", "a", "--json"))["routes"][0]["route"] == "b"
    assert "account: paused" in said(*dry)
    nowhere = typed("providers", "test", "eu", **far)
    assert (nowhere.exit_code, "cannot be reached" in nowhere.stderr) == (69, True)
    for name in ("a", "b"):
        said("routes", "remove", name, "--project", "far")
    said("providers", "remove", "eu")
    which = typed("keys", "list", **far)
    assert (which.exit_code, "say which project: there are" in which.stderr) == (2, True)


def test_what_cannot_be_is_said_in_plain_words(service: RunningService, tmp_path: Path) -> None:
    viewer = token_of(service, "onlooker", Role.VIEWER)
    wrong = typed("manage", "read_me", manage_url=service.url, manage_token="wwm_nobody")
    assert wrong.exit_code == 1
    assert "does not take this token" in wrong.output
    small = typed("manage", "list_people", manage_url=service.url, manage_token=viewer)
    assert small.exit_code == 2
    assert "needs the role owner" in small.output
    nobody = typed("manage", "read_me", manage_url="http://127.0.0.1:9", manage_token=viewer)
    assert nobody.exit_code == 69
    assert "no service answers" in nobody.output
    assert "travels unencrypted" not in nobody.output
    plain = typed("manage", "read_me", manage_url="http://127.0.0.2:9", manage_token=viewer)
    assert "the token travels unencrypted" in plain.stderr
    unknown = typed("manage", "make_coffee", data_dir=str(tmp_path))
    assert unknown.exit_code == 2
    assert "no operation 'make_coffee'" in unknown.output
    field = typed("manage", "create_project", "name", data_dir=str(tmp_path))
    assert "no FIELD=VALUE" in field.output
    missing = typed("manage", "create_project", data_dir=str(tmp_path))
    assert missing.exit_code == 2
    assert "name" in missing.output
    assert "read_report" in typed("manage").output
