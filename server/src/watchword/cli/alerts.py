"""`watchword alerts`: budgets of which 50, 80 or 100 per cent were spent."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import click
import msgspec

from watchword.app import Watchword
from watchword.cli.installation import data_dir_option, on_installation
from watchword.cli.output import json_option, write_json, write_table
from watchword.domain.alert import Alert
from watchword.domain.money import Money

DAY = 24 * 60 * 60 * 1000


def _of(alert: Alert) -> str:
    return f"{Money(alert.spent, alert.currency)} of {Money(alert.cap, alert.currency)}"


@click.command("alerts")
@click.option("--days", default=7, show_default=True, help="How far to look back.")
@data_dir_option
@json_option
def command(days: int, data_dir: Path | None, as_json: bool) -> None:
    """Show which budgets came near their end, newest first.

    Each is also a line in the log, a count in the metrics, and a signed request to the project's
    `alert_url`.

    \b
    Example:
      watchword alerts --days 1
    """

    async def work(watchword: Watchword) -> tuple[Sequence[Alert], dict[str, str]]:
        projects = await watchword.store.projects()
        since = int(datetime.now(UTC).timestamp() * 1000) - days * DAY
        names = {str(project.id): project.name for project in projects}
        return await watchword.store.alerts(since, 1_000), names

    raised, names = on_installation(work, data_dir)
    if as_json:
        write_json([msgspec.to_builtins(alert) for alert in raised])
        return
    if not raised:
        click.echo(f"No budget came near its end in {days} days.")
        return
    write_table(
        ("time", "project", "budget", "spent"),
        [
            (
                f"{datetime.fromtimestamp(alert.at / 1000, UTC):%Y-%m-%d %H:%M:%S}",
                names.get(str(alert.project_id), str(alert.project_id)),
                alert.subject,
                f"{alert.level} %: {_of(alert)}",
            )
            for alert in raised
        ],
    )
