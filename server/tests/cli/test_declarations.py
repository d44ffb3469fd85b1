"""Routes, and projects and accounts as a file: what the command line says of them and does."""

import json
import tomllib
from pathlib import Path

import pytest
from click.testing import Result
from server.tests.cli.test_commands import Cli, cli

__all__ = ["cli"]

FILE = """
port = 1

[providers.carrier]
provider = "smpp"
host = "127.0.0.1"
port = "2775"
system_id = "acme"
password = "env:CARRIER_PASSWORD"

[projects.shop]
mode = "live"
app_name = "Acme"
[projects.shop.limits]
ip_hour = 50
[[projects.shop.routes]]
name = "sms"
account = "carrier"
channel = "sms"
price = 45000
prefixes = ["+33"]
"""


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CARRIER_PASSWORD", "a-secret-of-theirs")
    path = tmp_path / "watchword.toml"
    path.write_text(FILE, encoding="utf-8")
    return path


def changes(result: Result) -> dict[str, list[str]]:
    assert result.exit_code == 0, result.output
    found: dict[str, list[str]] = json.loads(result.stdout)["changes"]
    return found


def test_a_file_is_applied_once_and_changes_nothing_the_second_time(cli: Cli, file: Path) -> None:
    shown = cli("apply", "--dry-run")
    assert shown.exit_code == 0, shown.output
    assert "is a new account of the kind smpp" in shown.stdout
    assert 'app_name: null → "Acme"' in shown.stdout
    assert "a-secret-of-theirs" not in shown.output
    assert set(changes(cli("apply", "--json"))) == {"providers.carrier", "projects.shop"}
    assert changes(cli("apply", "--json")) == {}
    assert "all is as the file says" in cli("apply", str(file)).stdout
    project = json.loads(cli("projects", "show", "shop", "--json").stdout)
    assert project["mode"] == "live"
    assert project["settings"]["limits"]["ip_hour"] == 50
    assert project["settings"]["limits"]["number_day"] == 20


def test_what_a_file_changes_is_shown_and_asked_before_it_is_done(
    cli: Cli, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cli("apply", "--yes")
    monkeypatch.setenv("CARRIER_PASSWORD", "another-one")
    file.write_text(FILE.replace("[providers.carrier]", "[providers.carrier]\npaused = true"))
    declined = cli("apply")
    assert "password: changed" in declined.stdout
    assert "another-one" not in declined.output
    assert "done" not in declined.stdout
    assert "paused" in cli("apply", "--yes").stdout
    assert "paused" in cli("providers", "list").stdout


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (FILE.replace('account = "carrier"', 'account = "nobody"'), "names no account"),
        (FILE.replace('"smpp"', '"pigeon"'), "no provider is called 'pigeon'"),
        (FILE.replace("app_name", "ap_name"), "there is no setting 'ap_name'"),
        (FILE.replace("env:CARRIER_PASSWORD", "env:NOT_SET"), "NOT_SET is not set"),
        (FILE.replace("env:CARRIER_PASSWORD", "file:/nowhere"), "cannot be read"),
        (FILE.replace('mode = "live"', 'mode = "dead"'), "not a valid Mode"),
        (FILE + "[projects.shop.limits]", "cannot be used"),
    ],
)
def test_a_file_with_a_fault_changes_nothing(cli: Cli, file: Path, wrong: str, said: str) -> None:
    path = file.with_name("other.toml")
    path.write_text(wrong, encoding="utf-8")
    result = cli("apply", str(path), "--yes")
    assert result.exit_code == 2
    assert said in result.stderr
    assert cli("projects", "list", "--json").stdout == "[]\n"
    accounts = json.loads(cli("providers", "list", "--json").stdout)
    assert [account["name"] for account in accounts] == ["sandbox"]


def test_what_is_exported_can_be_applied_and_holds_no_secret(cli: Cli, file: Path) -> None:
    cli("apply", "--yes")
    exported = cli("export").stdout
    assert "a-secret-of-theirs" not in exported
    assert tomllib.loads(exported)["providers"]["carrier"]["password"] == ("env:CARRIER_PASSWORD")
    file.write_text(exported, encoding="utf-8")
    assert changes(cli("apply", "--json")) == {}


def test_routes_are_added_explained_and_removed(cli: Cli, file: Path) -> None:
    cli("apply", "--yes")
    added = cli(
        *("routes", "add", "us", "--account", "carrier", "--channel", "sms", "--sender-id", "Acme"),
        *("--first", "--price", "0.01"),
    )
    assert added.exit_code == 0, added.output
    assert [r["name"] for r in json.loads(cli("routes", "list", "--json").stdout)] == ["us", "sms"]
    assert "0.045 EUR" in cli("routes", "list").stdout
    french = json.loads(cli("routes", "explain", "+33612345678", "--json").stdout)
    assert [(r["route"], r["place"]) for r in french["routes"]] == [("us", 1), ("sms", 2)]
    assert all("codes to FR" in r["because"] for r in french["routes"])
    again = json.loads(cli("routes", "explain", "+33612345678", "--after", "us", "--json").stdout)
    assert again["routes"][0]["route"] == "sms"
    cli("routes", "add", "mail", "--account", "sandbox", "--channel", "email")
    unwritten = cli("routes", "explain", "+33612345678").stdout
    assert "mail  sandbox email  (no email address is known)" in unwritten
    written = cli("routes", "explain", "+33612345678", "--email", "ada@example.com").stdout
    assert "3.  mail  sandbox email" in written
    american = cli("routes", "explain", "+12025550123").stdout
    assert "US takes no sender that is a name" in american
    assert "sms  carrier sms  (it does not serve this number)" in american
    cli("providers", "pause", "carrier")
    assert "account: paused" in cli("routes", "explain", "+33612345678").stdout
    assert cli("routes", "remove", "us").exit_code == 0
    assert cli("routes", "remove", "us").exit_code == 2
    assert cli("routes", "add", "x", "--account", "nobody", "--channel", "sms").exit_code == 2
    assert cli("routes", "explain", "12").exit_code == 2
