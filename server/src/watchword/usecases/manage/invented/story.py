"""Invented story: what becomes of one request in the sample project, told as it would have happened."""

from random import Random

from msgspec.structs import replace

from watchword.domain.attempt import DeliveryStatus, Trigger, advance
from watchword.domain.authentication import Authentication, State
from watchword.domain.callback import attempt_body, authentication_body, delivery_status_body
from watchword.domain.channel import Channel
from watchword.domain.check import CheckStatus
from watchword.domain.event import (
    TYPED,
    Attempted,
    Checked,
    DeliveryReported,
    Expired,
    Retried,
    Screened,
)
from watchword.domain.locale import resolve_locale
from watchword.domain.message import compose
from watchword.domain.retry import RetryStatus, decide_retry, spend_retry
from watchword.domain.routing.plan import plan_attempt
from watchword.domain.routing.route import Route
from watchword.domain.screening.verdict import Verdict
from watchword.domain.task import ExpireAuthentication
from watchword.domain.texts import LOCALES
from watchword.usecases.journal import Journal
from watchword.usecases.manage.invented.people import Person
from watchword.usecases.manage.invented.told import NotYetError, Scene, Then, Told
from watchword.usecases.manage.invented.ways import ABSENT, LOST, REACHED, REPORTED, SOUTH, TRAVEL
from watchword.usecases.promise_attempt import promise_attempt, reserve, settle

SECOND = 1_000
SEND_WITHIN = 2 * SECOND
"""Milliseconds from a promise to its message."""
ASKS_AGAIN = 0.7
"""The share of people without a message who ask for another, up to so many messages."""
MOST_MESSAGES = 3
TYPES, RIGHT = 0.87, 0.94
"""The share of people with a message who type a code (once more), and of codes that are right."""


class Story:
    """One authentication from its request on; every step moves the time."""

    def __init__(
        self, scene: Scene, chance: Random, person: Person, opened: Authentication, then: Then
    ) -> None:
        self._scene = scene
        self._chance = chance
        self._person = person
        self._then = then
        self.journal = Journal(then, opened, opened.created_at)

    def tell(self, routes: tuple[Route, ...], verdict: Verdict, *, answers: bool = True) -> Told:
        """All of it up to the present; where nobody `answers`, nothing is typed."""
        self._verdict = verdict
        opened = self.journal.authentication
        self._person.history = replace(
            self._person.history,
            authentication_id=opened.id,
            started_at=opened.created_at,
            open_until=opened.expires_at,
        )
        self.journal.happened(Screened(verdict))
        try:
            self._promise(routes, Trigger.INITIAL)
            while not self._arrives(routes):
                if not answers or not self._asks_again(routes):
                    break
            else:
                if answers:
                    self._types()
            if self.journal.authentication.state is State.OPEN:
                self._expires()
        except NotYetError:
            pass
        about = self.journal.authentication
        if about.state is State.OPEN:
            self.journal.now = about.created_at
            self.journal.todo(ExpireAuthentication(), due_in=about.expires_at - about.created_at)
        return Told(about, tuple(self.journal.events), tuple(self.journal.tasks))

    def _on(self, milliseconds: float) -> None:
        later = self.journal.now + int(milliseconds)
        if later > self._scene.until:
            raise NotYetError
        self.journal.now = self._then.time = later

    def _promise(self, routes: tuple[Route, ...], trigger: Trigger) -> None:
        """Queue a message, and hand it over a moment later."""
        if self.journal.now + SEND_WITHIN > self._scene.until:
            raise NotYetError
        about, project = self.journal.authentication, self._scene.project
        used = {attempt.route for attempt in about.attempts if attempt.route}
        plan = plan_attempt(routes, about.number.e164, used, about.number.region)
        attempt = promise_attempt(self._then, self.journal, plan, trigger)
        reserve(project, self.journal, attempt)
        self._person.history = self._person.history.with_send(self.journal.now)
        if trigger is Trigger.INITIAL:
            self.journal.call_back(
                lambda event_id: authentication_body(
                    event_id, about, self.journal.now, attempt.price, project.settings.currency
                )
            )
        self._on(self._chance.uniform(150, SEND_WITHIN - 500))
        self._send(plan.routes[0], attempt.number)

    def _send(self, route: Route, number: int) -> None:
        about, project, now = self.journal.authentication, self._scene.project, self.journal.now
        content = compose(
            channel=route.channel,
            locale=resolve_locale(about.locale, about.number.region, LOCALES),
            app_name=project.settings.app_name,
            minutes=10,
            template=None,
            app_realm=None,
            origin=None,
        )
        attempt = about.attempt(number)
        attempt = replace(
            advance(attempt, DeliveryStatus.SUBMITTED) or attempt,
            route=route.name,
            account=route.account,
            channel=route.channel,
            content=content,
            provider_message_id=f"sample-{attempt.id}",
            sent_at=now,
        )
        price = route.price * content.segments(about.code_length).count
        attempt = settle(project, self.journal, attempt, price)
        self.journal.authentication = self.journal.authentication.with_attempt(attempt)
        self.journal.happened(
            Attempted(
                id=attempt.id,
                attempt_number=number,
                status=attempt.status,
                trigger=attempt.trigger,
                route=route.name,
                channel=route.channel,
                content=content,
                because=f"{route.name} took it",
            )
        )
        currency = project.settings.currency
        self.journal.call_back(
            lambda event_id: attempt_body(event_id, about, attempt, now, currency)
        )

    def _arrives(self, routes: tuple[Route, ...]) -> bool:
        """Whether a message reaches the phone, this one or one that follows it unasked."""
        while True:
            about = self.journal.authentication
            attempt = about.attempts[-1]
            channel = attempt.channel or Channel.SMS
            begin, end = self._scene.outage
            if attempt.route == SOUTH and begin <= self.journal.now < end:
                return False  # the route takes messages and loses them: nobody reports anything
            reached = self._person.country.reached if channel is Channel.SMS else REACHED
            draw = self._chance.random()
            if draw < reached:
                self._on(TRAVEL[channel] * SECOND * self._chance.lognormvariate(0, 0.6))
                if self._chance.random() < REPORTED:
                    self._report(DeliveryStatus.DELIVERED)
                return True
            if draw > 1 - (1 - reached) * LOST:
                return False
            self._on(self._chance.uniform(1.5, 20) * SECOND)
            code, cause = self._chance.choice(ABSENT[channel])
            self._report(DeliveryStatus.UNDELIVERABLE, code, cause)
            if about.fallbacks_spent >= about.max_fallbacks or len(about.attempts) == len(routes):
                return False
            about = self.journal.authentication
            self.journal.authentication = replace(about, fallbacks_spent=about.fallbacks_spent + 1)
            self._promise(routes, Trigger.FALLBACK)

    def _report(
        self, status: DeliveryStatus, code: str | None = None, cause: str | None = None
    ) -> None:
        about = self.journal.authentication
        attempt = advance(about.attempts[-1], status)
        if attempt is None:
            return
        self.journal.authentication = about.with_attempt(attempt)
        self.journal.happened(
            DeliveryReported(
                attempt_id=attempt.id,
                attempt_number=attempt.number,
                status=status,
                originated_at=None if cause == TYPED else self.journal.now - 80,
                carrier_code=code,
                cause=cause,
            )
        )
        now = self.journal.now
        self.journal.call_back(lambda event_id: delivery_status_body(event_id, about, attempt, now))

    def _asks_again(self, routes: tuple[Route, ...]) -> bool:
        """Whether the person waits for a while and asks for another message."""
        if (
            len(self.journal.authentication.attempts) >= MOST_MESSAGES
            or self._chance.random() > ASKS_AGAIN
        ):
            return False
        wait = max(0, self.journal.authentication.next_retry_at - self.journal.now)
        self._on(wait + self._chance.uniform(2, 40) * SECOND)
        if decide_retry(self.journal.authentication, self.journal.now) is not RetryStatus.APPROVED:
            return False
        self.journal.happened(Screened(self._verdict))
        self.journal.happened(Retried(RetryStatus.APPROVED))
        self.journal.authentication = spend_retry(self.journal.authentication, self.journal.now)
        self._promise(routes, Trigger.RETRY)
        return True

    def _types(self) -> None:
        """The person reads the message: most type it right at once, some never."""
        while self._chance.random() < TYPES:
            self._on(self._chance.lognormvariate(2.2, 0.6) * SECOND)
            about = self.journal.authentication
            if about.is_expired(self.journal.now) or about.remaining_checks == 0:
                return
            self.journal.authentication = replace(about, checks_spent=about.checks_spent + 1)
            self._person.history = self._person.history.with_guess(self.journal.now)
            if self._chance.random() < RIGHT:
                self._verified()
                return
            self.journal.happened(Checked(id=self._then.new_id(), status=CheckStatus.INVALID))

    def _verified(self) -> None:
        about, now = self.journal.authentication, self.journal.now
        number = about.attempts[-1].number
        self.journal.happened(
            Checked(id=self._then.new_id(), status=CheckStatus.VALID, attempt_number=number)
        )
        self._report(DeliveryStatus.DELIVERED, cause=TYPED)
        self.journal.authentication = replace(
            self.journal.authentication,
            state=State.VALIDATED,
            validated_at=now,
            validated_attempt=number,
        )
        self._person.history = self._person.history.with_success(spent_at=now, now=now)

    def _expires(self) -> None:
        about = self.journal.authentication
        self._on(about.expires_at - self.journal.now + self._chance.uniform(50, 900))
        self.journal.authentication = replace(self.journal.authentication, state=State.EXPIRED)
        self.journal.happened(Expired())
