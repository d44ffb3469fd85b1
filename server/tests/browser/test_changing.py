"""What an owner changes by the forms of the console, and what the console then shows."""

import http.server
import threading
from collections.abc import Iterator

import httpx2
import pytest
from msgspec.structs import replace
from playwright.sync_api import Page, expect
from server.tests.browser.conftest import Visit, accessible
from server.tests.browser.console import NUMBER, Console

from watchword.domain.channel import Channel
from watchword.domain.project import Mode
from watchword.domain.routing.route import Route


def says(page: Page, words: str) -> None:
    expect(page.locator(".notice")).to_contain_text(words)


def press(page: Page, name: str, words: str) -> None:
    """Press a button and read what the next page says of it."""
    page.get_by_role("button", name=name, exact=True).click()
    says(page, words)


def test_a_template_is_counted_while_it_is_written_and_kept(visit: Visit) -> None:
    page = visit("templates")
    text, preview = page.get_by_label("Text"), page.locator("#preview")
    text.fill("{code} for {app}")
    expect(preview).to_contain_text("GSM-7")
    expect(preview).to_contain_text("048213 for Sample Shop")
    expect(preview).to_contain_text("1 message billed")
    text.fill("{code} 🎉 " + "long " * 20)
    expect(preview).to_contain_text("UCS-2")
    expect(preview).to_contain_text("2 messages")
    text.fill("no place for it")
    expect(preview).to_contain_text("the text has no {code}")
    page.get_by_role("button", name="Keep").click()
    assert text.evaluate("field => field.validationMessage") == "the text has no {code}"
    text.fill("{code} opens {app}")
    expect(preview).to_contain_text("opens Sample Shop")
    press(page, "Keep", "The template is kept.")
    expect(page.get_by_role("rowheader", name="welcome")).to_be_visible()
    press(page, "Remove welcome en", "The template is gone.")
    press(page, "Undo", "Taken back")
    expect(page.get_by_role("rowheader", name="welcome")).to_be_visible()


def test_a_route_is_added_tried_dry_and_moved(visit: Visit) -> None:
    page = visit("routes")
    form, order = page.locator("form#edit"), page.locator("table tbody th")
    for name, channel in (("quick-text", "sms"), ("slow-post", "email")):
        form.get_by_label("Name").fill(name)
        form.get_by_label("Account").first.select_option("sandbox")
        form.get_by_label("Channel").select_option(channel)
        form.get_by_label("Numbers that begin with").fill("+33")
        form.get_by_label("Price of a message").fill("0.05")
        press(page, "Add the route", f"{name} is a route now.")
    expect(order).to_have_text(["quick-text", "slow-post"])
    page.get_by_label("Number", exact=True).fill(NUMBER)
    page.get_by_role("button", name="Which route?").click()
    plan = page.locator(".plan li")
    expect(plan.nth(0)).to_contain_text("quick-text")
    expect(plan.nth(0).locator(".place")).to_have_text("1")
    expect(plan.nth(1)).to_contain_text("no email address is known")
    press(page, "Move slow-post up", "slow-post has moved.")
    expect(order).to_have_text(["slow-post", "quick-text"])
    press(page, "Remove slow-post", "slow-post is gone.")
    press(page, "Undo", "Taken back")
    expect(order).to_have_text(["slow-post", "quick-text"])
    page.get_by_label("A route is chosen by").select_option("price")
    says(page, "Routing is price.")


def test_a_provider_account_is_added_paused_and_removed(visit: Visit) -> None:
    page = visit("providers")
    page.get_by_label("Kind").select_option("smtp")
    page.wait_for_url("**kind=smtp")
    page.get_by_label("Name of the account").fill("post")
    page.get_by_label("host").fill("127.0.0.1")
    page.get_by_label("port").fill("9")
    page.get_by_label("username").fill("mailer")
    page.get_by_label("password").first.fill("a-secret-of-the-post")
    page.get_by_label("sender").first.fill("codes@shop.example")
    press(page, "Keep it, sealed", "post is kept; its credentials are sealed.")
    assert "a-secret-of-the-post" not in page.content()
    card = page.locator(".account", has=page.get_by_role("heading", name="post", exact=True))
    expect(card).to_contain_text("no traffic")
    card.get_by_role("button", name="Test", exact=True).click()
    expect(page.locator(".notice.bad")).to_contain_text("post")
    card.get_by_role("button", name="Pause").click()
    says(page, "Nothing is sent over post.")
    expect(card).to_contain_text("paused")
    press(page, "Undo", "post is in use again.")
    card.get_by_role("button", name="Pause").click()
    card.get_by_role("button", name="Resume").click()
    says(page, "post is in use again.")
    press(page, "Remove post", "post and its credentials are gone.")
    expect(card).to_have_count(0)


@pytest.fixture
def told() -> Iterator[tuple[str, list[bytes]]]:
    """The address of a caller's server, and what was posted to it."""
    heard: list[bytes] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            heard.append(self.rfile.read(int(self.headers["content-length"])))
            self.send_response(200)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/hooks", heard
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_callback_is_posted_again(
    visit: Visit, console: Console, told: tuple[str, list[bytes]]
) -> None:
    service, (url, heard) = console.service, told
    page = visit("callbacks", project=service.customer_uuid)
    httpx2.post(
        f"{service.server_url}/authentication",
        json={
            "customer_uuid": service.customer_uuid,
            "phone_number": "+33611223355",
            "callback_url": url,
        },
        headers={"x-api-key": service.api_key},
    )
    row = page.locator("tr", has_text=url).last  # it slides in
    expect(row).to_contain_text("delivered")
    row.get_by_role("link", name=url).click()
    tries = page.locator("#tries > li")
    expect(tries).to_have_count(1)
    expect(tries.first).to_contain_text("200")
    expect(page.get_by_label("request", exact=True)).to_contain_text("+336******55")
    first = tries.first.locator("time").get_attribute("datetime") or ""
    page.get_by_role("button", name="Post again").click()
    expect(tries.first.locator("time")).not_to_have_attribute("datetime", first)
    assert len(heard) > len(set(heard))  # the very same once more
    page.get_by_role("link", name="Callbacks", exact=True).last.click()
    page.get_by_label("All that failed in the last").select_option("1h")
    page.get_by_role("button", name="Post again").click()
    says(page, "No callback had failed.")


def test_budgets_are_set_and_filled(visit: Visit, console: Console) -> None:
    page = visit("budgets")
    page.get_by_label("A day in all").fill("25000000")
    press(page, "Keep", "The settings are kept.")
    expect(page.get_by_role("cell", name="all countries")).to_be_visible()
    expect(page.get_by_role("cell", name="€25.00")).to_be_visible()
    accessible(page)
    press(page, "Undo", "Taken back")
    expect(page.get_by_role("cell", name="€25.00")).to_have_count(0)
    page.get_by_label("Amount in EUR").fill("12.50")
    press(page, "Add to the balance", "The balance is 12.5")
    expect(page.locator(".value")).to_have_text("€12.50")


def test_a_project_is_made_switched_and_suspended(visit: Visit) -> None:
    page = visit("projects")
    page.get_by_label("Name").fill("shop")
    page.get_by_role("button", name="Make a project").click()
    page.get_by_role("link", name="shop", exact=True).click()
    expect(page.get_by_label("Project")).to_contain_text("shop · sandbox")
    page.get_by_role("link", name="Settings").click()
    press(page, "Switch to live", "Messages leave this machine now.")
    press(page, "Undo", "It is a sandbox now.")
    press(page, "Suspend", "shop is suspended.")
    expect(page.locator(".tag", has_text="suspended")).to_be_visible()
    press(page, "Resume", "shop sends again.")
    page.get_by_label("Name of the app").fill("Harbour & Sons")
    page.get_by_label("Digits of a code").fill("7")
    press(page, "Keep the settings", "The settings are kept.")
    expect(page.get_by_label("Name of the app")).to_have_value("Harbour & Sons")
    page.get_by_role("link", name="Get started").click()
    page.get_by_role("button", name="Send").click()
    words = page.locator(".phone .words")
    expect(words).to_contain_text("Harbour & Sons")
    expect(words.locator("b")).to_have_text("".join(words.locator("b").inner_text()[:7]))
    assert len(words.locator("b").inner_text()) == 7


def test_a_test_is_sent_over_one_account_and_its_story_told(visit: Visit, console: Console) -> None:
    manage, service = console.service.watchword, console.service
    credentials = {
        "account_sid": "AC" + "0" * 32,
        "auth_token": "b" * 32,
        "base_url": "http://127.0.0.1:1",
    }
    service.run(manage.manage_provider_accounts.put("aside", "twilio", credentials))
    page = visit("providers")
    card = page.locator(".account", has_text="aside")
    card.get_by_text("Send a test").click()
    card.get_by_label("A phone of yours").fill(NUMBER)
    card.get_by_role("button", name="Send", exact=True).click()
    says(page, "no live project has a route over 'aside'")
    route = Route(name="side", account="aside", channel=Channel.SMS)
    project = service.run(manage.manage_projects.create("tested", Mode.LIVE))
    settings = replace(project.settings, routes=(route,))
    service.run(manage.manage_projects.change(project, settings=settings))
    service.run(manage.directory.refresh())
    service.run(manage.accounts.refresh())
    card.get_by_text("Send a test").click()
    card.get_by_label("A phone of yours").fill(NUMBER)
    card.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator("#timeline")).to_contain_text("side: ")
    expect(page.get_by_text("test of aside").first).to_be_visible()
    service.run(manage.manage_projects.change(project, settings=project.settings))
    service.run(manage.manage_provider_accounts.remove("aside"))


def test_a_project_is_removed_by_whoever_types_its_name(visit: Visit) -> None:
    page = visit("projects")
    name = "a.b (c) \\d"
    page.get_by_label("Name").fill(name)
    page.get_by_role("button", name="Make a project").click()
    page.get_by_role("link", name=name, exact=True).click()
    page.get_by_role("link", name="Settings").click()
    page.get_by_label("Type").fill("axb (c) \\d")
    page.get_by_role("button", name="Remove").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Settings")
    page.get_by_label("Type").fill(name)
    press(page, "Remove", f"{name} is removed, 1 rows with it.")
    expect(page.get_by_role("link", name=name, exact=True)).to_have_count(0)


def test_the_secret_of_callbacks_is_shown_to_who_may_and_written_down(
    visit: Visit, console: Console
) -> None:
    page = visit("callbacks", project=console.service.customer_uuid)
    page.get_by_role("button", name="Show what callbacks are signed with").click()
    expect(page.get_by_label("secret", exact=True)).to_contain_text("whsec_")
    page.get_by_role("link", name="Back").click()
    page.goto(console.address("audit"))
    expect(page.get_by_role("row").nth(1)).to_contain_text("project.secret_revealed")


def test_a_key_is_shown_once_and_refused_when_it_is_revoked(visit: Visit, console: Console) -> None:
    service = console.service
    page = visit("keys", project=service.customer_uuid)
    page.get_by_label("Name of the new key").fill("backend")
    page.get_by_label("lookup").uncheck()
    page.get_by_role("button", name="Make a key").click()
    secret = page.get_by_label("secret", exact=True).inner_text()
    page.get_by_role("link", name="Back").click()
    assert secret not in page.content()
    row = page.get_by_role("row", name="backend")
    expect(row).to_contain_text("otp, inbox")
    expect(row).to_contain_text("never")
    look_up = f"{service.server_url}/lookup/{NUMBER}"
    headers = {"x-api-key": secret, "customer-uuid": service.customer_uuid}
    assert httpx2.get(look_up, headers=headers).status_code == 403
    row.get_by_role("button", name="Revoke").click()
    says(page, "is refused everywhere within a second")
    expect(row).to_contain_text("revoked")
    expect(row.get_by_role("button")).to_have_count(0)


def test_people_are_added_locked_out_and_let_in_again(visit: Visit, console: Console) -> None:
    page = visit("operators")
    page.get_by_label("Name", exact=True).fill("Barbara")
    page.get_by_role("button", name="Add, with a sign-in link").click()
    expect(page.get_by_label("link", exact=True)).to_contain_text("/in/")
    page.get_by_role("link", name="Back").click()
    row = page.get_by_role("row", name="Barbara")
    expect(row).to_contain_text("viewer in all")
    theirs = visit("me", who="Barbara")
    row.get_by_role("button", name="Lock Barbara out").click()
    says(page, "Barbara is locked out.")
    theirs.reload()
    expect(theirs.get_by_role("heading", level=1)).to_have_text("Sign in")
    press(page, "Undo", "Barbara may sign in.")
    theirs.goto(console.link("Barbara"))
    expect(theirs.get_by_role("heading", level=1)).to_have_text("Overview")
