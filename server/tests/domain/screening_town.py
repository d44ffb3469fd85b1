"""Screening town: a ledger, a clock, people who type their codes, and somebody who pumps."""

from collections.abc import Iterable
from typing import Any

from watchword.domain.screening.learning.asking import Asking
from watchword.domain.screening.learning.judgement import Judgement
from watchword.domain.screening.learning.ledger import LAST_LOOK, Ledger

SECOND, MINUTE, HOUR = 1_000, 60_000, 3_600_000
NOW = 1_750_000_000_000
PUMPED = "33638120"


def block(index: int, beginning: str = "336") -> str:
    """Numbers spread over a country as those of people are."""
    digits = 10 - len(beginning)
    return f"{beginning}{(index * 104_729 + 17) % 10**digits:0{digits}}"


class Town:
    """A ledger, a clock, people who type their codes, and somebody who pumps."""

    def __init__(self, excused: Iterable[str] = ()) -> None:
        self.ledger = Ledger(excuses=set(excused).__contains__)
        self.now = NOW
        self.asked = 0

    def asking(self, index: int = 0, **traits: Any) -> Asking:
        """A request for a code, by default of another Frenchman for each index."""
        given: dict[str, Any] = {
            "block": block(index),
            "person": f"p{traits.get('block', index)}",
            "country": "FR",
            "carrier": "Orange",
            "price": 0.25,
            "project": "acme",
        }
        return Asking(**{"at": self.now, **given, **traits})

    def ask(self, asking: Asking, *, refused: bool = False, probe: bool = False) -> str:
        self.asked += 1
        authentication = f"a{self.asked}"
        self.ledger.asked(authentication, asking, refused=refused, probe=probe)
        return authentication

    def person(self, index: int, **traits: Any) -> str:
        authentication = self.ask(self.asking(index, **traits))
        self.now += 20 * SECOND
        self.ledger.answered(authentication, self.now)
        self.now += 10 * SECOND
        return authentication

    def people(self, count: int, **traits: Any) -> list[str]:
        return [self.person(1 + index, **traits) for index in range(count)]

    def silent(self, asking: Asking, *, delivered: bool | None = True) -> str:
        authentication = self.ask(asking)
        if delivered is not None:
            self.ledger.reported(authentication, self.now + SECOND, delivered=delivered)
        self.now += 5 * SECOND
        return authentication

    def pump(self, count: int, beginning: str = PUMPED, **traits: Any) -> list[str]:
        """Numbers of one block are asked for, delivered, and never answered."""
        digits = 10 - len(beginning)
        gone = [
            self.silent(self.asking(block=f"{beginning}{i * 7 % 10**digits:0{digits}}", **traits))
            for i in range(count)
        ]
        self.now += LAST_LOOK
        return gone

    def judge(self, index: int = 999, **traits: Any) -> Judgement:
        """The judgement of a request, by default of somebody new."""
        return self.ledger.judge(self.asking(index, **traits))

    def pumped(self, **traits: Any) -> Judgement:
        """The judgement of one more request for the block that is pumped."""
        return self.judge(block=f"{PUMPED}99", person="pumped", **traits)
