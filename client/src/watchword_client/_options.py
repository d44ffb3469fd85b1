"""What can be chosen for one call, and by default for all calls of a client."""

from collections.abc import Mapping, Sequence
from typing import TypedDict

from ._retries import RetryConfig


class CallOptions(TypedDict, total=False):
    """What any call can be given beside its fields; None is the client's own choice."""

    headers: Mapping[str, str] | None
    """Sent in addition to, or in place of, the usual ones."""
    timeout_ms: float | None
    """Milliseconds for each of connecting, sending and waiting, in each request."""
    server_url: str | None
    retries: RetryConfig | None
    retry_codes: Sequence[int | str] | None
    """Status codes to retry, such as 503 or "5XX"."""


class SendingOptions(CallOptions, total=False):
    """What a call that sends a message can be given beside its fields."""

    idempotency_key: str | None
    """Names the call: the server sends once for it. A fresh UUID where left out."""


OPTION_NAMES = frozenset(SendingOptions.__annotations__)
