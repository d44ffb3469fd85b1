"""Operations on routes: their order, how one is chosen, and a dry run for a number."""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from watchword.domain.channel import Channel
from watchword.domain.money import parse_amount
from watchword.domain.operator import Role
from watchword.domain.project import RoutingPolicy
from watchword.domain.routing.route import SANDBOX_ACCOUNT, Dlt, Route
from watchword.edges.management.changing import change_settings
from watchword.edges.management.operation import (
    PROJECT,
    Call,
    Done,
    Nothing,
    Operation,
    Problem,
    Undo,
    plain,
)
from watchword.usecases.manage.dry_run import DryRunResult
from watchword.usecases.promise_attempt import routes_of

Name = Annotated[str, Meta(min_length=1, max_length=64)]
Text = Annotated[str, Meta(max_length=2000)]


class Routes(Struct, frozen=True, kw_only=True):
    """The routes of a project in order; `own` is false where the sandbox's stand in for none."""

    routing: RoutingPolicy
    own: bool
    currency: str
    items: tuple[Route, ...]
    accounts: tuple[str, ...]


class NewRoute(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A route; `prefixes` are apart by spaces, `price` is a decimal in the project's currency.

    `place` is where it stands in the order, from 0; without one a new route is the last, and one that
    was there before keeps its place.
    """

    name: Name
    account: Name
    channel: Channel
    sender_id: Text = ""
    prefixes: Text = "+"
    price: Annotated[str, Meta(pattern=r"^[0-9]{0,6}([.][0-9]{1,6})?$")] = "0"
    template: Text = ""
    dlt_entity: Text = ""
    dlt_template: Text = ""
    place: Annotated[int, Meta(ge=0)] | None = None


class RouteName(Struct, frozen=True, forbid_unknown_fields=True):
    """One route."""

    name: Name


class Move(Struct, frozen=True, forbid_unknown_fields=True):
    """Which way a route moves in the order."""

    name: Name
    by: Literal[-1, 1]


class Policy(Struct, frozen=True, forbid_unknown_fields=True):
    """How the next route is chosen."""

    routing: RoutingPolicy


class Trying(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A dry run for a number; `after` are routes that were tried already, apart by commas."""

    number: Annotated[str, Meta(max_length=60)]
    sender_id: Text = ""
    email: Text = ""
    after: Text = ""


async def list_routes(call: Call, _: Nothing) -> Routes:
    """Read a project's routes."""
    settings = call.of.settings
    accounts = [account.name for account in await call.management.accounts.list()]
    return Routes(
        routing=settings.routing,
        own=bool(settings.routes),
        currency=settings.currency,
        items=settings.routes or tuple(routes_of(call.of)),
        accounts=(*accounts, SANDBOX_ACCOUNT),
    )


async def put_route(call: Call, new: NewRoute) -> Done:
    """Add a route, or change it in its place."""
    if bool(new.dlt_entity) != bool(new.dlt_template):
        raise Problem(400, "bad_request", "the entity and the template of DLT go together")
    accounts = {account.name for account in await call.management.accounts.list()}
    if new.account not in accounts | {SANDBOX_ACCOUNT}:
        raise Problem(400, "bad_request", f"no account is called {new.account!r}")
    try:
        route = msgspec.convert(
            {
                "name": new.name,
                "account": new.account,
                "channel": new.channel,
                "sender_id": new.sender_id or None,
                "prefixes": tuple(new.prefixes.replace(",", " ").split()) or ("+",),
                "price": parse_amount(new.price or "0"),
                "template": new.template or None,
                "dlt": Dlt(new.dlt_entity, new.dlt_template) if new.dlt_entity else None,
            },
            Route,
            from_attributes=True,
        )
    except msgspec.ValidationError as error:
        raise Problem(400, "bad_request", plain(str(error))) from None
    before = {known.name: known for known in call.of.settings.routes}
    routes = [known for known in before.values() if known.name != new.name]
    place = [*before, new.name].index(new.name) if new.place is None else new.place
    routes.insert(place, route)
    await change_settings(call, {"routes": msgspec.to_builtins(routes)})
    if new.name in before:
        fields = {**_fields(before[new.name]), "place": [*before].index(new.name)}
        return Done(f"{new.name} is changed.", Undo("put_route", fields))
    return Done(f"{new.name} is a route now.", Undo("remove_route", {"name": new.name}))


async def remove_route(call: Call, which: RouteName) -> Done:
    """Take a route out."""
    left = [route for route in call.of.settings.routes if route.name != which.name]
    gone = [route for route in call.of.settings.routes if route.name == which.name]
    if not gone:
        raise Problem(404, "not_found", f"no route is called {which.name!r}")
    await change_settings(call, {"routes": msgspec.to_builtins(left)})
    fields = {**_fields(gone[0]), "place": call.of.settings.routes.index(gone[0])}
    return Done(f"{which.name} is gone.", Undo("put_route", fields))


async def move_route(call: Call, move: Move) -> Done:
    """Move a route up or down."""
    routes = list(call.of.settings.routes)
    place = next((n for n, route in enumerate(routes) if route.name == move.name), None)
    if place is None:
        raise Problem(404, "not_found", f"no route is called {move.name!r}")
    other = place + move.by
    if not 0 <= other < len(routes):
        raise Problem(409, "conflict", f"{move.name} is at the end already")
    routes[place], routes[other] = routes[other], routes[place]
    await change_settings(call, {"routes": msgspec.to_builtins(routes)})
    return Done(f"{move.name} has moved.", Undo("move_route", {"name": move.name, "by": -move.by}))


async def set_routing(call: Call, policy: Policy) -> Done:
    """Choose how routes are chosen."""
    before = call.of.settings.routing
    await change_settings(call, {"routing": policy.routing.value})
    return Done(f"Routing is {policy.routing}.", Undo("set_routing", {"routing": before.value}))


async def dry_run(call: Call, trying: Trying) -> DryRunResult:
    """Tell the routes for a number."""
    after = [name.strip() for name in trying.after.split(",") if name.strip()]
    try:
        return await call.management.dry_run(
            call.of, trying.number, trying.sender_id or None, trying.email or None, after
        )
    except ValueError as error:
        raise Problem(400, "invalid_phone_number", str(error)) from None


def _fields(route: Route) -> dict[str, Any]:
    """A route as `put_route` takes it."""
    return {
        "name": route.name,
        "account": route.account,
        "channel": route.channel.value,
        "sender_id": route.sender_id or "",
        "prefixes": " ".join(route.prefixes),
        "price": f"{route.price / 1_000_000:.6f}",
        "template": route.template or "",
        "dlt_entity": route.dlt.entity_id if route.dlt else "",
        "dlt_template": route.dlt.template_id if route.dlt else "",
    }


_ONE = f"{PROJECT}/routes/{{name}}"
OPERATIONS = (
    Operation(
        name="list_routes",
        method="GET",
        path=f"{PROJECT}/routes",
        role=Role.VIEWER,
        summary="The routes of a project in order, and how one is chosen.",
        gives=Routes,
        run=list_routes,
    ),
    Operation(
        name="put_route",
        method="PUT",
        path=_ONE,
        role=Role.OWNER,
        summary="Add a route, or change it in its place.",
        takes=NewRoute,
        run=put_route,
    ),
    Operation(
        name="remove_route",
        method="DELETE",
        path=_ONE,
        role=Role.OWNER,
        summary="Take a route out.",
        takes=RouteName,
        run=remove_route,
    ),
    Operation(
        name="move_route",
        method="POST",
        path=f"{_ONE}/move",
        role=Role.OWNER,
        summary="Move a route up or down in the order.",
        takes=Move,
        run=move_route,
    ),
    Operation(
        name="set_routing",
        method="PUT",
        path=f"{PROJECT}/routing",
        role=Role.OWNER,
        summary="Choose how the next route is chosen.",
        takes=Policy,
        run=set_routing,
    ),
    Operation(
        name="dry_run",
        method="GET",
        path=f"{PROJECT}/dry-run/{{number}}",
        role=Role.VIEWER,
        summary="Which routes a message to a number would take, and why; nothing is sent.",
        takes=Trying,
        gives=DryRunResult,
        run=dry_run,
    ),
)
