"""Declaration: projects and provider accounts as a file says them, and what that would change here."""

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import msgspec
from msgspec import Struct

from watchword.domain.project import Mode, Project, ProjectSettings
from watchword.domain.provider_account import ProviderAccount
from watchword.domain.routing.route import SANDBOX_ACCOUNT
from watchword.ports.provider import ProviderKinds
from watchword.usecases.manage.project_settings import SettingError, with_values
from watchword.usecases.manage.projects import ManageProjects
from watchword.usecases.manage.provider_accounts import ManageProviderAccounts

ENVIRONMENT = "env:"
"""What a credential begins with that stands in the environment of whoever applies the file."""
SHOWN = 80
"""Characters of a value that are shown."""


class Declared(Struct, frozen=True, forbid_unknown_fields=True):
    """What a file says of projects by name, and of provider accounts by name."""

    projects: dict[str, dict[str, Any]] = {}
    providers: dict[str, dict[str, Any]] = {}


class Step(Struct, frozen=True):
    """One project or account that would change, how, and the work that does it. No value of a secret."""

    subject: str
    changes: tuple[str, ...]
    carry_out: Callable[[], Awaitable[object]]


class Declare(Struct, frozen=True):
    """Bring projects and accounts to what is declared, and say what is."""

    projects: ManageProjects
    accounts: ManageProviderAccounts
    kinds: ProviderKinds

    async def steps(self, declared: Declared) -> list[Step]:
        """What is to be done so that all is as declared; everything is checked before anything is done.

        Raises:
            SettingError: something cannot be as it is declared.

        """
        accounts = {account.name: account for account in await self.accounts.list()}
        found = [
            step
            for name, told in declared.providers.items()
            if (step := self._account_step(accounts.get(name), name, told))
        ]
        known = {*accounts, *declared.providers, SANDBOX_ACCOUNT}
        projects = {project.name: project for project in await self.projects.list()}
        for name, told in declared.projects.items():
            step = self._project_step(projects.get(name), name, dict(told), known)
            if step is not None:
                found.append(step)
        return found

    async def carry_out(self, declared: Declared) -> Sequence[Step]:
        """Do all of it; what was done.

        Raises:
            SettingError: something cannot be as it is declared, and nothing was done.

        """
        steps = await self.steps(declared)
        for step in steps:
            await step.carry_out()
        return steps

    async def declared(self) -> dict[str, Any]:
        """What is here, without any secret: in the place of one stands the name of a variable."""
        accounts = {
            account.name: {
                "provider": account.provider,
                **({"paused": True} if account.paused else {}),
                **self._shown_credentials(account),
            }
            for account in await self.accounts.list()
        }
        projects = {project.name: _plain(project) for project in await self.projects.list()}
        return {"providers": accounts, "projects": projects}

    def _shown_credentials(self, account: ProviderAccount) -> dict[str, str]:
        # Of a kind that is not installed nobody knows what is secret.
        plain = self.kinds.plain_fields(account.provider)
        return {
            field: value if field in plain else ENVIRONMENT + _variable(account.name, field)
            for field, value in self.accounts.credentials(account).items()
        }

    def _account_step(
        self, account: ProviderAccount | None, name: str, told: Mapping[str, Any]
    ) -> Step | None:
        given = dict(told)
        kind = given.pop("provider", account.provider if account else None)
        paused = given.pop("paused", account.paused if account else False)
        if not name.strip():
            raise SettingError("an account needs a name")
        if not isinstance(kind, str) or not isinstance(paused, bool):
            raise SettingError(f"providers.{name}: it needs a `provider`, and `paused` is a truth")
        credentials = {field: _text(value) for field, value in given.items()}
        before = self.accounts.credentials(account) if account else {}
        same_kind = account is not None and account.provider == kind
        wanted = {**before, **credentials} if same_kind else credentials
        try:
            self.kinds.check(kind, wanted)
        except ValueError as error:
            raise SettingError(f"providers.{name}: {error}") from None
        fields = sorted(field for field in wanted if wanted[field] != before.get(field))
        renewed = not same_kind or bool(fields)
        changes = [f"is a new account of the kind {kind}"] if account is None else []
        if account is not None and not same_kind:
            changes.append(f"provider: {account.provider} → {kind}")
        changes += [f"{field}: changed" for field in fields if account is not None]
        if paused != (account.paused if account else False):
            changes.append("paused" if paused else "in use again")

        async def carry_out() -> None:
            if renewed:
                await self.accounts.put(name, kind, wanted)
            if renewed or (account and account.paused != paused):
                await self.accounts.pause(name, paused=paused)

        return Step(f"providers.{name}", tuple(changes), carry_out) if changes else None

    def _project_step(
        self, project: Project | None, name: str, told: dict[str, Any], accounts: set[str]
    ) -> Step | None:
        try:
            mode = Mode(told.pop("mode", project.mode if project else Mode.SANDBOX))
        except ValueError as error:
            raise SettingError(f"projects.{name}: {error}") from None
        suspended = told.pop("suspended", project.suspended if project else False)
        if not name.strip() or not isinstance(suspended, bool):
            raise SettingError(f"projects.{name}: it needs a name, and `suspended` is a truth")
        before = project.settings if project else ProjectSettings()
        settings = with_values(before, told)
        for route in settings.routes:
            if route.account not in accounts:
                raise SettingError(
                    f"projects.{name}: route {route.name!r} names no account that is there; "
                    f"there are {', '.join(sorted(accounts))}"
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
            found = project or await self.projects.create(name, mode)
            await self.projects.change(found, settings=settings, mode=mode, suspended=suspended)

        return Step(f"projects.{name}", tuple(changes), carry_out) if changes else None


def _text(value: object) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def _shown(settings: ProjectSettings, field: str) -> str:
    text = msgspec.json.encode(getattr(settings, field)).decode()
    return text if len(text) <= SHOWN else text[:SHOWN] + "…"


def _variable(*parts: str) -> str:
    return re.sub("[^A-Z0-9]+", "_", "_".join(parts).upper())


def _plain(project: Project) -> dict[str, Any]:
    """What differs from the defaults; TOML has no null, which a default alone can be."""
    defaults: dict[str, Any] = msgspec.to_builtins(ProjectSettings())
    settings: dict[str, Any] = msgspec.to_builtins(project.settings)
    changed = {name: _bare(v) for name, v in settings.items() if v != defaults[name]}
    suspended = {"suspended": True} if project.suspended else {}
    return {"mode": project.mode.value, **suspended, **changed}


def _bare(value: Any) -> Any:  # noqa: ANN401 - whatever a setting holds
    match value:
        case dict():
            return {key: _bare(inner) for key, inner in value.items() if inner is not None}
        case list() | tuple():
            return [_bare(inner) for inner in value]
    return value
