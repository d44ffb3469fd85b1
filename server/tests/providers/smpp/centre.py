"""A message centre of the tests: does as it is told, and shows all that it was sent."""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import cast
from uuid import UUID

from msgspec.structs import replace
from server.tests.conftest import ManualClock

from watchword.adapters.providers.exchange import Exchange
from watchword.adapters.providers.kind import Tools
from watchword.adapters.providers.smpp.account import Settings
from watchword.adapters.providers.smpp.pdu import (
    RESPONSE,
    Answer,
    Command,
    Frame,
    ShortMessage,
    take_frames,
)
from watchword.adapters.providers.smpp.provider import Smpp
from watchword.adapters.providers.smpp.reading import read_bind, read_short_message
from watchword.domain.channel import Channel
from watchword.domain.line_type import LineType
from watchword.domain.message import Content
from watchword.domain.phone_number import PhoneNumber
from watchword.ports.provider import Message, Receipt
from watchword.ports.store import Store

PATIENCE = 20.0
"""Seconds after which a test gives up; nothing waits so long when all is well."""
BINDS = (Command.BIND_RECEIVER, Command.BIND_TRANSMITTER, Command.BIND_TRANSCEIVER)
NUMBER = "+33612345678"
CODE = "908172"


def message(to: str = NUMBER, text: str = "{code} is your code", **fields: object) -> Message:
    made = Message(
        project_id=UUID(int=7),
        authentication_id=UUID(int=8),
        attempt_number=1,
        to=PhoneNumber(to, "FR", 33, LineType.MOBILE),
        channel=Channel.SMS,
        sender_id="Acme",
        content=Content(text=text),
        code=CODE,
        valid_for=300_000,
    )
    return replace(made, **fields)


class News:
    """Wakes whoever waits for something to become true."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def tell(self) -> None:
        self._event.set()
        self._event = asyncio.Event()

    async def until(self, true: Callable[[], object]) -> None:
        async with asyncio.timeout(PATIENCE):
            while not true():
                await self._event.wait()


class Inbox:
    """Where receipts are kept; `trouble` is raised instead, as long as there is some."""

    def __init__(self) -> None:
        self.receipts: list[Receipt] = []
        self.trouble: list[Exception] = []
        self.news = News()

    async def receive(self, account: str, receipts: Sequence[Receipt]) -> None:
        assert account == "acme"
        if self.trouble:
            raise self.trouble.pop(0)
        self.receipts += receipts
        self.news.tell()

    async def hold(self, count: int) -> list[Receipt]:
        await self.news.until(lambda: len(self.receipts) >= count)
        return self.receipts


def tools_for(inbox: Inbox, clock: ManualClock) -> Tools:
    return Tools(
        account="acme",
        exchange=Exchange(),
        clock=clock,
        inbox=cast("Store", None),
        receipts_url=None,
        receive=inbox.receive,
    )


@asynccontextmanager
async def opened(
    settings: Settings, inbox: Inbox | None = None, jitter: float = 0.0
) -> AsyncIterator[Smpp]:
    """A provider that is closed in the end; with a jitter of 0 it binds again at once."""
    clock = ManualClock()
    clock.jitter = jitter
    provider = Smpp(settings, tools_for(inbox or Inbox(), clock))
    try:
        yield provider
    finally:
        await provider.close()


class Session:
    """One connection to the centre."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self.writer = writer
        self.command = 0
        self.system_id = ""
        self.password = ""
        self._sequence = 0

    def write(self, frame: Frame) -> None:
        self.writer.write(frame.encode())

    def answer(self, frame: Frame, status: int = 0, body: bytes = b"") -> None:
        self.write(Frame(frame.command | RESPONSE, status, frame.sequence, body))

    def ask(self, command: int, body: bytes = b"") -> int:
        """Send a request; its sequence number."""
        self._sequence += 1
        self.write(Frame(command, 0, self._sequence, body))
        return self._sequence


Act = Callable[[Session, Frame], None]


class Centre:
    """A message centre on loopback; `on` says what it does about a command, else it says yes."""

    def __init__(self) -> None:
        self.port = 0
        self.on: dict[int, Act] = {}
        self.sessions: list[Session] = []
        self.frames: list[tuple[Session, Frame]] = []
        self.news = News()
        self.submitted = 0
        self._server: asyncio.Server | None = None

    @property
    def settings(self) -> Settings:
        return Settings(host="127.0.0.1", port=self.port, system_id="acme", password="secret")

    def got(self, command: int) -> list[Frame]:
        return [frame for _, frame in self.frames if frame.command == command]

    @property
    def submissions(self) -> list[ShortMessage]:
        read = [read_short_message(frame.body) for frame in self.got(Command.SUBMIT_SM)]
        assert all(isinstance(each, ShortMessage) for each in read)
        return cast("list[ShortMessage]", read)

    async def holds(self, command: int, count: int) -> list[Frame]:
        """All PDUs of a command, once there are so many."""
        await self.news.until(lambda: len(self.got(command)) >= count)
        return self.got(command)

    async def bound(self, count: int) -> list[Session]:
        """All sessions that are bound, once there are so many."""

        def sessions() -> list[Session]:
            return [each for each in self.sessions if each.command]

        await self.news.until(lambda: len(sessions()) >= count)
        return sessions()

    async def open(self, context: ssl.SSLContext | None = None) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port, ssl=context)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        if self._server is not None:
            self._server.close()
            for session in list(self.sessions):
                session.writer.close()
            await self._server.wait_closed()
            await self.news.until(lambda: not self.sessions)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        session = Session(writer)
        self.sessions.append(session)
        self.news.tell()
        buffer = bytearray()
        with contextlib.suppress(ConnectionError, ssl.SSLError):
            while data := await reader.read(65536):
                buffer += data
                frames, malformed = take_frames(buffer)
                assert malformed is None
                for frame in frames:
                    self.frames.append((session, frame))
                    if not frame.command & RESPONSE:
                        self.on.get(frame.command, self.agree)(session, frame)
                self.news.tell()
        self.sessions.remove(session)
        self.news.tell()
        writer.close()
        with contextlib.suppress(ConnectionError, ssl.SSLError):
            await writer.wait_closed()

    def agree(self, session: Session, frame: Frame) -> None:
        body = b""
        if frame.command in BINDS:
            asked = read_bind(frame.body)
            session.command, session.system_id = frame.command, getattr(asked, "system_id", "")
            session.password = getattr(asked, "password", "")
            body = Answer(name="CENTRE").encode()
        elif frame.command == Command.SUBMIT_SM:
            self.submitted += 1
            body = Answer(name=f"id{self.submitted}").encode()
        session.answer(frame, 0, body)
