"""`watchword explain`: everything that happened to an authentication, with the reasons."""

from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import click
import msgspec

from watchword.app import Watchword
from watchword.cli.installation import data_dir_option, on_installation
from watchword.cli.main import Failure
from watchword.cli.output import json_option, write_json, write_pairs, write_table
from watchword.domain.event import Event
from watchword.domain.told import tell
from watchword.ports.store import Timeline


@click.command("explain")
@click.argument("authentication")
@data_dir_option
@json_option
def command(authentication: str, data_dir: Path | None, as_json: bool) -> None:
    """Tell what happened to AUTHENTICATION and why: verdict, routes, receipts, checks, callbacks.

    It reads the database itself, so it is for whoever runs the installation.

    \b
    Example:
      watchword explain 0198c0de-0000-7000-8000-000000000001
    """
    try:
        authentication_id = UUID(authentication)
    except ValueError:
        raise Failure(f"{authentication!r} is no UUID", code=2) from None

    async def work(watchword: Watchword) -> Timeline | None:
        return await watchword.store.timeline(authentication_id)

    timeline = on_installation(work, data_dir)
    if timeline is None:
        raise Failure("there is no such authentication in this installation")
    about = timeline.authentication
    if as_json:
        events = [{"at": e.at, **msgspec.to_builtins(e.what)} for e in timeline.events]
        write_json({"uuid": str(about.id), "state": about.state, "events": events})
        return
    write_pairs(
        [
            ("number", str(about.number)),
            ("state", about.state.value),
            ("signals", msgspec.json.encode(about.signals).decode()),
        ]
    )
    rows = [row for event in timeline.events for row in _rows(event)]
    rows += [
        ("", f"route of attempt {attempt.number}", attempt.because)
        for attempt in about.attempts
        if attempt.because
    ]
    write_table(("time", "what", "why"), rows)


def _rows(event: Event) -> list[tuple[str, str, str]]:
    at = f"{datetime.fromtimestamp(event.at / 1000, UTC):%H:%M:%S.%f}"[:-3]
    told = tell(event.what)
    return [
        (at, told.what, told.why),
        *(("", f"· {detail.what}", detail.why) for detail in told.details),
    ]
