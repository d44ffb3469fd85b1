"""The composition root: the one place that knows every floor, and how they are put together."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from importlib.metadata import entry_points

from msgspec import Struct

from watchword.adapters.clock import SystemClock
from watchword.adapters.courier import HttpCourier
from watchword.adapters.directory import MemoryDirectory
from watchword.adapters.keyring import FileKeyring
from watchword.adapters.numbering.libphonenumber import LibPhoneNumber
from watchword.adapters.providers.registry import ProviderRegistry
from watchword.adapters.store.opening import open_store
from watchword.adapters.store.store import EngineStore
from watchword.adapters.telemetry import PrometheusTelemetry
from watchword.edges.api.app import Api
from watchword.edges.api.operations import Operations
from watchword.edges.http.bell import Bell
from watchword.edges.http.entry import Entry
from watchword.edges.http.pages import pages
from watchword.edges.worker import Worker
from watchword.ports.clock import Clock
from watchword.ports.store import StoreUnavailableError
from watchword.settings import Settings
from watchword.usecases.charge_lookup import ChargeLookup
from watchword.usecases.check_code import CheckCode
from watchword.usecases.deliver_callback import DeliverOneCallback
from watchword.usecases.expire_authentication import ExpireAuthentication
from watchword.usecases.follow_up_attempt import FollowUpAttempt
from watchword.usecases.get_authentication import GetAuthentication
from watchword.usecases.look_up_number import LookUpNumber
from watchword.usecases.manage.api_keys import ManageApiKeys
from watchword.usecases.manage.bootstrap import Bootstrap
from watchword.usecases.manage.projects import ManageProjects
from watchword.usecases.read_inbox import ReadInbox
from watchword.usecases.record_feedback import RecordFeedback
from watchword.usecases.record_receipt import RecordReceipt
from watchword.usecases.retry_authentication import RetryAuthentication
from watchword.usecases.send_attempt import SendAttempt
from watchword.usecases.start_authentication import StartAuthentication

REFRESH = 0.5
"""Seconds between looks at the registry: a revoked key is refused within one."""
USES_WRITTEN_EVERY = 60
"""Looks between writing down when keys were last used: half a minute."""


class Watchword(Struct, frozen=True, kw_only=True):
    """Everything that was put together, for whoever starts it."""

    settings: Settings
    store: EngineStore
    directory: MemoryDirectory
    keyring: FileKeyring
    telemetry: PrometheusTelemetry
    operations: Operations
    http: Entry
    worker: Worker
    manage_projects: ManageProjects
    manage_api_keys: ManageApiKeys
    bootstrap: Bootstrap
    bell: Bell


@contextlib.asynccontextmanager
async def open_watchword(
    settings: Settings, clock: Clock | None = None
) -> AsyncIterator[Watchword]:
    """Open the store, put everything together, and close it again at the end.

    Raises:
        StoreUnavailableError, SchemaTooNewError, KeyringError: it cannot be opened; nothing was
            changed.

    """
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    keyring = (
        FileKeyring.from_text(settings.code_key)
        if settings.code_key
        else FileKeyring.open(settings.data_dir / "keys.json")
    )
    store = await open_store(
        settings.database,
        strict=settings.strict,
        queue_limit=settings.queue_limit,
        lanes=settings.database_lanes,
        listens=settings.database_listen,
    )
    courier = HttpCourier(allow_private=settings.callback_private_addresses)
    watchword = _assemble(settings, clock or SystemClock(), keyring, store, courier)
    await watchword.directory.refresh()
    try:
        async with _kept_fresh(watchword):
            yield watchword
    finally:
        await courier.close()
        await store.close()


def _assemble(
    settings: Settings,
    clock: Clock,
    keyring: FileKeyring,
    store: EngineStore,
    courier: HttpCourier,
) -> Watchword:
    directory = MemoryDirectory(store)
    numbering = LibPhoneNumber()
    telemetry = PrometheusTelemetry()
    providers = ProviderRegistry(
        {
            entry.name: entry.load()(store, clock)
            for entry in entry_points(group="watchword.providers")
        }
    )
    record_receipt = RecordReceipt(store, clock, directory)
    worker = Worker(
        store,
        clock,
        telemetry,
        send=SendAttempt(store, clock, keyring, directory, providers),
        follow_up=FollowUpAttempt(store, providers, record_receipt),
        deliver_callback=DeliverOneCallback(store, clock, keyring, courier),
        expire=ExpireAuthentication(store, clock),
        at_once=settings.workers,
    )
    bell = Bell()
    store.on_change(bell.ring)
    operations = Operations(
        start=StartAuthentication(store, clock, keyring, numbering),
        check_code=CheckCode(store, clock, keyring),
        retry_authentication=RetryAuthentication(store, clock),
        get_authentication=GetAuthentication(store),
        record_feedback=RecordFeedback(store, clock, numbering),
        look_up_number=LookUpNumber(numbering=numbering, budget=settings.lookup_timeout),
        charge_lookup=ChargeLookup(store, store, clock),
        read_inbox=ReadInbox(store, keyring),
        keyring=keyring,
        clock=clock,
        bell=bell,
        docs_url=settings.public_url or f"http://{settings.host}:{settings.port}",
    )
    manage_projects = ManageProjects(store, clock)
    manage_api_keys = ManageApiKeys(store, clock)

    async def readiness() -> dict[str, str]:
        try:
            due = await store.next_due()
        except StoreUnavailableError as error:
            return {"store": str(error)}
        waiting = 0 if due is None else max(0, clock.now() - due)
        telemetry.outbox_delay.set(waiting / 1000)
        return {}

    return Watchword(
        settings=settings,
        store=store,
        directory=directory,
        keyring=keyring,
        telemetry=telemetry,
        operations=operations,
        http=Entry(
            api=Api(operations, directory, directory, clock, telemetry),
            pages=pages(readiness, telemetry.page),
        ),
        worker=worker,
        manage_projects=manage_projects,
        manage_api_keys=manage_api_keys,
        bootstrap=Bootstrap(store, manage_projects, manage_api_keys),
        bell=bell,
    )


@contextlib.asynccontextmanager
async def _kept_fresh(watchword: Watchword) -> AsyncIterator[None]:
    """Keep the directory within a second of the store, and write down when keys were used."""

    async def keep() -> None:
        for look in range(1, 2**63):
            await asyncio.sleep(REFRESH)
            with contextlib.suppress(StoreUnavailableError):
                await watchword.directory.refresh()
                if look % USES_WRITTEN_EVERY == 0:
                    await watchword.directory.flush_used()

    task = asyncio.create_task(keep())
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        with contextlib.suppress(StoreUnavailableError):
            await watchword.directory.flush_used()
