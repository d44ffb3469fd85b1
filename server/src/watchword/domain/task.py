"""Task: what is still to do, written in the transaction of the fact that asks for it."""

from uuid import UUID

from msgspec import Struct

MINUTE = 60_000
HOUR = 60 * MINUTE


class SendAttempt(Struct, frozen=True, tag="send_attempt"):
    """Hand one attempt's message to a provider."""

    attempt_number: int


class FollowUpAttempt(Struct, frozen=True, tag="follow_up_attempt"):
    """Ask the provider what became of a message, where it can be asked."""

    attempt_number: int


class ResendAttempt(Struct, frozen=True, tag="resend_attempt"):
    """Send another message where nothing has shown that this attempt's arrived."""

    attempt_number: int


class DeliverCallback(Struct, frozen=True, tag="deliver_callback", omit_defaults=True):
    """POST one callback body to the caller's `callback_url`; `message_id` stays the same on repeats.

    `posts` counts how often it was posted, which is less than the task was claimed where its endpoint
    had too many others under way.
    """

    url: str
    body: str
    message_id: str
    posts: int = 0


class ExpireAuthentication(Struct, frozen=True, tag="expire_authentication"):
    """Close the authentication whose time has come."""


Work = SendAttempt | FollowUpAttempt | ResendAttempt | DeliverCallback | ExpireAuthentication


class Task(Struct, frozen=True, kw_only=True):
    """One piece of work of one authentication, due at a time.

    A claim raises `tries` and moves `due_at` to the end of the lease, so a task whose worker died
    becomes due again by itself, and a worker that lost its lease cannot finish it.
    """

    id: UUID
    authentication_id: UUID
    project_id: UUID
    work: Work
    due_at: int
    created_at: int
    tries: int = 0


CALLBACK_LIFETIME = 14 * 24 * HOUR
"""How long a callback is tried: two weeks, as the v1 API promised."""


def callback_delay(posts: int, jitter: float) -> int:
    """Milliseconds until the next try: 1, 2, 4 minutes and so on up to 12 hours.

    `jitter` between 0 and 1 shortens it by up to a tenth, so that endpoints that failed together
    are not all called together.
    """
    return int(min(MINUTE * 2 ** min(posts - 1, 20), 12 * HOUR) * (1 - jitter / 10))


def task_delay(tries: int) -> int:
    """Milliseconds until a task that failed by our own fault is tried again: 1 s doubling to 1 min."""
    return int(min(1_000 * 2 ** min(tries - 1, 10), MINUTE))
