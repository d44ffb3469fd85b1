"""SMTP connections: to one mail server, several at once, kept open for a while and made anew."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

from aiosmtplib import SMTP, SMTPException

from watchword.ports.clock import Clock

AT_ONCE = 20
"""Connections; Postfix allows fifty to one client before it refuses more."""
KEPT = 5
"""Connections that stay open while nothing is sent."""
IDLE = 60_000
"""Milliseconds after which one is not used again; servers wait for five minutes (RFC 5321, 4.5.3.2.7)."""


class SmtpConnections:
    """The connections of one account; `make` says where they go."""

    def __init__(self, make: Callable[[], SMTP], clock: Clock) -> None:
        self._make = make
        self._clock = clock
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._idle: list[tuple[SMTP, int]] = []
        self._closed = False

    @asynccontextmanager
    async def one(self) -> AsyncIterator[SMTP]:
        """One connection for as long as it is needed; one that was used in vain is closed.

        Raises:
            SMTPException: there is none to be had.
            OSError: likewise.

        """
        async with self._turns:
            smtp = await self._known() or self._make()
            try:
                if not smtp.is_connected:
                    await smtp.connect()
                yield smtp
            except BaseException:
                smtp.close()
                raise
            if self._closed or len(self._idle) >= KEPT:
                smtp.close()
            else:
                self._idle.append((smtp, self._clock.now()))

    async def _known(self) -> SMTP | None:
        """A connection that is still good: RSET is answered on it."""
        while self._idle:
            smtp, since = self._idle.pop()
            try:
                if smtp.is_connected and self._clock.now() - since <= IDLE:
                    await smtp.rset()
                    return smtp
            except (SMTPException, OSError):
                pass
            except BaseException:
                smtp.close()
                raise
            smtp.close()
        return None

    async def close(self) -> None:
        """Say goodbye on every connection that nobody uses; the others are closed after their use."""
        self._closed = True
        idle, self._idle = self._idle, []
        for smtp, _ in idle:
            with suppress(SMTPException, OSError):
                await smtp.quit(timeout=1)
            smtp.close()
