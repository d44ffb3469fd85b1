"""What a call of the API is."""

from collections.abc import Mapping
from typing import Generic, Literal, TypeVar

from msgspec import Struct

from watchword_client._models.answer import Answer

Q = TypeVar("Q")
A = TypeVar("A", bound=Answer)


class Operation(Struct, Generic[Q, A], frozen=True, kw_only=True):
    """One call: where its fields go, and what is asked and answered.

    Fields named neither in the path nor in `headers` or `query` are the JSON body.
    """

    name: str
    method: Literal["GET", "POST"]
    path: str
    request: type[Q]
    answer: type[A]
    sole_field: str | None = None
    """The field that a bare string in place of a request stands for."""
    headers: Mapping[str, str] = {}
    """Fields that travel as headers."""
    query: Mapping[str, str] = {}
    """Fields that travel in the query."""
    sends_message: bool = False
    """Whether it carries an `Idempotency-Key`, so that a repeat does not send twice."""
