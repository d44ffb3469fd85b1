"""Sighting: something seen of a request, a message or an answer, from which screening and routing learn."""

from msgspec import Struct

from watchword.domain.routing.sightings import Answered, Declined, Disowned, Reported, Sent
from watchword.domain.screening.learning.asking import Asking


class Asked(Struct, frozen=True, tag="asked"):
    """A code was asked for; `refused` says that it was not sent, `probe` that it was let through."""

    authentication: str
    asking: Asking
    refused: bool
    probe: bool = False


Sighting = Asked | Sent | Reported | Answered | Declined | Disowned
"""Everything that is learnt from. A message is named by its authentication and attempt: `id/2`."""


def message_name(authentication: str, attempt_number: int) -> str:
    """The name of an attempt's message in sightings."""
    return f"{authentication}/{attempt_number}"


def authentication_of(message: str) -> str:
    """The authentication that a message belongs to."""
    return message.partition("/")[0]
