"""Operations on the installation: health, the audit log, the declaration, and sample data."""

from typing import Annotated, Any

from msgspec import Meta, Struct
from msgspec.structs import replace

from watchword.domain.audit import AuditEntry
from watchword.domain.operator import Role
from watchword.edges.management.operation import Call, Done, Nothing, Operation, Problem, Undo
from watchword.usecases.manage.declaration import Declare, Declared
from watchword.usecases.manage.project_settings import SettingError

LATEST = 10**15


class Health(Struct, frozen=True, kw_only=True):
    """Whether all is well; `checks` says in a sentence what is not."""

    ready: bool
    checks: dict[str, str]
    version: str
    url: str


class AuditWanted(Struct, frozen=True, forbid_unknown_fields=True):
    """Entries before one of them, newest first."""

    before: Annotated[int, Meta(ge=1, le=LATEST)] = LATEST
    limit: Annotated[int, Meta(ge=1, le=500)] = 100


class Entry(Struct, frozen=True, kw_only=True):
    """One entry of the audit log; `hash` is in hexadecimal."""

    sequence: int
    at: int
    actor: str
    action: str
    subject: str
    detail: dict[str, str]
    hash: str


class Log(Struct, frozen=True):
    """Entries, newest first."""

    items: tuple[Entry, ...]


class Verified(Struct, frozen=True, kw_only=True):
    """Whether the chain is whole."""

    whole: bool
    entries: int
    message: str


class Declaration(Struct, frozen=True):
    """Projects and accounts as `watchword.toml` says them, without secrets."""

    projects: dict[str, dict[str, Any]]
    providers: dict[str, dict[str, Any]]


class Applying(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A declaration to bring about, or with `dry_run` only to compare with."""

    projects: dict[str, dict[str, Any]] = {}
    providers: dict[str, dict[str, Any]] = {}
    dry_run: bool = False


class Applied(Struct, frozen=True, kw_only=True):
    """What differs, by project or account, and whether it was changed."""

    applied: bool
    changes: dict[str, tuple[str, ...]]


async def read_health(call: Call, _: Nothing) -> Health:
    """Tell whether all is well."""
    management = call.management
    wrong = await management.readiness()
    return Health(ready=not wrong, checks=wrong, version=management.version, url=management.url)


async def list_audit(call: Call, wanted: AuditWanted) -> Log:
    """Read the audit log."""
    found = await call.management.registry.audit_before(wanted.before, wanted.limit)
    return Log(tuple(map(_entry, found)))


def _entry(entry: AuditEntry) -> Entry:
    note = entry.note
    return Entry(
        sequence=entry.sequence,
        at=note.at,
        actor=note.actor,
        action=note.action,
        subject=note.subject,
        detail=note.detail,
        hash=entry.hash.hex(),
    )


async def verify_audit(call: Call, _: Nothing) -> Verified:
    """Verify the chain of hashes."""
    report = await call.management.audit.verify()
    if report.broken_at is not None:
        message = f"The log was changed at entry {report.broken_at}."
        return Verified(whole=False, entries=report.entries, message=message)
    message = f"{report.entries} entries are whole; the last hash is {report.head[:16]}…"
    return Verified(whole=True, entries=report.entries, message=message)


async def export_declaration(call: Call, _: Nothing) -> Declaration:
    """Say what is here."""
    found = await call.management.declare.declared()
    return Declaration(projects=found["projects"], providers=found["providers"])


async def apply_declaration(call: Call, wanted: Applying) -> Applied:
    """Bring about what is declared."""
    declared = Declared(projects=wanted.projects, providers=wanted.providers)
    declare = call.management.declare
    ours = Declare(
        projects=replace(declare.projects, actor=call.actor),
        accounts=replace(declare.accounts, actor=call.actor),
        kinds=declare.kinds,
    )
    try:
        steps = await (ours.steps(declared) if wanted.dry_run else ours.carry_out(declared))
    except (SettingError, ValueError) as error:
        raise Problem(400, "bad_request", str(error)) from None
    return Applied(applied=not wanted.dry_run, changes={s.subject: s.changes for s in steps})


async def fill_sample(call: Call, _: Nothing) -> Done:
    """Make the sample project."""
    try:
        await replace(call.management.sample, actor=call.actor).fill()
    except ValueError as error:
        raise Problem(409, "conflict", str(error)) from None
    return Done("The project “sample” holds a month of made-up history.", Undo("remove_sample", {}))


async def remove_sample(call: Call, _: Nothing) -> Done:
    """Take the sample project out."""
    try:
        await replace(call.management.sample, actor=call.actor).remove()
    except (LookupError, ValueError) as error:
        raise Problem(404, "not_found", str(error)) from None
    return Done("The sample project is gone.", Undo("fill_sample", {}))


OPERATIONS = (
    Operation(
        name="read_health",
        method="GET",
        path="/health",
        role=Role.VIEWER,
        summary="Whether all is well, the version, and the address.",
        gives=Health,
        run=read_health,
        for_anybody=True,
    ),
    Operation(
        name="list_audit",
        method="GET",
        path="/audit",
        role=Role.VIEWER,
        summary="What operators did, newest first.",
        takes=AuditWanted,
        gives=Log,
        run=list_audit,
    ),
    Operation(
        name="verify_audit",
        method="POST",
        path="/audit/verify",
        role=Role.VIEWER,
        summary="Go through the chain of hashes and find where somebody changed it.",
        gives=Verified,
        run=verify_audit,
    ),
    Operation(
        name="export_declaration",
        method="GET",
        path="/declaration",
        role=Role.OWNER,
        summary="Projects and accounts as `watchword apply` takes them, without secrets.",
        gives=Declaration,
        run=export_declaration,
    ),
    Operation(
        name="apply_declaration",
        method="PUT",
        path="/declaration",
        role=Role.OWNER,
        summary="Bring projects and accounts to what is declared, or show the difference.",
        takes=Applying,
        gives=Applied,
        run=apply_declaration,
    ),
    Operation(
        name="fill_sample",
        method="POST",
        path="/sample",
        role=Role.OWNER,
        summary="Make a sandbox project with a month of made-up history.",
        run=fill_sample,
    ),
    Operation(
        name="remove_sample",
        method="DELETE",
        path="/sample",
        role=Role.OWNER,
        summary="Take the sample project out with everything in it.",
        run=remove_sample,
    ),
)
