"""What the tests of SMTP share: mail to send, an account to send it with, and a mail server."""

import asyncio
import email
import email.policy
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.message import EmailMessage
from typing import Any

import msgspec
from aiosmtpd.smtp import SMTP, Envelope, Session
from server.tests.conftest import ManualClock
from server.tests.contract.recordings import RECEIPTS_URL, Words

from watchword.adapters.providers.exchange import Exchange
from watchword.adapters.providers.kind import Tools
from watchword.adapters.providers.smtp import Smtp, SmtpCredentials
from watchword.domain.channel import Channel
from watchword.ports.provider import Message

PATIENCE = 40
"""Seconds that a test waits for what must happen."""


def message(to: str = "anna@user.test", **given: Any) -> Message:
    words = Words(channel=Channel.EMAIL, email=to, **given)
    return words.message()


def account(port: int, clock: ManualClock | None = None, **given: str) -> Smtp:
    async def receive(*_: Any) -> None:
        """No receipt comes this way."""

    told = {"host": "127.0.0.1", "port": str(port), "security": "none", **given}
    tools = Tools(
        account="acme",
        exchange=Exchange(),
        clock=clock or ManualClock(),
        inbox=None,  # type: ignore[arg-type] # the sandbox alone has a use for it
        receipts_url=RECEIPTS_URL,
        receive=receive,
    )
    credentials = {"sender": "codes@sender.test", **told}
    return Smtp(msgspec.convert(credentials, SmtpCredentials), tools)


class MailServer:
    """aiosmtpd on loopback; each of `refusals` is what it says at one place of a transaction."""

    def __init__(self, **refusals: str) -> None:
        self.refusals = refusals
        self.mails: list[Envelope] = []
        self.arrived = asyncio.Event()
        self.left = asyncio.Event()
        self.connections = 0
        self.port = 0
        self.meet: asyncio.Barrier | None = None

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name
        self, server: Any, session: Any, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if "mail" not in self.refusals:
            envelope.mail_from, envelope.mail_options = address, options
        return self.refusals.get("mail", "250 OK")

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: Any, session: Any, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address.startswith("bad@"):
            return "550 5.1.1 User unknown"
        if "rcpt" not in self.refusals:
            envelope.rcpt_tos.append(address)
        return self.refusals.get("rcpt", "250 OK")

    async def handle_DATA(self, server: Any, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.meet is not None:
            await self.meet.wait()
        self.mails.append(envelope)
        self.arrived.set()
        return self.refusals.get("data", "250 2.0.0 OK")

    @asynccontextmanager
    async def listening(self, **given: Any) -> AsyncIterator["MailServer"]:
        """Serve until the end of the block; a context for `smtps` makes it TLS from the start."""
        smtps = given.pop("smtps", None)

        def peer() -> SMTP:
            self.connections += 1
            return Leaving(self, hostname="mx.test", enable_SMTPUTF8=True, **given)

        class Leaving(SMTP):
            def connection_lost(peer, error: Exception | None) -> None:  # noqa: N805 - two selves
                super().connection_lost(error)
                self.left.set()

        loop = asyncio.get_running_loop()
        server = await loop.create_server(peer, "127.0.0.1", 0, ssl=smtps)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()

    def mail(self, place: int = 0) -> EmailMessage:
        content = self.mails[place].content
        assert isinstance(content, bytes)
        found = email.message_from_bytes(content, policy=email.policy.default)
        assert isinstance(found, EmailMessage)
        return found
