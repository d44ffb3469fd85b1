"""SMTP: mail as aiosmtpd receives it, refusals in every place."""

import asyncio
import ssl
import tempfile
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from hypothesis import given, settings
from hypothesis import strategies as st
from server.tests.conftest import ManualClock
from server.tests.contract.recordings import RECEIPTS_URL, recordings
from server.tests.providers.mail_server import PATIENCE, MailServer, account, message

from watchword.adapters.providers.signatures import basic
from watchword.adapters.providers.smtp_connections import IDLE, KEPT
from watchword.adapters.providers.smtp_mail import subject_of
from watchword.adapters.providers.smtp_reports import read_notification
from watchword.domain.attempt import DeliveryStatus
from watchword.ports.provider import (
    Accepted,
    Forged,
    Healthy,
    Inbound,
    RefusalKind,
    Refused,
    Unavailable,
)

REFERENCE = "0" * 31 + "8-1"


async def test_a_code_is_in_the_subject_the_text_and_the_page() -> None:
    async with MailServer().listening() as server:
        smtp = account(server.port, bounce_address="bounce@sender.test")
        words = message(
            text="Your Acme & Co code is {code}. Do not share it.", sender_id="Acme & Co"
        )
        assert await smtp.send(words) == Accepted(f"<{REFERENCE}@sender.test>")
        await smtp.close()
    envelope, mail = server.mails[0], server.mail()
    assert envelope.mail_from == f"bounce+{REFERENCE}@sender.test"
    assert envelope.rcpt_tos == ["anna@user.test"]
    assert mail["From"] == "Acme & Co <codes@sender.test>"
    assert mail["To"] == "anna@user.test"
    assert mail["Subject"] == "Your Acme & Co code is 123456"
    assert mail["Message-ID"] == f"<{REFERENCE}@sender.test>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Date"].datetime == datetime.fromtimestamp(ManualClock().now() // 1000, UTC)
    assert mail.get_content_type() == "multipart/alternative"
    text, page = mail.iter_parts()
    assert isinstance(text, EmailMessage)
    assert isinstance(page, EmailMessage)
    assert (text.get_content_type(), page.get_content_type()) == ("text/plain", "text/html")
    assert text.get_content().strip() == "Your Acme & Co code is 123456. Do not share it."
    assert "Your Acme &amp; Co code is 123456. Do not share it." in page.get_content()
    assert ">123456</p>" in page.get_content()


async def test_words_of_any_script_arrive_as_they_are() -> None:
    async with MailServer().listening() as server:
        smtp = account(server.port)
        assert isinstance(await smtp.send(message(text="رمزك هو {code}.", locale="ar")), Accepted)
        assert isinstance(await smtp.send(message("änne@üser.test")), Accepted)
        await smtp.close()
    mail = server.mail()
    assert mail["Subject"] == "رمزك هو 123456"
    assert all(line.isascii() for line in (server.mails[0].original_content or b"").splitlines())
    page = mail.get_body(("html",))
    assert page is not None
    assert '<html lang="ar" dir="rtl">' in page.get_content()
    assert server.mail(1)["To"] == "änne@üser.test"


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        ("{code} is your code", "123456 is your code"),
        ("Do not share. Code: {code}\nThanks!", "Code: 123456"),
        ("您的验证码是 {code}。请勿分享。", "您的验证码是 123456"),
        ("word " * 30 + "{code}", "123456"),
        ("a\x07{code}", "123456"),
    ],
)
def test_a_subject_is_the_sentence_with_the_code_or_the_code(text: str, subject: str) -> None:
    assert subject_of(message(text=text)) == subject


async def test_the_route_may_name_the_address_that_mail_is_from() -> None:
    async with MailServer().listening() as server:
        smtp = account(server.port, sender_name="Acme")
        sent = await smtp.send(message(sender_id="login@other.test"))
        assert sent == Accepted(f"<{REFERENCE}@other.test>")
        await smtp.send(message(sender_id="Evil\r\nBcc: x@y.test"))
        await smtp.send(message())
        await smtp.close()
    assert server.mail(0)["From"] == "login@other.test"
    assert server.mail(1)["Bcc"] is None
    assert server.mail(2)["From"] == "Acme <codes@sender.test>"


@pytest.mark.parametrize(
    ("place", "said", "kind", "code"),
    [
        ("rcpt", "550 5.1.1 <anna@user.test>: User unknown", RefusalKind.NUMBER, "5.1.1"),
        ("rcpt", "550 no such user", RefusalKind.NUMBER, "550"),
        ("rcpt", "554 5.7.1 Relay access denied", RefusalKind.ACCOUNT, "5.7.1"),
        ("rcpt", "550 5.2.1 disabled", RefusalKind.NUMBER, "5.2.1"),
        ("rcpt", "552 5.2.2 mailbox full", RefusalKind.PASSING, "5.2.2"),
        ("rcpt", "452 4.2.2 mailbox full", RefusalKind.PASSING, "4.2.2"),
        ("rcpt", "450 greylisted", RefusalKind.PASSING, "450"),
        ("mail", "553 5.1.8 sender's domain not found", RefusalKind.ACCOUNT, "5.1.8"),
        ("mail", "550 5.1.1 no such sender", RefusalKind.ACCOUNT, "5.1.1"),
        ("mail", "550 no", RefusalKind.ACCOUNT, "550"),
        ("data", "554 5.7.1 spam", RefusalKind.ACCOUNT, "5.7.1"),
        ("data", "554 no", RefusalKind.ACCOUNT, "554"),
    ],
)
async def test_a_refusal_means(place: str, said: str, kind: RefusalKind, code: str) -> None:
    async with MailServer(**{place: said}).listening() as server:
        smtp = account(server.port)
        refused = await smtp.send(message())
        await smtp.close()
    assert isinstance(refused, Refused)
    assert (refused.kind, refused.code) == (kind, code)
    assert "anna" not in refused.cause


async def test_a_server_that_closes_is_unavailable() -> None:
    async with MailServer(rcpt="421 4.3.2 shutting down").listening() as server:
        smtp = account(server.port)
        assert isinstance(await smtp.send(message()), Unavailable)
        await smtp.close()


async def test_one_connection_serves_one_mail_after_the_other_and_many_serve_many_at_once() -> None:
    server, clock = MailServer(), ManualClock()
    async with server.listening():
        smtp = account(server.port, clock)
        for _ in range(3):
            assert isinstance(await smtp.send(message()), Accepted)
        assert server.connections == 1
        clock.advance(IDLE + 1)
        assert isinstance(await smtp.send(message()), Accepted)
        assert server.connections == 2
        server.meet = asyncio.Barrier(KEPT + 2)
        sent = await asyncio.gather(*(smtp.send(message()) for _ in range(KEPT + 2)))
        assert all(isinstance(each, Accepted) for each in sent)
        assert server.connections == KEPT + 3
        await smtp.close()
    assert len(server.mails) == KEPT + 6


async def test_a_connection_that_the_server_closed_meanwhile_is_made_anew() -> None:
    async with MailServer().listening(timeout=0.05) as server:
        smtp = account(server.port)
        assert isinstance(await smtp.send(message()), Accepted)
        async with asyncio.timeout(PATIENCE):
            await server.left.wait()
        assert isinstance(await smtp.send(message()), Accepted)
        assert server.connections == 2
        await smtp.close()


def self_signed(host: str) -> tuple[str, ssl.SSLContext]:
    """A certificate in PEM, and a server's context with it."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = made.public_bytes(serialization.Encoding.PEM)
    secret = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.NamedTemporaryFile() as file:
        file.write(secret + pem)
        file.flush()
        context.load_cert_chain(file.name)
    return pem.decode(), context


def login(server: Any, session: Any, envelope: Any, mechanism: str, given: Any) -> AuthResult:
    right = LoginPassword(b"codes", b"mail password")
    return AuthResult(success=given == right, handled=False)


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
@pytest.mark.parametrize("security", ["starttls", "tls"])
async def test_over_tls_a_server_takes_the_password_and_is_verified(security: str) -> None:
    pem, context = self_signed("localhost")
    given = {"smtps": context} if security == "tls" else {"tls_context": context}
    strict = {"require_starttls": security == "starttls", "auth_require_tls": security != "tls"}
    known: dict[str, Any] = {"security": security, "host": "localhost", "username": "codes"}
    async with MailServer().listening(
        **given, **strict, auth_required=True, authenticator=login
    ) as server:
        good = account(server.port, **known, tls_ca=pem, password="mail password")
        assert isinstance(await good.send(message()), Accepted)
        assert isinstance(await good.probe(), Healthy)
        wrong = account(server.port, **known, tls_ca=pem, password="guess")
        refused = await wrong.send(message())
        assert isinstance(refused, Refused)
        assert (refused.kind, refused.code) == (RefusalKind.ACCOUNT, "5.7.8")
        assert await wrong.probe() == refused
        stranger = account(server.port, **known, password="mail password")
        assert isinstance(await stranger.send(message()), Unavailable)
        for each in (good, wrong, stranger):
            await each.close()


async def test_a_server_without_starttls_gets_no_mail_in_the_clear() -> None:
    async with MailServer().listening() as server:
        smtp = account(server.port, security="starttls")
        refused = await smtp.send(message())
        await smtp.close()
    assert isinstance(refused, Refused)
    assert refused.kind is RefusalKind.ACCOUNT
    assert server.mails == []


def test_a_certificate_that_is_none_is_said_to_be() -> None:
    with pytest.raises(ValueError, match="tls_ca holds no certificate in PEM"):
        account(25, security="tls", tls_ca="nonsense")


async def test_w4_without_a_password_of_its_own_an_account_believes_no_notification() -> None:
    smtp = account(25)
    for headers in ({}, {"authorization": basic("receipts", "")}):
        inbound = Inbound(method="POST", url=RECEIPTS_URL, headers=headers, body=b"", at=0)
        assert isinstance(await smtp.receipts(inbound), Forged)
    await smtp.close()


GENUINE = [
    posted.body.encode()
    for recording in recordings()
    if recording.provider == "smtp"
    for posted in recording.receipt
    if posted.expect
]


@given(
    mail=st.sampled_from(GENUINE),
    cuts=st.lists(st.tuples(st.integers(0, 2000), st.binary(max_size=9), st.integers(0, 40))),
)
@settings(deadline=None, max_examples=300)
def test_a_notification_that_was_mangled_is_read_as_far_as_it_goes(
    mail: bytes, cuts: list[tuple[int, bytes, int]]
) -> None:
    for at, put, take in cuts:
        mail = mail[:at] + put + mail[at + take :]
    assert all(receipt.report.status in DeliveryStatus for receipt in read_notification(mail))


def test_a_mail_of_endless_parts_is_no_notification() -> None:
    parts = b"".join(
        b"Content-Type: multipart/report; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(5000)
    )
    assert read_notification(parts) == ()
