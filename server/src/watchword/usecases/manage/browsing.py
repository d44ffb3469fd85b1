"""Browsing: find authentications, and tell the story of one."""

from collections.abc import Callable, Iterable, Sequence
from enum import StrEnum
from uuid import UUID

from msgspec import Struct

from watchword.domain.attempt import Attempt, DeliveryStatus
from watchword.domain.audit import AuditNote
from watchword.domain.authentication import Authentication, State
from watchword.domain.callback_record import CallbackRecord
from watchword.domain.channel import Channel
from watchword.domain.phone_number import mask
from watchword.domain.signals import Signals
from watchword.domain.told import Told, tell
from watchword.ports.clock import Clock
from watchword.ports.numbering import Numbering, NumberProblem
from watchword.ports.reports import Reports
from watchword.ports.store import Registry, Store

PAGE, LOOKED_AT = 2_000, 20_000
"""Authentications read at once, and at most for one answer: a filter may match none of them."""
MOST_OF_A_NUMBER = 1_000


class Shown(StrEnum):
    """How an authentication stands, in one word."""

    PENDING = "pending"
    VERIFIED = "verified"
    EXPIRED = "expired"
    FAILED = "failed"
    REFUSED = "refused"


class Listed(Struct, frozen=True, kw_only=True):
    """One authentication in a list. Times are Unix milliseconds, `cost` micros.

    `steps` is how far the newest message came: sent, delivered, checked (`good`, `bad` or `none`).
    """

    uuid: UUID
    project_id: UUID
    phone_number: str
    country: str | None
    shown: Shown
    created_at: int
    channel: Channel | None
    account: str | None
    route: str | None
    attempts: int
    steps: tuple[str, str, str]
    verified_after: int | None
    cost: int
    correlation_id: str | None


class Page(Struct, frozen=True, kw_only=True):
    """Authentications, newest first; `next` continues after them, also where none matched so far."""

    items: tuple[Listed, ...]
    next: UUID | None = None


class Filter(Struct, frozen=True, kw_only=True):
    """Which authentications are wanted; None and the empty text want all."""

    project_id: UUID | None = None
    shown: Shown | None = None
    country: str = ""
    channel: Channel | None = None
    search: str = ""
    since: int | None = None
    until: int | None = None


class Happened(Struct, frozen=True, kw_only=True):
    """One event with its instant, its words, and its kind (`screened`, `attempt`, `check`, ...)."""

    at: int
    kind: str
    told: Told
    attempt_number: int | None = None


class Story(Struct, frozen=True, kw_only=True):
    """Everything about one authentication; the number is masked."""

    item: Listed
    expires_at: int
    signals: Signals
    locale: str | None
    template_id: str | None
    callback_url: str | None
    attempts: tuple[Attempt, ...]
    events: tuple[Happened, ...]
    callbacks: tuple[CallbackRecord, ...]
    remaining_checks: int
    remaining_retries: int


class Browse(Struct, frozen=True):
    """What an operator looks for."""

    store: Store
    reports: Reports
    registry: Registry
    numbering: Numbering
    clock: Clock
    actor: str = "watchword"

    async def page(self, wanted: Filter, after: UUID | None, limit: int) -> Page:
        """Up to `limit` authentications that match, older than one of them."""
        matches, now = self._matching(wanted), self.clock.now()
        if wanted.search.strip():
            found = [
                listed(one, now)
                for one in await self._searched(wanted.search.strip())
                if matches(one) and (after is None or one.id < after)
            ]
            more = found[limit - 1].uuid if len(found) > limit else None
            return Page(items=tuple(found[:limit]), next=more)
        items: list[Listed] = []
        for _ in range(LOOKED_AT // PAGE):
            some = await self.reports.authentications_before(after, min(PAGE, 20 * limit))
            for one in some:
                if matches(one):
                    items.append(listed(one, now))
                after = one.id
                if len(items) == limit:
                    return Page(items=tuple(items), next=after)
            too_old = wanted.since is not None and some and some[-1].created_at < wanted.since
            if len(some) < min(PAGE, 20 * limit) or too_old:
                return Page(items=tuple(items))
        return Page(items=tuple(items), next=after)

    async def story(self, project_id: UUID | None, about: UUID) -> Story | None:
        """One authentication with all that happened; None where the project has no such."""
        timeline = await self.store.timeline(about)
        if timeline is None or project_id not in (None, timeline.authentication.project_id):
            return None
        found = timeline.authentication
        return Story(
            item=listed(found, self.clock.now()),
            expires_at=found.expires_at,
            signals=found.signals,
            locale=found.locale,
            template_id=found.template_id,
            callback_url=found.callback_url,
            attempts=found.attempts,
            events=tuple(
                Happened(
                    at=event.at,
                    kind=str(type(event.what).__struct_config__.tag),
                    told=tell(event.what),
                    attempt_number=getattr(event.what, "attempt_number", None),
                )
                for event in timeline.events
            ),
            callbacks=tuple(await self.reports.callbacks_of(about)),
            remaining_checks=found.remaining_checks,
            remaining_retries=found.remaining_retries,
        )

    async def reveal(self, project_id: UUID | None, about: UUID) -> str | None:
        """The whole number of an authentication; that somebody looked is in the audit log."""
        found = await self.store.authentication(about)
        if found is None or project_id not in (None, found.project_id):
            return None
        await self.registry.note(
            AuditNote(
                at=self.clock.now(),
                actor=self.actor,
                action="number.revealed",
                subject=str(about),
                detail={"number": mask(found.number.e164), "project": str(found.project_id)},
            )
        )
        return found.number.e164

    async def _searched(self, text: str) -> Sequence[Authentication]:
        """By UUID, by number, or by the caller's own id."""
        try:
            found = await self.store.authentication(UUID(text))
        except ValueError:
            pass
        else:
            if found:
                return [found]
        number = self.numbering.parse(text)
        if not isinstance(number, NumberProblem):
            of_number = await self.reports.authentications_of(number.e164, MOST_OF_A_NUMBER)
            if of_number:
                return of_number
        return await self.reports.correlated(text, MOST_OF_A_NUMBER)

    def _matching(self, wanted: Filter) -> Callable[[Authentication], bool]:
        now = self.clock.now()

        def matches(one: Authentication) -> bool:
            return (
                wanted.project_id in (None, one.project_id)
                and wanted.country in ("", one.number.region)
                and (wanted.since is None or one.created_at >= wanted.since)
                and (wanted.until is None or one.created_at < wanted.until)
                and (
                    wanted.channel is None or any(a.channel is wanted.channel for a in one.attempts)
                )
                and (wanted.shown is None or shown(one, now) is wanted.shown)
            )

        return matches


def shown(about: Authentication, now: int) -> Shown:
    """How an authentication stands."""
    match about.state:
        case State.VALIDATED:
            return Shown.VERIFIED
        case State.REFUSED_RATE | State.REFUSED_SPAM:
            return Shown.REFUSED
    if about.attempts and not about.was_attempted:
        return Shown.FAILED
    if about.attempts and about.attempts[-1].delivery_status is DeliveryStatus.UNDELIVERABLE:
        return Shown.FAILED
    return Shown.EXPIRED if about.is_expired(now) else Shown.PENDING


def listed(about: Authentication, now: int) -> Listed:
    """An authentication as a list shows it."""
    newest = about.attempts[-1] if about.attempts else None
    return Listed(
        uuid=about.id,
        project_id=about.project_id,
        phone_number=mask(about.number.e164),
        country=about.number.region,
        shown=shown(about, now),
        created_at=about.created_at,
        channel=newest.channel if newest else None,
        account=newest.account if newest else None,
        route=newest.route if newest else None,
        attempts=len(about.attempts),
        steps=_steps(about),
        verified_after=about.validated_at - about.created_at if about.validated_at else None,
        cost=sum(attempt.price for attempt in about.attempts if attempt.sent_at),
        correlation_id=about.correlation_id,
    )


def _steps(about: Authentication) -> tuple[str, str, str]:
    def best(states: Iterable[str]) -> str:
        found = set(states)
        return "good" if "good" in found else "bad" if "bad" in found else "none"

    sent = best(
        "good" if a.sent_at else "none" if a.status == "pending" else "bad" for a in about.attempts
    )
    delivered = best(
        {DeliveryStatus.DELIVERED: "good", DeliveryStatus.UNDELIVERABLE: "bad"}.get(
            a.delivery_status, "none"
        )
        for a in about.attempts
    )
    verified = about.state is State.VALIDATED
    checked = "good" if verified else "bad" if about.checks_spent else "none"
    return sent, "good" if verified and about.attempts else delivered, checked
