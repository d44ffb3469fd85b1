"""Project settings as a person types them: `name=value`, nested with dots, checked before kept."""

import difflib
from collections.abc import Sequence
from typing import Any

import msgspec

from watchword.domain.message import check_origin
from watchword.domain.project import Limits, ProjectSettings
from watchword.domain.sender_id import parse_sender_id
from watchword.domain.template import WARNING, check_template


class SettingError(ValueError):
    """A setting is unknown, or cannot have the value it was given; the message says what to do."""


def values_of(changes: Sequence[str]) -> dict[str, Any]:
    """What was typed as `name=value`, by name; a value is JSON, or else text.

    Raises:
        SettingError: there is no `=`.

    """
    values: dict[str, Any] = {}
    for change in changes:
        name, equals, text = change.partition("=")
        if not equals:
            raise SettingError(f"{change!r} is no setting; write it as name=value")
        values[name] = _value(text)
    return values


def with_values(settings: ProjectSettings, values: dict[str, Any]) -> ProjectSettings:
    """The settings with each value put in, of `limits` only what is named; `limits.ip_hour` is one of them.

    Raises:
        SettingError: one cannot be.

    """
    document: dict[str, Any] = msgspec.to_builtins(settings)
    for name, value in values.items():
        if name == "limits" and isinstance(value, dict):
            for limit, most in value.items():
                _put(document, f"limits.{limit}", most)
        else:
            _put(document, name, value)
    return _read(document)


def _read(document: dict[str, Any]) -> ProjectSettings:
    try:
        changed = msgspec.convert(document, ProjectSettings)
    except msgspec.ValidationError as error:
        raise SettingError(f"this setting cannot have this value: {error}") from None
    _check(changed)
    return changed


def _value(text: str) -> object:
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError:
        return text


def _put(document: dict[str, Any], name: str, value: object) -> None:
    first, dot, rest = name.partition(".")
    known = list(ProjectSettings.__struct_fields__)
    place = document
    if dot and first == "limits":
        known, first, place = list(Limits.__struct_fields__), rest, document["limits"]
    if first not in known or (dot and place is document):
        close = difflib.get_close_matches(first, known, n=1)
        hint = f"Did you mean {close[0]!r}?" if close else f"There are {', '.join(known)}."
        raise SettingError(f"there is no setting {name!r}. {hint}")
    place[first] = value


def _check(settings: ProjectSettings) -> None:
    """What the types cannot say."""
    for sender in (settings.sender_id, *settings.sender_ids):
        if sender is not None and parse_sender_id(sender) != sender:
            raise SettingError(f"{sender!r} is no sender that networks carry")
    for template in settings.templates:
        faults = [fault for fault in check_template(template) if not fault.startswith(WARNING)]
        if faults:
            raise SettingError(f"template {template.template_id!r}: {'; '.join(faults)}")
    if settings.origin is not None and check_origin(settings.origin) is None:
        raise SettingError(f"{settings.origin!r} is no host name such as example.com")
    names = [route.name for route in settings.routes]
    if len(set(names)) != len(names):
        raise SettingError("two routes share a name")
    for rule in settings.route_rules:
        missing = set(rule.routes) - set(names)
        if missing or not rule.routes or not rule.prefixes:
            what = f"names routes that are not there: {', '.join(sorted(missing))}"
            raise SettingError(f"a route rule {what if missing else 'needs prefixes and routes'}")


def warnings_of(settings: ProjectSettings) -> list[str]:
    """What may be kept and is better known."""
    return [
        f"template {template.template_id}: {warning.removeprefix(WARNING)}"
        for template in settings.templates
        for warning in check_template(template)
        if warning.startswith(WARNING)
    ]
