"""Samples: data that a schema allows, for requests to begin with and answers to show."""

import re
from typing import Any

from watchword.edges.console.schemas import Names, Schema, Schemas

UUID = "01980c31-9a44-7d10-8b6f-6e0c1d2a3b4c"
_FORMATS = {
    "date-time": "2026-03-02T10:15:30.120Z",
    "email": "ada@shop.example",
    "ipv4": "192.0.2.7",
    "ipv6": "2001:db8::7",
    "uri": "https://shop.example/hooks",
    "uuid": UUID,
}
_STRINGS = {
    "account": "main",
    "amount": "25.00",
    "callback": UUID,
    "callback_url": "https://shop.example/hooks",
    "carrier": "Orange",
    "channel": "sms",
    "code": "048213",
    "content": "****** is your code.",
    "correlation_id": "order-20418",
    "country": "FR",
    "currency": "EUR",
    "email": "ada@shop.example",
    "hint": "wwt_4f…9c",
    "ip": "192.0.2.7",
    "kind": "number",
    "list": "blocked",
    "locale": "fr-FR",
    "message": "why, and what would help",
    "mode": "sandbox",
    "name": "main",
    "number": "+33612345678",
    "password": "a sentence only you know",
    "phone_number": "+33612345678",
    "period": "24h",
    "prefixes": "+33",
    "project": "shop",
    "provider": "twilio",
    "recipient_phone_number": "+33612345678",
    "regions": "FR",
    "role": "viewer",
    "route": "main",
    "scopes": "otp",
    "secret": "JBSWY3DPEHPK3PXP",
    "sender_id": "HARBOUR",
    "steps": "good",
    "template_id": "signup",
    "text": "{code} is your code.",
    "to": "+33612345678",
    "url": "https://shop.example/hooks",
    "value": "+33612345678",
}
_MOMENT = 1_772_446_530_120
"""Unix milliseconds, as the management API counts them."""
_MOMENTS = ("since", "until", "at", "before")
_FIRST_WORD = re.compile(r"\^\((\w+)\|")
"""How a pattern begins that lists words."""
_EMPTY: tuple[Any, ...] = (None, "", {}, [])


def sample(schemas: Schemas, schema: Schema, name: str = "", names: Names = ()) -> Any:  # noqa: ANN401 - JSON
    """Something that the schema allows: its own example where it has one."""
    found, names = schemas.resolved(schema, names)
    given = [found[key] for key in ("example", "const") if key in found] + found.get("examples", [])
    if given:
        return given[0]
    default, values = found.get("default"), found.get("enum", [])
    known = _STRINGS.get(name)
    if values:
        return known if known in values else values[0] if default is None else default
    if default not in _EMPTY:
        return default
    options = schemas.options(found, names)
    return (
        sample(schemas, options[0][0], name, options[0][1])
        if options
        else _made(schemas, found, name, names)
    )


def _made(schemas: Schemas, found: Schema, name: str, names: Names) -> Any:  # noqa: ANN401 - JSON
    """Something of the schema's type."""
    match found.get("type", "object" if "properties" in found else ""):
        case "object":
            return _object(schemas, found, names)
        case "array":
            parts = found.get("prefixItems") or [found.get("items", {})]
            again = [part for part in parts if part.get("$ref", "").rpartition("/")[2] in names]
            return [] if again else [sample(schemas, part, name, names) for part in parts]
        case "string":
            return _string(found, name)
        case "integer" | "number":
            moment = name.endswith("_at") or name in _MOMENTS
            return found.get("minimum", _MOMENT if moment else 1)
        case "boolean":
            return False
        case _:
            return None


def _object(schemas: Schemas, found: Schema, names: Names) -> dict[str, Any]:
    """Every field that must be given, or that has something to say."""
    required = found.get("required", ())
    return {
        name: sample(schemas, schema, name, names)
        for name, schema in found.get("properties", {}).items()
        if name in required or _telling(schemas.resolved(schema, names)[0], name)
    }


def _telling(found: Schema, name: str) -> bool:
    """Whether an optional field is worth showing: not where empty is what nearly everybody gives."""
    default = found.get("default", ...)
    return "enum" in found or default not in (None, "") or (default == "" and name in _STRINGS)


def _string(found: Schema, name: str) -> str:
    form = found.get("format", "")
    if form in _FORMATS:
        return _FORMATS[form]
    known = _STRINGS.get(name, found.get("default") or "string")
    pattern = found.get("pattern", "")
    if not re.search(pattern, known):
        word = _FIRST_WORD.match(pattern)
        known = word[1] if word else known
    return known[: found.get("maxLength", len(known))]
