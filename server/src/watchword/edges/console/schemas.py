"""Schemas: what a JSON Schema says of data, as rows that a page can draw."""

import inspect
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
from msgspec import Struct

Schema = Mapping[str, Any]
Names = tuple[str, ...]
"""The named schemas that lead to a place, by which one that holds itself is noticed."""

_WORDS = {
    "boolean": "boolean",
    "date-time": "date and time",
    "email": "email address",
    "integer": "whole number",
    "ipv4": "IPv4 address",
    "ipv6": "IPv6 address",
    "null": "null",
    "number": "number",
    "object": "object",
    "string": "string",
    "uri": "URL",
    "uuid": "UUID",
}
_KINDS = {str: "string", bool: "boolean", int: "integer", float: "number", type(None): "null"}


class Field(Struct, frozen=True, kw_only=True):
    """One field, or (as a `variant`) one of several kinds of object; `depth` is how deep it stands."""

    name: str
    type: str
    depth: int = 0
    required: bool = False
    description: str = ""
    values: tuple[str, ...] = ()
    limits: tuple[str, ...] = ()
    pattern: str = ""
    default: str = ""
    place: str = "body"
    variant: bool = False

    @property
    def explained(self) -> bool:
        """Whether the description says what each value means."""
        return all(f"`{value}`:" in self.description for value in self.values)


class Schemas:
    """The schemas of one OpenAPI document, whose references it follows."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document

    def target(self, reference: str) -> Any:  # noqa: ANN401 - any part of a document
        """What a reference within the document names (RFC 6901)."""
        found: Any = self._document
        for part in reference.removeprefix("#/").split("/"):
            found = found[part.replace("~1", "/").replace("~0", "~")]
        return found

    def followed(self, part: Mapping[str, Any]) -> Mapping[str, Any]:
        """A parameter, header or answer that may be a reference."""
        return self.target(part["$ref"]) if "$ref" in part else part

    def resolved(self, schema: Schema, names: Names = ()) -> tuple[dict[str, Any], Names]:
        """A schema with its references and `allOf` merged in; what it says itself goes first."""
        whole: dict[str, Any] = {}
        reference = schema.get("$ref", "")
        if reference:
            name = reference.rpartition("/")[2]
            if name in names:
                again = f"The fields of {name} again."
                return {"type": "object", "title": name, "description": again}, names
            whole, names = self.resolved(self.target(reference), (*names, name))
            whole.setdefault("title", name)
        for part in schema.get("allOf", ()):
            merged, names = self.resolved(part, names)
            whole = _merged(whole, merged)
        own = {key: value for key, value in schema.items() if key not in {"$ref", "allOf"}}
        whole = _merged(whole, own)
        kinds = whole.get("type")
        if isinstance(kinds, list):
            whole.pop("type")
            whole["anyOf"] = [{"type": kind} for kind in kinds]
        if whole.pop("nullable", False):
            whole = {"anyOf": [whole, {"type": "null"}]}
        return self._collapsed(whole, names)

    def _collapsed(self, schema: dict[str, Any], names: Names) -> tuple[dict[str, Any], Names]:
        """One alternative and null are that alternative, `null` said aside."""
        options = schema.get("anyOf") or schema.get("oneOf") or []
        others = [one for one in options if one.get("type") != "null"]
        if not options or len(others) != 1:
            return schema, names
        inner, names = self.resolved(others[0], names)
        outer = {key: value for key, value in schema.items() if key not in {"anyOf", "oneOf"}}
        return {**inner, **outer, "null": len(options) > 1}, names

    def options(self, schema: Schema, names: Names) -> list[tuple[dict[str, Any], Names]]:
        """The alternatives of a resolved schema, but for null."""
        given = schema.get("anyOf") or schema.get("oneOf") or []
        return [self.resolved(one, names) for one in given if one.get("type") != "null"]

    def words(self, schema: Schema, names: Names = ()) -> str:
        """The type in words."""
        found, names = self.resolved(schema, names)
        return self._kind(found, names) + (", or null" if found.get("null") else "")

    def _kind(self, found: Schema, names: Names) -> str:
        options = [self.words(one, inner) for one, inner in self.options(found, names)]
        if options:
            return " or ".join(dict.fromkeys(options))
        if "prefixItems" in found:
            parts = [self.words(one, names) for one in found["prefixItems"]]
            return f"list of {len(parts)}: {', '.join(parts)}"
        if found.get("type") == "array":
            return f"list of {_plural(self.words(found.get('items', {}), names))}"
        every = found.get("additionalProperties")
        if found.get("type") == "object" and isinstance(every, dict):
            return f"object of {_plural(self.words(every, names))} by name"
        if found.get("maxLength") == 0:
            return "empty string"
        kind = found.get("type") or _kind_of(found)
        return _WORDS.get(found.get("format", ""), _WORDS.get(kind, "any value"))

    def rows(self, schema: Schema, depth: int = 0, names: Names = ()) -> Iterator[Field]:
        """The fields of an object, of those in a list, or of each kind that it may be."""
        found, names = self.resolved(schema, names)
        options = self.options(found, names)
        if len(options) > 1:
            for one, inner in options:
                if one.get("properties"):
                    yield Field(
                        name=one.get("title", "object"),
                        type=self.words(one, inner),
                        depth=depth,
                        description=inspect.cleandoc(one.get("description", "")),
                        variant=True,
                    )
                    yield from self.rows(one, depth + 1, inner)
        for one in found.get("prefixItems", ()):
            yield from self.rows(one, depth, names)
        if isinstance(found.get("items"), dict):
            yield from self.rows(found["items"], depth, names)
        required = found.get("required", ())
        for name, inner_schema in found.get("properties", {}).items():
            yield self.field(name, inner_schema, depth, names, required=name in required)
            yield from self.rows(inner_schema, depth + 1, names)
        every = found.get("additionalProperties")
        if isinstance(every, dict) and (inside := list(self.rows(every, depth + 1, names))):
            yield Field(name="each", type=self.words(every, names), depth=depth, variant=True)
            yield from inside

    def field(
        self,
        name: str,
        schema: Schema,
        depth: int = 0,
        names: Names = (),
        *,
        required: bool = False,
        place: str = "body",
        description: str = "",
    ) -> Field:
        """One field."""
        found, inner = self.resolved(schema, names)
        items = self.resolved(found["items"], inner)[0] if _has_items(found) else {}
        values = found.get("enum") or items.get("enum") or ()
        if "const" in found:
            values = (found["const"],)
        said = description or found.get("description") or items.get("description", "")
        default = found.get("default")
        return Field(
            name=name,
            type=self.words(schema, names),
            depth=depth,
            required=required,
            description=inspect.cleandoc(said),
            values=tuple(str(value) for value in values),
            limits=tuple(_limits(found)),
            pattern=found.get("pattern", ""),
            default="" if default in (None, "", {}, []) else msgspec.json.encode(default).decode(),
            place=place,
        )


def _has_items(schema: Schema) -> bool:
    return isinstance(schema.get("items"), dict)


def _merged(first: Mapping[str, Any], second: Mapping[str, Any]) -> dict[str, Any]:
    whole = {**first, **second}
    for key in ("properties", "patternProperties"):
        if key in first and key in second:
            whole[key] = dict(first[key])
            for name, schema in second[key].items():
                whole[key][name] = {**first[key].get(name, {}), **schema}
    if "required" in first and "required" in second:
        whole["required"] = list(dict.fromkeys([*first["required"], *second["required"]]))
    return whole


def _kind_of(schema: Schema) -> str:
    """The type of a schema that only names values."""
    values = schema.get("enum") or ([schema["const"]] if "const" in schema else [])
    if values:
        return _KINDS.get(type(values[0]), "")
    return "object" if "properties" in schema else ""


def _plural(word: str) -> str:
    first, comma, rest = word.partition(",")
    many = " or ".join(
        f"{one}es" if one.endswith("s") else f"{one}s" for one in first.split(" or ")
    )
    known = {"date and times": "dates and times", "any values": "any values"}
    return known.get(many, many) + comma + rest


def _limits(schema: Schema) -> Iterator[str]:
    for lowest, highest, unit in (
        ("minimum", "maximum", ""),
        ("minLength", "maxLength", "character"),
        ("minItems", "maxItems", "item"),
    ):
        low, high = schema.get(lowest), schema.get(highest)
        last = low if high is None else high
        after = f" {unit}{'' if last == 1 else 's'}" if unit else ""
        if low is not None and high is not None:
            yield f"{low} to {high}{after}" if low != high else f"exactly {low}{after}"
        elif last is not None:
            yield f"at {'least' if high is None else 'most'} {last}{after}"
