"""MessageBird as its own SDK sees it: the request it would make, the signatures it takes."""

import hashlib
from datetime import UTC, datetime
from typing import Any

import jwt
import messagebird
import pytest
from messagebird.error import ValidationError
from messagebird.request_validator import RequestValidator
from server.tests.contract.recordings import RECEIPTS_URL, recordings
from server.tests.contract.test_recorded_providers import opened

from watchword.ports.provider import Forged, Inbound, Receipts

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
