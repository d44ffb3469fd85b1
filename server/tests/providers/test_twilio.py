"""Twilio as Twilio's own SDK sees it: the requests it would make, and the signatures it takes."""

import hashlib
import logging
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from server.tests.contract.recordings import RECEIPTS_URL, recordings
from server.tests.contract.test_recorded_providers import opened
from twilio.http import HttpClient
from twilio.http.response import Response
from twilio.request_validator import RequestValidator
from twilio.rest import Client

from watchword.adapters.providers.twilio import STATUSES
from watchword.domain.attempt import DeliveryStatus
from watchword.ports.provider import Forged, Inbound, Price, Receipts, RefusalKind, Report
from watchword.testing.recordings import Replied
from watchword.testing.vendor import running_vendor

(RECORDING,) = (recording for recording in recordings() if recording.provider == "twilio")
TOKEN = RECORDING.credentials["auth_token"]
NOW = 1_750_000_000_000
PARAMETERS = st.dictionaries(
    st.text(min_size=1, max_size=8),
    st.text(max_size=12),
    max_size=6,
)


class Recorder(HttpClient):  # type: ignore[misc] # the SDK is not typed
    """Keeps the one request that the SDK makes."""

    def __init__(self) -> None:
        super().__init__(logging.getLogger(__name__), is_async=False)
        self.asked: dict[str, Any] = {}

    def request(self, method: str, url: str, **others: Any) -> Response:
        self.asked = {"method": method, "url": url, **others}
        return Response(201, '{"sid": "SM1"}')


def inbound(url: str, body: bytes, signature: str, **headers: str) -> Inbound:
    named = {"x-twilio-signature": signature, **headers}
    return Inbound(method="POST", url=url, headers=named, body=body, at=NOW)


def test_an_sms_is_asked_for_as_the_sdk_asks_for_it() -> None:
    recorder = Recorder()
    sid = RECORDING.credentials["account_sid"]
    Client(sid, TOKEN, http_client=recorder).messages.create(
        to="+33612345678",
        from_="Acme",
        body="123456 is your code",
        validity_period=300,
        status_callback="$receipts_url_for",
    )
    asked = RECORDING.send[0].requests[0]
    assert recorder.asked["method"] == "POST"
    assert recorder.asked["url"].endswith(asked.path)
    assert {name: str(value) for name, value in recorder.asked["data"].items()} == asked.form


def test_a_call_is_asked_for_as_the_sdk_asks_for_it() -> None:
    recorder = Recorder()
    (call,) = (sent for sent in RECORDING.send if sent.name == "a call, said twice")
    asked = call.requests[0]
    assert asked.form is not None
    Client(RECORDING.credentials["account_sid"], TOKEN, http_client=recorder).calls.create(
        to="+33612345678",
        from_="+15005550006",
        twiml=str(asked.form["Twiml"]),
        timeout=30,
        status_callback="$receipts_url_for",
    )
    assert recorder.asked["url"].endswith(asked.path)
    assert {name: str(value) for name, value in recorder.asked["data"].items()} == asked.form


@given(PARAMETERS, st.sampled_from(["", "?ref=abc-1", ":8443", ":443?a=b&c=%20d"]))
async def test_what_the_sdk_signs_is_taken_and_any_change_of_it_is_not(
    parameters: dict[str, str], tail: str
) -> None:
    url = f"https://verify.example{tail}" if tail.startswith(":") else RECEIPTS_URL + tail
    body = urlencode(parameters)
    read = dict(parse_qsl(body, keep_blank_values=True))
    signature = RequestValidator(TOKEN).compute_signature(url, read)
    provider = opened(RECORDING, "http://127.0.0.1:9")
    assert isinstance(await provider.receipts(inbound(url, body.encode(), signature)), Receipts)
    forged = [
        inbound(url, (body + "&more=1").encode(), signature),
        inbound(url + "1", body.encode(), signature),
        inbound(url, body.encode(), signature[:-4]),
        inbound(url, body.encode(), ""),
    ]
    for each in forged:
        assert isinstance(await provider.receipts(each), Forged)


@pytest.mark.parametrize("signed", [RECEIPTS_URL, "https://verify.example:443/receipts/acme"])
async def test_the_port_may_be_signed_or_not(signed: str) -> None:
    signature = RequestValidator(TOKEN).compute_signature(signed, {"MessageSid": "SM1"})
    provider = opened(RECORDING, "http://127.0.0.1:9")
    found = await provider.receipts(inbound(RECEIPTS_URL, b"MessageSid=SM1", signature))
    assert isinstance(found, Receipts)


async def test_a_body_of_json_is_covered_by_its_hash_in_the_address() -> None:
    body = b'{"MessageSid": "SM1"}'
    url = f"{RECEIPTS_URL}?bodySHA256={hashlib.sha256(body).hexdigest()}"
    signature = RequestValidator(TOKEN).compute_signature(url, {})
    assert RequestValidator(TOKEN).validate(url, body.decode(), signature)
    provider = opened(RECORDING, "http://127.0.0.1:9")
    assert isinstance(await provider.receipts(inbound(url, body, signature)), Receipts)
    assert isinstance(await provider.receipts(inbound(url, body + b" ", signature)), Forged)


async def test_a_shared_key_signs_with_sha_256() -> None:
    settings = {"x-twilio-webhooks-signature-settings": "key=wk_1,algorithm=HMAC_SHA256"}
    signature = RequestValidator("shared").compute_signature(
        RECEIPTS_URL, {"MessageSid": "SM1"}, "HMAC_SHA256"
    )
    with_key = RECORDING.__class__(
        provider="twilio", credentials={**RECORDING.credentials, "shared_key": "shared"}
    )
    request = inbound(RECEIPTS_URL, b"MessageSid=SM1", signature, **settings)
    assert isinstance(await opened(with_key, "http://127.0.0.1:9").receipts(request), Receipts)
    assert isinstance(await opened(RECORDING, "http://127.0.0.1:9").receipts(request), Forged)


@pytest.mark.parametrize(("message_id", "what"), [("SM1", "Messages"), ("CA1", "Calls")])
async def test_twilio_can_be_asked_about_a_message_and_about_a_call(
    message_id: str, what: str
) -> None:
    told = (
        '{"status":"failed","error_code":30005,"price":"-0.00750","price_unit":"USD",'
        '"date_updated":"Sun, 15 Jun 2025 15:06:40 +0000"}'
    )
    async with running_vendor(Replied(body=told), Replied(status=404)) as vendor:
        provider = opened(RECORDING, vendor.url)
        found = await provider.report(message_id)
        gone = await provider.report(message_id)
        await provider.close()
    sid = RECORDING.credentials["account_sid"]
    path = f"/2010-04-01/Accounts/{sid}/{what}/{message_id}.json"
    assert vendor.asked[0][:2] == ("GET", path)
    assert found == Report(
        status=DeliveryStatus.UNDELIVERABLE,
        at=NOW,
        carrier_code="30005",
        cause="the handset is unknown, or the number is not in use",
        refusal=RefusalKind.NUMBER,
        price=Price(7500, "USD"),
    )
    assert gone is None


@given(
    st.text(max_size=40) | st.from_regex(r"[0-9]{1,9} Jun [0-9]{1,9} [0-9:]{1,9} [+-][0-9]{1,9}")
)
async def test_no_date_at_all_makes_a_genuine_receipt_fail(date: str) -> None:
    told = {"CallSid": "CA1", "CallStatus": "completed", "Timestamp": date}
    body = urlencode(told, errors="replace")
    read = dict(parse_qsl(body, keep_blank_values=True))
    signature = RequestValidator(TOKEN).compute_signature(RECEIPTS_URL, read)
    provider = opened(RECORDING, "http://127.0.0.1:9")
    found = await provider.receipts(inbound(RECEIPTS_URL, body.encode(), signature))
    assert isinstance(found, Receipts)
    assert found.receipts[0].report.status is DeliveryStatus.DELIVERED


def test_every_status_that_the_sdk_knows_has_a_meaning() -> None:
    from twilio.rest.api.v2010.account.call import CallInstance  # noqa: PLC0415 - one test's
    from twilio.rest.api.v2010.account.message import MessageInstance  # noqa: PLC0415 - one test's

    known = {*vars(MessageInstance.Status).values(), *vars(CallInstance.Status).values()}
    words = {word for word in known if isinstance(word, str) and word.islower()}
    words -= {"received", "receiving", "twilio.rest.api.v2010.account.message"}
    missing = {w for w in words if "." not in w and w not in STATUSES}
    assert missing == set()
    assert set(STATUSES.values()) == set(DeliveryStatus) - {DeliveryStatus.UNKNOWN}
