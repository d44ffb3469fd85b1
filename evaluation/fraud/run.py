"""The loop in which people and campaigns ask, a policy rules, and what follows is told to it in time."""

import heapq
import itertools
import time
from random import Random

import msgspec
from msgspec.structs import replace

from evaluation.fraud.attacker import Attacker, Attempt
from evaluation.fraud.fates import Fate
from evaluation.fraud.policy import (
    Check,
    Event,
    Expired,
    Feedback,
    Informed,
    Kind,
    Policy,
    Receipt,
    Request,
    Ruling,
    Sent,
)
from evaluation.fraud.record import Record, Try
from evaluation.fraud.sessions import Session, outage_at
from evaluation.fraud.world import World


class Visit(msgspec.Struct):
    """A session under way."""

    session: Session
    authentication_id: str = ""
    sent: int = 0
    denials: int = 0
    verified: bool = False
    would_have_verified: bool = False
    undelivered: bool = False

    @property
    def lost(self) -> bool:
        """Whether a denial is why this person did not verify."""
        return self.would_have_verified and not self.verified


class Assault(msgspec.Struct):
    """A request of a campaign, or (with an attempt) the second request for the same code."""

    attacker: Attacker
    place: int
    attempt: Attempt | None = None
    authentication_id: str = ""


class Run:
    """One policy in one world."""

    def __init__(self, world: World, policy: Policy) -> None:
        self._world = world
        self._parameters = world.parameters
        self._policy = policy
        self._informed = policy if isinstance(policy, Informed) else None
        self._identifiers = Random(f"{world.seed}/identifiers")
        self._order = itertools.count()
        self._agenda: list[tuple[float, int, Visit | Assault | Event]] = []
        self._record = Record(len(world.sessions))

    def play(self) -> Record:
        """Run the window to the end of its last consequence."""
        visits = [Visit(session) for session in self._world.sessions]
        for visit in visits:
            self._plan(visit.session.at, visit)
        for attacker in self._world.attackers():
            self._record.campaigns[attacker.campaign.kind.name] = []
            for place, at in enumerate(attacker.campaign.times):
                self._plan(at, Assault(attacker, place))
        while self._agenda:
            at, _, due = heapq.heappop(self._agenda)
            match due:
                case Visit():
                    self._person_asks(at, due)
                case Assault():
                    self._campaign_asks(at, due)
                case _:
                    self._tell(due)
        self._record.lost.update(visit.session.cohort for visit in visits if visit.lost)
        return self._record

    def _person_asks(self, at: float, visit: Visit) -> None:
        session, people = visit.session, self._parameters.people
        fate = self._world.fates.of(session.place, visit.sent + visit.denials)
        visit.authentication_id = visit.authentication_id or self._identifier()
        kind = Kind.RESEND if visit.sent else Kind.CREATE
        request = replace(session.asks, at=at, kind=kind, authentication_id=visit.authentication_id)
        ruling = self._rule(request, campaign="")
        self._record.asked(session.cohort, request.project, allowed=ruling.allow)
        delivered = self._arrives(at, visit, fate)
        if ruling.allow:
            self._send_to_person(at, visit, request, fate, delivered=delivered)
            return
        self._record.reasons_for_people[ruling.reason] += 1
        visit.denials += 1
        visit.would_have_verified |= delivered and session.willing
        if fate.retry < people.retry_share and visit.denials < people.most_denials:
            if not visit.sent:
                visit.authentication_id = ""
            self._plan(at + fate.retry_seconds, visit)

    def _arrives(self, at: float, visit: Visit, fate: Fate) -> bool:
        request, people = visit.session.asks, self._parameters.people
        if outage := outage_at(self._parameters, request.country, visit.session.carrier, at):
            return fate.delivery < outage.delivered_share
        share = self._parameters.countries[request.country].delivered_share
        return fate.delivery < share * (people.stays_undelivered if visit.undelivered else 1)

    def _send_to_person(
        self, at: float, visit: Visit, request: Request, fate: Fate, *, delivered: bool
    ) -> None:
        people, identifier = self._parameters.people, visit.authentication_id
        country = self._parameters.countries[request.country]
        outage = outage_at(self._parameters, request.country, visit.session.carrier, at)
        visit.sent += 1
        self._tell(Sent(at, identifier, request.price))
        if receipt := fate.receipt_after(country, people, outage, delivered=delivered):
            after, says_delivered = receipt
            self._foresee(Receipt(at + after, identifier, says_delivered))
        if not delivered:
            visit.undelivered = outage is None
            if visit.sent <= people.most_resends and fate.resend < people.resend_share:
                self._plan(at + fate.resend_seconds, visit)
        elif visit.session.willing and not visit.verified:
            self._verify(at, visit, fate)
        if visit.sent == 1:
            lifetime = self._parameters.code_lifetime_seconds
            self._foresee(Expired(at + lifetime, identifier))

    def _verify(self, at: float, visit: Visit, fate: Fate) -> None:
        people, project = self._parameters.people, visit.session.project
        identifier = visit.authentication_id
        visit.verified = True
        if not project.checks:
            return
        checked = at + fate.delivery_seconds + fate.typing_seconds
        if fate.wrong_code < people.wrong_code_share:
            wrong = checked - people.wrong_code_lead_seconds
            self._foresee(Check(wrong, identifier, correct=False))
        self._foresee(Check(checked, identifier, correct=True))
        if fate.feedback < project.feedback_share:
            told = checked + people.feedback_delay_seconds
            self._foresee(Feedback(told, identifier, onboarded=True))

    def _campaign_asks(self, at: float, assault: Assault) -> None:
        attacker = assault.attacker
        first = assault.attempt is None
        attempt = assault.attempt or attacker.attempt(assault.place)
        identifier = assault.authentication_id or self._identifier()
        request = replace(
            attempt.asks,
            at=at,
            kind=Kind.CREATE if first else Kind.RESEND,
            authentication_id=identifier,
        )
        name = attacker.campaign.kind.name
        ruling = self._rule(request, campaign=name)
        tries = self._record.campaigns[name]
        tries.append(Try(at, request.price, ruling.allow))
        if not ruling.allow:
            self._record.reasons_for_campaigns[ruling.reason] += 1
            attacker.denied()
            return
        self._tell(Sent(at, identifier, request.price))
        if attempt.receipt_after is not None:
            self._foresee(Receipt(at + attempt.receipt_after, identifier, delivered=True))
        if not first:
            return
        if attempt.answer_after is not None:
            checked = at + attempt.answer_after
            self._foresee(Check(checked, identifier, correct=True))
            if attempt.disowned_after is not None:
                told = checked + attempt.disowned_after
                self._foresee(Feedback(told, identifier, onboarded=False))
        if attempt.again_after is not None:
            again = Assault(attacker, assault.place, attempt, identifier)
            self._plan(at + attempt.again_after, again)
        self._foresee(Expired(at + self._parameters.code_lifetime_seconds, identifier))

    def _rule(self, request: Request, campaign: str) -> Ruling:
        if self._informed:
            self._informed.told(campaign)
        began = time.perf_counter()
        ruling = self._policy.decide(request)
        self._record.policy_seconds += time.perf_counter() - began
        self._record.rulings += 1
        return ruling

    def _tell(self, event: Event) -> None:
        began = time.perf_counter()
        self._policy.observe(event)
        self._record.policy_seconds += time.perf_counter() - began

    def _foresee(self, event: Event) -> None:
        self._plan(event.at, event)

    def _plan(self, at: float, due: Visit | Assault | Event) -> None:
        heapq.heappush(self._agenda, (at, next(self._order), due))

    def _identifier(self) -> str:
        return f"{self._identifiers.getrandbits(128):032x}"
