"""The console over plain HTTP: who gets in, what every page is sent with, and what its forms do."""

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import httpx2
import pytest

from watchword.domain.operator import EVERYWHERE, Role
from watchword.edges.console.pages import PAGES
from watchword.edges.management.access import COOKIE
from watchword.testing import RunningService, running_service

NUMBER = "+33612345678"
PASSWORD = "a long enough password"
FORM = {"sec-fetch-site": "same-origin"}


@pytest.fixture(scope="module")
def service() -> Iterator[RunningService]:
    with running_service(log_level="error") as running:
        yield running


class Browser:
    """Keeps cookies as a browser does, `Secure` ones too since it is on this machine."""

    def __init__(self, service: RunningService) -> None:
        self.service = service
        self.http = httpx2.Client(base_url=service.url, follow_redirects=False, timeout=30)
        self.cookies: dict[str, str] = {}

    def _keep(self, response: httpx2.Response) -> httpx2.Response:
        for line in response.headers.get_list("set-cookie"):
            name, _, value = line.partition(";")[0].partition("=")
            gone = "max-age=0" in line.lower() or value in ('""', "")
            self.cookies.pop(name, None) if gone else self.cookies.update({name: value})
        return response

    def _headers(self, more: dict[str, str]) -> dict[str, str]:
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        return {**({"cookie": cookie} if cookie else {}), **more}

    def get(self, path: str, **headers: str) -> httpx2.Response:
        return self._keep(self.http.get(path, headers=self._headers(headers)))

    def post(
        self, path: str, data: dict[str, Any] | None = None, headers: dict[str, str] = FORM
    ) -> httpx2.Response:
        return self._keep(self.http.post(path, data=data or {}, headers=self._headers(headers)))

    def do(self, operation: str, **fields: Any) -> httpx2.Response:
        where = self.service.customer_uuid
        back = f"/console/{where}/start"
        return self.post(f"/console/{where}/do/{operation}", {"back": back, **fields})

    def sign_in(self, name: str = "owner", role: Role = Role.OWNER) -> "Browser":
        watchword = self.service.watchword

        async def link() -> str:
            if name == "owner":
                operator = await watchword.manage_operators.first_owner()
            else:
                operator = await watchword.manage_operators.create(name, {EVERYWHERE: role})
            return await watchword.sign_in.make_link(operator)

        response = self.post(f"/in/{self.service.run(link())}")
        assert response.status_code == 303
        return self


Open = Callable[[], Browser]


@pytest.fixture
def opened(service: RunningService) -> Iterator[Open]:
    """Opens browsers, which are closed at the end."""
    with ExitStack() as stack:

        def open_one() -> Browser:
            browser = Browser(service)
            stack.callback(browser.http.close)
            return browser

        yield open_one


@pytest.fixture
def stranger(opened: Open) -> Browser:
    return opened()


@pytest.fixture
def owner(opened: Open) -> Browser:
    return opened().sign_in()


def test_a_stranger_is_sent_to_sign_in_and_back_afterwards(stranger: Browser) -> None:
    response = stranger.get("/console/all/overview?period=7d")
    assert response.status_code == 303
    assert response.headers["location"] == (
        "/console/sign-in?back=%2Fconsole%2Fall%2Foverview%3Fperiod%3D7d"
    )
    assert stranger.get("/console/live").status_code == 303
    assert stranger.post("/console/all/do/create_project", {"name": "x"}).status_code == 303


@pytest.mark.parametrize("name", PAGES)
def test_every_page_is_there_for_an_owner_and_is_guarded(name: str, owner: Browser) -> None:
    about = {"authentication": sent(owner), "callback": "nothing"}.get(name)
    path = f"/console/{owner.service.customer_uuid}/{name}" + (f"/{about}" if about else "")
    response = owner.get(path)
    assert response.status_code == (404 if name == "callback" else 200)
    policy = response.headers["content-security-policy"]
    assert "unsafe" not in policy
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';")
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["x-frame-options"] == "DENY"
    for inline in (
        r"<script(?![^>]*src=)",
        r"\sstyle=",
        r"\son[a-z]+=",
        r"javascript:",
        r"(?:src|href|action)=\"https?://(?!127)",
    ):
        found = re.findall(inline, response.text)
        assert not found or name in ("providers", "once"), (inline, found)
    assert NUMBER not in response.text.replace(f'value="{NUMBER}"', "").replace(
        f"{NUMBER}&#34;", ""
    ) or name in ("start", "reference", "inbox", "overview", "lookup", "authentications", "routes")


def sent(browser: Browser) -> str:
    response = browser.do("send_code", phone_number=NUMBER)
    return str(re.findall(r"sent=([0-9a-f-]+)", response.headers["location"])[0])


def test_the_cookie_of_a_session_is_for_this_site_alone(stranger: Browser, opened: Open) -> None:
    watchword = stranger.service.watchword

    async def link() -> str:
        owner = await watchword.manage_operators.first_owner()
        return await watchword.sign_in.make_link(owner)

    secret = stranger.service.run(link())
    asked = stranger.get(f"/in/{secret}")
    assert asked.status_code == 200  # a program that looks at links does not use it up
    assert COOKIE not in stranger.cookies
    response = stranger.post(f"/in/{secret}")
    (line,) = [c for c in response.headers.get_list("set-cookie") if c.startswith(COOKIE)]
    attributes = {part.strip().lower() for part in line.split(";")[1:]}
    assert {"httponly", "secure", "samesite=lax", "path=/"} <= attributes
    again = opened().post(f"/in/{secret}")
    assert again.status_code == 403
    assert "has been used" in again.text


def test_a_password_signs_in_and_five_failures_lock(service: RunningService, opened: Open) -> None:
    watchword = service.watchword

    async def someone() -> None:
        made = await watchword.manage_operators.create("ada", {EVERYWHERE: Role.VIEWER})
        await watchword.manage_operators.set_password(made, PASSWORD)

    service.run(someone())
    browser = opened()
    response = browser.post("/console/sign-in", {"name": "ada", "password": PASSWORD})
    assert response.status_code == 303
    assert browser.get("/console/all/overview").status_code == 200
    assert browser.post("/console/sign-out").status_code == 303
    assert browser.get("/console/all/overview").status_code == 303
    statuses = [
        browser.post("/console/sign-in", {"name": "ada", "password": f"wrong {n}"}).status_code
        for n in range(5)
    ]
    assert statuses == [403, 403, 403, 403, 429]
    late = browser.post("/console/sign-in", {"name": "ada", "password": PASSWORD})
    assert late.status_code == 429
    assert "waits" in late.text


def test_sign_in_goes_back_to_no_other_site(stranger: Browser) -> None:
    stranger.service.run(
        stranger.service.watchword.manage_operators.create("eve", {EVERYWHERE: Role.VIEWER})
    )

    async def password() -> None:
        operators = stranger.service.watchword.manage_operators
        await operators.set_password(await operators.find("eve"), PASSWORD)

    stranger.service.run(password())
    for back in ("https://evil.example/", "//evil.example", "/console\\@evil", "/v1/x"):
        response = stranger.post(
            "/console/sign-in", {"name": "eve", "password": PASSWORD, "back": back}
        )
        assert response.headers["location"] == "/console/?just=1"


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "https://evil.example"},
        {"origin": "null"},
    ],
)
def test_a_form_of_another_site_is_refused(owner: Browser, headers: dict[str, str]) -> None:
    before = owner.service.run(owner.service.watchword.manage_projects.list())
    response = owner.post(
        "/console/all/do/create_project", {"name": "forged", "mode": "live"}, headers
    )
    assert response.status_code == 403
    assert owner.service.run(owner.service.watchword.manage_projects.list()) == before


def test_the_first_steps_work_by_forms_alone(owner: Browser) -> None:
    where = owner.service.customer_uuid
    about = sent(owner)
    inbox = owner.get(f"/console/{where}/inbox").text
    code = re.findall(r'data-copy="(\d{6})"', inbox)[0]
    wrong = "000000" if code != "000000" else "000001"
    assert owner.do("check_code", uuid=about, code=wrong).status_code == 303
    assert owner.do("check_code", uuid=about, code=code).status_code == 303
    page = owner.get(f"/console/{where}/authentication/{about}").text.partition('id="timeline"')[2]
    order = [page.index(words) for words in ("screened: allow", "check: invalid", "check: valid")]
    assert order == sorted(order)
    assert code not in page


def test_what_was_done_can_be_taken_back(owner: Browser) -> None:
    def blocked() -> list[str]:
        return [entry.value for entry in owner.service.project.settings.blocked]

    async def refresh() -> None:
        await owner.service.watchword.directory.refresh()

    owner.do("add_entry", list="blocked", kind="number", value=NUMBER)
    owner.service.run(refresh())
    assert blocked() == [NUMBER]
    page = owner.get(f"/console/{owner.service.customer_uuid}/lists").text
    assert "Undo" in page
    assert NUMBER not in page
    sealed = re.findall(r'name="watchword_notice" value="([^"]+)"', page)[0]
    owner.post("/console/undo", {"watchword_notice": sealed, "back": "/console/"})
    owner.service.run(refresh())
    assert blocked() == []
    forged = sealed[:-4] + "AAAA"
    owner.post("/console/undo", {"watchword_notice": forged, "back": "/console/"})
    assert "no longer be taken back" in owner.get("/console/all/projects").text


def test_a_viewer_sees_and_changes_nothing(service: RunningService, opened: Open) -> None:
    viewer = opened().sign_in("vera", Role.VIEWER)
    where = service.customer_uuid
    page = viewer.get(f"/console/{where}/lists").text
    assert "do/add_entry" not in page
    assert viewer.get(f"/console/{where}/inbox").status_code == 403
    assert viewer.get("/console/all/operators").status_code == 403
    viewer.do("add_entry", list="blocked", kind="number", value=NUMBER)
    assert "needs the role operator" in viewer.get(f"/console/{where}/lists").text
    assert service.run(service.watchword.manage_projects.find(where)).settings.blocked == ()


def test_a_key_is_shown_once_and_nowhere_else(owner: Browser) -> None:
    where = owner.service.customer_uuid
    shown = owner.do("create_key", name="backend")
    assert shown.status_code == 200
    key = re.findall(r"ww_test_[0-9A-Za-z]{49}", shown.text)[0]
    assert shown.headers["cache-control"] == "no-store"
    page = owner.get(f"/console/{where}/keys").text
    assert key not in page
    assert "backend" in page
    answer = httpx2.post(
        f"{owner.service.server_url}/authentication",
        json={"customer_uuid": where, "phone_number": "+33612345679"},
        headers={"x-api-key": key},
    )
    owner.service.run(owner.service.watchword.directory.refresh())
    assert answer.status_code in (200, 403)


def test_files_for_spreadsheets_mask_numbers_and_hold_no_formula(owner: Browser) -> None:
    where = owner.service.customer_uuid
    owner.do("send_code", phone_number="+33612345670", correlation_id="=1+1")
    lines = owner.get(f"/console/{where}/authentications.csv").text.splitlines()
    assert lines[0].startswith("created_at,uuid,phone_number,")
    assert any("'=1+1" in line for line in lines)
    assert all("'+336******" in line for line in lines[1:])
    report = owner.get(f"/console/{where}/overview.csv?period=7d").text.splitlines()
    assert report[0].startswith("kind,name,started,")
    assert any(line.startswith("countries,FR,") for line in report)
    assert owner.get(f"/console/{where}/nothing.csv").status_code == 404


def test_what_is_not_there_is_said_plainly(owner: Browser) -> None:
    where = owner.service.customer_uuid
    nobody = "0198c0de-0000-7000-8000-000000000009"
    for path in (
        "/console/nowhere/overview",
        f"/console/{where}/nothing",
        f"/console/{where}/authentication/{nobody}",
        "/console/static/console.py",
        "/console/static/..%2fapp.py",
    ):
        assert owner.get(path).status_code == 404, path
    wrong = owner.get(f"/console/{where}/lookup?number=12")
    assert wrong.status_code == 400
    assert 'role="alert"' in wrong.text


def test_a_live_stream_says_that_something_changed(owner: Browser, opened: Open) -> None:
    cookie = "; ".join(f"{k}={v}" for k, v in owner.cookies.items())
    with owner.http.stream("GET", "/console/live", headers={"cookie": cookie}) as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        lines = stream.iter_lines()
        assert next(lines) == "retry: 2000"
        other = opened()
        other.cookies = owner.cookies
        sent(other)
        assert next(line for line in lines if line.startswith("event:")) == "event: change"
