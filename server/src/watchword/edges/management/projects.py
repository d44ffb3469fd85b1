"""Operations on projects and their keys: make them, change settings, suspend, fill the balance."""

from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta, Struct
from msgspec.structs import replace

from watchword.domain.api_key import ApiKey, Scope
from watchword.domain.money import Money, parse_amount
from watchword.domain.operator import Role, may
from watchword.domain.project import Mode, Project, ProjectSettings
from watchword.edges.management.changing import change_settings
from watchword.edges.management.operation import (
    PROJECT,
    Call,
    Done,
    Nothing,
    Operation,
    Problem,
    Undo,
)
from watchword.usecases.manage.api_keys import NoSuchKeyError
from watchword.usecases.manage.project_settings import warnings_of

Name = Annotated[str, Meta(min_length=1, max_length=80)]


class ProjectView(Struct, frozen=True, kw_only=True):
    """A project; `customer_uuid` is what applications know it by."""

    customer_uuid: UUID
    name: str
    mode: Mode
    suspended: bool
    created_at: int


class Projects(Struct, frozen=True):
    """The projects that the caller may see."""

    items: tuple[ProjectView, ...]


class NewProject(Struct, frozen=True, forbid_unknown_fields=True):
    """A project to make."""

    name: Name
    mode: Mode = Mode.SANDBOX


class Settings(Struct, frozen=True, kw_only=True):
    """A project with every setting it has chosen, and what the defaults are."""

    view: ProjectView
    settings: ProjectSettings
    defaults: ProjectSettings


class NewSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """Settings to change; what is not named stays."""

    settings: dict[str, Any] = {}


class NewMode(Struct, frozen=True, forbid_unknown_fields=True):
    """Whether messages leave this machine."""

    mode: Mode


class TopUp(Struct, frozen=True, forbid_unknown_fields=True):
    """An amount, a decimal in the project's currency."""

    amount: Annotated[str, Meta(pattern=r"^-?[0-9]{1,9}([.][0-9]{1,6})?$")]


class Key(Struct, frozen=True, kw_only=True):
    """A key without its secret. Times are Unix milliseconds."""

    id: UUID
    customer_uuid: UUID
    name: str
    hint: str
    scopes: tuple[Scope, ...]
    created_at: int
    last_used_at: int | None
    revoked_at: int | None


class Keys(Struct, frozen=True):
    """Every key of a project, revoked ones too."""

    items: tuple[Key, ...]


class NewKey(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A key to make; without scopes it may everything."""

    name: Annotated[str, Meta(max_length=80)] = ""
    scopes: tuple[Scope, ...] = ()


class KeyMade(Key, frozen=True, kw_only=True):
    """A fresh key; `secret` is shown this once."""

    secret: str
    message: str


class CallbackSecret(Struct, frozen=True, kw_only=True):
    """What callbacks are signed with; `earlier` are those of keys that rotation has not retired yet."""

    secret: str
    earlier: tuple[str, ...]
    message: str


class OneKey(Struct, frozen=True, forbid_unknown_fields=True):
    """One key by its id."""

    key: UUID


def view(project: Project) -> ProjectView:
    """A project as it is shown."""
    return ProjectView(
        customer_uuid=project.id,
        name=project.name,
        mode=project.mode,
        suspended=project.suspended,
        created_at=project.created_at,
    )


async def list_projects(call: Call, _: Nothing) -> Projects:
    """Read the projects that the caller may see."""
    found = await call.management.projects.list()
    return Projects(
        tuple(view(one) for one in found if may(call.operator, call.grant, Role.VIEWER, one.id))
    )


async def create_project(call: Call, new: NewProject) -> ProjectView:
    """Make a project."""
    projects = replace(call.management.projects, actor=call.actor)
    try:
        return view(await projects.create(new.name, new.mode))
    except ValueError as error:
        raise Problem(409, "conflict", str(error)) from None


async def read_project(call: Call, _: Nothing) -> Settings:
    """Read a project with its settings."""
    return Settings(
        view=view(call.of), settings=_safe(call.of.settings), defaults=ProjectSettings()
    )


def _safe(settings: ProjectSettings) -> ProjectSettings:
    """The settings without whole numbers, which the lists show masked."""
    return replace(settings, blocked=(), allowed=(), test_numbers=())


async def change_project(call: Call, new: NewSettings) -> Done:
    """Change settings."""
    before = msgspec.to_builtins(call.of.settings)
    changed = await change_settings(call, new.settings)
    names = dict.fromkeys(name.partition(".")[0] for name in new.settings)
    undo = Undo("change_project", {"settings": {name: before[name] for name in names}})
    return Done("The settings are kept.", undo, tuple(warnings_of(changed.settings)))


async def set_mode(call: Call, new: NewMode) -> Done:
    """Switch between sandbox and live."""
    before = call.of.mode
    projects = replace(call.management.projects, actor=call.actor)
    await projects.change(call.of, mode=new.mode)
    words = "Messages leave this machine now." if new.mode is Mode.LIVE else "It is a sandbox now."
    return Done(words, Undo("set_mode", {"mode": before.value}))


async def suspend_project(call: Call, _: Nothing) -> Done:
    """Send nothing for a project."""
    await replace(call.management.projects, actor=call.actor).change(call.of, suspended=True)
    return Done(f"{call.of.name} is suspended.", Undo("resume_project", {}))


async def resume_project(call: Call, _: Nothing) -> Done:
    """Send for it again."""
    await replace(call.management.projects, actor=call.actor).change(call.of, suspended=False)
    return Done(f"{call.of.name} sends again.", Undo("suspend_project", {}))


async def remove_project(call: Call, _: Nothing) -> Done:
    """Take a sandbox project out."""
    projects = replace(call.management.projects, actor=call.actor)
    try:
        rows = await projects.remove(call.of)
    except ValueError as error:
        raise Problem(409, "conflict", str(error)) from None
    return Done(f"{call.of.name} is removed, {rows} rows with it.")


async def reveal_callback_secret(call: Call, _: Nothing) -> CallbackSecret:
    """Show what callbacks are signed with, and write down who looked."""
    management = call.management
    await replace(management.projects, actor=call.actor).note_secret_revealed(call.of)
    secret, *earlier = management.keyring.callback_secrets(call.of.id)
    words = "Give it to whoever receives your callbacks. That you looked is in the audit log."
    return CallbackSecret(secret=secret, earlier=tuple(earlier), message=words)


async def top_up(call: Call, wanted: TopUp) -> Done:
    """Fill the prepaid balance."""
    projects = replace(call.management.projects, actor=call.actor)
    balance = await projects.top_up(call.of, parse_amount(wanted.amount))
    return Done(f"The balance is {Money(balance, call.of.settings.currency)}.")


async def list_keys(call: Call, _: Nothing) -> Keys:
    """Read the keys."""
    return Keys(tuple(Key(**_key(key)) for key in await call.management.keys.list(call.of)))


def _key(key: ApiKey) -> dict[str, Any]:
    return {
        "id": key.id,
        "customer_uuid": key.project_id,
        "name": key.name,
        "hint": key.hint,
        "scopes": key.scopes,
        "created_at": key.created_at,
        "last_used_at": key.last_used_at,
        "revoked_at": key.revoked_at,
    }


async def create_key(call: Call, new: NewKey) -> KeyMade:
    """Make a key."""
    keys = replace(call.management.keys, actor=call.actor)
    secret, kept = await keys.create(call.of, name=new.name, scopes=new.scopes or tuple(Scope))
    words = "Copy the key now: it is not shown again."
    return KeyMade(**_key(kept), secret=secret, message=words)


async def revoke_key(call: Call, which: OneKey) -> Done:
    """End a key."""
    keys = replace(call.management.keys, actor=call.actor)
    if which.key not in {key.id for key in await keys.list(call.of)}:
        raise Problem(404, "not_found", "there is no such key here")
    try:
        gone = await keys.revoke(str(which.key))
    except NoSuchKeyError as error:
        raise Problem(404, "not_found", str(error)) from None
    return Done(f"{gone.hint} is refused everywhere within a second.")


OPERATIONS = (
    Operation(
        name="list_projects",
        method="GET",
        path="/projects",
        role=Role.VIEWER,
        summary="The projects that the caller may see.",
        gives=Projects,
        run=list_projects,
        for_anybody=True,
    ),
    Operation(
        name="create_project",
        method="POST",
        path="/projects",
        role=Role.OWNER,
        summary="Make a project with safe settings.",
        takes=NewProject,
        gives=ProjectView,
        run=create_project,
    ),
    Operation(
        name="read_project",
        method="GET",
        path=PROJECT,
        role=Role.VIEWER,
        summary="A project with its settings.",
        gives=Settings,
        run=read_project,
    ),
    Operation(
        name="change_project",
        method="PATCH",
        path=PROJECT,
        role=Role.OWNER,
        summary="Change settings of a project; what is not named stays.",
        takes=NewSettings,
        run=change_project,
    ),
    Operation(
        name="set_mode",
        method="PUT",
        path=f"{PROJECT}/mode",
        role=Role.OWNER,
        summary="Switch a project between sandbox and live.",
        takes=NewMode,
        run=set_mode,
    ),
    Operation(
        name="suspend_project",
        method="POST",
        path=f"{PROJECT}/suspend",
        role=Role.OWNER,
        summary="Send nothing for a project.",
        run=suspend_project,
    ),
    Operation(
        name="resume_project",
        method="POST",
        path=f"{PROJECT}/resume",
        role=Role.OWNER,
        summary="Send for a project again.",
        run=resume_project,
    ),
    Operation(
        name="remove_project",
        method="DELETE",
        path=PROJECT,
        role=Role.OWNER,
        summary="Remove a sandbox project with its keys and all of its history.",
        run=remove_project,
    ),
    Operation(
        name="reveal_callback_secret",
        method="POST",
        path=f"{PROJECT}/callback-secret/reveal",
        role=Role.OWNER,
        summary="What callbacks are signed with; who looked is in the audit log.",
        gives=CallbackSecret,
        run=reveal_callback_secret,
    ),
    Operation(
        name="top_up",
        method="POST",
        path=f"{PROJECT}/top-up",
        role=Role.OWNER,
        summary="Raise the prepaid balance, making the project prepaid at first.",
        takes=TopUp,
        run=top_up,
    ),
    Operation(
        name="list_keys",
        method="GET",
        path=f"{PROJECT}/keys",
        role=Role.VIEWER,
        summary="The keys of a project, without their secrets.",
        gives=Keys,
        run=list_keys,
    ),
    Operation(
        name="create_key",
        method="POST",
        path=f"{PROJECT}/keys",
        role=Role.OWNER,
        summary="Make a key, which is shown this once.",
        takes=NewKey,
        gives=KeyMade,
        run=create_key,
    ),
    Operation(
        name="revoke_key",
        method="POST",
        path=f"{PROJECT}/keys/{{key}}/revoke",
        role=Role.OWNER,
        summary="End a key; every process refuses it within a second.",
        takes=OneKey,
        run=revoke_key,
    ),
)
