"""Sandbox: numbers from the ranges reserved for fiction, each with a fixed part to play."""

import re
from enum import StrEnum

# +1 NXX 555-01xx (NANPA) and +44 7700 900xxx (Ofcom) are never given to anybody.
_FICTION = re.compile(r"\+1[2-9]\d{2}55501(\d{2})|\+447700900\d(\d{2})")


class Outcome(StrEnum):
    """What happens to a message to a sandbox number."""

    DELIVERED = "delivered"
    UNDELIVERABLE = "undeliverable"
    FRAUD = "fraud"
    EXPIRES_AT_ONCE = "expires_at_once"
    TIME_OUT = "time_out"
    SLOW_RECEIPT = "slow_receipt"


ENDINGS = {
    "01": Outcome.UNDELIVERABLE,
    "02": Outcome.FRAUD,
    "03": Outcome.EXPIRES_AT_ONCE,
    "04": Outcome.TIME_OUT,
    "05": Outcome.SLOW_RECEIPT,
}
"""The part a fiction number plays, by its last two digits; all other numbers are delivered to."""


def sandbox_outcome(e164: str) -> Outcome:
    """What a sandbox project's message to this number will come to."""
    match = _FICTION.fullmatch(e164)
    ending = (match[1] or match[2]) if match else ""
    return ENDINGS.get(ending, Outcome.DELIVERED)
