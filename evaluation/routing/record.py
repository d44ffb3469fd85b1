"""What a run writes down."""

import math

import msgspec

from evaluation.routing.people import Person


class Visit(msgspec.Struct):
    """A person under way; `tried` are routes, refused ones too, and `cost` is in dollars.

    `requests` are further messages asked for, `automatic` those that the policy sent unasked.
    """

    person: Person
    tried: list[int] = []
    sent: int = 0
    cost: float = 0.0
    arrived: float = math.inf
    verified_after: float | None = None
    requests: int = 0
    automatic: int = 0

    @property
    def is_verified(self) -> bool:
        """Whether a code was typed."""
        return self.verified_after is not None


class First(msgspec.Struct, frozen=True, gc=False):
    """The choice for somebody's first message, and by how many dollars another was better."""

    at: float
    country: int
    carrier: int
    route: int
    regret: float


class Record(msgspec.Struct):
    """All that happened in a run."""

    visits: list[Visit]
    firsts: list[First] = []
    choices: int = 0
    policy_seconds: float = 0.0
