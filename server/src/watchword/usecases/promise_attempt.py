"""Promise an attempt: what starting, retrying and falling back have in common."""

from collections.abc import Sequence

from msgspec.structs import replace

from watchword.domain.attempt import Attempt, Trigger
from watchword.domain.errors import ErrorCode, Refusal
from watchword.domain.event import BalanceUpdated
from watchword.domain.project import Project
from watchword.domain.routing.plan import Plan, plan_attempt
from watchword.domain.routing.route import SANDBOX_ROUTES, Route
from watchword.domain.screening.spend import PERIODS
from watchword.domain.task import SendAttempt
from watchword.ports.clock import Clock
from watchword.ports.store import Charge, SpendWindow, Surroundings
from watchword.usecases.journal import Journal


def routes_of(project: Project) -> Sequence[Route]:
    """The routes a project sends over."""
    return project.settings.routes or (SANDBOX_ROUTES if project.is_sandbox else ())


def plan_for(project: Project, journal: Journal) -> Plan:
    """The routes for the next attempt."""
    used = {
        attempt.route or attempt.plan[0]
        for attempt in journal.authentication.attempts
        if attempt.route or attempt.plan
    }
    about = journal.authentication
    return plan_attempt(
        routes_of(project),
        about.number.e164,
        used,
        about.number.region,
        about.sender_id,
        about.email,
    )


def promise_attempt(clock: Clock, journal: Journal, plan: Plan, trigger: Trigger) -> Attempt:
    """Queue one more attempt; its price is that of the first route until it is sent."""
    authentication = journal.authentication
    attempt = Attempt(
        id=clock.new_id(),
        number=len(authentication.attempts) + 1,
        trigger=trigger,
        plan=plan.names,
        price=plan.routes[0].price,
        created_at=journal.now,
    )
    journal.authentication = authentication.with_attempt(attempt)
    journal.todo(SendAttempt(attempt.number))
    return attempt


def reserve(project: Project, journal: Journal, attempt: Attempt) -> None:
    """Write down that the price of an attempt is set aside."""
    if attempt.price:
        journal.happened(
            BalanceUpdated("attempt_pending", -attempt.price, project.settings.currency)
        )


def settle(project: Project, journal: Journal, attempt: Attempt, price: int) -> Attempt:
    """Replace what was set aside by what it cost: nothing, where nothing was sent."""
    difference = attempt.price - price
    if attempt.price or price:
        kind = "attempt_success" if price else "attempt"
        journal.happened(BalanceUpdated(kind, difference, project.settings.currency))
    return replace(attempt, price=price)


def windows_of(project: Project, region: str | None, now: int) -> dict[SpendWindow, int | None]:
    """The spend windows that a message to a region falls into, with the cap of each."""
    caps: dict[SpendWindow, int | None] = {}

    def add(period: str, country: str, amount: int) -> None:
        window = SpendWindow(period, now - now % PERIODS[period], country)
        known = caps.get(window)
        caps[window] = amount if known is None else min(known, amount)

    for cap in project.settings.spend_caps:
        if cap.country in ("*", region):
            add(cap.period, cap.country, cap.amount)
    if project.settings.spending_limit_day is not None:
        add("day", "*", project.settings.spending_limit_day)
    return caps


def fault_of_funds(project: Project, around: Surroundings, price: int) -> Refusal | None:
    """Why the project cannot pay so many micros more, if so; the sandbox has no spending limit."""
    if around.balance is not None and around.balance < 0:
        return Refusal(ErrorCode.NEGATIVE_BALANCE, "the prepaid balance is used up")
    limit = project.settings.spending_limit_day
    if limit is None or project.is_sandbox or around.spent.get(("day", "*"), 0) + price <= limit:
        return None
    return Refusal(
        ErrorCode.SPENDING_LIMIT_EXCEEDED, "the project's spending limit for today is used up"
    )


def charge_for(
    project: Project,
    region: str | None,
    now: int,
    amount: int,
    *,
    guarded: bool,
    prepaid: bool = False,
) -> Charge | None:
    """The charge of an amount; caps bind where it is guarded, and nowhere in the sandbox."""
    if amount == 0:
        return None
    windows = windows_of(project, region, now)
    return Charge(
        amount=amount,
        prepaid=prepaid,
        guarded=guarded and not project.is_sandbox,
        windows=tuple(windows.items()),
    )
