"""SNS envelope: whether a notification was signed by Amazon SNS and comes from the topic it must."""

import re
from base64 import b64decode
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.x509.oid import NameOID

from watchword.adapters.providers.answers import moment, read_json, text
from watchword.adapters.providers.signatures import REPLAY_WINDOW
from watchword.ports.provider import Forged, Inbound

Fetch = Callable[[str], Awaitable[bytes | None]]
"""GET over HTTPS without redirects: the body of a success, None for anything else."""

RETRIED_FOR = 3_600_000
"""Milliseconds for which SNS tries again at most; an envelope keeps its first time meanwhile."""
KEPT = 16
"""Certificates that are remembered; SNS changes its own about once a year."""
SIGNED = {
    "Notification": ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"),
    **dict.fromkeys(
        ("SubscriptionConfirmation", "UnsubscribeConfirmation"),
        ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"),
    ),
}
"""What the signature covers, in this order."""
HASHES: dict[str, hashes.HashAlgorithm] = {
    "1": hashes.SHA1(),  # noqa: S303 - SNS's own default, over whole envelopes
    "2": hashes.SHA256(),
}
_HOST = r"https://sns\.[a-z]{2}(?:-[a-z]+)+-[0-9]+\.amazonaws\.com(?:\.cn)?"
_CERTIFICATE = re.compile(_HOST + r"/SimpleNotificationService-[0-9A-Za-z]+\.pem")
_CONFIRMATION = re.compile(_HOST + r"/\?[!-~]+")
_NAME = re.compile(r"sns(?:\.[a-z0-9-]+)?\.amazonaws\.com(?:\.cn)?")


class SnsEnvelopes:
    """Opens the envelopes of one topic, by the rules of the SNS developer guide.

    The certificate that SNS serves comes alone, without those above it. It is believed because it
    was fetched over TLS from a host of SNS under the one path where SNS keeps its certificates,
    never following a redirect, is for `sns.amazonaws.com`, and is valid when the request arrives.
    """

    def __init__(self, topic_arn: str, fetch: Fetch) -> None:
        self._topic_arn = topic_arn
        self._fetch = fetch
        self._certificates: dict[str, x509.Certificate] = {}

    async def open(self, inbound: Inbound) -> str | Forged:
        """The message inside a genuine notification, and nothing inside what only manages the topic.

        A subscription of the topic to our address is confirmed on the way.
        """
        envelope = read_json(inbound.body)
        kind, version = text(envelope, "Type"), text(envelope, "SignatureVersion")
        if kind not in SIGNED or version not in HASHES:
            return Forged("this is no signed envelope of SNS")
        if not self._topic_arn or text(envelope, "TopicArn") != self._topic_arn:
            return Forged("the envelope is of another topic than `topic_arn`")
        at = moment(text(envelope, "Timestamp"))
        if at is None or not -REPLAY_WINDOW <= inbound.at - at <= RETRIED_FOR + REPLAY_WINDOW:
            return Forged("the envelope is too old, or has no time")
        certificate = await self._certificate(text(envelope, "SigningCertURL"))
        if certificate is None:
            return Forged("no certificate of SNS could be had")
        if not _current(certificate, inbound.at):
            return Forged("the certificate is not one of SNS, or not valid now")
        told = "".join(
            f"{name}\n{text(envelope, name)}\n" for name in SIGNED[kind] if text(envelope, name)
        )
        if not _signed(certificate, text(envelope, "Signature"), told, HASHES[version]):
            return Forged("the signature is not of this envelope")
        if kind == "SubscriptionConfirmation":
            return await self._confirm(text(envelope, "SubscribeURL"))
        return text(envelope, "Message") if kind == "Notification" else ""

    async def _certificate(self, url: str) -> x509.Certificate | None:
        known = self._certificates.get(url)
        if known is not None or not _CERTIFICATE.fullmatch(url):
            return known
        # SNS does not try again after a 403, so one lost connection must not cost a receipt.
        body = await self._fetch(url) or await self._fetch(url)
        try:
            certificate = x509.load_pem_x509_certificate(body or b"")
        except ValueError:
            return None
        if len(self._certificates) >= KEPT:
            self._certificates.clear()
        self._certificates[url] = certificate
        return certificate

    async def _confirm(self, url: str) -> str | Forged:
        asked = parse_qs(urlsplit(url).query) if _CONFIRMATION.fullmatch(url) else {}
        if (asked.get("Action"), asked.get("TopicArn")) != (
            ["ConfirmSubscription"],
            [self._topic_arn],
        ):
            return Forged("the address to confirm the subscription at is not one of SNS")
        if await self._fetch(url) is None:
            return Forged("the subscription could not be confirmed")
        return ""


def _current(certificate: x509.Certificate, at: int) -> bool:
    now = datetime.fromtimestamp(at / 1000, UTC)
    if not certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc:
        return False
    try:
        named = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
        return any(_NAME.fullmatch(str(name.value)) for name in named)
    except ValueError:
        return False


def _signed(
    certificate: x509.Certificate, signature: str, told: str, algorithm: hashes.HashAlgorithm
) -> bool:
    try:
        key = certificate.public_key()
        if not isinstance(key, RSAPublicKey):
            return False
        key.verify(b64decode(signature, validate=True), told.encode(), PKCS1v15(), algorithm)
    except (InvalidSignature, UnsupportedAlgorithm, ValueError):
        return False
    return True
