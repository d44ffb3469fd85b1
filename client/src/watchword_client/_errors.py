"""Everything that can go wrong with a call, under one root."""

import builtins
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from ._decoding import MisshapenError, read_answer
from ._masking import without
from ._models.refusal import ErrorCode, Refusal


class DingError(Exception):
    """The root of all errors of this SDK; no text of one holds an API key or a code."""

    def __reduce__(self) -> tuple[Any, ...]:
        """So that an error can be sent to another process."""
        return _rebuilt, (type(self), self.args, self.__dict__)


def _rebuilt(kind: type[DingError], args: tuple[Any, ...], state: dict[str, Any]) -> DingError:
    error = kind.__new__(kind, *args)
    error.__dict__.update(state)
    return error


class ErrorResponse(DingError):  # noqa: N818  Ding's name
    """HTTP 400: the server refused the request and said why."""

    def __init__(
        self,
        refusal: Refusal,
        *,
        headers: Mapping[str, str] | None = None,
        secrets: Iterable[str] = (),
    ) -> None:
        code = refusal.code or ErrorCode("")
        message = refusal.message or ""
        super().__init__(without(": ".join(filter(None, (code, message))), secrets) or "refused")
        self.status_code = 400
        self.code = code
        """Kept as it came where this version of the SDK does not know it."""
        self.message = message
        self.doc_url = refusal.doc_url or ""
        self.extra = refusal.extra
        self.headers = dict(headers or {})


class SDKError(DingError):
    """Any other answer than a success or a typed refusal.

    `body` is the raw text; it stays out of the error's own text.
    """

    def __init__(
        self, reason: str, *, status_code: int, body: str, headers: Mapping[str, str]
    ) -> None:
        kind = headers.get("content-type", "no content type")
        super().__init__(f"{reason}: HTTP {status_code}, {kind}, {len(body)} characters")
        self.status_code = status_code
        self.body = body
        self.headers = dict(headers)

    @property
    def code(self) -> ErrorCode | None:
        """The code in the body, such as `spending_limit_exceeded`, where there is one."""
        refusal = self._refusal()
        return refusal.code if refusal else None

    @property
    def message(self) -> str | None:
        """The message in the body, where there is one."""
        refusal = self._refusal()
        return refusal.message if refusal else None

    def _refusal(self) -> Refusal | None:
        try:
            return read_answer(msgspec.json.decode(self.body), Refusal)
        except (msgspec.DecodeError, MisshapenError):
            return None


class SDKValidationError(DingError):
    """A request or a response that does not have the expected shape.

    `raw_value` is what was looked at, `problems` has one line for each place that does not fit.
    """

    def __init__(self, subject: str, *, problems: Iterable[str], raw_value: object) -> None:
        self.problems = tuple(problems)
        super().__init__(f"{subject} does not have the expected shape")
        self.subject = subject
        self.raw_value = raw_value

    def pretty(self) -> str:
        """The problems for people to read: a line that says where, then one for each."""
        return "\n".join([f"{self}:", *(f"  {problem}" for problem in self.problems)])


class ConnectionError(DingError, builtins.ConnectionError):  # noqa: A001  the builtin's own case
    """The server could not be reached, or the connection broke."""


class TimeoutError(DingError, builtins.TimeoutError):  # noqa: A001  the builtin's own case
    """The server did not answer in time."""


class UnexpectedError(DingError):
    """A hook, a key function or the HTTP client raised something; it is the `__cause__`."""
