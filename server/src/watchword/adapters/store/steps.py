"""Steps: a change as the statements that write it, in order, with what each must achieve."""

from collections.abc import Iterator
from uuid import UUID

from watchword.adapters.store import rows
from watchword.adapters.store.engine import Step
from watchword.domain.authentication import Authentication
from watchword.domain.rollup import DAY, HOUR, refusals_of, rollups_of
from watchword.ports.store import Change, Charge, SavedAnswer

ANSWER_LIFETIME = 24 * HOUR
"""How long an answer is kept under its idempotency key."""
NO_CAP = 2**62
"""Micros that no window of spend comes near."""


def steps_of(change: Change) -> Iterator[Step]:
    """The statements of a change: the deciding ones first, so that a lost race has written little."""
    if change.finished is not None:
        yield Step("finish_task", rows.from_task(change.finished), decides=True)
    if change.postponed is not None:
        yield Step("postpone_task", rows.from_task(change.postponed), decides=True)
    if change.answer is not None:
        yield _answer_step(change.project_id, change.answer)
    if change.authentication is not None:
        name = "update_authentication" if change.authentication.version else "insert_authentication"
        yield Step(name, rows.from_authentication(change.authentication), decides=True)
    if change.history is not None:
        name = "update_number" if change.history.version else "insert_number"
        yield Step(name, rows.from_history(change.history, change.at), decides=True)
    if change.charge is not None:
        yield from charge_steps(change.project_id, change.charge)
    yield from _following_steps(change)


def _following_steps(change: Change) -> Iterator[Step]:
    if change.authentication is not None:
        for event in change.events:
            yield Step("insert_event", rows.from_event(change.authentication.id, event))
    for task in change.tasks:
        yield Step("insert_task", rows.from_task(task))
    for name in change.counters:
        params = {"hour": change.at // HOUR, "project_id": change.project_id.bytes, "name": name}
        yield Step("count", params)
    if change.sent is not None:
        yield Step("insert_sent_message", rows.from_sent_message(change.sent))
    if change.callback is not None:
        yield Step("put_callback", rows.from_callback(change.callback))
    if change.authentication is not None and change.events:
        yield from _counting_steps(change.authentication, change)


def _counting_steps(about: Authentication, change: Change) -> Iterator[Step]:
    hour, day = change.at // HOUR * HOUR, change.at // DAY * DAY
    for way, rollup in rollups_of(about, change.events).items():
        for span, start in (("h", hour), ("d", day)):
            yield Step("add_rollup", rows.from_rollup(span, start, about.project_id, way, rollup))
    for refused in refusals_of(about, change.events):
        yield Step("add_refusal", rows.from_refused(hour, refused))


def _answer_step(project_id: UUID, kept: SavedAnswer) -> Step:
    params = rows.from_answer(project_id, kept, expired=kept.created_at - ANSWER_LIFETIME)
    return Step("insert_answer", params, decides=True)


def charge_steps(project_id: UUID, charge: Charge) -> Iterator[Step]:
    """The statements that move money."""
    for window, cap in charge.windows:
        capped = charge.guarded and cap is not None
        params = {
            "start": window.start,
            "period": window.period,
            "project_id": project_id.bytes,
            "country": window.country,
            "amount": charge.amount,
            "cap": cap if capped else NO_CAP,
        }
        yield Step("add_spend", params, decides=capped)
    if charge.prepaid or not charge.guarded:
        yield Step(
            "take_from_balance",
            {
                "project_id": project_id.bytes,
                "amount": charge.amount,
                "guarded": int(charge.guarded),
            },
            decides=charge.guarded,
        )
