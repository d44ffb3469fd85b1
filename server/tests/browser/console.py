"""The console of a service with some days of invented history, and its addresses."""

from watchword.domain.authentication import State
from watchword.domain.operator import EVERYWHERE, Role
from watchword.ports.reports import Period
from watchword.testing import RunningService

NUMBER = "+33612345678"
ASKED = "?number=%2B33612345678"
QUERIES = {
    "lookup": ASKED,
    "routes": ASKED,
    "providers": "?kind=twilio",
    "templates": "?template_id=welcome&text=%7Bcode%7D",
    "fraud": "?period=30d",
}


class Console:
    """Knows where each screen of the sample project is, and lets people in."""

    def __init__(self, service: RunningService, days: int = 2, a_day: int = 60) -> None:
        watchword = service.watchword
        self.service = service
        self.project = service.run(watchword.sample.fill(days=days, a_day=a_day))
        listed = service.run(watchword.store.authentications_before(None, 50))
        longest = max(listed, key=lambda one: (one.state is State.VALIDATED, len(one.attempts)))
        self.authentication = longest.id
        whenever = Period(0, watchword.manage_projects.clock.now() + 1)
        self.callback = service.run(watchword.store.callbacks(whenever, None, 1))[0].id

    def address(self, name: str, project: object = None) -> str:
        """Where a screen is, with what it needs to have something to show."""
        where = f"{self.service.url}/console/{project or self.project.id}/{name}"
        about = {"authentication": self.authentication, "callback": self.callback}.get(name)
        return f"{where}{f'/{about}' if about else ''}{QUERIES.get(name, '')}"

    def link(self, name: str = "owner", role: Role = Role.OWNER) -> str:
        """A link that signs an operator in once, who is made where there is none."""
        watchword = self.service.watchword

        async def make() -> str:
            people = watchword.manage_operators
            known = {operator.name: operator for operator in await people.list()}
            if name == "owner":
                operator = await people.first_owner()
            else:
                operator = known.get(name) or await people.create(name, {EVERYWHERE: role})
            return await watchword.sign_in.make_link(operator)

        return f"{self.service.url}/in/{self.service.run(make())}"
