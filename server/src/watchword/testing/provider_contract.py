"""Provider contract: what every provider's adapter is tested with, ours and those of other packages.

Each check plays a recording to the adapter over a server of its own on the loopback address, and raises
`AssertionError` with a sentence where the adapter does something else. No test framework is needed.
"""

import json
from typing import Any
from urllib.parse import parse_qs

from watchword.adapters.providers.kind import Kind
from watchword.ports.provider import (
    Accepted,
    Forged,
    Price,
    Receipt,
    Receipts,
    Refused,
    Unavailable,
)
from watchword.testing.provider_laws import (
    BODIES,
    FAILURES,
    check_absence,
    check_credentials,
    check_description,
    check_failure,
    check_hostile,
    check_probe,
    check_secrecy,
    check_unreadable,
    check_unreadable_refusal,
    check_unsigned,
    demand,
)
from watchword.testing.provider_page import check_page, provider_page
from watchword.testing.recordings import (
    RECEIPTS_URL,
    Asked,
    Expected,
    Posted,
    Recording,
    Replied,
    Sent,
    read_recording,
)
from watchword.testing.vendor import Asking, opened_provider, running_vendor

__all__ = [
    "Recording",
    "check_laws",
    "check_page",
    "check_receipt",
    "check_receipts",
    "check_send",
    "check_sends",
    "provider_page",
    "read_recording",
]


async def check_sends(recording: Recording, kind: Kind) -> None:
    """Every recorded hand-over makes the recorded requests and ends as recorded.

    Raises:
        AssertionError: one does not.

    """
    for sent in recording.send:
        await check_send(recording, kind, sent)


async def check_receipts(recording: Recording, kind: Kind) -> None:
    """Every recorded receipt is read as recorded, or refused where it is recorded as forged.

    Raises:
        AssertionError: one is not.

    """
    for posted in recording.receipt:
        await check_receipt(recording, kind, posted)


async def check_laws(recording: Recording, kind: Kind) -> None:
    """What holds for every provider, tried with the messages and receipts of the recording.

    429, 5xx and unreadable replies are `Unavailable`; what is not signed is `Forged`; no request at all
    makes the receiver fail; a probe always ends; no secret and no number is shown; every field of the
    credentials has its sentence.

    Raises:
        AssertionError: one of these does not hold, or the recording has no message to try them with.

    """
    demand(
        recording.provider == kind.name,
        f"the recording is of {recording.provider!r}, the kind is {kind.name!r}",
    )
    check_description(kind)
    check_credentials(recording, kind)
    await check_probe(recording, kind)
    sent = recording.tried
    demand(
        sent is not None or not recording.send,
        "the recording holds no message that is accepted after one request, to try the laws with",
    )
    if sent:
        for status in FAILURES:
            await check_failure(recording, kind, sent, status)
        for body in BODIES:
            await check_unreadable(recording, kind, sent, body)
            await check_unreadable_refusal(recording, kind, sent, body)
        await check_absence(recording, kind, sent)
    for posted in recording.receipt:
        if not posted.forged and not posted.handshake:
            await check_unsigned(recording, kind, posted)
        await check_hostile(recording, kind, posted)


async def check_send(recording: Recording, kind: Kind, sent: Sent) -> None:
    """One recorded hand-over makes the recorded requests and ends as recorded.

    Raises:
        AssertionError: it does not.

    """
    message = sent.message.message()
    async with (
        running_vendor(*sent.replies or [Replied()]) as vendor,
        opened_provider(recording, kind, vendor.url) as provider,
    ):
        outcome = await provider.send(message)
    told = [f"{method} {path}" for method, path, _, _ in vendor.asked]
    demand(
        len(sent.requests) == len(told),
        f"{sent.name}: {len(sent.requests)} requests are recorded, {len(told)} were made: {told}",
    )
    for wanted, asked in zip(sent.requests, vendor.asked, strict=True):
        _compare(sent.name, wanted, asked, message.reference)
    match outcome:
        case Accepted(message_id):
            good = message_id == sent.outcome.accepted and (
                sent.outcome.price is None or _amount(outcome.price) == sent.outcome.price
            )
        case Refused(because, code):
            good = (because, code) == sent.outcome.refused
        case Unavailable():
            good = sent.outcome.unavailable
    demand(good, f"{sent.name}: it ends as {outcome!r}, not as {sent.outcome!r}")
    check_secrecy(recording, kind, sent, repr(outcome))


async def check_receipt(recording: Recording, kind: Kind, posted: Posted) -> None:
    """One recorded receipt is read as recorded, or refused where it is recorded as forged.

    Raises:
        AssertionError: it is not.

    """
    async with (
        running_vendor(*posted.replies or [Replied(status=404)]) as vendor,
        opened_provider(recording, kind, vendor.url) as provider,
    ):
        found = await provider.receipts(posted.inbound())
    if posted.forged:
        demand(isinstance(found, Forged), f"{posted.name}: a forged receipt is believed")
        return
    if not isinstance(found, Receipts):
        raise AssertionError(f"{posted.name}: it is taken for forged: {found.because}")  # noqa: TRY004 - what was read is wrong, not its type
    demand(
        posted.answer is None or found.answer.decode() == posted.answer,
        f"{posted.name}: it is answered {found.answer!r}, not {posted.answer!r}",
    )
    demand(
        len(found.receipts) == len(posted.expect),
        f"{posted.name}: {len(found.receipts)} reports are read, not {len(posted.expect)}",
    )
    for wanted, receipt in zip(posted.expect, found.receipts, strict=True):
        given = _told(receipt)
        for name in Expected.__struct_fields__:
            value = getattr(wanted, name)
            demand(
                value is None or given[name] == value,
                f"{posted.name}: its {name} is {given[name]!r}, not {value!r}",
            )


def _told(receipt: Receipt) -> dict[str, object]:
    report = receipt.report
    return {
        "message_ids": list(receipt.message_ids),
        "reference": receipt.reference or "",
        "status": report.status.value,
        "carrier_code": report.carrier_code or "",
        "refusal": report.refusal.value if report.refusal else "",
        "at": report.at,
        "network": report.network or "",
        "price": _amount(report.price),
    }


def _amount(price: Price | None) -> tuple[int, str] | None:
    return (price.amount, price.currency) if price else None


def _compare(name: str, wanted: Asked, asked: Asking, reference: str) -> None:
    method, path, headers, body = asked
    known = {
        "$reference": reference,
        "$receipts_url": RECEIPTS_URL,
        "$receipts_url_for": f"{RECEIPTS_URL}?ref={reference}",
    }
    demand(
        (method, path) == (wanted.method, wanted.path),
        f"{name}: it asks {method} {path}, not {wanted.method} {wanted.path}",
    )
    for header, value in wanted.headers.items():
        given = headers.get(header.lower())
        demand(value in ("*", given), f"{name}: its header {header} is {given!r}, not {value!r}")
    if wanted.form is not None:
        form = {
            field: values[0] if len(values) == 1 else values
            for field, values in parse_qs(body.decode(), keep_blank_values=True).items()
        }
        demand(_alike(wanted.form, form, known), f"{name}: its form is {form}, not {wanted.form}")
    if wanted.json is not None:
        sent = json.loads(body)
        demand(_alike(wanted.json, sent, known), f"{name}: its JSON is {sent}, not {wanted.json}")


def _alike(wanted: Any, given: Any, known: dict[str, str]) -> bool:  # noqa: ANN401 - any JSON
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
