"""The binds of one account: kept up, made again when lost, and used in turn."""

import asyncio
from collections.abc import Callable

import structlog
from msgspec.structs import replace

from watchword.adapters.providers.pace import Pace
from watchword.adapters.providers.smpp.account import Settings
from watchword.adapters.providers.smpp.bind import Bind, Deliver
from watchword.adapters.providers.smpp.pdu import Command, Frame
from watchword.ports.provider import RefusalKind, Refused, Unavailable

log = structlog.get_logger(__name__)
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
"""Seconds before a bind is tried again, at most: doubled with each try."""
MANY_TRIES = 10
"""Tries that a refused account counts for: trying it often may get our address blocked."""
STEADY = 30.0
"""Seconds after which a bind that is lost does not count as a failed try."""
LONGEST_QUEUE = 2.0
"""Seconds for which a submission may wait for the pace."""


def pause_before(tries: int, chance: float) -> float:
    """Seconds before the next try after so many failed ones, by exponential back-off with full jitter."""
    return chance * float(min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(tries - 1, 16)))


class Line:
    """The place of one bind: it tries for ever to have one."""

    def __init__(self, command: Command) -> None:
        self.command = command
        self.bind: Bind | None = None
        self.trouble: Refused | Unavailable | None = None
        self.trying = True


class Pool:
    """All binds of an account."""

    def __init__(
        self, account: str, settings: Settings, deliver: Deliver, chance: Callable[[], float]
    ) -> None:
        self._account = account
        self._settings = settings
        self._deliver = deliver
        self._chance = chance
        self._pace = Pace(settings.per_second)
        self._lines = [Line(command) for command in settings.commands]
        self._tasks: list[asyncio.Task[None]] = []
        self._news = asyncio.Event()
        self._turn = 0
        self._closed = False

    @property
    def started(self) -> bool:
        """Whether binds are being kept."""
        return bool(self._tasks)

    @property
    def up(self) -> list[Bind]:
        """The binds that are up."""
        return [line.bind for line in self._lines if line.bind is not None and line.bind.up]

    def start(self) -> None:
        """Make every bind, in the background; nothing happens where that was done."""
        if not self._tasks and not self._closed:
            self._tasks = [asyncio.create_task(self._keep(line)) for line in self._lines]

    async def submit(self, body: bytes) -> Frame | Refused | Unavailable:
        """Submit over the next bind that is up and has room, in time with the account's pace.

        Waits while binds are being made, or while every window is full; the caller sets the limit.
        """
        self.start()
        now = asyncio.get_running_loop().time
        if (wait := self._pace.wait(now())) > LONGEST_QUEUE:
            return Unavailable("more is to be sent than the pace allows", int(wait * 1000))
        if pause := self._pace.take(now()):
            await asyncio.sleep(pause)
        while True:
            bind = await self.bind()
            if not isinstance(bind, Bind):
                return bind
            answer = await bind.submit(body)
            if answer is not None:
                return answer

    def slow_down(self) -> None:
        """Submit more slowly for a while."""
        self._pace.slow_down(asyncio.get_running_loop().time())

    async def bind(self) -> Bind | Refused | Unavailable:
        """The next bind for a submission; where none is up and none is being made, why."""
        while not self._closed:
            up = [bind for bind in self.up if bind.transmits]
            if up:
                self._turn += 1
                at = self._turn % len(up)
                order = up[at:] + up[:at]
                return next((bind for bind in order if bind.has_room), order[0])
            lines = [line for line in self._lines if line.command is not Command.BIND_RECEIVER]
            if not any(line.trying for line in lines):
                return lines[0].trouble or Unavailable("no bind is up")
            await self._news.wait()
        return Unavailable("the account was closed")

    async def close(self) -> None:
        """Unbind everything and make no new bind."""
        self._closed = True
        self._tell()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        binds = [line.bind for line in self._lines if line.bind is not None]
        await asyncio.gather(*(bind.close() for bind in binds))

    async def _keep(self, line: Line) -> None:
        now = asyncio.get_running_loop().time
        tries = 0
        while True:
            line.trying = True
            self._tell()
            bind = Bind(self._settings, line.command, self._deliver)
            line.trouble = await bind.open()
            line.trying = False
            if line.trouble is None:
                line.bind, began = bind, now()
                self._tell()
                log.info("bound", account=self._account, command=line.command.name.lower())
                await bind.closed.wait()
                line.trouble = Unavailable("the connection was lost")
                tries = 0 if now() - began >= STEADY else tries
            tries += 1
            if isinstance(line.trouble, Refused) and line.trouble.kind is RefusalKind.ACCOUNT:
                tries = MANY_TRIES
            pause = pause_before(tries, self._chance())
            line.trouble = replace(line.trouble, retry_after=int(pause * 1000))
            self._tell()
            log.warning("not bound", account=self._account, because=line.trouble.cause)
            await asyncio.sleep(pause)

    def _tell(self) -> None:
        news, self._news = self._news, asyncio.Event()
        news.set()
