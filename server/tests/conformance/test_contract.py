"""Schemathesis, which we did not write, finds nothing in 2,000 cases against our contract."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from watchword.testing import RunningService, running_service

CASES = 2_000
NUMBERS = ["+33612345678", "+12025550101", "+447700900004", "+442079460000", "+3361234"]
# A uuid, a number or a sender that fits the schema may still be unknown or not exist: the contract
# answers 400 then, so a schema-valid request need not be accepted.
NOT_PROMISED = "positive_data_acceptance"


@pytest.fixture(scope="module")
def service() -> Iterator[RunningService]:
    with running_service(log_level="error", durability="normal") as running:
        yield running


def narrowed(service: RunningService, contract: dict[str, Any]) -> dict[str, Any]:
    """The contract with our project's id and numbers in it, so that more cases get further."""
    headers = {"x-api-key": service.api_key, "customer-uuid": service.customer_uuid}
    known = [
        httpx2.post(
            f"{service.server_url}/authentication", json={"phone_number": n}, headers=headers
        ).json()["authentication_uuid"]
        for n in NUMBERS[:3]
    ]
    schemas = contract["components"]["schemas"]
    schemas["CustomerUUID"] = {"type": "string", "enum": [service.customer_uuid]}
    for name, schema in schemas.items():
        if name.endswith("Request"):
            for field, values in (("phone_number", NUMBERS), ("authentication_uuid", known)):
                if field in schema["properties"]:
                    schema["properties"][field] = {"type": "string", "enum": values}
    for path, values in (
        ("/authentication/{auth_uuid}", known),
        ("/lookup/{phone_number}", NUMBERS),
    ):
        for parameter in contract["paths"][path]["get"]["parameters"]:
            if parameter.get("in") == "path":
                parameter["schema"] = {"type": "string", "enum": values}
    return contract


def generated_cases(service: RunningService, contract: Path, *more: str) -> int:
    """Run schemathesis to the end; how many cases it made, none of which may have failed."""
    ran = subprocess.run(
        [
            *(sys.executable, "-c", "from schemathesis.cli import schemathesis; schemathesis()"),
            *("run", str(contract), "--url", service.server_url),
            *("--header", f"x-api-key: {service.api_key}"),
            *("--header", f"customer-uuid: {service.customer_uuid}"),
            *("--exclude-checks", NOT_PROMISED, "--suppress-health-check", "all"),
            *("--seed", "20261123", "--continue-on-failure", "--request-timeout", "20"),
            *more,
        ],
        cwd=contract.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout[-20_000:] + ran.stderr[-5_000:]
    counted = re.search(r"([\d,]+) generated, ([\d,]+) passed", ran.stdout)
    assert counted is not None, ran.stdout[-2_000:]
    assert counted[1] == counted[2]
    return int(counted[1].replace(",", ""))


def test_schemathesis_finds_no_failure_in_2_000_cases(
    service: RunningService, tmp_path: Path
) -> None:
    contract = httpx2.get(f"{service.url}/openapi.json").json()
    # Nobody waits for a message: an empty inbox would hold every case for as long as it asks.
    service.watchword.bell.stop()
    whole = tmp_path / "whole.json"
    whole.write_text(json.dumps(contract), encoding="utf-8")
    narrow = tmp_path / "narrow.json"
    narrow.write_text(json.dumps(narrowed(service, contract)), encoding="utf-8")
    cases = generated_cases(service, whole, "--max-examples", "120")
    cases += generated_cases(service, narrow, "--max-examples", "150")
    assert cases >= CASES
