"""Every screen in a real browser, light and dark, wide and narrow: nothing is wrong with any."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect
from server.tests.browser.conftest import Visit, Watched, accessible
from server.tests.browser.console import Console

from watchword.edges.console.pages import PAGES

WIDE, NARROW = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
LOOKS: dict[str, dict[str, Any]] = {
    "light": {"color_scheme": "light", "viewport": WIDE},
    "dark": {"color_scheme": "dark", "viewport": WIDE},
    "phone": {"color_scheme": "light", "viewport": NARROW},
}
UNNAMED = """() => [...document.querySelectorAll("input:not([type=hidden]), select, textarea, meter")]
    .filter((one) => !one.labels?.length && !one.ariaLabel).map((one) => one.outerHTML)"""


def look_at(page: Page) -> None:
    accessible(page)
    assert page.evaluate(UNNAMED) == []
    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert wide <= 0, f"{page.url} is {wide} px too wide"


@pytest.mark.parametrize("look", LOOKS)
def test_every_screen_is_whole_and_everybody_can_use_it(
    look: str, visit: Visit, console: Console
) -> None:
    page = visit(**LOOKS[look])
    for name, screen in PAGES.items():
        answer = page.goto(console.address(name))
        assert answer is not None
        assert answer.status == 200, name
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        if screen.group:
            current = page.locator("nav [aria-current=page]")
            expect(current).to_have_text(screen.title)
        look_at(page)


def test_screens_without_anything_to_show_are_as_good(visit: Visit, console: Console) -> None:
    page = visit(**LOOKS["light"])
    for name, screen in PAGES.items():
        if not screen.of_installation and name not in ("authentication", "callback", "reference"):
            page.goto(console.address(name, console.service.customer_uuid))
            look_at(page)


@pytest.mark.parametrize("look", LOOKS)
def test_pages_that_stand_alone_are_as_good(
    look: str, watched: Watched, visit: Visit, console: Console
) -> None:
    page = visit("keys", **LOOKS[look])
    page.get_by_role("button", name="Make a key").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("A key")
    look_at(page)
    page.goto(console.address("nothing"))
    expect(page.get_by_role("heading", level=1)).to_have_text("There is no such page.")
    look_at(page)
    stranger = watched.open(**LOOKS[look])
    stranger.goto(f"{console.service.url}/")
    expect(stranger.get_by_role("heading", level=1)).to_have_text("Sign in")
    look_at(stranger)
    watched.excuse("404")


def test_the_menu_can_be_skipped(visit: Visit) -> None:
    page = visit()
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_a_theme_that_is_chosen_stays(visit: Visit) -> None:
    ground = "getComputedStyle(document.body).backgroundColor"
    colours = []
    for scheme, other in (("light", "dark"), ("dark", "light")):
        page = visit(color_scheme=scheme)
        colours.append(page.evaluate(ground))
        page.get_by_role("button", name=f"Switch to {other}").click()
        expect(page.get_by_role("button", name=f"Switch to {scheme}")).to_be_visible()
        colours.append(page.evaluate(ground))
        page.reload()
        assert page.evaluate(ground) == colours[-1]
    light, dark, dark_again, light_again = colours
    assert light == light_again != dark == dark_again


def test_hands_stay_on_the_keyboard(visit: Visit, console: Console) -> None:
    page = visit("start", project=console.service.customer_uuid)
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("/")
    expect(page.get_by_role("searchbox")).to_have_value("/")
    curl, python = page.get_by_role("tab", name="curl"), page.get_by_role("tab", name="Python")
    curl.focus()
    page.keyboard.press("ArrowRight")
    expect(python).to_be_focused()
    expect(python).to_have_attribute("aria-selected", "true")
    expect(page.get_by_text("from watchword_client import Ding")).to_be_visible()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_role("tab", name="TypeScript")).to_be_focused()
    expect(page.get_by_text("from watchword_client import Ding")).to_be_hidden()


def test_times_are_those_of_the_reader(visit: Visit) -> None:
    page = visit("authentication", timezone_id="Asia/Kolkata")
    began = page.locator("time").first
    local = page.evaluate(
        """at => new Date(at).toLocaleString(
            'en-GB', {timeZone: 'Asia/Kolkata', hour: '2-digit', minute: '2-digit'})""",
        began.get_attribute("datetime"),
    )
    assert local in began.inner_text()


def test_what_is_copied_is_on_the_clipboard(visit: Visit, console: Console) -> None:
    page = visit("authentication")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    button = page.get_by_role("button", name="Copy the UUID")
    button.click()
    expect(button).to_have_text("Copied")
    button.click()
    assert page.evaluate("navigator.clipboard.readText()") == str(console.authentication)
    expect(page.locator("#said")).to_have_text("Copied")
    expect(button).to_have_text("Copy")


def test_a_live_page_takes_nothing_out_of_a_readers_hands(visit: Visit, console: Console) -> None:
    page = visit()
    page.get_by_text("As a table").click()
    expect(page.get_by_role("region", name="Volume and conversion as a table")).to_be_visible()
    link = page.locator("tbody#rows a").first
    address = link.get_attribute("href")
    link.focus()
    rows = page.locator("tbody#rows tr")
    newest = rows.first.get_attribute("id")
    other = page.context.new_page()
    other.goto(console.address("start"))
    other.get_by_role("button", name="Send").click()
    expect(other.locator(".notice")).to_contain_text("sending: pending")
    page.bring_to_front()
    expect(rows.first).not_to_have_id(newest or "")
    expect(rows.nth(1)).to_have_id(newest or "")
    expect(page.get_by_role("region", name="Volume and conversion as a table")).to_be_visible()
    expect(page.locator(f"tbody#rows a[href='{address}']")).to_be_focused()
    page.get_by_role("button", name="Pause").click()
    expect(page.locator("[data-live-state]")).to_contain_text("paused")


def test_pages_read_and_work_without_javascript(visit: Visit, console: Console) -> None:
    page = visit("lists", java_script_enabled=False)
    page.get_by_label("Value").fill("+99890")
    page.get_by_label("What").select_option("prefix")
    page.get_by_role("button", name="Add").click()
    expect(page.locator(".notice")).to_contain_text("The prefix is blocked now.")
    expect(page.get_by_role("cell", name="+99890", exact=True)).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".notice")).to_contain_text("Taken back")
    expect(page.get_by_role("cell", name="+99890", exact=True)).to_have_count(0)
    page.goto(console.address("overview"))
    expect(page.get_by_text("UTC").first).to_be_visible()
    expect(page.get_by_role("button", name="Copy code")).to_have_count(0)
    page.get_by_label("Project").select_option("all")
    page.get_by_role("button", name="Go").click()
    expect(page).to_have_url(f"{console.service.url}/console/all/overview")
    page.goto(console.address("templates"))
    page.get_by_label("Text").fill("{code} for {app}")
    page.get_by_role("button", name="Preview").click()
    expect(page.locator("#preview")).to_contain_text("048213 for Sample Shop")
    page.goto(console.address("start", console.service.customer_uuid))
    expect(page.get_by_text("from watchword_client import Ding")).to_be_visible()
