"""Promise an attempt: what starting, retrying and falling back have in common."""

from collections.abc import Collection, Sequence

from msgspec.structs import replace

from watchword.domain.attempt import Attempt, Trigger
from watchword.domain.authentication import Authentication
from watchword.domain.channel import Channel
from watchword.domain.errors import ErrorCode, Refusal
from watchword.domain.event import BalanceUpdated
from watchword.domain.phone_number import PhoneNumber
from watchword.domain.project import Project, RoutingPolicy
from watchword.domain.routing.plan import Plan, plan_attempt
from watchword.domain.routing.route import SANDBOX_ACCOUNT, SANDBOX_ROUTES, Route
from watchword.domain.routing.way import Way
from watchword.domain.screening.spend import PERIODS, UNANSWERED
from watchword.domain.task import SendAttempt
from watchword.ports.clock import Clock
from watchword.ports.store import Charge, SpendWindow, Surroundings
from watchword.usecases.journal import Journal
from watchword.usecases.memory import Memory, ways_gone

ROOM = 2
"""Further messages that an answered code makes room for, in the budget of what is unanswered."""


def routes_of(project: Project) -> Sequence[Route]:
    """The routes a project sends over; in the sandbox they are its own, and all end in the inbox."""
    if not project.is_sandbox:
        return project.settings.routes
    own = tuple(replace(route, account=SANDBOX_ACCOUNT) for route in project.settings.routes)
    return own or SANDBOX_ROUTES


def plan_for(project: Project, about: Authentication, memory: Memory) -> Plan:
    """The routes for the next attempt: by a rule, in the project's order, or by what was learnt."""
    used = {
        attempt.route or attempt.plan[0]
        for attempt in about.attempts
        if attempt.route or attempt.plan
    }
    rule = project.rule_for(about.number.e164)
    plan = plan_attempt(
        routes_of(project),
        about.number.e164,
        used,
        about.number.region,
        about.sender_id,
        about.email,
        rule=rule.routes if rule else None,
    )
    if rule is not None:
        return replace(plan, because=f"a rule for {', '.join(rule.prefixes)}: {plan.because}")
    if not learns(project):
        return plan
    draw = int.from_bytes(about.id.bytes[-4:], "big") / 2**32
    return learnt_plan(project, about.number, plan, used, ways_gone(about), draw, memory)


def learns(project: Project) -> bool:
    """Whether routes are chosen by what was learnt."""
    return not project.is_sandbox and project.settings.routing is not RoutingPolicy.FIXED


def learnt_plan(
    project: Project,
    number: PhoneNumber,
    plan: Plan,
    used: Collection[str],
    gone: Sequence[Way],
    draw: float,
    memory: Memory,
) -> Plan:
    """The same routes in the order of their value; those already used stay last.

    Email comes after all that reach the phone: it says nothing of who holds the number.
    """
    fresh = [route for route in plan.routes if route.name not in used]
    if not fresh:
        return plan
    ranked = memory.rank(fresh, project, number, gone, draw)
    ranked.sort(key=lambda one: one[0].channel is Channel.EMAIL)
    others = tuple(route for route in plan.routes if route.name in used)
    return replace(
        plan,
        routes=(*(route for route, _ in ranked), *others),
        because=ranked[0][1],
        reasons=tuple((route.name, because) for route, because in ranked),
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
        because=plan.because if plan.reasons else "",
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


def windows_of(
    project: Project, region: str | None, now: int, memory: Memory | None = None
) -> dict[SpendWindow, int | None]:
    """The spend windows that a message to a region falls into, with the cap of each.

    That of unanswered money is among them where the project checks its codes, as `memory` knows.
    """
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
    budget = project.settings.unanswered_budget
    if budget is not None and region and memory is not None and memory.is_armed(project):
        add(UNANSWERED, region, budget)
    return caps


def answered_charge(
    project: Project, about: Authentication, matched: int, now: int, memory: Memory
) -> Charge | None:
    """What an answered code gives back: room for all that was spent on it, and for two messages more."""
    region, budget = about.number.region, project.settings.unanswered_budget
    room = sum(attempt.price for attempt in about.attempts) + ROOM * about.attempt(matched).price
    if budget is None or region is None or not room or not memory.is_armed(project):
        return None
    window = SpendWindow(UNANSWERED, now - now % PERIODS[UNANSWERED], region)
    return Charge(amount=-room, windows=((window, None),))


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
    memory: Memory | None = None,
) -> Charge | None:
    """The charge of an amount; caps bind where it is guarded, and nowhere in the sandbox."""
    if amount == 0:
        return None
    windows = windows_of(project, region, now, memory)
    return Charge(
        amount=amount,
        prepaid=prepaid,
        guarded=guarded and not project.is_sandbox,
        windows=tuple(windows.items()),
    )
