"""A browser that tells on the pages it shows: an error, a broken policy, a request to the world."""

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import (  # type: ignore[import-untyped] # it has none
    Axe,
)
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, expect
from playwright.sync_api import sync_playwright as playwright
from server.tests.browser.console import Console

from watchword.domain.operator import Role
from watchword.testing import running_service

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
HERE = ("127.0.0.1", "localhost")
TELL = (
    "addEventListener('securitypolicyviolation', (broken) => console.error("
    "'Content Security Policy', broken.effectiveDirective, broken.blockedURI));"
)


class Watched:
    """Opens pages, and remembers all that none of them may do."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._contexts: list[BrowserContext] = []
        self._excused: list[str] = []
        self.wrongs: list[str] = []

    def open(self, **options: Any) -> Page:
        """A page in a profile of its own; the options are those of a browser context."""
        context = self._browser.new_context(**options)
        context.set_default_timeout(15_000)
        context.add_init_script(TELL)
        self._contexts.append(context)
        context.on("request", self._on_request)
        context.on("console", self._on_console)
        context.on("weberror", lambda error: self.wrongs.append(f"thrown: {error.error}"))
        return context.new_page()

    def excuse(self, *words: str) -> None:
        """Forgive what a test means to happen: wrongs that hold one of these words."""
        self._excused += words

    def close(self) -> None:
        for context in self._contexts:
            context.close()
        self.wrongs[:] = [
            one for one in self.wrongs if not any(word in one for word in self._excused)
        ]

    def _on_request(self, request: Request) -> None:
        url = urlsplit(request.url)
        if url.scheme in ("http", "https", "ws", "wss") and url.hostname not in HERE:
            self.wrongs.append(f"asked the world: {request.url}")

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type == "error" or "Content Security Policy" in message.text:
            self.wrongs.append(f"console: {message.text}")


def accessible(page: Page) -> None:
    """Fail where axe finds anything on a page."""
    found = Axe().run(page)
    assert found.violations_count == 0, f"{page.url}\n{found.generate_report()}"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Of a module: while it is open, the thread counts as inside a loop, which stops async tests."""
    with playwright() as driver:
        launched = driver.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield launched
        launched.close()


@pytest.fixture
def watched(browser: Browser) -> Iterator[Watched]:
    made = Watched(browser)
    yield made
    made.close()
    assert made.wrongs == []


@pytest.fixture
def page(watched: Watched) -> Page:
    return watched.open(locale="en-GB")


@pytest.fixture(scope="module")
def console() -> Iterator[Console]:
    with running_service(log_level="error") as service:
        yield Console(service)


Visit = Callable[..., Page]


@pytest.fixture
def visit(watched: Watched, console: Console) -> Visit:
    """Opens a screen in a fresh profile of somebody who just signed in by a link."""

    def open_one(
        name: str = "overview",
        who: str = "owner",
        role: Role = Role.OWNER,
        project: object = None,
        **options: Any,
    ) -> Page:
        page = watched.open(**{"locale": "en-GB", **options})
        page.goto(console.link(who, role))
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        page.goto(console.address(name, project))
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        return page

    return open_one
