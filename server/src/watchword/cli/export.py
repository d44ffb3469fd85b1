"""`watchword export`: projects and provider accounts as a file that `apply` takes."""

import re
from pathlib import Path
from typing import Any

import click
import msgspec
import tomli_w

from watchword.adapters.providers.kind import credential_fields
from watchword.app import Watchword
from watchword.cli.declaration import ENVIRONMENT
from watchword.cli.installation import data_dir_option, on_installation
from watchword.domain.project import Project, ProjectSettings


@click.command("export")
@data_dir_option
def command(data_dir: Path | None) -> None:
    """Write projects and provider accounts as TOML, which `watchword apply` takes.

    No secret is in it: where one belongs stands the name of an environment variable. What has its
    default value is left out.
    """

    async def work(watchword: Watchword) -> dict[str, Any]:
        accounts = {
            account.name: {
                "provider": account.provider,
                **({"paused": True} if account.paused else {}),
                **_shown(watchword, account.name, account.provider, credentials),
            }
            for account in await watchword.manage_provider_accounts.list()
            for credentials in [watchword.manage_provider_accounts.credentials(account)]
        }
        projects = {p.name: _plain(p) for p in await watchword.store.projects()}
        return {"providers": accounts, "projects": projects}

    click.echo(tomli_w.dumps(on_installation(work, data_dir)), nl=False)


def _shown(
    watchword: Watchword, name: str, provider: str, credentials: dict[str, str]
) -> dict[str, str]:
    kind = watchword.accounts.kinds.get(provider)
    # Of a kind that is not installed nobody knows what is secret.
    plain = {f.name for f in credential_fields(kind) if not f.secret} if kind else set()
    return {
        field: value if field in plain else ENVIRONMENT + _variable(name, field)
        for field, value in credentials.items()
    }


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
