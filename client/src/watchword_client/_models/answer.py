"""What every answer, and every part of one, has in common."""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, TypeAlias

from msgspec import Struct, field

Picker: TypeAlias = Callable[[Mapping[str, Any]], "type[Answer] | Answer"]


class Answer(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A decoded object; fields that the server left out or answered with null are None."""

    extra: Mapping[str, Any] = field(default_factory=dict)
    """Keys that this version of the SDK has no field for, as they came."""

    parts: ClassVar[Mapping[str, Picker]] = {}
    """Fields that hold answers themselves, each with what tells the type of one."""
