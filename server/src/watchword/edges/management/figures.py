"""Operations that give figures: reports, fraud, budgets with their alerts, and callbacks."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct
from msgspec.structs import replace

from watchword.domain.alert import Alert
from watchword.domain.callback_record import CallbackRecord, CallbackState
from watchword.domain.operator import Role
from watchword.domain.phone_number import mask
from watchword.domain.rollup import DAY, HOUR
from watchword.edges.management.operation import (
    PROJECT,
    Call,
    Done,
    Instant,
    Nothing,
    Operation,
    Problem,
)
from watchword.ports.reports import Period
from watchword.ports.store import SpendWindow
from watchword.usecases.manage.reporting import FraudReport, Report
from watchword.usecases.promise_attempt import windows_of

LONGEST = 400 * DAY
MOST_ALERTS = 50
SINCE = {"1h": HOUR, "24h": DAY, "7d": 7 * DAY, "30d": 30 * DAY, "90d": 90 * DAY, "1y": 365 * DAY}
"""Names of periods that end now, in milliseconds."""


class Span(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A period: one that ends now, by name, or from `since` to `until` in Unix milliseconds."""

    period: Literal["1h", "24h", "7d", "30d", "90d", "1y"] = "24h"
    since: Instant | None = None
    until: Instant | None = None

    def of(self, now: int) -> tuple[int, int]:
        """Its beginning and end; both lie on the hour, as roll-ups do."""
        until = now - now % HOUR + HOUR if self.until is None else self.until
        since = until - SINCE[self.period] if self.since is None else self.since
        if not 0 < until - since <= LONGEST:
            raise Problem(400, "bad_request", "a period ends after it begins, within 400 days")
        return since - since % HOUR, until + -until % HOUR


class Budget(Struct, frozen=True, kw_only=True):
    """One cap and what is spent of it now, in micros; `country` `*` is all of them."""

    period: str
    country: str
    cap: int
    spent: int


class Budgets(Struct, frozen=True, kw_only=True):
    """Every cap of a project, its prepaid balance (None where it pays later), the newest alerts."""

    currency: str
    balance: int | None
    caps: tuple[Budget, ...]
    unanswered_budget: int | None
    alerts: tuple[Alert, ...]


class CallbacksWanted(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which callbacks, by their last try."""

    state: CallbackState | None = None
    period: Literal["1h", "24h", "7d", "30d", "90d", "1y"] = "30d"
    limit: Annotated[int, Meta(ge=1, le=500)] = 100


class Callbacks(Struct, frozen=True):
    """Callbacks, those tried last first."""

    items: tuple[CallbackRecord, ...]


class OneCallback(Struct, frozen=True, forbid_unknown_fields=True):
    """One callback by its message id."""

    callback: str


class Since(Struct, frozen=True, forbid_unknown_fields=True):
    """From an instant on, in Unix milliseconds; or for so long."""

    period: Literal["1h", "24h", "7d", "30d"] = "24h"
    since: Instant | None = None


def masked(record: CallbackRecord) -> CallbackRecord:
    """A callback whose body has the number masked."""
    body = msgspec.json.decode(record.request)
    number = body.get("recipient_phone_number") if isinstance(body, dict) else None
    if not isinstance(number, str):
        return record
    return replace(record, request=record.request.replace(number, mask(number)))


async def read_report(call: Call, span: Span) -> Report:
    """Report a period."""
    since, until = span.of(call.management.clock.now())
    project_id = call.project.id if call.project else None
    return await call.management.reporting(project_id, since, until)


async def read_fraud(call: Call, span: Span) -> FraudReport:
    """Report what was refused."""
    since, until = span.of(call.management.clock.now())
    project_id = call.project.id if call.project else None
    return await call.management.reporting.fraud(project_id, since, until)


async def read_budgets(call: Call, _: Nothing) -> Budgets:
    """Tell what is spent of each cap."""
    management, project = call.management, call.of
    settings, now = project.settings, call.management.clock.now()
    caps: dict[SpendWindow, int] = {}
    countries = {cap.country for cap in settings.spend_caps} - {"*"}
    for country in (None, *sorted(countries)):
        found = windows_of(project, country, now)
        caps.update({window: cap for window, cap in found.items() if cap is not None})
    spent = await management.store.surroundings(project.id, "", (), list(caps), now)
    alerts = await management.alerts.alerts(now - 30 * DAY, MOST_ALERTS)
    return Budgets(
        currency=settings.currency,
        balance=await management.registry.balance(project.id),
        caps=tuple(
            Budget(
                period=window.period,
                country=window.country,
                cap=cap,
                spent=spent.spent.get((window.period, window.country), 0),
            )
            for window, cap in caps.items()
        ),
        unanswered_budget=settings.unanswered_budget,
        alerts=tuple(alert for alert in alerts if alert.project_id == project.id),
    )


async def list_callbacks(call: Call, wanted: CallbacksWanted) -> Callbacks:
    """Find callbacks."""
    now = call.management.clock.now()
    period = Period(now - SINCE[wanted.period], now + 1, call.project.id if call.project else None)
    found = await call.management.reports.callbacks(period, wanted.state, wanted.limit)
    return Callbacks(tuple(map(masked, found)))


async def read_callback(call: Call, wanted: OneCallback) -> CallbackRecord:
    """Read one with every try."""
    found = await call.management.reports.callback(wanted.callback)
    if found is None or (call.project and found.project_id != call.project.id):
        raise Problem(404, "not_found", "there is no such callback here")
    return masked(found)


async def redeliver_callback(call: Call, wanted: OneCallback) -> Done:
    """Post one again."""
    try:
        await call.management.redeliver.one(call.of.id, wanted.callback)
    except LookupError as error:
        raise Problem(404, "not_found", str(error)) from None
    return Done("The callback is posted again.")


async def redeliver_failed(call: Call, wanted: Since) -> Done:
    """Post all again that were given up."""
    now = call.management.clock.now()
    since = now - SINCE[wanted.period] if wanted.since is None else wanted.since
    count = await call.management.redeliver.failed_since(call.of.id, since)
    return Done(f"{count} callbacks are posted again." if count else "No callback had failed.")


OPERATIONS = (
    Operation(
        name="read_report",
        method="GET",
        path=f"{PROJECT}/report",
        role=Role.VIEWER,
        summary="Conversion, cost and speed of a period, by country, channel and account.",
        takes=Span,
        gives=Report,
        run=read_report,
        everywhere=True,
    ),
    Operation(
        name="read_fraud",
        method="GET",
        path=f"{PROJECT}/fraud",
        role=Role.VIEWER,
        summary="What was refused in a period, by reason, prefix and country.",
        takes=Span,
        gives=FraudReport,
        run=read_fraud,
        everywhere=True,
    ),
    Operation(
        name="read_budgets",
        method="GET",
        path=f"{PROJECT}/budgets",
        role=Role.VIEWER,
        summary="Every cap and what is spent of it, the balance, and recent alerts.",
        gives=Budgets,
        run=read_budgets,
    ),
    Operation(
        name="list_callbacks",
        method="GET",
        path=f"{PROJECT}/callbacks",
        role=Role.VIEWER,
        summary="Callbacks by their last try.",
        takes=CallbacksWanted,
        gives=Callbacks,
        run=list_callbacks,
        everywhere=True,
    ),
    Operation(
        name="read_callback",
        method="GET",
        path=f"{PROJECT}/callbacks/{{callback}}",
        role=Role.VIEWER,
        summary="One callback with every try: what was posted, and what came back.",
        takes=OneCallback,
        gives=CallbackRecord,
        run=read_callback,
        everywhere=True,
    ),
    Operation(
        name="redeliver_callback",
        method="POST",
        path=f"{PROJECT}/callbacks/{{callback}}/redeliver",
        role=Role.OPERATOR,
        summary="Post one callback again, unchanged and under the same id.",
        takes=OneCallback,
        run=redeliver_callback,
    ),
    Operation(
        name="redeliver_failed",
        method="POST",
        path=f"{PROJECT}/redeliver-failed",
        role=Role.OPERATOR,
        summary="Post all callbacks again that were given up since an instant.",
        takes=Since,
        run=redeliver_failed,
    ),
)
