"""The pictures of the README and the docs, made here: WATCHWORD_PICTURES=1 writes them anew."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import expect
from server.tests.browser.conftest import Watched
from server.tests.browser.console import Console

from watchword.testing import running_service

PICTURES = Path(__file__).parents[3] / "docs" / "pictures"
WIDE, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
SCENES = {
    "overview-light": ("overview", "light", WIDE),
    "overview-dark": ("overview", "dark", WIDE),
    "start": ("start", "light", WIDE),
    "authentication": ("authentication", "light", WIDE),
    "fraud": ("fraud", "dark", WIDE),
    "overview-phone": ("overview", "light", PHONE),
}
LARGEST = 250_000
"""Bytes of a picture in a repository."""


def test_pictures_show_what_the_console_looks_like(watched: Watched, tmp_path: Path) -> None:
    folder = PICTURES if os.environ.get("WATCHWORD_PICTURES") else tmp_path
    days, a_day = (30, 200) if folder is PICTURES else (2, 30)
    with running_service(log_level="error") as service:
        console = Console(service, days=days, a_day=a_day)
        for name, (page_name, scheme, viewport) in SCENES.items():
            page = watched.open(color_scheme=scheme, viewport=viewport, locale="en-GB")
            page.goto(console.link())
            page.goto(console.address(page_name))
            expect(page.get_by_role("heading", level=1)).to_be_visible()
            file = folder / f"{name}.png"
            file.parent.mkdir(exist_ok=True)
            page.screenshot(path=file)
            assert 10_000 < file.stat().st_size < LARGEST, name


@pytest.mark.parametrize("name", SCENES)
def test_every_picture_is_there(name: str) -> None:
    assert (PICTURES / f"{name}.png").stat().st_size < LARGEST
