"""Metrics count and time what happened, under names that do not change."""

from watchword.adapters.telemetry import PrometheusTelemetry


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


def test_two_services_in_one_process_count_apart() -> None:
    one, other = PrometheusTelemetry(), PrometheusTelemetry()
    one.request("check", "valid", 0.1)
    assert b'operation="check"' not in other.page()
