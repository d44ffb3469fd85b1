"""Spans join the caller's trace, nest, tell what happened, and never repeat what a message says."""

from collections.abc import Iterator
from uuid import UUID

import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

from watchword.adapters.telemetry import PrometheusTelemetry, open_telemetry
from watchword.adapters.tracing import OtlpTracing

NUMBER = "+33612345678"
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
PARENT = f"00-{TRACE}-00f067aa0ba902b7-01"


class Traced:
    """Telemetry whose spans can be read."""

    def __init__(self) -> None:
        self.exporter = InMemorySpanExporter()
        self.telemetry = PrometheusTelemetry(OtlpTracing(self.exporter))

    def spans(self) -> dict[str, ReadableSpan]:
        """The spans that were sent, by name."""
        self.telemetry.close()
        return {span.name: span for span in self.exporter.get_finished_spans()}


@pytest.fixture
def traced() -> Iterator[Traced]:
    made = Traced()
    yield made
    made.telemetry.close()


def test_a_request_goes_on_with_the_trace_of_whoever_asks(traced: Traced) -> None:
    with traced.telemetry.span("request", "create", PARENT, operation="create") as span:
        assert span.trace_id == TRACE
    sent = traced.spans()["request create"]
    assert sent.kind is SpanKind.SERVER
    assert sent.parent is not None
    assert f"{sent.parent.span_id:016x}" == "00f067aa0ba902b7"


@pytest.mark.parametrize("parent", [None, "", "nonsense", "00-0-0-0", PARENT[:-4]])
def test_without_a_usable_traceparent_a_trace_of_its_own_begins(
    traced: Traced, parent: str | None
) -> None:
    with traced.telemetry.span("request", "create", parent) as span:
        assert span.trace_id not in (None, TRACE)
    assert traced.spans()["request create"].parent is None


def test_a_hand_over_belongs_to_the_task_it_is_part_of(traced: Traced) -> None:
    with (
        traced.telemetry.span("task", "send_attempt", tries=2, project=UUID(int=1)) as task,
        traced.telemetry.span("send", "sms", account="one") as send,
    ):
        send.tell(outcome="accepted")
        assert send.trace_id == task.trace_id
    spans = traced.spans()
    outer, inner = spans["task send_attempt"], spans["send sms"]
    assert inner.parent is not None
    assert inner.parent.span_id == outer.context.span_id
    assert inner.kind is SpanKind.CLIENT
    assert dict(outer.attributes or {}) == {
        "watchword.tries": 2,
        "watchword.project": "00000000-0000-0000-0000-000000000001",
    }
    assert dict(inner.attributes or {}) == {
        "watchword.account": "one",
        "watchword.outcome": "accepted",
    }


def test_of_an_exception_only_its_type_is_told_because_its_message_may_quote_a_number(
    traced: Traced,
) -> None:
    with pytest.raises(ValueError, match="612345678"), traced.telemetry.span("task", "x"):
        raise ValueError(NUMBER)
    span = traced.spans()["task x"]
    assert span.status.status_code is StatusCode.ERROR
    assert span.status.description == "ValueError"
    assert span.events == ()
    assert NUMBER not in span.to_json()


def test_what_failed_without_an_exception_can_be_marked_so(traced: Traced) -> None:
    with traced.telemetry.span("send", "sms") as span:
        span.fail("unavailable")
    status = traced.spans()["send sms"].status
    assert (status.status_code, status.description) == (StatusCode.ERROR, "unavailable")


def test_the_service_has_a_name_that_the_environment_may_change(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for given, expected in ((None, "watchword"), ("verify", "verify")):
        if given:
            monkeypatch.setenv("OTEL_SERVICE_NAME", given)
        traced = Traced()
        with traced.telemetry.span("task", "x"):
            pass
        assert traced.spans()["task x"].resource.attributes["service.name"] == expected


@pytest.mark.parametrize(
    "variable", ["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"]
)
def test_tracing_begins_where_a_collector_is_named(variable: str) -> None:
    telemetry = open_telemetry({variable: "http://127.0.0.1:1"})
    assert telemetry.traces is True
    telemetry.close()
