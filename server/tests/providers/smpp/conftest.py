"""What the tests of SMPP share: a message centre that is there, and others' centres as processes."""

import asyncio
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from server.tests.providers.smpp.centre import PATIENCE, Centre, Inbox

HERE = Path(__file__).parent
LONGEST = "60"
"""Seconds after which another's centre ends by itself."""


@pytest.fixture
async def centre() -> AsyncIterator[Centre]:
    made = Centre()
    await made.open()
    yield made
    await made.close()


@pytest.fixture
async def inbox() -> Inbox:
    return Inbox()


def free_port() -> int:
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])


@contextmanager
def program(arguments: list[str], log: Path) -> Iterator[None]:
    """A program with all its children, which ends with the test or by itself."""
    with log.open("wb") as written:
        started = subprocess.Popen(
            ["timeout", LONGEST, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=written,
            stderr=written,
            start_new_session=True,
        )
        try:
            yield
        finally:
            os.killpg(started.pid, signal.SIGKILL)
            started.wait()


async def listening(port: int) -> None:
    """Wait until somebody listens."""
    async with asyncio.timeout(PATIENCE):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.02)
                continue
            writer.close()
            await writer.wait_closed()
            return


@pytest.fixture
async def smpp34_port(tmp_path: Path) -> AsyncIterator[int]:
    """The server of PyPI's `smpp34`, written in Rust."""
    port = free_port()
    script = str(HERE / "smpp34_centre.py")
    with program([sys.executable, script, str(port)], tmp_path / "smpp34.log"):
        await listening(port)
        yield port


@pytest.fixture(scope="session")
def node_modules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """npm's `smpp`, as published."""
    folder = tmp_path_factory.mktemp("node")
    npm = shutil.which("npm")
    assert npm, "these tests need Node.js with npm"
    command = [npm, "install", "--prefix", str(folder), "smpp@0.5.1", "--ignore-scripts"]
    subprocess.run([*command, "--no-audit", "--no-fund"], check=True, capture_output=True)
    return folder / "node_modules"


@pytest.fixture
async def node(node_modules: Path, tmp_path: Path) -> AsyncIterator[tuple[int, Path]]:
    """The server of npm's `smpp`: its port, and where it writes what it was sent."""
    port = free_port()
    script = node_modules.parent / "centre.cjs"
    shutil.copy(HERE / "node_centre.cjs", script)
    log = tmp_path / "node.log"
    with program(["node", str(script), str(port)], log):
        await listening(port)
        yield port, log


@pytest.fixture
def perl_script(tmp_path: Path) -> tuple[Path, int]:
    """The example server of Debian's `libnet-smpp-perl`, on a port of its own."""
    example = Path("/usr/share/doc/libnet-smpp-perl/examples/smsc.pl")
    assert example.exists(), "these tests need Debian's libnet-smpp-perl"
    port = free_port()
    script = tmp_path / "smsc.pl"
    script.write_text(re.sub(r"\b9900\b", str(port), example.read_text("latin-1")), "latin-1")
    return script, port


@pytest.fixture
async def perl_port(perl_script: tuple[Path, int], tmp_path: Path) -> AsyncIterator[int]:
    """The same while it runs."""
    script, port = perl_script
    with program(["perl", str(script), "3"], tmp_path / "perl.log"):
        await listening(port)
        yield port
