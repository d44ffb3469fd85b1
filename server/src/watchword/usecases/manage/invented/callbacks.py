"""Invented callbacks: what the caller's server answered to each, and how often it had to be asked."""

from collections.abc import Iterator
from random import Random

from msgspec.structs import replace

from watchword.domain.callback_record import CallbackRecord, CallbackState, CallbackTry
from watchword.domain.event import CallbackEnded, Event
from watchword.domain.task import (
    CALLBACK_LIFETIME,
    DeliverCallback,
    ExpireAuthentication,
    Task,
    callback_delay,
)
from watchword.usecases.manage.invented.told import Told

GOOD, GONE = "https://shop.example/otp/events", "https://staging.shop.example/otp"
"""The caller's server, and one that was taken down; names under `.example` belong to nobody (RFC 2606)."""
GIVEN_UP = CALLBACK_LIFETIME + 13 * 3_600_000
"""Milliseconds after which a callback that nobody acknowledges is surely given up."""
MINUTES = 5 * 60_000
FLAKY = 0.04
"""The share of callbacks that are acknowledged only when they are posted again."""


def with_callbacks(chance: Random, told: Told, now: int) -> Told:
    """The same story with every callback that it caused, in the order in which things happened."""
    events, records = list(told.events), []
    for task in told.tasks:
        if isinstance(task.work, DeliverCallback):
            record, ended = _posted(chance, task, task.work, now)
            records.append(record)
            events.append(Event(0, record.at, ended))
    events.sort(key=lambda event: event.at)
    return replace(
        told,
        authentication=replace(told.authentication, events=len(events)),
        events=tuple(replace(event, sequence=n) for n, event in enumerate(events, start=1)),
        tasks=tuple(task for task in told.tasks if isinstance(task.work, ExpireAuthentication)),
        callbacks=tuple(records),
    )


def _posted(
    chance: Random, task: Task, work: DeliverCallback, now: int
) -> tuple[CallbackRecord, CallbackEnded]:
    """What became of one callback: acknowledged, at once or after some tries, or given up."""
    gone = work.url == GONE
    flaky = not gone and now - task.created_at > MINUTES and chance.random() < FLAKY
    tries = tuple(_until_given_up(chance, task) if gone else _tries(chance, task, flaky=flaky))
    record = CallbackRecord(
        id=work.message_id,
        project_id=task.project_id,
        authentication_id=task.authentication_id,
        url=work.url,
        request=work.body,
        created_at=task.created_at,
        state=CallbackState.FAILED if gone else CallbackState.DELIVERED,
        at=tries[-1].at,
        tries=tries,
    )
    ended = CallbackEnded(
        message_id=work.message_id,
        acknowledged=not gone,
        tries=len(tries),
        because=tries[-1].because or None,
        body=work.body,
    )
    return record, ended


def _tries(chance: Random, task: Task, *, flaky: bool) -> Iterator[CallbackTry]:
    at = task.created_at + chance.randrange(60, 600)
    if flaky:
        yield CallbackTry(
            at=at,
            took=chance.randrange(20, 900),
            status=503,
            answer="upstream connect error",
            because="answered 503",
        )
        at += callback_delay(1, chance.random())
    yield CallbackTry(at=at, took=chance.randrange(20, 500), status=204)


def _until_given_up(chance: Random, task: Task) -> Iterator[CallbackTry]:
    at, posts = task.created_at + 300, 0
    while at - task.created_at <= CALLBACK_LIFETIME:
        posts += 1
        yield CallbackTry(
            at=at,
            took=chance.randrange(20, 200),
            status=404,
            answer="no such deployment",
            because="answered 404",
        )
        at += callback_delay(posts, chance.random())
