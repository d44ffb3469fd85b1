"""W7 over a network: API hosts, a worker host and a database host, of which one is killed or cut off."""

from pathlib import Path

import pytest
from server.tests.hosts import scenarios
from server.tests.hosts.namespaces import inside


@pytest.mark.parametrize("scenario", [name for name in vars(scenarios) if name.startswith("test_")])
def test_of_several_hosts(scenario: str) -> None:
    inside(Path(scenarios.__file__), scenario)
