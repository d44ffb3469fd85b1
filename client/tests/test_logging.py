"""The debug log tells what happened, and no key, no code and no full phone number."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import httpx2
import pytest

import watchword_client as sdk

if TYPE_CHECKING:
    from client.tests.conftest import Wire

KEY = "ww_test_0123456789abcdef"
CODE = "483920"
NUMBER = "+33612345678"
BACKOFF = sdk.RetryConfig(strategy="backoff")


class Lines:
    """Any object with `debug` is a logger."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def debug(self, message: str) -> None:
        self.lines.append(message)

    @property
    def text(self) -> str:
        return "\n".join(self.lines)


def test_every_request_and_answer_is_told(wire: Wire) -> None:
    log = Lines()
    wire.will_answer(503, httpx2.ConnectError(KEY), {"carrier": "SFR"})
    retries = sdk.RetryConfig(strategy="backoff", retry_connection_errors=True)
    wire.ding(debug_logger=log, retries=retries).lookup.lookup(NUMBER)
    told = [line.split(" {")[0] for line in log.lines]
    url = "http://127.0.0.1:8700/v1/lookup/%2B336***78"
    assert told == [
        f"lookup.lookup #1: GET {url}",
        "lookup.lookup #1: HTTP 503",
        "lookup.lookup #1: again in 0.5 s",
        f"lookup.lookup #2: GET {url}",
        "lookup.lookup #2: The server could not be reached: ConnectError",
        "lookup.lookup #2: again in 0.75 s",
        f"lookup.lookup #3: GET {url}",
        "lookup.lookup #3: HTTP 200",
    ]
    assert '{"carrier":"SFR"}' in log.text


@pytest.mark.parametrize(
    "answer",
    [
        {"uuid": "u", "phone_number": NUMBER, "events": [{"type": "check", "code": CODE}]},
        {"events": [{"type": "attempt", "content": f"Your code is {CODE[:3]} {CODE[3:]}."}]},
        {"events": [{"type": "attempt", "content": f"{CODE[:3]}-{CODE[3:]} is your code"}]},
        {"events": [{"type": "magic", "word": CODE, "for": f"to {NUMBER}"}]},
        {"phone_number": "0612345678", "x": {"recipient_phone_number": NUMBER}, "key": KEY},
    ],
)
def test_no_line_holds_a_key_a_code_or_a_full_number(wire: Wire, answer: dict[str, Any]) -> None:
    log = Lines()
    ding = wire.ding(debug_logger=log, headers={"Authorization": f"Bearer {KEY}"})
    wire.will_answer(answer, httpx2.Response(500, json={**answer, "status": 1}))
    assert sdk.otp_get_authentication_status(ding, "u").ok
    sdk.otp_check(ding, authentication_uuid="u", check_code=CODE)
    for secret in (KEY, CODE, f"{CODE[:3]} {CODE[3:]}", "612345678", f"{CODE[:3]}-{CODE[3:]}"):
        assert secret not in log.text


def test_bodies_that_go_out_are_masked(wire: Wire) -> None:
    log = Lines()
    ding = wire.ding(debug_logger=log)
    ding.otp.check(authentication_uuid="0123456789", check_code=CODE)
    ding.otp.create_authentication(phone_number=NUMBER, correlation_id="signup-1")
    ding.lookup.lookup("0612345678")
    assert '"check_code":"***"' in log.text
    assert '"phone_number":"+336***78"' in log.text
    assert '"correlation_id":"signup-1"' in log.text
    assert "'x-api-key': '***'" in log.text
    assert "612345" not in log.text


def test_of_a_body_that_is_not_json_only_the_size_is_told(wire: Wire) -> None:
    log = Lines()
    wire.will_answer(httpx2.Response(502, text=f"<p>{CODE}</p>"))
    sdk.lookup_lookup(wire.ding(debug_logger=log), NUMBER)
    assert log.lines[-1].endswith("13 bytes")


def test_a_standard_logger_will_do(wire: Wire, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, logger="sdk"):
        wire.ding(debug_logger=logging.getLogger("sdk")).lookup.lookup(NUMBER)
    ours = [record.levelname for record in caplog.records if record.name == "sdk"]
    assert ours == ["DEBUG", "DEBUG"]
    assert "%2B336***78" in caplog.text


async def test_an_asynchronous_client_tells_the_same(wire: Wire) -> None:
    log, async_log = Lines(), Lines()
    wire.ding(debug_logger=log).lookup.lookup(NUMBER)
    await wire.async_ding(debug_logger=async_log).lookup.lookup(NUMBER)
    assert async_log.lines == log.lines
