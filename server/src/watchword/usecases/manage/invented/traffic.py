"""Invented traffic: every request that the sample project had, oldest first, and what became of it."""

from collections.abc import Iterator
from random import Random

from msgspec import Struct

from watchword.domain.authentication import Authentication
from watchword.domain.number_history import DAY
from watchword.domain.phone_number import PhoneNumber
from watchword.domain.project import Project
from watchword.domain.signals import Signals
from watchword.domain.start_request import Wishes, open_authentication
from watchword.ports.numbering import Numbering
from watchword.usecases.manage.invented.attack import (
    BLOCK,
    COUNTRY,
    UNNOTICED,
    attacker,
    hurried,
    passed,
    pumping,
    refused,
)
from watchword.usecases.manage.invented.callbacks import GIVEN_UP, GONE, GOOD, with_callbacks
from watchword.usecases.manage.invented.countries import Country
from watchword.usecases.manage.invented.people import (
    HOUR,
    Population,
    moments,
    pumped,
)
from watchword.usecases.manage.invented.story import Story
from watchword.usecases.manage.invented.told import Scene, Then, Told
from watchword.usecases.manage.invented.ways import CHAT, NORTH, SOUTH

PUMPED = 25
"""One request in so many is of the attack."""
HURRIED = 0.006
"""The share of requests that come too fast."""
ON_NORTH = 0.55
"""The share of first SMS that go over one of the two routes."""
CORRELATED = 0.6
"""The share of requests that bear an id of the caller."""
POSTED, POSTED_NOWHERE = 0.1, 0.01
"""The shares of requests that ask for callbacks, and for ones that nobody takes."""


class Span(Struct, frozen=True):
    """From when to when there is history, in Unix milliseconds."""

    since: int
    until: int

    @property
    def attack(self) -> tuple[int, int]:
        """A night, past the middle of it."""
        night = self._day(0.6) + HOUR
        begin = max(self.since, min(night, self.until - 3 * HOUR))
        return begin, begin + 3 * HOUR // 2

    @property
    def outage(self) -> tuple[int, int]:
        """An afternoon, later."""
        begin = max(self.since, min(self._day(0.8) + 16 * HOUR, self.until - 2 * HOUR))
        return begin, begin + HOUR

    def _day(self, share: float) -> int:
        at = self.since + int((self.until - self.since) * share)
        return at - at % DAY


class Traffic:
    """All requests of a span; those of one seed at one instant are always the same."""

    def __init__(
        self,
        project: Project,
        span: Span,
        chance: Random,
        numbering: Numbering,
        code_key: str,
    ) -> None:
        self.population = Population(chance, numbering, project)
        self._project = project
        self._span = span
        self._chance = chance
        self._numbering = numbering
        self._code_key = code_key
        self._then = Then(chance)
        self._scene = Scene(project=project, until=span.until, outage=span.outage)

    def told(self, count: int) -> Iterator[Told]:
        """What became of so many requests, oldest first."""
        attacks = count // PUMPED
        begin, end = self._span.attack
        places = sorted(self._chance.randrange(begin, end) for _ in range(attacks))
        asked: list[tuple[int, Country | int]] = [
            *moments(self._chance, self._span.since, self._span.until, count - attacks),
            *((at, place) for place, at in enumerate(places)),
        ]
        asked.sort(key=lambda one: one[0])
        numbers = list(pumped(self._numbering, BLOCK, attacks))
        for at, who in asked:
            self._then.time = at
            if isinstance(who, Country):
                told = self._by_somebody(who, at)
            else:
                told = self._by_the_attacker(numbers[who], at, who, attacks)
            yield with_callbacks(self._chance, told, self._span.until)

    def _by_somebody(self, country: Country, at: int) -> Told:
        person = self.population.anybody(country, at)
        draw = self._chance.random()
        first = NORTH if self._chance.random() < ON_NORTH else SOUTH
        routes = country.routes(CHAT if draw < country.chats else first)
        price = routes[0].price
        opened = self._open(person.number, person.signals, person.locale, at)
        if self._chance.random() < HURRIED:
            return refused(self._then, opened, hurried(price), price)
        verdict = passed(price, known=person.history.verified_at is not None)
        return Story(self._scene, self._chance, person, opened, self._then).tell(routes, verdict)

    def _by_the_attacker(self, number: PhoneNumber, at: int, place: int, attacks: int) -> Told:
        signals = attacker(place)
        opened = self._open(number, signals, "en-US", at, ours=False)
        routes = COUNTRY.routes(SOUTH)
        price = routes[0].price
        if place >= min(UNNOTICED, attacks // 3):
            return refused(self._then, opened, pumping(number.e164, price, place, attacks), price)
        person = self.population.stranger(COUNTRY, number, signals)
        story = Story(self._scene, self._chance, person, opened, self._then)
        return story.tell(routes, passed(price, known=False), answers=False)

    def _open(
        self, number: PhoneNumber, signals: Signals, locale: str, at: int, *, ours: bool = True
    ) -> Authentication:
        """What is opened for a request; a person's has, now and then, an id and an address of the caller."""
        wishes = Wishes(
            signals=signals,
            sender_id=None,
            template_id=None,
            locale=locale,
            correlation_id=f"order-{self._chance.randrange(10**7):07}"
            if self._chance.random() < CORRELATED
            else None,
            callback_url=self._callback_url(at) if ours else None,
            email=None,
        )
        return open_authentication(
            self._project,
            number,
            wishes,
            authentication_id=self._then.new_id(),
            code_key=self._code_key,
            now=at,
        )

    def _callback_url(self, at: int) -> str | None:
        draw = self._chance.random()
        if draw < POSTED_NOWHERE and self._span.until - at > GIVEN_UP:
            return GONE
        return GOOD if draw < POSTED else None
