"""Told: what happened to an authentication, in words for an operator."""

from collections.abc import Sequence
from enum import StrEnum

from msgspec import Struct

from watchword.domain.attempt import AttemptStatus, DeliveryStatus
from watchword.domain.check import CheckStatus
from watchword.domain.event import (
    Attempted,
    BalanceUpdated,
    CallbackEnded,
    Checked,
    DeliveryReported,
    Expired,
    FeedbackGiven,
    Happening,
    Retried,
    Screened,
)
from watchword.domain.feedback import FeedbackStatus
from watchword.domain.money import Money
from watchword.domain.retry import RetryStatus
from watchword.domain.screening.verdict import Decision, Finding, Verdict


class Tone(StrEnum):
    """Whether something is good news."""

    GOOD = "good"
    BAD = "bad"
    WAIT = "wait"
    PLAIN = "plain"


class Told(Struct, frozen=True, kw_only=True):
    """One happening: what, why, and what led to it, the most telling first."""

    what: str
    why: str = ""
    tone: Tone = Tone.PLAIN
    details: Sequence["Told"] = ()


_GOOD = {
    Decision.ALLOW,
    AttemptStatus.DELIVERED,
    DeliveryStatus.DELIVERED,
    CheckStatus.VALID,
    CheckStatus.ALREADY_VALIDATED,
    RetryStatus.APPROVED,
    FeedbackStatus.ONBOARDED,
}
_WAIT = {
    AttemptStatus.PENDING,
    DeliveryStatus.UNKNOWN,
    DeliveryStatus.SUBMITTED,
    DeliveryStatus.IN_TRANSIT,
}


def _tone(status: StrEnum) -> Tone:
    if status in _WAIT:
        return Tone.WAIT
    return Tone.GOOD if status in _GOOD else Tone.BAD


def tell(what: Happening) -> Told:  # noqa: PLR0911 - one for each happening
    """What happened, in words."""
    match what:
        case Screened(verdict):
            return Told(
                what=f"screened: {verdict.decision}",
                why=_sum(verdict),
                tone=_tone(verdict.decision),
                details=[_finding(finding) for finding in verdict.findings],
            )
        case Attempted() as attempted:
            twice = " (possibly sent twice)" if attempted.possible_duplicate else ""
            name = f"attempt {attempted.attempt_number}: {attempted.status}{twice}"
            return Told(what=name, why=attempted.because or "", tone=_tone(attempted.status))
        case DeliveryReported() as report:
            why = " ".join(filter(None, (report.carrier_code, report.cause)))
            name = f"attempt {report.attempt_number}: {report.status}"
            return Told(what=name, why=why, tone=_tone(report.status))
        case Checked() as checked:
            of = f"the code of attempt {checked.attempt_number}" if checked.attempt_number else ""
            return Told(what=f"check: {checked.status}", why=of, tone=_tone(checked.status))
        case BalanceUpdated(kind, amount, currency):
            return Told(what=f"balance: {kind}", why=str(Money(amount, currency)))
        case Retried(status):
            return Told(what=f"retry: {status}", tone=_tone(status))
        case FeedbackGiven(_, feedback):
            return Told(what=f"feedback: {feedback}", tone=_tone(feedback))
        case Expired():
            return Told(what="expired", tone=Tone.WAIT)
        case CallbackEnded() as callback:
            ended = "acknowledged" if callback.acknowledged else "given up"
            return Told(
                what=f"callback {ended}",
                why=f"{_tries(callback.tries)} {callback.because or ''}".rstrip(),
                tone=Tone.GOOD if callback.acknowledged else Tone.BAD,
            )


def _tries(count: int) -> str:
    return "1 try" if count == 1 else f"{count} tries"


def _sum(verdict: Verdict) -> str:
    """What decided, and how near the points came to the limit for the message's price."""
    if verdict.points is None or verdict.limit is None:
        return verdict.reasons
    points = f"{verdict.points:.1f} points, refused from {verdict.limit:.1f}"
    return f"{verdict.reasons} ({points})" if verdict.reasons else points


def _finding(finding: Finding) -> Told:
    weight = f" {finding.points:+.1f}" if finding.points else ""
    reported = "" if finding.enforced else " (only reported)"
    against = finding.points > 0 or finding.decision is not Decision.ALLOW
    return Told(
        what=f"{finding.reason}{weight}",
        why=f"{finding.evidence}{reported}",
        tone=Tone.BAD if against and finding.enforced else Tone.PLAIN,
    )
