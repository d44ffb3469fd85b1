"""Infobip as its own SDK sees it: its models of requests, answers and reports; and what is forged."""

import hashlib
import hmac
import json
from base64 import b64encode
from importlib import import_module
from typing import Any

import pytest
from server.tests.contract.recordings import (
    RECEIPTS_URL,
    Posted,
    Recording,
    Sent,
    recordings,
)
from server.tests.contract.test_recorded_providers import opened

from watchword.adapters.providers.infobip_reports import GROUPS, REFUSALS, REJECTIONS, STATUSES
from watchword.adapters.providers.signatures import basic
from watchword.domain.attempt import DeliveryStatus
from watchword.ports.provider import Forged, Inbound, Receipts, RefusalKind

(RECORDING,) = (recording for recording in recordings() if recording.provider == "infobip")
SENDS = [
    sent
    for sent in RECORDING.send
    if sent.outcome.accepted and sent.message.channel in {"sms", "viber"}
]
ANSWERED = [
    sent for sent in RECORDING.send if sent.replies and sent.requests[0].path == "/sms/3/messages"
]
REPORTED = [
    posted for posted in RECORDING.receipt if posted.name.startswith(("two", "undeliverable"))
]
NOWHERE = "http://127.0.0.1:9"
BODY = b'{"results":[]}'
BASIC = {"receipts_username": "infobip", "receipts_password": "a password"}
HMAC = {"receipts_hmac_key": "a key", "receipts_hmac_header": "X-Signature"}
SIGNED = hmac.new(b"a key", BODY, hashlib.sha256)


def account(**credentials: str) -> Recording:
    return Recording(provider="infobip", credentials={"api_key": "k", **credentials})


async def verdict(recording: Recording, headers: dict[str, str]) -> Receipts | Forged:
    provider = opened(recording, NOWHERE)
    request = Inbound(method="POST", url=RECEIPTS_URL, headers=headers, body=BODY, at=0)
    return await provider.receipts(request)


@pytest.mark.parametrize("sent", SENDS, ids=lambda sent: sent.name)
def test_a_request_is_one_of_infobips_own_models(sent: Sent) -> None:
    models: Any = import_module("infobip_api_client.models")
    known = {"sms": models.SmsRequest, "viber": models.ViberRequest}[sent.message.channel]
    body = sent.requests[0].json
    read = known.from_dict(body)
    assert json.loads(read.to_json()) == body


@pytest.mark.parametrize("sent", ANSWERED, ids=lambda sent: sent.name)
def test_the_answers_that_were_recorded_are_infobips(sent: Sent) -> None:
    models: Any = import_module("infobip_api_client.models")
    (reply,) = sent.replies
    model = models.SmsResponse if reply.status == 200 else models.ApiError
    told = json.loads(reply.body)
    assert json.loads(model.from_dict(told).to_json()) == told


@pytest.mark.parametrize("posted", REPORTED, ids=lambda posted: posted.name)
async def test_a_report_says_to_us_what_it_says_to_infobips_own_model(posted: Posted) -> None:
    models: Any = import_module("infobip_api_client.models")
    told = json.loads(posted.body)
    for result in told["results"]:
        result["mccMnc"] = str(result.get("mccMnc", ""))  # other channels write a number
    theirs = models.SmsDeliveryResult.from_dict(told).results
    request = Inbound(
        method="POST", url=RECEIPTS_URL, headers=posted.headers, body=posted.body.encode(), at=0
    )
    found = await opened(RECORDING, NOWHERE).receipts(request)
    assert isinstance(found, Receipts)
    for one, other in zip(found.receipts, theirs, strict=True):
        report = one.report
        assert one.message_ids == (other.message_id,)
        assert one.reference == other.callback_data
        assert report.at == (other.done_at and other.done_at.timestamp() * 1000)
        assert (report.network or "") == other.mcc_mnc
        assert report.carrier_code in {other.status.name, other.error and other.error.name}
        parts = other.message_count or 1
        cost = other.price and (other.price.price_per_message * parts, other.price.currency)
        assert cost == (report.price and (report.price.amount / 1e6, report.price.currency))


async def test_receipts_are_refused_where_there_is_nothing_to_verify_them_with() -> None:
    assert isinstance(await verdict(account(), {}), Forged)


@pytest.mark.parametrize(
    "signature",
    [SIGNED.hexdigest(), b64encode(SIGNED.digest()).decode()],
    ids=["hexadecimal", "Base64"],
)
async def test_a_signature_is_read_however_it_is_written(signature: str) -> None:
    recording = account(**HMAC)
    assert isinstance(await verdict(recording, {"x-signature": signature}), Receipts)
    for wrong in ({"x-signature": signature[:-2]}, {"x-signature": ""}, {}):
        assert isinstance(await verdict(recording, wrong), Forged)


async def test_who_has_a_password_and_a_key_wants_both() -> None:
    recording = account(**BASIC, **HMAC)
    password = {"authorization": basic("infobip", "a password")}
    signature = {"x-signature": SIGNED.hexdigest()}
    assert isinstance(await verdict(recording, password | signature), Receipts)
    assert isinstance(await verdict(recording, password), Forged)
    assert isinstance(await verdict(recording, signature), Forged)


@pytest.mark.parametrize("missing", [*BASIC, *HMAC])
def test_one_half_of_what_verifies_receipts_is_no_use(missing: str) -> None:
    given = {name: value for name, value in (BASIC | HMAC).items() if name != missing}
    with pytest.raises(ValueError, match="together"):
        opened(account(**given), NOWHERE)


def test_every_status_leads_somewhere_and_every_refusal_is_of_one_kind() -> None:
    assert {*GROUPS.values(), *STATUSES.values()} == set(DeliveryStatus)
    assert set(REFUSALS.values()) == set(RefusalKind)
    assert REJECTIONS["52"] is RefusalKind.NUMBER
