"""Hooks see what goes out and comes in, in order, and may replace it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx2
import pytest

import watchword_client as sdk

if TYPE_CHECKING:
    from client.tests.conftest import Wire

NUMBER = "+33612345678"
BACKOFF = sdk.RetryConfig(strategy="backoff", retry_connection_errors=True)


def test_hooks_are_called_in_order_for_every_request(wire: Wire) -> None:
    ding, seen = wire.ding(retries=BACKOFF), []

    @ding.hooks.before_request
    def first(context: sdk.HookContext, request: httpx2.Request) -> None:
        seen.append(f"first {context.operation} {context.attempt} {request.method}")

    @ding.hooks.before_request
    def second(context: sdk.HookContext, request: httpx2.Request) -> None:
        seen.append("second")

    @ding.hooks.after_error
    def failed(
        context: sdk.HookContext, response: httpx2.Response | None, error: Exception | None
    ) -> None:
        seen.append(f"failed {response and response.status_code} {type(error).__name__}")

    @ding.hooks.after_success
    def succeeded(context: sdk.HookContext, response: httpx2.Response) -> None:
        seen.append(f"succeeded {context.attempt}")

    wire.will_answer(503, httpx2.ConnectError("no"), {})
    ding.lookup.lookup(NUMBER)
    assert seen == [
        "first lookup.lookup 1 GET",
        "second",
        "failed 503 NoneType",
        "first lookup.lookup 2 GET",
        "second",
        "failed None ConnectionError",
        "first lookup.lookup 3 GET",
        "second",
        "succeeded 3",
    ]


def test_a_hook_can_replace_the_request_for_the_next_one(wire: Wire) -> None:
    ding = wire.ding()

    @ding.hooks.before_request
    def move(context: sdk.HookContext, request: httpx2.Request) -> httpx2.Request:
        return httpx2.Request("GET", "http://elsewhere/", headers=request.headers)

    @ding.hooks.before_request
    def sign(context: sdk.HookContext, request: httpx2.Request) -> None:
        request.headers["x-signed"] = str(request.url)

    ding.lookup.lookup(NUMBER)
    assert wire.requests[0].headers["x-signed"] == "http://elsewhere/"


def test_a_hook_can_replace_a_success(wire: Wire) -> None:
    ding = wire.ding()

    @ding.hooks.after_success
    def replace(context: sdk.HookContext, response: httpx2.Response) -> httpx2.Response:
        return httpx2.Response(200, json={"carrier": "SFR"})

    assert ding.lookup.lookup(NUMBER).carrier == "SFR"


def test_a_hook_can_turn_an_error_into_a_success(wire: Wire) -> None:
    ding = wire.ding()

    @ding.hooks.after_error
    def rescue(
        context: sdk.HookContext, response: httpx2.Response | None, error: Exception | None
    ) -> httpx2.Response:
        return httpx2.Response(200, json={"carrier": "cached"})

    wire.will_answer(httpx2.ConnectError("no"))
    assert ding.lookup.lookup(NUMBER).carrier == "cached"


def test_a_hook_can_choose_the_error(wire: Wire) -> None:
    class OutOfOfficeError(sdk.DingError):
        pass

    ding = wire.ding(retries=BACKOFF)

    @ding.hooks.after_error
    def explain(
        context: sdk.HookContext, response: httpx2.Response | None, error: Exception | None
    ) -> Exception:
        return OutOfOfficeError("later")

    wire.will_answer(503)
    with pytest.raises(OutOfOfficeError):
        ding.lookup.lookup(NUMBER)
    assert len(wire.requests) == 1


def test_what_a_hook_raises_comes_wrapped(wire: Wire) -> None:
    ding = wire.ding()

    @ding.hooks.before_request
    def broken(context: sdk.HookContext, request: httpx2.Request) -> None:
        raise RuntimeError("broken")

    result = sdk.lookup_lookup(ding, NUMBER)
    assert isinstance(result.error, sdk.UnexpectedError)
    assert isinstance(result.error.__cause__, RuntimeError)


async def test_an_asynchronous_client_takes_both_kinds_of_hooks(wire: Wire) -> None:
    ding = wire.async_ding()

    @ding.hooks.before_request
    async def awaited(context: sdk.HookContext, request: httpx2.Request) -> httpx2.Request:
        request.headers["x-a"] = "1"
        return request

    @ding.hooks.before_request
    def called(context: sdk.HookContext, request: httpx2.Request) -> None:
        request.headers["x-b"] = "2"

    @ding.hooks.after_error
    async def rescue(
        context: sdk.HookContext, response: httpx2.Response | None, error: Exception | None
    ) -> httpx2.Response:
        return httpx2.Response(200, json={"carrier": "SFR"})

    wire.will_answer(500)
    assert (await ding.lookup.lookup(NUMBER)).carrier == "SFR"
    headers = wire.requests[0].headers
    assert (headers["x-a"], headers["x-b"]) == ("1", "2")


def test_a_coroutine_function_is_no_hook_of_a_synchronous_client(wire: Wire) -> None:
    ding = wire.ding()

    @ding.hooks.before_request
    async def never(context: sdk.HookContext, request: httpx2.Request) -> None:
        pass

    assert isinstance(sdk.lookup_lookup(ding, NUMBER).error, sdk.UnexpectedError)
    assert wire.requests == []
