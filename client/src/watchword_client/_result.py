"""What a standalone function answers: a value or an error, never an exception."""

from typing import Generic, Literal, NoReturn, TypeAlias, TypeVar

from msgspec import Struct

from ._errors import DingError

T = TypeVar("T")


class Ok(Struct, Generic[T], frozen=True):
    """The call succeeded."""

    value: T
    error: None = None
    ok: Literal[True] = True

    def unwrap(self) -> T:
        """The value."""
        return self.value


class Err(Struct, frozen=True):
    """The call failed."""

    error: DingError
    value: None = None
    ok: Literal[False] = False

    def unwrap(self) -> NoReturn:
        """Raises the error."""
        raise self.error


Result: TypeAlias = Ok[T] | Err
