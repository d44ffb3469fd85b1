"""Journal: collects what one decision writes, giving each event its place and each task its id."""

from collections.abc import Callable
from uuid import UUID

from msgspec.structs import replace

from watchword.domain.authentication import Authentication
from watchword.domain.event import Event, Happening
from watchword.domain.number_history import NumberHistory
from watchword.domain.sighting import Sighting
from watchword.domain.task import DeliverCallback, Task, Work
from watchword.ports.clock import Clock
from watchword.ports.store import Change


class Journal:
    """The events and tasks of one decision about one authentication."""

    def __init__(self, clock: Clock, authentication: Authentication, now: int) -> None:
        self.authentication = authentication
        self.now = now
        self.events: list[Event] = []
        self.tasks: list[Task] = []
        self.sightings: list[Sighting] = []
        self._clock = clock

    def happened(self, what: Happening) -> None:
        """Append an event."""
        self.events.append(Event(self.authentication.events + 1, self.now, what))
        self.authentication = replace(self.authentication, events=self.authentication.events + 1)

    def todo(self, work: Work, *, due_in: int = 0) -> None:
        """Append a task, due after so many milliseconds."""
        self.tasks.append(
            Task(
                id=self._clock.new_id(),
                authentication_id=self.authentication.id,
                project_id=self.authentication.project_id,
                work=work,
                due_at=self.now + due_in,
                created_at=self.now,
            )
        )

    def seen(self, sighting: Sighting) -> None:
        """Append what is to be learnt, once all of this is written."""
        self.sightings.append(sighting)

    def call_back(self, body: Callable[[UUID], str]) -> None:
        """Append the delivery of a callback, where the caller asked for callbacks.

        `body` composes what is posted under an event id; it is asked only where somebody reads it.
        """
        url = self.authentication.callback_url
        if url is not None:
            event_id = self._clock.new_id()
            self.todo(DeliverCallback(url, body(event_id), f"evt_{event_id}"))

    def change(self, history: NumberHistory | None = None, finished: Task | None = None) -> Change:
        """All that was collected, to be written whole; nothing of the authentication if nothing was."""
        changed = bool(self.events or self.tasks)
        return Change(
            project_id=self.authentication.project_id,
            authentication=self.authentication if changed else None,
            history=history,
            events=tuple(self.events),
            tasks=tuple(self.tasks),
            finished=finished,
            at=self.now,
            seen=tuple(self.sightings),
        )
