"""Value: what a message over a route is worth, less what it costs, with what may follow it."""

from collections.abc import Sequence

from msgspec import Struct

from watchword.domain.routing.way import APPS, FREE_UNLESS_DELIVERED, Way

SECOND_THOUGHTS = 0.5
"""The share of people who ask for another code where the first did not arrive."""
NO_APP = 0.1
"""What is left of the hope in an app after a message over the same app did not arrive."""


class Prospect(Struct, frozen=True):
    """What is expected of a message over one way: probabilities, and an expected cost in micros.

    `told` is the probability that we are told of a message that is `lost`.
    """

    way: Way
    answered: float
    lost: float
    told: float
    cost: float

    def times(self, share: float) -> "Prospect":
        """The prospect where only so much of the hope in the message is left, or more of it."""
        answered, arrives = self.answered * share, (1.0 - self.lost) * share
        return Prospect(
            self.way,
            min(1.0, answered),
            1.0 - arrives if arrives < 1.0 else 0.0,
            self.told,
            self.cost * share if self.way.channel in FREE_UNLESS_DELIVERED else self.cost,
        )


def worth(prospect: Prospect, user: float) -> float:
    """The value of one message in micros, `user` being that of a verified person."""
    return user * prospect.answered - prospect.cost


def worth_with_next(
    prospects: Sequence[Prospect], user: int, patience: float, closed: Sequence[bool]
) -> list[float]:
    """The value of beginning with each: what it brings, and what another brings where it is lost.

    `patience` is the share of lost people whom a second message still wins, of those it would win
    if it were the first. A closed way is no follower.
    """
    followers = []
    for one, rests in zip(prospects, closed, strict=True):
        if rests:
            continue
        way, left = one.way, patience if one.way.channel in FREE_UNLESS_DELIVERED else 1.0
        value = user * one.answered * patience - one.cost * left
        if value > 0.0:
            followers.append((value, way))
    followers.sort(key=_value, reverse=True)
    values = []
    for one in prospects:
        value = user * one.answered - one.cost
        for after, way in followers:
            if way is not one.way and (
                way.channel is not one.way.channel or way.channel not in APPS
            ):
                value += one.lost * (one.told + (1.0 - one.told) * SECOND_THOUGHTS) * after
                break
        values.append(value)
    return values


def _value(follower: tuple[float, Way]) -> float:
    return follower[0]
