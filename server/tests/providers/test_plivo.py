"""Plivo as Plivo's own SDK sees it: the requests it would make, and the signatures it takes."""

import json
from typing import Any, ClassVar
from urllib.parse import urlencode

import plivo
import pytest
from hypothesis import given
from hypothesis import strategies as st
from plivo.utils import validate_signature
from plivo.utils.signature_v3 import construct_post_url, get_signature_v3, validate_v3_signature
from plivo.utils.template import Component, Parameter, Template
from server.tests.contract.recordings import RECEIPTS_URL, Sent, recordings
from server.tests.contract.test_recorded_providers import opened

from watchword.domain.attempt import DeliveryStatus
from watchword.ports.provider import Forged, Inbound, Price, Receipts, RefusalKind, Report
from watchword.testing.recordings import Replied
from watchword.testing.vendor import running_vendor

(RECORDING,) = (recording for recording in recordings() if recording.provider == "plivo")
TOKEN = RECORDING.credentials["auth_token"]
WORDS = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=8)


class Answer:
    """What the SDK is answered."""

    status_code = 202
    headers: ClassVar[dict[str, str]] = {}

    def json(self, **how: Any) -> Any:
        return json.loads('{"message_uuid": ["m"], "api_id": "a", "message": "queued"}', **how)


def asked_by_sdk(monkeypatch: pytest.MonkeyPatch, **given: Any) -> dict[str, Any]:
    client = plivo.RestClient(RECORDING.credentials["auth_id"], TOKEN)
    kept: dict[str, Any] = {}

    def send(request: Any, **_: Any) -> Answer:
        kept.update(url=request.url, body=json.loads(request.body))
        return Answer()

    monkeypatch.setattr(client, "send_request", send)
    client.messages.create(**given)
    return kept


def sent(name: str) -> Sent:
    return next(each for each in RECORDING.send if each.name == name)


def test_d3_an_sms_to_india_is_asked_for_as_the_sdk_asks_for_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = sent("an SMS to India").requests[0]
    given = {**asked.json, "type_": asked.json["type"], "url": RECEIPTS_URL}
    del given["type"]
    made = asked_by_sdk(monkeypatch, **given)
    assert made["url"].endswith(asked.path)
    assert {**made["body"], "url": "$receipts_url"}.items() >= asked.json.items()


def test_d3_the_sdks_own_classes_take_our_template_and_no_other_field() -> None:
    told = sent("WhatsApp, by an approved template").requests[0].json["template"]
    assert vars(Template(name=told["name"], language=told["language"])).keys() == told.keys()
    for part in told["components"]:
        parameters = [Parameter(**parameter) for parameter in part["parameters"]]
        component = Component(**{**part, "parameters": parameters})
        assert component.parameters[0].text == "123456"
        with pytest.raises(TypeError):
            Component(**part, colour="red")


@pytest.mark.parametrize("posted", RECORDING.receipt, ids=lambda posted: posted.name)
def test_d3_the_sdk_takes_and_refuses_the_signatures_that_we_take_and_refuse(posted: Any) -> None:
    nonce = posted.headers["x-plivo-signature-v2-nonce"]
    given = posted.headers["x-plivo-signature-v2"]
    assert validate_signature(posted.url, nonce, given, TOKEN) is not posted.forged


@given(st.dictionaries(WORDS, WORDS, max_size=5), st.sampled_from(["", "?a=1&b=2"]))
async def test_version_3_is_taken_as_the_sdk_makes_it_and_covers_every_parameter(
    parameters: dict[str, str], query: str
) -> None:
    url = RECEIPTS_URL + query
    signed = construct_post_url(url, dict(parameters)).decode()
    signature = get_signature_v3(TOKEN.encode(), signed, b"12345").decode()
    assert validate_v3_signature("POST", url, "12345", TOKEN, signature, dict(parameters))
    provider = opened(RECORDING, "http://127.0.0.1:9")
    headers = {"x-plivo-signature-v3": f"x,{signature}", "x-plivo-signature-v3-nonce": "12345"}
    body = urlencode(parameters).encode()
    genuine = Inbound(method="POST", url=url, headers=headers, body=body, at=0)
    changed = Inbound(method="POST", url=url, headers=headers, body=body + b"&more=1", at=0)
    assert isinstance(await provider.receipts(genuine), Receipts)
    assert isinstance(await provider.receipts(changed), Forged)


async def test_plivo_can_be_asked_about_a_message() -> None:
    told = (
        '{"message_uuid":"m/1","message_state":"undelivered","error_code":"070",'
        '"message_time":"2017-05-22 21:36:14+05:30","total_amount":"0.00250"}'
    )
    async with running_vendor(Replied(body=told), Replied(status=404)) as vendor:
        provider = opened(RECORDING, vendor.url)
        found = await provider.report("m/1")
        gone = await provider.report("m/1")
        await provider.close()
    assert vendor.asked[0][:2] == ("GET", "/v1/Account/MAXXXXXXXXXXXXXXXXXX/Message/m%2F1/")
    assert found == Report(
        status=DeliveryStatus.UNDELIVERABLE,
        carrier_code="70",
        cause="the number cannot be reached for good",
        refusal=RefusalKind.NUMBER,
        price=Price(2500, "USD"),
    )
    assert gone is None
