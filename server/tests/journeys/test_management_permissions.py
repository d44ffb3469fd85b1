"""Who may do what over the management API: one line for each operation, and none may be missing."""

from collections.abc import Iterator
from uuid import UUID

import httpx2
import pytest

from watchword.domain.operator import EVERYWHERE, Role
from watchword.domain.project import Mode
from watchword.edges.management.operation import Operation
from watchword.edges.management.table import OPERATIONS
from watchword.testing import RunningService, running_service

VIEWER, OPERATOR, OWNER = Role.VIEWER, Role.OPERATOR, Role.OWNER
PROJECT, INSTALLATION, ANYBODY, PERSON = "project", "installation", "anybody", "person"
"""Where the role is needed; `person` is anybody, but signed in and not by a token."""
MATRIX = {
    "list_authentications": (VIEWER, PROJECT),
    "read_authentication": (VIEWER, PROJECT),
    "reveal_number": (OPERATOR, PROJECT),
    "send_code": (OPERATOR, PROJECT),
    "check_code": (OPERATOR, PROJECT),
    "retry_code": (OPERATOR, PROJECT),
    "read_inbox": (OPERATOR, PROJECT),
    "read_report": (VIEWER, PROJECT),
    "read_fraud": (VIEWER, PROJECT),
    "read_budgets": (VIEWER, PROJECT),
    "list_callbacks": (VIEWER, PROJECT),
    "read_callback": (VIEWER, PROJECT),
    "redeliver_callback": (OPERATOR, PROJECT),
    "redeliver_failed": (OPERATOR, PROJECT),
    "look_up": (VIEWER, PROJECT),
    "list_entries": (VIEWER, PROJECT),
    "add_entry": (OPERATOR, PROJECT),
    "remove_entry": (OPERATOR, PROJECT),
    "forget_number": (OWNER, INSTALLATION),
    "list_accounts": (VIEWER, INSTALLATION),
    "put_account": (OWNER, INSTALLATION),
    "pause_account": (OPERATOR, INSTALLATION),
    "resume_account": (OPERATOR, INSTALLATION),
    "remove_account": (OWNER, INSTALLATION),
    "test_account": (OPERATOR, INSTALLATION),
    "send_test": (OPERATOR, INSTALLATION),
    "list_routes": (VIEWER, PROJECT),
    "put_route": (OWNER, PROJECT),
    "remove_route": (OWNER, PROJECT),
    "move_route": (OWNER, PROJECT),
    "set_routing": (OWNER, PROJECT),
    "dry_run": (VIEWER, PROJECT),
    "list_templates": (VIEWER, PROJECT),
    "put_template": (OWNER, PROJECT),
    "remove_template": (OWNER, PROJECT),
    "preview_template": (VIEWER, PROJECT),
    "list_projects": (VIEWER, ANYBODY),
    "create_project": (OWNER, INSTALLATION),
    "read_project": (VIEWER, PROJECT),
    "change_project": (OWNER, PROJECT),
    "set_mode": (OWNER, PROJECT),
    "suspend_project": (OWNER, PROJECT),
    "resume_project": (OWNER, PROJECT),
    "top_up": (OWNER, PROJECT),
    "list_keys": (VIEWER, PROJECT),
    "create_key": (OWNER, PROJECT),
    "revoke_key": (OWNER, PROJECT),
    "read_me": (VIEWER, ANYBODY),
    "set_password": (VIEWER, PERSON),
    "begin_totp": (VIEWER, PERSON),
    "confirm_totp": (VIEWER, PERSON),
    "remove_totp": (VIEWER, PERSON),
    "create_token": (VIEWER, PERSON),
    "revoke_token": (VIEWER, ANYBODY),
    "list_people": (OWNER, INSTALLATION),
    "add_person": (OWNER, INSTALLATION),
    "make_link": (OWNER, INSTALLATION),
    "set_role": (OWNER, INSTALLATION),
    "disable_person": (OWNER, INSTALLATION),
    "enable_person": (OWNER, INSTALLATION),
    "remove_person": (OWNER, INSTALLATION),
    "read_health": (VIEWER, ANYBODY),
    "list_audit": (VIEWER, INSTALLATION),
    "verify_audit": (VIEWER, INSTALLATION),
    "export_declaration": (OWNER, INSTALLATION),
    "apply_declaration": (OWNER, INSTALLATION),
    "fill_sample": (OWNER, INSTALLATION),
    "remove_sample": (OWNER, INSTALLATION),
    "remove_project": (OWNER, PROJECT),
    "reveal_callback_secret": (OWNER, PROJECT),
    "unlock_number": (OPERATOR, PROJECT),
}
RANK = {VIEWER: 0, OPERATOR: 1, OWNER: 2}
CHANGES_NOTHING = "nothing that an operation takes"


@pytest.fixture(scope="module")
def service() -> Iterator[RunningService]:
    with running_service(log_level="error") as running:
        yield running


@pytest.fixture(scope="module")
def tokens(service: RunningService) -> dict[tuple[Role | None, str], str]:
    """A token for each role in the project, everywhere and in another project, by role and place."""
    watchword = service.watchword

    async def make() -> dict[tuple[Role | None, str], str]:
        other = await watchword.manage_projects.create("other", Mode.SANDBOX)
        await watchword.directory.refresh()
        made: dict[tuple[Role | None, str], str] = {}
        places = {"here": service.customer_uuid, "everywhere": EVERYWHERE, "other": str(other.id)}
        for place, project in places.items():
            for role in Role:
                person = await watchword.manage_operators.create(f"{role} {place}", {project: role})
                secret, _ = await watchword.manage_operators.create_token(person, "test", OWNER)
                made[role, place] = secret
        boss = await watchword.manage_operators.create("boss", {EVERYWHERE: OWNER})
        made[None, "capped"], _ = await watchword.manage_operators.create_token(boss, "t", VIEWER)
        return made

    return service.run(make())


def asked(service: RunningService, operation: Operation, token: str | None) -> httpx2.Response:
    """An operation with a field that none takes: who may is answered 400 or 404, and nothing happens."""
    path = operation.path.replace("{project}", service.customer_uuid)
    for name in ("uuid", "key"):
        path = path.replace(f"{{{name}}}", str(UUID(int=1)))
    for name in ("name", "number", "callback"):
        path = path.replace(f"{{{name}}}", "nobody")
    headers = {"authorization": f"Bearer {token}"} if token else {}
    with httpx2.Client(base_url=f"{service.url}/manage/v1", timeout=30) as http:
        if operation.reads:
            return http.get(path, params={CHANGES_NOTHING: "1"}, headers=headers)
        return http.request(operation.method, path, json={CHANGES_NOTHING: 1}, headers=headers)


def test_every_operation_has_its_line_and_no_line_is_of_none() -> None:
    assert set(OPERATIONS) == set(MATRIX)


@pytest.mark.parametrize("name", OPERATIONS)
def test_an_operation_is_for_those_of_its_line_alone(
    name: str, service: RunningService, tokens: dict[tuple[Role | None, str], str]
) -> None:
    operation = OPERATIONS[name]
    role, where = MATRIX[name]
    assert asked(service, operation, None).status_code == 401
    assert asked(service, operation, "wwm_nobody").status_code == 401
    for (has, place), token in tokens.items():
        if place == "capped":
            expected = RANK[role] == 0
        elif where in (ANYBODY, PERSON):
            expected = True
        else:
            assert has is not None
            reaches = place == "everywhere" or (where == PROJECT and place == "here")
            expected = reaches and RANK[has] >= RANK[role]
        if where == PERSON:
            expected = False
        status = asked(service, operation, token).status_code
        if expected:
            assert status in (400, 404), (has, place, status)
        elif place == "other" and where == PROJECT:
            assert status in (403, 404), (has, place, status)
        else:
            assert status == 403, (has, place, status)


def test_what_is_of_another_project_is_not_found(
    service: RunningService, tokens: dict[tuple[Role | None, str], str]
) -> None:
    other = service.run(service.watchword.manage_projects.find("other"))
    everywhere = {"authorization": f"Bearer {tokens[OWNER, 'everywhere']}"}
    with httpx2.Client(base_url=f"{service.url}/manage/v1", timeout=30) as http:
        here = f"/projects/{service.customer_uuid}"
        sent = http.post(
            f"{here}/authentications", json={"phone_number": "+33612345678"}, headers=everywhere
        ).json()
        for method, path in (
            ("GET", f"/projects/{other.id}/authentications/{sent['uuid']}"),
            ("POST", f"/projects/{other.id}/authentications/{sent['uuid']}/reveal"),
        ):
            answer = http.request(method, path, headers=everywhere)
            assert answer.status_code == 404
            assert "3361" not in answer.text
        found = http.get(f"{here}/authentications/{sent['uuid']}", headers=everywhere)
        assert found.status_code == 200
        assert "+33612345678" not in found.text
        revealed = http.post(f"{here}/authentications/{sent['uuid']}/reveal", headers=everywhere)
        assert revealed.json() == {"phone_number": "+33612345678"}
        log = http.get("/audit", headers=everywhere).json()["items"]
        assert log[0]["action"] == "number.revealed"
        assert log[0]["actor"] == f"operator:{OWNER} everywhere"


def test_a_browser_is_not_tricked_into_using_its_session(service: RunningService) -> None:
    watchword = service.watchword

    async def session() -> str:
        owner = await watchword.manage_operators.first_owner()
        found = await watchword.sign_in.with_link(await watchword.sign_in.make_link(owner))
        assert found is not None
        return found.secret

    cookie = f"watchword_session={service.run(session())}"
    with httpx2.Client(base_url=f"{service.url}/manage/v1", timeout=30) as http:
        for forged in (
            {"sec-fetch-site": "cross-site"},
            {"sec-fetch-site": "same-site"},
            {"origin": "https://evil.example"},
        ):
            answer = http.post(
                "/projects", json={"name": "x"}, headers={"cookie": cookie, **forged}
            )
            assert answer.status_code == 403
        names = [p.name for p in service.run(watchword.manage_projects.list())]
        assert "x" not in names
        assert http.get("/me", headers={"cookie": cookie}).json()["person"]["name"] == "owner"


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"{", 400), (b"[]", 400), (b'{"name": 5}', 400), (b"[" * 5000, 400), (b" " * 600_000, 413)],
)
def test_a_body_that_is_none_is_refused_plainly(
    body: bytes, status: int, service: RunningService, tokens: dict[tuple[Role | None, str], str]
) -> None:
    headers = {"authorization": f"Bearer {tokens[OWNER, 'everywhere']}"}
    answer = httpx2.post(f"{service.url}/manage/v1/projects", content=body, headers=headers)
    assert answer.status_code == status
    assert answer.json().keys() == {"code", "message"}


def test_a_path_or_method_that_is_none_is_told(service: RunningService) -> None:
    assert httpx2.get(f"{service.url}/manage/v1/nothing").status_code == 404
    wrong = httpx2.delete(f"{service.url}/manage/v1/projects")
    assert wrong.status_code == 405
    assert "GET, POST" in wrong.json()["message"]
