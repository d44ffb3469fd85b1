"""Rows: how values become columns and columns values, the same for every engine."""

from uuid import UUID

import msgspec

from watchword.adapters.store.engine import Params, Row
from watchword.domain.alert import Alert
from watchword.domain.api_key import ApiKey, Scope
from watchword.domain.audit import AuditEntry, AuditNote
from watchword.domain.authentication import Authentication
from watchword.domain.callback_record import CallbackRecord
from watchword.domain.event import Event, Happening
from watchword.domain.number_history import NumberHistory
from watchword.domain.operator import Grant, Operator
from watchword.domain.project import Mode, Project, ProjectSettings
from watchword.domain.provider_account import ProviderAccount
from watchword.domain.rollup import COUNTS, Refused, Rollup, Way
from watchword.domain.task import Task, Work
from watchword.ports.provider import Receipt
from watchword.ports.store import EarlyReceipt, InboxMessage, News, SavedAnswer, SentMessage

_encode = msgspec.json.Encoder().encode
_authentication = msgspec.json.Decoder(Authentication)
_history = msgspec.json.Decoder(NumberHistory)
_happening = msgspec.json.Decoder(Happening)
_work = msgspec.json.Decoder(Work)
_settings = msgspec.json.Decoder(ProjectSettings)
_scopes = msgspec.json.Decoder(tuple[Scope, ...])
_detail = msgspec.json.Decoder(dict[str, str])
_receipt = msgspec.json.Decoder(Receipt)
_alert = msgspec.json.Decoder(Alert)
_inbox = msgspec.json.Decoder(InboxMessage)
_callback = msgspec.json.Decoder(CallbackRecord)
_operator = msgspec.json.Decoder(Operator)
_grant = msgspec.json.Decoder(Grant)


def text(value: object) -> str:
    """A value as JSON text."""
    return _encode(value).decode()


SEARCHED = 200
"""Characters of a caller's own id by which it is found; an index takes no more than some kilobytes."""


def searchable(correlation_id: str | None) -> str | None:
    """What is indexed of a caller's own id."""
    return correlation_id and correlation_id[:SEARCHED]


def from_authentication(authentication: Authentication) -> Params:
    """Columns of an authentication."""
    return {
        "id": authentication.id.bytes,
        "project_id": authentication.project_id.bytes,
        "phone_number": authentication.number.e164,
        "version": authentication.version,
        "body": text(authentication),
        "correlation_id": searchable(authentication.correlation_id),
    }


def to_authentication(row: Row) -> Authentication:
    """An authentication from (project, number, version, body); the version column rules."""
    return msgspec.structs.replace(_authentication.decode(row[3]), version=row[2])


def from_early_receipt(early: EarlyReceipt) -> Params:
    """Columns of a receipt that came early."""
    return {
        "id": early.id.bytes,
        "account": early.account,
        "receipt": text(early.receipt),
        "at": early.at,
    }


def to_early_receipt(row: Row) -> EarlyReceipt:
    """A receipt that came early, from its columns in their order."""
    return EarlyReceipt(
        id=UUID(bytes=row[0]), account=row[1], receipt=_receipt.decode(row[2]), at=row[3]
    )


def from_history(history: NumberHistory, at: int) -> Params:
    """Columns of a number's history."""
    return {
        "project_id": history.project_id.bytes,
        "phone_number": history.e164,
        "version": history.version,
        "touched_at": at,
        "body": text(history),
    }


def to_history(row: Row) -> NumberHistory:
    """A number's history from (version, body)."""
    return msgspec.structs.replace(_history.decode(row[1]), version=row[0])


def from_event(authentication_id: UUID, event: Event) -> Params:
    """Columns of an event."""
    return {
        "authentication_id": authentication_id.bytes,
        "sequence": event.sequence,
        "at": event.at,
        "what": text(event.what),
    }


def to_event(row: Row) -> Event:
    """An event from (sequence, at, what)."""
    return Event(row[0], row[1], _happening.decode(row[2]))


def from_task(task: Task) -> Params:
    """Columns of a task."""
    return {
        "id": task.id.bytes,
        "authentication_id": task.authentication_id.bytes,
        "project_id": task.project_id.bytes,
        "work": text(task.work),
        "due_at": task.due_at,
        "created_at": task.created_at,
        "tries": task.tries,
    }


def to_task(row: Row) -> Task:
    """A task from all its columns."""
    return Task(
        id=UUID(bytes=row[0]),
        authentication_id=UUID(bytes=row[1]),
        project_id=UUID(bytes=row[2]),
        work=_work.decode(row[3]),
        due_at=row[4],
        created_at=row[5],
        tries=row[6],
    )


def from_answer(project_id: UUID, kept: SavedAnswer, expired: int) -> Params:
    """Columns of a kept answer; one kept at or before `expired` may be replaced."""
    return {
        "project_id": project_id.bytes,
        "key": kept.key,
        "fingerprint": kept.fingerprint,
        "answer": kept.answer,
        "created_at": kept.created_at,
        "expired": expired,
    }


def from_sent_message(sent: SentMessage) -> Params:
    """Columns of a provider's message id."""
    return {
        "account": sent.account,
        "provider_message_id": sent.provider_message_id,
        "authentication_id": sent.authentication_id.bytes,
        "attempt_number": sent.attempt_number,
        "at": sent.at,
    }


def to_answer(key: str, row: Row) -> SavedAnswer:
    """A kept answer from (fingerprint, answer, created_at)."""
    return SavedAnswer(key=key, fingerprint=row[0], answer=row[1], created_at=row[2])


def from_inbox_message(message: InboxMessage) -> Params:
    """Columns of an inbox message."""
    return {
        "id": message.id.bytes,
        "project_id": message.project_id.bytes,
        "phone_number": message.to,
        "body": text(message),
        "created_at": message.created_at,
    }


def to_inbox_message(row: Row) -> InboxMessage:
    """An inbox message from (body)."""
    return _inbox.decode(row[0])


def from_news(news: News) -> Params:
    """Columns of what a process saw."""
    return {
        "process": news.process.bytes,
        "number": news.number,
        "at": news.at,
        "body": news.body,
    }


def to_news(row: Row) -> News:
    """What a process saw, from all its columns."""
    return News(UUID(bytes=row[0]), row[1], row[2], bytes(row[3]))


def from_alert(alert: Alert) -> Params:
    """Columns of an alert."""
    return {
        "project_id": alert.project_id.bytes,
        "subject": alert.subject,
        "start": alert.start,
        "level": alert.level,
        "at": alert.at,
        "detail": text(alert),
    }


def to_alert(row: Row) -> Alert:
    """An alert from (detail)."""
    return _alert.decode(row[0])


def from_project(project: Project) -> Params:
    """Columns of a project."""
    return {
        "id": project.id.bytes,
        "name": project.name,
        "mode": project.mode.value,
        "suspended": int(project.suspended),
        "settings": text(project.settings),
        "created_at": project.created_at,
    }


def to_project(row: Row) -> Project:
    """A project from all its columns."""
    return Project(
        id=UUID(bytes=row[0]),
        name=row[1],
        mode=Mode(row[2]),
        suspended=bool(row[3]),
        settings=_settings.decode(row[4]),
        created_at=row[5],
    )


def from_api_key(key: ApiKey) -> Params:
    """Columns of an API key."""
    return {
        "id": key.id.bytes,
        "project_id": key.project_id.bytes,
        "digest": key.digest,
        "hint": key.hint,
        "name": key.name,
        "scopes": text(key.scopes),
        "created_at": key.created_at,
        "last_used_at": key.last_used_at,
        "revoked_at": key.revoked_at,
    }


def to_api_key(row: Row) -> ApiKey:
    """An API key from all its columns."""
    return ApiKey(
        id=UUID(bytes=row[0]),
        project_id=UUID(bytes=row[1]),
        digest=bytes(row[2]),
        hint=row[3],
        name=row[4],
        scopes=_scopes.decode(row[5]),
        created_at=row[6],
        last_used_at=row[7],
        revoked_at=row[8],
    )


def from_audit_entry(entry: AuditEntry) -> Params:
    """Columns of an entry in the audit log."""
    note = entry.note
    return {
        "sequence": entry.sequence,
        "at": note.at,
        "actor": note.actor,
        "action": note.action,
        "subject": note.subject,
        "detail": text(note.detail),
        "hash": entry.hash,
    }


def to_audit_entry(row: Row) -> AuditEntry:
    """An entry in the audit log from all its columns."""
    return AuditEntry(
        sequence=row[0],
        note=AuditNote(
            at=row[1], actor=row[2], action=row[3], subject=row[4], detail=_detail.decode(row[5])
        ),
        hash=bytes(row[6]),
    )


def from_provider_account(account: ProviderAccount) -> Params:
    """Columns of a provider account."""
    return {
        "name": account.name,
        "provider": account.provider,
        "sealed": account.sealed,
        "paused": int(account.paused),
        "created_at": account.created_at,
    }


def to_provider_account(row: Row) -> ProviderAccount:
    """A provider account from all its columns."""
    return ProviderAccount(
        name=row[0], provider=row[1], sealed=row[2], paused=bool(row[3]), created_at=row[4]
    )


def from_rollup(span: str, start: int, project_id: UUID, way: Way, rollup: Rollup) -> Params:
    """Columns of counts."""
    return {
        "span": span,
        "start": start,
        "project_id": project_id.bytes,
        "country": way.country,
        "channel": way.channel,
        "account": way.account,
        **dict(zip(COUNTS, rollup.counts, strict=True)),
    }


def from_refused(start: int, refused: Refused) -> Params:
    """Columns of refusals."""
    return {
        "start": start,
        "project_id": refused.project_id.bytes,
        "country": refused.country,
        "prefix": refused.prefix,
        "reason": refused.reason,
        "count": refused.count,
        "kept": refused.kept,
    }


def to_refused(row: Row) -> Refused:
    """Refusals from their columns."""
    return Refused(UUID(bytes=row[0]), row[1], row[2], row[3], row[4], row[5])


def from_callback(record: CallbackRecord) -> Params:
    """Columns of a callback."""
    return {
        "id": record.id,
        "project_id": record.project_id.bytes,
        "authentication_id": record.authentication_id.bytes,
        "state": record.state.value,
        "at": record.at,
        "body": text(record),
    }


def to_callback(row: Row) -> CallbackRecord:
    """A callback from its columns, the body last."""
    return _callback.decode(row[-1])


def from_operator(operator: Operator) -> Params:
    """Columns of an operator."""
    return {
        "id": operator.id.bytes,
        "name": operator.name,
        "version": operator.version,
        "body": text(operator),
    }


def to_operator(row: Row) -> Operator:
    """An operator from (version, body)."""
    return msgspec.structs.replace(_operator.decode(row[1]), version=row[0])


def from_grant(grant: Grant) -> Params:
    """Columns of a grant."""
    return {
        "digest": grant.digest,
        "operator_id": grant.operator_id.bytes,
        "kind": grant.kind.value,
        "expires_at": grant.expires_at,
        "body": text(grant),
    }


def to_grant(row: Row) -> Grant:
    """A grant from (body)."""
    return _grant.decode(row[0])
