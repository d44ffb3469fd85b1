"""Whether to send a request again, and after how long."""

import random
import time
from collections.abc import Callable, Sequence
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Literal

from msgspec import Struct

DEFAULT_RETRY_CODES: tuple[int | str, ...] = (429, 500, 502, 503, 504)
_JITTER_MS = 1_000


class BackoffStrategy(Struct, frozen=True):
    """Growing waits, in milliseconds; the defaults are those of the Ding SDKs."""

    initial_interval: int = 500
    max_interval: int = 60_000
    exponent: float = 1.5
    max_elapsed_time: int = 3_600_000

    def interval(self, retry: int, jitter: float) -> float:
        """The wait before a retry, counted from 0; `jitter` is 0 to 1.

        Chance adds up to a second, but never more than the wait itself.
        """
        try:
            plain = self.initial_interval * self.exponent**retry
        except OverflowError:
            plain = self.max_interval
        return min(plain + jitter * min(plain, _JITTER_MS), self.max_interval)


class RetryConfig(Struct, frozen=True):
    """Whether failed requests are sent again; by default they are not."""

    strategy: Literal["backoff", "none"] = "none"
    backoff: BackoffStrategy = BackoffStrategy()
    retry_connection_errors: bool = False


class Clock(Struct, frozen=True):
    """Where time and chance come from; replaced in tests."""

    elapsed: Callable[[], float] = time.monotonic
    """Seconds since some fixed moment."""
    now: Callable[[], float] = time.time
    """Unix seconds, to read `Retry-After` dates by."""
    jitter: Callable[[], float] = random.random
    """A number from 0 to 1."""


class Failure(Struct, frozen=True):
    """What a retry is decided by: a status with its `Retry-After`, or no answer at all."""

    status_code: int | None = None
    retry_after: str | None = None


class Schedule:
    """The waits of one call, from its first request on."""

    def __init__(self, config: RetryConfig, codes: Sequence[int | str], clock: Clock) -> None:
        self._config = config
        self._codes = tuple(str(code).upper() for code in codes)
        self._clock = clock
        self._started = clock.elapsed()
        self._retries = 0

    def wait(self, failure: Failure | None) -> float | None:
        """Seconds until the next request, or None where there shall be none.

        No failure, or one that is not the server's or the network's, is never tried again.
        `Retry-After` is obeyed even beyond `max_interval`. No wait goes past `max_elapsed_time`.
        """
        if failure is None or self._config.strategy != "backoff" or not self._retriable(failure):
            return None
        backoff = self._config.backoff
        wait = 1_000 * retry_after_seconds(failure.retry_after, self._clock.now())
        if wait <= 0:
            wait = backoff.interval(self._retries, self._clock.jitter())
        elapsed = 1_000 * (self._clock.elapsed() - self._started)
        if elapsed + wait > backoff.max_elapsed_time:
            return None
        self._retries += 1
        return wait / 1_000

    def _retriable(self, failure: Failure) -> bool:
        if failure.status_code is None:
            return self._config.retry_connection_errors
        status = str(failure.status_code)
        return status in self._codes or f"{status[0]}XX" in self._codes


def retry_after_seconds(value: str | None, now: float) -> float:
    """Seconds that a `Retry-After` header asks to wait (RFC 9110, 10.2.3); 0 for none."""
    if not value:
        return 0
    value = value.strip()
    if value.isdecimal() and value.isascii():
        return float(value)
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return 0
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0, moment.timestamp() - now)
