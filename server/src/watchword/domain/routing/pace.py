"""Pace: how soon messages of a route show signs of arrival and are answered, look by look."""

from msgspec import Struct, field

LOOKS = (10_000, 24_000, 42_000, 70_000, 115_000)
"""Milliseconds after a message was sent at which its silence is weighed."""
SIGNS_BY, ANSWERS_BY = (0.7, 0.92, 0.97, 0.99, 0.995), (0.1, 0.62, 0.87, 0.96, 0.99)
"""The shares of signs and of answers that have come by each look, until more is known."""
GUESS_WORTH, MEMORY = 25.0, 400.0
"""Messages that the guess is worth, and messages after which news have replaced the old."""


class Pace(Struct):
    """The shares of signs and of answers that have come by each look, and the messages behind them."""

    signs: list[float] = field(default_factory=lambda: list(SIGNS_BY))
    answers: list[float] = field(default_factory=lambda: list(ANSWERS_BY))
    signed: float = GUESS_WORTH
    answered: float = GUESS_WORTH

    def sign(self, took: int) -> None:
        """A message first showed a sign of arrival after so many milliseconds."""
        self.signed = _follow(self.signs, self.signed, took)

    def answer(self, took: int) -> None:
        """A message was answered after so many milliseconds."""
        self.answered = _follow(self.answers, self.answered, took)

    def signs_by(self, age: int) -> float:
        """The share of signs that have come by an age in milliseconds."""
        return _by(self.signs, age)

    def answers_by(self, age: int) -> float:
        """The share of answers that have come by an age in milliseconds."""
        return _by(self.answers, age)


def _by(shares: list[float], age: int) -> float:
    earlier = [share for share, after in zip(shares, LOOKS, strict=True) if after <= age]
    return earlier[-1] if earlier else 0.0


def _follow(shares: list[float], seen: float, took: int) -> float:
    seen = min(MEMORY, seen + 1.0)
    step = 1.0 / seen
    for look, after in enumerate(LOOKS):
        shares[look] += step * ((took <= after) - shares[look])
    return seen
