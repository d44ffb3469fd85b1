"""A live lookup that remembers answers, because each one costs money and time."""

from collections import OrderedDict
from collections.abc import Callable

from watchword.domain.lookup import LookupResult
from watchword.domain.phone_number import PhoneNumber
from watchword.ports.numbering import LiveLookup

PORTING_HOLDS = 7 * 24 * 3_600_000
"""Milliseconds an answer is trusted: of all its facts, the network changes soonest."""


class RememberedLookup:
    """Satisfies `LiveLookup` over another one; `now` gives Unix milliseconds.

    At most `capacity` answers are kept, the least recently used goes first. A number the provider
    does not know, and a fault, are asked again.
    """

    def __init__(
        self,
        live: LiveLookup,
        now: Callable[[], int],
        *,
        holds: int = PORTING_HOLDS,
        capacity: int = 16_384,
    ) -> None:
        self._live = live
        self._now = now
        self._holds = holds
        self._capacity = capacity
        self._answers: OrderedDict[tuple[str, bool], tuple[int, LookupResult]] = OrderedDict()

    async def look_up(self, number: PhoneNumber, *, caller_name: bool) -> LookupResult | None:
        """What is remembered of the number, else what the provider says of it now."""
        key = (number.e164, caller_name)
        remembered = self._answers.get(key)
        if remembered is not None and self._now() < remembered[0]:
            self._answers.move_to_end(key)
            return remembered[1]
        answer = await self._live.look_up(number, caller_name=caller_name)
        if answer is not None:
            self._answers[key] = (self._now() + self._holds, answer)
            self._answers.move_to_end(key)
            if len(self._answers) > self._capacity:
                self._answers.popitem(last=False)
        return answer
