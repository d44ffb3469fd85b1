"""Connection: how a command reaches a running service, and what it says when it cannot."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
import msgspec
from msgspec import Struct

from watchword.cli.main import Failure
from watchword.domain.api_key import hint, is_well_formed
from watchword.settings import SettingsError, load_settings
from watchword_client import ConnectionError as NotReached
from watchword_client import Ding, ErrorResponse, SDKError, SDKValidationError
from watchword_client import TimeoutError as NotInTime

UNAVAILABLE = 69
USAGE = 2
FORBIDDEN = 403
FILE = "cli.json"


class Connection(Struct, frozen=True, kw_only=True):
    """Where the service is and who asks; `last` is the authentication sent last."""

    url: str
    customer_uuid: str
    api_key: str
    last: str | None = None


def file_in(data_dir: Path) -> Path:
    """Where `dev` leaves the connection for the other commands."""
    return data_dir / FILE


def remember(path: Path, connection: Connection) -> None:
    """Keep a connection, readable by its owner alone."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(msgspec.json.encode(connection))


def recall(path: Path) -> Connection | None:
    """The connection that was kept, if there is one."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Connection)
    except (OSError, msgspec.MsgspecError):
        return None


def connection_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--url`, `--api-key` and `--customer`."""
    for option in (
        click.option("--customer", envvar="WATCHWORD_CUSTOMER_UUID", help="The customer UUID."),
        click.option("--api-key", envvar="WATCHWORD_API_KEY", help="The API key."),
        click.option("--url", envvar="WATCHWORD_SERVER_URL", help="The service, with /v1."),
    ):
        function = option(function)
    return function


def connection_of(url: str | None, api_key: str | None, customer: str | None) -> Connection:
    """What was typed or set, else what `watchword dev` left behind."""
    kept = recall(_file())
    given = Connection(
        url=url or (kept.url if kept else "http://127.0.0.1:8700/v1"),
        api_key=api_key or (kept.api_key if kept else ""),
        customer_uuid=customer or (kept.customer_uuid if kept else ""),
        last=kept.last if kept else None,
    )
    if not given.api_key or not given.customer_uuid:
        raise Failure(
            "no API key is known here",
            "`watchword dev` leaves one for the other commands; none was found.",
            "Start `watchword dev`, or set WATCHWORD_API_KEY and WATCHWORD_CUSTOMER_UUID.",
            code=USAGE,
        )
    return given


def remember_last(connection: Connection, authentication_uuid: str) -> None:
    """Keep the authentication sent last, so that `check` need not name it."""
    path = _file()
    if path.parent.is_dir():
        # A key that was typed or set for once is not written down.
        kept = recall(path) or Connection(url=connection.url, customer_uuid="", api_key="")
        remember(path, msgspec.structs.replace(kept, last=authentication_uuid))


def authentication_or_last(given: str | None, connection: Connection) -> str:
    """The authentication that was named, or the one sent last."""
    chosen = given or connection.last
    if chosen is None:
        raise Failure(
            "no authentication was named",
            "and none was sent from here before",
            "Give its UUID, or begin with `watchword send +33612345678`.",
            code=USAGE,
        )
    return chosen


@contextmanager
def service(connection: Connection) -> Iterator[Ding]:
    """The SDK on a connection; its errors become plain words."""
    with Ding(
        api_key=connection.api_key,
        customer_uuid=connection.customer_uuid,
        server_url=connection.url,
    ) as ding:
        try:
            yield ding
        except ErrorResponse as error:
            raise Failure(str(error.message), f"code: {error.code}", str(error.doc_url)) from None
        except (NotReached, NotInTime) as error:
            raise Failure(
                f"no service answers at {connection.url}",
                str(error),
                "Start one with `watchword dev`, or name another with --url.",
                code=UNAVAILABLE,
            ) from None
        except SDKValidationError as error:
            raise Failure("this cannot be sent", str(error), code=USAGE) from None
        except SDKError as error:
            raise _refused(error, connection) from None


def _refused(error: SDKError, connection: Connection) -> Failure:
    if error.status_code != FORBIDDEN:
        what = error.message or f"the service answered {error.status_code}"
        return Failure(str(what), code=UNAVAILABLE if error.status_code >= 500 else 1)  # noqa: PLR2004 - HTTP
    key = connection.api_key
    if key.startswith("ww_") and not is_well_formed(key):
        why = f"The key {hint(key)} was not copied whole: its checksum does not fit."
    else:
        why = f"The key {hint(key)} is not, or no longer, a key of this service."
    return Failure("the service refuses the API key", why, "`watchword keys create` makes one.")


def _file() -> Path:
    try:
        return file_in(load_settings().data_dir)
    except SettingsError as error:
        raise Failure("a setting cannot be used", str(error), code=USAGE) from None
