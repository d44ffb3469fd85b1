"""SMTP: codes by email through a mail server; what became of them comes as notifications (DSN)."""

import asyncio
import re
import ssl
from email.headerregistry import Address
from typing import Annotated

import aiosmtplib
from msgspec import Meta

from watchword.adapters.providers.exchange import TIME_TO_REPLY
from watchword.adapters.providers.kind import Credentials, Kind, Tools
from watchword.adapters.providers.signatures import basic, same
from watchword.adapters.providers.smtp_connections import SmtpConnections
from watchword.adapters.providers.smtp_mail import ADDRESS, compose_mail
from watchword.adapters.providers.smtp_reports import (
    cause,
    enhanced_status,
    read_notification,
    refusal_kind,
)
from watchword.domain.channel import Channel
from watchword.ports.provider import (
    Accepted,
    Forged,
    Healthy,
    Inbound,
    Message,
    Receipts,
    RefusalKind,
    Refused,
    Report,
    Unavailable,
)

NOT_AVAILABLE, PERMANENT = 421, 500
"""Replies (RFC 5321, 4.2): the server is about to close, and the first of those that are final."""
RECEIPTS_USER = "receipts"
"""Who posts notifications by HTTP Basic."""
_PORT = "^([1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])$"
_MAILBOX = r"[A-Za-z0-9._-]+@([A-Za-z0-9-]+\.)*[A-Za-z0-9-]+"


class SmtpCredentials(Credentials, frozen=True, kw_only=True):
    """A mail server with what it asks for, who the mail is from, and who may report what became of it."""

    host: Annotated[str, Meta(pattern="^[!-~]+$", description="Host or IP address.")]
    sender: Annotated[str, Meta(pattern=f"^{_MAILBOX}$", description="Address that mail is from.")]
    sender_name: Annotated[
        str,
        Meta(pattern=r"^[^\x00-\x1f]{0,64}$", description="Name where the route names no sender."),
    ] = ""
    port: Annotated[str, Meta(pattern=_PORT, description="TCP port.")] = "587"
    security: Annotated[
        str,
        Meta(pattern="^(starttls|tls|none)$", description="`starttls`, `tls` at once, or `none`."),
    ] = "starttls"
    tls_ca: Annotated[
        str,
        Meta(
            pattern=r"^[\t\n\r -~]*$",
            description="Certificate in PEM to trust instead of the system's.",
        ),
    ] = ""
    username: Annotated[str, Meta(description="User name; without one nobody logs in.")] = ""
    password: Annotated[str, Meta(extra={"secret": True}, description="Password of the user.")] = ""
    bounce_address: Annotated[
        str,
        Meta(
            pattern=f"^({_MAILBOX})?$",
            description="Where notifications go: for bounce@m.example to bounce+<reference>@m.example.",
        ),
    ] = ""
    receipts_password: Annotated[
        str,
        Meta(
            extra={"secret": True},
            description="Password with which `receipts` posts notifications; without it all are refused.",
        ),
    ] = ""


class Smtp:
    """One account at a mail server."""

    channels = frozenset({Channel.EMAIL})

    def __init__(self, credentials: SmtpCredentials, tools: Tools) -> None:
        self._told = credentials
        self._exchange = tools.exchange
        self._clock = tools.clock
        self._tls = None if credentials.security == "none" else _tls(credentials.tls_ca)
        self._connections = SmtpConnections(self._connection, tools.clock)

    def _connection(self) -> aiosmtplib.SMTP:
        told = self._told
        return aiosmtplib.SMTP(
            hostname=told.host,
            port=int(told.port),
            username=told.username or None,
            password=told.password if told.username else None,
            use_tls=told.security == "tls",
            start_tls=told.security == "starttls",
            tls_context=self._tls,
            local_hostname=told.sender.partition("@")[2],
            timeout=TIME_TO_REPLY,
        )

    async def send(self, message: Message) -> Accepted | Refused | Unavailable:
        """Hand a mail over, and ask for notifications of what becomes of it where that is offered."""
        if message.channel is not Channel.EMAIL:
            return Refused(RefusalKind.ACCOUNT, "no_channel", "a mail server carries email alone")
        to = message.email or ""
        if not ADDRESS.fullmatch(to):
            return Refused(RefusalKind.NUMBER, "no_email", "no email address is known")
        mail = compose_mail(message, self._sender(message), to, self._clock.now())
        options = [] if to.isascii() else ["SMTPUTF8", "BODY=8BITMIME"]
        try:
            async with asyncio.timeout(TIME_TO_REPLY), self._connections.one() as smtp:
                if options and not smtp.supports_extension("smtputf8"):
                    return Refused(RefusalKind.NUMBER, "no_smtputf8", "the address is not ASCII")
                told = smtp.supports_extension("dsn")
                await smtp.sendmail(
                    self._return_path(message),
                    [to],
                    mail.as_bytes(),
                    mail_options=[*options, *_dsn(told, "RET=HDRS", f"ENVID={message.reference}")],
                    rcpt_options=_dsn(told, "NOTIFY=SUCCESS,FAILURE,DELAY"),
                )
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            return _failure(error)
        return Accepted(str(mail["Message-ID"]))

    def _sender(self, message: Message) -> Address:
        """Who the mail is from: the route names an address, or a name for the account's own."""
        named = " ".join((message.sender_id or self._told.sender_name).split())
        address = named if re.fullmatch(_MAILBOX, named) else self._told.sender
        username, _, domain = address.partition("@")
        return Address("" if address == named else named, username, domain)

    def _return_path(self, message: Message) -> str:
        local, _, domain = self._told.bounce_address.partition("@")
        return f"{local}+{message.reference}@{domain}" if domain else self._told.sender

    async def report(self, message_id: str) -> Report | None:  # noqa: ARG002 - the port's
        """Nothing: mail servers cannot be asked about a mail."""
        return None

    async def receipts(self, inbound: Inbound) -> Receipts | Forged:
        """Check who posts, and read the notification."""
        password = self._told.receipts_password
        given = inbound.headers.get("authorization", "")
        if not password:
            return Forged("this account has no receipts_password")
        if not same(given, basic(RECEIPTS_USER, password)):
            return Forged("the user name or the password is wrong")
        return Receipts(read_notification(inbound.body))

    async def probe(self) -> Healthy | Refused | Unavailable:
        """Connect, log in, and hand over nothing."""
        try:
            async with asyncio.timeout(TIME_TO_REPLY), self._connections.one() as smtp:
                await smtp.noop()
                told = smtp.supports_extension("dsn")
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            return _failure(error)
        return Healthy(f"the mail server is there, and {'notifies' if told else 'does not notify'}")

    async def close(self) -> None:
        """Let go of every connection."""
        await self._connections.close()
        await self._exchange.close()


def _tls(ca: str) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cadata=ca or None)
    except (ssl.SSLError, ValueError):
        raise ValueError("tls_ca holds no certificate in PEM") from None


def _dsn(offered: object, *options: str) -> list[str]:
    """Options of RFC 3461 for a server that takes them."""
    return list(options) if offered else []


def _failure(error: Exception) -> Refused | Unavailable:
    """What a failure means: by the enhanced status code where it is known, else by who refused what."""
    match error:
        case aiosmtplib.SMTPRecipientsRefused(recipients=[first, *_]):
            return _refusal(first.code, first.message, RefusalKind.NUMBER)
        case aiosmtplib.SMTPAuthenticationError() | aiosmtplib.SMTPSenderRefused():
            refused = _refusal(error.code, error.message, RefusalKind.ACCOUNT)
            if isinstance(refused, Refused) and refused.kind is RefusalKind.NUMBER:
                return Refused(RefusalKind.ACCOUNT, refused.code, refused.cause)
            return refused
        case aiosmtplib.SMTPResponseException():
            return _refusal(error.code, error.message, RefusalKind.ACCOUNT)
        case TimeoutError():
            return Unavailable("no answer in time")
        case aiosmtplib.SMTPConnectError() | aiosmtplib.SMTPServerDisconnected() | OSError():
            return Unavailable(f"no connection: {type(error).__name__}")
        case _:
            return Refused(RefusalKind.ACCOUNT, "not_supported", cause(str(error)))


def _refusal(code: int, words: str, final: RefusalKind) -> Refused | Unavailable:
    status = enhanced_status(words)
    if code == NOT_AVAILABLE or code < 0:
        return Unavailable(cause(words))
    kind = RefusalKind.PASSING if code < PERMANENT else refusal_kind(status) or final
    return Refused(kind, status or str(code), cause(words))


SMTP = Kind(
    name="smtp",
    title="Email over SMTP",
    channels=Smtp.channels,
    credentials=SmtpCredentials,
    open=Smtp,
    receipts="delivery status notifications (RFC 3464), posted with HTTP Basic as the user `receipts`",
    website="https://www.rfc-editor.org/rfc/rfc3464",
    notes=(
        (
            "Notifications come to `bounce_address`; have your mail server post each as it is to "
            "the receipt address."
        ),
        (
            "With Postfix that is a line of /etc/aliases, `recipient_delimiter = +` being set: "
            'bounce: "|curl -fsS -u receipts:PASSWORD --data-binary @- RECEIPTS_URL || exit 75"'
        ),
        "A mail server that does not offer DSN still sends failures to `bounce_address`.",
    ),
)
