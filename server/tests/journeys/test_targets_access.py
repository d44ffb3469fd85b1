"""The promises about who may do what: keys, other projects' data, and hostile requests."""

import json
import re
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import httpx2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from server.tests.conftest import contents, service_on

from watchword.domain.api_key import Scope, digest, is_well_formed
from watchword.domain.project import Enforcement, Mode, ProjectSettings
from watchword.domain.screening.list_entry import ListEntry, ListKind
from watchword.edges.http import asgi, protocol
from watchword.testing import RunningService, running_service
from watchword_client.testing import Inbox

NUMBER = "+33612345678"


@pytest.fixture(scope="module")
def service(database_url: str | None) -> Iterator[RunningService]:
    with running_service(database_url=database_url, log_level="error") as running:
        yield running


@pytest.fixture
def http(service: RunningService) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=service.server_url, timeout=30) as client:
        yield client


def new_key(service: RunningService, *scopes: Scope) -> tuple[str, str]:
    async def make() -> tuple[str, str]:
        key, kept = await service.watchword.manage_api_keys.create(
            service.project, scopes=scopes or tuple(Scope)
        )
        await service.watchword.directory.refresh()
        return key, str(kept.id)

    return service.run(make())


def another_project(service: RunningService, name: str) -> tuple[str, str]:
    """The customer UUID and a key of a second project."""

    async def make() -> tuple[str, str]:
        project = await service.watchword.manage_projects.create(name, Mode.SANDBOX)
        key, _ = await service.watchword.manage_api_keys.create(project)
        await service.watchword.directory.refresh()
        return str(project.id), key

    return service.run(make())


# S1


def test_s1_a_key_has_a_prefix_256_bits_and_a_checksum(service: RunningService) -> None:
    key, _ = new_key(service)
    assert re.fullmatch(r"ww_test_[0-9A-Za-z]{43}[0-9A-Za-z]{6}", key)
    assert 62**43 > 2**256
    assert is_well_formed(key)
    assert not is_well_formed(key[:-1] + ("x" if key[-1] != "x" else "y"))
    assert not is_well_formed(key[:20] + ("x" if key[20] != "x" else "y") + key[21:])


def test_s1_only_a_hash_of_a_key_is_at_rest(database: Path | str) -> None:
    with service_on(database) as service:
        key = service.api_key
        secret = key[8:]
        httpx2.get(f"{service.server_url}/authentication/x", headers={"x-api-key": key})
        files = contents(database)
    assert digest(key) in files or digest(key).hex().encode() in files
    assert key.encode() not in files
    assert secret.encode() not in files


def test_s1_a_project_has_several_live_keys_and_each_remembers_its_last_use(
    service: RunningService, http: httpx2.Client
) -> None:
    first, first_id = new_key(service)
    second, second_id = new_key(service)
    assert http.get("sandbox/messages", headers={"x-api-key": first}).status_code == 200
    assert http.get("sandbox/messages", headers={"x-api-key": second}).status_code == 200
    service.run(service.watchword.directory.flush_used())
    kept = {
        str(key.id): key
        for key in service.run(service.watchword.manage_api_keys.list(service.project))
    }
    assert kept[first_id].last_used_at is not None
    assert kept[second_id].last_used_at is not None


def test_s1_a_revoked_key_is_refused_within_a_second(
    service: RunningService, http: httpx2.Client
) -> None:
    key, key_id = new_key(service)
    assert http.get("sandbox/messages", headers={"x-api-key": key}).status_code == 200
    service.run(service.watchword.manage_api_keys.revoke(key_id))
    deadline = time.monotonic() + 1.0
    while time.monotonic() < deadline:
        answer = http.get("sandbox/messages", headers={"x-api-key": key})
        if answer.status_code == 403:
            break
    assert answer.status_code == 403
    assert answer.json() == {"message": "Forbidden"}


# S2


def send(http: httpx2.Client, customer: str, key: str, number: str = NUMBER) -> str:
    answer = http.post(
        "authentication",
        json={"customer_uuid": customer, "phone_number": number},
        headers={"x-api-key": key},
    )
    uuid: str = answer.json()["authentication_uuid"]
    return uuid


def test_s2_another_projects_authentication_is_an_invalid_auth_uuid(
    service: RunningService, http: httpx2.Client
) -> None:
    customer, key = another_project(service, "curious")
    theirs = send(http, service.customer_uuid, service.api_key, "+33612111111")
    nobodys = str(uuid4())
    headers = {"x-api-key": key}

    def ask(uuid: str) -> list[httpx2.Response]:
        body = {"customer_uuid": customer, "authentication_uuid": uuid}
        return [
            http.post("check", json={**body, "check_code": "123456"}, headers=headers),
            http.post("retry", json=body, headers=headers),
            http.get(f"authentication/{uuid}", headers=headers),
        ]

    for foreign, unknown in zip(ask(theirs), ask(nobodys), strict=True):
        assert foreign.status_code == unknown.status_code == 400
        assert foreign.json()["code"] == "invalid_auth_uuid"
        assert foreign.content == unknown.content
    status = http.get(f"authentication/{theirs}", headers={"x-api-key": service.api_key}).json()
    assert "check" not in {event["type"] for event in status["events"]}


def test_s2_another_projects_number_inbox_and_feedback_are_apart(
    service: RunningService, http: httpx2.Client
) -> None:
    customer, key = another_project(service, "neighbour")
    send(http, service.customer_uuid, service.api_key, "+33612222222")
    with Inbox(service.server_url, service.api_key) as ours:
        ours.wait_for_code("+33612222222")
    inbox = http.get("sandbox/messages", headers={"x-api-key": key}).json()
    assert inbox == {"messages": []}
    feedback = http.post(
        "authentication/feedback",
        json={"customer_uuid": customer, "phone_number": "+33612222222", "status": "onboarded"},
        headers={"x-api-key": key},
    )
    assert feedback.json()["code"] == "no_associated_auth_found"


def test_s7_known_unknown_and_blocked_numbers_answer_alike_where_a_project_only_monitors(
    service: RunningService, http: httpx2.Client
) -> None:
    known, unknown, blocked = "+33612333311", "+33612333312", "+33612444413"
    changed = ProjectSettings(
        screening=Enforcement.MONITOR,
        blocked=(ListEntry(kind=ListKind.PREFIX, value="+336124444"),),
    )

    async def make() -> tuple[str, str]:
        manage = service.watchword
        project = await manage.manage_projects.create("discreet", Mode.SANDBOX)
        key, _ = await manage.manage_api_keys.create(project)
        await manage.store.put_project(replace(project, settings=changed))
        await manage.directory.refresh()
        return str(project.id), key

    customer, key = service.run(make())
    headers = {"x-api-key": key}

    def answers(number: str) -> list[tuple[int, dict[str, str]]]:
        body = {"customer_uuid": customer, "phone_number": number}
        made = http.post("authentication", json=body, headers=headers)
        with Inbox(service.server_url, key) as inbox:
            code = inbox.wait_for_code(number)
        about = {
            "customer_uuid": customer,
            "authentication_uuid": made.json()["authentication_uuid"],
        }
        wrong = "000000" if code != "000000" else "111111"
        typed = [
            http.post("check", json={**about, "check_code": each}, headers=headers)
            for each in (wrong, code, code)
        ]
        changing = {"authentication_uuid", "created_at", "expires_at"}
        return [
            (
                answer.status_code,
                {name: "" if name in changing else value for name, value in answer.json().items()},
            )
            for answer in (made, *typed)
        ]

    first = answers(known)
    assert [status for status, _ in first] == [200] * 4
    assert answers(known) == answers(unknown) == answers(blocked) == first


def test_s2_a_key_and_another_projects_customer_uuid_do_not_go_together(
    service: RunningService, http: httpx2.Client
) -> None:
    customer, _ = another_project(service, "stranger")
    answer = http.post(
        "authentication",
        json={"customer_uuid": customer, "phone_number": NUMBER},
        headers={"x-api-key": service.api_key},
    )
    assert (answer.status_code, answer.json()["code"]) == (400, "account_invalid")


MATRIX = {
    # operation: (method, path, scopes that may)
    "create": ("POST", "authentication", {Scope.OTP}),
    "check": ("POST", "check", {Scope.OTP}),
    "retry": ("POST", "retry", {Scope.OTP}),
    "feedback": ("POST", "authentication/feedback", {Scope.OTP}),
    "status": ("GET", f"authentication/{uuid4()}", {Scope.OTP}),
    "lookup": ("GET", f"lookup/{NUMBER}", {Scope.LOOKUP}),
    "inbox": ("GET", "sandbox/messages", {Scope.INBOX}),
    "open_hosted": ("POST", "hosted_sessions", {Scope.OTP}),
    "hosted": ("GET", f"hosted_sessions/{uuid4()}", {Scope.OTP}),
}


def test_s2_every_route_is_in_the_permission_matrix(service: RunningService) -> None:
    routes = service.watchword.http._api.routes.values()  # type: ignore[attr-defined]
    assert {route.name for route in routes} == set(MATRIX)


@pytest.mark.parametrize("operation", MATRIX)
def test_s2_a_route_answers_the_scopes_it_should_and_no_other(
    service: RunningService, http: httpx2.Client, operation: str
) -> None:
    method, path, may = MATRIX[operation]
    for scope in Scope:
        key, _ = new_key(service, scope)
        answer = http.request(method, path, headers={"x-api-key": key})
        assert (answer.status_code == 403) is (scope not in may)
    for headers in ({}, {"x-api-key": "ww_test_nothing"}, {"x-api-key": ""}):
        answer = http.request(method, path, headers=headers)
        assert (answer.status_code, answer.json()) == (403, {"message": "Forbidden"})


# S5


def raw(service: RunningService, *pieces: bytes) -> bytes:
    """What the service says to these bytes before it closes or falls silent."""
    port = int(service.url.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        said = b""
        try:
            for piece in pieces:
                connection.sendall(piece)
            while chunk := connection.recv(65536):
                said += chunk
        except (ConnectionError, TimeoutError):
            pass
        return said


def post(service: RunningService, http: httpx2.Client, body: bytes) -> httpx2.Response:
    return http.post("authentication", content=body, headers={"x-api-key": service.api_key})


def test_s5_a_body_of_65_kb_is_a_bad_request(service: RunningService, http: httpx2.Client) -> None:
    body = b'{"phone_number": "' + b"1" * 65 * 1024 + b'"}'
    answer = post(service, http, body)
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_request")

    def chunks() -> Iterator[bytes]:
        yield from (body[at : at + 8192] for at in range(0, len(body), 8192))

    answer = http.post("authentication", content=chunks(), headers={"x-api-key": service.api_key})
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_request")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" ",
        b"null",
        b"[]",
        b"7",
        b'"text"',
        b"{",
        b"{}",
        b'{"phone_number": 7}',
        b'{"phone_number": null}',
        b'{"phone_number": "\xff\xfe"}',
        b'{"phone_number": "\\ud800"}',
        b'{"phone_number": "+33612345678", "device_type": "FRIDGE"}',
        b'{"phone_number": "+33612345678", "is_returning_user": "yes"}',
        b'{"phone_number": "+33612345678", "ip": "300.1.1.1"}',
        b'{"deep": ' + b"[" * 30_000 + b"]" * 30_000 + b"}",
        b'{"deep": ' + b'{"a":' * 10_000 + b"1" + b"}" * 10_000 + b"}",
        b"[" * 60_000,
    ],
)
def test_s5_what_is_not_understood_is_a_bad_request(
    service: RunningService, http: httpx2.Client, body: bytes
) -> None:
    customer = f'"customer_uuid": "{service.customer_uuid}", '.encode()
    if body.startswith(b'{"'):
        body = b"{" + customer + body[1:]
    answer = post(service, http, body)
    assert answer.status_code == 400
    assert answer.json()["code"] in {"bad_request", "invalid_phone_number"}
    assert set(answer.json()) == {"code", "message", "doc_url"}


def test_s5_headers_are_bounded(service: RunningService) -> None:
    request = b"GET /livez HTTP/1.1\r\nhost: x\r\n"
    small = raw(service, request + b"connection: close\r\n\r\n")
    assert small.startswith(b"HTTP/1.1 200")
    endless = raw(service, request, *(b"x-%d: %s\r\n" % (n, b"y" * 1000) for n in range(200)))
    assert endless == b""


def test_s5_a_client_that_sends_its_headers_slowly_is_dropped(
    service: RunningService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(protocol, "TIME_TO_SEND_HEADERS", 0.05)
    assert raw(service, b"GET /livez HTTP/1.1\r\n", b"host: x\r\n") == b""


def test_s5_a_client_that_sends_its_body_slowly_is_dropped(
    service: RunningService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asgi, "TIME_TO_SEND_BODY", 0.05)
    head = (
        f"POST /v1/check HTTP/1.1\r\nhost: x\r\nx-api-key: {service.api_key}\r\n"
        "content-type: application/json\r\ncontent-length: 100\r\n\r\n{"
    )
    said = raw(service, head.encode())
    assert not said.startswith(b"HTTP/1.1 2")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=40),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=20), inner, max_size=4)
    ),
    max_leaves=8,
)
FIELDS = st.sampled_from(
    [
        "customer_uuid",
        "phone_number",
        "authentication_uuid",
        "check_code",
        "status",
        "ip",
        "device_id",
        "device_type",
        "device_model",
        "os_version",
        "app_version",
        "app_realm",
        "is_returning_user",
        "sender_id",
        "template_id",
        "locale",
        "correlation_id",
        "callback_url",
    ]
)
NUMBERS = st.sampled_from(["+33612345678", "+12025550101", "+442079460000", "+4", "+", ""])


def test_s5_ten_thousand_hostile_bodies_are_answered_without_a_fault(
    service: RunningService,
) -> None:
    """The codec, the rules and the store, called as the server calls them, without the sockets."""
    seen: set[int] = set()
    before = _memory()

    async def call(path: str, body: bytes, headers: list[tuple[bytes, bytes]]) -> int:
        answers: list[int] = []

        async def receive() -> dict[str, object]:
            return {"type": "http.request", "body": body, "more_body": False}

        async def collect(message: dict[str, object]) -> None:
            if message["type"] == "http.response.start":
                answers.append(int(str(message["status"])))

        scope = {
            "type": "http",
            "method": "POST",
            "path": path,
            "query_string": b"",
            "headers": [(b"x-api-key", service.api_key.encode()), *headers],
        }
        await service.watchword.http(scope, receive, collect)  # type: ignore[arg-type]
        return answers[0]

    @settings(
        max_examples=2_000,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(
        body=st.dictionaries(FIELDS, JSON | NUMBERS, max_size=8),
        raw_body=st.binary(max_size=200),
        right=st.booleans(),
        header=st.binary(max_size=300),
    )
    def fuzz(body: dict[str, object], raw_body: bytes, right: bool, header: bytes) -> None:

        if right:
            body = {**body, "customer_uuid": service.customer_uuid}
        encoded = json.dumps(body).encode()
        headers = [(b"idempotency-key", header)] if len(header) % 2 else []
        requests = [
            ("/v1/authentication", encoded),
            ("/v1/check", encoded),
            ("/v1/retry", encoded),
            ("/v1/authentication/feedback", encoded),
            ("/v1/authentication", raw_body),
        ]

        async def all_of_them() -> list[int]:
            return [await call(path, content, headers) for path, content in requests]

        seen.update(service.run(all_of_them()))

    fuzz()
    assert seen <= {200, 400, 402, 409}
    assert 400 in seen
    assert _memory() - before < 64 * 1024


def _memory() -> int:
    """Resident memory in kB."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    found = re.search(r"VmRSS:\s+(\d+) kB", status)
    assert found is not None
    return int(found[1])


def test_s5_nothing_hangs_after_all_that(service: RunningService, http: httpx2.Client) -> None:
    assert http.get(f"{service.url}/readyz").json() == {"ready": True, "checks": {}}
