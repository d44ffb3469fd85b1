"""Check: what a typed code is answered, decided before and after the comparison."""

from enum import StrEnum

from watchword.domain.authentication import Authentication, State
from watchword.domain.number_history import NumberHistory


class CheckStatus(StrEnum):
    """The answers to a check."""

    UNKNOWN = "unknown"
    VALID = "valid"
    INVALID = "invalid"
    WITHOUT_ATTEMPT = "without_attempt"
    RATE_LIMITED = "rate_limited"
    ALREADY_VALIDATED = "already_validated"
    EXPIRED_AUTH = "expired_auth"


def answer_before_comparing(
    authentication: Authentication, history: NumberHistory, now: int
) -> CheckStatus | None:
    """The answer that no code can change, or None where a try may be spent on comparing."""
    match authentication.state:
        case State.VALIDATED:
            return CheckStatus.ALREADY_VALIDATED
        case State.REFUSED_SPAM | State.REFUSED_RATE:
            return CheckStatus.WITHOUT_ATTEMPT
    if authentication.is_expired(now):
        return CheckStatus.EXPIRED_AUTH
    if not authentication.was_attempted:
        return CheckStatus.WITHOUT_ATTEMPT
    if authentication.remaining_checks == 0 or not history.may_guess(now):
        return CheckStatus.RATE_LIMITED
    return None
