"""Fall back: another message over another route, unasked, where the newest one will not do."""

from msgspec.structs import replace

from watchword.domain.attempt import Attempt, Trigger
from watchword.domain.authentication import State
from watchword.domain.project import Project
from watchword.ports.clock import Clock
from watchword.usecases.journal import Journal
from watchword.usecases.memory import Memory, ways_gone
from watchword.usecases.promise_attempt import plan_for, promise_attempt, reserve


def fall_back(
    clock: Clock, project: Project, journal: Journal, failed: Attempt, memory: Memory
) -> Attempt | None:
    """The attempt that replaces one; None where it is not the newest, or no budget or route is left.

    Where routes are chosen by their value, another message must be worth its price.
    """
    about = journal.authentication
    if (
        about.state is not State.OPEN
        or about.is_expired(journal.now)
        or failed.number != len(about.attempts)
        or about.fallbacks_spent >= about.max_fallbacks
    ):
        return None
    plan = plan_for(project, about, memory)
    tried = {attempt.route for attempt in about.attempts}
    if not plan.routes or plan.routes[0].name in tried:
        return None
    fresh = [route for route in plan.routes if route.name not in tried]
    if plan.reasons and not memory.pays(fresh, project, about.number, ways_gone(about)):
        return None
    journal.authentication = replace(about, fallbacks_spent=about.fallbacks_spent + 1)
    attempt = promise_attempt(clock, journal, plan, Trigger.FALLBACK)
    reserve(project, journal, attempt)
    return attempt
