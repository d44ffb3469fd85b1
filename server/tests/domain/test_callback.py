"""Callback bodies keep the words and shapes of the v1 API."""

import json
from typing import Any
from uuid import UUID

import pytest
from msgspec.structs import replace

from watchword.domain.attempt import Attempt, DeliveryStatus, Trigger
from watchword.domain.authentication import Authentication, State
from watchword.domain.callback import attempt_body, authentication_body, delivery_status_body
from watchword.domain.channel import Channel
from watchword.domain.line_type import LineType
from watchword.domain.phone_number import PhoneNumber

AT = 1_750_000_000_999
EVENT = UUID(int=9)
ATTEMPT = Attempt(
    id=UUID(int=3),
    number=2,
    trigger=Trigger.RETRY,
    plan=("a",),
    price=9_000,
    created_at=AT,
    channel=Channel.SMS,
    delivery_status=DeliveryStatus.SUBMITTED,
)
ABOUT = Authentication(
    id=UUID(int=1),
    project_id=UUID(int=2),
    number=PhoneNumber("+33612345678", "FR", 33, LineType.MOBILE),
    state=State.OPEN,
    created_at=AT,
    expires_at=AT + 1,
    code_key="k1",
    code_length=6,
    max_checks=5,
    retry_delays=(),
    next_retry_at=AT,
    correlation_id="mine",
)
ENVELOPE = {
    "id": str(EVENT),
    "auth_uuid": str(ABOUT.id),
    "recipient_phone_number": "+33612345678",
    "time": "2025-06-15T15:06:40+0000",
    "correlation_id": "mine",
}


def test_an_authentication_is_told_with_its_price() -> None:
    body = json.loads(authentication_body(EVENT, ABOUT, AT, 59_000, "EUR"))
    price = {"amount": 0.059, "currency": "EUR"}
    assert body == ENVELOPE | {"type": "authentication", "price": price}


def test_an_attempt_is_told_with_its_place_and_channel() -> None:
    body = json.loads(attempt_body(EVENT, ABOUT, ATTEMPT, AT, "USD"))
    assert body == ENVELOPE | {
        "type": "attempt",
        "price": {"amount": 0.009, "currency": "USD"},
        "attempt_uuid": str(ATTEMPT.id),
        "attempt_number": 2,
        "channel": "text",
        "delivery_status": "submitted",
    }


@pytest.mark.parametrize("status", DeliveryStatus)
def test_a_delivery_status_is_told_in_the_carriers_words(status: DeliveryStatus) -> None:
    attempt = replace(ATTEMPT, delivery_status=status)
    body = json.loads(delivery_status_body(EVENT, ABOUT, attempt, AT))
    assert body == ENVELOPE | {
        "type": "delivery_status",
        "attempt_uuid": str(ATTEMPT.id),
        "status": status.value,
    }


def test_what_is_absent_is_left_out_and_never_null() -> None:
    silent = replace(ABOUT, correlation_id=None)
    spoken = replace(ATTEMPT, channel=Channel.VOICE)
    bodies: list[dict[str, Any]] = [
        json.loads(attempt_body(EVENT, silent, spoken, AT, "EUR")),
        json.loads(delivery_status_body(EVENT, silent, spoken, AT)),
        json.loads(authentication_body(EVENT, silent, AT, 0, "EUR")),
    ]
    for body in bodies:
        assert "correlation_id" not in body
        assert "channel" not in body
        assert None not in body.values()
