"""Findings, one per rule, and the verdict that weighs them."""

from collections.abc import Iterable
from enum import StrEnum

from msgspec import Struct


class Decision(StrEnum):
    """What is decided, mildest first."""

    ALLOW = "allow"
    LIMIT = "limit"
    BLOCK = "block"


_WEIGHT = {Decision.ALLOW: 0, Decision.LIMIT: 1, Decision.BLOCK: 2}


class Finding(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What one rule says, with the evidence an operator can read.

    `wide` marks a rule that looks at more than the one number; such rules only report in the
    sandbox. `firm` marks one about money, which also holds in monitor mode and for allowed numbers.
    `enforced` is false where the finding was written down without being acted on. `points` are what
    a reason that was learnt weighs.
    """

    reason: str
    decision: Decision
    evidence: str
    wide: bool = False
    firm: bool = False
    enforced: bool = True
    points: float = 0.0


class Verdict(Struct, frozen=True, omit_defaults=True):
    """The decision and every finding, enforced or not.

    `points` are the log-odds of fraud by what was learnt, and `limit` those at which the message is
    not worth its price; both are None where nothing is learnt (the sandbox).
    """

    decision: Decision
    findings: tuple[Finding, ...] = ()
    points: float | None = None
    limit: float | None = None

    @property
    def reasons(self) -> str:
        """The names of the findings that decided, comma-separated."""
        return ", ".join(
            finding.reason
            for finding in self.findings
            if finding.enforced and finding.decision is not Decision.ALLOW
        )


def weigh(findings: Iterable[Finding]) -> Verdict:
    """The strictest enforced finding decides; with none, the request is allowed."""
    found = tuple(findings)
    decisions = [finding.decision for finding in found if finding.enforced]
    return Verdict(max(decisions, key=_WEIGHT.__getitem__, default=Decision.ALLOW), found)
