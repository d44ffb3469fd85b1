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
from watchword.domain.event import (
    Attempted,
    BalanceUpdated,
    CallbackEnded,
    Checked,
    DeliveryReported,
    Event,
    Expired,
    FeedbackGiven,
    Happening,
    Retried,
    Screened,
)
from watchword.domain.money import Money
from watchword.domain.screening.verdict import Finding, Verdict
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
    first, *others = _lines(event.what)
    return [(at, *first), *(("", *other) for other in others)]


def _sum(verdict: Verdict) -> str:
    """What decided, and how near the points came to the limit for the message's price."""
    if verdict.points is None or verdict.limit is None:
        return verdict.reasons
    points = f"{verdict.points:.1f} points, refused from {verdict.limit:.1f}"
    return f"{verdict.reasons} ({points})" if verdict.reasons else points


def _finding(finding: Finding) -> tuple[str, str]:
    weight = f" {finding.points:+.1f}" if finding.points else ""
    reported = "" if finding.enforced else " (only reported)"
    return f"· {finding.reason}{weight}", f"{finding.evidence}{reported}"


def _lines(what: Happening) -> list[tuple[str, str]]:  # noqa: PLR0911 - one for each happening
    match what:
        case Screened(verdict):
            return [
                (f"screened: {verdict.decision}", _sum(verdict)),
                *map(_finding, verdict.findings),
            ]
        case Attempted() as attempted:
            twice = " (possibly sent twice)" if attempted.possible_duplicate else ""
            name = f"attempt {attempted.attempt_number}: {attempted.status}{twice}"
            return [(name, attempted.because or "")]
        case DeliveryReported() as report:
            why = " ".join(filter(None, (report.carrier_code, report.cause)))
            return [(f"attempt {report.attempt_number}: {report.status}", why)]
        case Checked() as checked:
            of = f"the code of attempt {checked.attempt_number}" if checked.attempt_number else ""
            return [(f"check: {checked.status}", of)]
        case BalanceUpdated(kind, amount, currency):
            return [(f"balance: {kind}", str(Money(amount, currency)))]
        case Retried(status):
            return [(f"retry: {status}", "")]
        case FeedbackGiven(_, feedback):
            return [(f"feedback: {feedback}", "")]
        case Expired():
            return [("expired", "")]
        case CallbackEnded() as callback:
            ended = "acknowledged" if callback.acknowledged else "given up"
            return [(f"callback {ended}", f"{callback.tries} tries {callback.because or ''}")]
