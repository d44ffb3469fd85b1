"""Receipts on their way in: each is answered when it is kept, and asked for again when it is not."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from watchword.adapters.providers.smpp import status
from watchword.adapters.providers.smpp.pdu import Command, Frame, Malformed
from watchword.adapters.providers.smpp.reading import read_data_message, read_short_message
from watchword.adapters.providers.smpp.receipt import Reading, read_receipt
from watchword.ports.provider import Receipt
from watchword.ports.store import StoreUnavailableError

log = structlog.get_logger(__name__)
AT_ONCE = 64
"""Receipts that are being kept at the same time; a store writes many as fast as one."""
MOST_WAITING = 10_000
"""Receipts held in memory; the centre is to send those beyond again."""
TIME_TO_FINISH = 2.0
"""Seconds in which receipts that have come are kept before the connections end."""


class Intake:
    """Takes what centres deliver over all binds of one account."""

    def __init__(
        self, account: str, reading: Reading, keep: Callable[[Receipt], Awaitable[None]]
    ) -> None:
        self._account = account
        self._reading = reading
        self._keep = keep
        self._turn = asyncio.Semaphore(AT_ONCE)
        self._keeping: set[asyncio.Task[None]] = set()

    def take(self, frame: Frame, answer: Callable[[int], None]) -> None:
        """Take a `deliver_sm` or `data_sm`; what is no receipt is accepted and dropped."""
        read = read_short_message if frame.command == Command.DELIVER_SM else read_data_message
        message = read(frame.body)
        if isinstance(message, Malformed):
            log.warning("a message cannot be read", account=self._account, because=message.because)
            answer(status.RX_P_APPN)
            return
        receipt = read_receipt(message, self._reading)
        if receipt is None:
            answer(status.ROK)
        elif len(self._keeping) >= MOST_WAITING:
            answer(status.RX_T_APPN)
        else:
            task = asyncio.create_task(self._hand_on(receipt, answer))
            self._keeping.add(task)
            task.add_done_callback(self._keeping.discard)

    async def finish(self) -> None:
        """Wait until what was taken is answered, but not for long: the rest is delivered again."""
        if self._keeping:
            await asyncio.wait(self._keeping, timeout=TIME_TO_FINISH)

    def close(self) -> None:
        """Give up what is not kept yet."""
        for task in self._keeping:
            task.cancel()

    async def _hand_on(self, receipt: Receipt, answer: Callable[[int], None]) -> None:
        async with self._turn:
            try:
                await self._keep(receipt)
            except StoreUnavailableError:
                answer(status.RX_T_APPN)
            except Exception as error:  # noqa: BLE001 - a bug must not lose the receipt
                kind = type(error).__name__
                log.error("a receipt was not kept", account=self._account, because=kind)  # noqa: TRY400 - a traceback may hold a number
                answer(status.RX_T_APPN)
            else:
                answer(status.ROK)
