"""Enums that keep a word the SDK does not know yet."""

from enum import StrEnum
from typing import Self


class OpenEnum(StrEnum):
    """A set of words that the server may add to.

    A word outside the set becomes a member of its own, equal to its text and not listed by
    iteration, so that a newer server never breaks an older SDK. `match` statements over such a
    value need a `case _`.
    """

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        if not isinstance(value, str):
            return None
        member = str.__new__(cls, value)
        member._name_ = value
        member._value_ = value
        return member

    @property
    def is_known(self) -> bool:
        """Whether this version of the SDK lists the word."""
        return self.value in type(self)._value2member_map_
