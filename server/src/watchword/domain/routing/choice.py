"""Choice: the order of routes under a policy, with a reason for each, and a little exploration."""

from collections.abc import Sequence
from enum import StrEnum
from math import log

from msgspec import Struct

from watchword.domain.routing.experience import Estimate
from watchword.domain.routing.value import Prospect, worth_with_next

EXPLORATION = 0.3
"""How much of what is not known is given the benefit of the doubt: 1 is Thompson sampling."""
FARTHEST = 2.5
"""Standard deviations that the benefit of the doubt is at most."""
RARE = 1e-3
"""Draws nearer to 0 or 1 than this count as this: the ends have no log-odds."""
GOLDEN = 0.6180339887498949
GOOD_ENOUGH = 0.85
"""Under the policy `price`: the share of the best probability that a cheap route must reach."""
MATTERS = 5.0
"""Under the policy `conversion`: how many times its value a verified person counts."""


class Policy(StrEnum):
    """What a project wants of its routes."""

    PRICE = "price"
    """The cheapest verified person, among routes that are nearly as good as the best."""
    BALANCED = "balanced"
    """The most value: what verified people are worth, less what messages cost."""
    CONVERSION = "conversion"
    """The most verified people; the price decides only between equals."""


class Candidate(Struct, frozen=True):
    """A route that could be taken: `closed` says why it rests, `probe` that its rest is over."""

    prospect: Prospect
    estimate: Estimate
    closed: str = ""
    probe: bool = False


class Ranked(Struct, frozen=True):
    """A route in its rank: its value in micros, and one sentence for an operator."""

    route: str
    value: int
    because: str
    probe: bool = False


def rank(
    candidates: Sequence[Candidate],
    policy: Policy,
    user: int,
    draw: float,
    patience: float = 0.6,
    *,
    explore: bool = True,
) -> list[tuple[float, Candidate]]:
    """Order candidates, best first; those at rest come last. `draw` is uniform in [0, 1).

    Each route gets a share of its uncertainty by a draw of its own, spread out from the one draw.
    """
    user = int(user * MATTERS) if policy is Policy.CONVERSION else user
    if explore:
        tries = [
            one.prospect if one.closed else _optimist(one, draw + place * GOLDEN)
            for place, one in enumerate(candidates)
        ]
    else:
        tries = [one.prospect for one in candidates]
    if policy is Policy.PRICE:
        values = _by_price(tries, user)
    else:
        closed = [bool(one.closed) for one in candidates]
        values = worth_with_next(tries, user, patience, closed)
    order = list(zip(values, candidates, strict=True))
    order.sort(key=_rank)
    return order


def _rank(pair: tuple[float, Candidate]) -> tuple[bool, float]:
    value, one = pair
    return bool(one.closed) and not one.probe, -value


def _by_price(prospects: Sequence[Prospect], user: int) -> list[float]:
    best = max((one.answered for one in prospects), default=0.0)
    return [
        (0.0 if one.answered >= GOOD_ENOUGH * best else -float(user))
        - one.cost / max(0.01, one.answered)
        for one in prospects
    ]


def _optimist(one: Candidate, draw: float) -> Prospect:
    uniform = draw % 1.0
    uniform = RARE if uniform < RARE else min(uniform, 1.0 - RARE)
    deviation = 0.55 * log(uniform / (1.0 - uniform))
    deviation = FARTHEST if deviation > FARTHEST else max(-FARTHEST, deviation)
    return one.prospect.times(max(0.01, 1.0 + EXPLORATION * deviation * one.estimate.spread))


def explained(value: float, one: Candidate, place: str, unit: str = "") -> Ranked:
    """The rank of a candidate in words: what is expected, on what evidence, and what it is worth."""
    prospect, estimate = one.prospect, one.estimate
    name = prospect.way.route
    evidence = f"{estimate.seen:.0f} messages" if estimate.seen >= 1 else "messages elsewhere"
    sentence = (
        f"{name}: {prospect.answered:.0%} of codes to {place} are answered, judging by {evidence}; "
        f"{prospect.cost / 1e6:.4f}{unit} expected cost, worth {value / 1e6:.4f}{unit}"
    )
    if one.probe:
        sentence += f"; a probe, because {one.closed}"
    elif one.closed:
        sentence += f"; at rest, because {one.closed}"
    return Ranked(name, round(value), sentence, one.probe)
