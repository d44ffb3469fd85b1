"""Rules: every screening rule in the order its finding is shown, and the judgement over them."""

from collections.abc import Callable, Iterable, Iterator

from msgspec.structs import replace

from watchword.domain.project import Enforcement
from watchword.domain.screening.facts import Facts
from watchword.domain.screening.learnt import learnt
from watchword.domain.screening.line_type import voip_line
from watchword.domain.screening.list_entry import first_match
from watchword.domain.screening.lists import listed
from watchword.domain.screening.spend import spend_cap, unanswered_spend
from watchword.domain.screening.velocity import (
    block_velocity,
    guessing,
    number_velocity,
    origin_velocity,
)
from watchword.domain.screening.verdict import Decision, Finding, Verdict, weigh

Rule = Callable[[Facts], Iterable[Finding]]


def sandbox_fraud(facts: Facts) -> Iterator[Finding]:
    """A sandbox number whose part it is to be refused as fraud."""
    if facts.sandbox_fraud:
        yield Finding(
            reason="sandbox_number",
            decision=Decision.BLOCK,
            evidence="this sandbox number is always refused as fraud",
        )


RULES: tuple[Rule, ...] = (
    number_velocity,
    guessing,
    origin_velocity,
    block_velocity,
    voip_line,
    listed,
    spend_cap,
    unanswered_spend,
    learnt,
    sandbox_fraud,
)


def screen(facts: Facts) -> Verdict:
    """Ask every rule and weigh what they find.

    Not acted on, though written down: in the sandbox whatever looks beyond the one number; in
    monitor mode, and for a number that is allowed, every suspicion of fraud. Limits and money hold.
    """
    settings = facts.project.settings
    allowed = first_match(settings.allowed, facts.number, facts.signals, facts.now) is not None
    monitor = settings.screening is Enforcement.MONITOR

    def is_enforced(finding: Finding) -> bool:
        if finding.wide and facts.project.is_sandbox:
            return False
        return finding.firm or finding.decision is Decision.LIMIT or not (allowed or monitor)

    verdict = weigh(
        finding if is_enforced(finding) else replace(finding, enforced=False)
        for rule in RULES
        for finding in rule(facts)
    )
    if facts.assessment is None:
        return verdict
    judgement = facts.assessment.judgement
    return replace(verdict, points=round(judgement.points, 1), limit=round(judgement.limit, 1))
