"""Who gets in and what they may do: links, passwords, one-time codes, roles, and other people's sites."""

from collections.abc import Iterator

import pyotp
import pytest
from playwright.sync_api import Page, expect
from server.tests.browser.conftest import Visit, Watched, accessible
from server.tests.browser.console import Console
from server.tests.browser.site import site

from watchword.domain.operator import Role
from watchword.domain.project import Project
from watchword.edges.console.pages import PAGES
from watchword.edges.management.table import OPERATIONS

PASSWORD = "correct horse battery staple"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
FORGED = (
    '<!doctype html><html lang="en"><link rel="icon" href="data:,"><title>Win</title><form method="post" '
    'action="%s/console/all/do/create_project"><input name="name" value="forged">'
    "<button>Win a prize</button></form></html>"
)


def sign_in(page: Page, console: Console, name: str, password: str, code: str = "") -> None:
    page.goto(f"{console.service.url}/console/sign-in")
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(password)
    page.get_by_label("Code of your app").fill(code)
    page.get_by_role("button", name="Sign in").click()


def set_password(page: Page, console: Console) -> None:
    page.goto(console.address("me"))
    page.get_by_label("New password").fill(PASSWORD)
    page.get_by_role("button", name="Set the password").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")


def test_a_link_signs_in_once_and_a_session_ends(watched: Watched, console: Console) -> None:
    link = console.link()
    first, second = watched.open(), watched.open()
    first.goto(link)
    expect(first).to_have_url(f"{console.service.url}/console/all/overview")
    second.goto(link, wait_until="commit")
    expect(second.get_by_role("alert")).to_contain_text("has been used")
    (session,) = first.context.cookies()
    first.get_by_role("button", name="Sign out").click()
    expect(first.get_by_role("heading", level=1)).to_have_text("Sign in")
    first.context.add_cookies(
        [{"name": session["name"], "value": session["value"], "url": console.service.url}]
    )
    first.goto(console.address("overview"))
    expect(first.get_by_role("heading", level=1)).to_have_text("Sign in")
    watched.excuse("403")


def test_a_password_and_a_one_time_code_are_set_up_and_asked_for(
    watched: Watched, visit: Visit, console: Console
) -> None:
    page = visit("me", who="Ada")
    set_password(page, console)
    expect(page.get_by_role("status")).to_contain_text("The password is set; sign in with it.")
    sign_in(page, console, "Ada", PASSWORD)
    expect(page.get_by_role("heading", level=1)).to_have_text("Overview")

    page.goto(console.address("me"))
    page.get_by_role("button", name="Set it up").click()
    picture = page.get_by_role("img", name="QR code of the secret below")
    expect(picture).to_be_visible()
    assert picture.evaluate("(image) => image.naturalWidth") > 100
    accessible(page)
    app = pyotp.TOTP(page.get_by_label("secret", exact=True).inner_text())
    page.get_by_label("Code of the app").fill("12345x")
    page.get_by_role("button", name="Use it").click()
    expect(page.get_by_role("alert")).to_contain_text("this code is not right")
    page.get_by_role("button", name="Set it up").click()
    app = pyotp.TOTP(page.get_by_label("secret", exact=True).inner_text())
    page.get_by_label("Code of the app").fill(app.now())
    page.get_by_role("button", name="Use it").click()
    expect(page.locator(".notice")).to_contain_text("asks for a one-time code from now on")

    stranger = watched.open()
    sign_in(stranger, console, "Ada", PASSWORD)
    expect(stranger.get_by_role("alert")).to_contain_text("the code that your authenticator app")
    expect(stranger.get_by_label("Name")).to_have_value("Ada")
    coming = console.service.watchword.manage_projects.clock.now() // 1000 + 30
    sign_in(stranger, console, "Ada", PASSWORD, app.at(coming))
    expect(stranger.get_by_role("heading", level=1)).to_have_text("Overview")
    thief = watched.open()
    sign_in(thief, console, "Ada", PASSWORD, app.at(coming))  # a code counts once
    expect(thief.get_by_role("alert")).to_contain_text("do not go together")
    watched.excuse("403")

    page.goto(console.address("me"))
    page.get_by_role("button", name="Stop using it").click()
    expect(page.locator(".notice")).to_contain_text("no one-time code any more")


def test_five_failures_lock_a_name(watched: Watched, visit: Visit, console: Console) -> None:
    set_password(visit("me", who="Grace"), console)
    page = watched.open()
    for _ in range(4):
        sign_in(page, console, "Grace", "not the password")
        expect(page.get_by_role("alert")).to_contain_text("do not go together")
    sign_in(page, console, "Grace", "not the password")
    expect(page.get_by_role("alert")).to_contain_text("a quarter of an hour")
    sign_in(page, console, "Grace", PASSWORD)
    expect(page.get_by_role("alert")).to_contain_text("a quarter of an hour")
    watched.excuse("403", "429")


def test_a_viewer_sees_nothing_to_press_and_what_they_forge_is_refused(
    watched: Watched, visit: Visit, console: Console
) -> None:
    page = visit(who="Linus", role=Role.VIEWER)
    for name in PAGES.keys() - {"me"}:
        answer = page.goto(console.address(name))
        assert answer is not None
        theirs = OPERATIONS[PAGES[name].operation].role is Role.VIEWER
        assert answer.status == (200 if theirs else 403), name
        pressable = page.locator("form[action*='/do/']:has(button:visible:not([formaction]))")
        for action in pressable.evaluate_all("forms => forms.map(form => form.action)"):
            assert OPERATIONS[action.rpartition("/")[2]].role is Role.VIEWER, (name, action)
    page.goto(console.address("projects"))
    page.evaluate(
        """(action) => {
            const form = document.createElement("form");
            Object.assign(form, { action, method: "post" });
            document.body.append(form);
            form.submit();
        }""",
        f"/console/{console.project.id}/do/suspend_project",
    )
    expect(page.locator(".notice")).to_contain_text("this needs the role owner in sample")
    assert not [one for one in projects(console) if one.suspended]
    watched.excuse("403")


def projects(console: Console) -> list[Project]:
    return [*console.service.run(console.service.watchword.manage_projects.list())]


@pytest.fixture
def elsewhere(console: Console) -> Iterator[str]:
    """A page of another site, with a form for the console."""

    with site(lambda _: FORGED % console.service.url) as port:
        yield f":{port}/"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_form_of_another_site_changes_nothing(
    host: str, watched: Watched, visit: Visit, console: Console, elsewhere: str
) -> None:
    page = visit()
    before = projects(console)
    page.goto(f"http://{host}{elsewhere}")  # another port is the same site, another name is not
    page.get_by_role("button", name="Win a prize").click()
    expect(page).to_have_url(f"{console.service.url}/console/all/do/create_project")
    expect(page.get_by_text("A browser sent this for another site.")).to_be_visible()
    assert projects(console) == before
    watched.excuse("403", "404")  # plain words, for which the browser wants an icon


def test_pages_and_cookies_are_guarded(visit: Visit, console: Console) -> None:
    page = visit()
    answer = page.goto(console.address("overview"))
    assert answer is not None
    assert answer.headers["content-security-policy"] == POLICY
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    (session,) = page.context.cookies()
    assert (session["httpOnly"], session["secure"], session["sameSite"]) == (True, True, "Lax")
    assert page.evaluate("document.cookie") == ""
