"""Breaker: whether messages go over a route now, learnt from how its latest ones were taken."""

from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

HALF_LIFE = 30_000
"""Milliseconds in which what was seen loses half of its weight."""
IN_A_ROW = 5
"""Failures with nothing good between them that open a breaker whatever was before."""
FEWEST = 3.0
"""Failures, by weight, that open it where they are at least half of what was seen."""
FIRST_REST, LONGEST_REST = 5_000, 300_000
"""Milliseconds for which an open breaker lets nothing through: doubled each time it opens anew."""
PROOF = 2
"""Trials in a row that must go well before an open breaker closes."""
SLOW, BRISK = 1_500, 750
"""Milliseconds to be accepted: above the first a route is slow, below the second no more."""
SLOW_SEEN = 5
"""Messages that must have been seen before a route is called slow."""
SLOW_REST = 10_000
"""Milliseconds between two trials of a slow route."""
LATEST = 0.25
"""The weight of the latest message in the time that a route takes."""
TRIAL = 4_000
"""Milliseconds for which a trial keeps others away: longer than a provider has to answer."""


class Standing(StrEnum):
    """What a breaker lets through."""

    CLOSED = "closed"
    """Everything."""
    SLOW = "slow"
    """A trial now and then; the rest takes a quicker route where there is one."""
    OPEN = "open"
    """Nothing, then a trial; all of it only where no other route is left."""


class Fared(StrEnum):
    """What a hand-over says about its route."""

    WELL = "well"
    BADLY = "badly"
    NEITHER = "neither"
    """It was about the message: the number, or a suspicion of fraud."""


class Breaker(Struct, frozen=True, kw_only=True):
    """The breaker of one account and channel. Times are Unix milliseconds, spans milliseconds.

    `until` is when the next trial may go, `rest_until` until when the provider asked to be left alone.
    """

    standing: Standing = Standing.CLOSED
    because: str = ""
    good: float = 0.0
    bad: float = 0.0
    in_a_row: int = 0
    takes: float = 0.0
    seen: int = 0
    at: int = 0
    until: int = 0
    rest_until: int = 0
    opened: int = 0
    proven: int = 0
    trying: bool = False

    def permits(self, now: int) -> bool:
        """Whether a message may go: always where it is closed, else as a trial whose time has come."""
        return now >= self.rest_until and (self.standing is Standing.CLOSED or now >= self.until)

    def tried(self, now: int) -> "Breaker":
        """The breaker while a message is under way; others wait where that message is a trial."""
        if self.standing is Standing.CLOSED:
            return self
        return replace(self, trying=True, until=max(self.until, now + TRIAL))

    def answered(self, now: int) -> "Breaker":
        """The breaker of a provider that answers again: the next message is its trial."""
        return replace(self, trying=False, proven=1, until=now)

    def rested(self, now: int, span: int) -> "Breaker":
        """The breaker of a route that asked to be left alone for a while."""
        return replace(self, rest_until=max(self.rest_until, now + min(span, LONGEST_REST)))

    def after(self, fared: Fared, took: int, now: int, because: str = "") -> "Breaker":
        """The breaker after a message that was taken, or not, in so many milliseconds.

        What was under way when it opened changes nothing any more: only a trial does.
        """
        if fared is Fared.NEITHER:
            return replace(self, trying=False, until=min(self.until, now)) if self.trying else self
        if self.standing is not Standing.CLOSED and not self.trying:
            return self
        well = fared is Fared.WELL
        seen = _counted(self, took, now, well=well)
        if not well:
            return _opened(seen, now, because) if self.trying or _is_bad(seen) else seen
        match self.standing:
            case Standing.CLOSED:
                return _slowed(seen, now)
            case Standing.SLOW if took >= BRISK:
                return replace(seen, proven=0, until=now + SLOW_REST)
            case _:
                return _proved(seen, now)


def _counted(breaker: Breaker, took: int, now: int, *, well: bool) -> Breaker:
    fade = 0.5 ** (max(0, now - breaker.at) / HALF_LIFE)
    return replace(
        breaker,
        good=breaker.good * fade + well,
        bad=breaker.bad * fade + (not well),
        in_a_row=0 if well else breaker.in_a_row + 1,
        takes=breaker.takes + (took - breaker.takes) * (LATEST if breaker.seen else 1.0),
        seen=breaker.seen + 1,
        at=now,
        trying=False,
    )


def _is_bad(breaker: Breaker) -> bool:
    share = breaker.bad >= FEWEST and breaker.bad >= breaker.good
    return share or breaker.in_a_row >= IN_A_ROW


def _slowed(breaker: Breaker, now: int) -> Breaker:
    if breaker.seen < SLOW_SEEN or breaker.takes <= SLOW:
        return breaker
    because = f"it takes {breaker.takes / 1000:.1f} s to accept a message"
    return replace(breaker, standing=Standing.SLOW, because=because, until=now + SLOW_REST)


def _opened(breaker: Breaker, now: int, because: str) -> Breaker:
    return replace(
        breaker,
        standing=Standing.OPEN,
        because=because,
        until=now + min(FIRST_REST * 2 ** min(breaker.opened, 10), LONGEST_REST),
        opened=breaker.opened + 1,
        proven=0,
    )


def _proved(breaker: Breaker, now: int) -> Breaker:
    if breaker.proven + 1 < PROOF:
        return replace(breaker, proven=breaker.proven + 1, until=now)
    return Breaker(at=now, rest_until=breaker.rest_until)


CLOSED = Breaker()
"""What a route begins with."""
