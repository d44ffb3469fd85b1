"""Norms: what one project is used to, by which its requests are judged."""

from msgspec import Struct

ENOUGH_CHECKED = 5
"""Right codes that must have been checked before silence counts against anybody."""
USUAL_SHARE, USUAL_WORTH = 0.75, 8.0
LOWEST_SHARE, HIGHEST_SHARE = 0.5, 0.92
FORGETS = 4096.0
"""Codes after which what was seen before counts half."""


class Norms(Struct):
    """How many codes a project's people answer, and which signals its app sends."""

    answered: float = 0.0
    silent: float = 0.0
    asked: float = 0.0
    with_ip: float = 0.0

    @property
    def armed(self) -> bool:
        """Whether enough codes were checked for silence to mean something."""
        return self.answered >= ENOUGH_CHECKED

    @property
    def share(self) -> float:
        """The share of codes that are answered, kept between 50 and 92 %."""
        usual = (self.answered + USUAL_WORTH * USUAL_SHARE) / (
            self.answered + self.silent + USUAL_WORTH
        )
        return min(HIGHEST_SHARE, max(LOWEST_SHARE, usual))

    @property
    def sends_ip(self) -> float:
        """The share of requests that come with an address."""
        return self.with_ip / (self.asked + 5.0)

    def ask(self, *, with_ip: bool) -> None:
        """Count a request."""
        self.asked += 1.0
        self.with_ip += with_ip
        if self.asked > FORGETS:
            self.asked *= 0.5
            self.with_ip *= 0.5

    def learn(self, answered: float, silent: float) -> None:
        """Count codes that were answered or not; negative numbers take back."""
        self.answered = max(0.0, self.answered + answered)
        self.silent = max(0.0, self.silent + silent)
        if self.answered + self.silent > FORGETS:
            self.answered *= 0.5
            self.silent *= 0.5
