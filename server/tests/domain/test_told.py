"""Whatever happened to an authentication is told in words, the same in the console and on the terminal."""

from typing import get_args
from uuid import UUID

import pytest
from server.tests.conftest import START

from watchword.cli.explain import _rows
from watchword.domain.attempt import AttemptStatus, DeliveryStatus
from watchword.domain.check import CheckStatus
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
from watchword.domain.feedback import FeedbackStatus
from watchword.domain.retry import RetryStatus
from watchword.domain.screening.verdict import Decision, Finding, Verdict
from watchword.domain.told import Tone, tell

ONE = UUID(int=1)


def finding(reason: str, decision: Decision, points: float = 0.0) -> Finding:
    return Finding(
        reason=reason,
        decision=decision,
        evidence=f"because of {reason}",
        enforced=decision is Decision.ALLOW,
        points=points,
    )


TOLD: list[tuple[Happening, str, str, Tone]] = [
    (Screened(Verdict(Decision.ALLOW, ())), "screened: allow", "", Tone.GOOD),
    (
        Attempted(id=ONE, attempt_number=1, status=AttemptStatus.DELIVERED),
        "attempt 1: delivered",
        "",
        Tone.GOOD,
    ),
    (
        Attempted(
            id=ONE,
            attempt_number=2,
            status=AttemptStatus.PENDING,
            because="slow",
            possible_duplicate=True,
        ),
        "attempt 2: pending (possibly sent twice)",
        "slow",
        Tone.WAIT,
    ),
    (
        DeliveryReported(
            attempt_id=ONE,
            attempt_number=1,
            status=DeliveryStatus.UNDELIVERABLE,
            carrier_code="30005",
            cause="unknown subscriber",
        ),
        "attempt 1: undeliverable",
        "30005 unknown subscriber",
        Tone.BAD,
    ),
    (
        DeliveryReported(attempt_id=ONE, attempt_number=1, status=DeliveryStatus.DELIVERED),
        "attempt 1: delivered",
        "",
        Tone.GOOD,
    ),
    (Checked(id=ONE, status=CheckStatus.INVALID), "check: invalid", "", Tone.BAD),
    (
        Checked(id=ONE, status=CheckStatus.VALID, attempt_number=2),
        "check: valid",
        "the code of attempt 2",
        Tone.GOOD,
    ),
    (Retried(RetryStatus.APPROVED), "retry: approved", "", Tone.GOOD),
    (Retried(RetryStatus.DENIED), "retry: denied", "", Tone.BAD),
    (
        BalanceUpdated("debit", -9_000, "EUR"),
        "balance: debit",
        "-0.009 EUR",
        Tone.PLAIN,
    ),
    (FeedbackGiven(ONE, FeedbackStatus.ONBOARDED), "feedback: onboarded", "", Tone.GOOD),
    (Expired(), "expired", "", Tone.WAIT),
    (
        CallbackEnded("msg_1", acknowledged=True, tries=1),
        "callback acknowledged",
        "1 try",
        Tone.GOOD,
    ),
    (
        CallbackEnded("msg_1", acknowledged=False, tries=9, because="it answered 500"),
        "callback given up",
        "9 tries it answered 500",
        Tone.BAD,
    ),
]


def test_every_kind_of_happening_is_in_these_tests() -> None:
    assert {type(what) for what, *_ in TOLD} == set(get_args(Happening))


@pytest.mark.parametrize(("happening", "what", "why", "tone"), TOLD)
def test_what_happened_is_told_in_words(
    happening: Happening, what: str, why: str, tone: Tone
) -> None:
    told = tell(happening)
    assert (told.what, told.why, told.tone) == (what, why, tone)


@pytest.mark.parametrize("happening", [what for what, *_ in TOLD])
def test_the_terminal_tells_the_same_words(happening: Happening) -> None:
    told = tell(happening)
    (row,) = _rows(Event(1, START, happening))
    assert row[1:] == (told.what, told.why)


@pytest.mark.parametrize("decision", Decision)
def test_every_decision_has_a_tone(decision: Decision) -> None:
    told = tell(Screened(Verdict(decision, ())))
    assert told.what == f"screened: {decision}"
    assert told.tone is (Tone.GOOD if decision is Decision.ALLOW else Tone.BAD)


def test_a_verdict_says_how_near_the_points_came_and_what_each_finding_weighed() -> None:
    findings = (
        finding("burst", Decision.ALLOW, 4.25),
        finding("known_person", Decision.ALLOW, -2.0),
        finding("country", Decision.BLOCK),
    )
    verdict = Verdict(Decision.ALLOW, findings, points=2.25, limit=6.0)
    told = tell(Screened(verdict, 9_000))
    assert told.why.endswith("2.2 points, refused from 6.0")
    assert [(one.what, one.why, one.tone) for one in told.details] == [
        ("burst +4.2", "because of burst", Tone.BAD),
        ("known_person -2.0", "because of known_person", Tone.PLAIN),
        ("country", "because of country (only reported)", Tone.PLAIN),
    ]
    rows = _rows(Event(1, START, Screened(verdict)))
    assert [row[1] for row in rows[1:]] == [f"· {one.what}" for one in told.details]
