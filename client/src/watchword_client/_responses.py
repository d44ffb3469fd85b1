"""Turning a response into the answer of a call, or into its error."""

from collections.abc import Iterable, Mapping
from typing import TypeVar

import httpx2
import msgspec

from ._decoding import MisshapenError, read_answer
from ._errors import ErrorResponse, SDKError, SDKValidationError
from ._models.answer import Answer
from ._models.refusal import Refusal
from ._operations.operation import Operation

Q = TypeVar("Q")
A = TypeVar("A", bound=Answer)
B = TypeVar("B", bound=Answer)


def interpret(operation: Operation[Q, A], response: httpx2.Response, secrets: Iterable[str]) -> A:
    """The answer in a response: exactly 200 and JSON, or else an error is raised.

    Raises ErrorResponse for 400 and JSON, SDKValidationError where the JSON has another shape
    than agreed, SDKError for all the rest.
    """
    headers = dict(response.headers)
    is_json = _media_type(headers) == "application/json"
    match response.status_code:
        case 200 if is_json:
            return _read(operation.name, response, operation.answer)
        case 400 if is_json:
            refusal = _read(operation.name, response, Refusal)
            raise ErrorResponse(refusal, headers=headers, secrets=secrets)
        case 200 | 400:
            reason = "Unexpected content type"
        case status:
            reason = "Server error" if status >= 500 else "Unexpected status"  # noqa: PLR2004
    raise SDKError(reason, status_code=response.status_code, body=response.text, headers=headers)


def _media_type(headers: Mapping[str, str]) -> str:
    return headers.get("content-type", "").partition(";")[0].strip().lower()


def _read(name: str, response: httpx2.Response, answer: type[B]) -> B:
    subject = f"Response of {name}"
    try:
        raw = msgspec.json.decode(response.content)
    except msgspec.DecodeError:
        problem = "$: Not JSON, though it says it is"
        raise SDKValidationError(subject, problems=[problem], raw_value=response.content) from None
    try:
        return read_answer(raw, answer)
    except MisshapenError as error:
        raise SDKValidationError(subject, problems=error.problems, raw_value=raw) from None
