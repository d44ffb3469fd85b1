"""Turning the arguments of a call into the request to send, without sending it."""

import platform
import uuid
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, TypeVar
from urllib.parse import quote, urlencode, urlsplit

import msgspec
from msgspec import Struct

from ._errors import SDKValidationError
from ._models.answer import Answer
from ._models.open_enum import OpenEnum
from ._operations.operation import Operation
from ._options import OPTION_NAMES
from ._settings import Settings
from ._version import version

Q = TypeVar("Q", bound=Struct)
A = TypeVar("A", bound=Answer)


class Outgoing(Struct, frozen=True):
    """A request as values: the same for each time it is sent."""

    method: str
    url: str
    headers: Mapping[str, str]
    content: bytes | None
    secrets: tuple[str, ...]
    """What must not appear in a text about the request."""

    def __repr__(self) -> str:
        """Without key and body."""
        return f"Outgoing({self.method} {self.url})"


def build_outgoing(
    operation: Operation[Q, A],
    request: Q | Mapping[str, object] | str | None,
    arguments: Mapping[str, object],
    settings: Settings,
    api_key: str | None,
) -> Outgoing:
    """The request for a call; raises SDKValidationError where its arguments do not fit."""
    values = read_request(operation, request, arguments, settings.customer_uuid)
    fields: dict[str, Any] = msgspec.to_builtins(values)
    path = operation.path
    for name in [name for name in fields if f"{{{name}}}" in path]:
        path = path.replace(f"{{{name}}}", _segment(operation, name, fields.pop(name)))
    headers = {header: fields.pop(name, None) for name, header in operation.headers.items()}
    query = [
        (parameter, item)
        for name, parameter in operation.query.items()
        for item in fields.pop(name, ())
    ]
    content = msgspec.json.encode(fields) if operation.method == "POST" else None
    secret_fields: Sequence[str] = getattr(operation.request, "secret_fields", ())
    return Outgoing(
        method=operation.method,
        url=_server_url(arguments, settings) + path + (f"?{urlencode(query)}" if query else ""),
        headers=_headers(operation, headers, arguments, settings, api_key),
        content=content,
        secrets=tuple(filter(None, [api_key, *(str(fields.get(name)) for name in secret_fields)])),
    )


def read_request(
    operation: Operation[Q, A],
    request: Q | Mapping[str, object] | str | None,
    arguments: Mapping[str, object],
    customer_uuid: str | None,
) -> Q:
    """The request object of a call; keywords win over the fields of a given request."""
    subject = f"Request of {operation.name}"
    given = _given(operation, request)
    named = {name: value for name, value in arguments.items() if name not in OPTION_NAMES}
    known = operation.request.__struct_fields__
    fields = {name: value for name, value in {**given, **named}.items() if value is not None}
    if "customer_uuid" in known and customer_uuid:
        fields.setdefault("customer_uuid", customer_uuid)
    problems = [f"$.{name}: Unknown argument" for name in fields if name not in known]
    if not operation.sends_message and arguments.get("idempotency_key") is not None:
        problems.append("$.idempotency_key: This call takes none")
    for item in msgspec.structs.fields(operation.request):
        needed = item.required or item.name == "customer_uuid"
        if item.name not in fields:
            if needed:
                problems.append(f"$.{item.name}: Required, and missing")
            continue
        problems.extend(_field_problems(item, fields[item.name]))
    if problems:
        raise SDKValidationError(subject, problems=problems, raw_value=fields)
    return msgspec.convert(msgspec.to_builtins(fields), operation.request)


def _given(
    operation: Operation[Q, A], request: Q | Mapping[str, object] | str | None
) -> Mapping[str, object]:
    match request:
        case None:
            return {}
        case str() if operation.sole_field:
            return {operation.sole_field: request}
        case Mapping():
            return request
        case _ if isinstance(request, operation.request):
            return {name: getattr(request, name) for name in request.__struct_fields__}
    wanted, got = operation.request.__name__, type(request).__name__
    problem = f"$: Expected `{wanted}`, got `{got}`"
    raise SDKValidationError(f"Request of {operation.name}", problems=[problem], raw_value=request)


def _field_problems(item: msgspec.structs.FieldInfo, value: object) -> list[str]:
    try:
        converted = msgspec.convert(msgspec.to_builtins(value), item.type)
    except (msgspec.ValidationError, TypeError, ValueError) as error:
        return [f"$.{item.name}: {error}"]
    words = converted if isinstance(converted, tuple) else (converted,)
    return [
        f"$.{item.name}: Expected one of {', '.join(type(word))}"
        for word in words
        if isinstance(word, OpenEnum) and not word.is_known
    ]


def _segment(operation: Operation[Q, A], name: str, value: str) -> str:
    if not value:
        raise SDKValidationError(
            f"Request of {operation.name}", problems=[f"$.{name}: Empty"], raw_value=value
        )
    # Dots alone would be taken for steps up and down the path.
    return quote(value, safe="") if value.strip(".") else value.replace(".", "%2E")


def _server_url(arguments: Mapping[str, object], settings: Settings) -> str:
    url = str(arguments.get("server_url") or settings.server_url).rstrip("/")
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        problem = "$.server_url: Expected an http or https URL"
        raise SDKValidationError("The client's setup", problems=[problem], raw_value=url)
    return url


def _headers(
    operation: Operation[Q, A],
    fields: Mapping[str, str | None],
    arguments: Mapping[str, Any],
    settings: Settings,
    api_key: str | None,
) -> dict[str, str]:
    """The headers, later ones in place of earlier ones of the same name in any case."""
    usual: dict[str, str | None] = {
        "accept": "application/json",
        "content-type": "application/json" if operation.method == "POST" else None,
        "user-agent": _user_agent(),
        "x-api-key": api_key,
    }
    chosen: dict[str, str | None] = {**settings.headers, **(arguments.get("headers") or {})}
    headers = {
        name.lower(): str(value)
        for name, value in [*usual.items(), *fields.items(), *chosen.items()]
        if value is not None
    }
    if operation.sends_message:
        key = arguments.get("idempotency_key")
        headers["idempotency-key"] = key or headers.get("idempotency-key") or str(uuid.uuid4())
    return headers


@cache
def _user_agent() -> str:
    return f"watchword-client/{version()} python/{platform.python_version()}"
