"""Learnt: the rule that says what outcomes have taught, reason by reason."""

from collections.abc import Iterator

from watchword.domain.screening.facts import Facts
from watchword.domain.screening.verdict import Decision, Finding


def learnt(facts: Facts) -> Iterator[Finding]:
    """Every reason of the judgement; together they decide, so each that speaks against blocks."""
    if facts.assessment is None:
        return
    judgement = facts.assessment.judgement
    blocks = judgement.suspicious and not judgement.probe
    for reason in judgement.reasons:
        yield Finding(
            reason=reason.name,
            decision=Decision.BLOCK if blocks and reason.points > 0 else Decision.ALLOW,
            evidence=reason.evidence,
            wide=True,
            points=reason.points,
        )
    if judgement.probe:
        yield Finding(
            reason="probe",
            decision=Decision.ALLOW,
            evidence="let through to see whether codes to this country are answered again",
        )
