"""SMTP with a real Postfix, which notifies of what it relayed and of what failed."""

import asyncio
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiosmtpd.smtp import SMTP
from msgspec.structs import replace
from server.tests.contract.recordings import RECEIPTS_URL
from server.tests.providers.mail_server import PATIENCE, MailServer, account, message

from watchword.adapters.providers.signatures import basic
from watchword.domain.attempt import DeliveryStatus
from watchword.ports.provider import (
    Accepted,
    Healthy,
    Inbound,
    Receipt,
    Receipts,
    RefusalKind,
)

POSTFIX = "/usr/sbin/postfix"


def free_port() -> int:
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])


def settings_of(folder: Path, next_hop: int) -> str:
    return f"""
compatibility_level = 3.6
queue_directory = {folder}/spool
data_directory = {folder}/lib
maillog_file = {folder}/log
maillog_file_prefixes = {folder}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mx.otp.test
mydestination =
mynetworks = 127.0.0.0/8
alias_maps =
local_recipient_maps =
default_transport = smtp:[127.0.0.1]:{next_hop}
smtpd_relay_restrictions = permit_mynetworks, reject
smtpd_tls_security_level = none
smtp_dns_support_level = disabled
smtp_host_lookup = native
bounce_queue_lifetime = 0
mail_owner = postfix
setgid_group = postdrop
"""


@pytest.fixture
def postfix() -> Iterator[tuple[int, int]]:
    """A Postfix of its own on loopback: its port, and the port that it hands everything on to."""
    assert Path(POSTFIX).exists(), "this test needs Postfix: apt-get install postfix"
    port, next_hop = free_port(), free_port()
    # Not pytest's folder, which the user `postfix` may not enter.
    folder = Path(tempfile.mkdtemp(prefix="postfix-"))
    folder.chmod(0o755)
    for name in ("etc", "spool", "lib"):
        (folder / name).mkdir()
    shutil.chown(folder / "lib", "postfix")
    (folder / "etc/main.cf").write_text(settings_of(folder, next_hop))
    services = Path("/usr/share/postfix/master.cf.dist").read_text("utf-8")
    services = re.sub(r"(?m)^smtp +inet", f"127.0.0.1:{port} inet", services)
    services = re.sub(r"(?m)^(\S+ +\S+ +\S+ +\S+ +)y( )", r"\1n\2", services)
    (folder / "etc/master.cf").write_text(services)
    with (folder / "out").open("wb") as written:
        started = subprocess.Popen(
            ["timeout", "90", POSTFIX, "-c", str(folder / "etc"), "start-fg"],
            stdin=subprocess.DEVNULL,
            stdout=written,
            stderr=written,
            start_new_session=True,
        )
    try:
        yield port, next_hop
    finally:
        master = folder / "spool/pid/master.pid"
        if master.exists():
            os.kill(int(master.read_text()), signal.SIGTERM)
        os.killpg(started.pid, signal.SIGTERM)
        started.wait(PATIENCE)
        shutil.rmtree(folder, ignore_errors=True)


async def listening(port: int) -> None:
    async with asyncio.timeout(PATIENCE):
        while True:
            try:
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.05)
                continue
            await reader.readline()
            writer.close()
            await writer.wait_closed()
            return


async def test_postfix_notifies_of_what_it_relayed_and_of_what_failed(
    postfix: tuple[int, int],
) -> None:
    port, next_hop = postfix
    server = MailServer()
    peers = await asyncio.get_running_loop().create_server(
        lambda: SMTP(server, hostname="next.test"), "127.0.0.1", next_hop
    )
    await listening(port)
    smtp = account(port, bounce_address="bounce@sender.test", receipts_password="let me report")
    assert await smtp.probe() == Healthy("the mail server is there, and notifies")
    for number, to in enumerate(("good@user.test", "bad@user.test"), start=1):
        about = replace(message(to), attempt_number=number)
        assert isinstance(await smtp.send(about), Accepted)
    found: dict[str, Receipt] = {}
    async with asyncio.timeout(PATIENCE):
        while len(found) < 2:
            await server.arrived.wait()
            server.arrived.clear()
            for envelope in server.mails:
                assert isinstance(envelope.content, bytes)
                inbound = Inbound(
                    method="POST",
                    url=RECEIPTS_URL,
                    headers={"authorization": basic("receipts", "let me report")},
                    body=envelope.content,
                    at=0,
                )
                read = await smtp.receipts(inbound)
                assert isinstance(read, Receipts)
                for receipt in read.receipts:
                    found[str(receipt.reference)] = receipt
                    assert envelope.rcpt_tos == [f"bounce+{receipt.reference}@sender.test"]
    await smtp.close()
    peers.close()
    relayed, failed = (found["0" * 31 + f"8-{number}"] for number in (1, 2))
    assert relayed.report.status is DeliveryStatus.IN_TRANSIT
    assert relayed.message_ids == ("<" + "0" * 31 + "8-1@sender.test>",)
    assert failed.report.status is DeliveryStatus.UNDELIVERABLE
    assert (failed.report.carrier_code, failed.report.refusal) == ("5.1.1", RefusalKind.NUMBER)
    assert failed.report.at is not None
    assert "user.test" not in str(failed.report.cause)
