"""Settings: every one with its default, its sentence, its variable and its line in watchword.toml."""

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal
from uuid import UUID

import msgspec
import platformdirs
from msgspec import Meta, Struct
from yarl import URL

PREFIX = "WATCHWORD_"
POSTGRES = ("postgresql://", "postgres://")


class SettingsError(Exception):
    """A setting is unknown or has a value it cannot have; the message names it."""


def _data_dir() -> Path:
    return Path(platformdirs.user_data_dir("watchword"))


class Settings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an installation may choose. Each docstring below is the setting's sentence."""

    data_dir: Annotated[Path, Meta(description="Folder of the database and the keys.")] = (
        msgspec.field(default_factory=_data_dir)
    )
    host: Annotated[str, Meta(description="Address the service listens on.")] = "127.0.0.1"
    port: Annotated[
        int, Meta(ge=0, le=65535, description="Port it listens on; 0 takes a free one.")
    ] = 8700
    public_url: Annotated[
        str | None,
        Meta(description="Address callers know the service by; links in answers begin with it."),
    ] = None
    database_url: Annotated[
        str | None,
        Meta(
            description="Address of a PostgreSQL database (postgresql://…), for several processes or "
            "machines; without one the database is a file in `data_dir`."
        ),
    ] = None
    database_lanes: Annotated[
        int,
        Meta(
            ge=1,
            le=16,
            description="PostgreSQL: batches of reads, and of writes, under way at once.",
        ),
    ] = 2
    database_listen: Annotated[
        bool,
        Meta(
            description="PostgreSQL: whether processes wake each other (LISTEN); switch it off behind "
            "a pooler that shares connections between transactions."
        ),
    ] = True
    durability: Annotated[
        Literal["strict", "normal"],
        Meta(
            description="Whether an answer waits for the disk (strict) or only survives a killed "
            "process (normal)."
        ),
    ] = "strict"
    retention_days: Annotated[
        int,
        Meta(
            ge=1,
            le=3650,
            description="Days after which an authentication, its events and an unused number are "
            "erased.",
        ),
    ] = 30
    queue_limit: Annotated[
        int, Meta(ge=1, description="Writes that may wait; above it the answer is 503.")
    ] = 10_000
    tasks_at_once: Annotated[
        int, Meta(ge=1, le=1000, description="Tasks one worker carries out at the same time.")
    ] = 64
    run_worker: Annotated[
        bool, Meta(description="Whether `serve` runs a worker inside the same process.")
    ] = True
    worker_port: Annotated[
        int,
        Meta(
            ge=0,
            le=65535,
            description="Port on which `watchword worker` answers /livez, /readyz and /metrics; with 0 "
            "it listens nowhere.",
        ),
    ] = 0
    shutdown_timeout: Annotated[
        int, Meta(ge=1, description="Seconds that work in flight has to finish after a stop.")
    ] = 30
    callback_private_addresses: Annotated[
        bool,
        Meta(
            description="Whether callbacks may go to private addresses; for development. `dev` and "
            "`demo` switch it on."
        ),
    ] = False
    code_key: Annotated[
        str | None,
        Meta(description="Secret codes are derived from: 32 bytes in base64, instead of the file."),
    ] = None
    bootstrap_customer_uuid: Annotated[
        UUID | None, Meta(description="Id of the first project of an empty database.")
    ] = None
    bootstrap_api_key: Annotated[
        str | None, Meta(description="API key of the first project of an empty database.")
    ] = None
    bootstrap_operator_password: Annotated[
        str | None,
        Meta(
            description="Password of the operator `owner`, of 12 characters or more, where nobody has "
            "one yet; for a service that others than this machine reach."
        ),
    ] = None
    console: Annotated[
        bool, Meta(description="Whether the console and the management API are served.")
    ] = True
    lookup_timeout: Annotated[
        int, Meta(ge=1, description="Milliseconds a live lookup may take.")
    ] = 300
    ip_country_file: Annotated[
        Path | None,
        Meta(
            description="MMDB file with the countries of addresses; without it the one that "
            "`watchword networks update` took over, if any."
        ),
    ] = None
    ip_network_file: Annotated[
        Path | None, Meta(description="MMDB file with the networks (AS) of addresses; likewise.")
    ] = None
    log_level: Annotated[
        Literal["debug", "info", "warning", "error"],
        Meta(description="Lines below it are left out."),
    ] = "info"
    log_format: Annotated[
        Literal["console", "json"], Meta(description="How a log line is written.")
    ] = "console"

    @property
    def database(self) -> Path | str:
        """The database file, or the PostgreSQL address."""
        return self.database_url or self.data_dir / "watchword.db"

    @property
    def database_name(self) -> str:
        """The database as it may be shown: without its password."""
        if self.database_url is None:
            return str(self.database)
        return str(URL(self.database_url).with_password(None).with_query(None))

    @property
    def strict(self) -> bool:
        """Whether an answer waits for the disk."""
        return self.durability == "strict"


DECLARED = ("projects", "providers")
"""Tables of the same file that `watchword apply` reads."""


def load_settings(
    environment: Mapping[str, str] = os.environ,
    file: Path | None = None,
    **given: object,
) -> Settings:
    """Read settings: defaults, then watchword.toml, then the environment, then what was typed.

    The file is `watchword.toml` in the working folder, or the one that WATCHWORD_CONFIG names.
    `WATCHWORD_X_FILE` names a file that holds the value of X, for secrets.

    Raises:
        SettingsError: a setting is unknown, cannot be read, or has a value it cannot have.

    """
    named = environment.get(f"{PREFIX}CONFIG")
    path = file or Path(named or "watchword.toml")
    values: dict[str, object] = {}
    if path.exists():
        try:
            values = tomllib.loads(path.read_text(encoding="utf-8"))
            for declared in DECLARED:
                values.pop(declared, None)
        except (OSError, ValueError) as error:
            raise SettingsError(f"{path}: {error}") from error
    elif named or file:
        raise SettingsError(f"{path}: there is no such file")
    for name in Settings.__struct_fields__:
        variable = PREFIX + name.upper()
        if variable in environment:
            values[name] = environment[variable]
        elif f"{variable}_FILE" in environment:
            values[name] = _read_secret(f"{variable}_FILE", environment[f"{variable}_FILE"])
    values.update({name: value for name, value in given.items() if value is not None})
    try:
        settings = msgspec.convert(values, Settings, strict=False, dec_hook=_decode)
    except msgspec.ValidationError as error:
        raise SettingsError(_explain(str(error), path)) from None
    if settings.database_url and not settings.database_url.startswith(POSTGRES):
        raise SettingsError(
            f"database_url (in {path}, or {PREFIX}DATABASE_URL): not {POSTGRES[0]}…"
        )
    return settings


def _read_secret(variable: str, path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeError) as error:
        raise SettingsError(f"{variable}: {error}") from error


def _decode(kind: type, value: object) -> object:
    if kind is Path and isinstance(value, str | Path):
        return Path(value).expanduser()
    raise NotImplementedError


def _explain(message: str, path: Path) -> str:
    if "unknown field" in message:
        return f"{path}: {message.removeprefix('Object contains ')}"
    what, _, where = message.partition(" - at `$.")
    name = where.rstrip("`")
    return f"{name} (in {path}, or {PREFIX}{name.upper()}): {what}" if name else message
