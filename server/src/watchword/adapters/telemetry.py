"""Telemetry as Prometheus metrics; names are stable and documented in docs/reference/metrics.md."""

import os
from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Protocol, TypeVar

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.metrics import MetricWrapperBase
from prometheus_client.multiprocess import MultiProcessCollector

from watchword.domain.alert import Alert
from watchword.domain.money import Money
from watchword.domain.routing.breaker import Standing
from watchword.domain.screening.verdict import Decision, Verdict
from watchword.ports.telemetry import NO_SPAN, Span, Stretch, Told

log = structlog.get_logger(__name__)
Metric = TypeVar("Metric", bound=MetricWrapperBase)

DURATIONS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
POINTS = (-12, -10, -8, -6, -4, -2, 0, 2, 4, 8, 16)
ENDPOINTS = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
SHARED = "PROMETHEUS_MULTIPROC_DIR"
"""The variable that names the folder in which processes share their metrics."""
NOWHERE = "none"
"""The label where there is no country, no rule, no account."""
BREAKERS = {Standing.CLOSED: 0, Standing.SLOW: 1, Standing.OPEN: 2}
LABELS = {
    "watchword_requests": ("operation", "answer"),
    "watchword_request_seconds": ("operation",),
    "watchword_tasks": ("kind", "outcome"),
    "watchword_task_seconds": ("kind",),
    "watchword_sends": ("account", "channel", "country", "outcome"),
    "watchword_send_seconds": ("account", "channel"),
    "watchword_breaker": ("account", "channel", "country"),
    "watchword_breaker_changes": ("account", "channel", "standing"),
    "watchword_receipts": ("account", "channel", "status"),
    "watchword_forged_receipts": ("account",),
    "watchword_verdicts": ("verdict", "rule"),
    "watchword_checks": ("status", "country"),
    "watchword_budget_alerts": ("period", "level"),
    "watchword_fraud_points": (),
    "watchword_memory_entries": ("kind",),
    "watchword_outbox_delay_seconds": (),
    "watchword_outbox_due": (),
}
"""Every metric with its labels; a counter's name ends in `_total` where it is read."""


class Tracing(Protocol):
    """Where spans go; `watchword.adapters.tracing` is one such place."""

    def span(
        self, stretch: Stretch, name: str, parent: str | None, attributes: Mapping[str, Told]
    ) -> AbstractContextManager[Span]:
        """A span around what is done inside."""
        ...

    def close(self) -> None:
        """Send what is still waiting."""
        ...


class Bound(dict[tuple[str, ...], Metric]):
    """A metric's children by their labels, each asked for once: `labels()` is slow."""

    def __init__(self, metric: Metric) -> None:
        super().__init__()
        self._metric = metric

    def __missing__(self, labels: tuple[str, ...]) -> Metric:
        """Ask the metric, and keep the child."""
        child = self[labels] = self._metric.labels(*labels)
        return child


class PrometheusTelemetry:
    """The telemetry port, and the page that is scraped."""

    def __init__(self, tracing: Tracing | None = None) -> None:
        self.registry = CollectorRegistry()
        self._tracing = tracing
        self.traces = tracing is not None
        self._requests = self._counter(
            "watchword_requests", "Requests by operation and answer: a status or an error code."
        )
        self._request_seconds = self._histogram(
            "watchword_request_seconds", "Time from a request's headers to its answer."
        )
        self._tasks = self._counter("watchword_tasks", "Tasks carried out by kind and outcome.")
        self._task_seconds = self._histogram("watchword_task_seconds", "Time a task took.")
        self._sends = self._counter(
            "watchword_sends",
            "Messages handed to a provider account, by what it said: accepted, refused, or"
            " unavailable.",
        )
        self._send_seconds = self._histogram(
            "watchword_send_seconds", "Time a provider took to say so."
        )
        self._breakers = Bound(
            Gauge(
                "watchword_breaker",
                "Where the breaker of an account and channel stands, in a country or in all of them:"
                " 0 closed, 1 slow, 2 open.",
                LABELS["watchword_breaker"],
                registry=self.registry,
                multiprocess_mode="livemax",
            )
        )
        self._breaker_changes = self._counter(
            "watchword_breaker_changes", "Breakers that opened, closed, or found a route slow."
        )
        self._receipts = self._counter(
            "watchword_receipts", "Provider reports that moved a message's delivery status."
        )
        self._forged = self._counter(
            "watchword_forged_receipts", "Receipts refused because their signature is wrong."
        )
        self._verdicts = self._counter(
            "watchword_verdicts",
            "Judgements of the screening: allow, limit or block, and the rule that decided.",
        )
        self._checks = self._counter(
            "watchword_checks", "Checks of codes by their answer and the number's country."
        )
        self._alerts = self._counter(
            "watchword_budget_alerts", "Budgets of which 50, 80 or 100 per cent were spent."
        )
        self._points = Histogram(
            "watchword_fraud_points",
            "Log-odds of fraud of requests, less the limit for their price: refused from 0 on.",
            buckets=POINTS,
            registry=self.registry,
        )
        self._memory = Bound(
            Gauge(
                "watchword_memory_entries",
                "What this process remembers: requests by kind, codes under way, routes at rest.",
                LABELS["watchword_memory_entries"],
                registry=self.registry,
                multiprocess_mode="livemax",
            )
        )
        self.outbox_delay = self._gauge(
            "watchword_outbox_delay_seconds", "How long the oldest due task has been waiting."
        )
        self.outbox_due = self._gauge("watchword_outbox_due", "Tasks that are due now.")

    def _counter(self, name: str, documentation: str) -> Bound[Counter]:
        return Bound(Counter(name, documentation, LABELS[name], registry=self.registry))

    def _histogram(self, name: str, documentation: str) -> Bound[Histogram]:
        return Bound(
            Histogram(name, documentation, LABELS[name], buckets=DURATIONS, registry=self.registry)
        )

    def _gauge(self, name: str, documentation: str) -> Gauge:
        return Gauge(
            name,
            documentation,
            LABELS[name],
            registry=self.registry,
            multiprocess_mode="mostrecent",
        )

    def request(self, operation: str, answer: str, seconds: float) -> None:
        """Count and time a request."""
        self._requests[operation, answer].inc()
        self._request_seconds[operation,].observe(seconds)

    def task(self, kind: str, outcome: str, seconds: float) -> None:
        """Count and time a task."""
        self._tasks[kind, outcome].inc()
        self._task_seconds[kind,].observe(seconds)

    def send(
        self, account: str, channel: str, country: str | None, outcome: str, seconds: float
    ) -> None:
        """Count and time a hand-over."""
        self._sends[account, channel, country or NOWHERE, outcome].inc()
        self._send_seconds[account, channel].observe(seconds)

    def alert(self, alert: Alert) -> None:
        """Count an alert, and write a line: somebody should look."""
        self._alerts[alert.period, str(alert.level)].inc()
        log.warning(
            "budget",
            project=str(alert.project_id),
            period=alert.period,
            country=alert.country,
            per_cent=alert.level,
            spent=str(Money(alert.spent, alert.currency)),
            cap=str(Money(alert.cap, alert.currency)),
        )

    def breaker(
        self, account: str, channel: str, country: str, standing: Standing, because: str
    ) -> None:
        """Show where a breaker stands, and write a line: somebody may have to do something."""
        self._breakers[account, channel, country].set(BREAKERS[standing])
        self._breaker_changes[account, channel, standing].inc()
        level = log.info if standing is Standing.CLOSED else log.warning
        level(
            "breaker",
            account=account,
            channel=channel,
            country=country,
            standing=standing,
            because=because,
        )

    def receipt(self, account: str | None, channel: str | None, status: str) -> None:
        """Count a report."""
        self._receipts[account or NOWHERE, channel or NOWHERE, status].inc()

    def forged_receipt(self, account: str) -> None:
        """Count a receipt that was refused."""
        self._forged[(account,)].inc()

    def verdict(self, verdict: Verdict) -> None:
        """Count a judgement under the first finding that decided it."""
        rule = NOWHERE
        if verdict.decision is not Decision.ALLOW:
            rule = next(
                finding.reason
                for finding in verdict.findings
                if finding.enforced and finding.decision is verdict.decision
            )
        self._verdicts[verdict.decision, rule].inc()
        if verdict.points is not None and verdict.limit is not None:
            self._points.observe(verdict.points - verdict.limit)

    def remembered(self, entries: Mapping[str, int]) -> None:
        """Show how much is remembered, by kind."""
        for kind, count in entries.items():
            self._memory[(kind,)].set(count)

    def check(self, status: str, country: str | None) -> None:
        """Count a check."""
        self._checks[status, country or NOWHERE].inc()

    def span(
        self, stretch: Stretch, name: str, parent: str | None = None, **attributes: Told
    ) -> AbstractContextManager[Span]:
        """A span, where spans go anywhere."""
        if self._tracing is None:
            return NO_SPAN
        return self._tracing.span(stretch, name, parent, attributes)

    def page(self) -> bytes:
        """All metrics in the text format, of all processes where several serve one address."""
        if SHARED in os.environ:
            together = CollectorRegistry()
            MultiProcessCollector(together)  # type: ignore[no-untyped-call] # as the library has it
            return generate_latest(together)
        return generate_latest(self.registry)

    def close(self) -> None:
        """Send the spans that still wait; up to ten seconds where nobody takes them."""
        if self._tracing is not None:
            self._tracing.close()


def open_telemetry(environment: Mapping[str, str] = os.environ) -> PrometheusTelemetry:
    """Metrics, and traces where OTEL_EXPORTER_OTLP_ENDPOINT names a collector.

    The variables are OpenTelemetry's own:
    https://opentelemetry.io/docs/specs/otel/protocol/exporter/
    """
    if not any(environment.get(name) for name in ENDPOINTS):
        return PrometheusTelemetry()
    try:
        from watchword.adapters.tracing import OtlpTracing  # noqa: PLC0415 - an extra
    except ImportError as error:
        log.error(  # noqa: TRY400 - the cause is in the line, and no bug
            "no traces are sent: OTEL_EXPORTER_OTLP_ENDPOINT is set, and the extra is not installed",
            because=str(error),
            todo="install watchword[otel], or unset the variable",
        )
        return PrometheusTelemetry()
    return PrometheusTelemetry(OtlpTracing())
