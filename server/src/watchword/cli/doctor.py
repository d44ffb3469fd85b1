"""`watchword doctor`: say what is missing, and what to do about it."""

import asyncio
import contextlib
import shutil
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import httpx2
from msgspec import Struct

from watchword.adapters.keyring import KeyringError
from watchword.adapters.store.schema_version import SchemaTooNewError
from watchword.app import Watchword, open_watchword
from watchword.cli.installation import data_dir_option, settings_of
from watchword.cli.output import json_option, write_json
from watchword.domain.project import Mode
from watchword.ports.store import StoreUnavailableError
from watchword.settings import Settings

LEAST_SPACE = 1024**3
MARKS = {"ok": ("✓", "green"), "warning": ("!", "yellow"), "failure": ("✗", "red")}


class Finding(Struct, frozen=True):
    """One thing that was looked at."""

    level: str
    what: str
    todo: str = ""


@click.command("doctor")
@data_dir_option
@json_option
def command(data_dir: Path | None, as_json: bool) -> None:
    """Look at this installation, and say what is missing for production. Exits 1 on a failure."""
    settings = settings_of(data_dir=data_dir)
    findings = [*_machine(settings), *asyncio.run(_installation(settings)), *_service(settings)]
    if as_json:
        write_json(findings)
    else:
        for finding in findings:
            mark, color = MARKS[finding.level]
            click.secho(f"{mark} {finding.what}", fg=color)
            if finding.todo:
                click.echo(f"  {finding.todo}")
    sys.exit(1 if any(finding.level == "failure" for finding in findings) else 0)


def _machine(settings: Settings) -> Iterator[Finding]:
    found = ".".join(map(str, sys.version_info[:3]))
    yield Finding("ok", f"Python {found}")
    existing = next(p for p in (settings.data_dir, *settings.data_dir.parents) if p.exists())
    free = shutil.disk_usage(existing).free
    level = "ok" if free >= LEAST_SPACE else "warning"
    yield Finding(
        level,
        f"{free / 1024**3:.1f} GB free for {settings.data_dir}",
        "" if level == "ok" else "Make room: without it codes cannot be sent.",
    )
    keys = settings.data_dir / "keys.json"
    if keys.exists() and keys.stat().st_mode & 0o077:
        yield Finding("failure", f"{keys} can be read by others", f"Close it: chmod 600 {keys}")
    elif keys.exists():
        yield Finding("ok", f"{keys} is readable by its owner alone; back it up with the database")


async def _installation(settings: Settings) -> list[Finding]:
    if isinstance(settings.database, Path) and not settings.database.exists():
        todo = "`watchword dev` or `watchword serve` makes one."
        return [Finding("warning", f"no database in {settings.data_dir}", todo)]
    try:
        async with open_watchword(settings) as watchword:
            return await _projects(watchword)
    except (SchemaTooNewError, KeyringError, StoreUnavailableError, OSError) as error:
        return [Finding("failure", str(error))]


async def _projects(watchword: Watchword) -> list[Finding]:
    database = f"{watchword.settings.database_name}, schema {watchword.store.schema_version}"
    findings = [Finding("ok", database)]
    projects = await watchword.store.projects()
    if not projects:
        findings.append(
            Finding("warning", "there is no project", "`watchword projects create NAME` makes one.")
        )
    for project in projects:
        keys = await watchword.manage_api_keys.list(project)
        if not any(key.revoked_at is None for key in keys):
            todo = f"`watchword keys create --project {project.name}` makes one."
            findings.append(Finding("warning", f"{project.name} has no live key", todo))
        if project.mode is Mode.SANDBOX:
            todo = "Its messages stay here; `watchword projects set NAME mode=live` changes that."
            findings.append(Finding("warning", f"{project.name} is in sandbox mode", todo))
        elif not project.settings.routes:
            todo = f"`watchword projects set {project.name} routes=…` names one."
            findings.append(Finding("failure", f"{project.name} is live and has no route", todo))
        elif not project.settings.spend_caps:
            todo = "A cap bounds what an attack can cost: see docs/explanation/money.md."
            findings.append(Finding("warning", f"{project.name} has no spend cap", todo))
        else:
            findings.append(Finding("ok", f"{project.name} is live"))
    return findings


def _service(settings: Settings) -> Iterator[Finding]:
    if settings.public_url is None:
        yield Finding(
            "warning",
            "public_url is not set",
            "Links in answers will name the address the service listens on.",
        )
    if settings.durability == "normal":
        yield Finding("warning", "durability is normal: a lost machine loses the last moments")
    url = f"http://{settings.host}:{settings.port}"
    with contextlib.suppress(httpx2.HTTPError, OSError):
        ready = httpx2.get(f"{url}/readyz", timeout=2.0)
        if ready.headers.get("content-type", "").startswith("application/json"):
            level = "ok" if ready.status_code == 200 else "failure"  # noqa: PLR2004 - HTTP
            yield Finding(level, f"the service at {url} answers: {ready.text}")
            return
    with contextlib.closing(socket.socket()) as probe:
        taken = probe.connect_ex((settings.host, settings.port)) == 0
    if taken:
        yield Finding(
            "failure",
            f"another program listens on port {settings.port}",
            "Choose another port: WATCHWORD_PORT or --port.",
        )
    else:
        yield Finding("warning", f"no service runs at {url}", "`watchword serve` starts it.")
