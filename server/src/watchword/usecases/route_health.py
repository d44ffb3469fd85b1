"""Route health: the breakers of this process, in the order they make of planned routes."""

import asyncio
from collections.abc import Iterator, Sequence

from watchword.domain.channel import Channel
from watchword.domain.routing.breaker import CLOSED, Breaker, Fared, Standing
from watchword.domain.routing.route import Route
from watchword.ports.clock import Clock
from watchword.ports.provider import (
    Accepted,
    Healthy,
    Provider,
    Providers,
    RefusalKind,
    Refused,
    Unavailable,
)
from watchword.ports.telemetry import NO_TELEMETRY, Telemetry

EVERYWHERE = "*"
TIME_TO_PROBE = 3.0
"""Seconds a provider has to say that it is there."""
SHORTEST_REST = 1_000
"""Milliseconds for which a provider that finds us too fast is left alone, where it names no time."""
Key = tuple[str, Channel, str]
"""An account, a channel, and a country (ISO 3166-1) or `*`."""


class RouteHealth:
    """How each account and channel has fared lately, in all countries and in each.

    That a provider cannot be reached is true of all countries; what it refuses may be true of one.
    """

    def __init__(self, clock: Clock, telemetry: Telemetry = NO_TELEMETRY) -> None:
        self._clock = clock
        self._telemetry = telemetry
        self._breakers: dict[Key, Breaker] = {}

    def in_order(
        self, planned: Sequence[Route], country: str | None
    ) -> Iterator[tuple[Route, str]]:
        """Each route when its turn comes, and before that, with a reason, what is passed over.

        What was passed over has its turn at the end: that is better than to send nothing.
        """
        passed_over: list[Route] = []
        for route in planned:
            because = self.closed_to(route, country)
            yield route, because
            if because:
                passed_over.append(route)
        for route in passed_over:
            yield route, ""

    def closed_to(self, route: Route, country: str | None) -> str:
        """Why no message to a country should go over a route now; empty where it should."""
        now = self._clock.now()
        for key in _keys(route, country):
            breaker = self._breakers.get(key, CLOSED)
            if not breaker.permits(now):
                return breaker.because or "it asked to be left alone"
        return ""

    def standing(self) -> list[tuple[str, Channel, str, str]]:
        """Breakers that are not closed: account, channel, country (`*` is all), and why."""
        return [
            (*key, breaker.because or "it asked to be left alone")
            for key, breaker in self._breakers.items()
            if breaker.standing is not Standing.CLOSED
        ]

    def begin(self, route: Route, country: str | None) -> None:
        """A message goes over a route: where its breaker is open, that is a trial."""
        now = self._clock.now()
        for key in _keys(route, country):
            if key in self._breakers:
                self._breakers[key] = self._breakers[key].tried(now)

    def learn(
        self,
        route: Route,
        country: str | None,
        outcome: Accepted | Refused | Unavailable,
        took: int,
    ) -> None:
        """How a message was taken, in so many milliseconds."""
        now = self._clock.now()
        everywhere, here = (self._breakers.get(key, CLOSED) for key in _keys(route, country))
        match outcome:
            case Accepted():
                everywhere = everywhere.after(Fared.WELL, took, now)
                here = here.after(Fared.WELL, took, now)
            case Refused(RefusalKind.THROTTLE, retry_after=retry_after):
                everywhere = everywhere.rested(now, retry_after or SHORTEST_REST)
            case Refused(RefusalKind.NUMBER | RefusalKind.FRAUD):
                everywhere = everywhere.after(Fared.NEITHER, took, now)
                here = here.after(Fared.NEITHER, took, now)
            case Refused(_, _, cause):
                everywhere = everywhere.after(Fared.NEITHER, took, now)
                here = here.after(Fared.BADLY, took, now, cause)
            case Unavailable(cause, retry_after):
                everywhere = everywhere.after(Fared.BADLY, took, now, cause)
                if retry_after:
                    everywhere = everywhere.rested(now, retry_after)
        for key, breaker in zip(_keys(route, country), (everywhere, here), strict=True):
            self._put(key, breaker)

    async def probe(self, providers: Providers) -> None:
        """Ask providers that could not be reached, when their rest is over, before a message is risked."""
        for key, breaker in list(self._breakers.items()):
            account, _, country = key
            provider = providers.account(account)
            if provider is None or country != EVERYWHERE or not self._waits_for_probe(breaker):
                continue
            self._breakers[key] = trying = breaker.tried(self._clock.now())
            found = await _probed(provider)
            now = self._clock.now()
            if isinstance(found, Healthy):
                self._put(key, trying.answered(now))
            else:
                self._put(key, trying.after(Fared.BADLY, 0, now, found.cause))

    def _waits_for_probe(self, breaker: Breaker) -> bool:
        return (
            breaker.standing is Standing.OPEN
            and not breaker.proven
            and breaker.permits(self._clock.now())
        )

    def _put(self, key: Key, breaker: Breaker) -> None:
        before = self._breakers.get(key, CLOSED)
        self._breakers[key] = breaker
        if before.standing is not breaker.standing:
            self._telemetry.breaker(*key, breaker.standing, breaker.because)


def _keys(route: Route, country: str | None) -> tuple[Key, Key]:
    return (
        (route.account, route.channel, EVERYWHERE),
        (route.account, route.channel, country or "001"),  # the world, as UN M49 numbers it
    )


async def _probed(provider: Provider) -> Healthy | Refused | Unavailable:
    try:
        async with asyncio.timeout(TIME_TO_PROBE):
            return await provider.probe()
    except TimeoutError:
        return Unavailable("no answer in time")
