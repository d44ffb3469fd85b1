"""The command `watchword` with a point at which it kills itself; production has no such points.

    python -m server.tests.faults.program POINT NUMBER AHEAD serve …

kills the process with SIGKILL when POINT is reached for the NUMBERth time (0 is never), and lets its
clock go AHEAD milliseconds, so that leases end without waiting for them.
"""

import os
import signal
import sys
from collections.abc import Awaitable, Callable
from typing import Any

from watchword.adapters.clock import SystemClock
from watchword.adapters.courier import HttpCourier
from watchword.adapters.providers.sandbox import Sandbox
from watchword.adapters.store.store import EngineStore
from watchword.cli.main import main
from watchword.domain.event import Attempted
from watchword.ports.store import Change

Method = Callable[..., Awaitable[Any]]


def is_create(change: Change) -> bool:
    return change.authentication is not None and change.authentication.version == 0


def is_record(change: Change) -> bool:
    return any(isinstance(event.what, Attempted) for event in change.events)


POINTS: dict[str, tuple[type, str, Callable[..., bool]]] = {
    "create": (EngineStore, "save", is_create),
    "claim": (EngineStore, "claim", lambda *_: True),
    "send": (Sandbox, "send", lambda *_: True),
    "record": (EngineStore, "save", is_record),
    "callback": (HttpCourier, "post", lambda *_, **__: True),
    "callback-record": (
        EngineStore,
        "save",
        lambda change: change.finished is not None and not is_record(change),
    ),
}
"""Where a process can be killed: before or after each of these, as in `send:after`."""


def arm(point: str, number: int) -> None:
    name, _, when = point.partition(":")
    owner, method, concerns = POINTS[name]
    original: Method = getattr(owner, method)
    reached = 0

    async def watched(self: object, *arguments: object, **named: object) -> object:
        nonlocal reached
        if not concerns(*arguments, **named):
            return await original(self, *arguments, **named)
        reached += 1
        if when == "before" and reached == number:
            os.kill(os.getpid(), signal.SIGKILL)
        result = await original(self, *arguments, **named)
        if when == "after" and reached >= number > 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    setattr(owner, method, watched)


def set_ahead(milliseconds: int) -> None:
    now = SystemClock.now

    def later(self: SystemClock) -> int:
        return now(self) + milliseconds

    SystemClock.now = later  # type: ignore[method-assign] # this process's clock is wrong on purpose


if __name__ == "__main__":
    if sys.argv[1] != "none":
        arm(sys.argv[1], int(sys.argv[2]))
    set_ahead(int(sys.argv[3]))
    sys.argv = ["watchword", *sys.argv[4:]]
    main()
