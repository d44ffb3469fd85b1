"""Numbering: which numbers exist, and what is known about one, offline and from a provider."""

from typing import Protocol

from msgspec import Struct

from watchword.domain.lookup import LookupResult
from watchword.domain.phone_number import PhoneNumber


class NumberProblem(Struct, frozen=True):
    """Why a text is no phone number, in one sentence for the caller.

    The sentence repeats what was given, so it belongs in an answer and never in a log.
    """

    message: str


class Numbering(Protocol):
    """The world's numbering plans; it asks nobody and never blocks for long."""

    def parse(self, text: str) -> PhoneNumber | NumberProblem:
        """The valid number that an E.164 text stands for, or what is wrong with it."""
        ...

    def describe(self, number: PhoneNumber) -> LookupResult:
        """The facts that the numbering plan alone settles; the rest is left out."""
        ...

    def example(self, region: str | None) -> str | None:
        """An example mobile number in E.164, of a region (ISO 3166-1) or of any, if known."""
        ...


class NumberRanges(Protocol):
    """Whose ranges numbers were given from, for telling carriers apart."""

    def range_holder(self, number: PhoneNumber) -> str:
        """The carrier whose range it once was, ported or not; empty where that is not known yet."""
        ...


class LookupUnavailable(Exception):  # noqa: N818 - the word of the house for "could not be asked"
    """The provider of live lookups could not be asked, or gave no sensible answer."""


class LiveLookup(Protocol):
    """A provider that knows the network a number is on today."""

    async def look_up(self, number: PhoneNumber, *, caller_name: bool) -> LookupResult | None:
        """What the provider knows, None if it does not know the number.

        `caller_name` asks for CNAM too, which costs extra. Raises LookupUnavailable on a fault.
        """
        ...
