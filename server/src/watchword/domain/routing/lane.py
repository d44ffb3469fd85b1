"""Lane: one way to one place, with everything that is known of it and of the wider places around it."""

from watchword.domain.routing.credence import Credence
from watchword.domain.routing.experience import ANSWERS, FIRST_GUESS, Estimate, Tally, leaning
from watchword.domain.routing.grey import Cell
from watchword.domain.routing.pace import Pace
from watchword.domain.routing.way import APPS, FREE_UNLESS_DELIVERED, Place, Way

ROUTE_SPREAD, COUNTRY_SPREAD, CARRIER_SPREAD = 0.8, 1.1, 0.6
"""How far routes, countries and carriers lie apart, as a standard deviation of log-odds."""
APP_COUNTRY_SPREAD, APP_ROUTE_SPREAD, APP_CARRIER_SPREAD = 1.1, 0.4, 0.1
"""The same where an app is reached: who has it depends on the country, not on the carrier."""
ANSWERS_SPREAD = 0.6
"""How far routes lie apart in the share of messages with a sign of arrival that are answered."""
HONEST_SPREAD, DISHONEST_SPREAD = 0.15, 3.5
"""How far places lie apart in it where receipts are right, and how much more where they are not."""
TOLD, TOLD_WORTH = 0.5, 8.0
"""The share of lost messages that we are told of, until more is known, and what that is worth."""
FRESH = 20 * 60_000
"""Milliseconds for which an estimate holds, unless there is news of its country."""


class Lane:
    """One way to one place. It holds nothing of its own that would have to be kept."""

    __slots__ = (
        "_estimate",
        "_first_guess",
        "_stamp",
        "_until",
        "cells",
        "credence",
        "is_app",
        "is_free",
        "pace",
        "place",
        "spreads",
        "tallies",
        "way",
    )

    def __init__(
        self,
        way: Way,
        place: Place,
        tallies: tuple[Tally, ...],
        cells: tuple[Cell, ...],
        pace: Pace,
        credence: Credence,
    ) -> None:
        self.way, self.place, self.tallies, self.cells = way, place, tallies, cells
        self.pace, self.credence = pace, credence
        self.is_app = way.channel in APPS
        self.is_free = way.channel in FREE_UNLESS_DELIVERED
        self._first_guess = FIRST_GUESS[way.channel]
        if self.is_app:
            self.spreads: tuple[float, ...] = (
                ROUTE_SPREAD,
                APP_COUNTRY_SPREAD,
                APP_ROUTE_SPREAD,
                APP_CARRIER_SPREAD,
            )
        else:
            self.spreads = (ROUTE_SPREAD, COUNTRY_SPREAD, CARRIER_SPREAD)
        self._estimate: Estimate | None = None
        self._stamp = self._until = 0

    def estimate(self, now: int) -> Estimate:
        """What is expected of a message."""
        tallies = self.tallies
        stamp = tallies[-1].at + tallies[-2].at
        if self._estimate is not None and stamp == self._stamp and now < self._until:
            return self._estimate
        self._stamp, self._until = stamp, now + FRESH
        self._estimate = self._estimated(now)
        return self._estimate

    def learn(self, answered: float, signed: float, lost: float, told: float, now: int) -> None:
        """Count a message, or parts of one, here and in the wider places."""
        for tally in self.tallies:
            tally.add(answered, signed, lost, told, now)
        self.credence.note(self.way.route, self.tallies[0])

    def _estimated(self, now: int) -> Estimate:
        honest = self.credence.honest
        signs, weight = self._first_guess, 1e9
        answers, sure = ANSWERS, 1e9
        spread_of_answers = ANSWERS_SPREAD
        told, seen = TOLD, 0.0
        for tally, spread in zip(self.tallies, self.spreads, strict=False):
            fade = tally.fade(now)
            answered, lost = tally.answered * fade, tally.lost * fade
            signed = answered + tally.signed * fade
            seen = signed + lost
            signs, weight = leaning(signed, seen, signs, spread, weight)
            answers, sure = leaning(answered, signed, answers, spread_of_answers, sure)
            if spread_of_answers is ANSWERS_SPREAD:
                told = (tally.told * fade + TOLD * TOLD_WORTH) / (lost + TOLD_WORTH)
                spread_of_answers = HONEST_SPREAD + DISHONEST_SPREAD * max(0.0, honest - answers)
        of_signs = (1.0 - signs) / (signs * (weight + 1.0))
        of_answers = (1.0 - answers) / (answers * (sure + 1.0))
        spread = float((of_signs + of_answers) ** 0.5)
        return Estimate(signs, signs * answers, told, spread, seen)


CHANNEL_WIDE = "="
"""What the name of a tally of a whole route begins with."""


def tally_keys(way: Way, place: Place) -> tuple[str, ...]:
    """The places that a message teaches about, widest first."""
    route, country = way.route, place.country
    keys = [f"{CHANNEL_WIDE}{way.channel}|{route}"]
    if way.channel in APPS:
        keys.append(f"#{way.channel}|{country}")
    keys.append(f"{route}|{country}")
    if place.carrier:
        keys.append(f"{route}|{country}|{place.carrier}")
    return tuple(keys)
