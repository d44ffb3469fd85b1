"""The pace at which an account submits: so many a second, and slower for a while where that is too fast."""

SLOW_FOR = 10.0
"""Seconds for which half of the pace that was too fast is kept."""
SETTLE = 1.0
"""Seconds in which further complaints are about what was on its way already."""


class Pace:
    """A token bucket with room for one token, since many centres count in less than a second.

    `per_second` of 0 is no limit. Times are seconds of a clock that never goes back.
    """

    def __init__(self, per_second: float) -> None:
        self._allowed = per_second
        self._slow = 0.0
        self._slow_until = 0.0
        self._next = 0.0
        self._counted_since = 0.0
        self._counted = 0
        self._before = 0

    def wait(self, now: float) -> float:
        """Seconds until the next submission may go, without taking its place."""
        return max(0.0, self._next - now)

    def take(self, now: float) -> float:
        """Take the next place; seconds until it comes."""
        if now - self._counted_since >= 1.0:
            self._before = self._counted if now - self._counted_since < 2.0 else 0  # noqa: PLR2004 - the second before
            self._counted, self._counted_since = 0, now
        self._counted += 1
        rate = self.per_second(now)
        at = max(self._next, now)
        self._next = at + 1.0 / rate if rate else at
        return at - now

    def slow_down(self, now: float) -> None:
        """Halve the pace for a while: the centre says that it is too fast."""
        if now < self._slow_until - SLOW_FOR + SETTLE:
            return
        pace = self.per_second(now) or float(max(self._before, self._counted))
        self._slow = max(1.0, pace / 2)
        self._slow_until = now + SLOW_FOR

    def per_second(self, now: float) -> float:
        """The pace that holds now; 0 is no limit."""
        return self._slow if now < self._slow_until else self._allowed
