"""Routing traffic: messages over routes whose fates a test chooses, told to a router minute by minute."""

from collections.abc import Callable, Sequence
from enum import Enum

from watchword.domain.channel import Channel
from watchword.domain.routing.choice import Candidate, Policy, Ranked, rank
from watchword.domain.routing.credence import Word
from watchword.domain.routing.experience import Estimate
from watchword.domain.routing.learning import SETTLED, Learning
from watchword.domain.routing.sightings import Answered, Reported, Sent
from watchword.domain.routing.way import Place, Way

NOW = 1_750_000_000_000
SECOND, MINUTE, HOUR = 1_000, 60_000, 3_600_000
USER = 1_000_000
PRICE = 50_000
FR = Place("FR", "Orange")
ONE = Way("one", "account one", Channel.SMS)
TWO = Way("two", "account two", Channel.SMS)
BOTH = ((ONE, PRICE), (TWO, PRICE))


class Fate(Enum):
    """What becomes of a message."""

    ANSWERED = "answered"
    SIGNED = "a receipt says delivered, and nobody answers"
    SILENT = "silent"
    FAILED = "a receipt says failed"


def good(number: int) -> Fate:
    """The fates of a good route: nine of ten arrive, and four of five of those are answered."""
    return Fate.SILENT if number % 10 == 7 else Fate.SIGNED if number % 5 == 3 else Fate.ANSWERED


def poor(number: int) -> Fate:
    """The fates of a route that loses every other message."""
    return good(number // 2) if number % 2 else Fate.SILENT


def dead(_number: int) -> Fate:
    """The fates of a route over which nothing arrives."""
    return Fate.SILENT


def faking(_number: int) -> Fate:
    """The fates of a route that invents receipts."""
    return Fate.SIGNED


class Traffic:
    """A router, a clock, and messages."""

    def __init__(self, learning: Learning | None = None, now: int = NOW) -> None:
        self.learning = learning or Learning()
        self.now = now
        self.sent = 0

    def send(
        self,
        way: Way,
        place: Place = FR,
        *,
        lost: tuple[Way, ...] = (),
        teaches: bool = True,
    ) -> str:
        """Send a message that has no fate yet."""
        self.sent += 1
        key = f"m{self.sent}"
        self.learning.observe(Sent(key, way, place, self.now, lost, teaches))
        return key

    def message(
        self,
        way: Way,
        fate: Fate,
        place: Place = FR,
        *,
        gap: int = MINUTE,
        lost: tuple[Way, ...] = (),
        teaches: bool = True,
    ) -> str:
        """Send a message that meets its fate, and let time pass until the next."""
        key = self.send(way, place, lost=lost, teaches=teaches)
        word = Word.FAILED if fate is Fate.FAILED else Word.DELIVERED
        if fate is not Fate.SILENT:
            self.learning.observe(Reported(key, word, self.now + 3 * SECOND))
        if fate is Fate.ANSWERED:
            self.learning.observe(Answered(key, self.now + 15 * SECOND))
        self.now += gap
        return key

    def messages(
        self,
        count: int,
        way: Way,
        fates: Callable[[int], Fate] = good,
        place: Place = FR,
        *,
        gap: int = MINUTE,
    ) -> None:
        """Send many messages over one route, and wait until all are settled."""
        for number in range(count):
            self.message(way, fates(number), place, gap=gap)
        self.settle()

    def settle(self) -> None:
        """Wait until nothing is expected of any message."""
        self.now += SETTLED
        self.learning.advance(self.now)

    def estimate(self, way: Way, place: Place = FR) -> Estimate:
        """What is expected of a message."""
        return self.learning.lanes.of(way, place).estimate(self.now)

    def order(
        self,
        ways: Sequence[tuple[Way, int]] = BOTH,
        place: Place = FR,
        policy: Policy = Policy.BALANCED,
        user: int = USER,
        draw: float | None = None,
        lost: Sequence[Way] = (),
    ) -> list[tuple[float, Candidate]]:
        """The order of routes: by a draw, or without one by what is expected alone."""
        drawn = self.learning.order(ways, place, policy, user, draw or 0.0, self.now, lost)
        if draw is not None:
            return drawn
        given = {one.prospect.way: one for _, one in drawn}
        return rank([given[way] for way, _ in ways], policy, user, 0.0, explore=False)

    def names(
        self,
        ways: Sequence[tuple[Way, int]] = BOTH,
        place: Place = FR,
        policy: Policy = Policy.BALANCED,
        user: int = USER,
        draw: float | None = None,
    ) -> list[str]:
        """The names of the routes in their order."""
        order = self.order(ways, place, policy, user, draw)
        return [one.prospect.way.route for _, one in order]

    def first(self, ways: Sequence[tuple[Way, int]] = BOTH, place: Place = FR) -> Way:
        """The way that a message takes now."""
        return self.order(ways, place)[0][1].prospect.way

    def explained(self, ways: Sequence[tuple[Way, int]] = BOTH, place: Place = FR) -> list[Ranked]:
        """The sentences for the routes in their order."""
        return list(self.learning.explain(self.order(ways, place), place))
