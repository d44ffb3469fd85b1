"""What the tests of AWS share: an access key that AWS's documents use, and tools for an account."""

from typing import Any

from server.tests.conftest import ManualClock
from server.tests.contract.recordings import RECEIPTS_URL

from watchword.adapters.providers.exchange import Exchange
from watchword.adapters.providers.kind import Tools

REGION = "eu-west-1"
KEYS = {
    "access_key_id": "AKIAIOSFODNN7EXAMPLE",
    "secret_access_key": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    "region": REGION,
}


def tools() -> Tools:
    async def receive(*_: Any) -> None:
        """No receipt comes this way."""

    return Tools(
        account="acme",
        exchange=Exchange(),
        clock=ManualClock(),
        inbox=None,  # type: ignore[arg-type] # the sandbox alone has a use for it
        receipts_url=RECEIPTS_URL,
        receive=receive,
    )
