"""Scene: one request amid what is remembered, from which every reason is read."""

from math import log

from watchword.domain.screening.learning.asking import Asking
from watchword.domain.screening.learning.norms import Norms
from watchword.domain.screening.learning.tally import LASTING, RECENT, Tally

ELSEWHERE = 0.78
"""The share of codes that people answer, for destinations that several projects share."""
USUAL_SILENCE = 1.3
"""How many times the usual share of unanswered codes is still nothing unusual."""
HEARSAY = 0.65
"""What the silence of codes counts when it is that of one other project alone."""
NOTHING = Tally("", 0)


class Scene:
    """A request, the tallies it belongs to as of now, and what its project is used to."""

    __slots__ = ("armed", "asking", "fleet", "norms", "retried", "share", "tallies")

    def __init__(
        self, asking: Asking, tallies: dict[str, Tally], norms: Norms, *, retried: bool
    ) -> None:
        self.asking = asking
        self.tallies = tallies
        self.norms = norms
        self.armed = norms.armed
        self.share = norms.share
        self.retried = retried
        self.fleet = self._is_fleet()

    def tally(self, kind: str) -> Tally:
        """The tally of a kind, an empty one where nothing is remembered."""
        return self.tallies.get(kind, NOTHING)

    def unanswered(self, kind: str, floor: float, *, own: bool = True) -> float:
        """How far recent silence is beyond what answers explain, as a logarithm; 0 is not at all.

        `floor` is the number of codes below which nothing is concluded. With `own` it is judged by the
        share of codes that this project's people answer, and not at all until enough were checked.
        """
        tally = self.tallies.get(kind)
        if tally is None or (own and not self.armed):
            return 0.0
        share = self.share if own else ELSEWHERE
        usual = max(tally.answered, tally.answered_lasting * (RECENT / LASTING)) / share
        return self._excess(tally, tally.silent, usual, share, floor)

    def long_unanswered(self, kind: str, floor: float) -> float:
        """The same over days."""
        tally = self.tallies.get(kind)
        if tally is None:
            return 0.0
        usual = tally.answered_lasting / ELSEWHERE
        return self._excess(tally, tally.silent_lasting, usual, ELSEWHERE, floor)

    def _excess(
        self, tally: Tally, silent: float, usual: float, share: float, floor: float
    ) -> float:
        beyond = silent - USUAL_SILENCE * (1.0 - share) * usual
        if beyond <= 0.0:
            return 0.0
        strength = log(1.0 + beyond / (usual + floor))
        if tally.teller not in ("*", self.asking.project):
            return strength * HEARSAY
        return strength

    def burst(self, kind: str, usual_share: float) -> float:
        """How far a block is asked for beyond its share of its carrier's codes, as a logarithm.

        Answers show that the block is real: they cancel the burst, and more of it each.
        """
        tally = self.tallies.get(kind)
        if tally is None:
            return 0.0
        real = (tally.silent + 1.0) / (tally.silent + tally.answered + 1.0)
        asked = tally.asked - 1.0 if self.asking.again else tally.asked
        beyond = (asked - 1.25 * tally.answered) * real
        if self.fleet and self.tally("ip").asked >= 0.7 * tally.asked:
            beyond *= ONE_ADDRESS
        if beyond <= FEWEST:
            return 0.0
        carrier = self.tally("carrier")
        share = (tally.answered_lasting + usual_share * NORM_WORTH) / (
            carrier.answered_lasting + NORM_WORTH
        )
        return min(LARGEST_BURST, log(1.0 + beyond / (share * carrier.asked + 0.3)))

    def rarity(self, kind: str, whole: str) -> float:
        """How rare a trait is among answered codes, as a logarithm; 0 while too few were answered."""
        answered = self.tally(whole).answered_lasting
        if answered < ENOUGH_ANSWERED:
            return 0.0
        return max(0.0, log((answered + 1.0) / (self.tally(kind).answered_lasting + 0.5)))

    def _is_fleet(self) -> bool:
        """Whether many codes from one address look like one office: local, and not unanswered."""
        tally = self.tallies.get("ip")
        if tally is None or self.asking.origin != "local" or self.asking.shared_address:
            return False
        under_way = tally.asked - tally.answered - tally.silent
        return tally.silent < 2.5 + 0.5 * tally.answered and under_way < AT_ONCE


ENOUGH_ANSWERED = 20.0
"""Answered codes from which on a trait that none of them has is called rare."""
ONE_ADDRESS = 0.15
"""What is left of a burst when one clean local address makes it: somebody sets up a fleet."""
AT_ONCE = 14.0
"""Codes under way that such an address may have at once."""
NORM_WORTH = 20.0
"""Answered codes that the usual share of a block is worth, until its own share is known."""
FEWEST, LARGEST_BURST = 0.5, 2.2
"""Requests beyond the usual from which a burst is one, and the strength that none exceeds."""
