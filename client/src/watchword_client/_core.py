"""The small clients that the standalone functions are given."""

import asyncio
import inspect
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import Any, Generic, Self, TypeVar
from uuid import UUID

import httpx2
from msgspec import Struct

from ._drivers import drive, drive_async
from ._errors import DingError, UnexpectedError
from ._exchange import Effect, Invoke, Send, Steps, Wait, exchange
from ._hooks import Hooks
from ._masking import masked_url
from ._models.answer import Answer
from ._operations.operation import Operation
from ._result import Err, Ok, Result
from ._retries import Clock, RetryConfig
from ._settings import DEFAULT_TIMEOUT_MS, ApiKey, DebugLogger, Settings

Q = TypeVar("Q", bound=Struct)
A = TypeVar("A", bound=Answer)
C = TypeVar("C", httpx2.Client, httpx2.AsyncClient)


class Core(Generic[C]):
    """What both kinds of client share: everything but the waiting."""

    def __init__(
        self,
        api_key: ApiKey | None = None,
        *,
        customer_uuid: str | UUID | None = None,
        server_url: str | None = None,
        http_client: C | None = None,
        retries: RetryConfig | None = None,
        retry_codes: Sequence[int | str] | None = None,
        timeout_ms: float | None = None,
        headers: Mapping[str, str] | None = None,
        debug_logger: DebugLogger | logging.Logger | None = None,
        clock: Clock | None = None,
        sleep: Callable[[float], Any] | None = None,
    ) -> None:
        """A client; `sleep` and `clock` are replaced in tests, times are milliseconds.

        What is not given comes from `DING_API_KEY` or `WATCHWORD_API_KEY`,
        `WATCHWORD_CUSTOMER_UUID` and `WATCHWORD_SERVER_URL`. An `http_client` that is given is
        not closed.
        """
        self._settings = Settings(
            api_key=api_key,
            customer_uuid=customer_uuid,
            server_url=server_url,
            retries=retries,
            retry_codes=retry_codes,
            timeout_ms=timeout_ms,
            headers=headers,
            debug_logger=debug_logger,
            clock=clock,
        )
        self._owns_client = http_client is None
        self._http: C = self._new_http_client() if http_client is None else http_client
        self._sleep: Callable[[float], Any] = sleep or self._default_sleep

    def __repr__(self) -> str:
        """Without the key."""
        settings = self._settings
        url, project = masked_url(settings.server_url), settings.customer_uuid
        return f"{type(self).__name__}(server_url={url!r}, customer_uuid={project!r})"

    @property
    def hooks(self) -> Hooks:
        """Where hooks are registered."""
        return self._settings.hooks

    def _steps(
        self,
        operation: Operation[Q, A],
        request: Q | Mapping[str, object] | str | None,
        arguments: Mapping[str, object],
    ) -> Steps[A]:
        return exchange(operation, request, arguments, self._settings, self._http.build_request)

    def _new_http_client(self) -> C:
        raise NotImplementedError

    def _default_sleep(self, seconds: float) -> object:
        raise NotImplementedError


class DingCore(Core[httpx2.Client]):
    """A client for the standalone functions."""

    def call(
        self,
        operation: Operation[Q, A],
        request: Q | Mapping[str, object] | str | None,
        arguments: Mapping[str, object],
    ) -> Result[A]:
        """Carry a call out; its failure is a value too."""
        try:
            return Ok(drive(self._steps(operation, request, arguments), self._perform))
        except Exception as error:  # noqa: BLE001  nothing is raised, by promise
            return _failed(error)

    def close(self) -> None:
        """Close the connections, unless they are the caller's."""
        if self._owns_client:
            self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _perform(self, effect: Effect) -> object:
        match effect:
            case Send(request):
                return self._http.send(request)
            case Wait(seconds):
                return self._sleep(seconds)
            case Invoke(function, arguments):
                returned = function(*arguments)
                if inspect.iscoroutine(returned):
                    returned.close()
                if inspect.isawaitable(returned):
                    raise TypeError("A coroutine function needs AsyncDing or AsyncDingCore")
                return returned

    def _new_http_client(self) -> httpx2.Client:
        return httpx2.Client(timeout=DEFAULT_TIMEOUT_MS / 1_000)

    def _default_sleep(self, seconds: float) -> None:
        time.sleep(seconds)


class AsyncDingCore(Core[httpx2.AsyncClient]):
    """A client for the standalone asynchronous functions."""

    async def call(
        self,
        operation: Operation[Q, A],
        request: Q | Mapping[str, object] | str | None,
        arguments: Mapping[str, object],
    ) -> Result[A]:
        """Carry a call out; its failure is a value too."""
        try:
            return Ok(await drive_async(self._steps(operation, request, arguments), self._perform))
        except Exception as error:  # noqa: BLE001  nothing is raised, by promise
            return _failed(error)

    async def aclose(self) -> None:
        """Close the connections, unless they are the caller's."""
        if self._owns_client:
            await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.aclose()

    async def _perform(self, effect: Effect) -> object:
        match effect:
            case Send(request):
                return await self._http.send(request)
            case Wait(seconds):
                return await self._sleep(seconds)
            case Invoke(function, arguments):
                returned = function(*arguments)
                return await returned if inspect.isawaitable(returned) else returned

    def _new_http_client(self) -> httpx2.AsyncClient:
        return httpx2.AsyncClient(timeout=DEFAULT_TIMEOUT_MS / 1_000)

    async def _default_sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


def _failed(error: Exception) -> Err:
    if isinstance(error, DingError):
        return Err(error)
    # Its own text is not told: it may quote what it was given.
    kind = type(error).__name__
    text = f"A hook, a key function or the HTTP client raised {kind}"
    unexpected = UnexpectedError(text)
    unexpected.__cause__ = error
    return Err(unexpected)
