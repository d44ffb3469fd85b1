"""Lists: the rule that reads what an operator has blocked."""

from collections.abc import Iterator

from watchword.domain.screening.facts import Facts
from watchword.domain.screening.list_entry import ListKind, first_match
from watchword.domain.screening.verdict import Decision, Finding


def listed(facts: Facts) -> Iterator[Finding]:
    """A prefix, country, address or device on the block list; a number there is refused by name."""
    entry = first_match(
        tuple(e for e in facts.project.settings.blocked if e.kind is not ListKind.NUMBER),
        facts.number,
        facts.signals,
        facts.now,
    )
    if entry is not None:
        yield Finding(
            reason=f"blocked_{entry.kind}",
            decision=Decision.BLOCK,
            evidence=f"{entry.kind} {entry.value} is on the block list"
            + (f": {entry.note}" if entry.note else ""),
        )
