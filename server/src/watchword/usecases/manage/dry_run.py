"""Dry run: which routes a message to a number would take, and why; nothing is sent."""

from collections.abc import Collection

from msgspec import Struct

from watchword.domain.channel import Channel
from watchword.domain.phone_number import PhoneNumber
from watchword.domain.project import Project
from watchword.domain.routing.country_rules import advice
from watchword.domain.routing.plan import Plan, plan_attempt
from watchword.domain.routing.route import SANDBOX_ACCOUNT, Route
from watchword.ports.numbering import Numbering, NumberProblem
from watchword.usecases.manage.provider_accounts import ManageProviderAccounts
from watchword.usecases.memory import Memory, way_over
from watchword.usecases.promise_attempt import learns, learnt_plan, routes_of

IN_USE = "in use"


class DryRoute(Struct, frozen=True, kw_only=True):
    """One route of a dry run; `place` is where it stands in the plan, from 1; `price` is micros."""

    route: str
    account: str
    channel: Channel
    price: int
    place: int | None
    left_out: str | None
    account_state: str
    advice: str | None
    because: str | None


class DryRunResult(Struct, frozen=True, kw_only=True):
    """The routes in the order in which they would be tried, then those left out."""

    country: str | None
    because: str
    routes: tuple[DryRoute, ...]


class DryRun(Struct, frozen=True):
    """Plan as a real request would, with what this process has learnt. Breakers are not in it."""

    numbering: Numbering
    accounts: ManageProviderAccounts
    memory: Memory

    async def __call__(
        self,
        project: Project,
        phone_number: str,
        sender_id: str | None = None,
        email: str | None = None,
        after: Collection[str] = (),
    ) -> DryRunResult:
        """The plan for a number; `after` are routes that were tried already.

        Raises:
            ValueError: it is no phone number.

        """
        number = self.numbering.parse(phone_number)
        if isinstance(number, NumberProblem):
            raise ValueError(number.message)  # noqa: TRY004 - the text is wrong, not its type
        plan = self._plan(project, number, sender_id, email, after)
        states = {a.name: "paused" if a.paused else IN_USE for a in await self.accounts.list()}
        states[SANDBOX_ACCOUNT] = IN_USE
        rows = [
            _row(plan, route, number.region, sender_id, states.get(route.account))
            for route in project.settings.routes or routes_of(project)
        ]
        rows.sort(key=lambda row: (row.place is None, row.place or 0))
        because = plan.because
        if project.is_sandbox and project.settings.routes:
            because += "; while the project is in the sandbox, the message ends in the inbox"
        return DryRunResult(country=number.region, because=because, routes=tuple(rows))

    def _plan(
        self,
        project: Project,
        number: PhoneNumber,
        sender_id: str | None,
        email: str | None,
        after: Collection[str],
    ) -> Plan:
        rule = project.rule_for(number.e164)
        plan = plan_attempt(
            routes_of(project),
            number.e164,
            after,
            number.region,
            sender_id,
            email,
            rule=rule.routes if rule else None,
        )
        if rule is not None or not learns(project):
            return plan
        gone = [way_over(r.account, r.channel) for r in plan.routes if r.name in after]
        return learnt_plan(project, number, plan, after, gone, 0.5, self.memory)


def _row(
    plan: Plan, route: Route, country: str | None, sender_id: str | None, state: str | None
) -> DryRoute:
    planned = route.name in plan.names
    why = dict(plan.left_out).get(route.name, "it does not serve this number")
    return DryRoute(
        route=route.name,
        account=route.account,
        channel=route.channel,
        price=route.price,
        place=plan.names.index(route.name) + 1 if planned else None,
        left_out=None if planned else why,
        account_state=state or "there is no such account",
        because=dict(plan.reasons).get(route.name),
        advice=advice(route, country, sender_id or route.sender_id),
    )
