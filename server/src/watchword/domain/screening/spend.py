"""Spend: the brake that bounds what any attack, known or not, can cost."""

from collections.abc import Iterator

from watchword.domain.money import Money
from watchword.domain.screening.facts import DAY, HOUR, Facts
from watchword.domain.screening.verdict import Decision, Finding, Verdict

UNANSWERED = "unanswered"
"""The windows of money that nobody has answered yet: an hour of one country's messages."""
PERIODS = {"hour": HOUR, "day": DAY, UNANSWERED: HOUR}


def is_about_money(verdict: Verdict) -> bool:
    """Whether a budget that is used up is among the reasons of a refusal."""
    return any(
        finding.enforced and finding.reason in ("spend_cap", "unanswered_spend")
        for finding in verdict.findings
    )


def spend_cap(facts: Facts) -> Iterator[Finding]:
    """A message that would take the project's spend over one of its caps."""
    settings = facts.project.settings
    for cap in settings.spend_caps:
        if cap.country not in ("*", facts.number.region):
            continue
        spent = facts.spent.get((cap.period, cap.country), 0)
        if spent + facts.price > cap.amount:
            where = "all countries" if cap.country == "*" else cap.country
            yield Finding(
                reason="spend_cap",
                decision=Decision.BLOCK,
                evidence=f"{Money(spent, settings.currency)} spent this {cap.period} in {where}, "
                f"cap {Money(cap.amount, settings.currency)}",
                wide=True,
                firm=True,
            )


def unanswered_spend(facts: Facts) -> Iterator[Finding]:
    """A message that would take what is unanswered in its country over the project's budget.

    It bounds what an attack can cost that no other rule knows. Each answered code makes room for
    itself and two more; where a project checks no codes there is nothing to go by, and no bound.
    """
    settings = facts.project.settings
    budget = settings.unanswered_budget
    country = facts.number.region
    armed = facts.assessment is not None and facts.assessment.armed
    if budget is None or country is None or not armed:
        return
    unanswered = facts.spent.get((UNANSWERED, country), 0)
    if unanswered + facts.price > budget:
        yield Finding(
            reason="unanswered_spend",
            decision=Decision.BLOCK,
            evidence=f"{Money(unanswered, settings.currency)} of this hour's messages to {country} "
            f"beyond what was answered, budget {Money(budget, settings.currency)}",
            wide=True,
            firm=True,
        )
