"""What happens to each message a person may be sent, drawn before any policy acts."""

from collections.abc import Sequence

import msgspec
import numpy as np

from evaluation.fraud.parameters import Country, Outage, People, Receipts

_OUTAGE_FAKE_SECONDS = 4.0
_OUTAGE_FAILED_SECONDS = 8.0


class Fate(msgspec.Struct, frozen=True, gc=False):
    """The draws of one request of one person: uniform ones and times in seconds."""

    delivery: float
    receipt: float
    wrong_code: float
    feedback: float
    resend: float
    retry: float
    delivery_seconds: float
    typing_seconds: float
    resend_seconds: float
    retry_seconds: float

    def receipt_after(
        self, country: Country, people: People, outage: Outage | None, *, delivered: bool
    ) -> tuple[float, bool] | None:
        """When a receipt comes and whether it says "delivered"; None: it never comes."""
        if outage:
            if delivered or outage.receipts is Receipts.FAKE:
                return _OUTAGE_FAKE_SECONDS, True
            if outage.receipts is Receipts.FAILED:
                return _OUTAGE_FAILED_SECONDS, False
            return None
        lost = country.receipts_lost + (0 if delivered else people.failure_receipts_lost)
        return (self.delivery_seconds, delivered) if self.receipt >= lost else None


class Fates:
    """The fates of all sessions: a row for each request that a person may make."""

    def __init__(self, people: People, sessions: int, seed: int) -> None:
        # Sent messages and denials end a session, so that it makes no more requests than these.
        self._requests = 1 + people.most_resends + people.most_denials
        shape = (sessions, self._requests)
        chance = np.random.default_rng([seed, 2])
        uniform = [chance.random(shape) for _ in range(6)]
        delivery = people.delivery_median_seconds * np.exp(
            chance.normal(0, people.delivery_sigma, shape)
        )
        typing = people.typing_median_seconds * np.exp(chance.normal(0, people.typing_sigma, shape))
        resend = np.maximum(
            chance.normal(people.resend_mean_seconds, people.resend_sd_seconds, shape),
            people.resend_least_seconds,
        )
        retry = people.retry_seconds * chance.uniform(0.5, 1.5, shape)
        self._draws = np.stack([*uniform, delivery, typing, resend, retry], axis=-1)

    def of(self, session: int, request: int) -> Fate:
        """The fate of a session's request, both counted from zero."""
        draws: Sequence[float] = self._draws[session, request].tolist()
        return Fate(*draws)
