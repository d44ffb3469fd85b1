"""The API reference: the operations of an OpenAPI document, as values that a page can draw."""

import inspect
import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import msgspec
from msgspec import Struct

from watchword.edges.console.samples import sample
from watchword.edges.console.schemas import Field, Schema, Schemas
from watchword.edges.http.pages import contract
from watchword.edges.management.openapi import document

MANAGE = "manage"
METHODS = ("get", "put", "post", "patch", "delete")
CALLBACKS = "Callbacks to you"
_GROUPS = {
    "authentications": "Authentications",
    "inbox": "Authentications",
    "report": "Reports",
    "fraud": "Reports",
    "budgets": "Reports",
    "callbacks": "Callbacks",
    "redeliver-failed": "Callbacks",
    "lookup": "Numbers",
    "lists": "Numbers",
    "forget": "Numbers",
    "accounts": "Providers",
    "routes": "Routes",
    "routing": "Routes",
    "dry-run": "Routes",
    "templates": "Templates",
    "projects": "Projects",
    "mode": "Projects",
    "suspend": "Projects",
    "resume": "Projects",
    "top-up": "Projects",
    "keys": "Keys",
    "me": "Your account",
    "operators": "Operators",
}
"""Where an operation without a tag stands, by the first word of its path that says more than a project."""


class Answer(Struct, frozen=True, kw_only=True):
    """What comes back with one HTTP status; `note` is what is said of the body itself."""

    status: str
    description: str
    note: str
    type: str
    fields: tuple[Field, ...]

    @property
    def good(self) -> bool:
        """Whether it is a success."""
        return self.status.startswith("2")


class Section(Struct, frozen=True, kw_only=True):
    """One operation; an `incoming` one is a request that a callback address receives.

    `address` is the path from the host on, `auth` the header that authorises, `body` and `answer` are
    examples as JSON with indents (empty where there is none), and `samples` holds a value for each
    parameter that must be given.
    """

    id: str
    group: str
    method: str
    path: str
    address: str
    summary: str
    description: str
    auth: str
    fields: tuple[Field, ...]
    answers: tuple[Answer, ...]
    body: str
    answer: str
    samples: Mapping[str, str]
    incoming: bool = False

    def placed(self, place: str) -> list[Field]:
        """The fields of one place: `path`, `query`, `header` or `body`."""
        return [field for field in self.fields if field.place == place]


class Reference(Struct, frozen=True):
    """A whole document: its title, what it says in general, and its operations by group."""

    title: str
    description: str
    groups: Mapping[str, list[Section]]

    @property
    def sections(self) -> list[Section]:
        """All operations, as they stand on the page."""
        return [section for group in self.groups.values() for section in group]


@cache
def reference_sections(url: str, api: str) -> Reference:
    """Our own reference: the management API for `manage`, else the OTP API."""
    found = msgspec.json.decode(document(url) if api == MANAGE else contract())
    groups: dict[str, list[Section]] = {}
    for section in sections(found):
        groups.setdefault(section.group, []).append(section)
    about = found["info"]
    return Reference(
        "Management API" if api == MANAGE else "OTP API",
        inspect.cleandoc(about.get("description", "")),
        groups,
    )


def sections(document: Mapping[str, Any]) -> list[Section]:
    """Every operation of an OpenAPI 3 document, and the webhooks that it describes."""
    schemas = Schemas(document)
    server = document.get("servers", [{"url": ""}])[0]["url"]
    root = re.sub(r"^(\{\w+\}|https?://[^/]+)", "", server)
    found = [
        _section(schemas, document, operation, method, path, f"{root}{path}")
        for path, methods in document.get("paths", {}).items()
        for method, operation in _operations(methods)
    ]
    for methods in document.get("webhooks", {}).values():
        for method, operation in _operations(methods):
            found.append(_section(schemas, document, operation, method, "", ""))
    return found


def _operations(methods: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    shared = methods.get("parameters", [])
    for method in METHODS:
        if method in methods:
            operation = methods[method]
            yield method, {**operation, "parameters": [*shared, *operation.get("parameters", [])]}


def _section(
    schemas: Schemas,
    document: Mapping[str, Any],
    operation: Mapping[str, Any],
    method: str,
    path: str,
    address: str,
) -> Section:
    parameters = [schemas.followed(one) for one in operation["parameters"]]
    media = _media(schemas.followed(operation.get("requestBody", {})))
    answers = {
        status: schemas.followed(given) for status, given in operation.get("responses", {}).items()
    }
    good = next((_media(given) for status, given in answers.items() if status < "3"), {})
    return Section(
        id=operation["operationId"],
        group=_group(operation, path),
        method=method.upper(),
        path=path,
        address=address,
        summary=operation.get("summary", operation["operationId"]).rstrip("."),
        description=inspect.cleandoc(operation.get("description", "")),
        auth=_auth(document, operation),
        fields=(
            *(_parameter(schemas, one) for one in parameters),
            *schemas.rows(media.get("schema", {})),
        ),
        answers=tuple(_answer(schemas, status, given) for status, given in answers.items()),
        body=_example(schemas, media),
        answer=_example(schemas, good),
        samples={
            one["name"]: str(one.get("example") or sample(schemas, one["schema"], one["name"]))
            for one in parameters
            if one.get("required") and one["in"] != "header"
        },
        incoming=not path,
    )


def _media(part: Mapping[str, Any]) -> Mapping[str, Any]:
    """The JSON of a body; empty where there is none."""
    found: Mapping[str, Any] = part.get("content", {}).get("application/json", {})
    return found


def _group(operation: Mapping[str, Any], path: str) -> str:
    if not path:
        return CALLBACKS
    if operation.get("tags"):
        return str(operation["tags"][0])
    words = [word for word in path.split("/") if word and not word.startswith("{")]
    telling = words[1] if words[0] == "projects" and len(words) > 1 else words[0]
    return _GROUPS.get(telling, "Installation")


def _auth(document: Mapping[str, Any], operation: Mapping[str, Any]) -> str:
    """The header that authorises; empty where none is needed."""
    schemes = document.get("components", {}).get("securitySchemes", {})
    for needed in operation.get("security", document.get("security", [])):
        for name in needed:
            scheme = schemes[name]
            return str(scheme["name"]) if scheme["type"] == "apiKey" else "authorization"
    return ""


def _parameter(schemas: Schemas, one: Mapping[str, Any]) -> Field:
    return schemas.field(
        one["name"],
        one.get("schema", {}),
        required=one.get("required", False),
        place=one["in"],
        description=one.get("description", ""),
    )


def _answer(schemas: Schemas, status: str, given: Mapping[str, Any]) -> Answer:
    schema: Schema = _media(given).get("schema", {})
    headers = {name: schemas.followed(one) for name, one in given.get("headers", {}).items()}
    fields = [_parameter(schemas, {**one, "name": n, "in": "header"}) for n, one in headers.items()]
    return Answer(
        status="other" if status == "default" else status,
        description=inspect.cleandoc(given.get("description", "")),
        note=inspect.cleandoc(schemas.resolved(schema)[0].get("description", "")),
        type=schemas.words(schema) if schema else "",
        fields=(*fields, *schemas.rows(schema)),
    )


def _example(schemas: Schemas, media: Mapping[str, Any]) -> str:
    """An example that the document gives, or one made from the schema."""
    if not media:
        return ""
    named = [one["value"] for one in media.get("examples", {}).values() if "value" in one]
    given = [media["example"]] if "example" in media else named
    chosen = given[0] if given else sample(schemas, media.get("schema", {}))
    return msgspec.json.format(msgspec.json.encode(chosen), indent=2).decode()
