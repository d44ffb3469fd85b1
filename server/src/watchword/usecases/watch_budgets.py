"""Watch budgets: raise an alert, once, when 50, 80 and 100 per cent of a budget are spent."""

from collections.abc import Mapping
from uuid import UUID

from watchword.domain.alert import LEVELS, Alert, alert_body, levels_reached
from watchword.domain.project import Project
from watchword.domain.task import DeliverCallback, Task
from watchword.ports.clock import Clock
from watchword.ports.store import Alerts, Change, Charge, SpendWindow, Store, Surroundings
from watchword.ports.telemetry import NO_TELEMETRY, Telemetry
from watchword.usecases.promise_attempt import routes_of

MOST_RAISED = 10_000
Raised = tuple[UUID, str, int, int]


class WatchBudgets:
    """Looks at what a request spent or was refused for, and tells whoever should know.

    The store keeps each alert once, however many processes reach a level at the same time; what was
    raised or found raised is remembered here, so that the store is asked once for each level.
    """

    def __init__(
        self, store: Store, alerts: Alerts, clock: Clock, telemetry: Telemetry = NO_TELEMETRY
    ) -> None:
        self._store = store
        self._alerts = alerts
        self._clock = clock
        self._telemetry = telemetry
        self._raised: dict[Raised, None] = {}

    async def spent(
        self, project: Project, about: UUID, charge: Charge | None, around: Surroundings
    ) -> None:
        """Raise what a charge reaches; `about` is the authentication it was for."""
        for window, cap in charge.windows if charge is not None else ():
            if cap is not None and charge is not None:
                after = around.spent.get((window.period, window.country), 0) + charge.amount
                for level in levels_reached(after, cap):
                    await self._raise(project, about, window, level, after, cap)

    async def refused(
        self,
        project: Project,
        about: UUID,
        caps: Mapping[SpendWindow, int | None],
        around: Surroundings,
    ) -> None:
        """A message was refused for want of money: raise that budgets are used up.

        A budget that would not bear the dearest route once more counts as used up.
        """
        dearest = max((route.price for route in routes_of(project)), default=0)
        for window, cap in caps.items():
            spent = around.spent.get((window.period, window.country), 0)
            if cap is not None and spent + dearest > cap:
                await self._raise(project, about, window, LEVELS[-1], spent, cap)

    async def _raise(
        self,
        project: Project,
        authentication_id: UUID,
        window: SpendWindow,
        level: int,
        spent: int,
        cap: int,
    ) -> None:
        key = (project.id, f"{window.period} {window.country}", window.start, level)
        if key in self._raised:
            return
        if len(self._raised) >= MOST_RAISED:
            self._raised.clear()
        now = self._clock.now()
        alert = Alert(
            project_id=project.id,
            period=window.period,
            country=window.country,
            start=window.start,
            level=level,
            spent=spent,
            cap=cap,
            currency=project.settings.currency,
            at=now,
        )
        if await self._alerts.raise_alert(alert):
            self._telemetry.alert(alert)
            await self._post(project, authentication_id, alert)
        self._raised[key] = None

    async def _post(self, project: Project, authentication_id: UUID, alert: Alert) -> None:
        url = project.settings.alert_url
        if url is None:
            return
        message_id = f"alert_{self._clock.new_id()}"
        task = Task(
            id=self._clock.new_id(),
            authentication_id=authentication_id,
            project_id=project.id,
            work=DeliverCallback(url, alert_body(alert, message_id), message_id),
            due_at=alert.at,
            created_at=alert.at,
        )
        await self._store.save(Change(project_id=project.id, tasks=(task,), at=alert.at))
