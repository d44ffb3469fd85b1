"""What a run writes down, with the labels that no policy sees."""

from collections import Counter

import msgspec

from evaluation.fraud.arrivals import Cohort


class Tally(msgspec.Struct):
    """Requests of legitimate people."""

    requests: int = 0
    denied: int = 0

    @property
    def denied_share(self) -> float:
        """Of the requests; 0 when there were none."""
        return self.denied / self.requests if self.requests else 0.0


class Try(msgspec.Struct, frozen=True, gc=False):
    """A request of a campaign: when, what it costs or would have cost, and the ruling."""

    at: float
    price: float
    allowed: bool


class Record(msgspec.Struct):
    """All that happened in a run."""

    sessions: int
    cohorts: dict[Cohort, Tally] = {}
    projects: dict[str, Tally] = {}
    lost: Counter[Cohort] = msgspec.field(default_factory=Counter)
    campaigns: dict[str, list[Try]] = {}
    reasons_for_people: Counter[str] = msgspec.field(default_factory=Counter)
    reasons_for_campaigns: Counter[str] = msgspec.field(default_factory=Counter)
    rulings: int = 0
    policy_seconds: float = 0.0

    def asked(self, cohort: Cohort, project: str, *, allowed: bool) -> None:
        """Count a legitimate request."""
        for tally in (
            self.cohorts.setdefault(cohort, Tally()),
            self.projects.setdefault(project, Tally()),
        ):
            tally.requests += 1
            tally.denied += not allowed
