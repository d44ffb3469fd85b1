"""Messages are submitted as the specification asks, and every answer is one of three outcomes."""

import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from server.tests.providers.smpp.centre import Centre, Inbox, message, opened

from watchword.adapters.providers.smpp import status
from watchword.adapters.providers.smpp.pdu import Answer, Command, Frame, ShortMessage
from watchword.adapters.providers.smpp.provider import Address, sender, validity
from watchword.adapters.providers.smpp.text import LongMessages
from watchword.domain.routing.route import Dlt
from watchword.ports.provider import Accepted, RefusalKind, Refused, Unavailable

LONG = "{code} " + "a" * 300
SHORT_AND_COMPLETE = ShortMessage(
    source_addr_ton=5,
    source_addr_npi=0,
    source_addr="Acme",
    dest_addr_ton=1,
    dest_addr_npi=1,
    destination_addr="33612345678",
    validity_period="000000000500000R",
    registered_delivery=1,
    short_message=b"908172 is your code",
)


async def test_a_submission_is_complete(centre: Centre) -> None:
    async with opened(centre.settings) as provider:
        assert await provider.send(message()) == Accepted("id1")
    assert centre.submissions == [SHORT_AND_COMPLETE]


async def test_the_settings_of_the_account_are_kept(centre: Centre) -> None:
    settings = replace(
        centre.settings, service_type="OTP", relative_validity=False, sender_id="12345"
    )
    async with opened(settings) as provider:
        await provider.send(message(sender_id=None))
    (sent,) = centre.submissions
    assert (sent.service_type, sent.validity_period) == ("OTP", "")
    assert (sent.source_addr_ton, sent.source_addr_npi, sent.source_addr) == (3, 0, "12345")


async def test_the_registration_of_india_goes_along(centre: Centre) -> None:
    async with opened(centre.settings) as provider:
        dlt = Dlt(entity_id="1234567890123", template_id="9876543210987")
        await provider.send(message(dlt=dlt))
    (sent,) = centre.submissions
    assert sent.tlvs == {0x1400: b"1234567890123", 0x1401: b"9876543210987"}


@pytest.mark.parametrize("style", [LongMessages.UDH, LongMessages.SAR])
async def test_a_message_of_several_parts_is_known_by_its_last(
    centre: Centre, style: LongMessages
) -> None:
    async with opened(replace(centre.settings, long_messages=style)) as provider:
        assert await provider.send(message(text=LONG)) == Accepted("id3")
        assert await provider.send(message(text=LONG)) == Accepted("id6")
    sent = centre.submissions
    assert [each.registered_delivery for each in sent] == [2, 2, 1, 2, 2, 1]
    ties = [each.tlvs.get(0x020C) or each.short_message[3] for each in sent]
    assert len(set(ties[:3])) == 1
    assert ties[0] != ties[3]


async def test_a_long_message_may_go_as_a_payload(centre: Centre) -> None:
    settings = replace(centre.settings, long_messages=LongMessages.PAYLOAD)
    async with opened(settings) as provider:
        assert await provider.send(message(text=LONG)) == Accepted("id1")
    (sent,) = centre.submissions
    assert sent.short_message == b""
    assert sent.tlvs == {0x0424: b"908172 " + b"a" * 300}


async def test_a_part_that_is_refused_ends_the_message(centre: Centre) -> None:
    centre.on[Command.SUBMIT_SM] = lambda session, frame: session.answer(frame, 0x0B)
    async with opened(centre.settings) as provider:
        outcome = await provider.send(message(text=LONG))
    assert isinstance(outcome, Refused)
    assert outcome.kind is RefusalKind.NUMBER
    assert len(centre.submissions) == 1


async def test_a_text_of_too_many_parts_is_refused(centre: Centre) -> None:
    async with opened(centre.settings) as provider:
        outcome = await provider.send(message(text="a" * 40_000))
    assert isinstance(outcome, Refused)
    assert outcome.kind is RefusalKind.ACCOUNT


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (0x0B, RefusalKind.NUMBER),
        (0x33, RefusalKind.NUMBER),
        (0x34, RefusalKind.NUMBER),
        (0x0A, RefusalKind.ACCOUNT),
        (0x15, RefusalKind.ACCOUNT),
        (0x66, RefusalKind.ACCOUNT),
        (0x67, RefusalKind.ACCOUNT),
        (0x08, RefusalKind.PASSING),
        (0x45, RefusalKind.PASSING),
        (0x64, RefusalKind.PASSING),
        (0xFF, RefusalKind.PASSING),
        (0x58, RefusalKind.THROTTLE),
        (0x14, RefusalKind.THROTTLE),
        (0x0401, RefusalKind.NUMBER),
        (0x0402, RefusalKind.THROTTLE),
        (0x04FF, RefusalKind.PASSING),
        (0xDEADBEEF, RefusalKind.PASSING),
    ],
)
@pytest.mark.parametrize("body", [b"", b"\0"], ids=["without a body", "with a body"])
async def test_every_status_is_a_refusal_of_its_kind(
    centre: Centre, code: int, kind: RefusalKind, body: bytes
) -> None:
    centre.on[Command.SUBMIT_SM] = lambda session, frame: session.answer(frame, code, body)
    vendor = {0x0401: RefusalKind.NUMBER, 0x0402: RefusalKind.THROTTLE}
    async with opened(replace(centre.settings, vendor_codes=vendor)) as provider:
        outcome = await provider.send(message())
    assert isinstance(outcome, Refused)
    assert (outcome.kind, outcome.code) == (kind, f"0x{code:08X}")
    assert outcome.cause


async def test_a_negative_acknowledgement_is_a_refusal(centre: Centre) -> None:
    centre.on[Command.SUBMIT_SM] = lambda session, frame: session.write(
        Frame(Command.GENERIC_NACK, 0x03, frame.sequence)
    )
    async with opened(centre.settings) as provider:
        outcome = await provider.send(message())
    assert isinstance(outcome, Refused)
    assert outcome.code == "0x00000003"


async def test_a_parameter_after_the_id_is_no_part_of_it(centre: Centre) -> None:
    body = Answer(name="73ca6c60", tlvs={0x0428: b"\0"}).encode()
    centre.on[Command.SUBMIT_SM] = lambda session, frame: session.answer(frame, 0, body)
    async with opened(centre.settings) as provider:
        assert await provider.send(message()) == Accepted("73ca6c60")


@pytest.mark.parametrize("body", [b"", b"\0"])
async def test_an_acceptance_without_an_id_is_unavailable(centre: Centre, body: bytes) -> None:
    centre.on[Command.SUBMIT_SM] = lambda session, frame: session.answer(frame, 0, body)
    async with opened(centre.settings) as provider:
        assert isinstance(await provider.send(message()), Unavailable)


@given(st.integers(0, 0xFFFFFFFF))
def test_no_status_at_all_raises(code: int) -> None:
    assert status.refusal(code, {}).kind in RefusalKind


@pytest.mark.parametrize(
    ("sender_id", "address"),
    [
        ("Acme", Address(5, 0, "Acme")),
        ("A+1", Address(5, 0, "A+1")),
        ("+33612345678", Address(1, 1, "33612345678")),
        ("33612345678", Address(1, 1, "33612345678")),
        ("38333", Address(3, 0, "38333")),
        ("+38333", Address(1, 1, "38333")),
        ("", Address(0, 0, "")),
    ],
)
def test_a_sender_has_the_type_of_what_it_is(sender_id: str, address: Address) -> None:
    assert sender(sender_id) == address


@pytest.mark.parametrize(
    ("milliseconds", "period"),
    [
        (300_000, "000000000500000R"),
        (1, "000000000001000R"),
        (-5, "000000000001000R"),
        (90_061_001, "000001010102000R"),
        (10**12, "000030"),
    ],
)
def test_a_message_dies_with_its_code(milliseconds: int, period: str) -> None:
    made = validity(milliseconds)
    assert made.startswith(period)
    assert len(made) == 16


def certificate(folder: Path) -> tuple[ssl.SSLContext, str]:
    """A context for a server on 127.0.0.1, and the certificate to trust it by."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "centre")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = made.public_bytes(serialization.Encoding.PEM)
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    (folder / "centre.pem").write_bytes(private + pem)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "centre.pem")
    return context, pem.decode()


async def test_tls_is_spoken_with_a_centre_whose_certificate_is_trusted(tmp_path: Path) -> None:
    context, pem = certificate(tmp_path)
    centre = Centre()
    await centre.open(context)
    try:
        settings = replace(centre.settings, tls=True, tls_ca=pem)
        async with opened(settings, Inbox()) as provider:
            assert await provider.send(message()) == Accepted("id1")
        for distrusting in ("", "no certificate"):
            settings = replace(settings, tls_ca=distrusting)
            async with opened(settings, Inbox(), jitter=1.0) as provider:
                assert isinstance(await provider.send(message()), Unavailable)
    finally:
        await centre.close()
    assert len(centre.submissions) == 1
