"""The sample project as it is typed: filled when a service starts, removed by one command."""

import json
import signal
import sqlite3
from contextlib import closing
from pathlib import Path

from server.tests.cli.test_commands import Cli, cli
from server.tests.cli.test_first_minutes import Shell, shell

__all__ = ["cli", "shell"]


def test_only_a_sandbox_project_is_removed(cli: Cli) -> None:
    for name, live in (("mine", []), ("real", ["--live"])):
        assert cli("projects", "create", name, *live).exit_code == 0
    refused = cli("projects", "remove", "real")
    assert (refused.exit_code, "only a sandbox project" in refused.stderr) == (2, True)
    removed = json.loads(cli("projects", "remove", "mine", "--json").stdout)
    assert removed["message"] == "mine is removed, 2 rows with it."
    assert [one["name"] for one in json.loads(cli("projects", "list", "--json").stdout)] == ["real"]
    missing = cli("projects", "remove", "mine")
    assert (missing.exit_code, "no project is called 'mine'" in missing.stderr) == (2, True)


def served(shell: Shell) -> str:
    """Start `watchword dev --sample` and stop it once it serves; what it said of the sample."""
    with shell.start("dev", "--sample", "--port", "0") as process:
        assert process.stdout is not None
        assert any("Ctrl-C stops" in line for line in process.stdout)
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    return err


def authentications(folder: Path) -> int:
    with closing(sqlite3.connect(folder / "data" / "watchword.db")) as database:
        return int(database.execute("SELECT COUNT(*) FROM authentications").fetchone()[0])


def test_a_service_for_development_is_filled_once_and_emptied_by_one_command(
    shell: Shell, tmp_path: Path
) -> None:
    assert "history for the project `sample`" in served(shell)
    filled = authentications(tmp_path)
    assert filled > 1_000
    assert served(shell) == ""
    assert authentications(tmp_path) == filled
    removed = shell.type("projects", "remove", "sample")
    assert (removed.returncode, "sample is removed" in removed.stdout) == (0, True)
    assert authentications(tmp_path) == 0
