"""Grant another attempt: what a retry and a repeated request to send a code have in common."""

from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from watchword.domain.attempt import Attempt, Trigger
from watchword.domain.authentication import Authentication
from watchword.domain.errors import Refusal
from watchword.domain.event import Retried, Screened
from watchword.domain.project import Project
from watchword.domain.retry import RetryStatus, spend_retry
from watchword.domain.screening.facts import Facts, counters
from watchword.domain.screening.rules import screen
from watchword.domain.screening.verdict import Decision, Verdict
from watchword.domain.signals import Signals
from watchword.ports.clock import Clock
from watchword.ports.store import Change, Surroundings
from watchword.usecases.journal import Journal
from watchword.usecases.memory import Memory
from watchword.usecases.promise_attempt import (
    charge_for,
    fault_of_funds,
    plan_for,
    promise_attempt,
    reserve,
)

REMEMBERED_EVENTS = 40
"""What changed nothing is no longer written down after so many events."""


class Granted(Struct, frozen=True):
    """The screening's word, the attempt it let pass, and what to write either way."""

    verdict: Verdict
    attempt: Attempt | None
    authentication: Authentication
    change: Change


def verdicts_of(change: Change) -> Iterator[Verdict]:
    """The judgements that a change writes down, to be counted once it is written."""
    for event in change.events:
        if isinstance(event.what, Screened):
            yield event.what.verdict


def grant_attempt(
    clock: Clock,
    project: Project,
    authentication: Authentication,
    signals: Signals,
    around: Surroundings,
    now: int,
    memory: Memory,
) -> Granted | Refusal | None:
    """One more attempt for an open authentication whose budget and time allow it.

    `signals` are those of the request that asks. A refusal where the project cannot pay; None where
    no route serves the number any more.
    """
    journal = Journal(clock, authentication, now)
    number = authentication.number
    plan = plan_for(project, authentication, memory)
    if not plan.routes:
        return None
    price = plan.routes[0].price
    unpaid = fault_of_funds(project, around, price)
    if unpaid is not None:
        return unpaid
    known = around.history.verified_at is not None
    asked_now = replace(authentication, signals=signals)
    assessed = memory.assess(project, asked_now, price, known=known, again=True)
    verdict = screen(
        Facts(
            now=now,
            project=project,
            number=number,
            signals=signals,
            history=around.history,
            counts=around.counts,
            spent=around.spent,
            price=price,
            assessment=assessed,
        )
    )
    passed = verdict.decision is Decision.ALLOW
    if passed or authentication.events < REMEMBERED_EVENTS:
        journal.happened(Screened(verdict, 0 if passed else price))
    attempt = None
    if passed:
        journal.happened(Retried(RetryStatus.APPROVED))
        journal.authentication = spend_retry(journal.authentication, now)
        attempt = promise_attempt(clock, journal, plan, Trigger.RETRY)
        reserve(project, journal, attempt)
    change = replace(
        journal.change(),
        counters=counters(number, signals),
        history=around.history.with_send(now) if passed else None,
        charge=charge_for(
            project,
            number.region,
            now,
            price if passed else 0,
            prepaid=around.balance is not None,
            guarded=True,
            memory=memory,
        ),
    )
    return Granted(verdict, attempt, journal.authentication, change)
