"""`watchword alerts` shows which budgets came near their end."""

import asyncio
import json
from pathlib import Path
from uuid import uuid4

from click.testing import CliRunner

from watchword.adapters.store.opening import open_store
from watchword.cli.alerts import command
from watchword.domain.alert import Alert


def raise_one(folder: Path, at: int) -> None:
    async def work() -> None:
        store = await open_store(folder / "watchword.db")
        try:
            alert = Alert(
                project_id=uuid4(),
                period="day",
                country="*",
                start=0,
                level=80,
                spent=8_100_000,
                cap=10_000_000,
                currency="EUR",
                at=at,
            )
            assert await store.raise_alert(alert)
            assert not await store.raise_alert(alert)
        finally:
            await store.close()

    asyncio.run(work())


def test_what_was_raised_is_listed(tmp_path: Path) -> None:
    raise_one(tmp_path, at=2**45)
    shown = CliRunner().invoke(command, ["--data-dir", str(tmp_path)])
    assert shown.exit_code == 0, shown.output
    assert "day *" in shown.output
    assert "80 %: 8.1 EUR of 10 EUR" in shown.output
    listed = CliRunner().invoke(command, ["--data-dir", str(tmp_path), "--json"])
    (alert,) = json.loads(listed.output)
    assert (alert["level"], alert["cap"]) == (80, 10_000_000)


def test_nothing_old_and_nothing_at_all_is_said_plainly(tmp_path: Path) -> None:
    raise_one(tmp_path, at=1)
    shown = CliRunner().invoke(command, ["--data-dir", str(tmp_path), "--days", "1"])
    assert "No budget came near its end in 1 days." in shown.output
