"""Desk: carries out operations of the management API, on this installation or on a service far away."""

import functools
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit
from uuid import UUID

import click
import httpx2
import msgspec
from msgspec import Struct

from watchword.app import Watchword
from watchword.cli.installation import (
    LOOPBACK,
    UNAVAILABLE,
    USAGE,
    Installation,
    data_dir_option,
    user,
)
from watchword.cli.main import Failure
from watchword.domain.operator import EVERYWHERE, Operator, Role
from watchword.edges.management.access import ALL
from watchword.edges.management.operation import Call, Operation, Problem
from watchword.edges.management.table import OPERATIONS

UNAUTHENTICATED, FAULT = 401, 500
TIME_OUT = 60.0
_PLACE = re.compile(r"\{(\w+)\}")
_token_option = click.option(
    "--token",
    envvar="WATCHWORD_MANAGE_TOKEN",
    help="A token of the management API, as `watchword operators token` makes it.",
)
_service_option = click.option(
    "--service",
    envvar="WATCHWORD_MANAGE_URL",
    help="Address of a service to work on, instead of the installation of this machine.",
)


def with_desk(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--service`, `--token` and `--data-dir`, and give the function its `desk`."""

    @functools.wraps(function)
    def told(
        *args: Any,  # noqa: ANN401 - whatever click gives
        service: str | None,
        token: str | None,
        data_dir: Path | None,
        **given: Any,  # noqa: ANN401 - whatever click gives
    ) -> Any:  # noqa: ANN401 - whatever the function returns
        if service:
            _warn_of_plain_http(service)
            return function(*args, desk=Desk(service, token), **given)
        with Installation(data_dir) as installation:
            return function(*args, desk=Desk(installation), **given)

    return _service_option(_token_option(data_dir_option(told)))


def _warn_of_plain_http(address: str) -> None:
    url = urlsplit(address)
    if url.scheme == "http" and url.hostname not in LOOPBACK:
        click.secho("! the token travels unencrypted: use https", fg="yellow", err=True)


class Desk(Struct, frozen=True):
    """Where operations are carried out: on this machine's installation, or at an address over HTTP."""

    where: Installation | str
    token: str | None = None

    def call(
        self, name: str, fields: Mapping[str, Any] | None = None, project: str | None = None
    ) -> Any:  # noqa: ANN401 - JSON
        """What an operation gives, as plain values; without `project`, of the only one or of all.

        Raises:
            Failure: there is none, it is not permitted, or it cannot be carried out.

        """
        operation = OPERATIONS.get(name)
        if operation is None:
            raise Failure(
                f"there is no operation {name!r}", todo="See `watchword manage`.", code=USAGE
            )
        if isinstance(self.where, Installation):
            return _here(self.where, operation, fields or {}, project)
        if operation.of_project and project is None:
            project = ALL if operation.everywhere else self._only(self.where)
        return self._far(self.where, operation, dict(fields or {}), project)

    def close(self) -> None:
        """Be done here, in the thread that called."""
        if isinstance(self.where, Installation):
            self.where.close()

    def _only(self, address: str) -> str:
        """The project that is meant where none is named."""
        known = self._far(address, OPERATIONS["list_projects"], {}, None)["items"]
        if len(known) == 1:
            return str(known[0]["customer_uuid"])
        names = ", ".join(project["name"] for project in known) or "none"
        raise Failure(f"say which project: there are {names}", code=USAGE)

    def _far(
        self, address: str, operation: Operation, fields: dict[str, Any], project: str | None
    ) -> Any:  # noqa: ANN401 - JSON
        given = {**fields, **({"project": project} if operation.of_project else {})}
        path = _PLACE.sub(
            lambda found: quote(str(given.pop(found[1], "")), safe=""), operation.path
        )
        url = f"{address.rstrip('/')}/manage/v1{path}"
        headers = {"authorization": f"Bearer {self.token or ''}"}
        try:
            with httpx2.Client(timeout=TIME_OUT, headers=headers) as http:
                if operation.reads:
                    answer = http.get(url, params=given)
                else:
                    answer = http.request(operation.method, url, json=given)
            found = answer.json()
        except (httpx2.HTTPError, OSError, ValueError) as error:
            raise Failure(
                f"no service answers at {address}", str(error), code=UNAVAILABLE
            ) from None
        if answer.status_code == UNAUTHENTICATED:
            raise Failure(
                "the service does not take this token",
                "It is not, or no longer, a token of an operator there.",
                "`watchword operators token` makes one; give it as WATCHWORD_MANAGE_TOKEN.",
            )
        if answer.is_error:
            code = UNAVAILABLE if answer.status_code >= FAULT else USAGE
            raise Failure(str(found.get("message", "")), code=code)
        return found


def _here(
    installation: Installation,
    operation: Operation,
    fields: Mapping[str, Any],
    project: str | None,
) -> Any:  # noqa: ANN401 - JSON
    owner = Operator(id=UUID(int=0), name="cli", created_at=0, roles={EVERYWHERE: Role.OWNER})

    async def work(watchword: Watchword) -> object:
        of_all = operation.everywhere and project in (None, ALL)
        about = None
        if operation.of_project and not of_all:
            about = await watchword.manage_projects.find(project)
        if not watchword.share_memory.begun:
            await watchword.share_memory.begin()
            watchword.share_memory.wanted = False  # it looks, and tells nobody
        call = Call(
            management=watchword.management,
            operator=owner,
            grant=None,
            project=about,
            by=f"cli:{user()}",
        )
        return await operation.run(call, operation.read(fields))

    try:
        return msgspec.json.decode(msgspec.json.encode(installation.work(work)))
    except Problem as problem:
        code = UNAVAILABLE if problem.status >= FAULT else USAGE
        raise Failure(str(problem), code=code) from None
