"""What the fault tests found, written down where a table is wanted of it."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from server.tests.reconciliation import Report

VARIABLE = "WATCHWORD_FAULTS_FILE"
Found = Callable[[int, Report], None]


@pytest.fixture
def found(request: pytest.FixtureRequest) -> Found:
    """Note what came of a fault: answered, lost and duplicated, under the test's own name."""

    def note(answered: int, report: Report) -> None:
        file = os.environ.get(VARIABLE)
        if file is None:
            return
        row = {
            "test": request.node.originalname,
            "case": request.node.callspec.id if hasattr(request.node, "callspec") else "",
            "answered": answered,
            "lost": len(report.lost) + len(report.undelivered),
            "duplicates": len(report.duplicates),
        }
        with Path(file).open("a", encoding="utf-8") as lines:
            lines.write(json.dumps(row) + "\n")

    return note
