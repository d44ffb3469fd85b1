"""Sightings: what the router is told, as values that can be kept and sent to other processes."""

from msgspec import Struct

from watchword.domain.routing.credence import Word
from watchword.domain.routing.way import Place, Way


class Sent(Struct, frozen=True, tag="sent"):
    """A provider took a message. `at` is in Unix milliseconds, in all sightings.

    `lost` are the ways over which earlier messages to the same person were lost. `teaches` is False
    where the outcome says nothing of the route: a suspicion of fraud, a test number.
    """

    message: str
    way: Way
    place: Place
    at: int
    lost: tuple[Way, ...] = ()
    teaches: bool = True


class Reported(Struct, frozen=True, tag="reported"):
    """A receipt said in the end that a message was delivered, or that it was lost."""

    message: str
    word: Word
    at: int


class Answered(Struct, frozen=True, tag="answered"):
    """The code of a message was typed."""

    message: str
    at: int


class Declined(Struct, frozen=True, tag="declined"):
    """A provider account did not take a message: no answer, or an error of its own."""

    account: str
    at: int
    because: str


class Disowned(Struct, frozen=True, tag="disowned"):
    """The caller's feedback: the person who answered was not real, so the answer counts no more."""

    message: str
    way: Way
    place: Place
    at: int


Sighting = Sent | Reported | Answered | Declined | Disowned
