"""Sample: a sandbox project full of invented history, to look at before there is any of one's own."""

import asyncio
from itertools import islice
from random import Random

from msgspec import Struct
from msgspec.structs import replace

from watchword.domain.project import Mode, Project
from watchword.domain.rollup import DAY
from watchword.ports.clock import Clock
from watchword.ports.keyring import Keyring
from watchword.ports.numbering import Numbering
from watchword.ports.store import Change, Registry, Store, StoreUnavailableError
from watchword.usecases.manage.invented.people import Person
from watchword.usecases.manage.invented.told import Told
from watchword.usecases.manage.invented.traffic import Span, Traffic
from watchword.usecases.manage.projects import ManageProjects

NAME = "sample"
"""The name of the project."""
APP = "Sample Shop"
"""What its messages call the app."""
MINUTE = 60_000
TOGETHER = 50
"""Stories that are written at once: few enough that a running service is not kept waiting."""
IN_INBOX = DAY
"""Milliseconds for which messages are in the inbox; what is older there serves nobody."""


class Sample(Struct, frozen=True):
    """Make a project with history, and take it away with all that is in it.

    All is written through the store as decisions are, so what is counted is what is listed.
    """

    store: Store
    registry: Registry
    clock: Clock
    keyring: Keyring
    numbering: Numbering
    actor: str = "watchword"

    @property
    def _projects(self) -> ManageProjects:
        return ManageProjects(self.registry, self.clock, self.actor)

    async def exists(self) -> bool:
        """Whether the project is there."""
        return any(project.name == NAME for project in await self.registry.projects())

    async def fill(self, days: int = 30, a_day: int = 200, seed: int = 1) -> Project:
        """Make the project, with so many days of history and requests a day, up to a minute ago.

        One seed gives the same history at the same instant; its ids are of the instants it tells of.

        Raises:
            ValueError: it exists already, or there would be nothing in it.
            StoreUnavailableError: not all could be written; `remove` takes away what was.

        """
        if days < 1 or a_day < 1:
            raise ValueError("a history has at least one day and one request a day")
        project = await self._projects.create(NAME, Mode.SANDBOX)
        project = await self._projects.change(
            project, settings=replace(project.settings, app_name=APP)
        )
        until = self.clock.now() - MINUTE
        traffic = Traffic(
            project,
            Span(until - days * DAY, until),
            Random(seed),  # noqa: S311 - it invents what nobody needs to guess
            self.numbering,
            self.keyring.current(),
        )
        stories = traffic.told(days * a_day)
        while group := list(islice(stories, TOGETHER)):
            await asyncio.gather(*(self._write(told) for told in group))
        people = iter(traffic.population.people.values())
        while known := list(islice(people, TOGETHER)):
            await asyncio.gather(*(self._save(_remembered(person)) for person in known))
        return project

    async def _write(self, told: Told) -> None:
        """Write a story; its changes follow each other, as each builds on the one before."""
        for change in told.changes():
            await self._save(change)
        for message in told.messages(self.clock.now() - IN_INBOX):
            await self.store.add_inbox_message(message)

    async def _save(self, change: Change) -> None:
        if not await self.store.save(change):
            raise StoreUnavailableError("somebody else changes what is being invented")

    async def remove(self) -> int:
        """Take the project away with everything in it; how many rows that were.

        Raises:
            NoSuchProjectError: there is none.
            ValueError: it is no longer a sandbox project.

        """
        return await self._projects.remove(await self._projects.find(NAME))


def _remembered(person: Person) -> Change:
    history = person.history
    return Change(project_id=history.project_id, history=history, at=person.asked_at, relaxed=True)
