"""Tracing: requests, tasks, hand-overs and callbacks as OpenTelemetry spans; needs the extra `otel`."""

import contextlib
import os
from collections.abc import Iterator, Mapping
from importlib.metadata import version

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter
from opentelemetry.trace import Span, SpanKind, StatusCode, format_trace_id
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from watchword.ports.telemetry import Stretch, Told

KINDS: dict[Stretch, SpanKind] = {
    "request": SpanKind.SERVER,
    "task": SpanKind.CONSUMER,
    "send": SpanKind.CLIENT,
    "callback": SpanKind.CLIENT,
}
_PROPAGATOR = TraceContextTextMapPropagator()


class OpenSpan:
    """A span of ours over one of OpenTelemetry's."""

    def __init__(self, span: Span) -> None:
        self._span = span

    @property
    def trace_id(self) -> str:
        """The trace it belongs to."""
        return format_trace_id(self._span.get_span_context().trace_id)

    def tell(self, **attributes: Told) -> None:
        """Set attributes."""
        self._span.set_attributes(_named(attributes))

    def fail(self, because: str) -> None:
        """Set the status."""
        self._span.set_status(StatusCode.ERROR, because)


class OtlpTracing:
    """Sends spans in batches from a thread of its own, and drops them where nobody takes them.

    The exporter and the sampler read OpenTelemetry's own variables; without OTEL_TRACES_SAMPLER
    every trace is kept unless whoever began it said otherwise.
    """

    def __init__(self, exporter: SpanExporter | None = None) -> None:
        resource = Resource.create(
            {
                "service.name": os.environ.get("OTEL_SERVICE_NAME") or "watchword",
                "service.version": version("watchword"),
            }
        )
        self._provider = TracerProvider(resource=resource, shutdown_on_exit=False)
        self._provider.add_span_processor(BatchSpanProcessor(exporter or OTLPSpanExporter()))
        self._tracer = self._provider.get_tracer("watchword")

    @contextlib.contextmanager
    def span(
        self, stretch: Stretch, name: str, parent: str | None, attributes: Mapping[str, Told]
    ) -> Iterator[OpenSpan]:
        """A span around what is done inside; of an exception only its type is kept."""
        context = _PROPAGATOR.extract({"traceparent": parent}) if parent else None
        with self._tracer.start_as_current_span(
            f"{stretch} {name}",
            context=context,
            kind=KINDS[stretch],
            attributes=_named(attributes),
            record_exception=False,  # its message may quote a number
            set_status_on_exception=False,
        ) as span:
            try:
                yield OpenSpan(span)
            except BaseException as error:
                span.set_status(StatusCode.ERROR, type(error).__name__)
                raise

    def close(self) -> None:
        """Send what is still waiting."""
        self._provider.shutdown()


def _named(attributes: Mapping[str, Told]) -> dict[str, str | int]:
    return {
        f"watchword.{name}": value if isinstance(value, int) else str(value)
        for name, value in attributes.items()
    }
