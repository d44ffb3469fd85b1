"""Requests as the vendors' own OpenAPI documents want them, judged by Prism."""

import asyncio
import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import aiohttp
import pytest
from server.tests.contract.recordings import RECEIPTS_URL, Recording, Sent, recordings
from server.tests.contract.test_recorded_providers import opened
from server.tests.postgres import free_port

from watchword.adapters.providers.signatures import basic
from watchword.domain.channel import Channel
from watchword.ports.provider import Accepted

TOP = Path(__file__).parents[3] / ".tools" / "npm"
PRISM = TOP / "node_modules" / ".bin" / "prism"
TWILIO = TOP / "node_modules" / "@twilio" / "cli-core" / "src" / "services" / "twilio-api"
DOCUMENTS = {
    "twilio": TWILIO / "twilio_api_v2010.json",
    "telnyx": TOP / "telnyx.com.json",
}
LONGEST = "120"
"""Seconds after which a Prism ends by itself."""
SENDS = [
    pytest.param(recording, sent, id=f"{recording.provider}: {sent.name}")
    for recording in recordings()
    for sent in recording.send
    if recording.provider in DOCUMENTS and sent.outcome.accepted
    # The document of Telnyx that a registry has is older than its other channels.
    if recording.provider == "twilio" or sent.message.channel is Channel.SMS
]


@contextmanager
def prism(document: Path, log: Path) -> Iterator[str]:
    """Prism over one document, at this address."""
    assert PRISM.exists(), "these tests need Prism: run `sh bin/peers`"
    port = free_port()
    command = ["timeout", LONGEST, str(PRISM), "mock", "-h", "127.0.0.1", "-p", str(port)]
    with log.open("wb") as written:
        started = subprocess.Popen(
            [*command, str(document)],
            stdin=subprocess.DEVNULL,
            stdout=written,
            stderr=written,
            start_new_session=True,
        )
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            os.killpg(started.pid, signal.SIGKILL)
            started.wait()


@pytest.fixture(scope="module")
def addresses(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    folder = tmp_path_factory.mktemp("prism")
    with (
        prism(DOCUMENTS["twilio"], folder / "twilio") as twilio,
        prism(DOCUMENTS["telnyx"], folder / "telnyx") as telnyx,
    ):
        yield {"twilio": twilio, "telnyx": telnyx}


async def up(url: str) -> None:
    async with asyncio.timeout(60), aiohttp.ClientSession() as session:
        while True:
            try:
                async with session.get(url):
                    return
            except aiohttp.ClientError:
                await asyncio.sleep(0.05)


@pytest.mark.parametrize(("recording", "sent"), SENDS)
async def test_d3_a_request_is_accepted_by_the_vendors_own_specification(
    recording: Recording, sent: Sent, addresses: dict[str, str]
) -> None:
    url = addresses[recording.provider]
    await up(url)
    provider = opened(recording, url)
    outcome = await provider.send(sent.message.message())
    await provider.close()
    assert isinstance(outcome, Accepted), outcome


async def test_prism_refuses_what_the_specification_does(addresses: dict[str, str]) -> None:
    url = addresses["twilio"]
    await up(url)
    account = "/2010-04-01/Accounts/AC" + "0" * 32
    async with (
        aiohttp.ClientSession(headers={"authorization": basic("AC", "x")}) as session,
        session.post(f"{url}{account}/Messages.json", data={"Body": RECEIPTS_URL}) as reply,
    ):
        assert reply.status == 422
