"""Security: what every page is sent with, the cookies, and notices that only we can read and write."""

import binascii
from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response

from watchword.edges.management.access import COOKIE
from watchword.ports.keyring import Keyring, UnknownKeyError

NOTICE = "watchword_notice"
NOTICE_SECONDS = 60
HEADERS = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}
"""OWASP's Secure Headers; nothing inline, nothing from elsewhere."""


class Notice(Struct, frozen=True, omit_defaults=True):
    """What the next page says at its top, and the operation that takes it back."""

    text: str
    bad: bool = False
    undo: str = ""
    fields: dict[str, Any] = {}
    project: str = ""


def guard(response: Response, *, keep: bool = False) -> Response:
    """Add the headers; a page is kept by nobody."""
    for name, value in HEADERS.items():
        response.headers[name] = value
    if not keep:
        response.headers["cache-control"] = "no-store"
    return response


def begin_session(response: Response, secret: str, seconds: int) -> None:
    """The session's cookie, which no script can read and no other site sends."""
    response.set_cookie(
        COOKIE, secret, max_age=seconds, path="/", secure=True, httponly=True, samesite="lax"
    )


def end_session(response: Response) -> None:
    """Take the session's cookie back."""
    response.delete_cookie(COOKIE, path="/", secure=True, httponly=True, samesite="lax")


def leave_notice(response: Response, keyring: Keyring, notice: Notice) -> None:
    """Seal a notice for the next page: what can be taken back may hold a whole number."""
    response.set_cookie(
        NOTICE,
        keyring.seal(msgspec.json.encode(notice), NOTICE),
        max_age=NOTICE_SECONDS,
        path="/console",
        secure=True,
        httponly=True,
        samesite="lax",
    )


def notice_of(keyring: Keyring, sealed: str | None) -> Notice | None:
    """A notice that was left; None where there is none or it is not ours."""
    if not sealed:
        return None
    try:
        return msgspec.json.decode(keyring.unseal(sealed, NOTICE), type=Notice)
    except (UnknownKeyError, msgspec.MsgspecError, ValueError, binascii.Error):
        return None


def theme_of(cookies: Mapping[str, str]) -> str:
    """Light or dark where somebody chose; empty where the system decides."""
    chosen = cookies.get("watchword_theme", "")
    return chosen if chosen in ("light", "dark") else ""


def is_inside(path: str) -> bool:
    """Whether an address is a page of ours, to come back to."""
    return path.startswith("/console") and "\\" not in path and "//" not in path


def hint_of(request: Request) -> str:
    """Where a person sits, for the list of sessions."""
    agent = request.headers.get("user-agent", "")
    return f"{request.client.host if request.client else ''} {agent}"[:80]
