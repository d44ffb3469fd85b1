"""Asking for another code."""

from datetime import datetime

from msgspec import Struct

from .answer import Answer
from .open_enum import OpenEnum


class RetryAuthenticationRequest(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The authentication whose code did not arrive."""

    authentication_uuid: str
    customer_uuid: str | None = None


class RetryStatus(OpenEnum):
    """Whether another code was sent, and if not, why."""

    APPROVED = "approved"
    DENIED = "denied"
    NO_ATTEMPT = "no_attempt"
    RATE_LIMITED = "rate_limited"
    EXPIRED_AUTH = "expired_auth"
    ALREADY_VALIDATED = "already_validated"


class RetryAuthenticationResponse(Answer, frozen=True, kw_only=True):
    """Whether another code was sent, and when the next one can be."""

    authentication_uuid: str | None = None
    status: RetryStatus | None = None
    created_at: datetime | None = None
    next_retry_at: datetime | None = None
    remaining_retry: int | None = None
