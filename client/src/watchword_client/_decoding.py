"""Reading a decoded JSON object into an answer: unknown things are kept, wrong ones listed."""

import types
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any, TypeVar, get_args

import msgspec

from ._models.answer import Answer, Picker

A = TypeVar("A", bound=Answer)


class MisshapenError(ValueError):
    """What was read does not fit, with one line per place that does not."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = tuple(problems)


def read_answer(raw: object, answer: type[A]) -> A:
    """The answer in `raw`; raises MisshapenError naming every field that does not fit."""
    problems: list[str] = []
    value = _read_object(raw, answer, "$", problems)
    if problems or value is None:
        raise MisshapenError(problems)
    return value


def read_timestamp(raw: object) -> datetime:
    """An RFC 3339 timestamp as an aware datetime; digits beyond microseconds are cut off."""
    if not isinstance(raw, str):
        raise ValueError(f"Expected a timestamp, got `{_kind(raw)}`")  # noqa: TRY004  one kind
    try:
        moment = datetime.fromisoformat(raw.upper())
    except ValueError:
        raise ValueError("Expected an RFC 3339 timestamp") from None
    if moment.tzinfo is None:
        raise ValueError("Expected a timestamp with a zone")
    return moment


@cache
def _hints(answer: type[Answer]) -> Mapping[str, Any]:
    fields = msgspec.structs.fields(answer)
    return {field.name: field.type for field in fields if field.name != "extra"}


def _read_object(raw: object, answer: type[A], path: str, problems: list[str]) -> A | None:
    if not isinstance(raw, dict):
        problems.append(f"{path}: Expected `object`, got `{_kind(raw)}`")
        return None
    hints = _hints(answer)
    values: dict[str, Any] = {}
    extra: dict[str, Any] = {}
    for key, item in raw.items():
        if key not in hints:
            extra[key] = item
        elif item is None:
            continue
        elif key in answer.parts:
            values[key] = _read_part(item, hints[key], answer.parts[key], f"{path}.{key}", problems)
        else:
            values[key] = _read_value(item, hints[key], f"{path}.{key}", problems)
    return answer(**values, extra=extra)


def _read_part(
    raw: object, hint: object, pick: Picker, path: str, problems: list[str]
) -> Answer | tuple[Answer | None, ...] | None:
    if not isinstance(hint, types.GenericAlias):
        return _read_picked(raw, pick, path, problems)
    if not isinstance(raw, list):
        problems.append(f"{path}: Expected `array`, got `{_kind(raw)}`")
        return None
    return tuple(
        _read_picked(item, pick, f"{path}[{position}]", problems)
        for position, item in enumerate(raw)
    )


def _read_picked(raw: object, pick: Picker, path: str, problems: list[str]) -> Answer | None:
    if not isinstance(raw, Mapping):
        problems.append(f"{path}: Expected `object`, got `{_kind(raw)}`")
        return None
    picked = pick(raw)
    if isinstance(picked, Answer):
        return picked
    return _read_object(raw, picked, path, problems)


def _read_value(raw: object, hint: object, path: str, problems: list[str]) -> object:
    wanted = get_args(hint)
    try:
        if datetime in wanted:
            return read_timestamp(raw)
        if int in wanted and isinstance(raw, float) and raw.is_integer():
            return int(raw)  # JSON has one kind of number: 3.0 is the integer 3
        value: object = msgspec.convert(raw, hint)
    except (ValueError, msgspec.ValidationError) as error:
        problems.append(f"{path}: {error}")
        return None
    return value


def _kind(raw: object) -> str:
    match raw:
        case None:
            return "null"
        case bool():
            return "bool"
        case int():
            return "int"
        case float():
            return "float"
        case str():
            return "str"
        case list():
            return "array"
        case _:
            return "object"
