"""Told: the clock of an invented story, its outcome, and how that is written."""

from collections.abc import Iterator
from random import Random
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from watchword.domain.authentication import Authentication
from watchword.domain.callback_record import CallbackRecord
from watchword.domain.event import Event
from watchword.domain.project import Project
from watchword.domain.rollup import HOUR
from watchword.domain.task import Task
from watchword.ports.store import Change, InboxMessage


class Then:
    """The clock port at an instant that a story chooses; its ids are of that instant."""

    def __init__(self, chance: Random) -> None:
        self.time = 0
        self._chance = chance

    def now(self) -> int:
        """The instant of the story."""
        return self.time

    def new_id(self) -> UUID:
        """A UUID of version 7 (RFC 9562) as it would have been made then."""
        drawn = self._chance.getrandbits(74)
        high, low = drawn >> 62, drawn & ((1 << 62) - 1)
        return UUID(int=self.time << 80 | 7 << 76 | high << 64 | 2 << 62 | low)

    def chance(self) -> float:
        """A number between 0 and 1."""
        return self._chance.random()


class Scene(Struct, frozen=True, kw_only=True):
    """What all stories have in common: times are Unix milliseconds, `outage` begins and ends."""

    project: Project
    until: int
    outage: tuple[int, int]


class Told(Struct, frozen=True):
    """An authentication with all that happened to it, and what is left to write of it."""

    authentication: Authentication
    events: tuple[Event, ...]
    tasks: tuple[Task, ...]
    callbacks: tuple[CallbackRecord, ...] = ()

    def changes(self) -> Iterator[Change]:
        """A change for each hour in which something happened, as counts are by the hour."""
        hours: dict[int, list[Event]] = {}
        for event in self.events:
            hours.setdefault(event.at // HOUR, []).append(event)
        about = self.authentication
        for version, events in enumerate(hours.values()):
            yield Change(
                project_id=about.project_id,
                authentication=replace(about, version=version),
                events=tuple(events),
                tasks=() if version else self.tasks,
                at=events[0].at,
                relaxed=True,
            )
        for record in self.callbacks:
            yield Change(project_id=about.project_id, callback=record, at=record.at, relaxed=True)

    def messages(self, since: int) -> Iterator[InboxMessage]:
        """Those sent after an instant, as they lie in the inbox."""
        for attempt in self.authentication.attempts:
            if attempt.content and attempt.channel and attempt.sent_at and attempt.sent_at > since:
                yield InboxMessage(
                    id=attempt.id,
                    project_id=self.authentication.project_id,
                    authentication_id=self.authentication.id,
                    attempt_number=attempt.number,
                    to=self.authentication.number.e164,
                    channel=attempt.channel,
                    sender_id=None,
                    content=attempt.content.text,
                    created_at=attempt.sent_at,
                )


class NotYetError(Exception):
    """The next thing would happen after the present."""
