"""Endpoints: how many callbacks are under way to each, so that a slow one delays nobody else's."""

from collections import defaultdict

from msgspec import Struct
from yarl import URL

AT_ONCE = 8
"""Callbacks under way to one endpoint from one worker."""
GUESS = 1.0
"""Seconds that a first callback is expected to take."""
_WEIGHT = 0.2


class _Endpoint(Struct):
    under_way: int = 0
    put_off: int = 0
    seconds: float = GUESS


class Endpoints:
    """Admits a callback, or says how long to put it off.

    `at_most` is for all endpoints together, so that callbacks never take every place of a worker.
    """

    def __init__(self, at_most: int) -> None:
        self._at_most = at_most
        self._under_way = 0
        self._known: dict[str, _Endpoint] = defaultdict(_Endpoint)

    def admit(self, url: str) -> bool:
        """Whether one more may go there now; if so, `ended` must be called for it."""
        endpoint = self._known[_name(url)]
        if self._under_way >= self._at_most or endpoint.under_way >= AT_ONCE:
            return False
        self._under_way += 1
        endpoint.under_way += 1
        return True

    def put_off(self, url: str) -> int:
        """Milliseconds to wait: as long as those before it should take."""
        endpoint = self._known[_name(url)]
        endpoint.put_off += 1
        return int(1000 * endpoint.seconds * (1 + endpoint.put_off / AT_ONCE))

    def ended(self, url: str, seconds: float) -> None:
        """One that was admitted has ended after so many seconds."""
        name = _name(url)
        endpoint = self._known[name]
        self._under_way -= 1
        endpoint.under_way -= 1
        endpoint.put_off = max(0, endpoint.put_off - 1)
        endpoint.seconds += _WEIGHT * (seconds - endpoint.seconds)
        if endpoint.under_way == 0 and endpoint.put_off == 0:
            del self._known[name]


def _name(url: str) -> str:
    return URL(url).authority
