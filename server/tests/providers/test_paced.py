"""An account is handed no more messages a second than its owner said."""

import asyncio

import pytest
from server.tests.conftest import ScriptedProvider
from server.tests.contract.recordings import Words

from watchword.adapters.providers.paced import Paced
from watchword.domain.channel import Channel
from watchword.ports.provider import Accepted, Inbound, RefusalKind, Refused

MESSAGE = Words(channel=Channel.SMS).message()


async def test_messages_wait_for_their_places_and_what_would_wait_too_long_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pauses: list[float] = []

    async def pause(seconds: float) -> None:
        pauses.append(seconds)

    monkeypatch.setattr("watchword.adapters.providers.paced.asyncio.sleep", pause)
    provider = Paced(ScriptedProvider("one"), 2)
    outcomes = await asyncio.gather(*(provider.send(MESSAGE) for _ in range(5)))
    assert [isinstance(outcome, Accepted) for outcome in outcomes] == [
        True,
        True,
        True,
        False,
        False,
    ]
    refused = outcomes[-1]
    assert isinstance(refused, Refused)
    assert refused.kind is RefusalKind.THROTTLE
    assert refused.retry_after is not None
    assert 1_000 < refused.retry_after <= 1_500
    assert [round(pause, 1) for pause in pauses] == [0.5, 1.0]


async def test_a_provider_that_finds_us_too_fast_halves_the_pace() -> None:
    inner = ScriptedProvider("one")
    inner.script = [Refused(RefusalKind.THROTTLE, "429", "too fast")]
    provider = Paced(inner, 8)
    await provider.send(MESSAGE)
    loop = asyncio.get_running_loop()
    assert provider._pace.per_second(loop.time()) == 4


async def test_everything_else_is_the_providers_own() -> None:
    inner = ScriptedProvider("one")
    provider = Paced(inner, 8)
    assert provider.channels == inner.channels
    assert await provider.probe() == await inner.probe()
    assert await provider.report("none") is None
    inbound = Inbound(method="POST", url="", headers={"signature": "one"}, body=b"[]", at=0)
    assert await provider.receipts(inbound) == await inner.receipts(inbound)
    await provider.close()
