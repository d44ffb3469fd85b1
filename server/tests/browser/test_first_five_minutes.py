"""From `watchword dev` to a verified code in the console, as somebody does it who has never seen it."""

import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from playwright.sync_api import expect
from server.tests.browser.conftest import Watched, accessible


@pytest.fixture
def dev(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "watchword", "dev", "--port", "0", "--data-dir", str(tmp_path)]
    kept = {name: text for name, text in os.environ.items() if not name.startswith("WATCHWORD_")}
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**kept, "PYTHONUNBUFFERED": "1", "NO_COLOR": "1"},
        cwd=tmp_path,
    )
    yield process
    process.kill()
    process.wait()
    assert process.stdout is not None
    process.stdout.close()


def link_in_banner(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    said = ""
    for line in process.stdout:
        said += line
        if "Ctrl-C" in line:
            break
    return str(re.findall(r"http://127\.0\.0\.1:\d+/in/\S+", said)[0])


def pasted(line: str) -> dict[str, Any]:
    """What comes of a curl line of the page, pasted into a shell, or done alike where none has curl."""
    if shutil.which("curl"):
        run = subprocess.run(["/bin/sh", "-c", line], capture_output=True, text=True, check=True)
        return dict(json.loads(run.stdout))
    words = shlex.split(line.replace("\\\n", " "))
    headers = dict(word.split(": ", 1) for word in words if re.match(r"^[\w-]+: ", word))
    body = words[words.index("-d") + 1]
    return dict(httpx2.post(words[1], content=body, headers=headers).json())


def test_from_the_first_command_to_a_verified_code(
    dev: subprocess.Popen[str], watched: Watched
) -> None:
    link = link_in_banner(dev)
    page = watched.open(locale="en-GB", color_scheme="light")
    page.goto(link)
    expect(page.get_by_role("heading", level=1)).to_have_text("Get started")
    accessible(page)
    ticks, bubbles = page.locator(".tick.done"), page.locator(".phone .bubble")
    expect(ticks).to_have_count(0)

    watching = page.context.new_page()
    watching.goto(page.url)
    watching.evaluate("window.loaded = 'once'")
    page.bring_to_front()
    page.get_by_role("button", name="Send").click()
    expect(bubbles).to_have_count(1)
    expect(ticks).to_have_count(2)
    code = bubbles.locator("b").inner_text()
    field, check = page.get_by_label("Code", exact=True), page.get_by_role("button", name="Check")
    field.fill("000000" if code != "000000" else "111111")
    check.click()
    expect(page.locator(".notice")).to_contain_text("invalid")
    expect(ticks).to_have_count(2)
    field.fill(code)
    check.click()
    expect(page.locator(".notice")).to_contain_text("valid")
    expect(ticks).to_have_count(3)

    # From your code: the curl of the page, with its real key.
    page.evaluate("window.loaded = 'once'")
    answer = pasted(page.locator("[data-panel=curl] code").inner_text())
    assert answer["status"] == "pending"
    expect(bubbles).to_have_count(2, timeout=3_000)
    for tab in (page, watching):
        tab.bring_to_front()
        expect(tab.locator(".phone .bubble")).to_have_count(2)
        expect(tab.locator(".phone .bubble.fresh").first).to_be_visible()
        assert tab.evaluate("window.loaded") == "once"  # it slid in; nothing was loaded anew
    accessible(page)

    page.get_by_role("link", name="See the timeline").click()
    events = page.locator("#timeline h3")
    expect(events.first).to_have_text("screened: allow")
    told = events.all_inner_texts()
    order = ["screened: allow", "attempt 1: pending", "attempt 1: delivered"]
    order += ["check: invalid", "check: valid"]
    assert [words for words in told if words in order] == order
    accessible(page)

    # Live streams are open in two tabs, and Ctrl-C ends the process all the same.
    for tab in (watching, page):
        tab.bring_to_front()
    page.goto(link.partition("/in/")[0] + "/console/")
    expect(page.locator("[data-live-state]")).to_contain_text("live")
    dev.send_signal(signal.SIGINT)
    assert dev.wait(timeout=20) == 0
    watched.excuse("ERR_")
    expect(page.locator("[data-live-state]")).to_contain_text("paused")
