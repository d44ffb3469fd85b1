"""Every call goes out as the contract says, in all four forms."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

import watchword_client as sdk

if TYPE_CHECKING:
    from client.tests.conftest import Wire

KEY = "ww_test_0123456789abcdef"
PROJECT = "c9f826e0-deca-41ec-871f-ecd6e8efeb46"
AUTHENTICATION = "e0e7b0e9-739d-424b-922f-1c2cb48ab077"
NUMBER = "+33612345678"


class Case(msgspec.Struct, frozen=True):
    """One call, what it sends, and what comes of an answer."""

    name: str
    fields: dict[str, Any]
    request: Callable[..., Any]
    sent: tuple[str, str, dict[str, Any] | None]
    answer: dict[str, Any]
    value: object


MOMENT = datetime(2024, 11, 2, 10, 15, 30, tzinfo=UTC)
CREATED = {"created_at": "2024-11-02T10:15:30Z"}
CASES = [
    Case(
        "otp.check",
        {"authentication_uuid": AUTHENTICATION, "check_code": "012345"},
        sdk.CreateCheckRequest,
        ("POST", "/v1/check", {"authentication_uuid": AUTHENTICATION, "check_code": "012345"}),
        {"authentication_uuid": AUTHENTICATION, "status": "valid"},
        sdk.CreateCheckResponse(authentication_uuid=AUTHENTICATION, status=sdk.CheckStatus.VALID),
    ),
    Case(
        "otp.create_authentication",
        {"phone_number": NUMBER, "device_type": sdk.DeviceType.IOS, "is_returning_user": False},
        sdk.CreateAuthenticationRequest,
        (
            "POST",
            "/v1/authentication",
            {"phone_number": NUMBER, "device_type": "IOS", "is_returning_user": False},
        ),
        {"authentication_uuid": AUTHENTICATION, "status": "pending", **CREATED},
        sdk.CreateAuthenticationResponse(
            authentication_uuid=AUTHENTICATION,
            status=sdk.CreateAuthenticationStatus.PENDING,
            created_at=MOMENT,
        ),
    ),
    Case(
        "otp.feedback",
        {"phone_number": NUMBER, "status": sdk.FeedbackStatus.NOT_ONBOARDED},
        sdk.FeedbackRequest,
        (
            "POST",
            "/v1/authentication/feedback",
            {"phone_number": NUMBER, "status": "not_onboarded"},
        ),
        {"uuid": "f"},
        sdk.FeedbackResponse(uuid="f"),
    ),
    Case(
        "otp.get_authentication_status",
        {"auth_uuid": AUTHENTICATION},
        sdk.GetAuthenticationStatusRequest,
        ("GET", f"/v1/authentication/{AUTHENTICATION}", None),
        {"uuid": AUTHENTICATION, "signals": {"ip": "203.0.113.7"}, **CREATED},
        sdk.AuthenticationStatusResponse(
            uuid=AUTHENTICATION, signals=sdk.Signals(ip="203.0.113.7"), created_at=MOMENT
        ),
    ),
    Case(
        "otp.retry",
        {"authentication_uuid": AUTHENTICATION},
        sdk.RetryAuthenticationRequest,
        ("POST", "/v1/retry", {"authentication_uuid": AUTHENTICATION}),
        {"status": "denied", "remaining_retry": 3.0, **CREATED},
        sdk.RetryAuthenticationResponse(
            status=sdk.RetryStatus.DENIED, remaining_retry=3, created_at=MOMENT
        ),
    ),
    Case(
        "lookup.lookup",
        {"phone_number": NUMBER, "type_": (sdk.LookupType.CNAM,)},
        sdk.LookupRequest,
        ("GET", "/v1/lookup/%2B33612345678?type=cnam", None),
        {"phone_number": NUMBER, "line_type": "Mobile", "number_ported": False},
        sdk.LookupResponse(phone_number=NUMBER, line_type=sdk.LineType.MOBILE, number_ported=False),
    ),
]
each_call = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)


def method_of(client: object, case: Case) -> Callable[..., Any]:
    group, _, name = case.name.partition(".")
    method: Callable[..., Any] = getattr(getattr(client, group), name)
    return method


def function_of(case: Case, suffix: str = "") -> Callable[..., Any]:
    function: Callable[..., Any] = getattr(sdk, case.name.replace(".", "_") + suffix)
    return function


def check_sent(wire: Wire, case: Case) -> None:
    (request,) = wire.requests
    method, target, body = case.sent
    assert (request.method, request.url.raw_path.decode()) == (method, target)
    assert request.headers["x-api-key"] == KEY
    assert request.headers["accept"] == "application/json"
    assert request.headers["user-agent"].startswith("watchword-client/")
    if body is None:
        assert request.content == b""
        assert "content-type" not in request.headers
    else:
        assert request.headers["content-type"] == "application/json"
        assert msgspec.json.decode(request.content) == {**body, "customer_uuid": PROJECT}
    assert ("customer-uuid" in request.headers) is (case.name == "lookup.lookup")


@each_call
def test_a_method_takes_keywords_and_answers_a_value(wire: Wire, case: Case) -> None:
    wire.will_answer(case.answer)
    assert method_of(wire.ding(), case)(**case.fields) == case.value
    check_sent(wire, case)


@each_call
def test_a_method_takes_a_request_object(wire: Wire, case: Case) -> None:
    wire.will_answer(case.answer)
    assert method_of(wire.ding(), case)(case.request(**case.fields)) == case.value
    check_sent(wire, case)


@each_call
def test_a_method_takes_a_plain_mapping(wire: Wire, case: Case) -> None:
    wire.will_answer(case.answer)
    assert method_of(wire.ding(), case)(case.fields) == case.value
    check_sent(wire, case)


@each_call
async def test_an_asynchronous_method_does_the_same(wire: Wire, case: Case) -> None:
    wire.will_answer(case.answer)
    assert await method_of(wire.async_ding(), case)(**case.fields) == case.value
    check_sent(wire, case)


@each_call
def test_a_function_answers_a_result(wire: Wire, case: Case) -> None:
    wire.will_answer(case.answer)
    result = function_of(case)(wire.ding(), **case.fields)
    assert (result.ok, result.value, result.error) == (True, case.value, None)
    check_sent(wire, case)


@each_call
async def test_an_asynchronous_function_answers_a_result(wire: Wire, case: Case) -> None:
    wire.will_answer(case.answer)
    result = await function_of(case, "_async")(wire.async_ding(), **case.fields)
    assert (result.ok, result.value, result.error) == (True, case.value, None)
    check_sent(wire, case)


@each_call
def test_a_function_answers_its_error_and_raises_nothing(wire: Wire, case: Case) -> None:
    wire.will_answer(503)
    result = function_of(case)(wire.ding(), **case.fields)
    assert not result.ok
    assert result.value is None
    assert isinstance(result.error, sdk.SDKError)
    with pytest.raises(sdk.SDKError):
        result.unwrap()


@each_call
async def test_an_asynchronous_function_answers_its_error(wire: Wire, case: Case) -> None:
    wire.will_answer(503)
    result = await function_of(case, "_async")(wire.async_ding(), **case.fields)
    assert isinstance(result.error, sdk.SDKError)


@each_call
def test_only_calls_that_send_carry_an_idempotency_key(wire: Wire, case: Case) -> None:
    method_of(wire.ding(), case)(**case.fields)
    sends = case.name in {"otp.create_authentication", "otp.retry"}
    assert ("idempotency-key" in wire.requests[0].headers) is sends


@each_call
def test_an_empty_answer_is_tolerated(wire: Wire, case: Case) -> None:
    wire.will_answer({}, dict.fromkeys(case.answer))
    method = method_of(wire.ding(), case)
    assert method(**case.fields) == method(**case.fields)


def test_a_bare_string_names_what_is_read(wire: Wire) -> None:
    ding = wire.ding()
    ding.otp.get_authentication_status(AUTHENTICATION)
    ding.lookup.lookup(NUMBER)
    paths = [request.url.raw_path.decode() for request in wire.requests]
    assert paths == [f"/v1/authentication/{AUTHENTICATION}", "/v1/lookup/%2B33612345678"]


def test_a_uuid_object_is_as_good_as_its_text(wire: Wire) -> None:
    wire.ding().otp.retry(authentication_uuid=uuid.UUID(AUTHENTICATION))
    assert msgspec.json.decode(wire.requests[0].content)["authentication_uuid"] == AUTHENTICATION


def test_keywords_win_over_the_fields_of_a_request(wire: Wire) -> None:
    request = sdk.CreateCheckRequest(authentication_uuid="a", check_code="1", customer_uuid="x")
    wire.ding().otp.check(request, check_code="2")
    sent = msgspec.json.decode(wire.requests[0].content)
    assert sent == {"authentication_uuid": "a", "check_code": "2", "customer_uuid": "x"}


@pytest.mark.parametrize(
    ("segment", "path"),
    [
        ("../check", "/v1/authentication/..%2Fcheck"),
        ("..", "/v1/authentication/%2E%2E"),
        ("a?b#c", "/v1/authentication/a%3Fb%23c"),
    ],
)
def test_a_path_value_never_leaves_its_segment(wire: Wire, segment: str, path: str) -> None:
    wire.ding().otp.get_authentication_status(segment)
    assert wire.requests[0].url.raw_path.decode() == path


def test_an_empty_path_value_is_not_sent(wire: Wire) -> None:
    with pytest.raises(sdk.SDKValidationError):
        wire.ding().otp.get_authentication_status("")
    assert wire.requests == []
