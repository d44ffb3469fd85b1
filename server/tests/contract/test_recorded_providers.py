"""Every provider against what was recorded of it, and the laws that need no recording."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from aiohttp import web
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from server.tests.conftest import ManualClock
from server.tests.contract.recordings import (
    RECEIPTS_URL,
    Asked,
    Posted,
    Recording,
    Replied,
    Sent,
    recordings,
)

from watchword.adapters.providers.accounts import read_credentials
from watchword.adapters.providers.exchange import Exchange
from watchword.adapters.providers.kind import Tools, credential_fields
from watchword.app import provider_kinds
from watchword.domain.attempt import DeliveryStatus
from watchword.ports.provider import (
    Accepted,
    Forged,
    Inbound,
    Provider,
    Receipt,
    Receipts,
    Refused,
    Unavailable,
)

KINDS = provider_kinds()
RECORDINGS = {recording.provider: recording for recording in recordings()}
SENDS = [
    pytest.param(recording, sent, id=f"{recording.provider}: {sent.name}")
    for recording in RECORDINGS.values()
    for sent in recording.send
]
GOOD_SENDS = [
    pytest.param(recording, next(s for s in recording.send if s.outcome.accepted), id=name)
    for name, recording in RECORDINGS.items()
    if any(s.outcome.accepted and len(s.requests) == 1 for s in recording.send)
]
RECEIPTS = [
    pytest.param(recording, posted, id=f"{recording.provider}: {posted.name}")
    for recording in RECORDINGS.values()
    for posted in recording.receipt
]
GENUINE = [param for param in RECEIPTS if not param.values[1].forged]  # type: ignore[union-attr]
ON_A_CONNECTION = {"sandbox", "smpp"}
"""Kinds that no recording can show: their receipts and sends are tested with real peers."""
Ask = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Vendor:
    """A loopback server in the vendor's place: answers as recorded, remembers what it was asked."""

    def __init__(self) -> None:
        self.replies: list[Replied] = []
        self.asked: list[tuple[str, str, dict[str, str], bytes]] = []
        self.url = ""
        self.hangs = False

    async def answer(self, request: web.Request) -> web.StreamResponse:
        named = {name.lower(): value for name, value in request.headers.items()}
        self.asked.append((request.method, request.raw_path, named, await request.read()))
        if self.hangs:
            await asyncio.get_running_loop().create_future()
        reply = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
        return web.Response(
            status=reply.status, body=reply.body.encode(), headers=dict(reply.headers)
        )


@pytest.fixture
async def vendor() -> AsyncIterator[Vendor]:
    made = Vendor()
    application = web.Application()
    application.router.add_route("*", "/{rest:.*}", made.answer)
    runner = web.AppRunner(application)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    made.url = f"http://{host}:{port}"
    yield made
    await runner.cleanup()


def opened(recording: Recording, url: str, received: list[Receipt] | None = None) -> Provider:
    """The provider over a server; every address of the vendor's leads to it."""
    kind = KINDS[recording.provider]
    given = dict(recording.credentials)
    for field in credential_fields(kind):
        if field.name.endswith("base_url") or field.name == "url":
            given[field.name] = url + urlsplit(given.get(field.name, "")).path
    taken = received if received is not None else []

    async def receive(_: str, receipts: Sequence[Receipt]) -> None:
        taken.extend(receipts)

    tools = Tools(
        account="acme",
        exchange=Exchange(),
        clock=ManualClock(),
        inbox=None,  # type: ignore[arg-type] # the sandbox alone has a use for it
        receipts_url=RECEIPTS_URL,
        receive=receive,
    )
    return kind.open(read_credentials(kind, given), tools)


def inbound(posted: Posted, **changes: Any) -> Inbound:
    made = Inbound(
        method=posted.method,
        url=posted.url,
        headers=posted.headers,
        body=posted.body.encode(),
        at=posted.at,
    )
    return replace(made, **changes)


def test_every_kind_of_provider_is_recorded() -> None:
    assert set(KINDS) - ON_A_CONNECTION == set(RECORDINGS)


@pytest.mark.parametrize("name", sorted(KINDS))
def test_every_kind_says_what_an_operator_must_know(name: str) -> None:
    kind = KINDS[name]
    assert kind.channels
    assert kind.receipts
    assert kind.website.startswith("https://") or name == "sandbox"
    for field in credential_fields(kind):
        assert field.description.endswith("."), f"{field.name} has no sentence"


@pytest.mark.parametrize(("recording", "sent"), SENDS)
async def test_a_hand_over_goes_as_it_was_recorded(
    recording: Recording, sent: Sent, vendor: Vendor
) -> None:
    vendor.replies = list(sent.replies) or [Replied()]
    provider = opened(recording, vendor.url)
    message = sent.message.message()
    outcome = await provider.send(message)
    await provider.close()
    for wanted, asked in zip(sent.requests, vendor.asked, strict=True):
        _compare(wanted, asked, message.reference)
    match outcome:
        case Accepted(message_id, _, price):
            assert message_id == sent.outcome.accepted
            told = (price.amount, price.currency) if price else None
            assert sent.outcome.price in (None, told)
        case Refused(kind, code, _):
            assert (kind, code) == sent.outcome.refused
        case Unavailable():
            assert sent.outcome.unavailable, outcome
    _says_nothing(repr(outcome), recording, sent)


def _compare(wanted: Asked, asked: tuple[str, str, dict[str, str], bytes], reference: str) -> None:
    method, path, headers, body = asked
    known = {
        "$reference": reference,
        "$receipts_url": RECEIPTS_URL,
        "$receipts_url_for": f"{RECEIPTS_URL}?ref={reference}",
    }
    assert (method, path) == (wanted.method, wanted.path)
    for name, value in wanted.headers.items():
        assert value == "*" or headers.get(name.lower()) == value, name
    if wanted.form is not None:
        given = {
            name: values[0] if len(values) == 1 else values
            for name, values in parse_qs(body.decode(), keep_blank_values=True).items()
        }
        assert _alike(wanted.form, given, known), given
    if wanted.json is not None:
        assert _alike(wanted.json, json.loads(body), known), json.loads(body)


def _alike(wanted: Any, given: Any, known: dict[str, str]) -> bool:
    match wanted:
        case "*":
            return True
        case str():
            for name in sorted(known, key=len, reverse=True):
                wanted = wanted.replace(name, known[name])
            return bool(wanted == given)
        case dict():
            return (
                isinstance(given, dict)
                and wanted.keys() == given.keys()
                and all(_alike(wanted[key], given[key], known) for key in wanted)
            )
        case list():
            return (
                isinstance(given, list)
                and len(wanted) == len(given)
                and all(_alike(one, other, known) for one, other in zip(wanted, given, strict=True))
            )
    return bool(wanted == given and isinstance(wanted, bool) == isinstance(given, bool))


def _says_nothing(shown: str, recording: Recording, sent: Sent) -> None:
    kind = KINDS[recording.provider]
    secret = {field.name for field in credential_fields(kind) if field.secret}
    for name in secret & recording.credentials.keys():
        assert recording.credentials[name] not in shown, name
    assert sent.message.code not in shown
    assert sent.message.to.lstrip("+") not in shown


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
@pytest.mark.parametrize(("recording", "sent"), GOOD_SENDS)
async def test_too_many_and_every_failure_of_the_providers_is_unavailable(
    recording: Recording, sent: Sent, vendor: Vendor, status: int
) -> None:
    vendor.replies = [Replied(status=status, body="no", headers={"retry-after": "7"})]
    provider = opened(recording, vendor.url)
    outcome = await provider.send(sent.message.message())
    await provider.close()
    assert isinstance(outcome, Unavailable)
    assert outcome.retry_after == 7_000


@pytest.mark.parametrize("body", ["", "{", "[]", "null", '"text"', '{"a":1}', "<html>", "{}", "7"])
@pytest.mark.parametrize(("recording", "sent"), GOOD_SENDS)
async def test_a_reply_that_nobody_can_read_is_unavailable(
    recording: Recording, sent: Sent, vendor: Vendor, body: str
) -> None:
    vendor.replies = [replace(sent.replies[-1], body=body)]
    provider = opened(recording, vendor.url)
    outcome = await provider.send(sent.message.message())
    await provider.close()
    assert isinstance(outcome, Unavailable), outcome


@pytest.mark.parametrize("body", ["", "{", "[]", "null", '"text"', '{"a":1}', "<html>", "{}", "7"])
@pytest.mark.parametrize(("recording", "sent"), GOOD_SENDS)
async def test_a_refusal_that_nobody_can_read_is_one_of_the_account(
    recording: Recording, sent: Sent, vendor: Vendor, body: str
) -> None:
    vendor.replies = [Replied(status=400, body=body)]
    provider = opened(recording, vendor.url)
    outcome = await provider.send(sent.message.message())
    await provider.close()
    assert isinstance(outcome, Refused | Unavailable)


@pytest.mark.parametrize(("recording", "sent"), GOOD_SENDS)
async def test_a_provider_that_is_not_there_is_unavailable_and_says_no_secret(
    recording: Recording, sent: Sent
) -> None:
    provider = opened(recording, "http://127.0.0.1:9")
    outcome = await provider.send(sent.message.message())
    await provider.close()
    assert isinstance(outcome, Unavailable)
    _says_nothing(repr(outcome), recording, sent)


@pytest.mark.parametrize(("recording", "posted"), RECEIPTS)
async def test_a_receipt_is_read_as_it_was_recorded(
    recording: Recording, posted: Posted, vendor: Vendor
) -> None:
    vendor.replies = list(posted.replies) or [Replied(status=404)]
    provider = opened(recording, vendor.url)
    found = await provider.receipts(inbound(posted))
    await provider.close()
    if posted.forged:
        assert isinstance(found, Forged)
        return
    assert isinstance(found, Receipts), found
    assert posted.answer is None or found.answer.decode() == posted.answer
    assert len(found.receipts) == len(posted.expect)
    for wanted, receipt in zip(posted.expect, found.receipts, strict=True):
        report = receipt.report
        price = report.price and (report.price.amount, report.price.currency)
        given = {
            "message_ids": list(receipt.message_ids),
            "reference": receipt.reference or "",
            "status": report.status.value,
            "carrier_code": report.carrier_code or "",
            "refusal": report.refusal.value if report.refusal else "",
            "at": report.at,
            "network": report.network or "",
            "price": price,
        }
        for name in wanted.__struct_fields__:
            value = getattr(wanted, name)
            assert value is None or given[name] == value, name


@pytest.mark.parametrize(("recording", "posted"), GENUINE)
async def test_w4_a_receipt_without_its_signature_is_forged(
    recording: Recording, posted: Posted
) -> None:
    if posted.method == "GET" and not posted.expect:
        return  # a handshake, which proves itself otherwise
    provider = opened(recording, "http://127.0.0.1:9")
    kept = {"content-type", "host"}
    bare = {name: value for name, value in posted.headers.items() if name in kept}
    body = posted.body.encode() if bare != posted.headers else b'{"Signature": "none"}'
    found = await provider.receipts(inbound(posted, headers=bare, body=body))
    await provider.close()
    assert isinstance(found, Forged)


@pytest.mark.parametrize(("recording", "posted"), RECEIPTS)
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.binary(max_size=300), query=st.text(alphabet="abc=&%?", max_size=20))
async def test_no_request_at_all_makes_a_receiver_fail(
    recording: Recording, posted: Posted, body: bytes, query: str
) -> None:
    provider = opened(recording, "http://127.0.0.1:9")
    for method in ("GET", "POST"):
        found = await provider.receipts(
            inbound(posted, method=method, body=body, url=f"{RECEIPTS_URL}?{query}")
        )
        assert isinstance(found, Receipts | Forged)
        if isinstance(found, Receipts):
            assert all(r.report.status in DeliveryStatus for r in found.receipts)
    await provider.close()


@pytest.mark.parametrize("name", sorted(RECORDINGS))
async def test_a_probe_ends_in_a_value_whatever_is_there(name: str, vendor: Vendor) -> None:
    for reply in (Replied(), Replied(body="{}"), Replied(status=401), Replied(status=500)):
        vendor.replies = [reply]
        provider = opened(RECORDINGS[name], vendor.url)
        await provider.probe()
        await provider.close()
    provider = opened(RECORDINGS[name], "http://127.0.0.1:9")
    assert isinstance(await provider.probe(), Unavailable | Refused)
    await provider.close()


@pytest.mark.parametrize("name", sorted(RECORDINGS))
def test_credentials_show_no_value_where_they_are_printed(name: str) -> None:
    kind = KINDS[name]
    given = RECORDINGS[name].credentials
    shown = repr(read_credentials(kind, given)) + str(read_credentials(kind, given))
    for field in credential_fields(kind):
        if field.secret and field.name in given:
            assert given[field.name] not in shown
