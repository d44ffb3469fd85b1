"""Bird as Bird's own SDK sees it: its models of requests and events, its check of signatures."""

import json
import warnings
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError
from server.tests.contract.recordings import recordings

from watchword.adapters.providers.bird import REFUSALS
from watchword.domain.channel import Channel

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # the SDK warns of its own models
    from bird import Bird, WebhookVerificationError
    from bird import _generated as models

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
    assert {code.value for code in models.SMSErrorCode} <= REFUSALS.keys()
