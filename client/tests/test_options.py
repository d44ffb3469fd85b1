"""What can be chosen is obeyed, for a call and for a client, and the environment stands behind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx2
import msgspec
import pytest

import watchword_client as sdk

if TYPE_CHECKING:
    from client.tests.conftest import Wire

NUMBER = "+33612345678"


def looked_up(wire: Wire, ding: sdk.Ding, **options: Any) -> httpx2.Request:
    ding.lookup.lookup(NUMBER, **options)
    return wire.requests[-1]


def test_the_key_can_be_a_function_called_for_each_call(wire: Wire) -> None:
    keys = iter(["first", "second"])
    ding = wire.ding(api_key=lambda: next(keys))
    sent = [looked_up(wire, ding).headers["x-api-key"] for _ in range(2)]
    assert sent == ["first", "second"]


async def test_the_key_can_be_a_coroutine_function_of_an_asynchronous_client(wire: Wire) -> None:
    async def api_key() -> str:
        return "awaited"

    await wire.async_ding(api_key=api_key).lookup.lookup(NUMBER)
    await wire.async_ding(api_key=lambda: "called").lookup.lookup(NUMBER)
    assert [request.headers["x-api-key"] for request in wire.requests] == ["awaited", "called"]


def test_a_coroutine_function_is_no_key_of_a_synchronous_client(wire: Wire) -> None:
    async def api_key() -> str:
        return "never"

    result = sdk.lookup_lookup(wire.ding(api_key=api_key), NUMBER)
    assert isinstance(result.error, sdk.UnexpectedError)
    assert isinstance(result.error.__cause__, TypeError)


def test_without_a_key_no_header_is_sent(wire: Wire) -> None:
    assert "x-api-key" not in looked_up(wire, wire.ding(api_key=None)).headers


@pytest.mark.parametrize("name", ["DING_API_KEY", "WATCHWORD_API_KEY"])
def test_the_key_may_come_from_the_environment(
    wire: Wire, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, " from-environment\n")
    assert looked_up(wire, wire.ding(api_key=None)).headers["x-api-key"] == "from-environment"
    assert looked_up(wire, wire.ding(api_key="given")).headers["x-api-key"] == "given"


def test_the_project_may_come_from_the_environment(
    wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WATCHWORD_CUSTOMER_UUID", "environment")
    client = wire.ding(customer_uuid=None)
    assert looked_up(wire, client).headers["customer-uuid"] == "environment"
    assert looked_up(wire, client, customer_uuid="call").headers["customer-uuid"] == "call"
    assert looked_up(wire, wire.ding(customer_uuid="c")).headers["customer-uuid"] == "c"


def test_the_server_may_come_from_the_environment(
    wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert str(looked_up(wire, wire.ding()).url).startswith("http://127.0.0.1:8700/v1/lookup/")
    monkeypatch.setenv("WATCHWORD_SERVER_URL", "https://environment/v1/")
    assert str(looked_up(wire, wire.ding()).url).startswith("https://environment/v1/lookup/")


@pytest.mark.parametrize("url", ["https://otp.example.com/v1", "https://otp.example.com/v1/"])
def test_the_server_can_be_chosen_with_or_without_a_slash(wire: Wire, url: str) -> None:
    by_client = looked_up(wire, wire.ding(server_url=url))
    by_call = looked_up(wire, wire.ding(), server_url=url)
    assert str(by_client.url) == "https://otp.example.com/v1/lookup/%2B33612345678"
    assert by_call.url == by_client.url


def test_headers_of_a_call_win_over_those_of_a_client(wire: Wire) -> None:
    ding = wire.ding(headers={"X-Team": "a", "X-Kept": "k", "User-Agent": "mine"})
    headers = looked_up(wire, ding, headers={"x-team": "b"}).headers
    assert (headers["x-team"], headers["x-kept"], headers["user-agent"]) == ("b", "k", "mine")


def test_a_time_limit_is_in_milliseconds(wire: Wire) -> None:
    def limit(request: httpx2.Request) -> float:
        return float(request.extensions["timeout"]["read"])

    assert limit(looked_up(wire, wire.ding())) == 5.0
    assert limit(looked_up(wire, wire.ding(timeout_ms=250))) == 0.25
    assert limit(looked_up(wire, wire.ding(timeout_ms=250), timeout_ms=1_500)) == 1.5


def test_none_for_an_option_is_the_clients_choice(wire: Wire) -> None:
    options: dict[str, Any] = dict.fromkeys(
        ["headers", "timeout_ms", "server_url", "retries", "retry_codes"]
    )
    assert looked_up(wire, wire.ding(), **options).headers["x-api-key"]


def test_a_clients_own_http_client_has_a_time_limit() -> None:
    with sdk.Ding("k") as ding:
        assert ding._http.timeout.read == 10.0


def test_a_given_http_client_is_used_as_it_is_and_not_closed() -> None:
    seen: list[httpx2.Request] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        seen.append(request)
        return httpx2.Response(200, json={})

    http = httpx2.Client(transport=httpx2.MockTransport(answer), headers={"x-proxy": "p"})
    with sdk.Ding("k", customer_uuid="c", http_client=http) as ding:
        ding.lookup.lookup(NUMBER)
    assert seen[0].headers["x-proxy"] == "p"
    assert not http.is_closed
    http.close()


async def test_a_given_asynchronous_http_client_is_not_closed() -> None:
    http = httpx2.AsyncClient()
    async with sdk.AsyncDing("k", http_client=http):
        pass
    assert not http.is_closed
    await http.aclose()


def test_a_context_closes_what_the_client_opened() -> None:
    with sdk.Ding("k") as ding:
        http = ding._http
    assert http.is_closed


async def test_an_asynchronous_context_closes_what_the_client_opened() -> None:
    async with sdk.AsyncDing("k") as ding:
        http = ding._http
    assert http.is_closed


def test_functions_take_the_small_core(wire: Wire) -> None:
    http = wire.ding()._http
    with sdk.DingCore("k", customer_uuid="c", http_client=http) as core:
        assert sdk.otp_check(core, authentication_uuid="a", check_code="1").ok
    sent = msgspec.json.decode(wire.requests[0].content)
    assert sent == {"authentication_uuid": "a", "check_code": "1", "customer_uuid": "c"}
