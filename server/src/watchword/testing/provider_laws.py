"""Provider laws: what holds for every provider whatever it speaks, one function for each."""

import asyncio

from msgspec.structs import replace

from watchword.adapters.providers.accounts import read_credentials
from watchword.adapters.providers.kind import Kind, credential_fields
from watchword.domain.attempt import DeliveryStatus
from watchword.ports.provider import (
    Accepted,
    Forged,
    Healthy,
    Inbound,
    Provider,
    Receipts,
    Refused,
    Unavailable,
)
from watchword.testing.recordings import RECEIPTS_URL, Posted, Recording, Replied, Sent
from watchword.testing.vendor import NOWHERE, opened_provider, running_vendor

FAILURES = (429, 500, 502, 503, 504)
BODIES = ("", "{", "[]", "null", '"text"', '{"a":1}', "<html>", "{}", "7")
"""What no vendor means as an answer."""
PROBED = (Replied(), Replied(body="{}"), Replied(status=401), Replied(status=500))
PATIENCE = 30.0
"""Seconds in which a probe has ended; a request alone may take ten."""
UNSIGNED = ("content-type", "host")
"""Headers that carry no signature."""
HOSTILE = ("", "ÿ", "-1", "9" * 400, "=", "a.b.c", "sha256=")
"""What a header may hold that somebody else wrote."""


def demand(truth: bool, sentence: str) -> None:
    """Say what is wrong.

    Raises:
        AssertionError: it is not true.

    """
    if not truth:
        raise AssertionError(sentence)


def check_description(kind: Kind) -> None:
    """A kind says what an operator must know of it: each field of its credentials in a sentence."""
    demand(bool(kind.channels), f"{kind.name} names no channel")
    demand(bool(kind.receipts), f"{kind.name} does not say how receipts come")
    demand(
        not kind.website or kind.website.startswith("https://"),
        f"the website of {kind.name} has no https address",
    )
    for field in credential_fields(kind):
        demand(field.description.endswith("."), f"the field {field.name} has no sentence")


def check_credentials(recording: Recording, kind: Kind) -> None:
    """Credentials show no secret where they are printed."""
    made = read_credentials(kind, recording.credentials)
    _hidden(recording, kind, f"{made!r} {made}")


def check_secrecy(recording: Recording, kind: Kind, sent: Sent, shown: str) -> None:
    """What is shown of a hand-over holds no secret, no code and no number."""
    _hidden(recording, kind, shown)
    demand(sent.message.code not in shown, f"{sent.name}: the code is shown")
    demand(sent.message.to.lstrip("+") not in shown, f"{sent.name}: the number is shown")


async def check_failure(recording: Recording, kind: Kind, sent: Sent, status: int) -> None:
    """A vendor that is asked too much or fails is unavailable, for as long as it says."""
    reply = Replied(status=status, body="no", headers={"retry-after": "7"})
    outcome = await _sent(recording, kind, sent, reply)
    demand(isinstance(outcome, Unavailable), f"{status} ends as {outcome!r}, not as Unavailable")
    demand(
        isinstance(outcome, Unavailable) and outcome.retry_after == 7_000,  # noqa: PLR2004 - as above
        f"{status} with `Retry-After: 7` is not left alone for 7000 ms: {outcome!r}",
    )


async def check_unreadable(recording: Recording, kind: Kind, sent: Sent, body: str) -> None:
    """A success that nobody can read is unavailable: nothing could be known of the message later."""
    outcome = await _sent(recording, kind, sent, replace(sent.replies[-1], body=body))
    demand(
        isinstance(outcome, Unavailable),
        f"a success with the body {body!r} ends as {outcome!r}, not as Unavailable",
    )


async def check_unreadable_refusal(recording: Recording, kind: Kind, sent: Sent, body: str) -> None:
    """A refusal that nobody can read is not taken for a success."""
    outcome = await _sent(recording, kind, sent, Replied(status=400, body=body))
    demand(
        isinstance(outcome, Refused | Unavailable),
        f"400 with the body {body!r} ends as {outcome!r}",
    )


async def check_absence(recording: Recording, kind: Kind, sent: Sent) -> None:
    """A vendor that is not there is unavailable, and the cause holds no secret."""
    async with opened_provider(recording, kind) as provider:
        outcome = await provider.send(sent.message.message())
    demand(isinstance(outcome, Unavailable), f"nobody listens, and it ends as {outcome!r}")
    check_secrecy(recording, kind, sent, repr(outcome))


async def check_probe(recording: Recording, kind: Kind) -> None:
    """A probe ends in a value whatever is there."""
    for reply in PROBED:
        async with (
            running_vendor(reply) as vendor,
            opened_provider(recording, kind, vendor.url) as provider,
        ):
            found = await _probed(provider)
        demand(isinstance(found, Healthy | Refused | Unavailable), f"a probe ends as {found!r}")
    async with opened_provider(recording, kind, NOWHERE) as provider:
        found = await _probed(provider)
    demand(isinstance(found, Unavailable | Refused), f"nobody listens, and a probe says {found!r}")


async def check_unsigned(recording: Recording, kind: Kind, posted: Posted) -> None:
    """A genuine receipt without its signature is forged, wherever the vendor puts that."""
    bare = {name: value for name, value in posted.headers.items() if name in UNSIGNED}
    body = posted.body.encode() if bare != posted.headers else b'{"Signature": "none"}'
    async with opened_provider(recording, kind) as provider:
        found = await provider.receipts(posted.inbound(headers=bare, body=body))
    demand(isinstance(found, Forged), f"{posted.name}: it is believed without its signature")


async def check_hostile(recording: Recording, kind: Kind, posted: Posted) -> None:
    """A receiver outlives receipts that are cut off, mangled or not of the vendor at all."""
    whole = posted.body.encode()
    cut = [whole[: len(whole) * part // 4] for part in range(4)]
    nested = [b"[" * 10_000, b'{"a":' * 10_000, b"\xff\xfe\x00", b"a=%ff&a=&&=%zz"]
    bodies = [*cut, *(body.encode() for body in BODIES), *nested]
    requests = [posted.inbound(body=body) for body in bodies]
    requests += [posted.inbound(url=url) for url in (RECEIPTS_URL, f"{RECEIPTS_URL}?=&%ff&a=%")]
    requests += [
        posted.inbound(headers={**posted.headers, name: value})
        for name in posted.headers
        for value in HOSTILE
    ]
    for request in requests:
        await check_survival(recording, kind, request)


async def check_survival(recording: Recording, kind: Kind, inbound: Inbound) -> None:
    """No request at all makes a receiver fail, or read a status that there is not."""
    async with opened_provider(recording, kind) as provider:
        try:
            found = await provider.receipts(inbound)
        except Exception as error:
            raise AssertionError(
                f"a receipt makes the receiver fail with {type(error).__name__}: {inbound!r}"
            ) from error
    demand(isinstance(found, Receipts | Forged), f"a receipt is read as {found!r}")
    if isinstance(found, Receipts):
        known = all(isinstance(r.report.status, DeliveryStatus) for r in found.receipts)
        demand(known, f"a status is read that there is not: {found!r}")


async def _sent(
    recording: Recording, kind: Kind, sent: Sent, reply: Replied
) -> Accepted | Refused | Unavailable:
    async with (
        running_vendor(reply) as vendor,
        opened_provider(recording, kind, vendor.url) as provider,
    ):
        return await provider.send(sent.message.message())


async def _probed(provider: Provider) -> Healthy | Refused | Unavailable | None:
    try:
        async with asyncio.timeout(PATIENCE):
            return await provider.probe()
    except TimeoutError:
        raise AssertionError("a probe does not end") from None


def _hidden(recording: Recording, kind: Kind, shown: str) -> None:
    for field in credential_fields(kind):
        value = recording.credentials.get(field.name, "")
        demand(
            not field.secret or not value or value not in shown, f"the secret {field.name} is shown"
        )
