"""Share memory: tell other processes what was seen here, hear what they saw, and keep it all."""

import asyncio
from uuid import UUID

import msgspec

from watchword.domain.routing.learning import Learning
from watchword.domain.screening.learning.ledger import Ledger
from watchword.domain.sighting import Sighting
from watchword.ports.clock import Clock
from watchword.ports.store import MemoryKeeper, News
from watchword.usecases.memory import Memory

OVERLAP = 5_000
"""Milliseconds before the last look that are read again: clocks differ, and writes overtake each other."""
MOST_HEARD = 500
"""News that are read in one look; each holds what a process saw in half a second."""
AT_ONCE = 200
"""Sightings learnt before other work has its turn."""
KEEP_EVERY = 5 * 60_000
"""Milliseconds between two times that everything is kept."""
HEARD, LEDGER, LEARNING = b"H", b"L", b"R"
"""What a part of the whole holds: the news that are in it already, screening's part, routing's."""
_encode = msgspec.msgpack.Encoder().encode
_keys = msgspec.msgpack.Decoder(list[tuple[UUID, int]])
_sightings = msgspec.msgpack.Decoder(list[Sighting])


class ShareMemory:
    """Keeps the memory of one process together with that of all others.

    Whatever is seen is told within one look and heard within the next, so looking twice a second
    shares it within a second. What a killed process had not told yet is lost: half a second of
    statistics.
    """

    def __init__(self, keeper: MemoryKeeper, memory: Memory, clock: Clock) -> None:
        self._keeper = keeper
        self._memory = memory
        self._clock = clock
        self._process = clock.new_id()
        self._number = 0
        self._since = 0
        self._heard: dict[tuple[UUID, int], int] = {}
        self._kept_at = clock.now()
        self.begun = False
        self.wanted = False

    async def begin(self) -> None:
        """Start from what was kept, and from what was seen since."""
        self.wanted = True
        kept = await self._keeper.memory()
        if kept is not None:
            at, parts = kept
            ledger = [part[1:] for part in parts if part[:1] == LEDGER]
            learning = next((part[1:] for part in parts if part[:1] == LEARNING), b"")
            heard = next((part[1:] for part in parts if part[:1] == HEARD), b"")
            try:
                self._memory.recall(
                    Ledger.from_parts(ledger),
                    Learning.from_bytes(learning) if learning else Learning(),
                )
                self._heard = dict.fromkeys(_keys.decode(heard) if heard else (), at)
            except msgspec.DecodeError:
                at = 0  # another version's: what was seen of late is better than nothing
            self._since = at
        while await self._hear() == MOST_HEARD:
            pass
        self.begun = True

    async def __call__(self) -> None:
        """One look: tell, hear, and now and then keep."""
        if not self.begun:
            await self.begin()
        await self.tell()
        await self._hear()
        now = self._clock.now()
        if now - self._kept_at >= KEEP_EVERY:
            self._kept_at = now
            await self.keep()

    async def tell(self) -> None:
        """Write down what was seen here since the last look."""
        sightings = self._memory.news()
        if not sightings:
            return
        self._number += 1
        now = self._clock.now()
        self._heard[self._process, self._number] = now
        await self._keeper.tell(News(self._process, self._number, now, _encode(sightings)))

    async def keep(self) -> None:
        """Write down everything, in parts small enough that nobody waits for one of them.

        What is seen in the moment it takes may be in it or not, and is heard again at the next start:
        for statistics that does not matter.
        """
        now = self._clock.now()
        if await self._keeper.kept_since(now - KEEP_EVERY // 2):
            return
        parts = [
            HEARD + _encode([key for key, at in self._heard.items() if at >= now - 2 * OVERLAP]),
            LEARNING + self._memory.learning.to_bytes(),
        ]
        for part in self._memory.ledger.to_parts():
            parts.append(LEDGER + part)
            await asyncio.sleep(0)
        for number, part in reversed(list(enumerate(parts))):
            await self._keeper.keep_memory(now, number, part)
        await self._keeper.forget_memory(now)

    async def _hear(self) -> int:
        since = self._since - OVERLAP
        found = await self._keeper.news(since, MOST_HEARD)
        for news in found:
            self._since = max(self._since, news.at)
            if (news.process, news.number) in self._heard:
                continue
            self._heard[news.process, news.number] = news.at
            sightings = _sightings.decode(news.body)
            for start in range(0, len(sightings), AT_ONCE):
                self._memory.hear(sightings[start : start + AT_ONCE])
                await asyncio.sleep(0)
        forgotten = self._since - 4 * OVERLAP
        if len(self._heard) > 4 * MOST_HEARD:
            self._heard = {key: at for key, at in self._heard.items() if at >= forgotten}
        return len(found)
