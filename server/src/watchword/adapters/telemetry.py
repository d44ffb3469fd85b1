"""Telemetry as Prometheus metrics; names are stable and documented in docs/reference/metrics.md."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

DURATIONS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


class PrometheusTelemetry:
    """The telemetry port, and the page that is scraped."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._requests = Counter(
            "watchword_requests",
            "Requests by operation and answer: a status or an error code.",
            ["operation", "answer"],
            registry=self.registry,
        )
        self._request_seconds = Histogram(
            "watchword_request_seconds",
            "Time from a request's headers to its answer.",
            ["operation"],
            buckets=DURATIONS,
            registry=self.registry,
        )
        self._tasks = Counter(
            "watchword_tasks",
            "Tasks carried out by kind and outcome.",
            ["kind", "outcome"],
            registry=self.registry,
        )
        self._task_seconds = Histogram(
            "watchword_task_seconds",
            "Time a task took.",
            ["kind"],
            buckets=DURATIONS,
            registry=self.registry,
        )
        self.outbox_delay = Gauge(
            "watchword_outbox_delay_seconds",
            "How long the oldest due task has been waiting.",
            registry=self.registry,
        )

    def request(self, operation: str, answer: str, seconds: float) -> None:
        """Count and time a request."""
        self._requests.labels(operation, answer).inc()
        self._request_seconds.labels(operation).observe(seconds)

    def task(self, kind: str, outcome: str, seconds: float) -> None:
        """Count and time a task."""
        self._tasks.labels(kind, outcome).inc()
        self._task_seconds.labels(kind).observe(seconds)

    def page(self) -> bytes:
        """All metrics in the text format."""
        return generate_latest(self.registry)
