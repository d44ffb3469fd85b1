"""Load: people who ask for codes, read them and type them, and remember what they were answered."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import count

import aiohttp
from server.tests.processes import CUSTOMER, HEADERS
from server.tests.reconciliation import VALID, Ledger


class Load:
    """Asks services in turn; a failure is counted and the next service is asked."""

    def __init__(self, urls: Sequence[str], session: aiohttp.ClientSession) -> None:
        self.urls = list(urls)
        self.answered: dict[str, str] = {}
        self.ledger = Ledger()
        self.statuses: Counter[int] = Counter()
        self.without_retry_after = 0
        self.wrong: list[str] = []
        self._session = session
        self._moved = asyncio.Event()
        self._numbers: Iterator[str] = (
            # They end in 10, which plays no part in the sandbox.
            f"+336{'124578'[n // 100_000]}{n % 100_000:05}10"
            for n in range(600_000)
        )
        self._turn = count()

    async def post(self, operation: str, **body: str) -> dict[str, str] | None:
        """The answer, or None where there was none or it was no 200."""
        url = self.urls[next(self._turn) % len(self.urls)]
        try:
            async with self._session.post(
                f"{url}/v1/{operation}", json={"customer_uuid": CUSTOMER, **body}
            ) as answer:
                self.statuses[answer.status] += 1
                if answer.status == 503 and "retry-after" not in answer.headers:
                    self.without_retry_after += 1
                if answer.status != 200:
                    return None
                content: dict[str, str] = await answer.json()
                return content
        except (aiohttp.ClientError, OSError, TimeoutError):
            self._gone(url)
            return None

    async def get(self, path: str) -> tuple[int, bytes]:
        """Status and body of a page of the first service, which must answer."""
        async with self._session.get(f"{self.urls[0]}{path}") as answer:
            return answer.status, await answer.read()

    def _gone(self, url: str) -> None:
        self.statuses[0] += 1
        if url in self.urls and len(self.urls) > 1:
            self.urls.remove(url)

    async def code(self, number: str) -> str | None:
        """The code in the inbox, if a service tells it within a while."""
        url = self.urls[next(self._turn) % len(self.urls)]
        try:
            async with self._session.get(
                f"{url}/v1/sandbox/messages", params={"to": number, "wait": "5"}
            ) as answer:
                if answer.status != 200:
                    return None
                messages = (await answer.json())["messages"]
                return str(messages[0]["code"]) if messages else None
        except (aiohttp.ClientError, OSError, TimeoutError):
            self._gone(url)
            return None

    async def flow(self) -> None:
        """One person: create, read, check."""
        number = next(self._numbers)
        started = await self.post("authentication", phone_number=number)
        if started is None:
            return
        authentication = started["authentication_uuid"]
        self.answered[authentication] = number
        self.ledger.start(authentication, started["status"])
        code = await self.code(number)
        if code is None:
            return
        checked = await self.post("check", authentication_uuid=authentication, check_code=code)
        if checked is None:
            return
        self.ledger.check(authentication, checked["status"])
        if checked["status"] not in VALID:
            self.wrong.append(checked["status"])

    @property
    def validated(self) -> int:
        """How many codes were found right."""
        return len(self.ledger.validated)

    async def reach(self, enough: Callable[[], bool]) -> None:
        """Wait for the load to have come so far."""
        async with asyncio.timeout(60):
            while not enough():
                self._moved.clear()
                await self._moved.wait()

    async def until(self, enough: Callable[[], bool], people: int = 8) -> None:
        """Let so many people come one after another until it is enough."""

        async def person() -> None:
            while not enough():
                await self.flow()
                self._moved.set()

        async with asyncio.timeout(90):
            await asyncio.gather(*(person() for _ in range(people)))

    async def settle(self) -> None:
        """Wait until a service has sent everything that was answered."""
        async with asyncio.timeout(90):
            for number in self.answered.values():
                while await self.code(number) is None:
                    pass


def session() -> aiohttp.ClientSession:
    """A session that knows the key."""
    return aiohttp.ClientSession(headers=HEADERS, timeout=aiohttp.ClientTimeout(total=15))
