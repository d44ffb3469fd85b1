"""Journeys over the management API: what each operation does, what takes it back, and who is told."""

import http.server
import json
import re
import threading
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx2
import jsonschema_rs
import pyotp
import pytest
import schemathesis
from msgspec.structs import replace
from server.tests.conftest import NO_LIMITS, PERSON, SECOND

from watchword.adapters.store.store import EngineStore
from watchword.domain.api_key import digest
from watchword.domain.channel import Channel
from watchword.domain.operator import EVERYWHERE, Grant, GrantKind, Role
from watchword.domain.project import Mode, Project, ProjectSettings
from watchword.domain.routing.route import Route
from watchword.edges.management.access import COOKIE
from watchword.edges.management.table import OPERATIONS
from watchword.ports.store import StoreUnavailableError
from watchword.testing import RunningService, running_service

ROUTES = (
    Route(name="one", account="sandbox", channel=Channel.SMS, price=9_000, sender_id="Acme"),
    Route(name="two", account="sandbox", channel=Channel.WHATSAPP, price=5_500, template="otp"),
    Route(name="three", account="sandbox", channel=Channel.VIBER, prefixes=("+33", "+44")),
)
TWILIO = {"account_sid": "AC" + "0" * 32, "auth_token": "b" * 32}


@pytest.fixture(scope="module")
def service() -> Iterator[RunningService]:
    with running_service(log_level="error") as running:
        running.change(ProjectSettings(limits=NO_LIMITS, routes=ROUTES, stateless=False))
        yield running


@pytest.fixture(scope="module")
def document(service: RunningService) -> dict[str, Any]:
    return dict(httpx2.get(f"{service.url}/manage/v1/openapi.json").json())


class Desk:
    """An operator's script or browser; each answer is held against the published document."""

    def __init__(
        self, service: RunningService, document: dict[str, Any], name: str = "owner"
    ) -> None:
        self.service = service
        self.document = document
        self.http = httpx2.Client(base_url=f"{service.url}/manage/v1", timeout=30)
        self.headers = httpx2.Headers()
        self.name = name

    def with_token(self, roles: dict[str, Role], role: Role = Role.OWNER) -> "Desk":
        people = self.service.watchword.manage_operators

        async def make() -> str:
            known = {one.name: one for one in await people.list()}
            operator = known.get(self.name) or await people.create(self.name, roles)
            return (await people.create_token(operator, "tests", role))[0]

        self.headers = httpx2.Headers({"authorization": f"Bearer {self.service.run(make())}"})
        return self

    def with_session(self, roles: dict[str, Role]) -> "Desk":
        watchword = self.service.watchword

        async def make() -> str:
            known = {one.name: one for one in await watchword.manage_operators.list()}
            operator = known.get(self.name) or await watchword.manage_operators.create(
                self.name, roles
            )
            link = await watchword.sign_in.make_link(operator)
            found = await watchword.sign_in.with_link(link)
            assert found is not None
            return found.secret

        self.headers = httpx2.Headers({"cookie": f"other=1; {COOKIE}={self.service.run(make())}"})
        return self

    def ask(self, name: str, project: str | None = None, /, **fields: Any) -> httpx2.Response:
        """Carry out an operation; `project` is ours unless another is named."""
        operation = OPERATIONS[name]
        if operation.of_project:
            project = fields.pop("project", project)
        path = operation.path.replace("{project}", project or self.service.customer_uuid)
        for place in re.findall(r"\{(\w+)\}", path):
            path = path.replace(f"{{{place}}}", quote(fields.pop(place), safe=""))
        if operation.reads:
            answer = self.http.get(path, params=fields, headers=self.headers)
        else:
            answer = self.http.request(operation.method, path, json=fields, headers=self.headers)
        assert answer.headers["content-type"].startswith("application/json")
        entry = self.document["paths"][operation.path][operation.method.lower()]
        response = entry["responses"]["200" if answer.status_code == 200 else "default"]
        schema = response["content"]["application/json"]["schema"]
        whole = {"allOf": [schema], "components": self.document["components"]}
        jsonschema_rs.validator_for(whole).validate(answer.json())
        return answer

    def do(self, name: str, project: str | None = None, /, **fields: Any) -> dict[str, Any]:
        """Carry out an operation that succeeds."""
        answer = self.ask(name, project, **fields)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def refused(self, name: str, project: str | None = None, /, **fields: Any) -> tuple[int, str]:
        """Ask for what is not done: the status and the code."""
        answer = self.ask(name, project, **fields)
        assert answer.status_code >= 400
        assert answer.json()["message"]
        return answer.status_code, answer.json()["code"]

    def undo(self, done: dict[str, Any]) -> dict[str, Any]:
        """Take back what was done."""
        return self.do(done["undo"]["operation"], **done["undo"]["fields"])

    @property
    def project(self) -> Project:
        """Our project as it is stored."""
        watchword = self.service.watchword
        return self.service.run(watchword.manage_projects.find(self.service.customer_uuid))

    def settings(self) -> ProjectSettings:
        """Its settings, but for who put entries into lists and when."""
        settings = self.project.settings

        def bare(entries: Any) -> Any:
            return tuple(replace(one, added_by="", added_at=None) for one in entries)

        return replace(settings, blocked=bare(settings.blocked), allowed=bare(settings.allowed))

    def settle(self, wanted: str, count: int, **fields: Any) -> list[dict[str, Any]]:
        """The items of a list, once there are so many."""
        while True:
            items = next(iter(self.do(wanted, **fields).values()))
            if len(items) >= count:
                return list(items)
            self.service.run(self.service.watchword.bell.wait(0.1))


@pytest.fixture
def desk(service: RunningService, document: dict[str, Any]) -> Iterator[Desk]:
    """The desk of an owner with a token."""
    made = Desk(service, document, "boss").with_token({EVERYWHERE: Role.OWNER})
    yield made
    made.http.close()


@pytest.fixture
def person(service: RunningService, document: dict[str, Any]) -> Iterator[Desk]:
    """The browser of a viewer who is signed in."""
    made = Desk(service, document, "vera").with_session({service.customer_uuid: Role.VIEWER})
    yield made
    made.http.close()


@pytest.fixture(scope="module")
def other(service: RunningService) -> str:
    """Another project."""
    made = service.run(service.watchword.manage_projects.create("neighbour", Mode.SANDBOX))
    service.run(service.watchword.directory.refresh())
    return str(made.id)


def actors(desk: Desk, action: str) -> list[str]:
    log = desk.do("list_audit")["items"]
    return [entry["actor"] for entry in log if entry["action"] == action]


class Hook:
    """A caller's server: keeps what is posted to it, and answers as it is told."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        self.ids: list[str] = []
        self.status = 200
        hook = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                hook.bodies.append(self.rfile.read(int(self.headers["content-length"])))
                hook.ids.append(self.headers["webhook-id"])
                self.send_response(hook.status)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"


@pytest.fixture
def hook() -> Iterator[Hook]:
    made = Hook()
    thread = threading.Thread(target=made.server.serve_forever)
    thread.start()
    yield made
    made.server.shutdown()
    thread.join()
    made.server.server_close()


def test_the_document_is_openapi_and_has_every_operation(document: dict[str, Any]) -> None:
    schemathesis.openapi.from_dict(document).validate()
    assert document["openapi"].startswith("3.1")
    published = {
        (entry["operationId"], method.upper(), path)
        for path, methods in document["paths"].items()
        for method, entry in methods.items()
    }
    assert published == {(o.name, o.method, o.path) for o in OPERATIONS.values()}
    for name, schema in document["components"]["schemas"].items():
        jsonschema_rs.meta.validate(
            {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
        )
        assert re.fullmatch(r"[A-Za-z0-9._-]+", name), name
    assert "/work" not in json.dumps(document)


def test_a_token_and_a_session_both_say_who_calls(desk: Desk, person: Desk) -> None:
    assert desk.do("read_me")["person"]["name"] == "boss"
    assert person.do("read_me")["person"]["name"] == "vera"
    assert person.do("list_projects")["items"][0]["customer_uuid"] == person.service.customer_uuid


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"authorization": "Bearer"},
        {"authorization": "Bearer wwm_wrong"},
        {"authorization": "Basic YTpi"},
        {b"authorization": "Bearer ä".encode()},
        {"cookie": COOKIE},
        {"cookie": f"{COOKIE}="},
        {"cookie": f"{COOKIE}=wrong"},
        {"cookie": f"x{COOKIE}=wrong; a"},
    ],
)
def test_nobody_is_let_in_without_a_secret(
    desk: Desk, headers: dict[str, str] | dict[bytes, bytes]
) -> None:
    desk.headers = httpx2.Headers(headers)
    assert desk.refused("read_me") == (401, "unauthenticated")
    assert desk.refused("create_project", name="x") == (401, "unauthenticated")


def test_an_api_key_of_an_application_is_no_token(desk: Desk) -> None:
    desk.headers = httpx2.Headers({"authorization": f"Bearer {desk.service.api_key}"})
    assert desk.refused("read_me") == (401, "unauthenticated")


def test_a_token_that_ended_lets_nobody_in(desk: Desk) -> None:
    watchword = desk.service.watchword
    operator = desk.service.run(watchword.manage_operators.find("boss"))
    secret = "wwm_expired"
    grant = Grant(
        digest=digest(secret),
        operator_id=operator.id,
        kind=GrantKind.TOKEN,
        created_at=1,
        expires_at=2,
    )
    desk.service.run(watchword.store.put_grant(grant))
    desk.headers = httpx2.Headers({"authorization": f"Bearer {secret}"})
    assert desk.refused("read_me") == (401, "unauthenticated")
    link = desk.service.run(watchword.sign_in.make_link(operator))
    desk.headers = httpx2.Headers({"authorization": f"Bearer {link}"})
    assert desk.refused("read_me") == (401, "unauthenticated")


def test_tokens_are_made_by_people_shown_once_and_ended(desk: Desk, person: Desk) -> None:
    assert desk.refused("create_token", name="ci") == (403, "forbidden")
    made = person.do("create_token", name="ci", role="viewer")
    script = Desk(desk.service, desk.document)
    script.headers = httpx2.Headers({"authorization": f"Bearer {made['secret']}"})
    me = script.do("read_me")
    assert [one["hint"] for one in me["tokens"]][-1] == made["hint"]
    assert made["secret"] not in json.dumps(me)
    assert desk.refused("revoke_token", hint=made["hint"]) == (404, "not_found")
    assert person.refused("create_token", name="a\nb") == (400, "bad_request")
    person.do("revoke_token", hint=made["hint"])
    assert script.refused("read_me") == (401, "unauthenticated")
    assert person.refused("revoke_token", hint=made["hint"]) == (404, "not_found")
    script.http.close()
    assert actors(desk, "operator.token_created")[0] == "operator:vera"
    assert actors(desk, "operator.token_revoked")[0] == "operator:vera"


def test_a_person_sets_a_password_and_one_time_codes_for_themselves(
    desk: Desk, person: Desk
) -> None:
    for name in ("set_password", "begin_totp", "confirm_totp", "remove_totp"):
        fields = {"password": "x" * 20} if name == "set_password" else {}
        assert desk.refused(name, **fields)[0] == 403
    begun = person.do("begin_totp")
    assert f"secret={begun['secret']}" in begun["uri"]
    assert person.refused("confirm_totp", secret=begun["secret"], code="000000x") == (
        400,
        "bad_request",
    )
    assert person.do("read_me")["person"]["has_totp"] is False
    code = pyotp.TOTP(begun["secret"]).at(desk.service.watchword.operations.clock.now() // 1000)
    person.do("confirm_totp", secret=begun["secret"], code=code)
    assert person.do("read_me")["person"]["has_totp"] is True
    person.do("remove_totp")
    assert person.do("read_me")["person"]["has_totp"] is False
    assert person.refused("set_password", password="short")[0] == 400
    person.do("set_password", password="a long enough password")
    assert person.refused("read_me") == (401, "unauthenticated")
    log = json.dumps(desk.do("list_audit"))
    assert begun["secret"] not in log
    assert "long enough" not in log


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"sec-fetch-site": "cross-site", "origin": "http://127.0.0.1"},
    ],
)
def test_no_other_site_changes_anything_by_a_session(
    headers: dict[str, str], service: RunningService, document: dict[str, Any]
) -> None:
    boss = Desk(service, document, "boss").with_session({EVERYWHERE: Role.OWNER})
    boss.headers.update(headers)
    before = boss.project, service.run(service.watchword.store.audit_before(10**15, 1))
    for name, operation in OPERATIONS.items():
        places = dict.fromkeys(re.findall(r"\{(\w+)\}", operation.path), str(UUID(int=1)))
        places.pop("project", None)
        if operation.reads:
            continue
        assert boss.refused(name, **places) == (403, "forbidden"), name
    assert (boss.project, service.run(service.watchword.store.audit_before(10**15, 1))) == before
    assert boss.ask("read_me").status_code == 200
    boss.headers.update({"sec-fetch-site": "same-origin", "origin": service.url})
    assert boss.ask("verify_audit").status_code == 200
    boss.http.close()


@pytest.mark.parametrize(
    "body",
    [
        *(
            b"{",
            b"[]",
            b'"x"',
            b"null",
            b"\xff",
            b"[" * 100_000,
            b'{"a":' * 400 + b"1" + b"}" * 400,
        ),
        *(b'{"name": 5}', b'{"name": ""}', b'{"name": "x", "mode": "fast"}', b"{}"),
        *(b'{"name": "x", "nonsense": 1}', b'{"name": "a\\u0000b"}', b'{"name": "\\ud800"}'),
        b'{"name": "' + b"x" * 100 + b'"}',
    ],
)
def test_a_body_that_cannot_be_is_refused_with_a_sentence(body: bytes, desk: Desk) -> None:
    before = desk.do("list_projects")
    answer = desk.http.post("/projects", content=body, headers=desk.headers)
    assert answer.status_code == 400
    assert answer.json()["code"] == "bad_request"
    assert answer.json()["message"]
    assert desk.do("list_projects") == before


def test_a_body_may_have_half_a_mebibyte(desk: Desk) -> None:
    for spaces, status in ((512 * 1024 - 2, 400), (512 * 1024 - 1, 413)):
        body = b"{" + b" " * spaces + b"}"
        answer = desk.http.post("/projects", content=body, headers=desk.headers)
        assert answer.status_code == status
    assert answer.json()["code"] == "too_large"


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=501", "limit=x", "nonsense=1", "country=fr", "after=1", "shown=x"]
)
def test_a_query_that_cannot_be_is_refused(query: str, desk: Desk) -> None:
    path = f"/projects/{desk.service.customer_uuid}/authentications?{query}"
    answer = desk.http.get(path, headers=desk.headers)
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_request")
    assert query.partition("=")[0] in answer.json()["message"]


@pytest.mark.parametrize("path", ["", "/", "/nothing", "/projects/x/y/z", "//me", "/me/"])
def test_a_path_that_is_none_is_not_found(path: str, desk: Desk) -> None:
    answer = httpx2.get(f"{desk.service.url}/manage/v1{path}", headers=desk.headers)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_a_method_that_is_none_is_told_which_there_are(desk: Desk) -> None:
    allowed: dict[str, set[str]] = {}
    for operation in OPERATIONS.values():
        allowed.setdefault(operation.path, set()).add(operation.method)
    for path, methods in allowed.items():
        asked = re.sub(r"\{\w+\}", "x", path)
        wrong = next(m for m in ("OPTIONS", "PATCH", "DELETE") if m not in methods)
        answer = desk.http.request(wrong, asked, headers=desk.headers)
        assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")
        said = answer.json()["message"].removeprefix("this path takes ")
        assert set(said.split(", ")) == methods


def test_a_name_may_hold_whatever_a_path_can_say(desk: Desk) -> None:
    for name in ("50%25", "a/b", "ä b", "x?y#z", "a+b"):
        path = f"/projects/{desk.service.customer_uuid}/routes/{quote(name, safe='')}"
        body = {"account": "sandbox", "channel": "sms"}
        answer = desk.http.put(path, json=body, headers=desk.headers)
        assert answer.status_code == 200, answer.text
        assert [route.name for route in desk.project.settings.routes][-1] == name
        assert desk.http.delete(path, headers=desk.headers).status_code == 200
    assert desk.project.settings.routes == ROUTES


def test_without_its_store_it_says_so_and_when_to_come_back(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object) -> None:
        raise StoreUnavailableError("asleep")

    with monkeypatch.context() as patch:
        patch.setattr(EngineStore, "projects", away)
        answer = desk.ask("list_projects")
        assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
        assert answer.headers["retry-after"] == "1"
        patch.setattr(EngineStore, "grant", away)
        assert desk.ask("read_me").status_code == 503
        assert "asleep" not in answer.text
    assert desk.ask("list_projects").status_code == 200


def test_a_fault_is_told_without_its_cause(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_: object) -> None:
        raise LookupError("a secret cause")

    with monkeypatch.context() as patch:
        patch.setattr(EngineStore, "audit_before", broken)
        answer = desk.ask("list_audit")
    assert (answer.status_code, answer.json()["code"]) == (500, "internal_server_error")
    assert "secret" not in answer.text


def code_of(desk: Desk, about: str, attempt: int = 1) -> str:
    """The code of a message, once it is in the sandbox inbox."""
    while True:
        for message in desk.do("read_inbox")["messages"]:
            if message["authentication_uuid"] == about and message["attempt_number"] == attempt:
                return str(message["code"])
        desk.service.run(desk.service.watchword.bell.wait(0.1))


def test_a_code_is_sent_read_checked_and_its_story_told(desk: Desk) -> None:
    sent = desk.do("send_code", phone_number=PERSON, locale="fr", correlation_id="order 1")
    assert sent["status"] == "pending"
    about = sent["uuid"]
    code = code_of(desk, about)
    wrong = f"{(int(code) + 1) % 10**6:06}"
    assert desk.do("check_code", uuid=about, code=wrong)["status"] == "invalid"
    assert desk.do("check_code", uuid=about, code=code)["status"] == "valid"
    assert desk.do("check_code", uuid=about, code=code)["status"] == "already_validated"
    assert desk.do("retry_code", uuid=about)["status"] == "already_validated"
    (item,) = desk.do("list_authentications", search="order 1")["items"]
    assert (item["uuid"], item["shown"], item["country"]) == (about, "verified", "FR")
    (item,) = desk.do("list_authentications", project="all", search=about)["items"]
    story = desk.do("read_authentication", uuid=about)
    told = [event["told"]["what"] for event in story["events"]]
    assert told[0] == "screened: allow"
    assert told.index("check: invalid") < told.index("check: valid")
    assert story == desk.do("read_authentication", project="all", uuid=about)
    again = desk.do("send_code", phone_number="+33612345699")["uuid"]
    code_of(desk, again)
    assert desk.do("retry_code", uuid=again)["status"] == "denied"  # half a minute has to pass
    assert desk.refused("send_code", phone_number="12") == (400, "invalid_phone_number")


def test_a_whole_number_is_in_no_answer_but_one_which_is_written_down(
    desk: Desk, hook: Hook
) -> None:
    sent = httpx2.post(
        f"{desk.service.server_url}/authentication",
        json={"phone_number": PERSON, "callback_url": hook.url},
        headers={"x-api-key": desk.service.api_key, "customer-uuid": desk.service.customer_uuid},
    ).json()
    about = sent["authentication_uuid"]
    callbacks = desk.settle("list_callbacks", 1)
    desk.do("add_entry", list="allowed", kind="number", value=PERSON)
    digits = PERSON.removeprefix("+")
    places = {"uuid": about, "callback": callbacks[0]["id"], "number": PERSON}
    asked = 0
    for name, operation in OPERATIONS.items():
        if not operation.reads or name == "export_declaration":
            continue
        given = {k: v for k, v in places.items() if f"{{{k}}}" in operation.path}
        for project in (None, "all") if operation.everywhere else (None,):
            answer = desk.ask(name, project, **given)
            assert answer.status_code == 200, answer.text
            assert digits not in answer.text, name
            asked += 1
    assert asked > 20
    assert digits not in desk.ask("list_authentications", search=PERSON).text
    found = desk.do("read_callback", callback=callbacks[0]["id"])
    assert found["tries"][0]["status"] == 200
    assert digits.encode() in hook.bodies[0]
    assert desk.do("reveal_number", uuid=about) == {"phone_number": PERSON}
    newest = desk.do("list_audit", limit=1)["items"][0]
    assert (newest["actor"], newest["action"], newest["subject"]) == (
        "operator:boss",
        "number.revealed",
        about,
    )
    assert digits not in json.dumps(newest)


def test_a_callback_is_posted_again_under_its_id(desk: Desk, hook: Hook) -> None:
    answer = httpx2.post(
        f"{desk.service.server_url}/authentication",
        json={"phone_number": "+33612340001", "callback_url": hook.url},
        headers={"x-api-key": desk.service.api_key, "customer-uuid": desk.service.customer_uuid},
    )
    about = answer.json()["authentication_uuid"]

    def ours() -> list[dict[str, Any]]:
        return list(desk.do("read_authentication", uuid=about)["callbacks"])

    while not (records := ours()) or records[0]["state"] != "delivered":
        desk.service.run(desk.service.watchword.bell.wait(0.1))
    one = records[0]["id"]
    desk.do("redeliver_callback", callback=one)
    while len(desk.do("read_callback", callback=one)["tries"]) < 2:
        desk.service.run(desk.service.watchword.bell.wait(0.1))
    places = [n for n, posted in enumerate(hook.ids) if posted == one]
    assert len(places) == 2
    assert hook.bodies[places[0]] == hook.bodies[places[1]]
    assert desk.do("redeliver_failed", period="7d")["message"] == "No callback had failed."
    assert desk.refused("redeliver_callback", callback="msg_none") == (404, "not_found")


def test_what_is_another_projects_is_not_here(desk: Desk, hook: Hook, other: str) -> None:
    answer = httpx2.post(
        f"{desk.service.server_url}/authentication",
        json={"phone_number": PERSON, "callback_url": hook.url, "correlation_id": "mine"},
        headers={"x-api-key": desk.service.api_key, "customer-uuid": desk.service.customer_uuid},
    )
    about = answer.json()["authentication_uuid"]
    callback = desk.settle("list_callbacks", 1)[0]["id"]
    key = desk.do("list_keys")["items"][0]["id"]
    for name, fields in (
        ("read_authentication", {"uuid": about}),
        ("reveal_number", {"uuid": about}),
        ("read_callback", {"callback": callback}),
        ("redeliver_callback", {"callback": callback}),
        ("revoke_key", {"key": key}),
    ):
        assert desk.refused(name, other, **fields) == (404, "not_found"), name
    for name, fields in (("check_code", {"code": "123456"}), ("retry_code", {})):
        assert desk.refused(name, other, uuid=about, **fields) == (400, "invalid_auth_uuid")
    for search in ("", about, PERSON, "mine"):
        found = desk.do("list_authentications", other, search=search)
        assert found["items"] == [], search
    assert desk.do("list_callbacks", other)["items"] == []
    assert desk.do("look_up", other, number=PERSON)["authentications"] == []
    assert desk.do("read_report", other)["now"]["started"] == 0
    assert desk.do("read_inbox", other)["messages"] == []
    assert not desk.do("list_keys")["items"][0]["revoked_at"]
    for name in ("read_project", "list_authentications", "list_keys"):
        assert desk.refused(name, "nowhere") == (404, "not_found")
    assert desk.refused("read_project", "all") == (400, "bad_request")
    mine = Desk(desk.service, desk.document, "vera").with_token(
        {desk.service.customer_uuid: Role.VIEWER}
    )
    assert [p["customer_uuid"] for p in mine.do("list_projects")["items"]] == [
        desk.service.customer_uuid
    ]
    mine.http.close()


def test_figures_are_told_of_a_project_or_of_all(desk: Desk) -> None:
    desk.do("send_code", phone_number="+33612340002")
    for period in ("1h", "24h", "7d", "30d", "90d", "1y"):
        for name in ("read_report", "read_fraud"):
            mine = desk.do(name, period=period)
            whole = desk.do(name, project="all", period=period)
            assert 1 <= mine["now"]["started"] <= whole["now"]["started"]
            assert sum(p["counts"]["started"] for p in mine["course"]) == mine["now"]["started"]
    report = desk.do("read_report")
    assert desk.do("read_report", since=report["since"], until=report["until"]) == report
    within = desk.do("read_report", since=report["since"], until=report["until"] - 10 * SECOND)
    assert within["until"] == report["until"]
    for span in ({"since": 5, "until": 4}, {"since": 0}, {"since": -1}, {"until": 10**30}):
        assert desk.refused("read_report", **span) == (400, "bad_request")


def test_budgets_tell_every_cap_and_the_balance(desk: Desk) -> None:
    caps = [
        {"period": "day", "amount": 50_000_000, "country": "*"},
        {"period": "hour", "amount": 1_000_000, "country": "FR"},
    ]
    done = desk.do("change_project", settings={"spend_caps": caps})
    found = desk.do("read_budgets")
    assert {(c["period"], c["country"], c["cap"]) for c in found["caps"]} >= {
        ("day", "*", 50_000_000),
        ("hour", "FR", 1_000_000),
    }
    assert found["balance"] is None
    desk.undo(done)


def test_an_entry_of_a_list_is_added_and_taken_out_and_back(desk: Desk) -> None:
    before = desk.settings()
    added = desk.do("add_entry", list="blocked", kind="number", value=PERSON, note="fraud", days=30)
    (entry,) = desk.project.settings.blocked
    assert (entry.value, entry.added_by) == (PERSON, "operator:boss")
    assert desk.do("look_up", number=PERSON)["blocked"] is True
    (shown,) = [one for one in desk.do("list_entries")["items"] if one["list"] == "blocked"]
    assert "345678" not in shown["value"]
    with_entry = desk.settings()
    again = desk.do("add_entry", list="blocked", kind="number", value=PERSON, note="another")
    desk.undo(again)
    assert desk.settings() == with_entry
    removed = desk.do("remove_entry", list="blocked", place=shown["place"])
    assert desk.settings() == before
    desk.undo(removed)
    assert desk.settings() == with_entry
    desk.undo(added)
    assert desk.settings() == before
    assert desk.refused("remove_entry", list="blocked", place=0) == (404, "not_found")
    assert desk.refused("add_entry", list="blocked", kind="country", value="FRA")[0] == 400
    assert actors(desk, "project.changed")[:6] == ["operator:boss"] * 6


def test_a_number_is_looked_up_and_forgotten(desk: Desk) -> None:
    number = "+33612340003"
    about = desk.do("send_code", phone_number=number)["uuid"]
    code_of(desk, about)
    found = desk.do("look_up", number="+33 6 12 34 00 03")
    assert found["sends_day"] == 1
    assert found["verdict"]["decision"] == "allow"
    assert [one["uuid"] for one in found["authentications"]] == [about]
    done = desk.do("forget_number", phone_number=number)
    assert number not in json.dumps(done)
    assert "1 authentications" in done["message"]
    assert desk.refused("read_authentication", uuid=about) == (404, "not_found")
    assert desk.do("look_up", number=number)["authentications"] == []
    assert desk.refused("look_up", number="12") == (400, "invalid_phone_number")
    assert desk.refused("forget_number", phone_number="12") == (400, "invalid_phone_number")


def test_an_account_is_added_tested_paused_and_removed(desk: Desk) -> None:
    nowhere = {**TWILIO, "base_url": "http://127.0.0.1:1"}
    assert desk.refused("put_account", name="main", provider="none", credentials={})[0] == 400
    assert desk.refused("put_account", name="main", provider="twilio", credentials={})[0] == 400
    desk.do("put_account", name="main", provider="twilio", credentials=nowhere)
    answer = desk.ask("list_accounts")
    (shown,) = [one for one in answer.json()["items"] if one["name"] == "main"]
    assert TWILIO["auth_token"] not in answer.text
    assert set(shown["credentials"]) == set(nowhere)
    desk.service.run(desk.service.watchword.accounts.refresh())
    probed = desk.do("test_account", name="main")
    assert (probed["healthy"], "cannot be reached" in probed["message"]) == (False, True)
    desk.do("put_account", name="main", provider="twilio", credentials={"auth_token": ""})

    def paused() -> bool:
        items = desk.do("list_accounts")["items"]
        return next(bool(one["paused"]) for one in items if one["name"] == "main")

    done = desk.do("pause_account", name="main")
    assert paused()
    back = desk.undo(done)
    assert not paused()
    desk.undo(back)
    assert paused()
    desk.do("resume_account", name="main")
    route = desk.do("put_route", name="four", account="main", channel="sms")
    assert desk.refused("remove_account", name="main") == (409, "in_use")
    desk.undo(route)
    desk.do("remove_account", name="main")
    desk.service.run(desk.service.watchword.accounts.refresh())
    for name in ("pause_account", "resume_account", "remove_account", "test_account"):
        assert desk.refused(name, name="main") == (404, "not_found")
    assert desk.refused("put_account", name="sandbox", provider="twilio")[0] == 400
    for action in ("put", "paused", "resumed", "removed"):
        assert set(actors(desk, f"provider_account.{action}")) == {"operator:boss"}
    assert TWILIO["auth_token"] not in json.dumps(desk.do("list_audit"))


def test_a_test_goes_over_one_account_alone(desk: Desk) -> None:
    credentials = {**TWILIO, "base_url": "http://127.0.0.1:1"}
    desk.do("put_account", name="aside", provider="twilio", credentials=credentials)
    project = desk.do("create_project", name="tested", mode="live")["customer_uuid"]
    asked = {"name": "aside", "phone_number": "+33612345613"}
    assert desk.refused("send_test", **asked) == (409, "conflict")
    for name, account in (("main", "sandbox"), ("side", "aside"), ("third", "sandbox")):
        fields = {"name": name, "account": account, "channel": "sms", "prefixes": "+33"}
        desk.do("put_route", project, **fields)
    assert desk.refused("send_test", name="aside", phone_number="+447700900123")[0] == 409
    assert desk.refused("send_test", name="aside", phone_number="12")[0] == 400
    sent = desk.do("send_test", **asked)
    assert (sent["customer_uuid"], sent["status"]) == (project, "pending")
    while True:
        (attempt,) = desk.do("read_authentication", project, uuid=sent["uuid"])["attempts"]
        if attempt["status"] != "pending":
            break
        desk.service.run(desk.service.watchword.bell.wait(0.1))
    assert (attempt["plan"], attempt["status"]) == (["side"], "failed")
    assert len(desk.do("list_routes", project)["items"]) == 3
    desk.do("set_mode", project, mode="sandbox")
    desk.do("remove_project", project)
    desk.do("remove_account", name="aside")


def test_what_is_done_to_routes_is_taken_back_whole(desk: Desk) -> None:
    before = desk.settings()
    for name, fields in (
        ("put_route", {"name": "four", "account": "sandbox", "channel": "sms", "price": "0.01"}),
        (
            "put_route",
            {"name": "two", "account": "sandbox", "channel": "sms", "prefixes": "+1, +44"},
        ),
        ("put_route", {"name": "four", "account": "sandbox", "channel": "sms", "place": 0}),
        ("put_route", {"name": "three", "account": "sandbox", "channel": "sms", "place": 0}),
        ("remove_route", {"name": "one"}),
        ("remove_route", {"name": "two"}),
        ("remove_route", {"name": "three"}),
        ("move_route", {"name": "one", "by": 1}),
        ("move_route", {"name": "three", "by": -1}),
        ("set_routing", {"routing": "fixed"}),
    ):
        done = desk.do(name, **fields)
        assert desk.settings() != before, (name, fields)
        desk.undo(done)
        assert desk.settings() == before, (name, fields)
    listed = desk.do("list_routes")
    assert [one["name"] for one in listed["items"]] == ["one", "two", "three"]
    assert "sandbox" in listed["accounts"]
    assert desk.refused("move_route", name="one", by=-1) == (409, "conflict")
    assert desk.refused("move_route", name="none", by=1) == (404, "not_found")
    assert desk.refused("remove_route", name="none") == (404, "not_found")
    assert desk.refused("put_route", name="x", account="none", channel="sms")[0] == 400
    wrong = {"name": "x", "account": "sandbox", "channel": "sms"}
    for field, value in (
        ("price", "1,5"),
        ("channel", "fax"),
        ("dlt_entity", "123"),
        ("place", -1),
        ("template", "x" * 600),
    ):
        assert desk.refused("put_route", **{**wrong, field: value})[0] == 400, field
    assert desk.settings() == before


def test_a_dry_run_tells_the_routes_and_sends_nothing(desk: Desk) -> None:
    before = desk.do("read_report")["now"]["started"]
    told = desk.do("dry_run", number="+44 7700 900123")
    assert told["country"] == "GB"
    assert {one["route"] for one in told["routes"]} == {"one", "two", "three"}
    rest = desk.do("dry_run", number="+447700900123", after="one, two")["routes"]
    assert rest[0]["route"] == "three"
    assert desk.do("read_report")["now"]["started"] == before
    assert desk.refused("dry_run", number="12") == (400, "invalid_phone_number")


def test_what_is_done_to_templates_is_taken_back_whole(desk: Desk) -> None:
    one = {"template_id": "login", "channel": "sms", "locale": "fr", "text": "{code} chez {app}"}
    place = {"template_id": "login", "channel": "sms", "locale": "fr"}
    empty = desk.settings()
    added = desk.do("put_template", **one)
    assert desk.do("list_templates")["items"] == [one]
    kept = desk.settings()
    desk.undo(desk.do("put_template", **{**one, "text": "{code}!"}))
    assert desk.settings() == kept
    desk.undo(desk.do("remove_template", **place))
    assert desk.settings() == kept
    everywhere = desk.do("put_template", template_id="login", locale="en", text="{code}")
    assert everywhere["undo"]["fields"]["channel"] is None
    desk.undo(everywhere)
    desk.undo(added)
    assert desk.settings() == empty
    assert desk.refused("put_template", **{**one, "text": "no code"}) == (400, "bad_request")
    assert desk.refused("remove_template", **place) == (404, "not_found")


def test_a_preview_tells_what_is_billed(desk: Desk) -> None:
    ours = desk.do("preview_template", channel="sms", locale="fr")
    assert (ours["encoding"], ours["segments"], ours["faults"]) == ("gsm-7", 1, [])
    long = desk.do("preview_template", channel="sms", text="{code} " + "ж" * 70)
    assert (long["encoding"], long["segments"]) == ("ucs-2", 2)
    assert long["units"] + long["left"] == 134
    assert long["warnings"]
    assert desk.do("preview_template", text="nothing")["faults"] == ["the text has no {code}"]


def test_what_is_done_to_a_project_is_taken_back_whole(desk: Desk) -> None:
    before = desk.project
    for name, fields in (
        ("change_project", {"settings": {"lifetime": 120, "app_name": "Acme"}}),
        ("change_project", {"settings": {"limits": {"number_day": 7}}}),
        ("change_project", {"settings": {"limits.ip_hour": 7}}),
        ("change_project", {"settings": {"routes": []}}),
        ("set_mode", {"mode": "live"}),
        ("suspend_project", {}),
    ):
        done = desk.do(name, **fields)
        assert desk.project != before, (name, fields)
        desk.undo(done)
        assert desk.project == before, (name, fields)
    resumed = desk.do("resume_project")
    assert resumed["undo"]["operation"] == "suspend_project"
    settings = desk.do("read_project")
    assert settings["view"]["customer_uuid"] == desk.service.customer_uuid
    for wrong in ({"lifetime": "x"}, {"nonsense": 1}, {"code_length": 99}, {"limits": {"x": 1}}):
        assert desk.refused("change_project", settings=wrong) == (400, "bad_request"), wrong
    assert desk.project == before


def test_a_project_is_made_filled_and_its_keys_end(desk: Desk) -> None:
    made = desk.do("create_project", name="shop")
    assert desk.refused("create_project", name="shop") == (409, "conflict")
    project = made["customer_uuid"]
    assert "12.5" in desk.do("top_up", project, amount="12.5")["message"]
    assert desk.do("read_budgets", project)["balance"] == 12_500_000
    assert desk.refused("top_up", project, amount="1e9")[0] == 400
    key = desk.do("create_key", "shop", name="backend", scopes=["otp"])
    listed = desk.ask("list_keys", project)
    assert key["secret"] not in listed.text
    (one,) = listed.json()["items"]
    assert (one["hint"], one["revoked_at"]) == (key["hint"], None)
    assert desk.refused("revoke_key", key=one["id"]) == (404, "not_found")
    desk.do("revoke_key", project, key=one["id"])
    assert desk.do("list_keys", project)["items"][0]["revoked_at"] is not None
    for action in ("project.created", "project.topped_up", "api_key.created", "api_key.revoked"):
        assert actors(desk, action)[0] == "operator:boss", action


def test_a_sandbox_project_goes_with_its_history_and_a_live_one_stays(desk: Desk) -> None:
    project = desk.do("create_project", name="brief")["customer_uuid"]
    desk.do("send_code", project, phone_number="+33612345611")
    desk.do("set_mode", project, mode="live")
    assert desk.refused("remove_project", project) == (409, "conflict")
    desk.do("set_mode", project, mode="sandbox")
    assert desk.do("remove_project", project)["message"].startswith("brief is removed, ")
    assert desk.refused("read_project", project) == (404, "not_found")
    assert actors(desk, "project.removed")[0] == "operator:boss"


def test_the_callback_secret_is_that_of_the_signatures(desk: Desk, hook: Hook) -> None:
    told = desk.do("reveal_callback_secret")
    keyring = desk.service.watchword.keyring
    assert (told["secret"], *told["earlier"]) == keyring.callback_secrets(desk.project.id)
    assert actors(desk, "project.secret_revealed")[0] == "operator:boss"
    assert told["secret"] not in json.dumps(desk.do("list_audit"))


def test_a_number_gets_its_tries_back(desk: Desk) -> None:
    number = "+33612345612"
    assert desk.refused("unlock_number", phone_number=number) == (404, "not_found")
    assert desk.refused("unlock_number", phone_number="12") == (400, "invalid_phone_number")
    about = desk.do("send_code", phone_number=number)["uuid"]
    for _ in range(3):
        assert desk.do("check_code", uuid=about, code="wrong")["status"] == "invalid"
    assert desk.do("look_up", number=number)["failed_in_a_row"] == 3
    assert number not in desk.do("unlock_number", phone_number=number)["message"]
    assert desk.do("look_up", number=number)["failed_in_a_row"] == 0
    assert actors(desk, "number.unlocked") == ["operator:boss"]


def test_operators_are_added_given_roles_locked_out_and_removed(desk: Desk) -> None:
    project = desk.service.customer_uuid
    link = desk.do("add_person", name="ben", role="viewer", project=project)
    assert link["url"].startswith(desk.service.url + "/in/")
    assert desk.refused("add_person", name="ben") == (400, "bad_request")
    assert desk.refused("add_person", name=" ") == (400, "bad_request")
    assert desk.do("make_link", name="ben")["url"] != link["url"]

    def ben() -> dict[str, Any]:
        people = desk.do("list_people")["items"]
        return next(dict(one) for one in people if one["name"] == "ben")

    before = ben()
    for fields in (
        {"project": project, "role": "owner"},
        {"project": project.upper(), "role": "operator"},
        {"project": "*", "role": "operator"},
    ):
        done = desk.do("set_role", name="ben", **fields)
        assert ben()["roles"] != before["roles"]
        desk.undo(done)
        assert ben() == before
    assert desk.refused("set_role", name="ben", project=project) == (400, "bad_request")
    assert desk.refused("set_role", name="ben", project="acme", role="owner")[0] == 400
    done = desk.do("disable_person", name="ben")
    assert ben()["disabled"] is True
    back = desk.undo(done)
    assert ben() == before
    assert back["undo"]["operation"] == "disable_person"
    desk.do("remove_person", name="ben")
    for name in ("make_link", "disable_person", "enable_person", "remove_person"):
        assert desk.refused(name, name="ben") == (404, "not_found")
    for action in ("created", "link_made", "roles_set", "disabled", "enabled", "removed"):
        assert actors(desk, f"operator.{action}")[0] == "operator:boss", action


def test_nobody_takes_the_last_owner_away(service: RunningService) -> None:
    with running_service(log_level="error") as alone:
        document = httpx2.get(f"{alone.url}/manage/v1/openapi.json").json()
        desk = Desk(alone, document, "boss").with_token({EVERYWHERE: Role.OWNER})
        for name, fields in (
            ("disable_person", {}),
            ("remove_person", {}),
            ("set_role", {"role": "viewer"}),
        ):
            assert desk.refused(name, name="boss", **fields) == (400, "bad_request")
        assert desk.do("read_me")["person"]["roles"] == {"*": "owner"}
        desk.http.close()


def test_the_installation_tells_how_it_is_and_what_was_done(desk: Desk) -> None:
    health = desk.do("read_health")
    assert (health["ready"], health["checks"]) == (True, {})
    assert health["url"] == desk.service.url
    verified = desk.do("verify_audit")
    assert verified["whole"] is True
    seen: list[int] = []
    before = 10**15
    while page := desk.do("list_audit", before=before, limit=7)["items"]:
        seen += [entry["sequence"] for entry in page]
        before = seen[-1]
    assert seen == list(range(verified["entries"], 0, -1))
    assert desk.refused("list_audit", before=0) == (400, "bad_request")
    assert desk.refused("list_audit", before=10**30) == (400, "bad_request")


def test_a_declaration_is_exported_compared_and_applied(desk: Desk) -> None:
    declared = desk.do("export_declaration")
    assert desk.do("apply_declaration", dry_run=True, **declared)["changes"] == {}
    wanted = {"new": {"mode": "sandbox", "lifetime": 90}}
    told = desk.do("apply_declaration", projects=wanted, dry_run=True)
    assert (told["applied"], list(told["changes"])) == (False, ["projects.new"])
    assert "new" not in desk.do("export_declaration")["projects"]
    assert desk.do("apply_declaration", projects=wanted)["applied"] is True
    assert desk.do("apply_declaration", projects=wanted)["changes"] == {}
    assert desk.do("export_declaration")["projects"]["new"]["lifetime"] == 90
    assert actors(desk, "project.created")[0] == "operator:boss"
    before = desk.do("export_declaration")
    projects: tuple[dict[str, Any], ...] = (
        {"x": {"suspended": "yes"}},
        {"x": {"mode": "fast"}},
        {"x": {"mode": []}},
        {"": {"mode": "live"}},
        {"x": {"nonsense": 1}},
        {"new": {"lifetime": 91}, "x": {"lifetime": "long"}},
    )
    for wrong in projects:
        assert desk.refused("apply_declaration", projects=wrong) == (400, "bad_request"), wrong
    providers: tuple[dict[str, Any], ...] = (
        {"": {"provider": "twilio", **TWILIO}},
        {"x": {"provider": 5}},
        {"x": {}},
    )
    for accounts in providers:
        assert desk.refused("apply_declaration", providers=accounts)[0] == 400, accounts
    assert desk.do("export_declaration") == before


def test_sample_data_comes_and_goes(desk: Desk) -> None:
    before = desk.do("list_projects")
    done = desk.do("fill_sample")
    assert desk.refused("fill_sample") == (409, "conflict")
    report = desk.do("read_report", "sample", period="30d")
    assert report["now"]["started"] > 100
    desk.undo(done)
    assert desk.do("list_projects") == before
    assert desk.refused("remove_sample") == (404, "not_found")
    assert actors(desk, "project.removed")[0] == "operator:boss"
