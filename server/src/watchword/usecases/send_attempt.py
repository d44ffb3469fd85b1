"""Send an attempt: hand its message to the first provider of its plan that takes it."""

import asyncio
import time

from msgspec import Struct
from msgspec.structs import replace

from watchword.domain.attempt import Attempt, AttemptStatus, DeliveryStatus, advance
from watchword.domain.authentication import Authentication, State
from watchword.domain.callback import attempt_body
from watchword.domain.channel import Channel
from watchword.domain.code import derive_code
from watchword.domain.event import Attempted
from watchword.domain.locale import resolve_locale
from watchword.domain.message import Content, compose
from watchword.domain.project import Project
from watchword.domain.routing.route import SANDBOX_ACCOUNT, Route
from watchword.domain.routing.sightings import Declined, Sent
from watchword.domain.sighting import message_name
from watchword.domain.task import FollowUpAttempt, ResendAttempt, Task
from watchword.domain.template import choose_template
from watchword.domain.texts import LOCALES
from watchword.ports.clock import Clock
from watchword.ports.directory import Directory
from watchword.ports.keyring import Keyring
from watchword.ports.provider import (
    Accepted,
    Message,
    Provider,
    Providers,
    RefusalKind,
    Refused,
    Unavailable,
)
from watchword.ports.store import Change, SentMessage, Store, StoreUnavailableError
from watchword.ports.telemetry import NO_TELEMETRY, Telemetry
from watchword.usecases.journal import Journal
from watchword.usecases.memory import Memory, way_of_attempt, ways_gone
from watchword.usecases.promise_attempt import charge_for, routes_of, settle
from watchword.usecases.route_health import RouteHealth

ROUNDS = 100
TIME_TO_SUBMIT = 3.0
"""Seconds a provider has to take a message before the next route is tried."""


class Handed(Struct, frozen=True):
    """How the hand-over ended: over which route, or why over none."""

    route: Route | None
    content: Content | None
    outcome: Accepted | None
    because: str


class SendAttempt(Struct, frozen=True):
    """Carry out the task of sending one attempt. No transaction is open while a provider is asked."""

    store: Store
    clock: Clock
    keyring: Keyring
    directory: Directory
    providers: Providers
    health: RouteHealth
    memory: Memory
    telemetry: Telemetry = NO_TELEMETRY

    async def __call__(self, task: Task, attempt_number: int) -> None:
        """Send, record what came of it, and finish the task."""
        found = await self.store.authentication(task.authentication_id)
        project = await self.directory.find(task.project_id)
        if found is None or project is None:
            await self.store.save(Change(project_id=task.project_id, finished=task))
            return
        authentication = found
        attempt = authentication.attempt(attempt_number)
        if attempt.sent_at is not None or attempt.status is not AttemptStatus.PENDING:
            await self.store.save(Change(project_id=task.project_id, finished=task))
            return
        now = self.clock.now()
        # A sandbox number that expires at once is sent its message all the same.
        instant = project.is_sandbox and authentication.expires_at == authentication.created_at
        still_wanted = instant or (
            authentication.state is State.OPEN and now < authentication.expires_at
        )
        if still_wanted:
            handed = await self._hand_over(project, authentication, attempt, now)
        else:
            handed = Handed(None, None, None, "the authentication ended before it was sent")
        status = AttemptStatus.EXPIRED if not still_wanted else None
        await self._record(project, task, authentication, attempt_number, handed, status)

    async def _hand_over(
        self, project: Project, authentication: Authentication, attempt: Attempt, now: int
    ) -> Handed:
        """Try the planned routes, those behind an open breaker last.

        A provider's suspicion of fraud ends it, and a number that one channel does not reach is not
        tried on the same channel again.
        """
        key = self.keyring.code_key(authentication.code_key)
        code = derive_code(key, authentication.id, attempt.number, authentication.code_length)
        planned, failures = await self._planned(project, attempt)
        unreached: set[Channel] = set()
        for route, passed_over in self.health.in_order(planned, authentication.number.region):
            name = route.name
            if passed_over:
                failures.append(f"{name}: passed over, {passed_over}")
                continue
            provider = self.providers.account(route.account)
            if provider is None:
                failures.append(f"{name}: no longer there")
                continue
            if route.channel in unreached:
                failures.append(f"{name}: this channel does not reach the number")
                continue
            content = _content(project, authentication, route)
            message = Message(
                project_id=project.id,
                authentication_id=authentication.id,
                attempt_number=attempt.number,
                to=authentication.number,
                channel=route.channel,
                sender_id=_sender(authentication, route),
                content=content,
                code=code,
                valid_for=max(0, authentication.expires_at - now),
                template=route.template,
                dlt=route.dlt,
                email=authentication.email,
            )
            outcome = await self._submit(provider, route, message)
            match outcome:
                case Accepted():
                    because = "; ".join([*failures, f"{name} took it"])
                    return Handed(route, content, outcome, because)
                case Refused(kind, code_of_provider, cause):
                    failures.append(f"{name}: {kind} refused, {code_of_provider} {cause}")
                    if kind is RefusalKind.FRAUD:
                        break
                    if kind is RefusalKind.NUMBER:
                        unreached.add(route.channel)
                case Unavailable(cause):
                    failures.append(f"{name}: {cause}")
        return Handed(None, None, None, "; ".join(failures) or "no route")

    async def _planned(self, project: Project, attempt: Attempt) -> tuple[list[Route], list[str]]:
        """The routes that were planned and are still there, and what to say of the others."""
        routes = {route.name: route for route in routes_of(project)}
        planned = [routes[name] for name in attempt.plan if name in routes]
        if any(self.providers.account(route.account) is None for route in planned):
            await self.providers.refresh()  # it may have been added a moment ago
        return planned, [f"{name}: no longer there" for name in attempt.plan if name not in routes]

    async def _submit(
        self, provider: Provider, route: Route, message: Message
    ) -> Accepted | Refused | Unavailable:
        """Ask one provider, and count what it says."""
        began = time.perf_counter()
        self.health.begin(route, message.to.region)
        with self.telemetry.span(
            "send", route.channel, account=route.account, channel=route.channel
        ) as span:
            try:
                async with asyncio.timeout(TIME_TO_SUBMIT):
                    outcome = await provider.send(message)
            except TimeoutError:
                outcome = Unavailable("no answer in time")
            word = type(outcome).__name__.lower()
            span.tell(outcome=word)
            if isinstance(outcome, Unavailable):
                span.fail(word)
        seconds = time.perf_counter() - began
        self.telemetry.send(route.account, route.channel, message.to.region, word, seconds)
        self.health.learn(route, message.to.region, outcome, round(seconds * 1000))
        if isinstance(outcome, Unavailable) and route.account != SANDBOX_ACCOUNT:
            self.memory.see(Declined(route.account, self.clock.now(), outcome.cause))
        return outcome

    async def _record(
        self,
        project: Project,
        task: Task,
        authentication: Authentication,
        attempt_number: int,
        handed: Handed,
        status: AttemptStatus | None,
    ) -> None:
        for _ in range(ROUNDS):
            now = self.clock.now()
            journal = Journal(self.clock, authentication, now)
            attempt = authentication.attempt(attempt_number)
            reserved = attempt.price
            sent: SentMessage | None = None
            if handed.outcome is None or handed.route is None or handed.content is None:
                attempt = replace(attempt, status=status or AttemptStatus.FAILED)
                attempt = settle(project, journal, attempt, 0)
            else:
                # A receipt may have come first; it stands.
                attempt = replace(
                    advance(attempt, DeliveryStatus.SUBMITTED) or attempt,
                    route=handed.route.name,
                    account=handed.route.account,
                    channel=handed.route.channel,
                    sender_id=_sender(authentication, handed.route),
                    content=handed.content,
                    provider_message_id=handed.outcome.message_id,
                    sent_at=now,
                )
                segments = handed.content.segments(authentication.code_length).count
                attempt = settle(project, journal, attempt, handed.route.price * segments)
                sent = SentMessage(
                    account=handed.route.account,
                    provider_message_id=handed.outcome.message_id,
                    authentication_id=authentication.id,
                    attempt_number=attempt_number,
                    at=now,
                )
                if handed.outcome.follow_up_after is not None:
                    journal.todo(
                        FollowUpAttempt(attempt_number), due_in=handed.outcome.follow_up_after
                    )
                if project.settings.resend_after is not None:
                    due_in = project.settings.resend_after * 1000
                    journal.todo(ResendAttempt(attempt_number), due_in=due_in)
            journal.authentication = journal.authentication.with_attempt(attempt)
            self._tell(project, journal, attempt, handed.because, duplicate=task.tries > 1)
            change = replace(
                journal.change(finished=task),
                charge=charge_for(
                    project,
                    authentication.number.region,
                    attempt.created_at,
                    attempt.price - reserved,
                    guarded=False,
                    memory=self.memory,
                ),
                sent=sent,
            )
            if await self.store.save(change):
                if sent is not None and not project.is_sandbox:
                    self._teach(authentication, attempt, now)
                return
            found = await self.store.authentication(task.authentication_id)
            if found is None or found.attempt(attempt_number).sent_at is not None:
                return
            authentication = found
        raise StoreUnavailableError("the outcome of a send could not be recorded")

    def _teach(self, before: Authentication, attempt: Attempt, now: int) -> None:
        """A message is under way: what comes of it says something of its route."""
        way = way_of_attempt(attempt)
        if way is not None:
            self.memory.see(
                Sent(
                    message_name(before.id.hex, attempt.number),
                    way,
                    self.memory.place(before.number),
                    now,
                    lost=tuple(gone for gone in ways_gone(before) if gone != way),
                    teaches=not before.doubted,
                )
            )

    def _tell(
        self,
        project: Project,
        journal: Journal,
        attempt: Attempt,
        because: str,
        *,
        duplicate: bool,
    ) -> None:
        journal.happened(
            Attempted(
                id=attempt.id,
                attempt_number=attempt.number,
                status=attempt.status,
                trigger=attempt.trigger,
                route=attempt.route,
                channel=attempt.channel,
                sender_id=attempt.sender_id,
                content=attempt.content,
                because=because,
                possible_duplicate=duplicate,
            )
        )
        if attempt.sent_at is not None:
            currency = project.settings.currency
            journal.call_back(
                lambda event_id: attempt_body(
                    event_id, journal.authentication, attempt, journal.now, currency
                )
            )


def _sender(authentication: Authentication, route: Route) -> str | None:
    return authentication.sender_id or route.sender_id


def _content(project: Project, authentication: Authentication, route: Route) -> Content:
    settings = project.settings
    locale = resolve_locale(authentication.locale, authentication.number.region, LOCALES)
    template = None
    if authentication.template_id is not None:
        template = choose_template(
            settings.templates,
            authentication.template_id,
            route.channel,
            authentication.locale or locale,
        )
    return compose(
        channel=route.channel,
        locale=locale,
        app_name=settings.app_name,
        minutes=max(1, (authentication.expires_at - authentication.created_at) // 60_000),
        template=template,
        app_realm=authentication.signals.app_realm,
        origin=settings.origin,
    )
