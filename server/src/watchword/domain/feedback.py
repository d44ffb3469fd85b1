"""Feedback: the caller's later word on whether a verified person turned out real."""

from enum import StrEnum


class FeedbackStatus(StrEnum):
    """The two things a caller can say."""

    ONBOARDED = "onboarded"
    NOT_ONBOARDED = "not_onboarded"


FEEDBACK_WINDOW = 30 * 24 * 60 * 60 * 1000
"""Milliseconds after an authentication within which feedback finds it."""
