"""Plan: the routes for one attempt in the order they will be tried, with the reason."""

from collections.abc import Collection, Sequence

from msgspec import Struct

from watchword.domain.routing.route import Route


class Plan(Struct, frozen=True):
    """Routes in order; empty where nothing serves the number."""

    routes: tuple[Route, ...]
    because: str


def plan_attempt(routes: Sequence[Route], e164: str, used: Collection[str]) -> Plan:
    """Order the routes that serve a number: the project's order, those already used last.

    A person who did not get the first message is better served by another route, and best by
    another channel, so among the unused ones a channel not tried yet comes first.
    """
    serving = [route for route in routes if route.serves(e164)]
    used_channels = {route.channel for route in serving if route.name in used}
    ordered = sorted(
        serving, key=lambda route: (route.name in used, route.channel in used_channels)
    )
    if not ordered:
        return Plan((), "no route serves this number")
    first = ordered[0]
    match (bool(used), first.name in used):
        case (False, _):
            because = f"{first.name} is the first of {len(ordered)} routes that serve this number"
        case (True, False):
            because = f"{first.name} has not been tried yet"
        case _:
            because = f"every route was tried; {first.name} comes first again"
    return Plan(tuple(ordered), because)
