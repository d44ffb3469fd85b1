"""Judgement: the points of a request, the limit for its price, and the reasons for both."""

from enum import StrEnum
from math import log

from msgspec import Struct

from watchword.domain.screening.learning.reasons import BASE, DEAREST, REASONS, Reason
from watchword.domain.screening.learning.scene import Scene

CHEAPEST = 0.002
"""The lowest price, as a share of a user's worth, that the limit is reckoned with."""


class Strictness(StrEnum):
    """How soon a request is taken for fraud."""

    BASIC = "basic"
    STANDARD = "standard"
    MAXIMUM = "maximum"


MARGIN = {Strictness.BASIC: 0.5, Strictness.STANDARD: -0.8, Strictness.MAXIMUM: -2.0}
"""What each level adds to the limit."""


class Judgement(Struct, frozen=True):
    """Points are log-odds of fraud; at `limit` losing the person costs as much as sending in vain."""

    points: float
    limit: float
    reasons: tuple[Reason, ...] = ()
    probe: bool = False

    @property
    def suspicious(self) -> bool:
        """Whether the points reach the limit; a probe is let through all the same."""
        return self.points >= self.limit


def limit_of(price: float, strictness: Strictness) -> float:
    """The points at which a request is refused: the dearer its message, the fewer."""
    return MARGIN[strictness] - log(min(DEAREST, max(CHEAPEST, price)))


def judge(scene: Scene, strictness: Strictness, *, probe: bool = False) -> Judgement:
    """Add up every reason. Sentences are only written where the points come near the limit."""
    points = BASE
    given: list[tuple[float, int]] = []
    for index, (rule, weight) in enumerate(WEIGHED):
        strength = rule(scene)
        if strength:
            points += weight * strength
            given.append((weight * strength, index))
    limit = limit_of(scene.asking.price, strictness)
    if points < limit - NEAR:
        return Judgement(points, limit)
    given.sort(key=lambda one: -abs(one[0]))
    reasons = tuple(
        Reason(REASONS[index].name, round(weighed, 1), REASONS[index].words(scene))
        for weighed, index in given
        if abs(weighed) >= SMALLEST
    )
    return Judgement(points, limit, reasons, probe and points >= limit)


WEIGHED = tuple((rule.strength, rule.weight) for rule in REASONS)
NEAR = 2.0
"""Points below the limit from which the reasons are written down."""
DOUBT = -3.0
"""Points above which the outcome of a message says nothing of its route: 5 in 100 are fraud."""
SMALLEST = 0.3
"""Points below which a reason is left out of the list, though it counts."""
