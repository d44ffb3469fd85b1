"""Velocity: too many codes asked for by one number, address, device, block or project."""

from collections.abc import Iterator

from watchword.domain.screening.facts import (
    DAY,
    PROJECT,
    Facts,
    block_counter,
    device_counter,
    ip_counter,
)
from watchword.domain.screening.verdict import Decision, Finding

TEN_MINUTES = 10 * 60 * 1000

ROOM = 2
"""Further requests that an address may make for each of its codes that was answered."""


def number_velocity(facts: Facts) -> Iterator[Finding]:
    """Messages to this number in ten minutes and in a day."""
    limits = facts.project.settings.limits
    for limit, window, name in (
        (limits.number_10_minutes, TEN_MINUTES, "10 minutes"),
        (limits.number_day, DAY, "24 hours"),
    ):
        sends = facts.history.sends_since(facts.now - window)
        if limit and sends >= limit:
            yield Finding(
                reason="number_velocity",
                decision=Decision.LIMIT,
                evidence=f"{sends} messages to this number in {name}, limit {limit}",
            )


def guessing(facts: Facts) -> Iterator[Finding]:
    """A number whose codes have been guessed at too often is sent none that could not be checked."""
    if not facts.history.may_guess(facts.now):
        yield Finding(
            reason="guessing",
            decision=Decision.LIMIT,
            evidence=f"{len(facts.history.failed_at)} wrong codes in 24 hours, "
            f"{facts.history.failed_in_a_row} in a row",
        )


def origin_velocity(facts: Facts) -> Iterator[Finding]:
    """Requests from one address, from one device and by the whole project in an hour.

    Many people may share an address (CGNAT, a campus): each answered code makes room for more.
    """
    limits = facts.project.settings.limits
    watched = [("project_velocity", PROJECT, limits.project_hour)]
    if facts.signals.ip is not None:
        answered = facts.assessment.answered_here if facts.assessment else 0.0
        room = ROOM * int(answered) if limits.ip_hour else 0
        watched.append(("ip_velocity", ip_counter(facts.signals.ip), limits.ip_hour + room))
    if facts.signals.device_id is not None:
        counter = device_counter(facts.signals.device_id)
        watched.append(("device_velocity", counter, limits.device_hour))
    for reason, counter, limit in watched:
        count = facts.count(counter)
        if limit and count >= limit:
            yield Finding(
                reason=reason,
                decision=Decision.LIMIT,
                evidence=f"{count:.0f} requests in an hour, limit {limit}",
                wide=True,
            )


def block_velocity(facts: Facts) -> Iterator[Finding]:
    """A burst over neighbouring numbers, the mark of pumping."""
    limit = facts.project.settings.limits.block_hour
    count = facts.count(block_counter(facts.number.e164))
    if limit and count >= limit:
        yield Finding(
            reason="block_velocity",
            decision=Decision.BLOCK,
            evidence=f"{count:.0f} requests in an hour for numbers that differ only in their "
            f"last four digits, limit {limit}",
            wide=True,
        )
