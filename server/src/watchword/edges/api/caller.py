"""Caller: which project a request comes from, told by its key and confirmed by its customer UUID."""

from typing import Protocol

from msgspec import UNSET, Struct, UnsetType

from watchword.domain.api_key import ApiKey, Scope, digest
from watchword.domain.errors import ErrorCode, Refusal
from watchword.domain.project import Project
from watchword.edges.api.requests import parse_uuid
from watchword.edges.http.asgi import Scope as AsgiScope
from watchword.edges.http.asgi import header
from watchword.ports.directory import Directory


class KeyUse(Protocol):
    """Remembers when a key was used."""

    def used(self, key: ApiKey, at: int) -> None:
        """Note a key as used at an instant in Unix milliseconds."""
        ...


class Caller(Struct, frozen=True):
    """The project behind a live key."""

    project: Project
    key: ApiKey

    def may(self, scope: Scope) -> bool:
        """Whether the key was given this scope."""
        return scope in self.key.scopes


def caller_of(scope: AsgiScope, directory: Directory) -> Caller | None:
    """Who holds the key in `x-api-key`; None where there is no key or it is no live one."""
    key = header(scope, b"x-api-key")
    found = directory.by_key(digest(key.decode("latin-1"))) if key else None
    return Caller(*found) if found else None


def fault_of_customer(
    scope: AsgiScope, project: Project, in_body: str | UnsetType
) -> Refusal | None:
    """Why the customer UUID in the body or in `customer-uuid` is not this project's, if so."""
    in_header = header(scope, b"customer-uuid")
    given = [] if in_body is UNSET else [in_body]
    if in_header is not None:
        given.append(in_header.decode("latin-1").strip())
    if given and all(parse_uuid(text) == project.id for text in given):
        return None
    return Refusal(
        ErrorCode.ACCOUNT_INVALID,
        "customer_uuid does not belong to this API key"
        if given
        else "customer_uuid is missing: send it in the body or in the customer-uuid header",
    )
