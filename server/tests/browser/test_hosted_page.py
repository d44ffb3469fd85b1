"""The hosted page and the widget in a real browser: what scripts add, and that all may use it."""

from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from msgspec.structs import replace
from playwright.sync_api import FrameLocator, Page, expect
from server.tests.browser.conftest import Watched, accessible
from server.tests.browser.site import site
from server.tests.conftest import NO_LIMITS

from watchword.domain.project import ProjectSettings
from watchword.testing import RunningService, running_service
from watchword_client.sandbox import Inbox

NUMBERS = (f"06 10 00 04 {n:02}" for n in range(100))
EMBEDDING = """<!doctype html><html lang="en"><title>A shop</title><main><h1>A shop</h1><div id="here"></div>
</main><script type="module">
import { open } from "%s/verify/static/widget.js";
const query = new URLSearchParams(location.search);
const container = query.has("here") ? document.querySelector("#here") : undefined;
window.heard = [];
window.widget = open({ url: query.get("url"), container });
widget.addEventListener("verified", (event) => heard.push(["verified", event.detail.session_uuid]));
widget.addEventListener("closed", () => heard.push(["closed"]));
</script>"""


@pytest.fixture(scope="module")
def service() -> Iterator[RunningService]:
    with running_service(log_level="error") as running:
        running.change(replace(ProjectSettings(limits=NO_LIMITS), app_name="Acme"))
        yield running


@pytest.fixture(scope="module")
def shop(service: RunningService) -> Iterator[str]:
    """The origin of a page of a customer's, which embeds the widget."""

    def page(path: str) -> str:
        return EMBEDDING % service.url if path.startswith("/?") else "Thank you"

    with site(page) as port:
        yield f"http://localhost:{port}"


def opened(service: RunningService, **fields: object) -> dict[str, Any]:
    answer = httpx2.post(
        f"{service.server_url}/hosted_sessions",
        json={"country": "FR", "locale": "en", **fields},
        headers={"x-api-key": service.api_key},
    )
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def status(service: RunningService, session: dict[str, Any]) -> str:
    url = f"{service.server_url}/hosted_sessions/{session['session_uuid']}"
    return str(httpx2.get(url, headers={"x-api-key": service.api_key}).json()["status"])


def code_of(service: RunningService, typed: str) -> str:
    with Inbox(service.server_url, service.api_key) as inbox:
        return inbox.wait_for_message("+33" + typed.replace(" ", "")[1:]).code


def send(page: Page | FrameLocator, typed: str) -> None:
    page.get_by_label("Phone number").fill(typed)
    page.get_by_role("button", name="Send code").click()
    expect(page.get_by_role("heading", name="Enter the code")).to_be_visible()


def confirm(page: Page | FrameLocator, code: str) -> None:
    page.get_by_label("6-digit code").fill(code)
    page.get_by_role("button", name="Verify").click()
    expect(page.get_by_role("heading", name="Verified")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everybody_can_walk_through_in_light_and_in_dark(
    service: RunningService, watched: Watched, scheme: Any
) -> None:
    page = watched.open(color_scheme=scheme, viewport={"width": 320, "height": 640})

    def look() -> None:
        accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320

    session = opened(service)
    page.goto(session["url"])
    look()
    page.get_by_label("Phone number").fill("12")
    page.get_by_role("button", name="Send code").click()
    field = page.get_by_label("Phone number")
    expect(field).to_be_focused()
    expect(field).to_have_accessible_description(
        "That is not a phone number in France. Example: 06 12 34 56 78"
    )
    look()
    typed = next(NUMBERS)
    send(page, typed)
    expect(page.get_by_label("6-digit code")).to_be_focused()
    look()
    code = code_of(service, typed)
    page.get_by_label("6-digit code").fill(f"{(int(code) + 1) % 10**6:06}")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("That code is not right")
    look()
    confirm(page, code)
    look()
    assert status(service, session) == "verified"


def test_nobody_needs_a_script(service: RunningService, watched: Watched) -> None:
    page = watched.open(java_script_enabled=False)
    session, typed = opened(service), next(NUMBERS)
    page.goto(session["url"])
    send(page, typed)
    page.get_by_role("button", name="Send a new code").click()
    expect(page.get_by_role("alert")).to_contain_text("Please wait")
    page.get_by_role("button", name="Change number").click()
    send(page, typed)
    confirm(page, code_of(service, typed))
    assert status(service, session) == "verified"


def test_the_wait_for_another_code_is_counted_down(service: RunningService, page: Page) -> None:
    page.clock.install()
    page.goto(opened(service)["url"])
    send(page, next(NUMBERS))
    again = page.locator("#again")
    expect(again).to_be_disabled()
    expect(again).to_contain_text("Send a new code in")
    page.clock.fast_forward(31_000)
    expect(again).to_be_enabled()
    expect(again).to_have_text("Send a new code")


def test_a_code_that_the_browser_reads_from_the_message_is_sent_by_itself(
    service: RunningService, page: Page
) -> None:
    session, typed = opened(service), next(NUMBERS)
    page.expose_function("readCode", lambda: code_of(service, typed))
    page.add_init_script(
        "window.OTPCredential = function () {};"
        "navigator.credentials.get = async (wish) => "
        "({ code: wish.otp.transport[0] === 'sms' ? await readCode() : '' });"
    )
    page.goto(session["url"])
    send_button = page.get_by_role("button", name="Send code")
    page.get_by_label("Phone number").fill(typed)
    send_button.click()
    expect(page.get_by_role("heading", name="Verified")).to_be_visible()
    assert status(service, session) == "verified"


def test_a_person_is_taken_back_to_where_they_came_from(
    service: RunningService, shop: str, page: Page
) -> None:
    page.clock.install()
    session = opened(service, return_url=f"{shop}/done?from=here", state="7")
    typed = next(NUMBERS)
    page.goto(session["url"])
    send(page, typed)
    confirm(page, code_of(service, typed))
    page.clock.fast_forward(5_000)
    page.wait_for_url(f"{shop}/done?from=here&session_uuid={session['session_uuid']}&state=7")


def test_the_widget_grows_with_its_page_and_hints_that_it_is_done(
    service: RunningService, shop: str, page: Page
) -> None:
    session, typed = opened(service, origins=[shop]), next(NUMBERS)
    page.goto(f"{shop}/?here&url={session['url']}")
    frame = page.frame_locator("iframe")
    expect(frame.get_by_label("Phone number")).not_to_be_focused()
    send(frame, typed)
    expect(frame.get_by_label("6-digit code")).to_be_focused()
    page.wait_for_function("parseInt(document.querySelector('iframe').style.height) > 100")
    height = page.evaluate("parseInt(document.querySelector('iframe').style.height)")
    content = frame.locator("main").evaluate("element => element.scrollHeight")
    assert height == content
    assert page.evaluate("heard") == []
    confirm(frame, code_of(service, typed))
    page.wait_for_function("heard.length > 0")
    assert page.evaluate("heard") == [["verified", session["session_uuid"]]]
    page.evaluate("widget.close()")
    assert page.evaluate("heard.at(-1)") == ["closed"]
    expect(page.locator("iframe")).to_have_count(0)


def test_the_widget_in_its_dialog_can_be_closed_by_anybody(
    service: RunningService, shop: str, page: Page
) -> None:
    for close in ("button", "escape"):
        page.goto(f"{shop}/?url={opened(service, origins=[shop])['url']}")
        frame = page.frame_locator("dialog iframe")
        expect(frame.get_by_label("Phone number")).to_be_visible()
        accessible(page)
        if close == "button":
            page.get_by_role("button", name="Close").click()
        else:
            page.get_by_role("button", name="Close").press("Escape")
        page.wait_for_function("heard.length > 0")
        assert page.evaluate("heard") == [["closed"]]
        expect(page.locator("dialog")).to_have_count(0)


def test_an_origin_that_the_session_does_not_name_frames_nothing(
    service: RunningService, shop: str, watched: Watched
) -> None:
    page = watched.open()
    page.goto(f"{shop}/?here&url={opened(service, origins=['https://shop.example'])['url']}")
    page.wait_for_function("document.querySelector('iframe')")
    expect(page.frame_locator("iframe").get_by_label("Phone number")).to_have_count(0)
    with page.expect_event("console", lambda message: "frame-ancestors" in message.text):
        page.reload()
    assert all("frame-ancestors" in wrong for wrong in watched.wrongs)
    watched.wrongs.clear()
