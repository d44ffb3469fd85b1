"""Telemetry: what is counted, timed and traced of requests, tasks and messages."""

from contextlib import AbstractContextManager
from typing import Literal, Protocol
from uuid import UUID

from watchword.domain.alert import Alert
from watchword.domain.routing.breaker import Standing
from watchword.domain.screening.verdict import Verdict

Stretch = Literal["request", "task", "send", "callback"]
"""What a span is about: one request, one task, one hand-over to a provider, one callback."""
Told = str | int | UUID
"""What a span may be told; never a number, a code or a key."""


class Span(Protocol):
    """One stretch of work in a trace."""

    @property
    def trace_id(self) -> str | None:
        """The trace it belongs to, 32 hexadecimal digits; None where nothing is traced."""
        ...

    def tell(self, **attributes: Told) -> None:
        """Note what became known on the way."""
        ...

    def fail(self, because: str) -> None:
        """Mark it as failed; `because` is a word, not a message that may quote something."""
        ...


class NoSpan:
    """The span where nothing is traced; it may be entered any number of times."""

    trace_id: str | None = None

    def __enter__(self) -> "NoSpan":
        """Begin nothing."""
        return self

    def __exit__(self, *_: object) -> None:
        """End nothing."""

    def tell(self, **_: Told) -> None:
        """Note nothing."""

    def fail(self, _because: str) -> None:
        """Mark nothing."""


NO_SPAN = NoSpan()


class Telemetry(Protocol):
    """Where counts, durations and spans go; names and labels never hold anything of a person."""

    @property
    def traces(self) -> bool:
        """Whether spans go anywhere."""
        ...

    def request(self, operation: str, answer: str, seconds: float) -> None:
        """A request was answered; `answer` is a status or an error code."""
        ...

    def task(self, kind: str, outcome: str, seconds: float) -> None:
        """A task was carried out; `outcome` is `done` or `failed`."""
        ...

    def send(
        self, account: str, channel: str, country: str | None, outcome: str, seconds: float
    ) -> None:
        """A provider was handed a message; `outcome` is `accepted`, `refused` or `unavailable`."""
        ...

    def alert(self, alert: Alert) -> None:
        """A budget reached a level."""
        ...

    def breaker(
        self, account: str, channel: str, country: str, standing: Standing, because: str
    ) -> None:
        """A breaker opened, closed, or found its route slow; `country` is `*` for all of them."""
        ...

    def receipt(self, account: str | None, channel: str | None, status: str) -> None:
        """A provider's report moved a delivery status; account and channel may not be known yet."""
        ...

    def forged_receipt(self, account: str) -> None:
        """A request to an account's receipt address was not signed as it must be."""
        ...

    def verdict(self, verdict: Verdict) -> None:
        """A request to send was judged, and the judgement written down."""
        ...

    def check(self, status: str, country: str | None) -> None:
        """A code was checked against an authentication of this caller."""
        ...

    def span(
        self, stretch: Stretch, name: str, parent: str | None = None, **attributes: Told
    ) -> AbstractContextManager[Span]:
        """A span around what is done inside; `parent` is a W3C traceparent from outside.

        A span inside another belongs to it. An exception that leaves it marks it as failed.
        """
        ...


class NoTelemetry:
    """Counts and traces nothing."""

    traces = False

    def alert(self, alert: Alert) -> None:
        """Count nothing."""

    def request(self, operation: str, answer: str, seconds: float) -> None:
        """Count nothing."""

    def task(self, kind: str, outcome: str, seconds: float) -> None:
        """Count nothing."""

    def send(
        self, account: str, channel: str, country: str | None, outcome: str, seconds: float
    ) -> None:
        """Count nothing."""

    def breaker(
        self, account: str, channel: str, country: str, standing: Standing, because: str
    ) -> None:
        """Count nothing."""

    def receipt(self, account: str | None, channel: str | None, status: str) -> None:
        """Count nothing."""

    def forged_receipt(self, account: str) -> None:
        """Count nothing."""

    def verdict(self, verdict: Verdict) -> None:
        """Count nothing."""

    def check(self, status: str, country: str | None) -> None:
        """Count nothing."""

    def span(
        self,
        stretch: Stretch,  # noqa: ARG002 - the port's signature
        name: str,  # noqa: ARG002 - the port's signature
        parent: str | None = None,  # noqa: ARG002 - the port's signature
        **attributes: Told,  # noqa: ARG002 - the port's signature
    ) -> NoSpan:
        """Trace nothing."""
        return NO_SPAN


NO_TELEMETRY = NoTelemetry()
