"""Telnyx as Telnyx's own SDK sees it: its parameters, its models of events, its check of signatures."""

import json
from typing import Any, get_args, get_type_hints

import pytest
from pydantic import TypeAdapter, ValidationError
from server.tests.contract.recordings import recordings
from server.tests.contract.test_recorded_providers import opened
from telnyx.lib.webhook_verification import WebhookVerificationError, verify_webhook_signature
from telnyx.types.delivery_update_webhook_event import DeliveryUpdateWebhookEvent
from telnyx.types.message_send_params import MessageSendParams
from telnyx.types.message_whatsapp_params import MessageWhatsappParams
from telnyx.types.messages.rc_send_params import RcSendParams
from telnyx.types.outbound_message_payload import To

from watchword.adapters.providers.telnyx import STATUSES
from watchword.domain.attempt import DeliveryStatus
from watchword.domain.channel import Channel
from watchword.ports.provider import Price, Report
from watchword.testing.recordings import Replied
from watchword.testing.vendor import running_vendor

(RECORDING,) = (recording for recording in recordings() if recording.provider == "telnyx")
PARAMETERS = {
    Channel.SMS: MessageSendParams,
    Channel.WHATSAPP: MessageWhatsappParams,
    Channel.RCS: RcSendParams,
}
SENT = [s for s in RECORDING.send if s.outcome.accepted]
SIGNED = [r for r in RECORDING.receipt if not r.forged and r.expect]
NEWER = "a status that nobody knows"


@pytest.mark.parametrize("sent", SENT, ids=lambda sent: sent.name)
def test_d3_a_request_has_the_parameters_of_the_sdk_and_no_others(sent: Any) -> None:
    asked = dict(sent.requests[0].json)
    if "from" in asked:
        asked["from_"] = asked.pop("from")  # as the SDK spells it in Python
    shape = PARAMETERS[sent.message.channel]
    assert asked.keys() <= get_type_hints(shape).keys() | {"webhook_url"}
    TypeAdapter(shape).validate_python(asked)
    with pytest.raises(ValidationError):
        TypeAdapter(shape).validate_python({**asked, "to": 7})


@pytest.mark.parametrize("posted", SIGNED, ids=lambda posted: posted.name)
def test_d3_the_sdk_takes_the_signatures_and_the_events_that_we_take(posted: Any) -> None:
    if posted.name != NEWER:
        DeliveryUpdateWebhookEvent.model_validate(json.loads(posted.body))
    key = RECORDING.credentials["public_key"]
    seconds = posted.headers["telnyx-timestamp"]
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("time.time", lambda: float(seconds))
        verify_webhook_signature(posted.body, dict(posted.headers), key)
        with pytest.raises(WebhookVerificationError):
            verify_webhook_signature(posted.body + " ", dict(posted.headers), key)


def test_every_status_that_the_sdk_knows_has_a_meaning() -> None:
    hint = To.model_fields["status"].annotation
    words = {word for inner in get_args(hint) for word in get_args(inner)}
    assert words
    assert words <= STATUSES.keys()


async def test_telnyx_can_be_asked_about_a_message() -> None:
    told = (
        '{"data":{"id":"m-1","to":[{"status":"delivered"}],"errors":[],'
        '"completed_at":"2025-06-15T15:06:40.000Z","cost":{"amount":"0.0051","currency":"USD"}}}'
    )
    async with running_vendor(Replied(body=told), Replied(body="[]")) as vendor:
        provider = opened(RECORDING, vendor.url)
        found = await provider.report("m/1")
        unread = await provider.report("m/1")
        await provider.close()
    assert vendor.asked[0][:2] == ("GET", "/messages/m%2F1")
    assert vendor.asked[0][2]["authorization"] == "Bearer KEY0123456789"
    assert found == Report(
        status=DeliveryStatus.DELIVERED, at=1_750_000_000_000, price=Price(5100, "USD")
    )
    assert unread is None
