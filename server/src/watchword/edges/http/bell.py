"""Bell: wakes whoever waits for something to change, and everybody when the service stops."""

import asyncio


class Bell:
    """Rings for those that wait at that moment; once stopped, nobody waits any more."""

    def __init__(self) -> None:
        self._waiting: set[asyncio.Future[None]] = set()
        self.stopped = False

    def ring(self) -> None:
        """Wake all that wait."""
        waiting, self._waiting = self._waiting, set()
        for future in waiting:
            if not future.done():
                future.set_result(None)

    def stop(self) -> None:
        """Wake all that wait, and let nobody wait again."""
        self.stopped = True
        self.ring()

    async def wait(self, seconds: float) -> None:
        """Wait for the next ring, at most so long."""
        if self.stopped:
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
