"""Message centres that others wrote take what we send, and we understand what they answer."""

import json
from pathlib import Path
from typing import Any

import pytest
from server.tests.conftest import ManualClock
from server.tests.providers.smpp.centre import Inbox, message, tools_for

from watchword.adapters.providers.smpp.account import SmppCredentials
from watchword.adapters.providers.smpp.provider import SMPP, Smpp
from watchword.domain.attempt import DeliveryStatus
from watchword.ports.provider import Accepted, Healthy, RefusalKind, Refused

OUTCOMES = {
    "1": (DeliveryStatus.UNDELIVERABLE, RefusalKind.NUMBER),
    "2": (DeliveryStatus.UNDELIVERABLE, RefusalKind.PASSING),
    "3": (DeliveryStatus.UNDELIVERABLE, RefusalKind.ACCOUNT),
    "4": (DeliveryStatus.UNKNOWN, None),
    "5": (DeliveryStatus.UNDELIVERABLE, RefusalKind.PASSING),
    "6": (DeliveryStatus.IN_TRANSIT, None),
    "7": (DeliveryStatus.IN_TRANSIT, None),
    "0": (DeliveryStatus.DELIVERED, None),
}


def provider_at(port: int, inbox: Inbox, **fields: str) -> Smpp:
    given = {"system_id": "acme", "password": "secret", **fields}
    credentials = SmppCredentials(host="127.0.0.1", port=str(port), **given)
    opened = SMPP.open(credentials, tools_for(inbox, ManualClock()))
    assert isinstance(opened, Smpp)
    return opened


async def test_smpp34_takes_messages_and_its_receipts_find_them(
    smpp34_port: int, inbox: Inbox
) -> None:
    ids = "case zeros decimal-receipts"
    provider = provider_at(smpp34_port, inbox, receipt_ids=ids, binds="2")
    try:
        assert await provider.probe() == Healthy("bound to SMPP34")
        sent: dict[str, str] = {}
        for digit in OUTCOMES:
            accepted = await provider.send(message(f"+3361234567{digit}"))
            assert isinstance(accepted, Accepted)
            sent[digit] = accepted.message_id
        kept = await inbox.hold(len(sent))
        for digit, message_id in sent.items():
            (about,) = [each for each in kept if message_id in each.message_ids]
            assert (about.report.status, about.report.refusal) == OUTCOMES[digit]
        for digit, kind in {"9": RefusalKind.NUMBER, "8": RefusalKind.THROTTLE}.items():
            refused = await provider.send(message(f"+3361234567{digit}"))
            assert isinstance(refused, Refused)
            assert refused.kind is kind
    finally:
        await provider.close()


@pytest.mark.parametrize("style", ["udh", "sar", "payload"])
@pytest.mark.parametrize(
    "text", ["{code} est votre code: €[é]", "{code}: Ваш код", "{code}" + "€x" * 200]
)
async def test_node_smpp_reads_our_texts_as_we_wrote_them(
    node: tuple[int, Path], inbox: Inbox, style: str, text: str
) -> None:
    port, log = node
    provider = provider_at(port, inbox, long_messages=style)
    try:
        about = message("+33612345672", text=text)
        accepted = await provider.send(about)
        assert isinstance(accepted, Accepted)
        (kept,) = await inbox.hold(1)
        assert accepted.message_id in kept.message_ids
        assert kept.report.status is DeliveryStatus.DELIVERED
    finally:
        await provider.close()
    read: list[dict[str, Any]] = [json.loads(line) for line in log.read_text().splitlines()]
    assert "".join(each["text"] for each in read) == about.text
    assert {each["coding"] for each in read} == {8 if "В" in text else 0}
    assert [each["registered"] for each in read] == [2] * (len(read) - 1) + [1]
    assert read[0]["source"] == [5, 0, "Acme"]
    assert read[0]["validity"]


async def test_node_smpp_refuses_and_reports_as_it_should(
    node: tuple[int, Path], inbox: Inbox
) -> None:
    provider = provider_at(node[0], inbox, vendor_codes="0x401=fraud")
    kinds = {"9": RefusalKind.NUMBER, "0": RefusalKind.FRAUD, "8": RefusalKind.THROTTLE}
    try:
        assert isinstance(await provider.send(message("+33612345671")), Accepted)
        (kept,) = await inbox.hold(1)
        assert kept.report.status is DeliveryStatus.UNDELIVERABLE
        assert kept.report.carrier_code == "005"
        for digit, kind in kinds.items():
            refused = await provider.send(message(f"+3361234567{digit}"))
            assert isinstance(refused, Refused)
            assert refused.kind is kind
    finally:
        await provider.close()


async def test_node_smpp_refuses_a_wrong_password(node: tuple[int, Path], inbox: Inbox) -> None:
    provider = provider_at(node[0], inbox, password="wrong")
    refused = await provider.probe()
    await provider.close()
    assert isinstance(refused, Refused)
    assert (refused.kind, refused.code) == (RefusalKind.ACCOUNT, "0x0000000E")


async def test_net_smpp_takes_messages_and_signs_of_life(perl_port: int, inbox: Inbox) -> None:
    provider = provider_at(perl_port, inbox)
    try:
        assert await provider.probe() == Healthy("bound to GSMSGW")
        assert await provider.send(message()) == Accepted("123456789")
        assert await provider.send(message(text="{code}" + "Ж" * 100)) == Accepted("123456789")
        assert await provider.probe() == Healthy("bound to GSMSGW")
    finally:
        await provider.close()
