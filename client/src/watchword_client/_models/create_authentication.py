"""Asking for a code to be sent."""

from datetime import datetime

from msgspec import Struct

from .answer import Answer
from .device_type import DeviceType
from .open_enum import OpenEnum


class CreateAuthenticationRequest(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The number to verify, and what is known about the person."""

    phone_number: str
    """In E.164 form: plus sign, country code, number."""
    customer_uuid: str | None = None
    ip: str | None = None
    device_id: str | None = None
    device_type: DeviceType | None = None
    device_model: str | None = None
    os_version: str | None = None
    app_version: str | None = None
    is_returning_user: bool | None = None
    """True where there is reason to trust this person, not merely a second visit."""
    app_realm: str | None = None
    """The SMS Retriever hash of an Android app, 11 characters."""
    sender_id: str | None = None
    template_id: str | None = None
    locale: str | None = None
    """A BCP 47 tag; the language of the number's country where left out."""
    correlation_id: str | None = None
    """A reference of the caller's own, given back in the status and in callbacks."""
    callback_url: str | None = None
    email: str | None = None
    """Where the person is written to, for projects with a route over email."""


class CreateAuthenticationStatus(OpenEnum):
    """What became of the request for a code."""

    PENDING = "pending"
    RATE_LIMITED = "rate_limited"
    SPAM_DETECTED = "spam_detected"


class CreateAuthenticationResponse(Answer, frozen=True, kw_only=True):
    """The authentication that was opened, joined or refused."""

    authentication_uuid: str | None = None
    status: CreateAuthenticationStatus | None = None
    created_at: datetime | None = None
    expires_at: datetime | None = None
    """From when nothing can be checked or retried; None where nothing was opened."""
