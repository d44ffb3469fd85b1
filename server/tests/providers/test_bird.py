"""Bird as Bird's own SDK sees it: its models of requests and events, its check of signatures."""

import hmac
import json
import warnings
from base64 import b64encode
from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError
from server.tests.contract.recordings import RECEIPTS_URL, Recording, Replied, recordings
from server.tests.contract.test_recorded_providers import opened, vendor
from standardwebhooks.webhooks import Webhook

from watchword.adapters.providers.bird import REFUSALS, STATUSES
from watchword.domain.attempt import DeliveryStatus
from watchword.domain.channel import Channel
from watchword.ports.provider import Accepted, Forged, Inbound, Price, Receipts, RefusalKind
from watchword.testing.vendor import Vendor

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # the SDK warns of its own models
    from bird import Bird, WebhookVerificationError
    from bird import _generated as models

__all__ = ["vendor"]

(RECORDING,) = (recording for recording in recordings() if recording.provider == "bird")
REQUESTS: dict[Channel, type[BaseModel]] = {
    Channel.SMS: models.SMSMessageSendRequest,
    Channel.WHATSAPP: models.WhatsAppMessageSendRequest,
}
SENT = [s for s in RECORDING.send if s.outcome.accepted and s.requests[0].json]


@pytest.mark.parametrize("sent", SENT, ids=lambda sent: sent.name)
def test_d3_a_request_is_one_of_the_sdks_model_and_has_no_other_field(sent: Any) -> None:
    asked = json.loads(json.dumps(sent.requests[0].json))
    if asked.get("template", {}).get("components") == "*":
        asked["template"]["components"] = []
    model = REQUESTS[sent.message.channel].model_validate(asked)
    known = {field.alias or name for name, field in type(model).model_fields.items()}
    assert asked.keys() <= known
    with pytest.raises(ValidationError):
        REQUESTS[sent.message.channel].model_validate({**asked, "to": None})


@pytest.mark.parametrize("posted", RECORDING.receipt, ids=lambda posted: posted.name)
def test_d3_the_sdk_takes_and_refuses_the_signatures_that_we_take_and_refuse(posted: Any) -> None:
    webhooks = Bird(api_key=RECORDING.credentials["api_key"]).webhooks
    secret = RECORDING.credentials["webhook_secret"]
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("time.time", lambda: posted.at / 1000)
        try:
            webhooks.unwrap(posted.body, dict(posted.headers), secret=secret)
            taken = True
        except WebhookVerificationError as error:
            # Past the signature it wants every field of an event, which our recordings leave out.
            taken = str(error) == "verified webhook payload is not a valid event"
    assert taken is not posted.forged


def test_every_error_code_of_the_sdk_has_a_meaning() -> None:
    codes = [*models.SMSErrorCode, *models.WhatsAppErrorCode]
    assert {code.value for code in codes} <= REFUSALS.keys()


def test_every_status_and_event_of_the_sdk_has_a_meaning() -> None:
    statuses = [*models.SMSMessageStatus, *models.WhatsAppMessageStatus]
    events = [*models.SMSEventType, *models.WhatsAppEventType]
    words = {status.value for status in statuses} | {e.value.partition(".")[2] for e in events}
    assert words - {"received"} <= STATUSES.keys()


@pytest.mark.parametrize(
    ("secrets", "taken"),
    [
        (["webhook_secret"], True),
        (["another", "webhook_secret"], True),
        (["another"], False),
        ([], False),
    ],
)
async def test_d3_signatures_of_the_standards_own_library_are_taken_also_while_secrets_rotate(
    secrets: list[str], taken: bool
) -> None:
    body = '{"type":"sms.sent","data":{"sms_id":"sms_1"}}'
    known = {"webhook_secret": RECORDING.credentials["webhook_secret"], "another": "whsec_b3RoZXI="}
    at = datetime.fromtimestamp(1_750_000_000, UTC)
    headers = {
        "webhook-id": "msg_1",
        "webhook-timestamp": "1750000000",
        "webhook-signature": " ".join(Webhook(known[s]).sign("msg_1", at, body) for s in secrets),
    }
    asked = Inbound(
        method="POST", url=RECEIPTS_URL, headers=headers, body=body.encode(), at=1_750_000_000_000
    )
    provider = opened(RECORDING, "http://127.0.0.1:9")
    without = opened(
        Recording("bird", {"api_key": RECORDING.credentials["api_key"]}), "http://127.0.0.1:9"
    )
    assert isinstance(await provider.receipts(asked), Receipts if taken else Forged)
    assert isinstance(await without.receipts(asked), Forged)


async def test_w4_an_account_without_a_secret_takes_no_signature_of_the_empty_key() -> None:
    signature = b64encode(hmac.digest(b"", b"msg_1.1750000000.{}", "sha256")).decode()
    headers = {
        "webhook-id": "msg_1",
        "webhook-timestamp": "1750000000",
        "webhook-signature": f"v1,{signature}",
    }
    asked = Inbound(
        method="POST", url=RECEIPTS_URL, headers=headers, body=b"{}", at=1_750_000_000_000
    )
    given = {"api_key": RECORDING.credentials["api_key"]}
    provider = opened(Recording("bird", given), "http://127.0.0.1:9")
    assert isinstance(await provider.receipts(asked), Forged)


@pytest.mark.parametrize("secret", ["whsec_=", "whsec_====", "whsec_abc"])
def test_a_webhook_secret_that_is_no_key_is_refused_without_being_shown(secret: str) -> None:
    given = {**RECORDING.credentials, "webhook_secret": secret}
    with pytest.raises(ValueError, match="webhook_secret is not Base64") as raised:
        opened(Recording("bird", given), "http://127.0.0.1:9")
    assert secret not in str(raised.value)


async def test_a_message_is_asked_after_on_the_channel_that_its_id_names(vendor: Vendor) -> None:
    error = {
        "code": "invalid_destination",
        "description": "no such number",
        "occurred_at": "2025-06-15T15:06:40Z",
    }
    models.SMSError.model_validate(error)
    told = {"status": "failed", "mcc_mnc": "20801", "last_error": error}
    cost = {"amount": "0.05", "currency_code": "EUR"}
    vendor.replies = [
        Replied(body=json.dumps({"id": "sms_1", "cost": cost, **told})),
        Replied(body=json.dumps({"id": "another", "status": "delivered"})),
        Replied(status=404, body="{}"),
    ]
    provider = opened(RECORDING, vendor.url)
    found = await provider.report("sms_1")
    others = [await provider.report("wam_1") for _ in range(2)]
    await provider.close()
    assert found is not None
    assert (found.status, found.refusal) == (DeliveryStatus.UNDELIVERABLE, RefusalKind.NUMBER)
    assert (found.at, found.network) == (1_750_000_000_000, "20801")
    assert found.price == Price(50_000, "EUR")
    assert others == [None, None]
    paths = [path for _, path, _, _ in vendor.asked]
    assert paths == ["/v1/sms/messages/sms_1", *["/v1/whatsapp/messages/wam_1"] * 2]


async def test_the_same_message_goes_under_one_idempotency_key_and_another_under_another(
    vendor: Vendor,
) -> None:
    vendor.replies = [Replied(status=202, body='{"id":"one","status":"accepted"}')]
    deaf = {"api_key": RECORDING.credentials["api_key"]}
    provider = opened(Recording("bird", deaf), vendor.url)
    sms, whatsapp = SENT[0].message.message(), SENT[1].message.message()
    outcomes = [await provider.send(message) for message in (sms, sms, whatsapp)]
    await provider.close()
    # An account that can verify no receipts is asked for news instead.
    assert outcomes == [Accepted("one", follow_up_after=30_000)] * 3
    first, again, other = (headers["idempotency-key"] for _, _, headers, _ in vendor.asked)
    assert first == again != other
