"""What tests of several floors share: time by hand, scripted providers, all use cases on one store."""

import asyncio
import contextlib
import logging
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import pytest
import structlog
from hypothesis import HealthCheck, settings
from msgspec.structs import replace
from server.tests.postgres import PostgresServer, psql

from watchword.adapters.directory import MemoryDirectory
from watchword.adapters.keyring import FileKeyring
from watchword.adapters.numbering.libphonenumber import LibPhoneNumber
from watchword.adapters.store.opening import open_store
from watchword.adapters.store.store import EngineStore
from watchword.adapters.telemetry import PrometheusTelemetry
from watchword.domain.authentication import Authentication, StartStatus
from watchword.domain.channel import Channel
from watchword.domain.check import CheckStatus
from watchword.domain.code import derive_code
from watchword.domain.errors import Refusal
from watchword.domain.event import Happening
from watchword.domain.project import Limits, Mode, Project, ProjectSettings, RoutingPolicy
from watchword.domain.routing.route import Route
from watchword.domain.start_request import StartRequest
from watchword.domain.task import (
    DeliverCallback,
    ExpireAuthentication,
    FollowUpAttempt,
    ResendAttempt,
    SendAttempt,
    Task,
)
from watchword.ports.courier import Delivered, NotDelivered
from watchword.ports.provider import (
    Accepted,
    Forged,
    Healthy,
    Inbound,
    Message,
    Provider,
    Receipt,
    Receipts,
    Refused,
    Report,
    Unavailable,
)
from watchword.testing import RunningService, running_service
from watchword.usecases.check_code import CheckCode
from watchword.usecases.deliver_callback import DeliverOneCallback
from watchword.usecases.expire_authentication import ExpireAuthentication as Expire
from watchword.usecases.follow_up_attempt import FollowUpAttempt as FollowUp
from watchword.usecases.memory import Memory
from watchword.usecases.move_on import MoveOn
from watchword.usecases.receive_receipts import ReceiveReceipts
from watchword.usecases.record_feedback import RecordFeedback
from watchword.usecases.record_receipt import RecordReceipt
from watchword.usecases.resend_attempt import ResendAttempt as Resend
from watchword.usecases.retry_authentication import RetryAnswer, RetryAuthentication
from watchword.usecases.route_health import RouteHealth
from watchword.usecases.send_attempt import SendAttempt as Send
from watchword.usecases.start_authentication import StartAuthentication, Started
from watchword.usecases.watch_budgets import WatchBudgets

settings.register_profile(
    "floors",
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.load_profile("floors")

START = 1_750_000_000_000
SECOND = 1_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
LEASE = 60 * SECOND
PERSON = "+33612345678"
NO_LIMITS = Limits(
    number_10_minutes=0, number_day=0, ip_hour=0, device_hour=0, project_hour=0, block_hour=0
)
ROUTES = (
    Route(name="first", account="one", channel=Channel.SMS, price=9_000),
    Route(name="second", account="two", channel=Channel.WHATSAPP, price=5_000),
    Route(name="third", account="three", channel=Channel.VIBER, price=7_000),
)
HANG = "hang"


class ManualClock:
    """The clock port, moved by hand."""

    def __init__(self) -> None:
        self.time = START
        self.jitter = 0.0
        self._ids = 0

    def now(self) -> int:
        return self.time

    def new_id(self) -> UUID:
        self._ids += 1
        return UUID(int=(self.time << 80) | (7 << 76) | (2 << 62) | self._ids)

    def chance(self) -> float:
        return self.jitter

    def advance(self, milliseconds: int) -> None:
        self.time += milliseconds


Outcome = Accepted | Refused | Unavailable | BaseException | str
Aside = Callable[[Message], Awaitable[None]]


class ScriptedProvider:
    """Plays the outcomes it was given in turn, then takes everything."""

    channels = frozenset(Channel)

    def __init__(self, name: str) -> None:
        self.name = name
        self.script: list[Outcome] = []
        self.sent: list[Message] = []
        self.reports: dict[str, Report] = {}
        self.aside: Aside | None = None

    async def send(self, message: Message) -> Accepted | Refused | Unavailable:
        self.sent.append(message)
        if self.aside is not None:
            await self.aside(message)
        outcome = self.script.pop(0) if self.script else Accepted(f"{self.name}-{len(self.sent)}")
        if isinstance(outcome, BaseException):
            raise outcome
        if isinstance(outcome, str):
            await asyncio.get_running_loop().create_future()
        assert not isinstance(outcome, str)
        return outcome

    async def report(self, message_id: str) -> Report | None:
        return self.reports.get(message_id)

    async def receipts(self, inbound: Inbound) -> Receipts | Forged:
        if inbound.headers.get("signature") != self.name:
            return Forged("it is not signed")
        return Receipts(tuple(msgspec.json.decode(inbound.body, type=list[Receipt])), b"ok")

    async def probe(self) -> Healthy | Refused | Unavailable:
        return Healthy(self.name)

    async def close(self) -> None:
        pass


class ScriptedAccounts:
    """The providers port over a mapping."""

    def __init__(self, accounts: Mapping[str, Provider]) -> None:
        self._accounts = accounts

    def account(self, name: str) -> Provider | None:
        return self._accounts.get(name)

    async def refresh(self) -> None:
        pass

    async def start(self) -> None:
        pass


class RecordingCourier:
    """Keeps what it was asked to carry and answers as it was told."""

    def __init__(self) -> None:
        self.carried: list[tuple[str, bytes, str, tuple[str, ...]]] = []
        self.answers: list[Delivered | NotDelivered] = []

    async def post(
        self, url: str, body: bytes, *, message_id: str, sent_at: int, secrets: Sequence[str]
    ) -> Delivered | NotDelivered:
        self.carried.append((url, body, message_id, tuple(secrets)))
        return self.answers.pop(0) if self.answers else Delivered()


class World:
    """Every use case over one real store, with providers that play their scripts."""

    def __init__(self, store: EngineStore) -> None:
        self.clock = ManualClock()
        self.keyring = FileKeyring("k1", {"k1": b"k" * 32})
        self.store = store
        self.directory = MemoryDirectory(self.store)
        self.providers = {name: ScriptedProvider(name) for name in ("one", "two", "three")}
        self.courier = RecordingCourier()
        self.telemetry = PrometheusTelemetry()
        numbering = LibPhoneNumber()
        self.memory = memory = Memory(self.clock, numbering, self.keyring.digest_key())
        budgets = WatchBudgets(self.store, self.store, self.clock, self.telemetry)
        self.start = StartAuthentication(
            self.store, self.clock, self.keyring, numbering, memory, budgets, self.telemetry
        )
        self.check_code = CheckCode(self.store, self.clock, self.keyring, memory, self.telemetry)
        self.retry_authentication = RetryAuthentication(
            self.store, self.clock, memory, budgets, self.telemetry
        )
        self.record_receipt = RecordReceipt(
            self.store, self.clock, self.directory, memory, self.telemetry
        )
        self.receive_receipts = ReceiveReceipts(self.store, self.clock, self.record_receipt)
        self.record_feedback = RecordFeedback(self.store, self.clock, numbering, memory)
        self.accounts = registry = ScriptedAccounts(self.providers)
        self.health = RouteHealth(self.clock, self.telemetry)
        self.send = Send(
            self.store,
            self.clock,
            self.keyring,
            self.directory,
            registry,
            self.health,
            memory,
            self.telemetry,
        )
        self.follow_up = FollowUp(self.store, registry, self.record_receipt)
        self.resend = Resend(self.store, self.clock, self.directory, memory)
        self.move_on = MoveOn(self.store, self.clock, self.directory, memory)
        self.deliver = DeliverOneCallback(
            self.store, self.store, self.clock, self.keyring, self.courier, self.telemetry
        )
        self.expire = Expire(self.store, self.clock)
        self.project = Project(
            id=self.clock.new_id(),
            name="tests",
            mode=Mode.LIVE,
            created_at=START,
            settings=ProjectSettings(routes=ROUTES, limits=NO_LIMITS, routing=RoutingPolicy.FIXED),
        )

    async def put(self, project: Project) -> Project:
        """Make this the project, in force at once."""
        self.project = project
        await self.store.put_project(project)
        await self.directory.refresh()
        return project

    async def choose(self, **chosen: object) -> Project:
        """Give the project other settings, in force at once."""
        settings = replace(self.project.settings, **chosen)
        return await self.put(replace(self.project, settings=settings))

    async def ask(self, number: str = PERSON, **fields: object) -> Started:
        """Ask for a code that is expected to be promised or declined, not refused."""
        request = replace(StartRequest(phone_number=number), **fields)
        answer = await self.start(self.project, request)
        assert not isinstance(answer, Refusal), answer
        return answer

    async def pending(self, number: str = PERSON, **fields: object) -> UUID:
        """Ask for a code and have its message sent."""
        answer = await self.ask(number, **fields)
        assert answer.status is StartStatus.PENDING
        await self.work()
        return answer.authentication_id

    async def retry(self, authentication_id: UUID) -> RetryAnswer:
        """Ask for another message."""
        answer = await self.retry_authentication(self.project, authentication_id)
        assert not isinstance(answer, Refusal), answer
        return answer

    async def check(self, authentication_id: UUID, code: str) -> CheckStatus:
        """Type a code."""
        answer = await self.check_code(self.project, authentication_id, code)
        assert not isinstance(answer, Refusal), answer
        return answer

    async def about(self, authentication_id: UUID) -> Authentication:
        """The authentication as it is stored."""
        found = await self.store.authentication(authentication_id)
        assert found is not None
        return found

    async def code(self, authentication_id: UUID, attempt_number: int = 1) -> str:
        """The right code of an attempt."""
        about = await self.about(authentication_id)
        key = self.keyring.code_key(about.code_key)
        return derive_code(key, about.id, attempt_number, about.code_length)

    async def wrong(self, authentication_id: UUID) -> str:
        """A code that belongs to no attempt."""
        rights = {await self.code(authentication_id, number) for number in range(1, 10)}
        return next(code for n in range(20) if (code := f"{n:06}") not in rights)

    async def happened(self, authentication_id: UUID) -> list[Happening]:
        """What happened, oldest first."""
        timeline = await self.store.timeline(authentication_id)
        assert timeline is not None
        assert [event.sequence for event in timeline.events] == list(
            range(1, len(timeline.events) + 1)
        )
        return [event.what for event in timeline.events]

    async def claim(self) -> Sequence[Task]:
        """Take everything that is due."""
        return await self.store.claim(self.clock.now(), LEASE, 1_000)

    async def carry_out(self, task: Task) -> None:
        """Carry out one task."""
        match task.work:
            case SendAttempt(number):
                await self.send(task, number)
            case FollowUpAttempt(number):
                await self.follow_up(task, number)
            case ResendAttempt(number):
                await self.resend(task, number)
            case DeliverCallback() as callback:
                await self.deliver(task, callback)
            case ExpireAuthentication():
                await self.expire(task)

    async def work(self) -> None:
        """Carry out what is due, and what that makes due."""
        while tasks := await self.claim():
            await asyncio.gather(*(self.carry_out(task) for task in tasks))

    @property
    def sent(self) -> list[Message]:
        """Every message that any provider was given."""
        return [message for provider in self.providers.values() for message in provider.sent]


def service_on(
    database: Path | str, **settings: Any
) -> contextlib.AbstractContextManager[RunningService]:
    """A service on a database that is looked at beside it."""
    where = (
        {"data_dir": database.parent} if isinstance(database, Path) else {"database_url": database}
    )
    return running_service(**where, **({"log_level": "error"} | settings))


def looked_up(database: Path | str, sql: str) -> str:
    """The first value of a query as somebody beside us sees it: what is committed."""
    if isinstance(database, Path):
        with contextlib.closing(sqlite3.connect(database)) as other:
            row = other.execute(sql).fetchone()
            return "" if row is None else str(row[0])
    return psql(database, sql)


def contents(database: Path | str) -> bytes:
    """All that is kept: the database's files, or every row of every table."""
    if isinstance(database, Path):
        return b"".join(path.read_bytes() for path in sorted(database.parent.iterdir()))
    tables = psql(database, "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")
    return "".join(psql(database, f"SELECT * FROM {table}") for table in tables.split()).encode()


def stored(database: Path | str, authentication_id: UUID) -> str:
    """An authentication as it is committed, in JSON."""
    digits = authentication_id.hex
    name = f"X'{digits}'" if isinstance(database, Path) else f"'\\x{digits}'"
    return looked_up(database, f"SELECT body FROM authentications WHERE id = {name}")


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL server for the whole run."""
    server = PostgresServer()
    yield server
    server.close()


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Path | str:
    """An empty database of either engine."""
    if request.param == "sqlite":
        return tmp_path / "watchword.db"
    server: PostgresServer = request.getfixturevalue("postgres")
    return server.new_database()


@pytest.fixture
def postgres_database(postgres: PostgresServer) -> str:
    """The address of an empty PostgreSQL database."""
    return postgres.new_database()


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest) -> str | None:
    """What a service is told of its database: nothing, or the address of an empty one."""
    if request.param == "sqlite":
        return None
    server: PostgresServer = request.getfixturevalue("postgres")
    return server.new_database()


@pytest.fixture
async def world(database: Path | str) -> AsyncIterator[World]:
    """A live project with three routes, no limits, and nothing sent yet."""
    made = World(await open_store(database, strict=False))
    await made.put(made.project)
    yield made
    await made.store.close()


@pytest.fixture(autouse=True)
def _quiet_log() -> None:
    """Only warnings are worth reading in a report; a test that reads the log asks for more."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
