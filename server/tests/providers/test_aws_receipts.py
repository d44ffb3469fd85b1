"""Receipts of AWS: only what SNS signed for our topic is read, and every event has its meaning."""

import base64
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from importlib import import_module
from typing import Any

import msgspec
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import NameOID
from server.tests.contract.recordings import RECEIPTS_URL
from server.tests.providers.aws_account import KEYS, tools

from watchword.adapters.providers.aws import Aws, AwsCredentials
from watchword.adapters.providers.aws_events import FAILURES, STATUSES, read_event
from watchword.adapters.providers.signatures import REPLAY_WINDOW
from watchword.adapters.providers.sns_envelope import RETRIED_FOR
from watchword.domain.attempt import DeliveryStatus
from watchword.ports.provider import Forged, Inbound, Price, Receipts, RefusalKind

HOST = "https://sns.eu-west-1.amazonaws.com"
TOPIC = "arn:aws:sns:eu-west-1:123456789012:receipts"
CERTIFICATE = f"{HOST}/SimpleNotificationService-0a1b.pem"
CONFIRM = f"{HOST}/?Action=ConfirmSubscription&TopicArn={TOPIC}&Token=2"
NOW = 1_750_000_000_000
REFERENCE = "0" * 31 + "8-1"
EVENT = {
    "eventType": "TEXT_DELIVERED",
    "eventTimestamp": 1_749_999_999_000,
    "isFinal": True,
    "messageId": "m-1",
    "mcc": "208",
    "mnc": "01",
    "messageStatusDescription": "Message has been accepted by phone 33612345678",
    "context": {"attempt": REFERENCE},
    "totalMessagePrice": 0.0058,
    "totalCarrierFee": 0.003,
    "destinationPhoneNumber": "+33612345678",
}
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
OTHER_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
ORDER = {
    "Notification": "Message MessageId Subject Timestamp TopicArn Type",
    "SubscriptionConfirmation": "Message MessageId SubscribeURL Timestamp Token TopicArn Type",
}


def certificate(
    name: str = "sns.amazonaws.com", days: int = 365, key: Any = KEY, since: int = -1
) -> bytes:
    at = datetime.fromtimestamp(NOW / 1000, UTC)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(at + timedelta(days=since))
        .not_valid_after(at + timedelta(days=days))
        .sign(key, hashes.SHA256())
    )
    return made.public_bytes(serialization.Encoding.PEM)


def envelope(version: str = "2", key: rsa.RSAPrivateKey = KEY, **given: str) -> dict[str, str]:
    """What SNS posts, signed as its developer guide says."""
    made = {
        "Type": "Notification",
        "MessageId": "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324",
        "TopicArn": TOPIC,
        "Message": msgspec.json.encode(EVENT).decode(),
        "Timestamp": "2025-06-15T15:06:40.000Z",
        "SignatureVersion": version,
        "SigningCertURL": CERTIFICATE,
        **given,
    }
    told = "".join(
        f"{name}\n{made[name]}\n" for name in ORDER[made["Type"]].split() if name in made
    )
    algorithm: hashes.HashAlgorithm = hashes.SHA1() if version == "1" else hashes.SHA256()
    signature = key.sign(told.encode(), padding.PKCS1v15(), algorithm)
    return {**made, "Signature": base64.b64encode(signature).decode()}


def subscription(url: str) -> dict[str, str]:
    return envelope(
        Type="SubscriptionConfirmation", Token="2", Message="You have chosen", SubscribeURL=url
    )


class Sns:
    """The hosts of SNS, which are not to be reached from here: what they serve, what was asked."""

    def __init__(self) -> None:
        self.served: dict[str, bytes] = {CERTIFICATE: certificate()}
        self.fetched: list[str] = []
        self.failures = 0

    async def fetch(self, url: str) -> bytes | None:
        self.fetched.append(url)
        if self.failures:
            self.failures -= 1
            return None
        return self.served.get(url)


@pytest.fixture
def sns() -> Sns:
    return Sns()


Open = Callable[..., Any]


@pytest.fixture
def opened(sns: Sns) -> Open:
    """Post an envelope to one account."""

    credentials = msgspec.convert({**KEYS, "topic_arn": TOPIC}, AwsCredentials)
    aws = Aws(credentials, tools(), sns.fetch)

    async def post(made: dict[str, str], at: int = NOW) -> Receipts | Forged:
        body = msgspec.json.encode(made)
        return await aws.receipts(
            Inbound(method="POST", url=RECEIPTS_URL, headers={}, body=body, at=at)
        )

    return post


@pytest.mark.parametrize("version", ["1", "2"])
async def test_an_event_in_a_signed_envelope_is_a_receipt(version: str, opened: Open) -> None:
    found = await opened(envelope(version))
    assert isinstance(found, Receipts), found
    (receipt,) = found.receipts
    assert (receipt.message_ids, receipt.reference) == (("m-1",), REFERENCE)
    report = receipt.report
    assert (report.status, report.at) == (DeliveryStatus.DELIVERED, 1_749_999_999_000)
    assert (report.carrier_code, report.network) == ("TEXT_DELIVERED", "20801")
    assert report.price == Price(8_800, "USD")
    assert "33612345678" not in str(report.cause)


async def test_a_subject_is_covered_by_the_signature(opened: Open) -> None:
    assert isinstance(await opened(envelope(Subject="news")), Receipts)
    assert isinstance(await opened({**envelope(Subject="news"), "Subject": "olds"}), Forged)


@pytest.mark.parametrize("name", ["Message", "MessageId", "Timestamp"])
async def test_w4_what_was_changed_on_the_way_is_forged(name: str, opened: Open) -> None:
    made = envelope()
    changed = {"Timestamp": "2025-06-15T15:06:41.000Z"}.get(name, made[name] + " ")
    assert isinstance(await opened({**made, name: changed}), Forged)


async def test_w4_a_signature_of_another_key_or_version_is_forged(opened: Open) -> None:
    assert isinstance(await opened(envelope(key=OTHER_KEY)), Forged)
    assert isinstance(await opened({**envelope("1"), "SignatureVersion": "2"}), Forged)
    assert isinstance(await opened({**envelope(), "SignatureVersion": "3"}), Forged)
    assert isinstance(await opened({**envelope(), "Signature": "not base64"}), Forged)


async def test_w4_an_envelope_of_another_topic_is_forged_and_nothing_is_fetched(
    opened: Open, sns: Sns
) -> None:
    assert isinstance(await opened(envelope(TopicArn=TOPIC.replace("1", "2"))), Forged)
    assert sns.fetched == []


@pytest.mark.parametrize(
    "url",
    [
        CERTIFICATE.replace("https", "http"),
        CERTIFICATE.replace("amazonaws.com", "amazonaws.com.evil.example"),
        CERTIFICATE.replace("sns.", "s3."),
        CERTIFICATE.replace("sns.eu-west-1", "evil.example/sns.eu-west-1"),
        CERTIFICATE.replace("//sns", "//evil@sns"),
        CERTIFICATE.replace(".com/", ".com:444/"),
        CERTIFICATE + "?x=.pem",
        f"{HOST}/?Action=GetEndpointAttributes&x=.pem",
        f"{HOST}/a/SimpleNotificationService-0a1b.pem",
        "",
    ],
)
async def test_w4_a_certificate_comes_from_where_sns_keeps_its_own_alone(
    url: str, opened: Open, sns: Sns
) -> None:
    sns.served[url] = certificate()
    assert isinstance(await opened(envelope(SigningCertURL=url)), Forged)
    assert sns.fetched == []


async def test_a_certificate_of_china_is_one_too(opened: Open, sns: Sns) -> None:
    url = "https://sns.cn-north-1.amazonaws.com.cn/SimpleNotificationService-0a1b.pem"
    sns.served[url] = certificate("sns.cn-north-1.amazonaws.com.cn")
    assert isinstance(await opened(envelope(SigningCertURL=url)), Receipts)


@pytest.mark.parametrize(
    "served",
    [
        certificate("sns.amazonaws.com.evil.example"),
        certificate("evil.example"),
        certificate(days=0),
        certificate(since=1),
        certificate(key=ec.generate_private_key(ec.SECP256R1())),
        b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
        b"",
    ],
)
async def test_w4_a_certificate_is_of_sns_and_valid_now(
    served: bytes, opened: Open, sns: Sns
) -> None:
    sns.served[CERTIFICATE] = served
    assert isinstance(await opened(envelope(), at=NOW + 1), Forged)


async def test_a_certificate_is_fetched_once_and_again_after_a_lost_connection(
    opened: Open, sns: Sns
) -> None:
    sns.failures = 1
    assert isinstance(await opened(envelope()), Receipts)
    assert isinstance(await opened(envelope("1")), Receipts)
    assert sns.fetched == [CERTIFICATE, CERTIFICATE]


async def test_an_envelope_may_be_as_old_as_sns_tries_again_and_no_older(opened: Open) -> None:
    assert isinstance(await opened(envelope(), at=NOW + RETRIED_FOR + REPLAY_WINDOW), Receipts)
    assert isinstance(await opened(envelope(), at=NOW + RETRIED_FOR + REPLAY_WINDOW + 1), Forged)
    assert isinstance(await opened(envelope(), at=NOW - REPLAY_WINDOW - 1), Forged)


async def test_a_subscription_of_our_topic_confirms_itself(opened: Open, sns: Sns) -> None:
    sns.served[CONFIRM] = b"<ConfirmSubscriptionResponse/>"
    assert await opened(subscription(CONFIRM)) == Receipts()
    assert sns.fetched == [CERTIFICATE, CONFIRM]


@pytest.mark.parametrize(
    "url",
    [
        CONFIRM.replace("amazonaws.com", "evil.example"),
        CONFIRM.replace(TOPIC, TOPIC + "x"),
        CONFIRM.replace("ConfirmSubscription", "Publish"),
        CONFIRM.replace("https", "http"),
    ],
)
async def test_w4_a_confirmation_goes_to_sns_for_our_topic_or_nowhere(
    url: str, opened: Open, sns: Sns
) -> None:
    assert isinstance(await opened(subscription(url)), Forged)
    assert sns.fetched == [CERTIFICATE]


@pytest.mark.parametrize("message", ["Successfully validated SNS topic", "{}", "[1]", "7"])
async def test_a_notification_about_no_message_has_no_receipts(message: str, opened: Open) -> None:
    assert await opened(envelope(Message=message)) == Receipts()


def event(**given: object) -> str:
    return msgspec.json.encode({**EVENT, **given}).decode()


def test_what_eventbridge_passes_on_is_read_too() -> None:
    passed = {"detail-type": "Text Message Delivery Status Updated", "detail": EVENT}
    assert read_event(msgspec.json.encode(passed).decode()) == read_event(event())


def test_every_type_of_event_in_the_model_of_aws_has_its_meaning() -> None:
    session = import_module("botocore.session").get_session()
    types = session.get_service_model("pinpoint-sms-voice-v2").shape_for("EventType").enum
    ours = [each for each in types if not re.match("ALL|.*_ALL|MEDIA_", each)]
    assert len(ours) > 20
    for kind in ours:
        assert kind.partition("_")[2] in STATUSES, kind
    ends = {name for name, status in STATUSES.items() if status is DeliveryStatus.UNDELIVERABLE}
    assert ends == set(FAILURES)


@pytest.mark.parametrize(
    ("kind", "final", "status", "refusal"),
    [
        ("TEXT_QUEUED", False, DeliveryStatus.SUBMITTED, None),
        ("TEXT_SENT", False, DeliveryStatus.IN_TRANSIT, None),
        ("TEXT_SUCCESSFUL", False, DeliveryStatus.IN_TRANSIT, None),
        ("TEXT_SUCCESSFUL", True, DeliveryStatus.DELIVERED, None),
        ("TEXT_INVALID", True, DeliveryStatus.UNDELIVERABLE, RefusalKind.NUMBER),
        ("TEXT_SPAM", True, DeliveryStatus.UNDELIVERABLE, RefusalKind.ACCOUNT),
        ("TEXT_CARRIER_UNREACHABLE", True, DeliveryStatus.UNDELIVERABLE, RefusalKind.PASSING),
        ("TEXT_PROTECT_BLOCKED", True, DeliveryStatus.UNDELIVERABLE, RefusalKind.FRAUD),
        ("TEXT_UNKNOWN", True, DeliveryStatus.UNKNOWN, None),
        ("TEXT_NEW_IN_2030", True, DeliveryStatus.UNKNOWN, None),
        ("VOICE_ANSWERED", False, DeliveryStatus.DELIVERED, None),
        ("VOICE_NO_ANSWER", True, DeliveryStatus.UNDELIVERABLE, RefusalKind.PASSING),
        ("RCS_READ", True, DeliveryStatus.DELIVERED, None),
        ("RCS_FALLEN_BACK_TO_SMS", False, DeliveryStatus.IN_TRANSIT, None),
    ],
)
def test_an_event_means(
    kind: str, final: object, status: DeliveryStatus, refusal: RefusalKind | None
) -> None:
    receipt = read_event(event(eventType=kind, isFinal=final))
    assert receipt is not None
    assert (receipt.report.status, receipt.report.refusal) == (status, refusal)
    assert receipt.report.carrier_code == kind
