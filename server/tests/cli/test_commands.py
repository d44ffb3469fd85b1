"""The command line without a service: what it says, and with which exit code."""

import json
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from watchword.cli.main import COMMANDS, command

Cli = Callable[..., Result]


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cli:
    monkeypatch.setenv("WATCHWORD_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("WATCHWORD_PORT", "1")
    monkeypatch.delenv("WATCHWORD_API_KEY", raising=False)
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(command, list(arguments), prog_name="watchword")

    return run


@pytest.fixture
def project(cli: Cli) -> dict[str, str]:
    made = cli("projects", "create", "acme", "--json")
    answer: dict[str, str] = json.loads(made.stdout)
    return answer


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(cli: Cli, name: str) -> None:
    result = cli(name, "--help")
    assert result.exit_code == 0
    assert f"Usage: watchword {name}" in result.stdout


JSON_ALREADY_OR_NOTHING_TO_SAY = {"export", "manage", "mcp", "worker"}


def test_every_command_writes_json_for_programs() -> None:
    context = click.Context(command)

    def leaves(known: click.Command, path: str) -> Iterator[tuple[str, click.Command]]:
        if not isinstance(known, click.Group):
            yield path.strip(), known
            return
        for name in known.list_commands(context):
            found = known.get_command(context, name)
            assert found is not None
            yield from leaves(found, f"{path} {name}")

    without = {
        path
        for path, leaf in leaves(command, "")
        if not any("--json" in option.opts for option in leaf.params)
    }
    assert without == JSON_ALREADY_OR_NOTHING_TO_SAY


def test_help_imports_no_more_than_it_shows() -> None:
    """`--help` must come at once: it may not load the service."""
    program = (
        "import sys; from watchword.cli.main import command\n"
        "try: command(['--help'], prog_name='watchword')\n"
        "except SystemExit: pass\n"
        "print([m for m in ('watchword.app', 'aiohttp', 'phonenumbers') if m in sys.modules])"
    )
    said = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    ).stdout
    assert said.splitlines()[-1] == "[]"
    assert all(name in said for name in COMMANDS)


def test_a_typo_is_met_with_the_command_that_was_meant(cli: Cli) -> None:
    result = cli("sned", "+33612345678")
    assert result.exit_code == 2
    assert "Did you mean `watchword send`?" in result.stderr


def test_a_project_comes_with_a_key_that_is_shown_once(cli: Cli, project: dict[str, str]) -> None:
    assert project["name"] == "acme"
    assert project["api_key"].startswith("ww_test_")
    listed = cli("keys", "list", "--json")
    assert project["api_key"] not in listed.stdout
    assert json.loads(listed.stdout)[0]["customer_uuid"] == project["customer_uuid"]


def test_keys_are_made_with_scopes_and_revoked(cli: Cli, project: dict[str, str]) -> None:
    made = json.loads(cli("keys", "create", "--name", "app", "--scope", "otp", "--json").stdout)
    assert made["scopes"] == ["otp"]
    assert cli("keys", "revoke", made["id"]).exit_code == 0
    states = {
        key["id"]: key["revoked_at"] for key in json.loads(cli("keys", "list", "--json").stdout)
    }
    assert states[made["id"]] is not None
    missing = cli("keys", "revoke", "nothing")
    assert (missing.exit_code, "no key has the id" in missing.stderr) == (2, True)


def test_settings_of_a_project_are_checked_before_they_are_kept(
    cli: Cli, project: dict[str, str]
) -> None:
    changed = cli(
        "projects", "set", "acme", "app_name=Acme", "limits.ip_hour=50", 'regions=["FR"]', "--json"
    )
    settings = json.loads(changed.stdout)["settings"]
    assert settings["app_name"] == "Acme"
    assert settings["limits"]["ip_hour"] == 50
    assert settings["regions"] == ["FR"]
    for change, said in (
        ("code_length=3", "code_length"),
        ("lifetime=601", "lifetime"),
        ("code_lenght=6", "Did you mean 'code_length'?"),
        ("limits.ip_huor=6", "Did you mean 'ip_hour'?"),
        ("nonsense", "name=value"),
        ('sender_ids=["far too long for a sender"]', "no sender"),
        ('templates=[{"template_id":"t","locale":"en","channel":null,"text":"no code"}]', "code"),
        ("mode=party", "sandbox or live"),
    ):
        refused = cli("projects", "set", "acme", change)
        assert (refused.exit_code, said in refused.stderr) == (2, True), refused.stderr
    kept = json.loads(cli("projects", "show", "acme", "--json").stdout)
    assert kept["settings"] == settings
    told = json.loads(cli("projects", "callback-secret", "acme", "--json").stdout)
    assert told["callback_secrets"][0].startswith("whsec_")
    assert cli("projects", "callback-secret").stdout.strip() == told["callback_secrets"][0]


def test_a_project_is_suspended_resumed_filled_and_made_live(
    cli: Cli, project: dict[str, str]
) -> None:
    assert json.loads(cli("projects", "suspend", "acme", "--json").stdout)["suspended"] is True
    assert json.loads(cli("projects", "resume", "acme", "--json").stdout)["suspended"] is False
    assert "25 EUR" in cli("projects", "top-up", "acme", "25.00").stdout
    assert cli("projects", "top-up", "acme", "much").exit_code == 2
    assert (
        json.loads(cli("projects", "set", "acme", "mode=live", "--json").stdout)["mode"] == "live"
    )
    assert "acme" in cli("projects", "list").stdout
    unknown = cli("projects", "unlock", "acme", "+33612345678")
    assert (unknown.exit_code, "nothing is remembered of" in unknown.stderr) == (2, True)
    assert cli("projects", "show", "nobody").exit_code == 2
    assert cli("projects", "create", "acme").exit_code == 2


def test_migrate_tells_the_schema_and_a_newer_database_is_left_alone(
    cli: Cli, tmp_path: Path
) -> None:
    assert json.loads(cli("migrate", "--json").stdout)["schema"] >= 1
    with sqlite3.connect(tmp_path / "watchword.db") as database:
        database.execute("PRAGMA user_version = 999")
    database.close()
    for arguments in (["migrate"], ["projects", "list"], ["serve", "--port", "0"]):
        result = cli(*arguments)
        assert result.exit_code == 69
        assert "newer than this program" in result.stderr
        assert "watchword.db" in result.stderr


def test_doctor_says_what_is_missing_and_what_to_do(cli: Cli, tmp_path: Path) -> None:
    empty = cli("doctor")
    assert empty.exit_code == 0
    assert "no database" in empty.stdout
    cli("projects", "create", "acme", "--live")
    (tmp_path / "keys.json").chmod(0o644)
    report = json.loads(cli("doctor", "--json").stdout)
    failures = [finding["what"] for finding in report if finding["level"] == "failure"]
    assert len(failures) == 2
    assert "can be read by others" in failures[0]
    assert "has no route" in failures[1]
    assert cli("doctor").exit_code == 1


def test_without_a_service_a_command_says_how_to_start_one(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    nothing = cli("send", "+33612345678")
    assert (nothing.exit_code, "no API key is known here" in nothing.stderr) == (2, True)
    monkeypatch.setenv("WATCHWORD_API_KEY", "a-key-of-enough-characters")
    monkeypatch.setenv("WATCHWORD_CUSTOMER_UUID", "0198c0de-0000-7000-8000-000000000001")
    monkeypatch.setenv("WATCHWORD_SERVER_URL", "http://127.0.0.1:1/v1")
    for arguments in (["send", "+33612345678"], ["inbox"], ["lookup", "+33612345678"]):
        result = cli(*arguments)
        assert result.exit_code == 69
        assert "watchword dev" in result.stderr


def test_a_setting_that_cannot_be_is_named(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "watchword.toml").write_text('durability = "maybe"\n', encoding="utf-8")
    result = cli("migrate")
    assert result.exit_code == 2
    assert "durability" in result.stderr
    (tmp_path / "watchword.toml").write_text("prot = 1\n", encoding="utf-8")
    result = cli("migrate")
    assert (result.exit_code, "prot" in result.stderr) == (2, True)


def test_an_account_is_added_where_its_kind_takes_the_credentials_and_tested(cli: Cli) -> None:
    kinds = cli("providers", "kinds").stdout
    assert "smpp  SMPP 3.4: sms" in kinds
    assert "system_id" in kinds
    unknown = cli("providers", "add", "carrier", "--provider", "nobody")
    assert unknown.exit_code == 2
    assert "plivo, sinch, smpp" in unknown.stderr
    missing = cli("providers", "add", "carrier", "--provider", "smpp", "host=127.0.0.1")
    assert missing.exit_code == 2
    assert "system_id" in missing.stderr
    given = ("host=127.0.0.1", "port=1", "system_id=acme", "password=a-secret")
    assert cli("providers", "add", "carrier", "--provider", "smpp", *given).exit_code == 0
    tested = cli("providers", "test", "carrier")
    assert tested.exit_code == 69
    assert "carrier cannot be reached" in tested.stderr
    assert "a-secret" not in tested.stdout + tested.stderr
    assert cli("providers", "test", "nobody").exit_code == 2
