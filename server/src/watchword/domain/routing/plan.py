"""Plan: the routes for one attempt in the order they will be tried, with the reason."""

from collections.abc import Collection, Sequence

from msgspec import Struct

from watchword.domain.routing.country_rules import obstacle
from watchword.domain.routing.route import Route


class Plan(Struct, frozen=True):
    """Routes in order; empty where nothing serves the number.

    `left_out` are routes that serve the number but cannot carry the message there, with the reason;
    `reasons` is what was learnt of each route, where that decided.
    """

    routes: tuple[Route, ...]
    because: str
    left_out: tuple[tuple[str, str], ...] = ()
    reasons: tuple[tuple[str, str], ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the routes in order."""
        return tuple(route.name for route in self.routes)


def plan_attempt(
    routes: Sequence[Route],
    e164: str,
    used: Collection[str],
    country: str | None = None,
    sender_id: str | None = None,
    email: str | None = None,
    rule: Sequence[str] | None = None,
) -> Plan:
    """Order the routes that serve a number: the project's order, those already used last.

    A person who did not get the first message is better served by another route, and best by
    another channel, so among the unused ones a channel not tried yet comes first. `sender_id` is the
    one that was asked for; where it is None each route uses its own. A `rule` names the only routes to
    use, in their order.
    """
    if rule is not None:
        by_name = {route.name: route for route in routes}
        routes = [by_name[name] for name in rule if name in by_name]
    fitting = [route for route in routes if route.serves(e164)]
    left_out = tuple(
        (route.name, why)
        for route in fitting
        if (why := obstacle(route, country, sender_id or route.sender_id, email)) is not None
    )
    excluded = {name for name, _ in left_out}
    serving = [route for route in fitting if route.name not in excluded]
    used_channels = {route.channel for route in serving if route.name in used}
    ordered = sorted(
        serving, key=lambda route: (route.name in used, route.channel in used_channels)
    )
    if not ordered:
        because = "; ".join(f"{name}: {why}" for name, why in left_out)
        return Plan((), because or "no route serves this number", left_out)
    first = ordered[0]
    match (bool(used), first.name in used):
        case (False, _):
            others = len(ordered) - 1
            because = f"{first.name} is the first of {others + 1} routes that serve this number"
            if not others:
                because = f"{first.name} is the only route that serves this number"
        case (True, False):
            because = f"{first.name} has not been tried yet"
        case _:
            because = f"every route was tried; {first.name} comes first again"
    return Plan(tuple(ordered), because, left_out)
