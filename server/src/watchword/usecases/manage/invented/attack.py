"""Invented attack: requests that screening refused, with the findings it would have written."""

from math import log

from msgspec.structs import replace

from watchword.domain.attempt import AttemptStatus
from watchword.domain.authentication import Authentication, State
from watchword.domain.event import Attempted, Screened
from watchword.domain.screening.learning.judgement import Strictness, limit_of
from watchword.domain.screening.learning.reasons import BASE, REASONS
from watchword.domain.screening.verdict import Decision, Finding, Verdict
from watchword.domain.signals import DeviceType, Signals
from watchword.usecases.journal import Journal
from watchword.usecases.manage.invented.countries import COUNTRIES
from watchword.usecases.manage.invented.told import Then, Told

BLOCK = "+99890100"
"""The block of ten thousand numbers that is pumped."""
COUNTRY = next(country for country in COUNTRIES if country.region == "UZ")
UNNOTICED = 9
"""Messages that go out before the attack is seen."""
ADDRESSES = 12
"""Addresses that the fraudsters have rented."""
WEIGHTS = {rule.name: rule.weight for rule in REASONS}
MICROS = 1_000_000


def attacker(place: int) -> Signals:
    """What the program of the fraudsters says of itself: one app, a handful of rented addresses."""
    return Signals(
        ip=f"203.0.113.{10 + place % ADDRESSES}",
        device_id=f"{place * 2_654_435_761 % 2**64:016x}",
        device_type=DeviceType.ANDROID,
        device_model="SM-G960F",
        os_version="10",
        app_version="3.0.1",
    )


def passed(price: int, *, known: bool) -> Verdict:
    """The judgement on somebody who is surely real."""
    points = BASE + WEIGHTS["dear_destination"] * _dear(price)
    points += WEIGHTS["verified_before"] if known else 0.0
    return Verdict(Decision.ALLOW, (), round(points, 1), _limit(price))


def pumping(e164: str, price: int, place: int, of: int) -> Verdict:
    """The judgement on the `place`th request of the attack."""
    ten, widest = e164[:-1], f"{BLOCK[:-1]}xxxxx, 0 answered"
    here = "asked for from this address"
    silent = min(9 + place // 3, 40)
    findings = tuple(
        Finding(
            reason=reason,
            decision=Decision.BLOCK if points > 0 else Decision.ALLOW,
            evidence=evidence,
            wide=True,
            points=round(points, 1),
        )
        for reason, points, evidence in sorted(
            (
                (
                    "country_unanswered",
                    WEIGHTS["country_unanswered"] * min(1.0, 0.4 + place / of),
                    f"{silent} codes of late to UZ not answered, 1 answered",
                ),
                (
                    "widest_block_burst",
                    WEIGHTS["widest_block_burst"] * 0.7,
                    f"{place} of {place + 2} requests for this carrier of late are for {widest}",
                ),
                (
                    "rare_app",
                    WEIGHTS["rare_app"] * 1.6,
                    "hardly anybody who answers has version 3.0.1",
                ),
                ("new_block", WEIGHTS["new_block"], f"nobody from {BLOCK}xxxx ever answered"),
                (
                    "sequential_numbers",
                    WEIGHTS["sequential_numbers"] * 3,
                    f"3 codes of late for {ten}x",
                ),
                (
                    "ip_unanswered",
                    WEIGHTS["ip_unanswered"] * 1.5,
                    f"{1 + place // ADDRESSES} codes of late {here} not answered, 0 answered",
                ),
            ),
            key=lambda one: -one[1],
        )
    )
    points = BASE + sum(finding.points for finding in findings)
    return Verdict(Decision.BLOCK, findings, round(points, 1), _limit(price))


def hurried(price: int) -> Verdict:
    """The judgement on somebody who asks for one code after the other."""
    finding = Finding(
        reason="device_velocity",
        decision=Decision.LIMIT,
        evidence="10 requests in an hour, limit 10",
        wide=True,
    )
    return replace(passed(price, known=False), decision=Decision.LIMIT, findings=(finding,))


def refused(then: Then, opened: Authentication, verdict: Verdict, price: int) -> Told:
    """An authentication for which nothing is sent."""
    blocked = verdict.decision is Decision.BLOCK
    state = State.REFUSED_SPAM if blocked else State.REFUSED_RATE
    journal = Journal(then, replace(opened, state=state), opened.created_at)
    journal.happened(Screened(verdict, price))
    if not blocked:
        journal.happened(
            Attempted(id=then.new_id(), attempt_number=1, status=AttemptStatus.RATE_LIMITED)
        )
    return Told(journal.authentication, tuple(journal.events), ())


def _dear(price: int) -> float:
    return log(min(0.5, max(0.005, price / MICROS)) / 0.2)


def _limit(price: int) -> float:
    return round(limit_of(price / MICROS, Strictness.STANDARD), 1)
