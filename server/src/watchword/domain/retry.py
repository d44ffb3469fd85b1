"""Retry: whether the caller's wish for another attempt is granted, and when the next one may be."""

from enum import StrEnum

from msgspec.structs import replace

from watchword.domain.authentication import Authentication, State, delay_before_retry


class RetryStatus(StrEnum):
    """The answers to a retry."""

    APPROVED = "approved"
    DENIED = "denied"
    NO_ATTEMPT = "no_attempt"
    RATE_LIMITED = "rate_limited"
    EXPIRED_AUTH = "expired_auth"
    ALREADY_VALIDATED = "already_validated"


def decide_retry(authentication: Authentication, now: int) -> RetryStatus:
    """Whether another attempt may be made now.

    A refused authentication has nothing to retry. One whose every message failed may be retried
    at once: the person has been sent nothing, so there is nothing to wait for.
    """
    match authentication.state:
        case State.VALIDATED:
            return RetryStatus.ALREADY_VALIDATED
        case State.REFUSED_SPAM | State.REFUSED_RATE:
            return RetryStatus.NO_ATTEMPT
    if authentication.is_expired(now):
        return RetryStatus.EXPIRED_AUTH
    if authentication.remaining_checks == 0 or authentication.remaining_retries == 0:
        return RetryStatus.RATE_LIMITED
    if now < authentication.next_retry_at and authentication.was_attempted:
        return RetryStatus.DENIED
    return RetryStatus.APPROVED


def spend_retry(authentication: Authentication, now: int) -> Authentication:
    """The authentication after a granted retry: one fewer left, a longer wait, fresh fallbacks."""
    spent = authentication.retries_spent + 1
    wait = delay_before_retry(authentication.retry_delays, spent)
    return replace(
        authentication,
        retries_spent=spent,
        fallbacks_spent=0,
        next_retry_at=authentication.expires_at
        if wait is None
        else min(now + wait, authentication.expires_at),
    )
