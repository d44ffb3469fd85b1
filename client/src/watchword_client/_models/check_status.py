"""How a check can end."""

from .open_enum import OpenEnum


class CheckStatus(OpenEnum):
    """How a check ended."""

    UNKNOWN = "unknown"
    VALID = "valid"
    INVALID = "invalid"
    WITHOUT_ATTEMPT = "without_attempt"
    RATE_LIMITED = "rate_limited"
    ALREADY_VALIDATED = "already_validated"
    EXPIRED_AUTH = "expired_auth"
