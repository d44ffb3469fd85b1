"""Journeys of a verification over real HTTP: what a person and an application see at every turn."""

import http.server
import json
import queue
import threading
from collections.abc import Callable, Iterator
from typing import Any

import httpx2
import pytest
from msgspec.structs import replace
from server.tests.conftest import LEASE, MINUTE, NO_LIMITS, SECOND, ManualClock
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from watchword.domain import project as projects
from watchword.domain.project import Enforcement, Limits, Mode, ProjectSettings
from watchword.domain.routing.route import SANDBOX_ROUTES
from watchword.domain.screening.list_entry import ListEntry, ListKind
from watchword.domain.template import Template
from watchword.testing import RunningService, running_service
from watchword_client.sandbox import Inbox

NUMBERS = (f"+3361000020{n}" for n in range(10))


@pytest.fixture(scope="module")
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture(scope="module")
def service(clock: ManualClock, database_url: str | None) -> Iterator[RunningService]:
    with running_service(database_url=database_url, clock=clock, log_level="error") as running:
        yield running


class App:
    """An application that verifies its people."""

    def __init__(self, service: RunningService, clock: ManualClock, http: httpx2.Client) -> None:
        self.service = service
        self.clock = clock
        self.http = http

    def settings(self, mode: Mode = Mode.SANDBOX, **chosen: object) -> None:
        """The project's settings for this test, all else by default but without limits."""
        self.service.change(
            replace(ProjectSettings(limits=NO_LIMITS), **chosen), mode=mode, suspended=False
        )

    def create(self, number: str, **fields: object) -> dict[str, Any]:
        answer = self.http.post("authentication", json={"phone_number": number, **fields})
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def check(self, authentication: str, code: str) -> str:
        body = {"authentication_uuid": authentication, "check_code": code}
        return str(self.http.post("check", json=body).json()["status"])

    def retry(self, authentication: str) -> dict[str, Any]:
        return dict(self.http.post("retry", json={"authentication_uuid": authentication}).json())

    def status(self, authentication: str) -> dict[str, Any]:
        return dict(self.http.get(f"authentication/{authentication}").json())

    def message(self, number: str, attempt: int = 1) -> str:
        """The text of an attempt, once it is delivered."""
        with Inbox(self.service.server_url, self.service.api_key) as inbox:
            while True:
                message = inbox.wait_for_message(number)
                if message.attempt_number >= attempt:
                    return message.content

    def code(self, number: str, attempt: int = 1) -> str:
        with Inbox(self.service.server_url, self.service.api_key) as inbox:
            while True:
                message = inbox.wait_for_message(number)
                if message.attempt_number >= attempt:
                    return message.code

    async def _all_done(self) -> None:
        watchword = self.service.watchword
        while True:
            due = await watchword.store.next_due()
            # What is claimed is due again at the end of its lease, until it is done.
            if due is None or due > self.clock.now() + LEASE:
                return
            await watchword.bell.wait(0.1)

    def settle(self) -> None:
        """Wait until the worker has done all that is due."""
        self.service.run(self._all_done())


@pytest.fixture
def app(service: RunningService, clock: ManualClock) -> Iterator[App]:
    headers = {"x-api-key": service.api_key, "customer-uuid": service.customer_uuid}
    with httpx2.Client(base_url=service.server_url, headers=headers, timeout=30) as client:
        app = App(service, clock, client)
        app.settings()
        yield app


def wrong(code: str) -> str:
    return str((int(code) + 1) % 10 ** len(code)).zfill(len(code))


def test_a_repeated_create_joins_the_open_authentication(app: App) -> None:
    first = app.create("+33610000001")
    app.code("+33610000001")
    again = app.create("+33610000001")
    assert again == first
    app.clock.advance(30 * SECOND)
    assert app.create("+33610000001") == first
    app.code("+33610000001", attempt=2)
    assert len([e for e in app.status(first["authentication_uuid"])["events"]
                if e["type"] == "attempt"]) == 2  # fmt: skip


def test_a_stateful_project_opens_another_and_the_older_stays_checkable(app: App) -> None:
    app.settings(stateless=False)
    first = app.create("+33610000002")["authentication_uuid"]
    code = app.code("+33610000002")
    second = app.create("+33610000002")["authentication_uuid"]
    assert second != first
    assert app.check(first, code) == "valid"
    app.settle()
    assert app.check(second, app.code("+33610000002")) == "valid"


def test_a_retry_is_denied_too_soon_granted_in_time_and_refused_when_used_up(app: App) -> None:
    app.settings(retry_delays=(30, 40))
    number = "+33610000003"
    started = app.create(number)
    authentication = started["authentication_uuid"]
    codes = [app.code(number)]
    early = app.retry(authentication)
    assert (early["status"], early["remaining_retry"]) == ("denied", 2)
    assert early["next_retry_at"] > early["created_at"]
    for attempt, seconds in enumerate((30, 40), start=2):
        app.clock.advance(seconds * SECOND)
        granted = app.retry(authentication)
        assert (granted["status"], granted["remaining_retry"]) == ("approved", 3 - attempt)
        codes.append(app.code(number, attempt))
    assert len(set(codes)) == 3
    over = app.retry(authentication)
    assert (over["status"], over["remaining_retry"]) == ("rate_limited", 0)
    assert app.check(authentication, codes[0]) == "valid"


def test_an_authentication_ends_after_ten_minutes(app: App) -> None:
    number = "+33610000004"
    authentication = app.create(number)["authentication_uuid"]
    code = app.code(number)
    app.clock.advance(10 * MINUTE)
    assert app.check(authentication, code) == "expired_auth"
    assert app.retry(authentication)["status"] == "expired_auth"
    assert app.create(number)["authentication_uuid"] != authentication


@pytest.mark.parametrize(
    "typed",
    [
        pytest.param(lambda code: f" {code[:3]} {code[3:]} ", id="spaces"),
        pytest.param(lambda code: f"{code[:3]}-{code[3:]}", id="hyphen"),
        pytest.param(lambda c: c.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")), id="arabic"),
        pytest.param(lambda c: "".join(chr(ord(d) - 48 + 0xFF10) for d in c), id="full width"),
    ],
)
def test_a_code_is_understood_however_it_is_typed(app: App, typed: Callable[[str], str]) -> None:
    number = next(NUMBERS)
    authentication = app.create(number)["authentication_uuid"]
    assert app.check(authentication, typed(app.code(number))) == "valid"


@pytest.mark.parametrize(
    ("number", "locale", "words"),
    [
        ("+4915112345620", None, "Code"),
        ("+33610000021", "de-DE", "Code"),
        ("+33610000022", None, "code"),
        ("+819012345622", "ja", "コード"),
        ("+33610000023", "tlh-QX", "code"),
    ],
)
def test_the_message_speaks_the_persons_language(
    app: App, number: str, locale: str | None, words: str
) -> None:
    app.create(number, **({"locale": locale} if locale else {}))
    assert words in app.message(number)


def test_a_project_has_words_and_a_sender_of_its_own(app: App) -> None:
    words = Template(template_id="hello", channel=None, locale="en", text="Hi, {code} is it.")
    app.settings(templates=(words,), sender_ids=("ACME",))
    app.create("+33610000031", template_id="hello", sender_id="ACME")
    assert app.message("+33610000031").startswith("Hi, ")
    with Inbox(app.service.server_url, app.service.api_key) as inbox:
        assert inbox.wait_for_message("+33610000031").sender_id == "ACME"


def test_limits_report_in_the_sandbox_and_refuse_in_live(app: App) -> None:
    few = Limits(ip_hour=2)
    app.settings(limits=few)
    asked = [app.create(f"+3361000005{n}", ip="203.0.113.5")["status"] for n in range(4)]
    assert asked == ["pending"] * 4
    app.settings(Mode.LIVE, limits=few, routes=SANDBOX_ROUTES)
    asked = [app.create(f"+3361000006{n}", ip="203.0.113.6")["status"] for n in range(4)]
    assert asked == ["pending", "pending", "rate_limited", "rate_limited"]


def test_a_refused_request_has_an_authentication_that_was_never_sent(app: App) -> None:
    app.settings(Mode.LIVE, limits=Limits(ip_hour=1), routes=SANDBOX_ROUTES)
    app.create("+33610000070", ip="203.0.113.7")
    refused = app.create("+33610000071", ip="203.0.113.7")
    assert "expires_at" not in refused
    assert app.check(refused["authentication_uuid"], "123456") == "without_attempt"
    assert app.retry(refused["authentication_uuid"])["status"] == "no_attempt"


def test_what_is_monitored_is_sent_all_the_same(app: App) -> None:
    blocked = ListEntry(kind=ListKind.IP, value="203.0.113.80")
    app.settings(
        Mode.LIVE, blocked=(blocked,), routes=SANDBOX_ROUTES, screening=Enforcement.ENFORCE
    )
    assert app.create("+33610000080", ip="203.0.113.80")["status"] == "spam_detected"
    app.settings(
        Mode.LIVE, blocked=(blocked,), routes=SANDBOX_ROUTES, screening=Enforcement.MONITOR
    )
    assert app.create("+33610000081", ip="203.0.113.80")["status"] == "pending"


def test_a_live_status_shows_no_code_unless_the_project_says_so(app: App) -> None:
    app.settings(Mode.LIVE, routes=SANDBOX_ROUTES)
    number = "+33610000090"
    authentication = app.create(number)["authentication_uuid"]
    assert app.check(authentication, "314159") == "invalid"
    app.settle()
    operations = app.service.watchword.operations
    (message,) = app.service.run(operations.read_inbox(app.service.project, number, 1))
    told = json.dumps(app.status(authentication))
    assert message.code not in told
    assert "314159" not in told
    app.settings(Mode.LIVE, routes=SANDBOX_ROUTES, reveal_codes=True)
    assert message.code in json.dumps(app.status(authentication))


def test_a_test_number_is_sent_nothing_and_accepts_its_code(app: App) -> None:
    number = "+33610000095"
    until = app.clock.now() + 60 * MINUTE
    fixed = projects.TestNumber(phone_number=number, code="424242", until=until)
    app.settings(test_numbers=(fixed,))
    authentication = app.create(number)["authentication_uuid"]
    assert app.check(authentication, "424241") == "invalid"
    assert app.check(authentication, "424242") == "valid"
    app.settle()
    answer = app.http.get("sandbox/messages", params={"to": number})
    assert answer.json() == {"messages": []}


class Endpoint:
    """What an application's callback endpoint received, in order."""

    def __init__(self) -> None:
        received: queue.Queue[tuple[dict[str, str], bytes]] = queue.Queue()

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                self.send_response(204)
                self.end_headers()
                received.put(({k.lower(): v for k, v in self.headers.items()}, body))

            def log_message(self, *_: object) -> None:
                """Says nothing."""

        self.received = received
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    endpoint = Endpoint()
    thread = threading.Thread(target=endpoint.server.serve_forever)
    thread.start()
    yield endpoint
    endpoint.server.shutdown()
    endpoint.server.server_close()
    thread.join()


def test_callbacks_are_verified_by_the_standards_own_library(endpoint: Endpoint) -> None:
    with running_service(log_level="error") as service:
        headers = {"x-api-key": service.api_key, "customer-uuid": service.customer_uuid}
        body = {"phone_number": "+33610000099", "callback_url": endpoint.url}
        httpx2.post(f"{service.server_url}/authentication", json=body, headers=headers)
        (secret,) = service.watchword.keyring.callback_secrets(service.project.id)
        received = [endpoint.received.get(timeout=30) for _ in range(3)]
    for told, content in received:
        assert Webhook(secret).verify(content, told) == json.loads(content)
        with pytest.raises(WebhookVerificationError):
            Webhook(secret).verify(content + b" ", told)
    assert len({told["webhook-id"] for told, _ in received}) == 3
    kinds = {json.loads(content)["type"] for _, content in received}
    assert kinds == {"authentication", "attempt", "delivery_status"}
