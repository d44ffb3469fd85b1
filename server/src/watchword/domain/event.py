"""Event: what happened to an authentication, for ever; timelines, callbacks and reports come from here."""

from uuid import UUID

from msgspec import Struct

from watchword.domain.attempt import AttemptStatus, DeliveryStatus, Trigger
from watchword.domain.channel import Channel
from watchword.domain.check import CheckStatus
from watchword.domain.feedback import FeedbackStatus
from watchword.domain.message import Content
from watchword.domain.retry import RetryStatus
from watchword.domain.screening.verdict import Verdict


class Screened(Struct, frozen=True, tag="screened", omit_defaults=True):
    """The verdict on a request, with every finding that led to it.

    `price` is what its message would cost, in micros.
    """

    verdict: Verdict
    price: int = 0


class Attempted(Struct, frozen=True, kw_only=True, tag="attempt", omit_defaults=True):
    """A message was handed to a provider, or could not be; the code is left out of `content`."""

    id: UUID
    attempt_number: int
    status: AttemptStatus
    trigger: Trigger | None = None
    route: str | None = None
    channel: Channel | None = None
    sender_id: str | None = None
    content: Content | None = None
    because: str | None = None
    possible_duplicate: bool = False


TYPED = "the code was typed"
"""The cause of a delivery that was concluded from a check, not reported: it says nothing of the time."""


class DeliveryReported(
    Struct, frozen=True, kw_only=True, tag="delivery_status", omit_defaults=True
):
    """A provider or carrier reported on a message; `originated_at` is its own clock."""

    attempt_id: UUID
    attempt_number: int
    status: DeliveryStatus
    originated_at: int | None = None
    carrier_code: str | None = None
    cause: str | None = None


class Checked(Struct, frozen=True, kw_only=True, tag="check", omit_defaults=True):
    """A code was typed; only which attempt's code it was is kept, never the code."""

    id: UUID
    status: CheckStatus
    attempt_number: int | None = None


class Retried(Struct, frozen=True, tag="retry"):
    """The caller asked for another attempt."""

    status: RetryStatus


class BalanceUpdated(Struct, frozen=True, tag="balance_update"):
    """Money moved: `amount` in micros of `currency`, negative for a debit."""

    kind: str
    amount: int
    currency: str


class FeedbackGiven(Struct, frozen=True, tag="feedback"):
    """The caller told whether the person turned out real."""

    id: UUID
    status: FeedbackStatus


class Expired(Struct, frozen=True, tag="expired"):
    """The lifetime ended without a valid check."""


class CallbackEnded(Struct, frozen=True, tag="callback", omit_defaults=True):
    """A callback was acknowledged, or given up after two weeks; `body` is for delivering it again."""

    message_id: str
    acknowledged: bool
    tries: int
    because: str | None = None
    body: str = ""


Happening = (
    Screened
    | Attempted
    | DeliveryReported
    | Checked
    | Retried
    | BalanceUpdated
    | FeedbackGiven
    | Expired
    | CallbackEnded
)


class Event(Struct, frozen=True):
    """One happening, in its place in the history; `at` is in Unix milliseconds."""

    sequence: int
    at: int
    what: Happening
