"""Telegram as an SDK for its Gateway sees it: the request it would make, the signatures it takes."""

from typing import Any

import pytest
from server.tests.contract.recordings import Recording, Replied, Words, recordings
from server.tests.contract.test_recorded_providers import opened, vendor
from telegram_gateway_verification import TelegramGatewayClient, verify_callback_signature

from watchword.domain.attempt import DeliveryStatus
from watchword.domain.channel import Channel
from watchword.ports.provider import Accepted, Healthy, RefusalKind, Refused, Unavailable
from watchword.testing.vendor import Vendor

__all__ = ["vendor"]

(RECORDING,) = (recording for recording in recordings() if recording.provider == "telegram")
TOKEN = RECORDING.credentials["token"]
MESSAGE = Words(channel=Channel.TELEGRAM).message()


def test_d3_a_code_is_asked_for_as_the_sdk_asks_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: dict[str, Any] = {}
    client = TelegramGatewayClient(TOKEN)

    def post(method: str, body: dict[str, Any], *_: Any, **__: Any) -> dict[str, Any]:
        asked.update(method=method, body={k: v for k, v in body.items() if v is not None})
        return {"request_id": "r", "phone_number": "33612345678", "request_cost": 0.01}

    monkeypatch.setattr(client, "_call", post)
    ours = RECORDING.send[0].requests[0]
    wanted = {**ours.json, "callback_url": "https://verify.example/receipts/acme"}
    client.send_verification_message(**wanted)
    assert ours.path.endswith(asked["method"])
    assert asked["body"] == wanted


@pytest.mark.parametrize("posted", RECORDING.receipt, ids=lambda posted: posted.name)
def test_d3_the_sdk_takes_and_refuses_the_signatures_that_we_take_and_refuse(posted: Any) -> None:
    taken = verify_callback_signature(
        api_token=TOKEN,
        timestamp_header=posted.headers["x-request-timestamp"],
        signature_header=posted.headers["x-request-signature"],
        raw_body=posted.body.encode(),
        now=posted.at // 1000,
    )
    assert taken is not posted.forged


async def test_a_number_is_asked_about_first_where_the_account_wants_it(vendor: Vendor) -> None:
    careful = Recording("telegram", {**RECORDING.credentials, "check_ability": "yes"})
    provider = opened(careful, vendor.url)
    vendor.replies = [
        Replied(body='{"ok":true,"result":{"request_id":"able-1"}}'),
        Replied(body='{"ok":true,"result":{"request_id":"able-1","request_cost":0}}'),
    ]
    assert isinstance(await provider.send(MESSAGE), Accepted)
    assert [path for _, path, _, _ in vendor.asked] == [
        "/checkSendAbility",
        "/sendVerificationMessage",
    ]
    assert b'"request_id":"able-1"' in vendor.asked[1][3]
    vendor.replies = [Replied(body='{"ok":false,"error":"PHONE_NUMBER_INVALID"}')]
    refused = await provider.send(MESSAGE)
    await provider.close()
    assert isinstance(refused, Refused)
    assert refused.kind is RefusalKind.NUMBER
    assert len(vendor.asked) == 3


async def test_the_gateway_can_be_asked_about_a_message_and_about_the_token(vendor: Vendor) -> None:
    provider = opened(RECORDING, vendor.url)
    vendor.replies = [Replied(body='{"ok":true,"result":{"delivery_status":{"status":"read"}}}')]
    report = await provider.report("req-1")
    assert report is not None
    assert report.status is DeliveryStatus.DELIVERED
    vendor.replies = [Replied(body='{"ok":false,"error":"REQUEST_ID_INVALID"}')]
    assert await provider.probe() == Healthy("the token is valid")
    vendor.replies = [Replied(body='{"ok":false,"error":"ACCESS_TOKEN_INVALID"}')]
    wrong = await provider.probe()
    for status, error in ((500, "INTERNAL"), (429, "FLOOD")):
        vendor.replies = [Replied(status=status, body=f'{{"ok":false,"error":"{error}"}}')]
        assert isinstance(await provider.probe(), Unavailable)
    await provider.close()
    assert isinstance(wrong, Refused)
    assert wrong.kind is RefusalKind.ACCOUNT
