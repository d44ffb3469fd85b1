"""The pictures of the README and the docs: WATCHWORD_PICTURES=1 makes them anew."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import expect
from server.tests.browser.conftest import Watched
from server.tests.browser.console import Console
from server.tests.browser.pictures import LARGEST, PICTURES, SCENES, picture

from watchword.testing import running_service

ANEW = "WATCHWORD_PICTURES" in os.environ


def test_pictures_show_what_the_console_looks_like(watched: Watched, tmp_path: Path) -> None:
    folder = PICTURES if ANEW else tmp_path
    names = SCENES if ANEW else ["mobile"]
    with running_service(log_level="error") as service:
        console = Console(service, **({"days": 30, "a_day": 200} if ANEW else {}))
        for name in names:
            scene = SCENES[name]
            page = watched.open(color_scheme=scene.scheme, viewport=scene.viewport, locale="en-GB")
            page.goto(console.link())
            page.goto(console.address(scene.page))
            expect(page.get_by_role("heading", level=1)).to_be_visible()
            expect(page.locator("time").first).not_to_contain_text("UTC")
            made = picture(page)
            assert 10_000 < len(made) < LARGEST, name
            (folder / f"{name}.png").write_bytes(made)


@pytest.mark.parametrize("name", SCENES)
def test_every_picture_is_there(name: str) -> None:
    assert (PICTURES / f"{name}.png").stat().st_size < LARGEST
