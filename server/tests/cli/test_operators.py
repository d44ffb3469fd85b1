"""The commands for operators: what they do, what they show, and what they never show."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pyotp
import pytest
from click.testing import CliRunner, Result

from watchword.cli.main import command

Cli = Callable[..., Result]
PASSWORD = "correct horse battery"


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cli:
    monkeypatch.setenv("WATCHWORD_DATA_DIR", str(tmp_path))
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str, typed: str = "") -> Result:
        words = ["operators", *arguments]
        return CliRunner().invoke(command, words, prog_name="watchword", input=typed)

    return run


@pytest.fixture
def ann(cli: Cli) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(cli("add", "ann", "owner", "--json").stdout)
    return made


def listed(cli: Cli) -> dict[str, dict[str, Any]]:
    return {one["name"]: one for one in json.loads(cli("list", "--json").stdout)}


def test_an_operator_is_added_and_listed(cli: Cli, ann: dict[str, Any]) -> None:
    assert (ann["name"], ann["roles"], ann["password"]) == ("ann", {"*": "owner"}, False)
    assert listed(cli) == {"ann": ann}
    shown = cli("list").stdout
    assert re.search(r"ann +owner +link +— +— +live", shown), shown
    again = cli("add", "ann", "owner")
    assert (again.exit_code, "already" in again.stderr) == (2, True)


def test_roles_are_given_everywhere_or_in_a_project(cli: Cli, ann: dict[str, Any]) -> None:
    arguments = ["projects", "create", "acme", "--json"]
    acme = json.loads(CliRunner().invoke(command, arguments).stdout)["customer_uuid"]
    assert cli("add", "ben", "viewer", "acme=operator").exit_code == 0
    assert listed(cli)["ben"]["roles"] == {"*": "viewer", acme: "operator"}
    changed = cli("roles", "ben", f"{acme}=viewer", "--json")
    assert json.loads(changed.stdout)["roles"] == {acme: "viewer"}
    for roles, said in (
        (["king"], "'king' is no role"),
        (["nowhere=owner"], "no project is called 'nowhere'"),
        ([], "Missing argument"),
    ):
        refused = cli("roles", "ben", *roles)
        assert (refused.exit_code, said in refused.stderr) == (2, True), refused.stderr
    assert listed(cli)["ben"]["roles"] == {acme: "viewer"}


def test_a_password_is_typed_unseen_or_piped(cli: Cli, ann: dict[str, Any]) -> None:
    typed = cli("password", "ann", typed=f"{PASSWORD}\n{PASSWORD}\n")
    piped = cli("password", "ann", "--stdin", typed=f"{PASSWORD}\r\n")
    for done in (typed, piped):
        assert done.exit_code == 0, done.stderr
        assert PASSWORD not in done.output
    assert listed(cli)["ann"]["password"] is True
    short = cli("password", "ann", "--stdin", typed="short\n")
    assert (short.exit_code, "at least 12 characters" in short.stderr) == (2, True)


def test_the_last_owner_is_neither_disabled_nor_removed(cli: Cli, ann: dict[str, Any]) -> None:
    for refused in (cli("disable", "ann"), cli("remove", "ann"), cli("roles", "ann", "viewer")):
        assert (refused.exit_code, "last owner" in refused.stderr) == (2, True)
    cli("add", "ben", "owner")
    assert cli("disable", "ann").exit_code == 0
    assert listed(cli)["ann"]["disabled"] is True
    assert cli("enable", "ann").exit_code == 0
    assert cli("remove", "ben").exit_code == 0
    assert listed(cli) == {"ann": ann}


def test_a_link_begins_with_the_public_address(
    cli: Cli, ann: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WATCHWORD_PORT", "8765")
    assert re.fullmatch(r"http://127\.0\.0\.1:8765/in/[\w-]{43}\n", cli("link", "ann").stdout)
    monkeypatch.setenv("WATCHWORD_PUBLIC_URL", "https://verify.example/")
    url = json.loads(cli("link", "ann", "--json").stdout)["url"]
    assert re.fullmatch(r"https://verify\.example/in/[\w-]{43}", url)


def test_a_token_is_shown_once_and_revoked_by_its_hint(cli: Cli, ann: dict[str, Any]) -> None:
    made = json.loads(cli("token", "ann", "--for", "ci", "--role", "operator", "--json").stdout)
    assert made["token"].startswith("wwm_")
    assert "wwm_" in cli("token", "ann", "--for", "other").stdout
    tokens = {token["name"]: token for token in listed(cli)["ann"]["tokens"]}
    assert {name: token["role"] for name, token in tokens.items()} == {
        "ci": "operator",
        "other": "viewer",
    }
    assert made["token"] not in cli("list", "--json").stdout
    assert made["hint"] in cli("list").stdout
    assert cli("revoke-token", made["hint"]).exit_code == 0
    again = cli("revoke-token", made["hint"])
    assert (again.exit_code, "no token" in again.stderr) == (2, True)


def test_codes_are_asked_for_once_the_device_has_made_one(
    cli: Cli, ann: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = cli("totp", "ann", typed="no code\n")
    assert (wrong.exit_code, "not right" in wrong.stderr) == (2, True)
    assert listed(cli)["ann"]["totp"] is False
    secret = pyotp.random_base32()
    monkeypatch.setattr(pyotp, "random_base32", lambda: secret)
    monkeypatch.setattr(click, "prompt", lambda *_, **__: pyotp.TOTP(secret).now())
    done = cli("totp", "ann")
    assert (done.exit_code, f"secret={secret}" in done.stderr) == (0, True), done.stderr
    assert listed(cli)["ann"]["totp"] is True
    assert cli("totp", "ann", "--remove").exit_code == 0
    assert listed(cli)["ann"]["totp"] is False


@pytest.mark.parametrize(
    "arguments",
    [
        ["password", "ben", "--stdin"],
        ["roles", "ben", "owner"],
        ["disable", "ben"],
        ["link", "ben"],
        ["token", "ben", "--for", "ci"],
        ["totp", "ben"],
    ],
)
def test_who_is_not_there_is_said_with_who_is(
    cli: Cli, ann: dict[str, Any], arguments: list[str]
) -> None:
    refused = cli(*arguments, typed=f"{PASSWORD}\n")
    assert refused.exit_code == 2
    assert "no operator is called 'ben'; there are ann" in refused.stderr
