"""One journey seen from outside: what the metrics, the log and the traces say of it, and leave out."""

import asyncio
import http.server
import logging
import threading
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

import httpx2
import pytest
import structlog
from msgspec import Struct
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from watchword.adapters.telemetry import PrometheusTelemetry
from watchword.app import open_watchword
from watchword.edges.http.pages import pages
from watchword.server import listen, serve_pages
from watchword.settings import load_settings
from watchword.testing import RunningService, running_service
from watchword_client.sandbox import Inbox

NUMBER = "+33612345678"
FRAUD = "+12125550102"
SILENT = "+12125550104"
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
PARENT = f"00-{TRACE}-00f067aa0ba902b7-01"


class Receiver:
    """Takes whatever is posted to it: callbacks, and the traces of a collector."""

    def __init__(self) -> None:
        bodies: list[bytes] = []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                bodies.append(self.rfile.read(int(self.headers["content-length"])))
                self.send_response(200)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self.bodies = bodies
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class Seen(Struct):
    """What was seen of the journey."""

    secrets: list[str]
    authentication: str
    project: str
    page: list[str]
    lines: list[MutableMapping[str, Any]]
    traces: bytes
    spans: list[Any]

    def line(self, operation: str, answer: str) -> MutableMapping[str, Any]:
        [line] = [
            line
            for line in self.lines
            if (line["operation"], line["answer"]) == (operation, answer)
        ]
        return line


@pytest.fixture(scope="module")
def seen() -> Seen:
    callbacks, collector = Receiver(), Receiver()
    capture = structlog.testing.LogCapture()
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url)
        structlog.configure(
            processors=[capture],
            wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        )
        with running_service(run_worker=False) as service:
            project, key = service.customer_uuid, service.api_key
            about, code, page = travel(service, callbacks.url)
        structlog.reset_defaults()
    callbacks.close()
    collector.close()
    assert callbacks.bodies
    messages = [ExportTraceServiceRequest.FromString(body) for body in collector.bodies]
    spans = [
        span
        for message in messages
        for resource in message.resource_spans
        for scope in resource.scope_spans
        for span in scope.spans
    ]
    return Seen(
        secrets=[NUMBER[1:], FRAUD[1:], SILENT[1:], code, key],
        authentication=about,
        project=project,
        page=page,
        lines=[line for line in capture.entries if line["event"] == "request"],
        traces=b"".join(collector.bodies),
        spans=spans,
    )


def travel(service: RunningService, callback_url: str) -> tuple[str, str, list[str]]:
    """Three numbers ask for a code, one is verified at the second try; then a look at the metrics."""
    headers = {"x-api-key": service.api_key, "customer-uuid": service.customer_uuid}
    with httpx2.Client(base_url=service.server_url, headers=headers, timeout=30) as client:
        created = client.post(
            "authentication",
            json={"phone_number": NUMBER, "callback_url": callback_url},
            headers={"traceparent": PARENT},
        ).json()
        about = created["authentication_uuid"]
        for number in (FRAUD, SILENT):
            client.post("authentication", json={"phone_number": number})
        service.run(service.watchword.worker.drain())
        with Inbox(service.server_url, service.api_key) as inbox:
            code = inbox.wait_for_message(NUMBER).code
        wrong = str((int(code) + 1) % 10 ** len(code)).zfill(len(code))
        for typed in (wrong, code):
            client.post("check", json={"authentication_uuid": about, "check_code": typed})
        client.get(f"authentication/{about}")
        client.get("lookup/" + NUMBER)
        client.post("check", content=b"{")
        client.get("authentication/" + about, headers={"x-api-key": "no key"})
        page = client.get(f"{service.url}/metrics").text.splitlines()
    return about, code, page


@pytest.mark.parametrize(
    "series",
    [
        'watchword_requests_total{answer="pending",operation="create"} 2.0',
        'watchword_requests_total{answer="spam_detected",operation="create"} 1.0',
        'watchword_requests_total{answer="valid",operation="check"} 1.0',
        'watchword_requests_total{answer="forbidden",operation="status"} 1.0',
        'watchword_request_seconds_count{operation="create"} 3.0',
        'watchword_tasks_total{kind="send_attempt",outcome="done"} 2.0',
        'watchword_tasks_total{kind="deliver_callback",outcome="done"} 3.0',
        'watchword_sends_total{account="sandbox",channel="sms",country="FR",outcome="accepted"} 1.0',
        (
            'watchword_sends_total{account="sandbox",channel="sms",country="US",'
            'outcome="unavailable"} 1.0'
        ),
        'watchword_receipts_total{account="sandbox",channel="sms",status="delivered"} 1.0',
        'watchword_verdicts_total{rule="none",verdict="allow"} 2.0',
        'watchword_verdicts_total{rule="sandbox_number",verdict="block"} 1.0',
        'watchword_checks_total{country="FR",status="invalid"} 1.0',
        'watchword_checks_total{country="FR",status="valid"} 1.0',
        "watchword_outbox_due 0.0",
        "watchword_outbox_delay_seconds 0.0",
    ],
)
def test_the_metrics_count_the_journey(seen: Seen, series: str) -> None:
    assert series in seen.page


def test_no_metric_holds_anything_of_a_person(seen: Seen) -> None:
    text = "\n".join(seen.page)
    assert not [secret for secret in [*seen.secrets, seen.authentication] if secret in text]


def test_every_request_has_one_line_that_says_what_was_asked_and_answered(seen: Seen) -> None:
    line = seen.line("create", "spam_detected")
    assert line["status"] == 200
    assert line["ms"] >= 0
    assert line["log_level"] == "info"
    assert len([line for line in seen.lines if line["operation"] == "create"]) == 3
    assert seen.line("check", "bad_request")["status"] == 400
    assert seen.line("status", "forbidden")["status"] == 403


def test_a_line_names_the_project_and_the_authentication_where_they_are_known(seen: Seen) -> None:
    for operation, answer in (("check", "invalid"), ("check", "valid"), ("status", "found")):
        line = seen.line(operation, answer)
        assert (line["project"], line["authentication"]) == (seen.project, seen.authentication)
    assert seen.line("lookup", "found")["project"] == seen.project
    assert "authentication" not in seen.line("lookup", "found")
    assert "authentication" not in seen.line("check", "bad_request")
    assert "project" not in seen.line("status", "forbidden")


def test_a_line_names_the_trace_that_the_caller_began(seen: Seen) -> None:
    [line] = [line for line in seen.lines if line["trace"] == TRACE]
    assert line["operation"] == "create"
    assert line["authentication"] == seen.authentication


def test_no_line_holds_a_number_a_code_or_a_key(seen: Seen) -> None:
    text = str([{**line, "ms": 0, "trace": ""} for line in seen.lines])
    assert not [secret for secret in seen.secrets if secret in text]


def attributes(span: Any) -> dict[str, Any]:
    return {
        pair.key.removeprefix("watchword."): pair.value.string_value or pair.value.int_value
        for pair in span.attributes
    }


def test_a_request_is_a_span_of_the_callers_trace(seen: Seen) -> None:
    [span] = [span for span in seen.spans if span.trace_id.hex() == TRACE]
    assert span.name == "request create"
    assert attributes(span) == {
        "operation": "create",
        "answer": "pending",
        "status": 200,
        "project": seen.project,
        "authentication": seen.authentication,
    }


def test_tasks_hand_overs_and_callbacks_are_spans_that_name_the_authentication(seen: Seen) -> None:
    by_id = {span.span_id: span for span in seen.spans}
    mine = [s for s in seen.spans if attributes(s).get("authentication") == seen.authentication]
    assert {"task send_attempt", "task follow_up_attempt", "task deliver_callback"} <= {
        span.name for span in mine
    }
    inner = [span for span in seen.spans if by_id.get(span.parent_span_id) in mine]
    assert sorted(span.name for span in inner) == ["callback post"] * 3 + ["send sms"]
    [send] = [span for span in inner if span.name == "send sms"]
    assert attributes(send) == {"account": "sandbox", "channel": "sms", "outcome": "accepted"}


def test_a_provider_that_does_not_answer_leaves_a_failed_span(seen: Seen) -> None:
    failed = [span for span in seen.spans if span.status.message == "unavailable"]
    assert failed
    assert {attributes(span)["outcome"] for span in failed} == {"unavailable"}


def test_no_span_holds_a_number_a_code_or_a_key(seen: Seen) -> None:
    assert seen.traces
    assert not [secret for secret in seen.secrets if secret.encode() in seen.traces]


def test_without_tracing_a_line_has_no_trace() -> None:
    with running_service(run_worker=False) as service:
        structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.INFO))
        with structlog.testing.capture_logs() as lines:
            assert httpx2.get(f"{service.server_url}/check").status_code == 403
            service.run(asyncio.sleep(0))  # the line comes after the answer
    [line] = [line for line in lines if line["event"] == "request"]
    assert set(line) == {"event", "log_level", "operation", "answer", "status", "ms"}


async def test_what_is_not_ready_is_said_with_what_to_do() -> None:
    wrong = {"store": "The database is locked; stop the other program."}

    async def readiness() -> dict[str, str]:
        return wrong

    transport = httpx2.ASGITransport(pages(readiness, PrometheusTelemetry().page))
    async with httpx2.AsyncClient(transport=transport, base_url="http://test") as client:
        answer = await client.get("/readyz")
        assert answer.status_code == 503
        assert answer.json() == {"ready": False, "checks": wrong}
        wrong = {}
        answer = await client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {"ready": True, "checks": {}}


async def test_a_process_that_only_works_answers_the_pages_and_no_operation(tmp_path: Path) -> None:
    settings = load_settings({}, data_dir=tmp_path)
    listener, stop = listen("127.0.0.1", 0), asyncio.Event()
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    async with open_watchword(settings) as watchword:
        serving = asyncio.create_task(serve_pages(watchword, listener, stop))
        async with httpx2.AsyncClient(base_url=url, timeout=30) as client:
            assert (await client.get("/livez")).text == "ok"
            assert (await client.get("/readyz")).json()["ready"] is True
            assert "watchword_outbox_due" in (await client.get("/metrics")).text
            assert (await client.post("/v1/check", json={})).status_code == 404
        stop.set()
        await serving
