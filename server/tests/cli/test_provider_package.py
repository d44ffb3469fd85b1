"""`watchword providers new`: the package that it writes works as it is, and its tests find what is broken."""

import os
import re
import subprocess
import sys
import tomllib
from importlib.metadata import EntryPoint
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest
from click.testing import CliRunner, Result
from msgspec.structs import replace

from watchword.adapters.providers.kind import InstalledKinds, Kind
from watchword.cli.main import command
from watchword.testing.provider_contract import (
    check_laws,
    check_page,
    check_receipts,
    check_sends,
    read_recording,
)

LONGEST = "a_vendor_of_the_longest1"


def new(name: str, folder: Path) -> Result:
    arguments = ["providers", "new", name, "--folder", str(folder)]
    return CliRunner().invoke(command, arguments, prog_name="watchword")


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=folder,
        env={name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def adapter(folder: Path) -> Path:
    (file,) = folder.glob("src/*/__init__.py")
    return file


def change(folder: Path, right: str, wrong: str) -> None:
    text = adapter(folder).read_text("utf-8")
    assert right in text
    adapter(folder).write_text(text.replace(right, wrong), "utf-8")


def imported(folder: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The adapter as it is now, until the test ends."""
    file = adapter(folder)
    spec = spec_from_file_location(file.parent.name, file)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    monkeypatch.setitem(sys.modules, spec.name, module)
    spec.loader.exec_module(module)
    return module


async def check(folder: Path, kind: Kind) -> None:
    """What the package's own tests do."""
    recording = read_recording(folder / "tests" / f"{kind.name}.toml")
    await check_sends(recording, kind)
    await check_receipts(recording, kind)
    await check_laws(recording, kind)
    check_page(folder / "README.md", kind)


@pytest.fixture
def package(tmp_path: Path) -> Path:
    made = new("parcel", tmp_path / "made")
    assert made.exit_code == 0, made.stderr
    return tmp_path / "made"


def test_its_own_tests_pass_without_a_change(package: Path) -> None:
    done = run(package, "pytest", "-q", "-p", "no:cacheprovider")
    assert done.returncode == 0, done.stdout
    assert "4 passed" in done.stdout


@pytest.mark.parametrize("name", ["z", "message", LONGEST])
def test_ruff_finds_nothing_in_it_whatever_its_name(tmp_path: Path, name: str) -> None:
    assert new(name, tmp_path).exit_code == 0
    for arguments in (("check",), ("format", "--check")):
        done = run(tmp_path, "ruff", *arguments, "--no-cache")
        assert done.returncode == 0, done.stdout


def test_mypy_finds_nothing_in_it(package: Path) -> None:
    done = run(package, "mypy", "--strict", "--cache-dir", os.devnull)
    assert done.returncode == 0, done.stdout
    assert "2 source files" in done.stdout


def test_its_entry_point_leads_to_a_kind_of_its_name(
    package: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    imported(package, monkeypatch)
    project = tomllib.loads((package / "pyproject.toml").read_text("utf-8"))["project"]
    group = "watchword.providers"
    kinds = InstalledKinds(
        EntryPoint(name, value, group) for name, value in project["entry-points"][group].items()
    )
    assert project["name"] == "watchword-parcel"
    assert {name: kind.name for name, kind in kinds.items()} == {"parcel": "parcel"}


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ('"valid_seconds": max', '"ttl": max', "an SMS: its JSON is"),
        ('"from": sender', '"from": "Else"', "an SMS: its JSON is"),
        ("Bearer {credentials.token}", "{credentials.token}", "its header authorization is"),
        ("if not same(", "if False and not same(", "a forged receipt is believed"),
        ("if not timely(inbound, time)", "if not time", "a forged receipt is believed"),
        (
            'STATUSES.get(text(told, "status"), DeliveryStatus.UNKNOWN)',
            'DeliveryStatus(text(told, "status"))',
            "'failed' is not a valid",
        ),
        (
            'f"{time}.".encode() + inbound.body',
            "(time + '.' + inbound.body.decode()).encode()",
            "a receipt makes the receiver fail with UnicodeDecodeError",
        ),
        (
            "if not reply.ok or not message_id:",
            "if not reply.ok:",
            "a success with the body '' ends as Accepted",
        ),
        (
            "return failure(reply, ",
            'return failure(Reply(400, {}, b""), ',
            "a token that is wrong: it ends as Refused",
        ),
        (
            "return failure(reply, ",
            "return failure(Reply(reply.status, {}, reply.body), ",
            "429 with `Retry-After: 7` is not left alone",
        ),
        ('description="API token."', 'description=""', "the field token has no sentence"),
        (
            'return Healthy("the token is valid") if reply.ok else _no(reply)',
            'raise ConnectionError("the probe is lost")',
            "the probe is lost",
        ),
        ('title="Parcel"', 'title="Packet"', "README.md does not hold what the kind declares"),
        (
            '"no_sender", "the route names no sender"',
            '"no_sender", self._told.token',
            "the secret token is shown",
        ),
    ],
)
async def test_its_tests_say_what_is_broken(
    package: Path, monkeypatch: pytest.MonkeyPatch, right: str, wrong: str, said: str
) -> None:
    change(package, right, wrong)
    kind = imported(package, monkeypatch).KIND
    with pytest.raises(Exception, match=re.escape(said)):
        await check(package, kind)


async def test_a_recording_that_tries_nothing_is_not_taken_for_a_proof(
    package: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kind = imported(package, monkeypatch).KIND
    recording = read_recording(package / "tests" / "parcel.toml")
    refused = [sent for sent in recording.send if not sent.outcome.accepted]
    with pytest.raises(AssertionError, match="to try the laws with"):
        await check_laws(replace(recording, send=refused), kind)
    with pytest.raises(AssertionError, match="the recording is of 'other'"):
        await check_laws(replace(recording, provider="other"), kind)


@pytest.mark.parametrize(
    ("name", "because"),
    [
        ("twilio", "is a kind already"),
        ("client", "watchword_client is installed already"),
        ("9lives", "is no name: lower-case letters"),
        ("my-vendor", "is no name: lower-case letters"),
        ("Vendor", "is no name: lower-case letters"),
        ("vendor_", "is no name: lower-case letters"),
        ("é", "is no name: lower-case letters"),
        ("../vendor", "is no name: lower-case letters"),
        (LONGEST + "2", "24 at most"),
    ],
)
def test_a_name_that_no_kind_can_have_is_refused(tmp_path: Path, name: str, because: str) -> None:
    result = new(name, tmp_path / "made")
    assert result.exit_code == 2
    assert because in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_no_file_is_written_over_nor_any_beside_it(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("mine")
    result = new("parcel", tmp_path)
    assert result.exit_code == 2
    assert "README.md is there already" in result.stderr
    assert [file.name for file in tmp_path.iterdir()] == ["README.md"]
    assert (tmp_path / "README.md").read_text() == "mine"


def test_it_goes_into_a_folder_of_its_name_unless_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(command, ["providers", "new", "two_words"])
    assert result.exit_code == 0
    assert (tmp_path / "watchword-two-words" / "tests" / "two_words.toml").exists()
    assert "pytest watchword-two-words" in result.stdout
