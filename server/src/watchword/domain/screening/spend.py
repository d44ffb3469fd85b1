"""Spend: the brake that bounds what any attack, known or not, can cost."""

from collections.abc import Iterator

from watchword.domain.money import Money
from watchword.domain.screening.facts import DAY, HOUR, Facts
from watchword.domain.screening.verdict import Decision, Finding

PERIODS = {"hour": HOUR, "day": DAY}


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
