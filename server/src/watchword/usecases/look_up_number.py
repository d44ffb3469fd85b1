"""Look up a number: what its numbering plan says, and what a provider adds in time."""

import asyncio
from dataclasses import dataclass

from watchword.domain.lookup import LookupResult, merge
from watchword.domain.phone_number import PhoneNumber
from watchword.ports.numbering import LiveLookup, LookupUnavailable, Numbering, NumberProblem


@dataclass(frozen=True, slots=True, kw_only=True)
class LookUpNumber:
    """The verb; without `live` it answers offline, with it within `budget` milliseconds more."""

    numbering: Numbering
    live: LiveLookup | None = None
    budget: int = 300

    async def __call__(
        self,
        number_text: str,
        *,
        caller_name: bool,
    ) -> LookupResult | NumberProblem:
        """What is known about the number, or why the text is none."""
        match self.numbering.parse(number_text):
            case NumberProblem() as problem:
                return problem
            case PhoneNumber() as number:
                offline = self.numbering.describe(number)
                live = await self._ask(number, caller_name=caller_name)
                return merge(offline, live) if live is not None else offline

    async def _ask(self, number: PhoneNumber, *, caller_name: bool) -> LookupResult | None:
        if self.live is None:
            return None
        try:
            async with asyncio.timeout(self.budget / 1000):
                return await self.live.look_up(number, caller_name=caller_name)
        except (LookupUnavailable, TimeoutError):
            return None
