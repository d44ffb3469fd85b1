"""Operation: one thing an operator can do, with the role it needs, what it takes and what it gives."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from watchword.domain.operator import Grant, Operator, Role
from watchword.domain.project import Project
from watchword.edges.management.management import Management

PROJECT = "/projects/{project}"
"""Begins the path of what belongs to one project."""
Instant = Annotated[int, Meta(ge=0, le=10**15)]
"""Unix milliseconds, of any year that somebody may mean."""
DEEPEST, LARGEST_NUMBER = 50, 2**53
"""How deep fields may lie in each other, and the largest whole number all JSON readers share (RFC 8259)."""


class Problem(Exception):  # noqa: N818 - the word for an error in an answer (RFC 9457)
    """Why an operation was not carried out: an HTTP status, a code, and a sentence."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code


class Nothing(Struct, frozen=True, forbid_unknown_fields=True):
    """What an operation takes that needs nothing."""


class Undo(Struct, frozen=True):
    """The operation that takes something back, and what it takes."""

    operation: str
    fields: dict[str, Any]


class Done(Struct, frozen=True, omit_defaults=True):
    """That it was done, in a sentence, how to take it back, and what is better known."""

    message: str
    undo: Undo | None = None
    warnings: tuple[str, ...] = ()


class Call(Struct, frozen=True, kw_only=True):
    """Who calls, and about which project; None where the operation is about the installation.

    `by` is who it is in the audit log, where that is no operator.
    """

    management: Management
    operator: Operator
    grant: Grant | None
    project: Project | None
    by: str = ""

    @property
    def actor(self) -> str:
        """Who the audit log says it was."""
        return self.by or f"operator:{self.operator.name}"

    @property
    def of(self) -> Project:
        """The project that the operation is about."""
        if self.project is None:
            raise Problem(404, "not_found", "name a project")
        return self.project


class Operation(Struct, frozen=True, kw_only=True):
    """One operation; `path` is under `/manage/v1`, and fields of `takes` are in path, query or body.

    Where `everywhere` is true the project may be `all`. What is `for_anybody` needs a role in some
    project only, and `by_session` a person who is signed in, not a token.
    """

    name: str
    method: str
    path: str
    role: Role
    summary: str
    run: Callable[[Call, Any], Awaitable[object]]
    takes: type[Struct] = Nothing
    gives: Any = Done
    everywhere: bool = False
    for_anybody: bool = False
    by_session: bool = False

    @property
    def of_project(self) -> bool:
        """Whether it is about one project."""
        return self.path.startswith(PROJECT)

    @property
    def reads(self) -> bool:
        """Whether it changes nothing."""
        return self.method == "GET"

    def read(self, given: Mapping[str, object]) -> Struct:
        """What it takes, out of the fields given; numbers may be text, as in a query or a form.

        Raises:
            Problem: a field is missing, unknown, or cannot have its value.

        """
        _check(given)
        try:
            return msgspec.convert(given, self.takes, strict=False)
        except msgspec.ValidationError as error:
            raise Problem(400, "bad_request", plain(str(error))) from None


def _check(given: object) -> None:
    """Refuse what no type forbids and not every database can hold."""
    left = [(given, 0)]
    while left:
        value, depth = left.pop()
        match value:
            case str() if "\x00" in value:
                raise Problem(400, "bad_request", "text cannot hold the character NUL")
            case int() if abs(value) > LARGEST_NUMBER:
                raise Problem(400, "bad_request", "a number is too large")
            case dict() | list() if depth == DEEPEST:
                raise Problem(400, "bad_request", "fields lie too deep in each other")
            case dict():
                left += [(inner, depth + 1) for pair in value.items() for inner in pair]
            case list():
                left += [(inner, depth + 1) for inner in value]


def plain(message: str) -> str:
    """What msgspec says of a field, its name first."""
    what, _, where = message.partition(" - at `$")
    name = where.strip("`.")
    return f"{name}: {what}" if name else what.removeprefix("Object ")
