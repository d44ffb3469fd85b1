"""Bell: wakes whoever waits for something to change, and everybody when the service stops."""

import asyncio


class Bell:
    """Rings for those that wait; once stopped, nobody waits any more.

    Who looks at something and then waits gives the number of `rings` from before the look, so that a
    ring during the look is not lost.
    """

    def __init__(self) -> None:
        self._waiting: set[asyncio.Future[None]] = set()
        self.rings = 0
        self.stopped = False

    def ring(self) -> None:
        """Wake all that wait."""
        self.rings += 1
        waiting, self._waiting = self._waiting, set()
        for future in waiting:
            if not future.done():
                future.set_result(None)

    def stop(self) -> None:
        """Wake all that wait, and let nobody wait again."""
        self.stopped = True
        self.ring()

    async def wait(self, seconds: float, heard: int | None = None) -> None:
        """Wait for a ring after the first `heard`, or for the next one, at most so long."""
        if self.stopped or (heard is not None and heard != self.rings):
            return
        future = asyncio.get_running_loop().create_future()
        self._waiting.add(future)
        try:
            async with asyncio.timeout(seconds):
                await future
        except TimeoutError:
            pass
        finally:
            self._waiting.discard(future)
