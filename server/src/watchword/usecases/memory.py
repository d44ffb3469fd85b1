"""Memory: what this process has learnt of requests and of routes, and what it has yet to tell others."""

import hashlib
from collections import deque
from collections.abc import Iterable, Sequence

from watchword.domain.attempt import Attempt
from watchword.domain.authentication import Authentication
from watchword.domain.channel import Channel
from watchword.domain.network import NetworkKind
from watchword.domain.phone_number import PhoneNumber
from watchword.domain.project import Project
from watchword.domain.routing.choice import Policy
from watchword.domain.routing.credence import Word
from watchword.domain.routing.learning import Learning
from watchword.domain.routing.route import Route
from watchword.domain.routing.sightings import Answered, Declined, Disowned, Reported, Sent
from watchword.domain.routing.way import Place, Way
from watchword.domain.screening.learning.asking import Asking
from watchword.domain.screening.learning.assessment import Assessment
from watchword.domain.screening.learning.ledger import Ledger
from watchword.domain.sighting import Asked, Sighting, authentication_of
from watchword.ports.clock import Clock
from watchword.ports.networks import Networks, NoNetworks
from watchword.ports.numbering import NumberRanges

MOST_NEWS = 100_000
"""Sightings that wait to be told; where the store is away for long, the oldest are forgotten."""
MOST_WAYS = 60_000
CHEAPEST_USER = 1
"""Micros a lost user costs at least, so that a price may be divided by it."""


class Memory:
    """Both brains of one process: the ledger that screens, and the learning that chooses routes.

    They are fed the same sightings, and each the other's verdict: a message of a doubtful request
    teaches nothing about routes, and silence over a route that has failed says little of fraud.
    """

    def __init__(
        self,
        clock: Clock,
        ranges: NumberRanges,
        secret: bytes,
        networks: Networks | None = None,
    ) -> None:
        self._clock = clock
        self._ranges = ranges
        self._secret = secret
        self._networks = networks or NoNetworks()
        self._news: deque[Sighting] = deque(maxlen=MOST_NEWS)
        self._ways: dict[str, tuple[Way, Place]] = {}
        self._doubted: dict[str, None] = {}
        self.learning = Learning()
        self.ledger = Ledger(excuses=self._is_broken)

    def recall(self, ledger: Ledger, learning: Learning) -> None:
        """Begin with what was kept."""
        ledger.excuses = self._is_broken
        self.ledger, self.learning = ledger, learning

    def assess(
        self, project: Project, about: Authentication, price: int, *, known: bool, again: bool
    ) -> Assessment | None:
        """What was learnt says of a request; None in the sandbox, where nobody is real.

        `price` is that of the message in micros, `known` says that the project verified the number
        before, and `again` that it is another message for the same authentication.
        """
        if project.is_sandbox:
            return None
        asking = self._asking(project, about, price, known=known, again=again)
        return Assessment(
            asking=asking,
            judgement=self.ledger.judge(asking, project.settings.strictness),
            answered_here=self.ledger.answered_from(asking),
            armed=self.is_armed(project),
        )

    def _asking(
        self, project: Project, about: Authentication, price: int, *, known: bool, again: bool
    ) -> Asking:
        """What learning looks at in a request; numbers, addresses and devices as keyed digests."""
        number, signals = about.number, about.signals
        network = self._networks.find(signals.ip) if signals.ip else None
        place = self.place(number)
        return Asking(
            at=self._clock.now(),
            project=project.id.hex,
            block=number.e164[1:-1],
            person=self._digest(number.e164),
            price=price / max(CHEAPEST_USER, project.settings.user_worth),
            country=place.country,
            carrier=place.carrier,
            ip=self._digest(signals.ip) if signals.ip else "",
            ip_country=network.country if network else "",
            network=network.number if network else 0,
            hosting=network is not None and network.kind is NetworkKind.HOSTING,
            shared_address=network is not None and network.kind is NetworkKind.MOBILE,
            device=self._digest(signals.device_id) if signals.device_id else "",
            app_version=signals.app_version or "",
            locale=about.locale or "",
            says_returning=bool(signals.is_returning_user),
            known=known,
            again=again,
        )

    def is_armed(self, project: Project) -> bool:
        """Whether a project checks its codes, so that their silence means something."""
        return not project.is_sandbox and self.ledger.is_armed(project.id.hex)

    def place(self, number: PhoneNumber) -> Place:
        """Where a number is."""
        return Place(number.region or "", self._ranges.range_holder(number))

    def rank(
        self,
        routes: Sequence[Route],
        project: Project,
        number: PhoneNumber,
        lost: Sequence[Way] = (),
        draw: float = 0.5,
    ) -> list[tuple[Route, str]]:
        """The routes in the order of their value under the project's policy, each with its reason.

        `draw` is uniform in [0, 1): by it now and then a route comes first of which little is known.
        """
        settings = project.settings
        policy = Policy(settings.routing.value)
        place = self.place(number)
        by_way: dict[Way, list[Route]] = {}
        for route in routes:
            by_way.setdefault(way_over(route.account, route.channel), []).append(route)
        ways = [(way, min(route.price for route in same)) for way, same in by_way.items()]
        now, worth = self._clock.now(), settings.user_worth
        order = self.learning.order(ways, place, policy, worth, draw, now, lost)
        reasons = self.learning.explain(order, place)
        return [
            (route, reason.because)
            for (_, candidate), reason in zip(order, reasons, strict=True)
            for route in by_way[candidate.prospect.way]
        ]

    def pays(
        self, routes: Sequence[Route], project: Project, number: PhoneNumber, lost: Sequence[Way]
    ) -> bool:
        """Whether another message is worth its price after others were lost."""
        ways = [(way_over(route.account, route.channel), route.price) for route in routes]
        now, worth = self._clock.now(), project.settings.user_worth
        return self.learning.pays(ways, self.place(number), worth, now, lost)

    def entries(self) -> dict[str, int]:
        """How much is remembered, by kind."""
        return {**self.ledger.entries(), "routes_at_rest": self.learning.grey.at_rest}

    def doubtful(self, most: int) -> list[str]:
        """Messages under way that were lost more probably than not; each is named once."""
        found: list[str] = []
        for name in self.learning.doubtful(self._clock.now()):
            if len(found) < most and name not in self._doubted:
                self._doubted[name] = None
                found.append(name)
        while len(self._doubted) > MOST_WAYS:
            del self._doubted[next(iter(self._doubted))]
        return found

    def see(self, *sightings: Sighting) -> None:
        """Learn from what happened here, and tell the other processes of it later."""
        self._news.extend(sightings)
        self.hear(sightings)

    def hear(self, sightings: Iterable[Sighting]) -> None:
        """Learn from what happened."""
        for sighting in sightings:
            self._learn(sighting)

    def news(self) -> list[Sighting]:
        """What was seen here since the last call."""
        told = list(self._news)
        self._news.clear()
        return told

    def _learn(self, sighting: Sighting) -> None:
        match sighting:
            case Asked(authentication, asking, refused, probe):
                self.ledger.asked(authentication, asking, refused=refused, probe=probe)
                return
            case Sent(message, way, place):
                self._remember(authentication_of(message), way, place)
            case Reported(message, word, at):
                delivered = word is Word.DELIVERED
                self.ledger.reported(authentication_of(message), at, delivered=delivered)
            case Answered(message, at):
                self.ledger.answered(authentication_of(message), at)
            case Disowned(message, at=at):
                self.ledger.disowned(authentication_of(message), at)
            case Declined():
                pass
        self.learning.observe(sighting)

    def _remember(self, authentication: str, way: Way, place: Place) -> None:
        if len(self._ways) >= MOST_WAYS:
            for oldest in list(self._ways)[: MOST_WAYS // 2]:
                del self._ways[oldest]
        self._ways[authentication] = way, place

    def _is_broken(self, authentication: str) -> bool:
        """Whether the route over which a code went has been found to fail."""
        went = self._ways.get(authentication)
        return went is not None and bool(self.learning.grey.closed_by(*went))

    def _digest(self, text: str) -> str:
        return hashlib.blake2b(text.encode(), key=self._secret, digest_size=9).hexdigest()


def way_over(account: str, channel: Channel) -> Way:
    """What is learnt about: a channel of an account, whichever project or sender uses it."""
    return Way(f"{account}/{channel}", account, channel)


def way_of_attempt(attempt: Attempt) -> Way | None:
    """The way a message went; None where it was not sent."""
    if attempt.account is None or attempt.channel is None:
        return None
    return way_over(attempt.account, attempt.channel)


def ways_gone(about: Authentication) -> tuple[Way, ...]:
    """The ways over which messages of an authentication went, oldest first."""
    ways = (way_of_attempt(attempt) for attempt in about.attempts)
    return tuple(way for way in ways if way is not None)
