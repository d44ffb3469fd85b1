"""What the tests of the SDK share: a transport that records, and a server on loopback."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

import httpx2
import msgspec
import pytest

from watchword_client import AsyncDing, Clock, Ding

KEY = "ww_test_0123456789abcdef"
PROJECT = "c9f826e0-deca-41ec-871f-ecd6e8efeb46"
AUTHENTICATION = "e0e7b0e9-739d-424b-922f-1c2cb48ab077"


class Wire:
    """The other end of a client: gives prepared answers, keeps what was asked."""

    def __init__(self) -> None:
        self.answers: list[httpx2.Response | Exception] = []
        self.requests: list[httpx2.Request] = []
        self.slept: list[float] = []
        self.now = 1_000.0

    def ding(self, **arguments: Any) -> Ding:
        """A client on this wire, which never really sleeps."""
        http = httpx2.Client(transport=httpx2.MockTransport(self._answer))
        clock = Clock(elapsed=lambda: self.now, now=lambda: self.now, jitter=lambda: 0.0)
        given = {"api_key": KEY, "customer_uuid": PROJECT, "clock": clock, **arguments}
        return Ding(http_client=http, sleep=self._sleep, **given)

    def async_ding(self, **arguments: Any) -> AsyncDing:
        """An asynchronous client on this wire, which never really sleeps."""
        http = httpx2.AsyncClient(transport=httpx2.MockTransport(self._answer))
        clock = Clock(elapsed=lambda: self.now, now=lambda: self.now, jitter=lambda: 0.0)
        given = {"api_key": KEY, "customer_uuid": PROJECT, "clock": clock, **arguments}
        return AsyncDing(http_client=http, sleep=self._sleep_async, **given)

    def will_answer(self, *answers: httpx2.Response | Exception | dict[str, Any] | int) -> None:
        """Prepare answers: a dict is a success with that body, a number a bare failure."""
        for answer in answers:
            match answer:
                case dict():
                    self.answers.append(httpx2.Response(200, json=answer))
                case int():
                    self.answers.append(httpx2.Response(answer, json={"message": "no"}))
                case _:
                    self.answers.append(answer)

    def _answer(self, request: httpx2.Request) -> httpx2.Response:
        self.requests.append(request)
        answer = self.answers.pop(0) if self.answers else httpx2.Response(200, json={})
        if isinstance(answer, Exception):
            raise answer
        return answer

    def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    async def _sleep_async(self, seconds: float) -> None:
        self._sleep(seconds)


@pytest.fixture
def wire() -> Wire:
    return Wire()


class _Handler(BaseHTTPRequestHandler):
    """Answers as the contract says, without remembering anything."""

    server: "StubServer"
    created: ClassVar[str] = "2024-11-02T10:15:30Z"

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        if path.startswith("/v1/lookup/"):
            if self.headers["customer-uuid"] != PROJECT:
                self._refuse("account_invalid")
                return
            number = path.removeprefix("/v1/lookup/").replace("%2B", "+")
            self._answer(
                {
                    "phone_number": number,
                    "mcc": "208",
                    "mnc": "10",
                    "carrier": "SFR",
                    "country_code": "FR",
                    "number_ported": False,
                    "temporary_phone_number": False,
                    "line_type": "Mobile",
                }
            )
            return
        self._answer(_history(path.rpartition("/")[2]))

    def do_POST(self) -> None:
        body = msgspec.json.decode(self.rfile.read(int(self.headers["content-length"])))
        self.server.bodies.append(body)
        if body.get("customer_uuid") != PROJECT:
            self._refuse("account_invalid")
            return
        match self.path:
            case "/v1/authentication" if not body["phone_number"].startswith("+33"):
                self._refuse("invalid_phone_number")
            case "/v1/authentication":
                times = {"created_at": self.created, "expires_at": "2024-11-02T10:25:30Z"}
                answer = {"authentication_uuid": AUTHENTICATION, "status": "pending"}
                self._answer({**answer, **times})
            case "/v1/check":
                status = "valid" if body["check_code"] == "123456" else "invalid"
                self._answer({"authentication_uuid": body["authentication_uuid"], "status": status})
            case "/v1/retry":
                self._answer(
                    {
                        "authentication_uuid": body["authentication_uuid"],
                        "status": "approved",
                        "created_at": self.created,
                        "next_retry_at": "2024-11-02T10:16:45Z",
                        "remaining_retry": 3,
                    }
                )
            case _:
                self._answer({"uuid": "c0c405fa-6bcb-4094-9430-7d6e2428ff23"})

    def log_message(self, *arguments: object) -> None:
        pass

    def _refuse(self, code: str) -> None:
        self._answer({"code": code, "message": "no", "doc_url": f"http://docs/#{code}"}, 400)

    def _answer(self, body: dict[str, Any], status: int = 200) -> None:
        if self.headers["x-api-key"] != KEY:
            status, body = 403, {"message": "Forbidden"}
        content = msgspec.json.encode(body)
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


def _history(authentication: str) -> dict[str, Any]:
    return {
        "uuid": authentication,
        "phone_number": "+33612345678",
        "correlation_id": "signup-7781",
        "created_at": "2024-11-02T10:15:30Z",
        "signals": {"ip": "203.0.113.7", "device_type": "ANDROID"},
        "events": [
            {
                "type": "attempt",
                "created_at": "2024-11-02T10:15:31Z",
                "id": "0d1f0f2e-2a0f-4c3e-8a53-6b6f3f1c9a11",
                "attempt_number": 1,
                "capability": "text",
                "content": "Your code is ******",
                "status": "delivered",
            },
            {
                "type": "check",
                "created_at": "2024-11-02T10:15:52Z",
                "id": "6a7fc1cf-14dd-4ad5-9f9e-3d1e3a1d7f0b",
                "status": "valid",
            },
        ],
    }


class StubServer(ThreadingHTTPServer):
    """A server on a free loopback port that keeps the bodies it was sent."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.bodies: list[dict[str, Any]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"


@pytest.fixture
def stub(monkeypatch: pytest.MonkeyPatch) -> Iterator[StubServer]:
    """A running stub server, with the environment pointing at it."""
    with StubServer() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        monkeypatch.setenv("WATCHWORD_SERVER_URL", server.url)
        monkeypatch.setenv("WATCHWORD_API_KEY", KEY)
        monkeypatch.setenv("WATCHWORD_CUSTOMER_UUID", PROJECT)
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (
        "DING_API_KEY",
        "WATCHWORD_API_KEY",
        "WATCHWORD_CUSTOMER_UUID",
        "WATCHWORD_SERVER_URL",
    ):
        monkeypatch.delenv(name, raising=False)
