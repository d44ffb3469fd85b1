"""Sinch as Sinch's own SDK sees it: its models of requests, its check of signatures; tokens renewed."""

import json
import warnings
from typing import Any

import pytest
from pydantic import ValidationError
from server.tests.contract.recordings import RECEIPTS_URL, Recording, Replied, Words, recordings
from server.tests.contract.test_recorded_providers import opened, vendor

from watchword.adapters.providers.signatures import basic, hmac_base64
from watchword.domain.attempt import DeliveryStatus
from watchword.domain.channel import Channel
from watchword.ports.provider import Accepted, Forged, Inbound, Receipts

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # the SDK's own source has warnings in it
    from sinch.domains.authentication.sinch_events.v1.authentication_validation import (
        validate_sinch_event_signature_with_nonce,
    )
    from sinch.domains.conversation.models.v1.messages.internal.request.send_message_request import (
        SendMessageRequest,
    )
    from sinch.domains.conversation.models.v1.sinch_events.events.message_delivery_report import (
        MessageDeliveryReport,
    )
    from sinch.domains.sms.models.v1.response.batch_delivery_report import BatchDeliveryReport
    from sinch.domains.sms.models.v1.response.recipient_delivery_report import (
        RecipientDeliveryReport,
    )
    from sinch.domains.sms.models.v1.shared.text_request import TextRequest

from watchword.testing.vendor import Vendor

__all__ = ["vendor"]

(RECORDING,) = (recording for recording in recordings() if recording.provider == "sinch")
SECRETS = [
    RECORDING.credentials[name] for name in ("sms_webhook_secret", "conversation_webhook_secret")
]
SENT = [s for s in RECORDING.send if s.outcome.accepted]
REPORTED = [p for p in RECORDING.receipt if p.expect]
TOKEN = '{"access_token":"token-%s","expires_in":3599}'
BATCH = {
    "type": "delivery_report_sms",
    "batch_id": "b/1",
    "total_message_count": 1,
    "statuses": [{"code": 413, "status": "Failed", "count": 1}],
}


@pytest.mark.parametrize("sent", SENT, ids=lambda sent: sent.name)
def test_d3_a_request_is_one_of_the_sdks_model(sent: Any) -> None:
    asked = dict(sent.requests[-1].json)
    if sent.message.channel is Channel.SMS:
        asked["expire_at"] = "2025-06-15T15:06:40Z"
    model = TextRequest if sent.message.channel is Channel.SMS else SendMessageRequest
    made = model.model_validate(asked)
    known = {field.alias or name for name, field in model.model_fields.items()}
    assert asked.keys() <= known
    assert made.model_dump(by_alias=True, exclude_none=True)
    with pytest.raises(ValidationError):
        model.model_validate({})


@pytest.mark.parametrize("posted", RECORDING.receipt, ids=lambda posted: posted.name)
def test_d3_the_sdk_takes_the_signatures_that_we_take(posted: Any) -> None:
    taken = any(
        validate_sinch_event_signature_with_nonce(secret, dict(posted.headers), posted.body)
        for secret in SECRETS
    )
    # The SDK looks at no time, so to it an old signature is as good as a new one.
    assert taken is (not posted.forged or posted.name == "too old")


async def test_a_token_is_used_again_and_renewed_where_it_is_not_taken_any_more(
    vendor: Vendor,
) -> None:
    provider = opened(RECORDING, vendor.url)
    message = Words(channel=Channel.VIBER).message()
    vendor.replies = [
        Replied(body=TOKEN % 1),
        Replied(body='{"message_id":"one"}'),
        Replied(body='{"message_id":"two"}'),
        Replied(status=401, body="{}"),
        Replied(body=TOKEN % 2),
        Replied(body='{"message_id":"three"}'),
    ]
    outcomes = [await provider.send(message) for _ in range(3)]
    await provider.close()
    assert outcomes == [Accepted("one"), Accepted("two"), Accepted("three")]
    assert [path for _, path, _, _ in vendor.asked].count("/oauth2/token") == 2
    assert vendor.asked[-1][2]["authorization"] == "Bearer token-2"


@pytest.mark.parametrize(
    ("left_out", "channels"),
    [
        (("service_plan_id", "api_token"), {Channel.WHATSAPP, Channel.RCS, Channel.VIBER}),
        (("project_id", "app_id", "key_id", "key_secret"), {Channel.SMS}),
    ],
)
def test_an_account_has_the_channels_that_it_has_credentials_for(
    left_out: tuple[str, ...], channels: set[Channel]
) -> None:
    given = {n: v for n, v in RECORDING.credentials.items() if n not in left_out}
    half = {n: v for n, v in RECORDING.credentials.items() if n != left_out[0]}
    assert opened(Recording("sinch", given), "http://127.0.0.1:9").channels == channels
    with pytest.raises(ValueError, match="go together"):
        opened(Recording("sinch", half), "http://127.0.0.1:9")


@pytest.mark.parametrize("posted", REPORTED, ids=lambda posted: posted.name)
def test_d3_a_recorded_receipt_is_one_of_the_sdks_model(posted: Any) -> None:
    told = json.loads(posted.body)
    delivery = told.get("message_delivery_report")
    model = MessageDeliveryReport if delivery else RecipientDeliveryReport
    made = model.model_validate(delivery or told)
    (expected,) = posted.expect
    if expected.reference:
        assert (made.metadata if delivery else made.client_reference) == expected.reference


async def test_an_sms_is_asked_after_where_the_plan_can_be_asked(vendor: Vendor) -> None:
    BatchDeliveryReport.model_validate(BATCH)
    provider = opened(RECORDING, vendor.url)
    vendor.replies = [Replied(body=json.dumps(BATCH)), Replied(body="{}"), Replied(status=404)]
    found = await provider.report("b/1")
    others = [await provider.report("b/1") for _ in range(2)]
    await provider.close()
    assert found is not None
    assert (found.status, found.carrier_code) == (DeliveryStatus.UNDELIVERABLE, "413")
    assert found.cause == "the number or the message is blocked"
    assert others == [None, None]
    assert vendor.asked[0][:2] == ("GET", "/xms/v1/plan-1/batches/b%2F1/delivery_report")


async def test_an_sms_that_no_receipt_can_follow_is_asked_after(vendor: Vendor) -> None:
    vendor.replies = [Replied(status=201, body='{"id":"one"}')]
    deaf = {n: v for n, v in RECORDING.credentials.items() if n != "sms_webhook_secret"}
    outcomes = []
    for credentials in (RECORDING.credentials, deaf):
        provider = opened(Recording("sinch", credentials), vendor.url)
        outcomes.append(await provider.send(Words(channel=Channel.SMS).message()))
        await provider.close()
    assert outcomes == [Accepted("one"), Accepted("one", follow_up_after=30_000)]


@pytest.mark.parametrize(
    ("authorization", "taken"),
    [
        (basic("sinch", "a-password"), True),
        (basic("sinch", "another"), False),
        ("Basic", False),
        ("", False),
    ],
)
async def test_an_unsigned_callback_is_taken_by_its_user_name_and_password_alone(
    authorization: str, taken: bool
) -> None:
    plan = {n: RECORDING.credentials[n] for n in ("service_plan_id", "api_token")}
    login = {"receipts_username": "sinch", "receipts_password": "a-password"}
    posted = RECORDING.receipt[0]
    asked = Inbound(
        method="POST",
        url=RECEIPTS_URL,
        headers={"authorization": authorization},
        body=posted.body.encode(),
        at=posted.at,
    )
    provider = opened(Recording("sinch", plan | login), "http://127.0.0.1:9")
    without = opened(Recording("sinch", plan), "http://127.0.0.1:9")
    assert isinstance(await provider.receipts(asked), Receipts if taken else Forged)
    assert isinstance(await without.receipts(asked), Forged)


@pytest.mark.parametrize(
    "headers",
    [
        {"authorization": basic("", "")},
        {"authorization": ""},
        {
            "x-sinch-webhook-signature": hmac_base64("", b"{}.n1.1750000000"),
            "x-sinch-webhook-signature-nonce": "n1",
            "x-sinch-webhook-signature-timestamp": "1750000000",
        },
    ],
)
async def test_w4_an_account_without_secrets_takes_no_empty_ones(headers: dict[str, str]) -> None:
    plan = {n: RECORDING.credentials[n] for n in ("service_plan_id", "api_token")}
    provider = opened(Recording("sinch", plan), "http://127.0.0.1:9")
    asked = Inbound(
        method="POST", url=RECEIPTS_URL, headers=headers, body=b"{}", at=1_750_000_000_000
    )
    assert isinstance(await provider.receipts(asked), Forged)
