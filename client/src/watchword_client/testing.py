"""The pytest plugin: a whole Watchword in the test process, and an inbox to wait for codes in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from .sandbox import Inbox, NoMessageError, SandboxMessage

if TYPE_CHECKING:
    from watchword.testing import RunningService

__all__ = ["Inbox", "NoMessageError", "SandboxMessage", "inbox", "watchword_service"]


@pytest.fixture(scope="session")
def watchword_service() -> Iterator[RunningService]:
    """A sandbox service for the whole test session: `server_url`, `api_key`, `customer_uuid`."""
    try:
        from watchword.testing import running_service  # noqa: PLC0415 - only where it is used
    except ImportError:
        pytest.fail("this fixture runs the service itself: `pip install watchword` beside the SDK")
    with running_service() as service:
        yield service


@pytest.fixture
def inbox(watchword_service: RunningService) -> Iterator[Inbox]:
    """The sandbox inbox of the session's service."""
    with Inbox(watchword_service.server_url, watchword_service.api_key) as box:
        yield box
