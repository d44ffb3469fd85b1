"""No log line, in either format, holds a code's key, an API key or a whole phone number."""

import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from watchword.adapters.logging import configure_logging

NUMBERS = (
    "+33612345678",
    "+12125550100",
    "+491511234567890",
    "+29021234",
    "+441234567",
    "+6834002",
)
KEYS = ("ww_live_" + "a1B2" * 10, "ww_test_" + "Z9" * 24, "whsec_QUJD+/ab==")


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    access = logging.getLogger("uvicorn.access").disabled
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.getLogger("uvicorn.access").disabled = access
    structlog.reset_defaults()


def lose(secret: str) -> None:
    local = f"a local variable with {secret}"
    raise ValueError(f"{secret} in an exception") from KeyError(local)


@pytest.mark.parametrize("as_json", [True, False])
@pytest.mark.parametrize("secret", [*NUMBERS, *KEYS])
def test_a_secret_is_masked_wherever_in_a_line_it_stands(
    capsys: pytest.CaptureFixture[str], as_json: bool, secret: str
) -> None:
    configure_logging(level="debug", as_json=as_json)
    ours, theirs = structlog.get_logger("ours"), logging.getLogger("theirs")
    ours.info(f"sent to {secret}.", number=secret, listed=[secret], named={"to": (secret, 1)})
    theirs.warning("called %s", secret)
    try:
        lose(secret)
    except ValueError:
        ours.exception("failed")
        theirs.exception("failed")
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("in an exception") >= 2
    assert "sent to" in err
    assert secret not in err


@pytest.mark.parametrize("as_json", [True, False])
def test_what_is_no_secret_is_left_as_it_is(
    capsys: pytest.CaptureFixture[str], as_json: bool
) -> None:
    configure_logging(level="info", as_json=as_json)
    text = "answered in 12 ms, 1+1=2, id 01977420-dc00-7000-8000-000000000003, +12 +3361"
    structlog.get_logger("ours").info(text)
    assert text in capsys.readouterr().err


def test_a_json_line_is_json_with_level_and_time(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging(level="info", as_json=True)
    structlog.get_logger("ours").warning("slow", ms=5, number=NUMBERS[0])
    logging.getLogger("theirs").error("broken")
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [(line["event"], line["level"]) for line in lines] == [
        ("slow", "warning"),
        ("broken", "error"),
    ]
    assert all(line["timestamp"].endswith("Z") for line in lines)
    assert lines[0]["number"] == "+336…78"
    assert lines[0]["ms"] == 5


def test_lines_below_the_level_are_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging(level="warning", as_json=False)
    structlog.get_logger("ours").info("quiet")
    logging.getLogger("theirs").info("quiet")
    structlog.get_logger("ours").error("loud")
    err = capsys.readouterr().err
    assert "quiet" not in err
    assert "loud" in err


def test_a_failure_in_the_console_format_shows_no_local_variables(
    capsys: pytest.CaptureFixture[str],
) -> None:
    configure_logging(level="info", as_json=False)
    code = "".join(map(str, range(9, -1, -1)))
    try:
        int(f"no number {len(code)}")
    except ValueError:
        structlog.get_logger("ours").exception("failed")
    err = capsys.readouterr().err
    assert "ValueError" in err
    assert code not in err
