"""Credence: what signs of arrival are worth, judged by the answers that followed them."""

from enum import StrEnum

from watchword.domain.routing.experience import ANSWERS, Tally

HONEST_WORTH = 40.0
"""Messages that the first guess is worth, before a route may count as more honest than it."""


class Word(StrEnum):
    """What a receipt has said of a message."""

    NONE = "none"
    DELIVERED = "delivered"
    FAILED = "failed"


class Credence:
    """The share of messages that arrived over one channel whose codes are typed.

    It is that of the channel's most honest route: where receipts are invented, or messages come
    late, fewer of the signs of arrival are followed by answers.
    """

    __slots__ = ("_shares", "honest")

    def __init__(self) -> None:
        self._shares: dict[str, float] = {}
        self.honest = ANSWERS

    def note(self, route: str, tally: Tally) -> None:
        """Look at what is known of a route, if anything is."""
        signed = tally.answered + tally.signed
        if not signed:
            return
        share = (tally.answered + ANSWERS * HONEST_WORTH) / (signed + HONEST_WORTH)
        self._shares[route] = share
        self.honest = max(self._shares.values())
