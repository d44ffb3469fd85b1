"""The composition root: the one place that knows every floor, and how they are put together."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from importlib.metadata import entry_points, version
from uuid import UUID

from msgspec import Struct

from watchword.adapters.clock import SystemClock
from watchword.adapters.directory import MemoryDirectory
from watchword.adapters.keyring import FileKeyring
from watchword.adapters.late_courier import LateCourier
from watchword.adapters.networks import open_networks
from watchword.adapters.numbering.libphonenumber import LibPhoneNumber
from watchword.adapters.passwords import Argon2Passwords, TimePasswords
from watchword.adapters.providers.accounts import ProviderAccounts
from watchword.adapters.providers.exchange import Exchange
from watchword.adapters.providers.kind import InstalledKinds, Kind, Tools
from watchword.adapters.store.opening import open_store
from watchword.adapters.store.store import EngineStore
from watchword.adapters.telemetry import PrometheusTelemetry, open_telemetry
from watchword.edges.api.app import Api
from watchword.edges.api.hosted import HostedOperations
from watchword.edges.api.operations import Operations
from watchword.edges.http.bell import Bell
from watchword.edges.http.entry import Application, Entry, Late
from watchword.edges.http.pages import pages
from watchword.edges.management.management import Management
from watchword.edges.receipts.app import PREFIX, ReceiptsApp
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
from watchword.usecases.hosted_sessions import FindHostedSession, OpenHostedSession
from watchword.usecases.hosted_walk import WalkThrough
from watchword.usecases.look_up_number import LookUpNumber
from watchword.usecases.manage.api_keys import ManageApiKeys
from watchword.usecases.manage.audit import Audit
from watchword.usecases.manage.bootstrap import Bootstrap
from watchword.usecases.manage.browsing import Browse
from watchword.usecases.manage.declaration import Declare
from watchword.usecases.manage.dry_run import DryRun
from watchword.usecases.manage.forget_number import ForgetNumber
from watchword.usecases.manage.keyring import ManageKeyring
from watchword.usecases.manage.lists import ManageLists
from watchword.usecases.manage.operators import ManageOperators
from watchword.usecases.manage.projects import ManageProjects
from watchword.usecases.manage.provider_accounts import ManageProviderAccounts
from watchword.usecases.manage.redeliver_callbacks import RedeliverCallbacks
from watchword.usecases.manage.reporting import Reporting
from watchword.usecases.manage.sample import Sample
from watchword.usecases.manage.unlock_number import UnlockNumber
from watchword.usecases.memory import Memory
from watchword.usecases.move_on import MoveOn
from watchword.usecases.read_inbox import ReadInbox
from watchword.usecases.receive_receipts import ReceiveReceipts
from watchword.usecases.record_feedback import RecordFeedback
from watchword.usecases.record_receipt import RecordReceipt
from watchword.usecases.resend_attempt import ResendAttempt
from watchword.usecases.retry_authentication import RetryAuthentication
from watchword.usecases.route_health import RouteHealth
from watchword.usecases.send_attempt import SendAttempt
from watchword.usecases.share_memory import ShareMemory
from watchword.usecases.sign_in import SignIn
from watchword.usecases.start_authentication import StartAuthentication
from watchword.usecases.watch_budgets import WatchBudgets

REFRESH = 0.5
"""Seconds between looks at the registry: a revoked key is refused within one."""
COUNTED = 100_000
"""Due tasks are counted up to this."""
USES_WRITTEN_EVERY = 60
"""Looks between writing down when keys were last used: half a minute."""


class Watchword(Struct, frozen=True, kw_only=True):
    """Everything that was put together, for whoever starts it."""

    settings: Settings
    store: EngineStore
    directory: MemoryDirectory
    keyring: FileKeyring
    telemetry: PrometheusTelemetry
    accounts: ProviderAccounts
    operations: Operations
    http: Entry
    worker: Worker
    manage_projects: ManageProjects
    manage_api_keys: ManageApiKeys
    manage_provider_accounts: ManageProviderAccounts
    manage_keyring: ManageKeyring
    manage_operators: ManageOperators
    sign_in: SignIn
    numbering: LibPhoneNumber
    memory: Memory
    share_memory: ShareMemory
    forget_number: ForgetNumber
    redeliver_callbacks: RedeliverCallbacks
    sample: Sample
    declare: Declare
    dry_run: DryRun
    audit: Audit
    known_keys: dict[UUID, str]
    management: Management
    bootstrap: Bootstrap
    bell: Bell


@contextlib.asynccontextmanager
async def open_watchword(
    settings: Settings, clock: Clock | None = None, actor: str = "watchword"
) -> AsyncIterator[Watchword]:
    """Open the store, put everything together, and close it again at the end.

    `actor` is who the audit log says it was.

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
        retention_days=settings.retention_days,
    )
    courier = LateCourier(allow_private=settings.callback_private_addresses)
    watchword = _assemble(settings, clock or SystemClock(), keyring, store, courier, actor)
    await watchword.directory.refresh()
    await watchword.accounts.refresh()
    try:
        async with _kept_fresh(watchword):
            yield watchword
    finally:
        await watchword.accounts.close()
        await courier.close()
        await store.close()
        await asyncio.to_thread(watchword.telemetry.close)


def provider_kinds() -> Mapping[str, Kind]:
    """Every kind of provider that is installed, ours and those of other packages, by name."""
    return InstalledKinds(entry_points(group="watchword.providers"))


def _assemble(
    settings: Settings,
    clock: Clock,
    keyring: FileKeyring,
    store: EngineStore,
    courier: LateCourier,
    actor: str,
) -> Watchword:
    directory = MemoryDirectory(store)
    numbering = LibPhoneNumber()
    telemetry = open_telemetry()
    memory = Memory(
        clock,
        numbering,
        keyring.digest_key(),
        open_networks(settings.data_dir, settings.ip_country_file, settings.ip_network_file),
    )
    budgets = WatchBudgets(store, store, clock, telemetry)
    record_receipt = RecordReceipt(store, clock, directory, memory, telemetry)
    receive_receipts = ReceiveReceipts(store, clock, record_receipt)

    def tools(account: str) -> Tools:
        return Tools(
            account=account,
            exchange=Exchange(),
            clock=clock,
            inbox=store,
            receipts_url=settings.public_url
            and f"{settings.public_url.rstrip('/')}{PREFIX}{account}",
            receive=receive_receipts,
        )

    providers = ProviderAccounts(provider_kinds(), store, keyring, tools)
    health = RouteHealth(clock, telemetry)
    worker = Worker(
        store,
        clock,
        telemetry,
        send=SendAttempt(
            store,
            clock,
            keyring,
            directory,
            providers,
            health,
            memory,
            telemetry,
        ),
        follow_up=FollowUpAttempt(store, providers, record_receipt),
        resend=ResendAttempt(store, clock, directory, memory),
        move_on=MoveOn(store, clock, directory, memory),
        deliver_callback=DeliverOneCallback(store, store, clock, keyring, courier, telemetry),
        expire=ExpireAuthentication(store, clock),
        receive_receipts=receive_receipts,
        providers=providers,
        at_once=settings.tasks_at_once,
    )
    bell = Bell()
    store.on_change(bell.ring)
    operations = Operations(
        start=StartAuthentication(store, clock, keyring, numbering, memory, budgets, telemetry),
        check_code=CheckCode(store, clock, keyring, memory, telemetry),
        retry_authentication=RetryAuthentication(store, clock, memory, budgets, telemetry),
        get_authentication=GetAuthentication(store),
        record_feedback=RecordFeedback(store, clock, numbering, memory),
        look_up_number=LookUpNumber(numbering=numbering, budget=settings.lookup_timeout),
        charge_lookup=ChargeLookup(store, store, clock),
        read_inbox=ReadInbox(store, keyring),
        keyring=keyring,
        clock=clock,
        bell=bell,
        docs_url=settings.public_url or f"http://{settings.host}:{settings.port}",
    )
    proofs = Argon2Passwords(), TimePasswords(), keyring
    manage_operators = ManageOperators(store, clock, *proofs, actor)
    sign_in = SignIn(store, clock, *proofs, actor)
    manage_projects = ManageProjects(store, clock, actor)
    manage_api_keys = ManageApiKeys(store, clock, actor)
    accounts = ManageProviderAccounts(store, clock, keyring, actor)

    async def readiness() -> dict[str, str]:
        try:
            await store.probe()
            earliest = await store.next_due()
            telemetry.outbox_due.set(await store.due(clock.now(), COUNTED))
        except StoreUnavailableError as error:
            return {"store": f"{error}: see that the database runs and can be written"}
        waiting = 0 if earliest is None else max(0, clock.now() - earliest)
        telemetry.outbox_delay.set(waiting / 1000)
        return {}

    declare = Declare(manage_projects, accounts, providers)
    dry_run = DryRun(numbering, accounts, memory)
    redeliver = RedeliverCallbacks(store, store, clock)
    forget_number = ForgetNumber(store, clock, numbering, actor)
    sample = Sample(store, store, clock, keyring, numbering, actor)
    reporting = Reporting(store, clock)
    known_keys: dict[UUID, str] = {}
    management = Management(
        store=store,
        reports=store,
        registry=store,
        alerts=store,
        operators=store,
        kinds=providers,
        clock=clock,
        sign_in=sign_in,
        reporting=reporting,
        browse=Browse(store, store, store, numbering, clock, actor),
        lists=ManageLists(manage_projects, reporting, numbering, clock),
        projects=manage_projects,
        keys=manage_api_keys,
        accounts=accounts,
        people=manage_operators,
        declare=declare,
        dry_run=dry_run,
        redeliver=redeliver,
        audit=Audit(store),
        forget=forget_number,
        unlock=UnlockNumber(store, store, clock, numbering, actor),
        sample=sample,
        start=operations.start,
        check_code=operations.check_code,
        retry=operations.retry_authentication,
        look_up=operations.look_up_number,
        inbox=operations.read_inbox,
        health=health,
        readiness=readiness,
        url=operations.docs_url,
        version=version("watchword"),
        keyring=keyring,
        known_keys=known_keys,
    )
    console = Late(lambda: _console(management, bell))
    hosted = HostedOperations(
        OpenHostedSession(store, clock, numbering),
        FindHostedSession(store),
        clock,
        operations.docs_url,
    )
    walk_through = WalkThrough(
        store,
        store,
        directory,
        clock,
        numbering,
        operations.start,
        operations.check_code,
        operations.retry_authentication,
    )
    return Watchword(
        settings=settings,
        store=store,
        directory=directory,
        keyring=keyring,
        telemetry=telemetry,
        accounts=providers,
        operations=operations,
        http=Entry(
            api=Api(operations, hosted, directory, directory, clock, telemetry),
            others={
                "/receipts": ReceiptsApp(
                    providers, receive_receipts, clock, telemetry, settings.public_url or ""
                ),
                "/verify": Late(lambda: _hosted_page(walk_through)),
                **(
                    {
                        "/manage": Late(lambda: _management_api(management)),
                        "/console": console,
                        "/in": console,
                        "/": console,
                    }
                    if settings.console
                    else {}
                ),
            },
            pages=pages(readiness, telemetry.page, console=settings.console),
        ),
        worker=worker,
        manage_projects=manage_projects,
        manage_api_keys=manage_api_keys,
        manage_provider_accounts=accounts,
        manage_keyring=ManageKeyring(keyring, store, clock, (accounts, manage_operators), actor),
        manage_operators=manage_operators,
        sign_in=sign_in,
        numbering=numbering,
        memory=memory,
        share_memory=ShareMemory(store, memory, clock),
        forget_number=forget_number,
        redeliver_callbacks=redeliver,
        declare=declare,
        dry_run=dry_run,
        sample=sample,
        audit=Audit(store),
        known_keys=known_keys,
        management=management,
        bootstrap=Bootstrap(store, manage_projects, manage_api_keys),
        bell=bell,
    )


def _management_api(management: Management) -> Application:
    from watchword.edges.management.app import ManagementApi  # noqa: PLC0415 - for operators alone

    return ManagementApi(management)


def _hosted_page(walk_through: WalkThrough) -> Application:
    from watchword.edges.hosted.app import hosted_page  # noqa: PLC0415 - not every process is asked

    return hosted_page(walk_through)


def _console(management: Management, bell: Bell) -> Application:
    from watchword.edges.console.app import console  # noqa: PLC0415 - for operators alone

    return console(management, bell)


def _tells_carriers_apart(watchword: Watchword) -> bool:
    return watchword.share_memory.wanted and watchword.directory.has_live_projects()


@contextlib.asynccontextmanager
async def _kept_fresh(watchword: Watchword) -> AsyncIterator[None]:
    """Keep the directory within a second of the store, and write down when keys were used."""

    async def keep() -> None:
        warming: asyncio.Future[None] | None = None
        for look in range(1, 2**63):
            await asyncio.sleep(REFRESH)
            watchword.keyring.refresh()
            with contextlib.suppress(StoreUnavailableError):
                if watchword.share_memory.wanted:
                    await watchword.share_memory()
                    watchword.telemetry.remembered(watchword.memory.entries())
                await watchword.directory.refresh()
                await watchword.accounts.refresh()
                if warming is None and _tells_carriers_apart(watchword):
                    warming = asyncio.ensure_future(asyncio.to_thread(watchword.numbering.warm))
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
            if watchword.share_memory.begun:
                await watchword.share_memory.tell()
