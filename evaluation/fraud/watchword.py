"""Watchword's own screening under test: every rule, with a new project's settings, and none of its own."""

from collections import Counter
from uuid import UUID

from evaluation.fraud.policy import (
    Check,
    Event,
    Feedback,
    Kind,
    NetworkKind,
    Receipt,
    Request,
    Ruling,
)
from watchword.domain.line_type import LineType
from watchword.domain.number_history import NumberHistory
from watchword.domain.phone_number import PhoneNumber
from watchword.domain.project import Mode, Project, ProjectSettings
from watchword.domain.screening.facts import HOUR, Counted, Facts, counters
from watchword.domain.screening.learning.asking import Asking
from watchword.domain.screening.learning.assessment import Assessment
from watchword.domain.screening.learning.judgement import Strictness
from watchword.domain.screening.learning.ledger import Ledger
from watchword.domain.screening.rules import screen
from watchword.domain.screening.spend import UNANSWERED
from watchword.domain.screening.verdict import Decision
from watchword.domain.signals import Signals
from watchword.usecases.promise_attempt import ROOM

MIDNIGHT = 1_750_032_000_000
"""When the window begins, in Unix milliseconds."""
MICROS = 1_000_000


class Watchword:
    """The ledger and the rules, fed as the service feeds them."""

    strictness = Strictness.STANDARD

    def __init__(self) -> None:
        self.ledger = Ledger()
        self._projects: dict[str, Project] = {}
        self._histories: dict[tuple[str, str], NumberHistory] = {}
        self._counts: Counter[tuple[str, str, int]] = Counter()
        self._unanswered: Counter[tuple[str, str, int]] = Counter()
        self._asked: dict[str, tuple[Request, int]] = {}

    def decide(self, request: Request) -> Ruling:
        now, price = _milliseconds(request.at), round(request.price * MICROS)
        project = self._project(request.project)
        known = request.project, request.phone_number
        history = self._histories.get(known) or NumberHistory(
            project_id=project.id, e164=request.phone_number
        )
        number = PhoneNumber(request.phone_number, request.country, 0, LineType.MOBILE)
        signals = Signals(ip=request.ip or None, device_id=request.device_id or None)
        asking = self.asking(request, project)
        judgement = self.ledger.judge(asking, self.strictness)
        hour, names = now // HOUR, counters(number, signals)
        window = request.project, request.country, hour
        verdict = screen(
            Facts(
                now=now,
                project=project,
                number=number,
                signals=signals,
                history=history,
                counts={name: self._counted(request.project, name, hour) for name in names},
                spent={(UNANSWERED, request.country): self._unanswered[window]},
                price=price,
                assessment=Assessment(
                    asking=asking,
                    judgement=judgement,
                    answered_here=self.ledger.answered_from(asking),
                    armed=self.ledger.is_armed(request.project),
                ),
            )
        )
        passed = verdict.decision is Decision.ALLOW
        for name in names:
            self._counts[request.project, name, hour] += 1
        if passed:
            self._histories[known] = history.with_send(now)
            self._unanswered[window] += price
            _, before = self._asked.get(request.authentication_id, (request, 0))
            self._asked[request.authentication_id] = request, before + price
        self.ledger.asked(
            request.authentication_id,
            asking,
            refused=not passed,
            probe=judgement.probe and passed,
        )
        reasons = (f.reason for f in verdict.findings if f.decision is verdict.decision)
        return Ruling(passed, "" if passed else next(reasons))

    def observe(self, event: Event) -> None:
        at = _milliseconds(event.at)
        match event:
            case Receipt(authentication_id=authentication, delivered=delivered):
                self.ledger.reported(authentication, at, delivered=delivered)
            case Check(authentication_id=authentication, correct=True):
                self.ledger.answered(authentication, at)
                self._answered(authentication, at)
            case Feedback(authentication_id=authentication, onboarded=False):
                self.ledger.disowned(authentication, at)
            case _:
                pass

    def asking(self, request: Request, project: Project) -> Asking:
        """The request as learning sees it; here the number itself stands for its digest."""
        history = self._histories.get((request.project, request.phone_number))
        return Asking(
            at=_milliseconds(request.at),
            project=project.name,
            block=request.phone_number[1:-1],
            person=request.phone_number,
            price=request.price * MICROS / project.settings.user_worth,
            country=request.country,
            carrier=request.carrier,
            ip=request.ip,
            ip_country=request.ip_country,
            network=request.network,
            hosting=request.network_kind is NetworkKind.HOSTING,
            shared_address=request.network_kind is NetworkKind.MOBILE,
            device=request.device_id,
            app_version=request.app_version,
            locale=request.locale,
            says_returning=request.is_returning_user,
            known=history is not None and history.verified_at is not None,
            again=request.kind is Kind.RESEND,
        )

    def _answered(self, authentication: str, at: int) -> None:
        request, spent = self._asked[authentication]
        known = request.project, request.phone_number
        self._histories[known] = self._histories[known].with_success(at, at)
        room = spent + ROOM * round(request.price * MICROS)
        self._unanswered[request.project, request.country, at // HOUR] -= room

    def _project(self, name: str) -> Project:
        project = self._projects.get(name)
        if project is None:
            project = self._projects[name] = Project(
                id=UUID(int=len(self._projects) + 1),
                name=name,
                mode=Mode.LIVE,
                created_at=0,
                settings=ProjectSettings(strictness=self.strictness),
            )
        return project

    def _counted(self, project: str, name: str, hour: int) -> Counted:
        counts = self._counts
        return Counted(counts[project, name, hour], counts[project, name, hour - 1])


class Basic(Watchword):
    strictness = Strictness.BASIC


class Maximum(Watchword):
    strictness = Strictness.MAXIMUM


def _milliseconds(seconds: float) -> int:
    return MIDNIGHT + int(seconds * 1000)
