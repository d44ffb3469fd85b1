"""What a client was made with, and what the environment adds."""

import logging
import os
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Protocol, TypeAlias
from uuid import UUID

from ._hooks import Hooks
from ._masking import masked_url
from ._retries import DEFAULT_RETRY_CODES, Clock, RetryConfig

DEFAULT_SERVER_URL = "http://127.0.0.1:8700/v1"
DEFAULT_TIMEOUT_MS = 10_000.0

ApiKey: TypeAlias = str | Callable[[], str] | Callable[[], Awaitable[str]]


class DebugLogger(Protocol):
    """Whatever takes a line of text: a `logging.Logger`, or an object of the caller's."""

    def debug(self, message: str, /) -> object:
        """Take a line of text."""


class Settings:
    """Everything about a client that its calls share."""

    def __init__(
        self,
        *,
        api_key: ApiKey | None,
        customer_uuid: str | UUID | None,
        server_url: str | None,
        retries: RetryConfig | None,
        retry_codes: Sequence[int | str] | None,
        timeout_ms: float | None,
        headers: Mapping[str, str] | None,
        debug_logger: DebugLogger | logging.Logger | None,
        clock: Clock | None,
    ) -> None:
        self.api_key = api_key or _environment("DING_API_KEY", "WATCHWORD_API_KEY")
        project = customer_uuid or _environment("WATCHWORD_CUSTOMER_UUID")
        self.customer_uuid = str(project) if project else None
        self.server_url = server_url or _environment("WATCHWORD_SERVER_URL") or DEFAULT_SERVER_URL
        self.retries = retries or RetryConfig()
        self.retry_codes = DEFAULT_RETRY_CODES if retry_codes is None else tuple(retry_codes)
        self.timeout_ms = timeout_ms
        self.headers = dict(headers or {})
        self.debug_logger = debug_logger
        self.clock = clock or Clock()
        self.hooks = Hooks()

    def __repr__(self) -> str:
        """Without the key, and without a password in the URL."""
        return f"Settings(server_url={masked_url(self.server_url)!r})"


def _environment(*names: str) -> str | None:
    return next((value for name in names if (value := os.environ.get(name, "").strip())), None)
