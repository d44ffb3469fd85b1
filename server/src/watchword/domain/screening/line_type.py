"""Line type: kinds of number that fraud prefers."""

from collections.abc import Iterator

from watchword.domain.line_type import LineType
from watchword.domain.screening.facts import Facts
from watchword.domain.screening.verdict import Decision, Finding


def voip_line(facts: Facts) -> Iterator[Finding]:
    """Internet telephony asking again before its last code was answered: cheap to own by the thousand."""
    if (
        facts.number.line_type is LineType.VOIP
        and facts.history.sent_at
        and facts.history.verified_at is None
    ):
        yield Finding(
            reason="voip_line",
            decision=Decision.BLOCK,
            evidence=f"{len(facts.history.sent_at)} messages to an internet telephone number, "
            "none ever answered",
        )
