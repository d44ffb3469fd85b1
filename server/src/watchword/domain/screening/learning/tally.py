"""Tally: what became of codes of one kind, fading with time, and the bounded memory of many tallies."""

from collections.abc import Iterable

from msgspec import Struct

MINUTE, HOUR = 60_000, 3_600_000
RECENT, LASTING = 2 * HOUR, 36 * HOUR
"""Milliseconds in which what happened loses half of its weight, in the two memories."""
MOST_TALLIES = 75_000
"""Tallies in a generation; two are kept, and what neither holds is forgotten."""


class Tally(Struct, array_like=True):
    """Codes of one kind, by its `name`, as of `at` (Unix milliseconds): asked for, unanswered, answered.

    `teller` is the one project whose codes were left unanswered here, `*` where there were several.
    `probe_at` is when one code is let through to see whether what is closed may be opened again, and
    `rest` the milliseconds between that and the probe before.
    """

    name: str
    at: int
    asked: float = 0.0
    silent: float = 0.0
    answered: float = 0.0
    silent_lasting: float = 0.0
    answered_lasting: float = 0.0
    teller: str = ""
    probe_at: int = 0
    rest: int = 0

    def fade(self, now: int) -> None:
        """Let time pass; less than a minute makes no difference worth reckoning."""
        passed = now - self.at
        if passed <= MINUTE:
            return
        recent = 0.5 ** (passed / RECENT)
        self.asked *= recent
        self.silent *= recent
        self.answered *= recent
        lasting = 0.5 ** (passed / LASTING)
        self.silent_lasting *= lasting
        self.answered_lasting *= lasting
        self.at = now

    def hush(self, codes: float, teller: str) -> None:
        """Count unanswered codes, or with a negative number take back what was counted."""
        if codes < 0:
            self.silent = max(0.0, self.silent + codes)
            self.silent_lasting = max(0.0, self.silent_lasting + codes)
            return
        self.silent += codes
        self.silent_lasting += codes
        if self.teller != teller:
            self.teller = "*" if self.teller else teller

    def answer(self) -> None:
        """Count an answered code."""
        self.answered += 1.0
        self.answered_lasting += 1.0

    def disown(self, teller: str) -> None:
        """Make one answer silence: it turned out to be no person's."""
        self.answered = max(0.0, self.answered - 1.0)
        self.answered_lasting = max(0.0, self.answered_lasting - 1.0)
        self.hush(1.0, teller)

    def halve(self) -> None:
        """Forget half of what speaks against: a probe was answered."""
        self.silent *= 0.5
        self.silent_lasting *= 0.5
        self.asked *= 0.5
        self.probe_at = self.rest = 0


class Tallies:
    """Tallies by name; those not touched for a whole generation are forgotten."""

    def __init__(self, kept: Iterable[Tally] = (), most: int = MOST_TALLIES) -> None:
        known = list(kept)
        self._young = {tally.name: tally for tally in known[-most:]}
        self._old = {tally.name: tally for tally in known[-2 * most : -most]}
        self._most = most

    def __len__(self) -> int:
        return len(self._young) + len(self._old)

    def find(self, name: str, now: int) -> Tally | None:
        """The tally of a name as of now."""
        tally = self._young.get(name)
        if tally is None:
            tally = self._old.pop(name, None)
            if tally is None:
                return None
            self._keep(name, tally)
        if now - tally.at > MINUTE:
            tally.fade(now)
        return tally

    def need(self, name: str, now: int) -> Tally:
        """The tally of a name as of now, a fresh one where there is none."""
        tally = self.find(name, now)
        if tally is None:
            tally = Tally(name, now)
            self._keep(name, tally)
        return tally

    def _keep(self, name: str, tally: Tally) -> None:
        if len(self._young) >= self._most:
            self._old, self._young = self._young, {}
        self._young[name] = tally

    def to_keep(self) -> list[Tally]:
        """All tallies, the least recently touched generation first."""
        return [*self._old.values(), *self._young.values()]
