"""Metrics count and time what happened, under names that do not change."""

import sys

import pytest
import structlog

from watchword.adapters.telemetry import LABELS, PrometheusTelemetry, open_telemetry
from watchword.domain.screening.verdict import Decision, Finding, Verdict
from watchword.ports.telemetry import NO_SPAN, NO_TELEMETRY

COLLECTOR = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1"}


def finding(reason: str, decision: Decision, *, enforced: bool = True) -> Finding:
    return Finding(reason=reason, decision=decision, evidence="some", enforced=enforced)


def test_requests_and_tasks_are_counted_and_timed() -> None:
    telemetry = PrometheusTelemetry()
    telemetry.request("check", "valid", 0.002)
    telemetry.request("check", "valid", 0.2)
    telemetry.request("create", "pending", 0.001)
    telemetry.task("send_attempt", "done", 1.5)
    page = telemetry.page().decode()
    for line in (
        'watchword_requests_total{answer="valid",operation="check"} 2.0',
        'watchword_requests_total{answer="pending",operation="create"} 1.0',
        'watchword_request_seconds_bucket{le="0.0025",operation="check"} 1.0',
        'watchword_request_seconds_count{operation="check"} 2.0',
        'watchword_tasks_total{kind="send_attempt",outcome="done"} 1.0',
        'watchword_task_seconds_sum{kind="send_attempt"} 1.5',
    ):
        assert line in page.splitlines()


def test_messages_are_counted_by_account_channel_country_and_what_the_provider_said() -> None:
    telemetry = PrometheusTelemetry()
    telemetry.send("one", "sms", "FR", "accepted", 0.2)
    telemetry.send("one", "sms", None, "unavailable", 3)
    telemetry.receipt("one", "sms", "delivered")
    telemetry.receipt(None, None, "undeliverable")
    telemetry.check("valid", "FR")
    telemetry.check("invalid", None)
    page = telemetry.page().decode()
    for line in (
        'watchword_sends_total{account="one",channel="sms",country="FR",outcome="accepted"} 1.0',
        (
            'watchword_sends_total{account="one",channel="sms",country="none",outcome="unavailable"} '
            "1.0"
        ),
        'watchword_send_seconds_count{account="one",channel="sms"} 2.0',
        'watchword_receipts_total{account="one",channel="sms",status="delivered"} 1.0',
        'watchword_receipts_total{account="none",channel="none",status="undeliverable"} 1.0',
        'watchword_checks_total{country="FR",status="valid"} 1.0',
        'watchword_checks_total{country="none",status="invalid"} 1.0',
    ):
        assert line in page.splitlines()


def test_a_verdict_is_counted_under_the_first_finding_that_decided_it() -> None:
    telemetry = PrometheusTelemetry()
    limit, block = Decision.LIMIT, Decision.BLOCK
    telemetry.verdict(Verdict(Decision.ALLOW, (finding("voip_line", block, enforced=False),)))
    telemetry.verdict(Verdict(limit, (finding("number_velocity", limit),)))
    telemetry.verdict(
        Verdict(
            block,
            (
                finding("number_velocity", limit),
                finding("voip_line", block, enforced=False),
                finding("blocked_prefix", block),
                finding("spend_cap", block),
            ),
        )
    )
    counted = [line for line in telemetry.page().decode().splitlines() if "verdicts_total{" in line]
    assert counted == [
        'watchword_verdicts_total{rule="none",verdict="allow"} 1.0',
        'watchword_verdicts_total{rule="number_velocity",verdict="limit"} 1.0',
        'watchword_verdicts_total{rule="blocked_prefix",verdict="block"} 1.0',
    ]


def test_the_outbox_is_a_gauge_of_how_many_wait_and_for_how_long() -> None:
    telemetry = PrometheusTelemetry()
    telemetry.outbox_due.set(3)
    telemetry.outbox_delay.set(1.5)
    page = telemetry.page().decode().splitlines()
    assert "watchword_outbox_due 3.0" in page
    assert "watchword_outbox_delay_seconds 1.5" in page


def test_every_metric_has_its_labels_written_down() -> None:
    assert [metric.name for metric in PrometheusTelemetry().registry.collect()] == list(LABELS)


def test_two_services_in_one_process_count_apart() -> None:
    one, other = PrometheusTelemetry(), PrometheusTelemetry()
    one.request("check", "valid", 0.1)
    assert b'operation="check"' not in other.page()


@pytest.mark.parametrize("telemetry", [PrometheusTelemetry(), NO_TELEMETRY])
def test_where_nothing_is_traced_every_span_is_the_same_empty_one(
    telemetry: PrometheusTelemetry,
) -> None:
    assert telemetry.traces is False
    with telemetry.span("request", "create") as outer, telemetry.span("send", "sms") as inner:
        inner.tell(outcome="accepted")
        inner.fail("unavailable")
    assert outer is inner is NO_SPAN
    assert outer.trace_id is None


def test_without_a_collector_nothing_is_traced() -> None:
    assert open_telemetry({}).traces is False
    assert open_telemetry({"OTEL_EXPORTER_OTLP_ENDPOINT": ""}).traces is False


def test_a_collector_without_the_extra_is_an_error_in_the_log_and_no_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in [name for name in sys.modules if name.startswith("opentelemetry")]:
        monkeypatch.setitem(sys.modules, name, None)
    monkeypatch.setitem(sys.modules, "opentelemetry", None)
    monkeypatch.delitem(sys.modules, "watchword.adapters.tracing", raising=False)
    with structlog.testing.capture_logs() as lines:
        telemetry = open_telemetry(COLLECTOR)
    assert telemetry.traces is False
    [line] = lines
    assert line["log_level"] == "error"
    assert "the extra is not installed" in line["event"]
    assert line["todo"] == "install watchword[otel], or unset the variable"
    telemetry.close()
