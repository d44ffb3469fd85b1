"""Answers are typed, and what is not known yet is kept."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import pytest

import watchword_client as sdk

if TYPE_CHECKING:
    from client.tests.conftest import Wire


def history(wire: Wire, *events: Any, **fields: Any) -> sdk.AuthenticationStatusResponse:
    wire.will_answer({"uuid": "u", "events": list(events), **fields})
    return wire.ding().otp.get_authentication_status("u")


def test_events_are_told_apart_by_their_type(wire: Wire) -> None:
    found = history(
        wire,
        {"type": "check", "status": "rate_limited"},
        {"type": "attempt", "status": "rate_limited", "capability": "zalo"},
        {"type": "delivery_status", "status": "unknown", "attempt_number": 1},
        {"type": "balance_update", "amount": -1, "balance_update_type": "attempt_pending"},
    ).events
    assert found == (
        sdk.CheckEvent(status=sdk.CheckStatus.RATE_LIMITED),
        sdk.AttemptEvent(status=sdk.AttemptStatus.RATE_LIMITED, capability=sdk.Capability.ZALO),
        sdk.DeliveryStatusEvent(status=sdk.DeliveryStatus.UNKNOWN, attempt_number=1),
        sdk.BalanceUpdateEvent(
            amount=-1.0, balance_update_type=sdk.BalanceUpdateType.ATTEMPT_PENDING
        ),
    )
    assert [event.type for event in found] == [
        "check",
        "attempt",
        "delivery_status",
        "balance_update",
    ]


def test_an_event_of_an_unknown_type_is_kept_whole(wire: Wire) -> None:
    raw = {"type": "voice_call", "created_at": 7, "rang": [1, 2]}
    (event,) = history(wire, raw).events
    assert isinstance(event, sdk.UnknownEvent)
    assert (event.type, event.type.is_known, event.raw) == ("voice_call", False, raw)


def test_an_event_without_a_type_is_kept_whole(wire: Wire) -> None:
    (event,) = history(wire, {"status": "valid"}).events
    assert event == sdk.UnknownEvent(type=sdk.EventType(""), raw={"status": "valid"})


def test_an_unknown_word_is_kept_as_a_member_of_its_enum(wire: Wire) -> None:
    wire.will_answer({"status": "on_fire"})
    status = wire.ding().otp.check(authentication_uuid="a", check_code="1").status
    assert isinstance(status, sdk.CheckStatus)
    assert (status, status.value, status.is_known) == ("on_fire", "on_fire", False)
    assert status != sdk.CheckStatus.VALID
    assert "on_fire" not in list(sdk.CheckStatus)


def test_a_known_word_is_the_member_itself(wire: Wire) -> None:
    wire.will_answer({"status": "valid"})
    status = wire.ding().otp.check(authentication_uuid="a", check_code="1").status
    assert status is sdk.CheckStatus.VALID
    assert status.is_known


def test_unknown_keys_are_kept_at_every_depth(wire: Wire) -> None:
    found = history(
        wire,
        {"type": "check", "by": "web"},
        signals={"ip": "::1", "jA4": "t"},
        new={"a": 1},
        extra=2,
    )
    assert found.extra == {"new": {"a": 1}, "extra": 2}
    assert found.signals == sdk.Signals(ip="::1", extra={"jA4": "t"})
    assert found.events[0].extra == {"by": "web"}


def test_null_is_as_good_as_left_out(wire: Wire) -> None:
    fields = {"signals": None, "created_at": None, "template_id": None}
    found = history(wire, {"type": "attempt", "code": None, "status": None}, **fields)
    assert (found.signals, found.created_at, found.template_id) == (None, None, None)
    assert isinstance(found.events[0], sdk.AttemptEvent)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2024-11-02T10:15:30Z", datetime(2024, 11, 2, 10, 15, 30, tzinfo=UTC)),
        ("2024-11-02t10:15:30z", datetime(2024, 11, 2, 10, 15, 30, tzinfo=UTC)),
        ("2024-11-02T10:15:30+00:00", datetime(2024, 11, 2, 10, 15, 30, tzinfo=UTC)),
        ("2024-11-02T10:15:30+0000", datetime(2024, 11, 2, 10, 15, 30, tzinfo=UTC)),
        ("2024-11-02T10:15:30.1Z", datetime(2024, 11, 2, 10, 15, 30, 100_000, tzinfo=UTC)),
        (
            "2024-11-02T10:15:30.123456789+0000",
            datetime(2024, 11, 2, 10, 15, 30, 123_456, tzinfo=UTC),
        ),
        (
            "2024-11-02T10:15:30-05:30",
            datetime(2024, 11, 2, 10, 15, 30, tzinfo=timezone(-timedelta(hours=5, minutes=30))),
        ),
    ],
)
def test_every_spelling_of_a_timestamp_becomes_an_aware_datetime(
    wire: Wire, text: str, moment: datetime
) -> None:
    found = history(wire, created_at=text).created_at
    assert found == moment
    assert found is not None
    assert found.tzinfo is not None


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"created_at": "2024-11-02T10:15:30"}, "$.created_at: Expected a timestamp with a zone"),
        ({"created_at": "soon"}, "$.created_at: Expected an RFC 3339 timestamp"),
        ({"created_at": 7}, "$.created_at: Expected a timestamp, got `int`"),
        ({"signals": []}, "$.signals: Expected `object`, got `array`"),
        ({"signals": {"ip": True}}, "$.signals.ip: Expected `str | null`, got `bool`"),
        ({"events": {}}, "$.events: Expected `array`, got `object`"),
        ({"events": ["x"]}, "$.events[0]: Expected `object`, got `str`"),
        (
            {"events": [{"type": "attempt", "attempt_number": "3"}]},
            "$.events[0].attempt_number: Expected `int | null`, got `str`",
        ),
    ],
)
def test_a_wrong_shape_is_told_by_its_place(
    wire: Wire, fields: dict[str, Any], problem: str
) -> None:
    wire.will_answer(fields)
    with pytest.raises(sdk.SDKValidationError) as caught:
        wire.ding().otp.get_authentication_status("u")
    assert caught.value.problems == (problem,)
    assert caught.value.raw_value == fields


def test_all_problems_of_an_answer_are_told_at_once(wire: Wire) -> None:
    wire.will_answer({"uuid": 1, "phone_number": 2})
    with pytest.raises(sdk.SDKValidationError) as caught:
        wire.ding().otp.get_authentication_status("u")
    assert caught.value.pretty().splitlines() == [
        "Response of otp.get_authentication_status does not have the expected shape:",
        "  $.uuid: Expected `str | null`, got `int`",
        "  $.phone_number: Expected `str | null`, got `int`",
    ]
