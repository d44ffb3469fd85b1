"""The whole of a call, from its arguments to its answer, with every effect left to a driver."""

from collections.abc import Callable, Generator, Mapping, Sequence
from typing import Any, TypeAlias, TypeVar

import httpx2
from msgspec import Struct

from ._errors import (
    ConnectionError,  # noqa: A004  ours, a subclass of the builtin
    DingError,
    SDKValidationError,
    TimeoutError,  # noqa: A004  ours, a subclass of the builtin
)
from ._hooks import HookContext
from ._masking import masked_body, masked_headers, masked_url, without
from ._models.answer import Answer
from ._operations.operation import Operation
from ._requests import Outgoing, build_outgoing
from ._responses import interpret
from ._retries import Failure, RetryConfig, Schedule
from ._settings import Settings

Q = TypeVar("Q", bound=Struct)
A = TypeVar("A", bound=Answer)
R = TypeVar("R")

Builder: TypeAlias = Callable[..., httpx2.Request]
_FIRST_ERROR_STATUS = 400


class Send(Struct, frozen=True):
    """Asks the driver to send a request and give back the response."""

    request: httpx2.Request


class Wait(Struct, frozen=True):
    """Asks the driver to let time pass, in seconds."""

    seconds: float


class Invoke(Struct, frozen=True):
    """Asks the driver to call a function of the caller's and give back what it returns."""

    function: Callable[..., Any]
    arguments: tuple[Any, ...] = ()


Effect: TypeAlias = Send | Wait | Invoke
Steps: TypeAlias = Generator[Effect, Any, R]
Happened: TypeAlias = httpx2.Response | Exception


def exchange(
    operation: Operation[Q, A],
    request: Q | Mapping[str, object] | str | None,
    arguments: Mapping[str, Any],
    settings: Settings,
    builder: Builder,
) -> Steps[A]:
    """The steps of one call: key, request, hooks, sending, retries, answer.

    Raises DingError, and whatever a function of the caller's raises.
    """
    api_key = yield from _api_key(settings)
    outgoing = build_outgoing(operation, request, arguments, settings, api_key)
    timeout_ms = arguments.get("timeout_ms") or settings.timeout_ms
    timeout = {} if timeout_ms is None else {"timeout": timeout_ms / 1_000}
    codes: Sequence[int | str] | None = arguments.get("retry_codes")
    retries: RetryConfig = arguments.get("retries") or settings.retries
    schedule = Schedule(retries, settings.retry_codes if codes is None else codes, settings.clock)
    attempt = 0
    while True:
        attempt += 1
        context = HookContext(operation=operation.name, attempt=attempt)
        sent = _built(outgoing, builder, timeout)
        happened = yield from _attempt(settings, context, sent, outgoing)
        seconds = schedule.wait(_failure(happened))
        if seconds is None:
            break
        _log(settings, context, f"again in {seconds:g} s", outgoing)
        yield Wait(seconds)
    if isinstance(happened, Exception):
        raise happened
    return interpret(operation, happened, outgoing.secrets)


def _api_key(settings: Settings) -> Steps[str | None]:
    key = settings.api_key
    if callable(key):
        key = yield Invoke(key)
    if key is None:
        return None
    key = str(key).strip()
    if not (key.isascii() and key.isprintable()):
        problem = "$.api_key: Expected visible ASCII characters only"
        raise SDKValidationError("The client's setup", problems=[problem], raw_value=None)
    return key


def _built(outgoing: Outgoing, builder: Builder, timeout: Mapping[str, float]) -> httpx2.Request:
    try:
        return builder(
            outgoing.method,
            outgoing.url,
            headers=dict(outgoing.headers),
            content=outgoing.content,
            **timeout,
        )
    except httpx2.InvalidURL as error:
        problem = f"$.server_url: {error}"
        raise SDKValidationError(
            "The client's setup", problems=[problem], raw_value=outgoing.url
        ) from None


def _attempt(
    settings: Settings, context: HookContext, request: httpx2.Request, outgoing: Outgoing
) -> Steps[Happened]:
    for before in settings.hooks.all_before_request():
        replaced = yield Invoke(before, (context, request))
        request = request if replaced is None else replaced
    _log_request(settings, context, request, outgoing)
    happened: Happened
    try:
        happened = yield Send(request)
    except httpx2.TimeoutException as error:
        happened = _because(TimeoutError("The server did not answer in time"), error)
    except httpx2.RequestError as error:
        # The text of the cause may quote a header, and so the key: only its kind is told.
        kind = type(error).__name__
        happened = _because(ConnectionError(f"The server could not be reached: {kind}"), error)
    _log_outcome(settings, context, happened, outgoing)
    if isinstance(happened, Exception) or happened.status_code >= _FIRST_ERROR_STATUS:
        for after in settings.hooks.all_after_error():
            pair = (None, happened) if isinstance(happened, Exception) else (happened, None)
            replaced = yield Invoke(after, (context, *pair))
            happened = happened if replaced is None else replaced
    else:
        for after_success in settings.hooks.all_after_success():
            replaced = yield Invoke(after_success, (context, happened))
            happened = happened if replaced is None else replaced
    return happened


def _failure(happened: Happened) -> Failure | None:
    match happened:
        case ConnectionError() | TimeoutError():
            return Failure()
        case Exception():
            return None
        case response:
            return Failure(response.status_code, response.headers.get("retry-after"))


def _because(error: DingError, cause: Exception) -> DingError:
    error.__cause__ = cause
    return error


def _log_request(
    settings: Settings, context: HookContext, request: httpx2.Request, outgoing: Outgoing
) -> None:
    if settings.debug_logger is None:
        return
    asked = f"{request.method} {masked_url(str(request.url))} {masked_headers(request.headers)}"
    body = masked_body(outgoing.content or b"", outgoing.secrets)
    _log(settings, context, f"{asked} {body}", outgoing)


def _log_outcome(
    settings: Settings, context: HookContext, happened: Happened, outgoing: Outgoing
) -> None:
    if settings.debug_logger is None:
        return
    if isinstance(happened, Exception):
        _log(settings, context, str(happened), outgoing)
        return
    headers = masked_headers(happened.headers)
    body = masked_body(happened.content, outgoing.secrets)
    _log(settings, context, f"HTTP {happened.status_code} {headers} {body}", outgoing)


def _log(settings: Settings, context: HookContext, line: str, outgoing: Outgoing) -> None:
    if settings.debug_logger is not None:
        line = f"{context.operation} #{context.attempt}: {line}"
        settings.debug_logger.debug(without(line, outgoing.secrets))
