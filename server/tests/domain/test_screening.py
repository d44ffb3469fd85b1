"""Each screening rule finds what it is for and nothing else, and the verdict weighs what they find."""

from typing import Any
from uuid import UUID

import pytest
from msgspec.structs import replace

from watchword.domain.line_type import LineType
from watchword.domain.number_history import DAY, NumberHistory
from watchword.domain.phone_number import PhoneNumber
from watchword.domain.project import Enforcement, Limits, Mode, Project, ProjectSettings, SpendCap
from watchword.domain.screening.facts import (
    HOUR,
    PROJECT,
    Counted,
    Facts,
    block_counter,
    counters,
    device_counter,
    ip_counter,
)
from watchword.domain.screening.learning.asking import Asking
from watchword.domain.screening.learning.assessment import Assessment
from watchword.domain.screening.learning.judgement import Judgement
from watchword.domain.screening.learning.reasons import Reason
from watchword.domain.screening.list_entry import ListEntry, ListKind
from watchword.domain.screening.rules import RULES, screen
from watchword.domain.screening.verdict import Decision, Finding, weigh
from watchword.domain.signals import Signals

NOW = 500_000 * HOUR
MINUTE = 60_000
NUMBER = PhoneNumber("+33612345678", "FR", 33, LineType.MOBILE)
SIGNALS = Signals(ip="192.0.2.7", device_id="d-1")
HISTORY = NumberHistory(project_id=UUID(int=1), e164=NUMBER.e164)
LIMITS = Limits(
    number_10_minutes=3, number_day=5, ip_hour=7, device_hour=4, project_hour=50, block_hour=9
)
VOIP = replace(NUMBER, line_type=LineType.VOIP)


def project(mode: Mode = Mode.LIVE, **chosen: Any) -> Project:
    settings = ProjectSettings(**{"limits": LIMITS, **chosen})
    return Project(id=UUID(int=1), name="p", mode=mode, created_at=0, settings=settings)


def facts(about: Project | None = None, **known: Any) -> Facts:
    given: dict[str, Any] = {
        "now": NOW,
        "project": about or project(),
        "number": NUMBER,
        "signals": SIGNALS,
        "history": HISTORY,
        "counts": {},
        "spent": {},
        "price": 9_000,
    }
    return Facts(**{**given, **known})


def reasons(known: Facts) -> list[str]:
    return [finding.reason for finding in screen(known).findings]


def sent(*minutes_ago: int) -> NumberHistory:
    return replace(HISTORY, sent_at=tuple(NOW - minutes * MINUTE for minutes in minutes_ago))


def counted(name: str, current: int, previous: int = 0) -> dict[str, Counted]:
    return {name: Counted(current, previous)}


def assessed(points: float, *reasons: Reason, armed: bool = False) -> Assessment:
    asking = Asking(at=NOW, project="p", block="3361234567", person="x", price=0.1)
    return Assessment(asking=asking, judgement=Judgement(points, 2.5, reasons), armed=armed)


BLOCK = block_counter(NUMBER.e164)
BLOCKED = ListEntry(kind=ListKind.PREFIX, value="+336", note="pumping")
REASON = Reason("new_block", 1.7, "nobody from there ever answered")
CAP = SpendCap(period="day", amount=20_000)
CASES: dict[str, tuple[Facts, Facts, str, Decision]] = {
    "ten minutes": (facts(history=sent(9, 5)), facts(history=sent(9, 5, 1)),
                    "number_velocity", Decision.LIMIT),
    "a day": (facts(history=sent(1440, 900, 500, 200, 100)),
              facts(history=sent(1439, 900, 500, 200, 100)), "number_velocity", Decision.LIMIT),
    "guessing": (facts(history=replace(HISTORY, failed_at=(NOW,) * 24)),
                 facts(history=replace(HISTORY, failed_at=(NOW,) * 25)),
                 "guessing", Decision.LIMIT),
    "guessing in a row": (facts(history=replace(HISTORY, failed_in_a_row=99)),
                          facts(history=replace(HISTORY, failed_in_a_row=100)),
                          "guessing", Decision.LIMIT),
    "project": (facts(counts=counted(PROJECT, 49)), facts(counts=counted(PROJECT, 50)),
                "project_velocity", Decision.LIMIT),
    "ip": (facts(counts=counted(ip_counter("192.0.2.7"), 6)),
           facts(counts=counted(ip_counter("192.0.2.7"), 7)), "ip_velocity", Decision.LIMIT),
    "device": (facts(counts=counted(device_counter("d-1"), 1, 2)),
               facts(counts=counted(device_counter("d-1"), 1, 3)),
               "device_velocity", Decision.LIMIT),
    "block": (facts(counts=counted(BLOCK, 8)), facts(counts=counted(BLOCK, 9)),
              "block_velocity", Decision.BLOCK),
    "voip": (facts(number=VOIP), facts(number=VOIP, history=sent(30)),
             "voip_line", Decision.BLOCK),
    "listed": (facts(project(blocked=(replace(BLOCKED, until=NOW),))),
               facts(project(blocked=(BLOCKED,))), "blocked_prefix", Decision.BLOCK),
    "spend": (facts(project(spend_caps=(CAP,)), spent={("day", "*"): 11_000}),
              facts(project(spend_caps=(CAP,)), spent={("day", "*"): 11_001}),
              "spend_cap", Decision.BLOCK),
    "unanswered": (facts(project(unanswered_budget=20_000), spent={("unanswered", "FR"): 11_001}),
                   facts(project(unanswered_budget=20_000), spent={("unanswered", "FR"): 11_001},
                         assessment=assessed(-6.0, armed=True)), "unanswered_spend", Decision.BLOCK),
    "learnt": (facts(assessment=assessed(2.0)),
               facts(assessment=assessed(2.5, REASON)), "new_block", Decision.BLOCK),
    "sandbox": (facts(), facts(sandbox_fraud=True), "sandbox_number", Decision.BLOCK),
}  # fmt: skip


@pytest.mark.parametrize(
    ("harmless", "guilty", "reason", "decision"), CASES.values(), ids=CASES.keys()
)
def test_a_rule_finds_what_it_is_for_at_its_limit_and_not_before(
    harmless: Facts, guilty: Facts, reason: str, decision: Decision
) -> None:
    assert screen(harmless).decision is Decision.ALLOW
    assert reasons(harmless) == []
    verdict = screen(guilty)
    assert (verdict.decision, verdict.reasons) == (decision, reason)
    assert all(finding.evidence for finding in verdict.findings)


def test_every_rule_has_a_case_above() -> None:
    for rule in RULES:
        assert any(list(rule(guilty)) for _, guilty, _, _ in CASES.values()), rule.__name__


def test_a_limit_of_zero_is_no_limit() -> None:
    none = Limits(
        number_10_minutes=0, number_day=0, ip_hour=0, device_hour=0, project_hour=0, block_hour=0
    )
    counts = {name: Counted(9_999, 9_999) for name in counters(NUMBER, SIGNALS)}
    known = facts(project(limits=none), counts=counts, history=sent(*range(50)))
    assert screen(known).decision is Decision.ALLOW


@pytest.mark.parametrize(("minutes", "count"), [(0, 14.0), (15, 11.0), (30, 8.0), (59, 2.2)])
def test_the_hour_before_counts_by_the_share_of_it_that_is_still_within_60_minutes(
    minutes: int, count: float
) -> None:
    window = Counted(2, 12).within_the_hour(NOW + minutes * MINUTE)
    assert window == pytest.approx(count)


def test_a_request_is_counted_under_all_it_came_with() -> None:
    assert counters(NUMBER, SIGNALS) == (PROJECT, BLOCK, "ip:192.0.2.7", "device:d-1")
    assert counters(NUMBER, Signals()) == (PROJECT, BLOCK)
    neighbour = replace(NUMBER, e164="+33612340000")
    assert counters(neighbour, Signals()) == (PROJECT, BLOCK)
    assert counters(replace(NUMBER, e164="+33612355678"), Signals()) != (PROJECT, BLOCK)


def test_internet_telephony_that_answered_before_is_let_through() -> None:
    proved = replace(sent(30), verified_at=NOW - DAY)
    assert screen(facts(number=VOIP, history=proved)).decision is Decision.ALLOW


@pytest.mark.parametrize(
    ("country", "region", "decision"),
    [("FR", "FR", Decision.BLOCK), ("FR", "DE", Decision.ALLOW), ("*", None, Decision.BLOCK)],
)
def test_a_cap_on_one_country_binds_there_alone(
    country: str, region: str | None, decision: Decision
) -> None:
    cap = SpendCap(period="hour", amount=10, country=country)
    known = facts(project(spend_caps=(cap,)), number=replace(NUMBER, region=region))
    assert screen(known).decision is decision


def test_monitor_mode_refuses_only_over_the_limits() -> None:
    about = project(screening=Enforcement.MONITOR, blocked=(BLOCKED,))
    verdict = screen(facts(about, counts=counted(BLOCK, 99)))
    assert verdict.decision is Decision.ALLOW
    assert [(f.reason, f.enforced) for f in verdict.findings] == [
        ("block_velocity", False),
        ("blocked_prefix", False),
    ]
    assert screen(facts(about, history=sent(1, 2, 3))).decision is Decision.LIMIT


def test_a_number_on_the_allow_list_is_not_refused_as_fraud_but_keeps_its_limits() -> None:
    allowed = ListEntry(kind=ListKind.NUMBER, value=NUMBER.e164)
    about = project(blocked=(BLOCKED,), allowed=(allowed,))
    verdict = screen(facts(about, counts=counted(BLOCK, 99)))
    assert (verdict.decision, len(verdict.findings)) == (Decision.ALLOW, 2)
    assert screen(facts(about, history=sent(1, 2, 3))).decision is Decision.LIMIT
    stranger = replace(NUMBER, e164="+33699999999")
    assert screen(facts(about, number=stranger)).decision is Decision.BLOCK


def test_in_the_sandbox_what_looks_beyond_the_one_number_only_reports() -> None:
    about = project(Mode.SANDBOX, spend_caps=(replace(CAP, amount=0),))
    counts = {name: Counted(999, 0) for name in counters(NUMBER, SIGNALS)}
    verdict = screen(facts(about, counts=counts))
    assert verdict.decision is Decision.ALLOW
    assert {finding.reason for finding in verdict.findings} == {
        "project_velocity", "ip_velocity", "device_velocity", "block_velocity", "spend_cap",
    }  # fmt: skip
    assert all(finding.wide and not finding.enforced for finding in verdict.findings)
    assert screen(facts(about, history=sent(1, 2, 3))).decision is Decision.LIMIT
    assert screen(facts(about, sandbox_fraud=True)).decision is Decision.BLOCK


def finding(reason: str, decision: Decision, *, enforced: bool = True) -> Finding:
    return Finding(reason=reason, decision=decision, evidence="e", enforced=enforced)


def test_the_strictest_enforced_finding_decides() -> None:
    limit, block = finding("a", Decision.LIMIT), finding("b", Decision.BLOCK)
    assert weigh([limit, block, limit]).decision is Decision.BLOCK
    assert weigh([limit]).decision is Decision.LIMIT
    assert weigh([]).decision is Decision.ALLOW
    unenforced = weigh([finding("b", Decision.BLOCK, enforced=False), limit])
    assert (unenforced.decision, unenforced.reasons) == (Decision.LIMIT, "a")
    assert len(unenforced.findings) == 2


def test_a_spend_cap_holds_in_monitor_mode_and_for_allowed_numbers() -> None:
    allowed = ListEntry(kind=ListKind.NUMBER, value=NUMBER.e164)
    none = replace(CAP, amount=0)
    for about in (
        project(screening=Enforcement.MONITOR, spend_caps=(none,)),
        project(allowed=(allowed,), spend_caps=(none,)),
    ):
        assert screen(facts(about)).decision is Decision.BLOCK


def test_answered_codes_make_room_at_an_address_that_many_share() -> None:
    counts = counted(ip_counter("192.0.2.7"), 60)
    campus = replace(assessed(-6.0), answered_here=30.0)
    assert reasons(facts(counts=counts)) == ["ip_velocity"]
    assert reasons(facts(counts=counts, assessment=campus)) == []
