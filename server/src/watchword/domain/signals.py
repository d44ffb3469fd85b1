"""Signals: what the caller tells about the person's address, device and app."""

import ipaddress
from enum import StrEnum

from msgspec import Struct

from watchword.domain.errors import ErrorCode, Refusal

MAX_LENGTH = 128
"""Characters a signal may have; no source states a limit, no real device name comes near it."""


class DeviceType(StrEnum):
    """The platform the person uses."""

    ANDROID = "ANDROID"
    IOS = "IOS"
    IPADOS = "IPADOS"
    TVOS = "TVOS"
    WEB = "WEB"


class Signals(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The signals of one request, cleaned; an absent one is None."""

    ip: str | None = None
    device_id: str | None = None
    device_type: DeviceType | None = None
    device_model: str | None = None
    os_version: str | None = None
    app_version: str | None = None
    app_realm: str | None = None
    is_returning_user: bool | None = None


_CODES = {
    "device_id": ErrorCode.INVALID_DEVICE_ID,
    "device_model": ErrorCode.INVALID_DEVICE_MODEL,
    "os_version": ErrorCode.INVALID_OS_VERSION,
    "app_version": ErrorCode.INVALID_APP_VERSION,
}


def is_plain(text: str, limit: int = MAX_LENGTH) -> bool:
    """Whether a text is at most `limit` characters long and free of control characters."""
    return len(text) <= limit and text.isprintable()


def parse_signals(
    *,
    ip: str | None = None,
    device_type: str | None = None,
    app_realm: str | None = None,
    is_returning_user: bool | None = None,
    **texts: str | None,
) -> Signals | Refusal:
    """Clean what the caller sent: trimmed, the empty string absent, each fault under its own code."""
    cleaned: dict[str, str | None] = {}
    for name, given in texts.items():
        text = (given or "").strip()
        if not is_plain(text):
            return Refusal(
                _CODES[name],
                f"{name} must be at most {MAX_LENGTH} characters and hold no control character",
            )
        cleaned[name] = text or None
    try:
        address = str(ipaddress.ip_address(ip.strip())) if ip and ip.strip() else None
    except ValueError:
        return Refusal(ErrorCode.BAD_REQUEST, "ip is not an IPv4 or IPv6 address")
    try:
        platform = DeviceType(device_type) if device_type is not None else None
    except ValueError:
        known = ", ".join(DeviceType)
        return Refusal(ErrorCode.BAD_REQUEST, f"device_type must be one of {known}")
    return Signals(
        ip=address,
        device_type=platform,
        app_realm=app_realm or None,
        is_returning_user=is_returning_user,
        **cleaned,
    )
