"""Every provider against what was recorded of it, and the laws that need no recording."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from server.tests.contract.recordings import RECEIPTS_URL, Posted, Recording, Sent, recordings

from watchword.app import provider_kinds
from watchword.ports.provider import Inbound, Provider, Receipt
from watchword.testing.provider_contract import check_receipt, check_send
from watchword.testing.provider_laws import (
    BODIES,
    FAILURES,
    check_absence,
    check_credentials,
    check_description,
    check_failure,
    check_hostile,
    check_probe,
    check_survival,
    check_unreadable,
    check_unreadable_refusal,
    check_unsigned,
)
from watchword.testing.vendor import Vendor, open_recorded, running_vendor

KINDS = provider_kinds()
RECORDINGS = {recording.provider: recording for recording in recordings()}
SENDS = [
    pytest.param(recording, sent, id=f"{recording.provider}: {sent.name}")
    for recording in RECORDINGS.values()
    for sent in recording.send
]
GOOD_SENDS = [
    pytest.param(recording, recording.tried, id=name)
    for name, recording in RECORDINGS.items()
    if recording.tried
]
RECEIPTS = [
    pytest.param(recording, posted, id=f"{recording.provider}: {posted.name}")
    for recording in RECORDINGS.values()
    for posted in recording.receipt
]
GENUINE = [
    pytest.param(recording, posted, id=f"{recording.provider}: {posted.name}")
    for recording in RECORDINGS.values()
    for posted in recording.receipt
    if not posted.forged and not posted.handshake
]
ON_A_CONNECTION = {"sandbox", "smpp"}
"""Kinds that no recording can show: their receipts and sends are tested with real peers."""


@pytest.fixture
async def vendor() -> AsyncIterator[Vendor]:
    async with running_vendor() as made:
        yield made


def opened(recording: Recording, url: str, received: list[Receipt] | None = None) -> Provider:
    """The provider over a server; every address of the vendor's leads to it."""
    return open_recorded(recording, KINDS[recording.provider], url, received)


def inbound(posted: Posted, **changes: Any) -> Inbound:
    return posted.inbound(**changes)


def test_every_kind_of_provider_is_recorded() -> None:
    assert set(KINDS) - ON_A_CONNECTION == set(RECORDINGS)


@pytest.mark.parametrize("name", sorted(KINDS))
def test_every_kind_says_what_an_operator_must_know(name: str) -> None:
    check_description(KINDS[name])
    assert KINDS[name].website or name == "sandbox"


@pytest.mark.parametrize(("recording", "sent"), SENDS)
async def test_a_hand_over_goes_as_it_was_recorded(recording: Recording, sent: Sent) -> None:
    await check_send(recording, KINDS[recording.provider], sent)


@pytest.mark.parametrize("status", FAILURES)
@pytest.mark.parametrize(("recording", "sent"), GOOD_SENDS)
async def test_too_many_and_every_failure_of_the_providers_is_unavailable(
    recording: Recording, sent: Sent, status: int
) -> None:
    await check_failure(recording, KINDS[recording.provider], sent, status)


@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize(("recording", "sent"), GOOD_SENDS)
async def test_a_reply_that_nobody_can_read_is_unavailable(
    recording: Recording, sent: Sent, body: str
) -> None:
    await check_unreadable(recording, KINDS[recording.provider], sent, body)


@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize(("recording", "sent"), GOOD_SENDS)
async def test_a_refusal_that_nobody_can_read_is_one_of_the_account(
    recording: Recording, sent: Sent, body: str
) -> None:
    await check_unreadable_refusal(recording, KINDS[recording.provider], sent, body)


@pytest.mark.parametrize(("recording", "sent"), GOOD_SENDS)
async def test_a_provider_that_is_not_there_is_unavailable_and_says_no_secret(
    recording: Recording, sent: Sent
) -> None:
    await check_absence(recording, KINDS[recording.provider], sent)


@pytest.mark.parametrize(("recording", "posted"), RECEIPTS)
async def test_a_receipt_is_read_as_it_was_recorded(recording: Recording, posted: Posted) -> None:
    await check_receipt(recording, KINDS[recording.provider], posted)


@pytest.mark.parametrize(("recording", "posted"), GENUINE)
async def test_w4_a_receipt_without_its_signature_is_forged(
    recording: Recording, posted: Posted
) -> None:
    await check_unsigned(recording, KINDS[recording.provider], posted)


@pytest.mark.parametrize(("recording", "posted"), RECEIPTS)
async def test_a_receipt_that_is_cut_off_or_mangled_does_not_make_a_receiver_fail(
    recording: Recording, posted: Posted
) -> None:
    await check_hostile(recording, KINDS[recording.provider], posted)


@pytest.mark.parametrize(("recording", "posted"), RECEIPTS)
@settings(max_examples=25)
@given(
    body=st.binary(max_size=300),
    query=st.text(alphabet="abc=&%?", max_size=20),
    method=st.sampled_from(("GET", "POST")),
)
async def test_no_request_at_all_makes_a_receiver_fail(
    recording: Recording, posted: Posted, body: bytes, query: str, method: str
) -> None:
    asked = posted.inbound(method=method, body=body, url=f"{RECEIPTS_URL}?{query}")
    await check_survival(recording, KINDS[recording.provider], asked)


@pytest.mark.parametrize("name", sorted(RECORDINGS))
async def test_a_probe_ends_in_a_value_whatever_is_there(name: str) -> None:
    await check_probe(RECORDINGS[name], KINDS[name])


@pytest.mark.parametrize("name", sorted(RECORDINGS))
def test_credentials_show_no_value_where_they_are_printed(name: str) -> None:
    check_credentials(RECORDINGS[name], KINDS[name])
