"""Experience: what became of messages, by carrier, country, route and channel, fading as things change."""

from collections.abc import Mapping

from msgspec import Struct

from watchword.domain.channel import Channel

HOUR = 3_600_000
DRIFT = 0.01 / HOUR
"""How fast routes change: the variance that log-odds gain in a millisecond."""
FIRST_GUESS: Mapping[Channel, float] = {
    Channel.SMS: 0.85,
    Channel.VOICE: 0.75,
    Channel.EMAIL: 0.9,
    Channel.WHATSAPP: 0.7,
    Channel.VIBER: 0.4,
    Channel.RCS: 0.5,
    Channel.TELEGRAM: 0.4,
}
"""The share of messages that show a sign of having arrived, before any was sent."""

ANSWERS = 0.82
"""The share of arrived messages whose codes are typed, until more is known."""


RAREST = 0.02
"""No share that is leaned on is taken to be nearer to 0 or 1: log-odds have no end there."""


class Tally(Struct):
    """Messages by what became of them, as of a moment (Unix milliseconds).

    `answered` codes were typed; `signed` ones were not, but a receipt said "delivered"; `lost` ones
    showed no sign, and of those `told` are the ones for which a receipt said so.
    """

    answered: float = 0.0
    signed: float = 0.0
    lost: float = 0.0
    told: float = 0.0
    at: int = 0

    def fade(self, now: int) -> float:
        """What is left of the weight of what was seen.

        Routes change at a steady pace, so much evidence ages sooner than little does: its error
        is small, and soon less than the change.
        """
        if now <= self.at:
            return 1.0
        answered, rest = self.answered + 0.5, self.signed + self.lost + 0.5
        return 1.0 / (1.0 + DRIFT * (now - self.at) * answered * rest / (answered + rest))

    def add(self, answered: float, signed: float, lost: float, told: float, now: int) -> None:
        """Count what was seen now; what was seen before fades first."""
        fade = self.fade(now)
        self.answered = max(0.0, self.answered * fade + answered)
        self.signed = self.signed * fade + signed
        self.lost = self.lost * fade + lost
        self.told = self.told * fade + told
        self.at = max(self.at, now)


class Estimate(Struct, frozen=True):
    """What is expected of a message: probabilities, and `seen`, the messages of this very place.

    `signed` is the probability that it shows a sign of having arrived, `answered` that its code is
    typed, `told` that we are told where it is lost; `spread` is the standard deviation of
    `answered` as a share of it.
    """

    signed: float
    answered: float
    told: float
    spread: float
    seen: float


def leaning(
    good: float, seen: float, mean: float, spread: float, lent: float
) -> tuple[float, float]:
    """A share that leans on that of a wider place, and the number of messages it is worth.

    How much it leans follows from how far places lie apart: `spread`, the standard deviation of
    log-odds. What is lent weighs no more than the evidence there is for it.
    """
    mean = RAREST if mean < RAREST else min(mean, 1.0 - RAREST)
    worth = 1.0 / (spread * spread * mean * (1.0 - mean)) - 1.0
    worth = 1.0 if worth < 1.0 else min(worth, lent)
    return (good + mean * worth) / (seen + worth), seen + worth
