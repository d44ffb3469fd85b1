"""Paced: an account that is handed no more messages a second than it takes."""

import asyncio

from watchword.adapters.providers.pace import Pace
from watchword.ports.provider import (
    Accepted,
    Forged,
    Healthy,
    Inbound,
    Message,
    Provider,
    Receipts,
    RefusalKind,
    Refused,
    Report,
    Unavailable,
)

LONGEST_WAIT = 1.0
"""Seconds for which a message may wait for its place; beyond that another route is quicker."""


class Paced:
    """A provider behind the pace of its account."""

    def __init__(self, provider: Provider, per_second: float) -> None:
        self.channels = provider.channels
        self._provider = provider
        self._pace = Pace(per_second)

    async def send(self, message: Message) -> Accepted | Refused | Unavailable:
        """Hand a message over when its turn comes, and slow down where the provider says so."""
        now = asyncio.get_running_loop().time()
        wait = self._pace.wait(now)
        if wait > LONGEST_WAIT:
            cause = "more is to be sent than the account's pace allows"
            return Refused(RefusalKind.THROTTLE, "pace", cause, int(wait * 1000))
        if pause := self._pace.take(now):
            await asyncio.sleep(pause)
        outcome = await self._provider.send(message)
        if isinstance(outcome, Refused) and outcome.kind is RefusalKind.THROTTLE:
            self._pace.slow_down(asyncio.get_running_loop().time())
        return outcome

    async def report(self, message_id: str) -> Report | None:
        """What became of a message."""
        return await self._provider.report(message_id)

    async def receipts(self, inbound: Inbound) -> Receipts | Forged:
        """Verify and read a request."""
        return await self._provider.receipts(inbound)

    async def probe(self) -> Healthy | Refused | Unavailable:
        """Ask whether the provider is there."""
        return await self._provider.probe()

    async def close(self) -> None:
        """Let go of every connection."""
        await self._provider.close()
