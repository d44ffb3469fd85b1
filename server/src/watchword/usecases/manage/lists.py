"""Lists: whom a project blocks, and whom it lets through whatever is learnt."""

import ipaddress
import re
from collections.abc import Sequence
from enum import StrEnum
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from watchword.domain.phone_number import mask
from watchword.domain.project import Project
from watchword.domain.rollup import DAY, PREFIX, Refused
from watchword.domain.screening.list_entry import ListEntry, ListKind
from watchword.ports.clock import Clock
from watchword.ports.numbering import Numbering, NumberProblem
from watchword.usecases.manage.projects import ManageProjects
from watchword.usecases.manage.reporting import Reporting

HITS_OF = 30 * DAY


class Which(StrEnum):
    """Which list."""

    BLOCKED = "blocked"
    ALLOWED = "allowed"


class ListedEntry(Struct, frozen=True, kw_only=True):
    """An entry as it is shown: numbers are masked.

    `hits` are refusals in 30 days, None where they cannot be told apart from those of other entries.
    """

    list: Literal["blocked", "allowed"]
    place: int
    kind: ListKind
    value: str
    note: str
    until: int | None
    added_by: str
    added_at: int | None
    hits: int | None


class ManageLists(Struct, frozen=True):
    """What an operator does to the lists of a project."""

    projects: ManageProjects
    reporting: Reporting
    numbering: Numbering
    clock: Clock

    async def entries(self, project: Project) -> list[ListedEntry]:
        """Both lists, the newest entries first."""
        now = self.clock.now()
        refused = await self.reporting.hits(project.id, now - HITS_OF)
        found = [
            ListedEntry(
                list=which.value,
                place=place,
                kind=entry.kind,
                value=mask(entry.value) if entry.kind is ListKind.NUMBER else entry.value,
                note=entry.note,
                until=entry.until,
                added_by=entry.added_by,
                added_at=entry.added_at,
                hits=_hits(entry, refused) if which is Which.BLOCKED else None,
            )
            for which in Which
            for place, entry in enumerate(getattr(project.settings, which.value))
        ]
        return sorted(found, key=lambda one: -(one.added_at or 0))

    async def add(self, project: Project, which: Which, entry: ListEntry) -> Project:
        """Add an entry, or change the one of the same value.

        Raises:
            ValueError: the value is none of its kind, or the end has passed.

        """
        now = self.clock.now()
        if entry.until is not None and entry.until <= now:
            raise ValueError("the end of the entry has passed")
        added = replace(entry, value=self._value(entry), added_by=self.projects.actor, added_at=now)
        entries: tuple[ListEntry, ...] = getattr(project.settings, which.value)
        others = [one for one in entries if (one.kind, one.value) != (added.kind, added.value)]
        settings = replace(project.settings, **{which.value: (*others, added)})
        return await self.projects.change(project, settings=settings)

    async def remove(self, project: Project, which: Which, place: int) -> ListEntry:
        """Take out the entry at a place; the entry, for who wants it back.

        Raises:
            LookupError: there is none.

        """
        entries: tuple[ListEntry, ...] = getattr(project.settings, which.value)
        if not 0 <= place < len(entries):
            raise LookupError("there is no such entry any more")
        left = (*entries[:place], *entries[place + 1 :])
        settings = replace(project.settings, **{which.value: left})
        await self.projects.change(project, settings=settings)
        return entries[place]

    def _value(self, entry: ListEntry) -> str:
        text = entry.value.strip()
        match entry.kind:
            case ListKind.NUMBER:
                number = self.numbering.parse(text)
                if isinstance(number, NumberProblem):
                    raise ValueError(number.message)  # noqa: TRY004 - the text is wrong, not its type
                return number.e164
            case ListKind.PREFIX if not re.fullmatch("[+][0-9]{1,15}", text):
                raise ValueError("a prefix is a plus and digits, such as +99890")
            case ListKind.COUNTRY:
                if not re.fullmatch("[A-Za-z]{2}", text):
                    raise ValueError("a country is two letters (ISO 3166-1), such as UZ")
                return text.upper()
            case ListKind.IP:
                try:
                    network = ipaddress.ip_network(text, strict=False)
                except ValueError:
                    raise ValueError("an address is IPv4 or IPv6, or a network of them") from None
                return str(network if network.num_addresses > 1 else network.network_address)
        if not text:
            raise ValueError("an entry needs a value")
        return text


def _hits(entry: ListEntry, refused: Sequence[Refused]) -> int | None:
    ours = [one for one in refused if one.reason == f"blocked_{entry.kind}"]
    match entry.kind:
        case ListKind.COUNTRY:
            return sum(one.count for one in ours if one.country == entry.value)
        case ListKind.PREFIX if len(entry.value) <= PREFIX:
            return sum(one.count for one in ours if one.prefix.startswith(entry.value))
    return None
