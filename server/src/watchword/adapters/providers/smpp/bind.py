"""One bound session with a message centre: requests and their answers, a window, and signs of life."""

import asyncio
from asyncio import Future
from collections.abc import Callable
from typing import cast

from msgspec import Struct

from watchword.adapters.providers.smpp import pdu, status
from watchword.adapters.providers.smpp.account import Settings
from watchword.adapters.providers.smpp.pdu import RESPONSE, Command, Frame, take_frames
from watchword.adapters.providers.smpp.reading import read_answer
from watchword.ports.provider import Refused, Unavailable

TIME_TO_CONNECT = 10.0
TIME_TO_PART = 2.0
"""Seconds for `unbind` to be answered; then the connection is cut."""
WATCH = 1.0
"""Seconds between two looks at what is overdue."""

Deliver = Callable[[Frame, Callable[[int], None]], None]
"""Takes a `deliver_sm` or `data_sm` with the way to answer it, once, with a command status."""


class Asked(Struct, frozen=True):
    """A request that the centre owes an answer to; `due` is in seconds of the loop's clock."""

    command: int
    answer: "Future[Frame | Unavailable]"
    due: float


class Bind(asyncio.Protocol):
    """One bind. It is opened once, used while `up`, and ends with `closed`."""

    def __init__(self, settings: Settings, command: Command, deliver: Deliver) -> None:
        self._settings = settings
        self._command = command
        self._deliver = deliver
        self._transport: asyncio.Transport | None = None
        self._buffer = bytearray()
        self._sequence = 0
        self._asked: dict[int, Asked] = {}
        self._window = asyncio.Semaphore(settings.window)
        self._enquired = 0.0
        self._watching: asyncio.TimerHandle | None = None
        self.up = False
        self.centre = ""
        self.closed = asyncio.Event()

    @property
    def transmits(self) -> bool:
        """Whether messages may be submitted over this bind."""
        return self._command is not Command.BIND_RECEIVER

    @property
    def has_room(self) -> bool:
        """Whether a submission would go at once."""
        return not self._window.locked()

    async def open(self) -> Refused | Unavailable | None:
        """Connect and bind; None where that went well."""
        settings = self._settings
        try:
            async with asyncio.timeout(TIME_TO_CONNECT):
                await asyncio.get_running_loop().create_connection(
                    lambda: self, settings.host, settings.port, ssl=settings.ssl_context()
                )
        except TimeoutError:
            return Unavailable("no connection in time")
        except (OSError, ValueError) as error:
            return Unavailable(f"no connection: {type(error).__name__}")
        try:
            trouble = await self._bind()
            self.up = trouble is None and not self.closed.is_set()
            return trouble if self.up or trouble else Unavailable("the connection was lost")
        finally:
            if not self.up:
                self._abort()

    async def _bind(self) -> Refused | Unavailable | None:
        request = pdu.Bind(
            system_id=self._settings.system_id,
            password=self._settings.password,
            system_type=self._settings.system_type,
        )
        answer = await self._ask(self._command, request.encode())
        if isinstance(answer, Unavailable):
            return answer
        if answer.status != status.ROK:
            return status.refusal(answer.status, self._settings.vendor_codes)
        self.centre = read_answer(answer.body).name
        return None

    async def submit(self, body: bytes) -> Frame | Unavailable | None:
        """Submit when the window has room; None where the bind ended before anything was sent.

        The place in the window is given back when the centre answers or its time is over, not when
        the caller no longer waits: the window counts what the centre owes.
        """
        await self._window.acquire()
        if not self.up:
            self._window.release()
            return None
        return await self._ask(Command.SUBMIT_SM, body)

    async def enquire(self) -> bool:
        """Whether the centre answers an `enquire_link`."""
        answer = await self._ask(Command.ENQUIRE_LINK)
        return isinstance(answer, Frame)

    async def close(self) -> None:
        """Unbind, and cut the connection where the centre is slow to agree."""
        if self._transport is None:
            return
        unbound = self._ask(Command.UNBIND) if self.up else None
        self.up = False
        try:
            async with asyncio.timeout(TIME_TO_PART):
                if unbound is not None:
                    await unbound
                self._transport.close()
                await self.closed.wait()
        except TimeoutError:
            self._transport.abort()
            await self.closed.wait()

    def _ask(self, command: Command, body: bytes = b"") -> "Future[Frame | Unavailable]":
        loop = asyncio.get_running_loop()
        answer: Future[Frame | Unavailable] = loop.create_future()
        if self.closed.is_set():
            answer.set_result(Unavailable("the connection was lost"))
            return answer
        self._sequence = self._sequence % pdu.LAST_SEQUENCE + 1
        due = loop.time() + self._settings.response_time
        self._asked[self._sequence] = Asked(command, answer, due)
        self._write(Frame(command, status.ROK, self._sequence, body))
        return answer

    def _write(self, frame: Frame) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(frame.encode())

    def _answer(self, frame: Frame, command_status: int, body: bytes = b"") -> None:
        self._write(Frame(frame.command | RESPONSE, command_status, frame.sequence, body))

    def _settle(self, sequence: int, asked: Asked, outcome: Frame | Unavailable) -> None:
        del self._asked[sequence]
        if asked.command == Command.SUBMIT_SM:
            self._window.release()
        if not asked.answer.done():
            asked.answer.set_result(outcome)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin to watch over a connection."""
        # uvloop's transports are none by inheritance.
        self._transport = cast("asyncio.Transport", transport)
        self._enquired = asyncio.get_running_loop().time()
        self._watch()

    def data_received(self, data: bytes) -> None:
        """Take the PDUs that are whole."""
        self._buffer += data
        frames, malformed = take_frames(self._buffer)
        for frame in frames:
            self._take(frame)
        if malformed is not None:
            # Nobody knows where the next PDU begins.
            self._write(Frame(Command.GENERIC_NACK, status.RINVCMDLEN, 0))
            self._abort()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's
        """Answer everybody who waits."""
        self.up = False
        self.closed.set()
        if self._watching is not None:
            self._watching.cancel()
        for sequence, asked in list(self._asked.items()):
            self._settle(sequence, asked, Unavailable("the connection was lost"))

    def _take(self, frame: Frame) -> None:
        if frame.command & RESPONSE:
            self._take_answer(frame)
            return
        match frame.command:
            case Command.DELIVER_SM | Command.DATA_SM:
                # The id in the answer is always empty (SMPP 3.4, 4.6.2).
                self._deliver(frame, lambda code: self._answer(frame, code, b"\0"))
            case Command.ENQUIRE_LINK:
                self._answer(frame, status.ROK)
            case Command.UNBIND:
                self._answer(frame, status.ROK)
                self.up = False
                if self._transport is not None:
                    self._transport.close()
            case Command.ALERT_NOTIFICATION | Command.OUTBIND:
                pass  # neither has an answer
            case _:
                self._write(Frame(Command.GENERIC_NACK, status.RINVCMDID, frame.sequence))

    def _take_answer(self, frame: Frame) -> None:
        asked = self._asked.get(frame.sequence)
        if asked is None:
            return
        if frame.command == Command.GENERIC_NACK:
            code = frame.status or status.RUNKNOWNERR
            frame = Frame(asked.command | RESPONSE, code, frame.sequence)
        if frame.command != asked.command | RESPONSE:
            return
        self._settle(frame.sequence, asked, frame)
        if frame.status == status.RINVBNDSTS and asked.command == Command.SUBMIT_SM:
            self._abort()  # the centre has forgotten the bind

    def _watch(self) -> None:
        loop = asyncio.get_running_loop()
        now = loop.time()
        for sequence, asked in list(self._asked.items()):
            if asked.due > now:
                break  # they are in order
            self._settle(sequence, asked, Unavailable("no answer in time"))
            if asked.command != Command.SUBMIT_SM:
                self._abort()  # the centre is not there any more
        if self.up and now - self._enquired >= self._settings.enquire_link:
            self._enquired = now
            self._ask(Command.ENQUIRE_LINK)
        pause = min(WATCH, self._settings.enquire_link, self._settings.response_time)
        self._watching = loop.call_later(pause, self._watch)

    def _abort(self) -> None:
        self.up = False
        if self._transport is not None:
            self._transport.abort()
