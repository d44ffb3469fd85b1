"""Declaration: projects and provider accounts as a file says them, and what that would change here."""

import os
import tomllib
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from watchword.adapters.providers.accounts import AccountError
from watchword.app import Watchword
from watchword.cli.main import Failure
from watchword.cli.project_settings import with_values
from watchword.domain.project import Mode, ProjectSettings
from watchword.domain.provider_account import ProviderAccount
from watchword.usecases.manage.projects import NoSuchProjectError

USAGE = 2
ENVIRONMENT, FILE = "env:", "file:"
"""What a credential begins with that stands elsewhere, so that the file can be shown to anybody."""


class Declared(Struct, frozen=True, forbid_unknown_fields=True):
    """What a file says; its other lines are settings of the service."""

    projects: dict[str, dict[str, Any]] = {}
    providers: dict[str, dict[str, Any]] = {}


class Step(Struct, frozen=True):
    """One project or account that would change, how, and the work that does it. No value of a secret."""

    subject: str
    changes: tuple[str, ...]
    carry_out: Callable[[], Awaitable[object]]


def read_declaration(path: Path) -> Declared:
    """What a file says."""
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
        told = {name: document[name] for name in Declared.__struct_fields__ if name in document}
        return msgspec.convert(told, Declared)
    except (OSError, ValueError) as error:
        raise Failure(f"{path} cannot be used", str(error), code=USAGE) from None


async def steps_of(watchword: Watchword, declared: Declared) -> list[Step]:
    """What is to be done so that all is as declared; everything is checked before anything is done."""
    accounts = {
        account.name: account for account in await watchword.manage_provider_accounts.list()
    }
    steps = [
        step
        for name, told in declared.providers.items()
        if (step := _account_step(watchword, accounts.get(name), name, told))
    ]
    known = {*accounts, *declared.providers, "sandbox"}
    for name, told in declared.projects.items():
        step = await _project_step(watchword, name, dict(told), known)
        if step is not None:
            steps.append(step)
    return steps


def _account_step(
    watchword: Watchword, account: ProviderAccount | None, name: str, told: dict[str, Any]
) -> Step | None:
    given = dict(told)
    kind = given.pop("provider", account.provider if account else None)
    paused = given.pop("paused", account.paused if account else False)
    if not isinstance(kind, str) or not isinstance(paused, bool):
        raise Failure(
            f"providers.{name}: it needs a `provider`, and `paused` is a truth", code=USAGE
        )
    credentials = {
        field: _value(f"providers.{name}.{field}", value) for field, value in given.items()
    }
    before = watchword.manage_provider_accounts.credentials(account) if account else {}
    wanted = {**before, **credentials} if account and account.provider == kind else credentials
    try:
        watchword.accounts.check(kind, wanted)
    except AccountError as error:
        raise Failure(f"providers.{name}: {error}", code=USAGE) from None
    fields = sorted(field for field in wanted if wanted[field] != before.get(field))
    renewed = account is None or account.provider != kind or bool(fields)
    changes = [f"is a new account of the kind {kind}"] if account is None else []
    if account is not None and account.provider != kind:
        changes.append(f"provider: {account.provider} → {kind}")
    changes += [f"{field}: changed" for field in fields if account is not None]
    if paused != (account.paused if account else False):
        changes.append("paused" if paused else "in use again")

    async def carry_out() -> None:
        if renewed:
            await watchword.manage_provider_accounts.put(name, kind, wanted)
        if renewed or (account and account.paused != paused):
            await watchword.manage_provider_accounts.pause(name, paused=paused)

    return Step(f"providers.{name}", tuple(changes), carry_out) if changes else None


def _value(place: str, value: object) -> str:
    """A credential, or what it stands for."""
    text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
    if text.startswith(ENVIRONMENT):
        found = os.environ.get(text.removeprefix(ENVIRONMENT))
        if found is None:
            raise Failure(f"{place}: {text.removeprefix(ENVIRONMENT)} is not set", code=USAGE)
        return found
    if text.startswith(FILE):
        try:
            return Path(text.removeprefix(FILE)).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeError) as error:
            raise Failure(f"{place}: its file cannot be read", str(error), code=USAGE) from None
    return text


async def _project_step(
    watchword: Watchword, name: str, told: dict[str, Any], accounts: set[str]
) -> Step | None:
    try:
        project = await watchword.manage_projects.find(name)
    except NoSuchProjectError:
        project = None
    try:
        mode = Mode(told.pop("mode", project.mode if project else Mode.SANDBOX))
    except ValueError as error:
        raise Failure(f"projects.{name}: {error}", code=USAGE) from None
    suspended = told.pop("suspended", project.suspended if project else False)
    before = project.settings if project else ProjectSettings()
    settings = with_values(before, told)
    for route in settings.routes:
        if route.account not in accounts:
            raise Failure(
                f"projects.{name}: route {route.name!r} names no account that is there",
                f"There are {', '.join(sorted(accounts))}.",
                code=USAGE,
            )
    changes = [f"is a new project, {mode}"] if project is None else []
    if project is not None and project.mode is not mode:
        changes.append(f"mode: {project.mode} → {mode}")
    if suspended != (project.suspended if project else False):
        changes.append("suspended" if suspended else "sends again")
    changes += [
        f"{field}: {_shown(before, field)} → {_shown(settings, field)}"
        for field in ProjectSettings.__struct_fields__
        if getattr(before, field) != getattr(settings, field)
    ]

    async def carry_out() -> None:
        found = project or await watchword.manage_projects.create(name, mode)
        await watchword.manage_projects.change(
            found, settings=settings, mode=mode, suspended=suspended
        )

    return Step(f"projects.{name}", tuple(changes), carry_out) if changes else None


def _shown(settings: ProjectSettings, field: str) -> str:
    text = msgspec.json.encode(getattr(settings, field)).decode()
    return text if len(text) <= SHOWN else text[:SHOWN] + "…"


SHOWN = 80
"""Characters of a value that are shown."""
