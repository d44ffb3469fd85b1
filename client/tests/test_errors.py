"""What goes wrong has one root, says why, and tells no secret."""

from __future__ import annotations

import builtins
import pickle
import socket
import traceback
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import httpx2
import pytest

import watchword_client as sdk

if TYPE_CHECKING:
    from client.tests.conftest import Wire

KEY = "ww_test_0123456789abcdef"
CODE = "483920"


def check(wire: Wire, **arguments: Any) -> sdk.DingError:
    """The error of a check, got as a value."""
    client = wire.ding(**arguments)
    result = sdk.otp_check(client, authentication_uuid="a", check_code=CODE)
    assert result.error is not None
    return result.error


def refusal(code: str | None, message: str = "why") -> httpx2.Response:
    body = {"code": code, "message": message, "doc_url": "http://docs/#x"}
    return httpx2.Response(400, json=body)


def test_http_400_is_a_typed_refusal(wire: Wire) -> None:
    wire.will_answer(refusal("invalid_auth_uuid"))
    error = check(wire)
    assert isinstance(error, sdk.ErrorResponse)
    assert error.code is sdk.ErrorCode.INVALID_AUTH_UUID
    assert (error.message, error.doc_url, error.status_code) == ("why", "http://docs/#x", 400)
    assert str(error) == "invalid_auth_uuid: why"


def test_an_unknown_refusal_code_is_kept(wire: Wire) -> None:
    wire.will_answer(refusal("moon_phase"))
    error = check(wire)
    assert isinstance(error, sdk.ErrorResponse)
    assert (error.code, error.code.is_known) == ("moon_phase", False)


def test_a_refusal_may_lack_every_member(wire: Wire) -> None:
    wire.will_answer(httpx2.Response(400, json={"hint": 1}), refusal(None))
    error = check(wire)
    assert isinstance(error, sdk.ErrorResponse)
    assert (error.code, error.message, error.doc_url) == ("", "", "")
    assert error.extra == {"hint": 1}
    assert str(error) == "refused"
    assert str(check(wire)) == "why"


@pytest.mark.parametrize("status", [201, 204, 302, 401, 402, 403, 404, 409, 422, 429, 500, 503])
def test_any_other_status_is_an_untyped_error(wire: Wire, status: int) -> None:
    body = {"code": "spending_limit_exceeded", "message": "why"}
    wire.will_answer(httpx2.Response(status, json=body, headers={"x-request": "7"}))
    error = check(wire)
    assert isinstance(error, sdk.SDKError)
    assert (error.status_code, error.headers["x-request"]) == (status, "7")
    assert "spending_limit_exceeded" in error.body
    assert (error.code, error.message) == (sdk.ErrorCode.SPENDING_LIMIT_EXCEEDED, "why")
    assert f"HTTP {status}" in str(error)


@pytest.mark.parametrize("status", [200, 400])
@pytest.mark.parametrize("kind", ["text/plain", "application/problem+json", ""])
def test_an_unexpected_content_type_is_an_untyped_error(wire: Wire, status: int, kind: str) -> None:
    headers = {"content-type": kind} if kind else {}
    wire.will_answer(httpx2.Response(status, content=b"{}", headers=headers))
    error = check(wire)
    assert isinstance(error, sdk.SDKError)
    assert (error.body, error.code) == ("{}", None)


def test_a_charset_beside_the_content_type_is_fine(wire: Wire) -> None:
    headers = {"content-type": "Application/JSON; charset=utf-8"}
    wire.will_answer(httpx2.Response(200, content=b'{"status": "valid"}', headers=headers))
    answer = wire.ding().otp.check(authentication_uuid="a", check_code=CODE)
    assert answer.status is sdk.CheckStatus.VALID


def test_an_untyped_error_of_no_json_has_no_code(wire: Wire) -> None:
    wire.will_answer(httpx2.Response(502, text="<html>"))
    error = check(wire)
    assert isinstance(error, sdk.SDKError)
    assert (error.code, error.message, error.body) == (None, None, "<html>")


@pytest.mark.parametrize("status", [200, 400])
def test_broken_json_is_a_validation_error(wire: Wire, status: int) -> None:
    headers = {"content-type": "application/json"}
    wire.will_answer(httpx2.Response(status, content=b"{", headers=headers))
    error = check(wire)
    assert isinstance(error, sdk.SDKValidationError)
    assert error.raw_value == b"{"
    assert error.pretty().splitlines()[1] == "  $: Not JSON, though it says it is"


@pytest.mark.parametrize("status", [200, 400])
def test_json_that_is_no_object_is_a_validation_error(wire: Wire, status: int) -> None:
    wire.will_answer(httpx2.Response(status, json=[1]))
    error = check(wire)
    assert isinstance(error, sdk.SDKValidationError)
    assert error.raw_value == [1]


@pytest.mark.parametrize(
    ("call", "problems"),
    [
        (
            lambda ding: ding.otp.create_authentication(device_type="TOASTER", ip=4, foo=1),
            [
                "$.foo: Unknown argument",
                "$.phone_number: Required, and missing",
                "$.ip: Expected `str | null`, got `int`",
                "$.device_type: Expected one of ANDROID, IOS, IPADOS, TVOS, WEB",
            ],
        ),
        (
            lambda ding: ding.otp.check(authentication_uuid="a", check_code=12345),
            ["$.check_code: Expected `str`, got `int`"],
        ),
        (
            lambda ding: ding.otp.check(authentication_uuid="a", idempotency_key="k"),
            [
                "$.idempotency_key: This call takes none",
                "$.check_code: Required, and missing",
            ],
        ),
        (
            lambda ding: ding.otp.feedback(phone_number="+331", status="maybe"),
            ["$.status: Expected one of onboarded, not_onboarded"],
        ),
        (
            lambda ding: ding.lookup.lookup("+331", type_=["cnam", "shoe_size"]),
            ["$.type_: Expected one of cnam"],
        ),
        (
            lambda ding: ding.otp.retry(sdk.LookupRequest(phone_number="+331")),
            ["$: Expected `RetryAuthenticationRequest`, got `LookupRequest`"],
        ),
        (
            lambda ding: ding.otp.retry(authentication_uuid=object()),
            ["$.authentication_uuid: Encoding objects of type object is unsupported"],
        ),
    ],
)
def test_a_request_that_does_not_fit_is_not_sent(
    wire: Wire, call: Callable[[sdk.Ding], object], problems: list[str]
) -> None:
    with pytest.raises(sdk.SDKValidationError) as caught:
        call(wire.ding())
    assert list(caught.value.problems) == problems
    assert wire.requests == []


def test_a_request_object_built_wrongly_is_refused_all_the_same(wire: Wire) -> None:
    request = sdk.CreateCheckRequest(authentication_uuid="a", check_code=1)  # type: ignore[arg-type]
    with pytest.raises(sdk.SDKValidationError):
        wire.ding().otp.check(request)


def test_a_call_without_a_project_is_not_sent(wire: Wire) -> None:
    with pytest.raises(sdk.SDKValidationError) as caught:
        wire.ding(customer_uuid=None).otp.retry(authentication_uuid="a")
    assert caught.value.problems == ("$.customer_uuid: Required, and missing",)


@pytest.mark.parametrize("url", ["ftp://x", "nowhere", "http://", "http://x:port"])
def test_a_server_url_that_is_none_is_refused(wire: Wire, url: str) -> None:
    error = check(wire, server_url=url)
    assert isinstance(error, sdk.SDKValidationError)
    assert "server_url" in error.pretty()


def test_no_connection_is_our_error_and_the_builtin_one(wire: Wire) -> None:
    wire.will_answer(httpx2.ConnectError("refused"))
    error = check(wire)
    assert isinstance(error, sdk.ConnectionError)
    assert isinstance(error, builtins.ConnectionError)
    assert isinstance(error.__cause__, httpx2.ConnectError)


def test_a_port_where_nobody_listens_is_no_connection() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/v1"
    with sdk.Ding("k", customer_uuid="c", server_url=url) as ding, pytest.raises(ConnectionError):
        ding.lookup.lookup("+33612345678")


@pytest.mark.parametrize("cause", [httpx2.ReadTimeout, httpx2.ConnectTimeout, httpx2.PoolTimeout])
def test_no_answer_in_time_is_our_error_and_the_builtin_one(
    wire: Wire, cause: type[httpx2.TimeoutException]
) -> None:
    wire.will_answer(cause("slow"))
    error = check(wire)
    assert isinstance(error, sdk.TimeoutError)
    assert isinstance(error, builtins.TimeoutError)


def test_what_a_key_function_raises_comes_wrapped(wire: Wire) -> None:
    def api_key() -> str:
        raise LookupError("vault sealed")

    error = check(wire, api_key=api_key)
    assert isinstance(error, sdk.UnexpectedError)
    assert isinstance(error.__cause__, LookupError)
    assert wire.requests == []


def test_all_errors_have_one_root() -> None:
    for name in sdk.__all__:
        item = getattr(sdk, name)
        if isinstance(item, type) and issubclass(item, Exception):
            assert issubclass(item, sdk.DingError)


LEAKS: list[httpx2.Response | Exception] = [
    refusal("bad_request", f"no such code {CODE} for key {KEY}"),
    httpx2.Response(503, text=f"{CODE} {KEY}"),
    httpx2.Response(200, text=f"{CODE} {KEY}"),
    httpx2.Response(200, json={"status": 1, "code": CODE}),
    httpx2.Response(200, json={"authentication_uuid": [CODE], "key": KEY}),
    httpx2.LocalProtocolError(f"Illegal header value {KEY!r}"),
    httpx2.ReadTimeout(f"{CODE} {KEY}"),
    ValueError(f"{CODE} {KEY}"),
]


@pytest.mark.parametrize("answer", LEAKS, ids=repr)
def test_no_error_text_holds_a_key_or_a_code(
    wire: Wire, answer: httpx2.Response | Exception
) -> None:
    wire.will_answer(answer)
    error = check(wire)
    pretty = error.pretty() if isinstance(error, sdk.SDKValidationError) else ""
    last_line = "".join(traceback.format_exception_only(error))
    for text in (str(error), repr(error), pretty, last_line, repr(sdk.Err(error))):
        assert CODE not in text
        assert KEY not in text


def test_no_text_of_a_client_or_a_request_holds_a_key_or_a_code(wire: Wire) -> None:
    url = f"http://user:{KEY}@host/v1"
    for client in (wire.ding(server_url=url), wire.async_ding(server_url=url)):
        text = f"{client!r} {client} {client.otp!r} {client.hooks!r} {client._settings!r}"
        assert KEY not in text
        assert "http://host/v1" in text
    request = sdk.CreateCheckRequest(authentication_uuid="a", check_code=CODE)
    assert CODE not in repr(request)


@pytest.mark.parametrize("key", ["ww_\u20ac", "ww\nx-admin: 1"])
def test_a_key_that_cannot_stand_in_a_header_is_refused(wire: Wire, key: str) -> None:
    error = check(wire, api_key=key)
    assert isinstance(error, sdk.SDKValidationError)
    assert key not in error.pretty()
    assert wire.requests == []


@pytest.mark.parametrize("answer", [*LEAKS, httpx2.ConnectError("no")], ids=repr)
def test_an_error_can_go_to_another_process(
    wire: Wire, answer: httpx2.Response | Exception
) -> None:
    wire.will_answer(answer)
    error = check(wire)
    copy = pickle.loads(pickle.dumps(error))
    assert (type(copy), str(copy), vars(copy)) == (type(error), str(error), vars(error))
