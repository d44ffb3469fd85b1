"""Several processes on one PostgreSQL behave as one service."""

import re
from pathlib import Path

import httpx2
from server.tests.postgres import PostgresServer
from server.tests.processes import CUSTOMER, HEADERS, Process

from watchword_client.sandbox import Inbox

FLOWS = 12


def test_serve_with_workers_is_one_service_with_one_page_of_metrics(
    postgres: PostgresServer, tmp_path: Path
) -> None:
    process = Process(
        "serve", "--port", "0", "--workers", "2",
        data_dir=tmp_path, database_url=postgres.new_database(),
    ).ready()  # fmt: skip
    url = f"{process.url}/v1"
    seen = set()
    for n in range(FLOWS):
        # A connection each, so that both processes answer some.
        with (
            httpx2.Client(headers=HEADERS, timeout=30) as http,
            Inbox(url, HEADERS["x-api-key"]) as inbox,
        ):
            number = f"+336120000{n + 10}"
            body = {"customer_uuid": CUSTOMER, "phone_number": number}
            started = http.post(f"{url}/authentication", json=body).json()
            body = {
                "customer_uuid": CUSTOMER,
                "authentication_uuid": started["authentication_uuid"],
                "check_code": inbox.wait_for_code(number),
            }
            assert http.post(f"{url}/check", json=body).json()["status"] == "valid"
            seen.add(started["authentication_uuid"])
    assert len(seen) == FLOWS
    page = httpx2.get(f"{process.url}/metrics").text
    counted = re.search(r'watchword_requests_total\{answer="valid",operation="check"\} (\S+)', page)
    assert counted is not None
    assert float(counted[1]) == FLOWS
    assert process.stop() == 0


def test_several_processes_on_sqlite_are_refused_with_what_to_do(tmp_path: Path) -> None:
    process = Process("serve", "--port", "0", "--workers", "2", data_dir=tmp_path)
    assert process.wait() == 2
    assert "WATCHWORD_DATABASE_URL" in "".join(process.output)
