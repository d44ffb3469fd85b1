"""MessageBird as its own SDK sees it: the request it would make, the signatures it takes."""

import hashlib
import hmac
import json
from base64 import urlsafe_b64encode
from datetime import UTC, datetime
from typing import Any

import jwt
import messagebird
import pytest
from messagebird.error import ValidationError
from messagebird.message import Message
from messagebird.request_validator import RequestValidator
from server.tests.contract.recordings import RECEIPTS_URL, Recording, Replied, recordings
from server.tests.contract.test_recorded_providers import opened, vendor

from watchword.domain.attempt import DeliveryStatus
from watchword.ports.provider import Accepted, Forged, Inbound, Receipts, RefusalKind
from watchword.testing.vendor import Vendor

__all__ = ["vendor"]

(RECORDING,) = (recording for recording in recordings() if recording.provider == "messagebird")
KEY = RECORDING.credentials["signing_key"]


class Clock(datetime):
    """The instant at which every recorded receipt came."""

    @classmethod
    def now(cls, tz: Any = None) -> "Clock":
        return cls.fromtimestamp(1_750_000_000, tz or UTC)


def test_d3_an_sms_is_asked_for_as_the_sdk_asks_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: dict[str, Any] = {}
    client = messagebird.Client("live_0123456789")

    def request(path: str, method: str, params: Any, *_: Any) -> Any:
        asked.update(path=path, method=method, params=params)
        return {"id": "m"}

    monkeypatch.setattr(client, "request", request)
    client.message_create(
        "Acme",
        "33612345678",
        "123456 is your code",
        {
            "reference": "$reference",
            "datacoding": "auto",
            "validity": 300,
            "reportUrl": "$receipts_url",
        },
    )
    ours = RECORDING.send[0].requests[0].json
    assert (asked["method"], "/" + asked["path"]) == ("POST", "/messages")
    # The SDK joins recipients with commas, which the API takes as well as a list.
    assert asked["params"] == {**ours, "recipients": ",".join(ours["recipients"])}


@pytest.mark.parametrize("posted", RECORDING.receipt, ids=lambda posted: posted.name)
def test_d3_the_sdk_takes_and_refuses_the_signatures_that_we_take_and_refuse(
    posted: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jwt.api_jwt.datetime", Clock)
    token = posted.headers["messagebird-signature-jwt"]
    if posted.forged:
        with pytest.raises(ValidationError):
            RequestValidator(KEY).validate_signature(token, posted.url, b"")
    else:
        assert RequestValidator(KEY).validate_signature(token, posted.url, b"")


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "Somebody"},
        {"nbf": "soon"},
        {"payload_hash": hashlib.sha256(b"another body").hexdigest()},
        {"url_hash": None},
    ],
)
async def test_a_token_with_a_claim_that_is_wrong_is_forged(claims: dict[str, Any]) -> None:
    right = {
        "iss": "MessageBird",
        "nbf": 1_750_000_000,
        "exp": 1_750_000_060,
        "url_hash": hashlib.sha256(RECEIPTS_URL.encode()).hexdigest(),
    }
    provider = opened(RECORDING, "http://127.0.0.1:9")

    async def given(told: dict[str, Any]) -> Receipts | Forged:
        headers = {"messagebird-signature-jwt": jwt.encode(told, KEY, "HS256")}
        at = 1_750_000_000_000
        return await provider.receipts(
            Inbound(method="GET", url=RECEIPTS_URL, headers=headers, body=b"", at=at)
        )

    assert isinstance(await given(right), Receipts)
    assert isinstance(await given(right | claims), Forged)


async def test_without_a_signing_key_receipts_are_refused_and_the_api_is_asked(
    vendor: Vendor,
) -> None:
    item = {
        "recipient": 33612345678,
        "status": "delivery_failed",
        "statusErrorCode": 1,
        "statusDatetime": "2025-06-15T15:06:40+00:00",
        "mccmnc": "20801",
    }
    told = {"id": "m/1", "recipients": {"totalCount": 1, "items": [item]}}
    vendor.replies = [
        Replied(status=201, body='{"id":"m/1"}'),
        Replied(body=json.dumps(told)),
        Replied(body="{}"),
        Replied(status=404),
    ]
    deaf = {n: v for n, v in RECORDING.credentials.items() if n != "signing_key"}
    provider = opened(Recording("messagebird", deaf), vendor.url)
    outcome = await provider.send(RECORDING.send[0].message.message())
    found = await provider.report("m/1")
    others = [await provider.report("m/1") for _ in range(2)]
    refused = [await provider.receipts(posted.inbound()) for posted in RECORDING.receipt]
    await provider.close()
    assert outcome == Accepted("m/1", follow_up_after=30_000)
    assert found is not None
    assert (found.status, found.refusal) == (DeliveryStatus.UNDELIVERABLE, RefusalKind.NUMBER)
    assert (found.at, found.carrier_code, found.network) == (1_750_000_000_000, "1", "20801")
    assert others == [None, None]
    assert vendor.asked[1][:2] == ("GET", "/messages/m%2F1")
    assert all(isinstance(answer, Forged) for answer in refused)
    # The SDK finds the status where we do; of codes and networks it knows nothing.
    (read,) = Message().load(told).recipients["items"]
    assert (read.status, read.statusDatetime.timestamp()) == ("delivery_failed", 1_750_000_000)


async def test_w4_an_account_without_a_key_takes_no_token_of_the_empty_key() -> None:
    claims = {
        "iss": "MessageBird",
        "nbf": 1_750_000_000,
        "exp": 1_750_000_060,
        "url_hash": hashlib.sha256(RECEIPTS_URL.encode()).hexdigest(),
    }

    def spelled(data: bytes) -> str:
        return urlsafe_b64encode(data).decode().rstrip("=")

    # Signed by hand: the library would not sign with so little.
    header = json.dumps({"alg": "HS256", "typ": "JWT"}).encode()
    signed = f"{spelled(header)}.{spelled(json.dumps(claims).encode())}"
    token = f"{signed}.{spelled(hmac.digest(b'', signed.encode(), 'sha256'))}"
    provider = opened(Recording("messagebird", {"access_key": "live"}), "http://127.0.0.1:9")
    asked = Inbound(
        method="GET",
        url=RECEIPTS_URL,
        headers={"messagebird-signature-jwt": token},
        body=b"",
        at=1_750_000_000_000,
    )
    assert isinstance(await provider.receipts(asked), Forged)
