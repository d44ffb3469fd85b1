"""Saying afterwards whether a person was genuine."""

from msgspec import Struct

from .answer import Answer
from .open_enum import OpenEnum


class FeedbackStatus(OpenEnum):
    """Whether the person turned out to be genuine."""

    ONBOARDED = "onboarded"
    NOT_ONBOARDED = "not_onboarded"


class FeedbackRequest(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A number, in E.164 form, and how its person turned out."""

    phone_number: str
    status: FeedbackStatus
    customer_uuid: str | None = None


class FeedbackResponse(Answer, frozen=True, kw_only=True):
    """The record that was made of it."""

    uuid: str | None = None
