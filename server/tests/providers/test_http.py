"""Declared gateways: the page's own example, other shapes of requests, vendors' signatures as data."""

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from server.tests.contract.recordings import Posted, Recording, Replied, Words, recordings
from server.tests.contract.test_recorded_providers import inbound, opened, vendor

from watchword.adapters.providers.http_declaration import filled, read_declaration
from watchword.domain.attempt import DeliveryStatus
from watchword.domain.channel import Channel
from watchword.ports.provider import (
    Accepted,
    Forged,
    Healthy,
    Receipts,
    RefusalKind,
    Refused,
    Report,
    Unavailable,
)
from watchword.testing.vendor import Vendor

__all__ = ["vendor"]

PAGE = Path(__file__).parents[3] / "docs" / "how-to" / "add-a-provider-without-code.md"
RECORDED = {recording.provider: recording for recording in recordings()}
MESSAGE = Words(channel=Channel.SMS).message()
PLAIN = """
channels = ["sms"]
[send]
message_id = "regex:^OK ([0-9]+)"
error_code = "regex:^ERR ([0-9]+)"
[send.ask]
url = "https://sms.example/send"
"""


def declared(text: str, **credentials: str) -> Recording:
    return Recording("http", {"declaration": text, **credentials})


def test_the_example_of_the_page_is_what_is_recorded() -> None:
    example = re.search(r"```toml\n(channels.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    assert example is not None
    told = RECORDED["http"].credentials["declaration"]
    assert read_declaration(example[1]) == read_declaration(told)


async def test_a_query_is_filled_in_and_quoted(vendor: Vendor) -> None:
    text = (
        PLAIN
        + 'method = "GET"\n[send.ask.query]\nto = "{to}"\nmsg = "{text}"\nuser = "{username}"\n'
    )
    vendor.replies = [Replied(body="OK 4711\n")]
    provider = opened(declared(text, username="a&b"), vendor.url)
    assert await provider.send(MESSAGE) == Accepted("4711")
    await provider.close()
    method, path, _, body = vendor.asked[0]
    assert (method, body) == ("GET", b"")
    assert path == "/send?to=%2B33612345678&msg=123456+is+your+code&user=a%26b"


@pytest.mark.parametrize(
    ("encoding", "body", "sent"),
    [
        ("form", '{to = "{to_digits}", sender = "{sender}"}', b"to=33612345678"),
        ("text", '"<to>{to_digits}</to>"', b"<to>33612345678</to>"),
        ("json", '{list = ["{code}", 7, true]}', b'{"list":["123456",7,true]}'),
    ],
)
async def test_a_body_is_written_as_it_is_declared_without_what_is_empty(
    vendor: Vendor, encoding: str, body: str, sent: bytes
) -> None:
    text = f'{PLAIN}encoding = "{encoding}"\nbody = {body}\n'
    vendor.replies = [Replied(body="OK 1")]
    provider = opened(declared(text), vendor.url)
    assert await provider.send(MESSAGE) == Accepted("1")
    await provider.close()
    assert vendor.asked[0][3] == sent


async def test_a_gateway_that_answers_200_to_everything_is_read_by_what_it_says(
    vendor: Vendor,
) -> None:
    text = """
channels = ["sms"]
[send]
message_id = "id"
error_code = "status"
success = {path = "status", values = ["0"]}
price = {path = "cost", currency = "EUR"}
[send.ask]
url = "https://sms.example/send"
[refusals]
throttle = ["7"]
"""
    provider = opened(declared(text), vendor.url)
    outcomes = []
    for body in ('{"status":0,"id":9,"cost":0.04}', '{"status":7,"id":9}', '{"status":8}', "{}"):
        vendor.replies = [Replied(body=body)]
        outcomes.append(await provider.send(MESSAGE))
    await provider.close()
    accepted, throttled, refused, unread = outcomes
    assert isinstance(accepted, Accepted)
    assert accepted.price is not None
    assert (accepted.message_id, accepted.price.amount) == ("9", 40_000)
    assert isinstance(throttled, Refused)
    assert throttled.kind is RefusalKind.THROTTLE
    assert isinstance(refused, Refused)
    assert (refused.kind, refused.code) == (RefusalKind.ACCOUNT, "8")
    assert isinstance(unread, Unavailable)


async def test_a_gateway_may_be_asked_for_news(vendor: Vendor) -> None:
    text = PLAIN + (
        '[statuses]\nDELIVRD = "delivered"\n[status]\nstatus = "s"\nafter = 5\n'
        '[status.ask]\nurl = "https://sms.example/status/{message_id}"\nmethod = "GET"\n'
    )
    vendor.replies = [Replied(body="OK 1")]
    provider = opened(declared(text), vendor.url)
    assert await provider.send(MESSAGE) == Accepted("1", 5_000)
    vendor.replies = [Replied(body='{"s":"DELIVRD"}')]
    assert await provider.report("a/b") == Report(status=DeliveryStatus.DELIVERED)
    assert await provider.probe() == Healthy("the declaration is valid, and names nothing to ask")
    await provider.close()
    assert vendor.asked[-1][1] == "/status/a%2Fb"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("channels = [", "cannot be used"),
        (PLAIN + 'colour = "red"\n', "colour"),
        (PLAIN.replace("([0-9]+)", "[0-9]+", 1), "one group"),
        (PLAIN.replace("([0-9]+)", "([0-9+", 1), "bad expression"),
        (PLAIN + 'headers = {a = "{secret}"}\n', "names secret"),
        (PLAIN + '[receipts]\nmessage_id="i"\nstatus="s"\n[receipts.authentic]\n', "exactly one"),
        (
            PLAIN + '[receipts]\nmessage_id="i"\nstatus="s"\n[receipts.authentic]\nquery = "k"\n',
            "a secret that is not given",
        ),
        (PLAIN.replace('["sms"]', "[]"), "channels"),
        (PLAIN.replace("https:", "ftp:"), "url"),
    ],
)
def test_a_declaration_with_a_fault_is_refused_with_the_fault_named(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        opened(declared(text), "http://127.0.0.1:9")


@pytest.mark.parametrize(
    ("way", "headers", "query"),
    [
        ("basic = true", {"authorization": "Basic dXNlcjpwYXNz"}, ""),
        ('header = "X-Secret"', {"x-secret": "pass"}, ""),
        ('query = "key"', {}, "?key=pass"),
    ],
)
@pytest.mark.parametrize("carried", ["query", "form"])
async def test_a_receipt_is_believed_for_the_one_reason_that_is_declared(
    way: str, headers: dict[str, str], query: str, carried: str
) -> None:
    text = PLAIN + (
        f'[receipts]\nmessage_id = "id"\nstatus = "st"\ncarried = "{carried}"\nanswer = "ACK"\n'
        f"[receipts.authentic]\n{way}\n[statuses]\nDELIVRD = 'delivered'\n"
    )
    known = declared(text, receipts_username="user", receipts_password="pass")
    provider = opened(known, "http://127.0.0.1:9")
    told = "id=1&st=DELIVRD"
    url = "https://verify.example/receipts/acme" + query
    if carried == "query":
        url += ("&" if query else "?") + told
    posted = Posted(name="", url=url, headers=headers, body=told if carried == "form" else "")
    found = await provider.receipts(inbound(posted))
    assert isinstance(found, Receipts)
    assert found.answer == b"ACK"
    assert found.receipts[0].report.status is DeliveryStatus.DELIVERED
    for name in headers:
        assert isinstance(await provider.receipts(inbound(posted, headers={name: "x"})), Forged)
    bare = url.replace("key=pass", "key=other")
    assert isinstance(await provider.receipts(inbound(posted, url=bare, headers={})), Forged)


VENDORS = {
    "sinch": (
        (
            'header = "x-sinch-webhook-signature"\nencoding = "base64"\n'
            'covers = "{body}.{nonce}.{timestamp}"\n'
            'nonce_header = "x-sinch-webhook-signature-nonce"\n'
            'timestamp_header = "x-sinch-webhook-signature-timestamp"\n'
        ),
        "sms_webhook_secret",
    ),
    "plivo": (
        (
            'header = "x-plivo-signature-v2"\nencoding = "base64"\ncovers = "{url_without_query}{nonce}"\n'
            'nonce_header = "x-plivo-signature-v2-nonce"\n'
        ),
        "auth_token",
    ),
    "bird": (
        (
            'header = "webhook-signature"\nencoding = "base64"\nprefix = "v1,"\nkey_prefix = "whsec_"\n'
            'covers = "{nonce}.{timestamp}.{body}"\nnonce_header = "webhook-id"\n'
            'timestamp_header = "webhook-timestamp"\n'
        ),
        "webhook_secret",
    ),
    "meta": (
        'header = "x-hub-signature-256"\nprefix = "sha256="\n',
        "app_secret",
    ),
}


@pytest.mark.parametrize("name", sorted(VENDORS))
async def test_the_signatures_of_vendors_can_be_written_as_data(name: str) -> None:
    how, secret = VENDORS[name]
    recording = RECORDED[name]
    text = PLAIN + (
        '[receipts]\nmessage_id = "id"\nstatus = "st"\n[receipts.authentic.hmac]\n' + how
    )
    provider = opened(
        declared(text, signing_key=recording.credentials[secret]), "http://127.0.0.1:9"
    )
    signed = [p for p in recording.receipt if p.method == "POST"]
    taken = [isinstance(await provider.receipts(inbound(p)), Receipts) for p in signed]
    assert any(taken)
    for posted, genuine in zip(signed, taken, strict=True):
        assert not (genuine and posted.forged), posted.name


@given(st.recursive(st.text() | st.integers() | st.none(), st.lists))
def test_filling_in_evaluates_nothing_and_leaves_what_it_does_not_know(tree: Any) -> None:
    words = {"to": "{code}", "code": "{to}"}
    assert filled("{to}", words) == "{code}"
    assert filled("{nobody} {0} {to.__class__}", words) == "{nobody} {0} {to.__class__}"
    assert filled(tree, {}) == tree
