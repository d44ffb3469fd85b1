"""Store: what one read brings and what one decision writes, all of it or nothing."""

from collections.abc import Callable, Sequence
from typing import Protocol
from uuid import UUID

from msgspec import Struct

from watchword.domain.alert import Alert
from watchword.domain.api_key import ApiKey
from watchword.domain.audit import AuditEntry, AuditNote
from watchword.domain.authentication import Authentication
from watchword.domain.callback_record import CallbackRecord
from watchword.domain.event import Event
from watchword.domain.number_history import NumberHistory
from watchword.domain.project import Project
from watchword.domain.provider_account import ProviderAccount
from watchword.domain.screening.facts import Counted
from watchword.domain.sighting import Sighting
from watchword.domain.task import Task
from watchword.ports.provider import Receipt


class StoreUnavailableError(Exception):
    """The store cannot take or give anything now; nothing was changed, and later it may work."""


class SpendWindow(Struct, frozen=True):
    """One clock hour or day of a project's spend in one country (`*` is all of them)."""

    period: str
    start: int
    country: str


class Charge(Struct, frozen=True):
    """Money to take or (negative) give back, in micros.

    Each window is (window, cap): the write fails where it would take the window over its cap. Where
    the project is `prepaid` its balance is lowered too; the write fails where that is below zero
    already. Money that must move whatever the limits say is not `guarded`.
    """

    amount: int
    prepaid: bool = False
    windows: tuple[tuple[SpendWindow, int | None], ...] = ()
    guarded: bool = True


class SavedAnswer(Struct, frozen=True, kw_only=True):
    """An answer kept under an idempotency key; `fingerprint` is of the request it answers."""

    key: str
    fingerprint: bytes
    answer: bytes
    created_at: int


class Change(Struct, frozen=True, kw_only=True):
    """Everything one decision writes.

    The authentication and the number history carry the version they were loaded at; where the
    stored one has moved on, where money is short, where the answer's key is taken or where the
    finished task's lease was lost, nothing at all is written.
    """

    project_id: UUID
    authentication: Authentication | None = None
    history: NumberHistory | None = None
    events: tuple[Event, ...] = ()
    tasks: tuple[Task, ...] = ()
    finished: Task | None = None
    postponed: Task | None = None
    counters: tuple[str, ...] = ()
    at: int = 0
    charge: Charge | None = None
    answer: SavedAnswer | None = None
    sent: "SentMessage | None" = None
    callback: CallbackRecord | None = None
    relaxed: bool = False
    """The caller answers nobody yet: the write need not be on disk, only safe from a killed process."""
    seen: tuple[Sighting, ...] = ()
    """What is learnt once this is written; the store does not keep it."""


class SentMessage(Struct, frozen=True, kw_only=True):
    """Which attempt a provider's message id belongs to, for receipts."""

    account: str
    provider_message_id: str
    authentication_id: UUID
    attempt_number: int
    at: int


class EarlyReceipt(Struct, frozen=True, kw_only=True):
    """A receipt of a message whose send is not recorded yet; `at` is when it came."""

    id: UUID
    account: str
    receipt: Receipt
    at: int


class Surroundings(Struct, frozen=True, kw_only=True):
    """What one read brings for a request to send a code; `newest` only while its window is open."""

    history: NumberHistory
    newest: Authentication | None
    counts: dict[str, Counted]
    spent: dict[tuple[str, str], int]
    balance: int | None


class News(Struct, frozen=True):
    """What one process saw, as MessagePack, in its `number`th telling; `at` is when it told."""

    process: UUID
    number: int
    at: int
    body: bytes


class Timeline(Struct, frozen=True):
    """An authentication with all that happened to it, oldest first."""

    authentication: Authentication
    events: tuple[Event, ...]


class InboxMessage(Struct, frozen=True, kw_only=True):
    """A message in the sandbox inbox; `content` holds `{code}` where the code goes."""

    id: UUID
    project_id: UUID
    authentication_id: UUID
    attempt_number: int
    to: str
    channel: str
    sender_id: str | None
    content: str
    created_at: int


class Store(Protocol):
    """The one keeper of everything that lasts. Times are Unix milliseconds, always arguments.

    Every method may raise `StoreUnavailableError`.
    """

    async def surroundings(
        self,
        project_id: UUID,
        e164: str,
        counters: Sequence[str],
        windows: Sequence[SpendWindow],
        now: int,
    ) -> Surroundings:
        """What is known of a number and around a request, as of one instant."""
        ...

    async def history(self, project_id: UUID, e164: str) -> NumberHistory:
        """What is remembered of a number; a fresh history where nothing is."""
        ...

    async def authentication(self, authentication_id: UUID) -> Authentication | None:
        """One authentication with its attempts."""
        ...

    async def authentication_and_history(
        self, authentication_id: UUID
    ) -> tuple[Authentication, NumberHistory] | None:
        """One authentication, and the history of its number as of the same instant."""
        ...

    async def timeline(self, authentication_id: UUID) -> Timeline | None:
        """One authentication with its events."""
        ...

    async def answer(self, project_id: UUID, key: str, since: int) -> SavedAnswer | None:
        """The answer kept under an idempotency key since an instant."""
        ...

    async def attempt_of(self, account: str, provider_message_id: str) -> tuple[UUID, int] | None:
        """The authentication and attempt number behind a provider's message id."""
        ...

    async def keep_early_receipt(self, early: EarlyReceipt) -> None:
        """Keep a receipt whose message is not known."""
        ...

    async def early_receipts(self, limit: int) -> Sequence[EarlyReceipt]:
        """The receipts that wait for their sends, oldest first."""
        ...

    async def drop_early_receipts(self, ids: Sequence[UUID]) -> None:
        """Remove receipts that wait no more."""
        ...

    async def save(self, change: Change) -> bool:
        """Write a change whole; False where somebody else was first and nothing was written."""
        ...

    async def charge(self, project_id: UUID, charge: Charge) -> bool:
        """Take money alone; False where a cap or the balance forbids it."""
        ...

    async def is_prepaid(self, project_id: UUID) -> bool:
        """Whether a project pays from a balance."""
        ...

    async def claim(self, now: int, lease: int, limit: int) -> Sequence[Task]:
        """Take up to `limit` due tasks, for `lease` milliseconds; due again if not finished by then."""
        ...

    async def next_due(self) -> int | None:
        """When the earliest task is due."""
        ...

    async def due(self, now: int, limit: int) -> int:
        """How many tasks are due, counted up to `limit`."""
        ...

    async def forget_old(self, now: int, limit: int) -> int:
        """Remove up to `limit` rows of each kind that no longer serve; how many there were."""
        ...

    async def add_inbox_message(self, message: InboxMessage) -> None:
        """Put a message in the sandbox inbox."""
        ...

    async def inbox(self, project_id: UUID, to: str | None, limit: int) -> Sequence[InboxMessage]:
        """The newest sandbox messages, newest first."""
        ...

    def on_change(self, listener: Callable[[], None]) -> None:
        """Call `listener` after each write that may have made work or filled the inbox."""
        ...


class MemoryKeeper(Protocol):
    """The part of the store that keeps what was learnt, and carries it between processes."""

    async def tell(self, news: News) -> None:
        """Let other processes know what was seen here."""
        ...

    async def news(self, since: int, limit: int) -> Sequence[News]:
        """Up to `limit` news told at or after an instant, oldest first."""
        ...

    async def kept_since(self, at: int) -> bool:
        """Whether everything was kept at or after an instant."""
        ...

    async def keep_memory(self, at: int, part: int, body: bytes) -> None:
        """Keep one part of everything; it counts once part 0 is there."""
        ...

    async def forget_memory(self, before: int) -> None:
        """Forget what was kept before an instant."""
        ...

    async def memory(self) -> tuple[int, Sequence[bytes]] | None:
        """When everything was last kept, and its parts."""
        ...


class Alerts(Protocol):
    """The part of the store that keeps alerts."""

    async def raise_alert(self, alert: Alert) -> bool:
        """Keep an alert; False where it was raised before."""
        ...

    async def alerts(self, since: int, limit: int) -> Sequence[Alert]:
        """The newest alerts raised at or after an instant, newest first."""
        ...


class Registry(Protocol):
    """The part of the store that keeps projects and keys; read whole into the directory."""

    async def directory_version(self) -> int:
        """A number that rises with every change to a project or a key."""
        ...

    async def projects(self) -> Sequence[Project]:
        """Every project."""
        ...

    async def api_keys(self) -> Sequence[ApiKey]:
        """Every key, revoked ones too."""
        ...

    async def put_project(self, project: Project, note: AuditNote | None = None) -> None:
        """Add a project or replace the one of its id; the note is written in the same transaction."""
        ...

    async def remove_project(self, project_id: UUID, note: AuditNote) -> int:
        """Remove a project with all that is in it, and its keys; how many rows that were.

        It is done in portions, the project last: where it fails it is done again. The audit log stays.
        """
        ...

    async def put_api_key(self, key: ApiKey, note: AuditNote | None = None) -> None:
        """Add a key or replace the one of its id, with its note."""
        ...

    async def touch_api_keys(self, last_used: dict[UUID, int]) -> None:
        """Remember when keys were last used; does not count as a change."""
        ...

    async def balance(self, project_id: UUID) -> int | None:
        """The prepaid balance in micros; None where the project pays later."""
        ...

    async def add_balance(
        self, project_id: UUID, amount: int, note: AuditNote | None = None
    ) -> int:
        """Raise or lower the prepaid balance, making it prepaid at first; the new balance."""
        ...

    async def audit(self, after: int, limit: int) -> Sequence[AuditEntry]:
        """Up to `limit` entries of the audit log after the one of that sequence number."""
        ...

    async def audit_before(self, before: int, limit: int) -> Sequence[AuditEntry]:
        """The newest entries before the one of that sequence number, newest first."""
        ...

    async def provider_accounts(self) -> Sequence[ProviderAccount]:
        """Every provider account by name."""
        ...

    async def put_provider_account(self, account: ProviderAccount, note: AuditNote) -> None:
        """Add a provider account or replace the one of its name, with its note."""
        ...

    async def remove_provider_account(self, name: str, note: AuditNote) -> None:
        """Remove a provider account, with its note."""
        ...

    async def note(self, note: AuditNote) -> None:
        """Write a note alone."""
        ...

    async def erase(self, e164: str, note: AuditNote) -> tuple[int, int]:
        """Erase all that is kept of a number, with its note; authentications, and rows of all kinds."""
        ...
