"""Sinch as Sinch's own SDK sees it: its models of requests, its check of signatures; tokens renewed."""

import warnings
from typing import Any

import pytest
from pydantic import ValidationError
from server.tests.contract.recordings import Recording, Replied, Words, recordings
from server.tests.contract.test_recorded_providers import opened, vendor

from watchword.domain.channel import Channel
from watchword.ports.provider import Accepted

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # the SDK's own source has warnings in it
    from sinch.domains.authentication.sinch_events.v1.authentication_validation import (
        validate_sinch_event_signature_with_nonce,
    )
    from sinch.domains.conversation.models.v1.messages.internal.request.send_message_request import (
        SendMessageRequest,
    )
    from sinch.domains.sms.models.v1.shared.text_request import TextRequest

from watchword.testing.vendor import Vendor

__all__ = ["vendor"]

(RECORDING,) = (recording for recording in recordings() if recording.provider == "sinch")
SECRETS = [
    RECORDING.credentials[name] for name in ("sms_webhook_secret", "conversation_webhook_secret")
]
SENT = [s for s in RECORDING.send if s.outcome.accepted]
TOKEN = '{"access_token":"token-%s","expires_in":3599}'


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
