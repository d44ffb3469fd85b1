"""Every Python example of the documentation runs, against a server that keeps the contract."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from client.tests.conftest import StubServer

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "docs" / "reference" / "python-sdk.md"
README = ROOT / "client" / "README.md"
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(page: Path) -> list[object]:
    """The examples of a page, each with the line it begins on."""
    text = page.read_text()
    return [
        pytest.param(page, match[1], id=f"{page.name}:{text.count(chr(10), 0, match.start()) + 1}")
        for match in BLOCK.finditer(text)
    ]


@pytest.mark.parametrize(("page", "block"), [*blocks(REFERENCE), *blocks(README)])
def test_an_example_runs(stub: StubServer, page: Path, block: str) -> None:
    namespace: dict[str, object] = {"__name__": "example"}
    exec(compile(block, str(page), "exec"), namespace)  # the examples are ours
    assert "watchword_client" in block


@pytest.mark.parametrize(
    "call",
    ["check", "create_authentication", "feedback", "get_authentication_status", "retry"],
)
def test_every_call_is_shown_as_a_method_and_as_a_function(call: str) -> None:
    text = "".join(BLOCK.findall(REFERENCE.read_text()))
    assert f"ding.otp.{call}(" in text
    assert re.search(rf"otp_{call}\(\s*core", text)


def test_looking_up_is_shown_as_a_method_and_as_a_function() -> None:
    text = "".join(BLOCK.findall(REFERENCE.read_text()))
    assert "ding.lookup.lookup(" in text
    assert "lookup_lookup(core" in text


def test_the_quick_start_has_six_lines() -> None:
    (example,) = BLOCK.findall(README.read_text())
    assert len([line for line in example.splitlines() if line.strip()]) == 6
