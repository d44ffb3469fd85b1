"""The hosted page over real HTTP, without a browser: what a person with no JavaScript can do, and cannot."""

import re
from collections.abc import Awaitable, Callable, Iterator
from typing import Any
from uuid import UUID

import httpx2
import pytest
import structlog
from msgspec.structs import replace
from server.tests.conftest import MINUTE, NO_LIMITS, SECOND, ManualClock
from structlog.testing import CapturingLogger

from watchword.domain.hosted_session import LIFETIME, MOST_NUMBERS
from watchword.domain.project import Mode, ProjectSettings
from watchword.domain.routing.route import SANDBOX_ROUTES
from watchword.ports.store import StoreUnavailableError
from watchword.testing import RunningService, running_service
from watchword_client.sandbox import Inbox

NUMBERS = (f"06 10 00 03 {n:02}" for n in range(100))
SHOP = "https://shop.example"
ALL = structlog.make_filtering_bound_logger(0)


@pytest.fixture(scope="module")
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture(scope="module")
def service(clock: ManualClock, database_url: str | None) -> Iterator[RunningService]:
    with running_service(database_url=database_url, clock=clock, log_level="error") as running:
        yield running


class Shop:
    """A customer's server, and the browser of one of its people."""

    def __init__(self, service: RunningService, clock: ManualClock) -> None:
        self.service, self.clock = service, clock
        self.key = {"x-api-key": service.api_key}
        self.http = httpx2.Client(base_url=service.url, follow_redirects=True)

    def settings(self, mode: Mode = Mode.SANDBOX, **chosen: object) -> None:
        chosen = {"app_name": "Acme", "limits": NO_LIMITS, **chosen}
        self.service.change(replace(ProjectSettings(), **chosen), mode=mode, suspended=False)

    def ask(self, **fields: object) -> httpx2.Response:
        return self.http.post("/v1/hosted_sessions", json=fields, headers=self.key)

    def open(self, **fields: object) -> dict[str, Any]:
        answer = self.ask(**fields)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def refusal(self, **fields: object) -> str:
        answer = self.ask(**fields)
        assert (answer.status_code, answer.json()["code"]) == (400, "bad_request")
        return str(answer.json()["message"])

    def proof(self, session: dict[str, Any]) -> dict[str, Any]:
        path = f"/v1/hosted_sessions/{session['session_uuid']}"
        return dict(self.http.get(path, headers=self.key).json())

    def page(self, session: dict[str, Any], **headers: str) -> httpx2.Response:
        return self.http.get(session["url"], headers=headers)

    def step(self, session: dict[str, Any], name: str, **fields: str) -> str:
        answer = self.http.post(f"{session['url']}/{name}", data=fields)
        assert [past.status_code for past in answer.history] == [303]
        assert str(answer.url) == session["url"]
        return answer.text

    def number(self, session: dict[str, Any], typed: str, country: str = "FR") -> str:
        return self.step(session, "number", country=country, phone_number=typed)

    def code(self, typed: str, attempt: int = 1) -> str:
        to = "+33" + typed.replace(" ", "")[1:]
        with Inbox(self.service.server_url, self.service.api_key) as inbox:
            while True:
                message = inbox.wait_for_message(to)
                if message.attempt_number >= attempt:
                    return message.code


@pytest.fixture
def shop(service: RunningService, clock: ManualClock) -> Iterator[Shop]:
    made = Shop(service, clock)
    made.settings()
    yield made
    made.http.close()


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10 ** len(code):0{len(code)}}"


def test_a_person_walks_from_number_to_proof_without_a_script(shop: Shop) -> None:
    typed = next(NUMBERS)
    session = shop.open(
        country="FR", locale="en", return_url=f"{SHOP}/done?a=1&state=old", state="cart 7"
    )
    assert session["url"] == f"{shop.service.url}/verify/{session['token']}"
    assert shop.proof(session) == {
        "session_uuid": session["session_uuid"],
        "status": "open",
        "state": "cart 7",
    }
    page = shop.page(session).text
    assert 'lang="en"' in page
    assert '<option value="FR" selected>France (+33)</option>' in page
    page = shop.number(session, typed)
    assert "Sent to <strong>+33 6 10 00 03" in page
    assert 'autocomplete="one-time-code"' in page
    assert 'pattern="[0-9]{6}"' in page
    code = shop.code(typed)
    page = shop.step(session, "code", code=wrong(code))
    assert "That code is not right" in page
    assert 'aria-invalid="true"' in page
    assert shop.proof(session)["status"] == "open"
    page = shop.step(session, "code", code=f"{code[:3]} {code[3:]}")
    assert "is confirmed. You can return to Acme." in page
    proof = shop.proof(session)
    assert proof["status"] == "verified"
    assert proof["phone_number"] == "+33" + typed.replace(" ", "")[1:]
    assert proof["verified_at"].endswith("Z")
    assert UUID(proof["authentication_uuid"]).version == 7
    back = f"{SHOP}/done?a=1&amp;session_uuid={session['session_uuid']}&amp;state=cart+7"
    assert f'href="{back}"' in page


def test_what_is_verified_stays_so_whatever_is_posted_and_however_late(shop: Shop) -> None:
    typed = next(NUMBERS)
    session = shop.open(country="FR")
    shop.number(session, typed)
    shop.step(session, "code", code=shop.code(typed))
    before = shop.proof(session)
    shop.number(session, next(NUMBERS))
    shop.step(session, "change")
    shop.step(session, "again")
    shop.step(session, "code", code="000000")
    assert shop.proof(session) == before
    shop.clock.advance(LIFETIME)
    assert shop.proof(session) == before


def test_a_session_ends_after_half_an_hour(shop: Shop) -> None:
    session = shop.open(country="FR", return_url=f"{SHOP}/done")
    shop.clock.advance(LIFETIME - 1)
    assert shop.page(session).status_code == 200
    shop.clock.advance(1)
    page = shop.page(session, **{"accept-language": "en"})
    assert page.status_code == 410
    assert "This page has expired" in page.text
    assert f"{SHOP}/done?session_uuid=" in page.text
    typed = next(NUMBERS)
    assert "This page has expired" in shop.number(session, typed)
    assert shop.proof(session) == {"session_uuid": session["session_uuid"], "status": "expired"}


def test_a_token_that_names_nothing_is_told_nothing(shop: Shop) -> None:
    for token in ("x" * 43, "y", "z" * 500, "%ff"):
        assert shop.http.get(f"/verify/{token}").status_code == 404
        assert shop.http.post(f"/verify/{token}/code", data={"code": "1"}).status_code == 404
    assert shop.http.get("/verify/static/../app.py").status_code == 404
    assert shop.http.get("/verify/static/nothing.js").status_code == 404


def test_what_is_no_number_is_shown_again_with_an_example(shop: Shop) -> None:
    session = shop.open(country="FR", locale="en")
    page = shop.number(session, '12"><script>')
    assert "That is not a phone number in France. Example: 06 12 34 56 78" in page
    assert 'value="12&#34;&gt;&lt;script&gt;"' in page
    assert 'aria-describedby="told" aria-invalid="true" autofocus' in page
    assert "Enter the code" in shop.number(session, next(NUMBERS))


def test_a_number_that_cannot_or_must_not_be_sent_to_is_said_in_plain_words(shop: Shop) -> None:
    session = shop.open(locale="en")
    assert "cannot receive a code" in shop.number(session, "01 42 68 53 00")
    assert "We cannot send a code to that number" in shop.number(session, "(202) 555-0102", "US")
    shop.service.change(shop.service.project.settings, suspended=True)
    assert "We cannot send a code right now" in shop.number(session, next(NUMBERS))


def test_limits_of_an_address_hold_on_the_page_as_in_the_api(shop: Shop) -> None:
    shop.settings(Mode.LIVE, limits=replace(NO_LIMITS, ip_hour=1), routes=SANDBOX_ROUTES)
    session = shop.open(locale="en", country="FR")
    shop.http.headers["x-forwarded-for"] = "203.0.113.1, 198.51.100.7"
    assert "Enter the code" in shop.number(session, next(NUMBERS))
    shop.step(session, "change")
    page = shop.number(session, next(NUMBERS))
    assert "Too many codes were asked for" in page
    assert "Phone number" in page
    shop.http.headers["x-forwarded-for"] = "198.51.100.7, 203.0.113.1"
    assert "Enter the code" in shop.number(session, next(NUMBERS))


def test_a_session_names_few_numbers(shop: Shop) -> None:
    session = shop.open(locale="en", country="FR")
    for _ in range(MOST_NUMBERS):
        assert "Enter the code" in shop.number(session, next(NUMBERS))
        assert "Phone number" in shop.step(session, "change")
    page = shop.number(session, next(NUMBERS))
    assert "Too many numbers were tried" in page


def test_another_code_is_sent_once_the_wait_is_over(shop: Shop) -> None:
    typed = next(NUMBERS)
    session = shop.open(locale="en", country="FR")
    page = shop.number(session, typed)
    assert 'data-wait="30"' in page
    shop.clock.advance(10 * SECOND)
    assert "Please wait 20 s" in shop.step(session, "again")
    shop.clock.advance(20 * SECOND)
    assert "A new code is on its way." in shop.step(session, "again")
    code = shop.code(typed, attempt=2)
    assert "Verified" in shop.step(session, "code", code=code)


def test_a_code_that_has_expired_is_followed_by_a_new_one(shop: Shop) -> None:
    typed = next(NUMBERS)
    session = shop.open(locale="en", country="FR")
    shop.number(session, typed)
    code = shop.code(typed)
    shop.clock.advance(10 * MINUTE)
    assert "That code has expired" in shop.step(session, "code", code=code)
    first = shop.proof(session)["authentication_uuid"]
    assert "Enter the code" in shop.step(session, "again")
    assert shop.proof(session)["authentication_uuid"] != first


def test_a_code_that_another_session_used_up_proves_nothing(shop: Shop) -> None:
    typed = next(NUMBERS)
    one, two = shop.open(locale="en", country="FR"), shop.open(locale="en", country="FR")
    shop.number(one, typed)
    shop.number(two, typed)
    code = shop.code(typed)
    assert "Verified" in shop.step(one, "code", code=code)
    assert "That code was used already" in shop.step(two, "code", code=code)
    assert shop.proof(two)["status"] == "open"


def test_tries_end(shop: Shop) -> None:
    typed = next(NUMBERS)
    session = shop.open(locale="en", country="FR")
    shop.number(session, typed)
    code = shop.code(typed)
    assert "Enter all 6 digits" in shop.step(session, "code", code="12")
    for _ in range(5):
        page = shop.step(session, "code", code=wrong(code))
    page = shop.step(session, "code", code=code)
    assert "Too many wrong codes" in page
    assert 'id="again"' not in page
    assert shop.proof(session)["status"] == "open"


def test_a_fixed_number_is_neither_shown_whole_nor_changed(shop: Shop) -> None:
    session = shop.open(phone_number="+33610000390", locale="en")
    page = shop.page(session).text
    assert "+336••••••90" in page
    assert "<select" not in page
    page = shop.number(session, "06 10 00 03 91")
    assert "Sent to <strong>+336••••••90</strong>." in page
    assert "/change" not in page
    shop.step(session, "change")
    shop.step(session, "number")
    shop.step(session, "code", code=shop.code("06 10 00 03 90"))
    assert shop.proof(session)["phone_number"] == "+33610000390"


def test_the_page_speaks_the_sessions_language_else_the_browsers(shop: Shop) -> None:
    french = shop.open(locale="fr-CA")
    page = shop.page(french, **{"accept-language": "de"}).text
    assert 'lang="fr"' in page
    assert "États-Unis (+1)" in page
    assert '<option value="CA" selected>' in page
    any_ = shop.open()
    page = shop.page(any_, **{"accept-language": "xx, de-AT;q=0.9, en;q=0.8"}).text
    assert 'lang="de"' in page
    assert '<option value="AT" selected>Österreich (+43)</option>' in page
    assert 'lang="en"' in shop.page(any_, **{"accept-language": "th, *;q=0.1"}).text


def test_only_the_countries_that_a_project_sends_to_are_offered(shop: Shop) -> None:
    shop.settings(regions=("FR", "BE"))
    page = shop.page(shop.open()).text
    assert re.findall(r'<option value="([A-Z]{2})"', page) == ["BE", "FR"]


def test_pages_are_framed_by_the_origins_of_their_session_alone(shop: Shop) -> None:
    alone = shop.page(shop.open()).headers
    assert alone["content-security-policy"].endswith("frame-ancestors 'none'")
    origins = [SHOP, "http://localhost:3000"]
    headers = shop.page(shop.open(origins=origins)).headers
    assert headers["content-security-policy"] == (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; "
        f"frame-ancestors {SHOP} http://localhost:3000"
    )
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"


def test_nothing_is_inline(shop: Shop) -> None:
    session = shop.open(locale="en", country="FR")
    pages = [shop.page(session).text, shop.number(session, next(NUMBERS))]
    pages.append(shop.http.get("/verify/nothing").text)
    for page in pages:
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=|<script[^>]*>[^<]", page)


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": SHOP},
        {"sec-fetch-site": "cross-site", "origin": "null"},
    ],
)
def test_a_form_of_another_site_is_refused(shop: Shop, headers: dict[str, str]) -> None:
    session = shop.open(country="FR", origins=[SHOP])
    fields = {"country": "FR", "phone_number": next(NUMBERS)}
    answer = shop.http.post(f"{session['url']}/number", data=fields, headers=headers)
    assert answer.status_code == 403
    assert "authentication_uuid" not in shop.proof(session)
    own = {"sec-fetch-site": "same-origin", "origin": shop.service.url}
    answer = shop.http.post(f"{session['url']}/number", data=fields, headers=own)
    assert answer.status_code == 200
    assert "authentication_uuid" in shop.proof(session)


def test_a_form_that_is_far_too_large_is_not_read(shop: Shop) -> None:
    session = shop.open()
    answer = shop.http.post(f"{session['url']}/number", data={"phone_number": "1" * 5000})
    assert answer.status_code == 413


def test_who_opens_the_address_of_a_form_is_shown_the_page(shop: Shop) -> None:
    session = shop.open()
    answer = shop.http.get(f"{session['url']}/code")
    assert str(answer.url) == session["url"]
    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("error", "status"), [(StoreUnavailableError("asleep"), 503), (ValueError("a bug"), 500)]
)
def test_what_fails_is_said_on_a_page_and_changes_nothing(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, error: Exception, status: int
) -> None:
    session = shop.open(country="FR", locale="en")
    heard = CapturingLogger()
    log = structlog.wrap_logger(heard, processors=[], wrapper_class=ALL)
    with monkeypatch.context() as patch:
        patch.setattr("watchword.edges.hosted.app.log", log)
        patch.setattr(type(shop.service.watchword.store), "hosted_session_of", failing(error))
        answer = shop.http.post(f"{session['url']}/number", headers={"accept-language": "en"})
    assert answer.status_code == status
    assert "Something went wrong" in answer.text
    assert 'href="../static/page.css"' in answer.text
    assert session["token"] not in repr(heard.calls)
    assert "Enter the code" in shop.number(session, next(NUMBERS))


def failing(error: Exception) -> Callable[..., Awaitable[None]]:
    async def fail(*_: object) -> None:
        raise error

    return fail


def test_another_project_sees_no_session_of_this_one(shop: Shop) -> None:
    session = shop.open()
    watchword = shop.service.watchword

    async def stranger() -> str:
        project = await watchword.manage_projects.create("other", Mode.SANDBOX)
        secret, _ = await watchword.manage_api_keys.create(project)
        await watchword.directory.refresh()
        return secret

    key = {"x-api-key": shop.service.run(stranger())}
    for uuid in (session["session_uuid"], "00000000-0000-0000-0000-000000000000", "nonsense"):
        answer = shop.http.get(f"/v1/hosted_sessions/{uuid}", headers=key)
        assert answer.status_code == 400
        assert answer.json()["code"] == "bad_request"
        assert answer.json()["message"] == "no such session"
    assert shop.http.get(f"/v1/hosted_sessions/{session['session_uuid']}").status_code == 403


def test_every_field_of_a_request_is_checked(shop: Shop) -> None:
    assert "country" in shop.refusal(country="France")
    assert "locale" in shop.refusal(locale="tlh Klingon")
    assert "return_url" in shop.refusal(return_url="http://shop.example/")
    assert "origins" in shop.refusal(origins=["https://shop.example/path"])
    assert "origins" in shop.refusal(origins=[f"https://a{n}.example" for n in range(11)])
    assert "state" in shop.refusal(state="x" * 201)
    assert "phone number" in shop.refusal(phone_number="+3312")
    assert "Expected" in shop.refusal(state=5)
    assert "url" in shop.open(return_url="http://127.0.0.1:3000/", origins=["http://[::1]:8080"])


def test_no_log_holds_the_token_the_number_or_the_code(
    service: RunningService, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard = CapturingLogger()
    for name in ("api.app", "hosted.app"):
        monkeypatch.setattr(
            f"watchword.edges.{name}.log",
            structlog.wrap_logger(heard, processors=[], wrapper_class=ALL),
        )
    typed = next(NUMBERS)
    session = shop.open(country="FR")
    shop.page(session)
    shop.number(session, typed)
    code = shop.code(typed)
    shop.step(session, "code", code=code)
    shop.http.post(f"/verify/{session['token']}/{session['token']}")
    said = repr(heard.calls)
    assert "hosted page" in said
    assert "open_hosted" in said
    for secret in (session["token"], typed.replace(" ", "")[1:], code):
        assert secret not in said
