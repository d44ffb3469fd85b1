"""Adding a provider: what is asked at a terminal, what is proposed, and what is kept."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from watchword.cli.main import command

Cli = Callable[..., Result]
SID, TOKEN = "AC" + "0" * 32, "b" * 32
LEFT_OUT = [""] * 6
"""Fields that nobody needs: a key instead of the token, senders, a template."""
NOWHERE = "base_url=http://127.0.0.1:9"


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cli:
    monkeypatch.setenv("WATCHWORD_DATA_DIR", str(tmp_path))

    def run(*arguments: str, typed: str = "") -> Result:
        return CliRunner().invoke(command, list(arguments), input=typed)

    run("projects", "create", "shop")
    return run


def settings(cli: Cli) -> dict[str, Any]:
    return dict(json.loads(cli("projects", "show", "--json").stdout)["settings"])


def routes(cli: Cli) -> list[dict[str, Any]]:
    return list(json.loads(cli("routes", "list", "--json").stdout))


def test_questions_lead_to_an_account_a_route_and_a_cap(cli: Cli) -> None:
    answers = [SID, TOKEN, *LEFT_OUT, "de fr", "voice", "0.08", "", "y"]
    done = cli("providers", "add", "twilio", NOWHERE, "--ask", typed="\n".join(answers) + "\n")
    assert done.exit_code == 0, done.output
    assert TOKEN not in done.output
    assert "! twilio cannot be reached" in done.stderr
    assert "✓ voice-twilio serves DE FR, at 0.08 EUR a message" in done.stdout
    assert "✓ at most 40 EUR a day in each" in done.stdout
    assert "`watchword projects set shop mode=live`" in done.stderr
    (route,) = routes(cli)
    assert (route["account"], route["channel"], route["price"]) == ("twilio", "voice", 80_000)
    assert route["prefixes"] == ["+49", "+33"]
    kept = settings(cli)
    assert kept["regions"] == ["DE", "FR"]
    assert kept["spend_caps"] == [
        {"period": "day", "amount": 40_000_000, "country": "DE"},
        {"period": "day", "amount": 40_000_000, "country": "FR"},
    ]


def test_a_second_account_adds_to_what_is_served_and_replaces_its_caps(cli: Cli) -> None:
    cli(
        *("projects", "set", "shop", 'regions=["GB"]'),
        'spend_caps=[{"period":"day","country":"US","amount":1},{"period":"hour","country":"US","amount":2}]',
    )
    given = ("--provider", "twilio", f"account_sid={SID}", f"auth_token={TOKEN}", "--no-check")
    answers = [*LEFT_OUT, "xx", "us ca", "", "much", "0.01", "7.5"]
    done = cli("providers", "add", "us", *given, "--ask", typed="\n".join(answers) + "\n")
    assert done.exit_code == 0, done.output
    assert "'XX' is no country" in done.stderr
    assert "'much' is no amount" in done.stderr
    assert (routes(cli)[0]["channel"], routes(cli)[0]["prefixes"]) == ("sms", ["+1"])
    kept = settings(cli)
    assert kept["regions"] == ["CA", "GB", "US"]
    assert [(cap["period"], cap["country"], cap["amount"]) for cap in kept["spend_caps"]] == [
        ("hour", "US", 2),
        ("day", "US", 7_500_000),
        ("day", "CA", 7_500_000),
    ]


def test_all_countries_may_be_served_and_none(cli: Cli) -> None:
    given = (f"account_sid={SID}", f"auth_token={TOKEN}", "--no-check", "--ask")
    assert cli("providers", "add", "twilio", *given, typed="\n" * 7).exit_code == 0
    assert routes(cli)[0]["account"] == "sandbox"
    done = cli("providers", "add", "twilio", *given, typed="*\nsms\n\n100\n")
    assert "✓ sms-twilio serves all countries, at 0.05 EUR a message" in done.stdout
    assert "✓ at most 100 EUR a day\n" in done.stdout
    assert routes(cli)[0]["prefixes"] == ["+"]
    assert settings(cli)["spend_caps"][0]["country"] == "*"


def test_what_is_logged_does_not_stand_among_the_answers(cli: Cli, tmp_path: Path) -> None:
    given = (f"account_sid={SID}", f"auth_token={TOKEN}", "--no-check")
    assert cli("providers", "add", "twilio", *given).exit_code == 0
    (tmp_path / "keys.json").unlink()  # what was sealed under it cannot be opened
    done = subprocess.run(
        [sys.executable, "-m", "watchword", "projects", "list", "--json"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert [project["name"] for project in json.loads(done.stdout)] == ["shop"]
    assert "a provider account cannot be used" in done.stderr


def test_a_script_is_asked_nothing(cli: Cli) -> None:
    refused = cli("providers", "add", "twilio", f"account_sid={SID}")
    assert (refused.exit_code, "auth_token" in refused.stderr) == (2, True)
    unknown = cli("providers", "add", "main")
    assert (unknown.exit_code, "there is no provider 'main'" in unknown.stderr) == (2, True)
    assert "twilio" in unknown.stderr
    made = cli("providers", "add", "twilio", f"account_sid={SID}", f"auth_token={TOKEN}", "--json")
    assert json.loads(made.stdout) == {"message": "twilio is kept; its credentials are sealed."}
    kinds = json.loads(cli("providers", "kinds", "--json").stdout)
    assert "auth_token" in {
        field["name"] for kind in kinds if kind["name"] == "twilio" for field in kind["fields"]
    }
