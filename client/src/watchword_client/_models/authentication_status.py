"""Reading what happened to an authentication."""

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar

from msgspec import Struct

from .answer import Answer, Picker
from .device_type import DeviceType
from .events import Event, event_kind


class GetAuthenticationStatusRequest(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The authentication to read."""

    auth_uuid: str


class Signals(Answer, frozen=True, kw_only=True):
    """What was known about the person when the code was asked for."""

    ip: str | None = None
    device_id: str | None = None
    device_type: DeviceType | None = None
    device_model: str | None = None
    os_version: str | None = None
    app_version: str | None = None
    app_realm: str | None = None
    is_returning_user: bool | None = None


class AuthenticationStatusResponse(Answer, frozen=True, kw_only=True):
    """An authentication and its history; there is no overall status, it is in the events."""

    uuid: str | None = None
    phone_number: str | None = None
    template_id: str | None = None
    correlation_id: str | None = None
    created_at: datetime | None = None
    signals: Signals | None = None
    events: tuple[Event, ...] = ()
    """Oldest first."""

    parts: ClassVar[Mapping[str, Picker]] = {
        "signals": lambda _: Signals,
        "events": event_kind,
    }
