"""AWS as moto plays it: it takes our signatures and messages, and signs envelopes for us."""

import asyncio
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
import msgspec
import pytest
from aiohttp import web
from server.tests.contract.recordings import RECEIPTS_URL, Words
from server.tests.providers.aws_account import KEYS, REGION, tools

from watchword.adapters.providers.aws import Aws, AwsCredentials
from watchword.adapters.providers.aws_sns import AwsSns, AwsSnsCredentials
from watchword.domain.attempt import DeliveryStatus
from watchword.domain.channel import Channel
from watchword.ports.provider import (
    Accepted,
    Healthy,
    Inbound,
    Receipts,
    RefusalKind,
    Refused,
)

PATIENCE = 30


@pytest.fixture(scope="module")
def moto(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a moto server; it ends with the tests, or by itself."""
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        port = asked.getsockname()[1]
    server = str(Path(sys.executable).with_name("moto_server"))
    log = tmp_path_factory.mktemp("moto") / "log"
    with log.open("wb") as written:
        started = subprocess.Popen(
            ["timeout", "120", server, "-H", "127.0.0.1", "-p", str(port)],
            stdin=subprocess.DEVNULL,
            stdout=written,
            stderr=written,
            start_new_session=True,
        )
        try:
            asyncio.run(listening(port))
            yield f"http://127.0.0.1:{port}"
        finally:
            os.killpg(started.pid, signal.SIGKILL)
            started.wait()


async def listening(port: int) -> None:
    async with asyncio.timeout(PATIENCE):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.05)
                continue
            writer.close()
            await writer.wait_closed()
            return


def meant_for(service: str) -> dict[str, str]:
    """The header by which moto knows which service of which region is meant."""
    scope = f"Credential=AKIAIOSFODNN7EXAMPLE/20250101/{REGION}/{service}/aws4_request"
    return {"authorization": f"AWS4-HMAC-SHA256 {scope}, SignedHeaders=host, Signature=0"}


class Moto:
    """What is asked of a moto server beside what the adapter asks, signed by anybody's key."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.session = aiohttp.ClientSession()

    async def act(self, service: str, action: str, version: str, **given: str) -> str:
        asked = {"Action": action, "Version": version, **given}
        headers = meant_for(service)
        async with self.session.post(self.url, data=asked, headers=headers) as response:
            assert response.status == 200, await response.text()
            return await response.text()

    async def enforce(self, after: str) -> None:
        async with self.session.post(f"{self.url}/moto-api/reset-auth", data=after) as response:
            assert response.status == 200


@pytest.fixture
async def cloud(moto: str) -> AsyncIterator[Moto]:
    made = Moto(moto)
    yield made
    await made.session.close()


def sns_of(moto: str, **keys: str) -> AwsSns:
    return AwsSns(msgspec.convert({**KEYS, **keys, "base_url": moto}, AwsSnsCredentials), tools())


async def test_moto_takes_a_message_for_a_number_and_none_for_what_is_none(cloud: Moto) -> None:
    sns = sns_of(cloud.url)
    message = Words(channel=Channel.SMS, sender_id="Acme", text="{code} é + & code").message()
    sent = await sns.send(message)
    assert isinstance(sent, Accepted)
    assert len(sent.message_id) == 36
    async with cloud.session.get(f"{cloud.url}/moto-api/data.json") as response:
        kept = await response.text()
    assert "123456 \\u00e9 + & code" in kept or "123456 é + & code" in kept
    wrong = await sns.send(Words(channel=Channel.SMS, to="+0").message())
    assert isinstance(wrong, Refused)
    assert (wrong.kind, wrong.code) == (RefusalKind.NUMBER, "InvalidParameter")
    assert isinstance(await sns.probe(), Healthy)
    await sns.close()


async def test_moto_takes_our_signature_and_no_other(cloud: Moto) -> None:
    await cloud.act("iam", "CreateUser", "2010-05-08", UserName="watchword")
    key = await cloud.act("iam", "CreateAccessKey", "2010-05-08", UserName="watchword")
    policy = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}'
    await cloud.act(
        "iam",
        "PutUserPolicy",
        "2010-05-08",
        UserName="watchword",
        PolicyName="all",
        PolicyDocument=policy,
    )
    known = {
        "access_key_id": re.findall("<AccessKeyId>(.*?)<", key)[0],
        "secret_access_key": re.findall("<SecretAccessKey>(.*?)<", key)[0],
    }
    good, bad = sns_of(cloud.url, **known), sns_of(cloud.url, **{**known, "secret_access_key": "x"})
    message = Words(channel=Channel.SMS).message()
    await cloud.enforce("0")
    try:
        assert isinstance(await good.send(message), Accepted)
        refused = await bad.send(message)
        assert isinstance(refused, Refused)
        assert (refused.kind, refused.code) == (RefusalKind.ACCOUNT, "SignatureDoesNotMatch")
        assert isinstance(await bad.probe(), Refused)
    finally:
        await cloud.enforce("inf")
        await good.close()
        await bad.close()


async def test_an_envelope_that_moto_signed_and_posted_is_opened(cloud: Moto) -> None:
    posted: asyncio.Queue[Inbound] = asyncio.Queue()

    async def take(request: web.Request) -> web.Response:
        headers = {name.lower(): value for name, value in request.headers.items()}
        body = await request.read()
        at = int(time.time() * 1000)
        posted.put_nowait(
            Inbound(method="POST", url=RECEIPTS_URL, headers=headers, body=body, at=at)
        )
        return web.Response()

    application = web.Application()
    application.router.add_post("/receipts/acme", take)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]

    made = await cloud.act("sns", "CreateTopic", "2010-03-31", Name="receipts")
    topic = re.findall("<TopicArn>(.*?)<", made)[0]
    await cloud.act(
        "sns",
        "Subscribe",
        "2010-03-31",
        TopicArn=topic,
        Protocol="http",
        Endpoint=f"http://{host}:{port}/receipts/acme",
    )
    event = '{"eventType":"TEXT_DELIVERED","messageId":"m-1","isFinal":true}'
    await cloud.act("sns", "Publish", "2010-03-31", TopicArn=topic, Message=event)

    async def fetch(url: str) -> bytes | None:
        address = urlsplit(url)
        headers = {"host": address.netloc, **meant_for("sns")}
        async with cloud.session.get(cloud.url + address.path, headers=headers) as response:
            return await response.read() if response.ok else None

    aws = Aws(msgspec.convert({**KEYS, "topic_arn": topic}, AwsCredentials), tools(), fetch)
    async with asyncio.timeout(PATIENCE):
        while True:
            inbound = await posted.get()
            if b"TEXT_DELIVERED" in inbound.body:
                break
    found = await aws.receipts(inbound)
    await aws.close()
    await runner.cleanup()
    assert isinstance(found, Receipts), found
    assert found.receipts[0].message_ids == ("m-1",)
    assert found.receipts[0].report.status is DeliveryStatus.DELIVERED
