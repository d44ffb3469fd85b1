"""Answers of the Ding OTP API v1: what happened, in its words; absent is left out, never null."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import msgspec

from watchword.domain.authentication import Authentication
from watchword.domain.channel import capability
from watchword.domain.check import CheckStatus
from watchword.domain.event import Attempted, BalanceUpdated, Checked, DeliveryReported, Event
from watchword.domain.money import as_decimal
from watchword.ports.store import Timeline
from watchword.usecases.read_inbox import ReadMessage
from watchword.usecases.retry_authentication import RetryAnswer
from watchword.usecases.start_authentication import Started

Wire = dict[str, Any]
CodeOf = Callable[[Authentication, int], str]
"""Derives the code of one attempt, for those who may see it."""


def timestamp(at: int) -> str:
    """An instant in Unix milliseconds as RFC 3339 in UTC."""
    text = datetime.fromtimestamp(at / 1000, UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")


def _present(**fields: object) -> Wire:
    return {name: value for name, value in fields.items() if value is not None}


def started(answer: Started) -> Wire:
    """The answer to a create."""
    return _present(
        authentication_uuid=answer.authentication_id,
        status=answer.status,
        created_at=timestamp(answer.created_at),
        expires_at=None if answer.expires_at is None else timestamp(answer.expires_at),
    )


def retried(answer: RetryAnswer) -> Wire:
    """The answer to a retry, all five fields always."""
    return {
        "authentication_uuid": answer.authentication_id,
        "status": answer.status,
        "created_at": timestamp(answer.created_at),
        "next_retry_at": timestamp(answer.next_retry_at),
        "remaining_retry": answer.remaining_retry,
    }


def timeline(found: Timeline, code_of: CodeOf | None) -> Wire:
    """An authentication with the events the contract knows; codes only with a `code_of`."""
    about = found.authentication
    return _present(
        uuid=about.id,
        phone_number=about.number.e164,
        template_id=about.template_id,
        correlation_id=about.correlation_id,
        created_at=timestamp(about.created_at),
        signals=msgspec.to_builtins(about.signals),
        events=list(_events(about, found.events, code_of)),
    )


def _events(
    about: Authentication, events: tuple[Event, ...], code_of: CodeOf | None
) -> Iterator[Wire]:
    for event in events:
        match event.what:
            case Attempted() as attempted:
                yield _attempt(about, event.at, attempted, code_of)
            case Checked() as checked:
                yield _check(about, event.at, checked, code_of)
            case DeliveryReported() as report:
                yield _present(
                    type="delivery_status",
                    created_at=timestamp(event.at),
                    status=report.status,
                    attempt_id=report.attempt_id,
                    attempt_number=report.attempt_number,
                    originated_at=report.originated_at and timestamp(report.originated_at),
                )
            case BalanceUpdated(kind, amount, _):
                yield {
                    "type": "balance_update",
                    "created_at": timestamp(event.at),
                    "balance_update_type": kind,
                    "amount": float(as_decimal(amount)),
                }
            case _:
                continue


def _attempt(about: Authentication, at: int, attempted: Attempted, code_of: CodeOf | None) -> Wire:
    content = None
    if attempted.content is not None and code_of is not None:
        content = attempted.content.with_code(code_of(about, attempted.attempt_number))
    elif attempted.content is not None:
        content = attempted.content.masked(about.code_length)
    return _present(
        type="attempt",
        created_at=timestamp(at),
        id=attempted.id,
        content=content,
        sender_id=attempted.sender_id,
        capability=attempted.channel and capability(attempted.channel),
        attempt_number=attempted.attempt_number,
        status=attempted.status,
    )


def _check(about: Authentication, at: int, checked: Checked, code_of: CodeOf | None) -> Wire:
    shown = (
        code_of(about, checked.attempt_number)
        if code_of is not None
        and checked.status is CheckStatus.VALID
        and checked.attempt_number is not None
        and not about.fixed_code
        else None
    )
    return _present(
        type="check",
        created_at=timestamp(at),
        id=checked.id,
        code=shown,
        status=checked.status,
    )


def inbox(messages: list[ReadMessage]) -> Wire:
    """Sandbox messages, newest first."""
    return {
        "messages": [
            _present(
                to=message.to,
                channel=message.channel,
                sender_id=message.sender_id,
                content=message.content,
                code=message.code,
                authentication_uuid=message.authentication_uuid,
                attempt_number=message.attempt_number,
                created_at=timestamp(message.created_at),
            )
            for message in messages
        ]
    }
