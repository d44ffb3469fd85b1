"""The OpenAPI document of the management API, made from the table of operations."""

import re
from functools import cache
from typing import Any

import msgspec

from watchword.edges.management.operation import Operation
from watchword.edges.management.table import OPERATIONS

_PLACE = re.compile(r"\{(\w+)\}")
PROJECT = "The id or the name of a project; `all` where an operation is for all at once."


@cache
def document(url: str) -> bytes:
    """OpenAPI 3.1 as JSON; `url` is where the installation answers."""
    types = [t for o in OPERATIONS.values() for t in (o.takes, o.gives)]
    schemas, components = msgspec.json.schema_components(
        types, ref_template="#/components/schemas/{name}"
    )
    takes, gives = schemas[::2], schemas[1::2]
    paths: dict[str, dict[str, Any]] = {}
    for operation, taken, given in zip(OPERATIONS.values(), takes, gives, strict=True):
        entry = _entry(operation, _resolved(taken, components), given)
        paths.setdefault(operation.path, {})[operation.method.lower()] = entry
    problem = {
        "type": "object",
        "properties": {"code": {"type": "string"}, "message": {"type": "string"}},
        "required": ["code", "message"],
    }
    return msgspec.json.encode(
        {
            "openapi": "3.1.0",
            "info": {
                "title": "Watchword management API",
                "version": "1",
                "description": "Everything an operator can do. `watchword operators token` makes a "
                "token; the console uses the same operations.",
            },
            "servers": [{"url": f"{url}/manage/v1"}],
            "security": [{"token": []}],
            "paths": paths,
            "components": {
                "schemas": {**components, "Problem": problem},
                "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            },
        }
    )


def _resolved(schema: dict[str, Any], components: dict[str, Any]) -> dict[str, Any]:
    name = schema.get("$ref", "").rpartition("/")[2]
    found: dict[str, Any] = components[name] if name else schema
    return found


def _entry(operation: Operation, taken: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    places = _PLACE.findall(operation.path)
    fields: dict[str, Any] = taken.get("properties", {})
    required = taken.get("required", [])
    parameters = [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": fields.get(name, {"type": "string", "description": PROJECT}),
        }
        for name in places
    ]
    others = {name: schema for name, schema in fields.items() if name not in places}
    entry: dict[str, Any] = {
        "operationId": operation.name,
        "summary": operation.summary,
        "description": f"Needs the role `{operation.role}`"
        + (" in the project." if operation.of_project else " in the installation.")
        + (" Only for a person who is signed in." if operation.by_session else ""),
        "responses": {
            "200": {
                "description": "Done",
                "content": {"application/json": {"schema": given}},
            },
            "default": {
                "description": "A problem: its code and a sentence.",
                "content": {
                    "application/json": {"schema": {"$ref": "#/components/schemas/Problem"}}
                },
            },
        },
    }
    if operation.reads:
        parameters += [
            {"name": name, "in": "query", "required": name in required, "schema": schema}
            for name, schema in others.items()
        ]
    elif others:
        body = {
            "type": "object",
            "properties": others,
            "required": [name for name in required if name in others],
        }
        entry["requestBody"] = {"content": {"application/json": {"schema": body}}}
    if parameters:
        entry["parameters"] = parameters
    return entry
