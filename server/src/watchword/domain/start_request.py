"""Start request: what a caller asks when it wants a code sent, and what of it is accepted."""

import re
from urllib.parse import urlsplit
from uuid import UUID

from msgspec import Struct

from watchword.domain.app_realm import check_app_realm
from watchword.domain.authentication import Authentication, State, delay_before_retry
from watchword.domain.channel import Channel
from watchword.domain.errors import ErrorCode, Refusal
from watchword.domain.line_type import can_receive_code
from watchword.domain.phone_number import PhoneNumber
from watchword.domain.project import Project
from watchword.domain.sandbox import Outcome, sandbox_outcome
from watchword.domain.screening.list_entry import ListKind, first_match
from watchword.domain.sender_id import parse_sender_id
from watchword.domain.signals import Signals, is_plain, parse_signals

MAX_EMAIL = 254
"""Characters of an address that can be a path in SMTP (RFC 5321, 4.5.3.1.3)."""
_PART = r"[^\s@<>()\[\]\\,;:\"\x00-\x1f\x7f]"
_EMAIL = re.compile(f"(?=.{{3,{MAX_EMAIL}}}$){_PART}{{1,64}}@{_PART}+")
MAX_CORRELATION_ID = 64
MAX_URL = 2048
MAX_LOCALE = 35
"""What RFC 5646 asks implementations to bear."""


class StartRequest(Struct, frozen=True, kw_only=True):
    """The fields of a request to send a code, as the caller wrote them."""

    phone_number: str
    ip: str | None = None
    device_id: str | None = None
    device_type: str | None = None
    device_model: str | None = None
    os_version: str | None = None
    app_version: str | None = None
    app_realm: str | None = None
    is_returning_user: bool | None = None
    sender_id: str | None = None
    template_id: str | None = None
    locale: str | None = None
    correlation_id: str | None = None
    callback_url: str | None = None
    email: str | None = None


class Wishes(Struct, frozen=True, kw_only=True):
    """The accepted fields of a request, apart from its number."""

    signals: Signals
    sender_id: str | None
    template_id: str | None
    locale: str | None
    correlation_id: str | None
    callback_url: str | None
    email: str | None


def accept_fields(project: Project, request: StartRequest) -> Wishes | Refusal:
    """Check every field but the number; the first fault is the answer."""
    signals = parse_signals(
        ip=request.ip,
        device_id=request.device_id,
        device_type=request.device_type,
        device_model=request.device_model,
        os_version=request.os_version,
        app_version=request.app_version,
        app_realm=request.app_realm,
        is_returning_user=request.is_returning_user,
    )
    if isinstance(signals, Refusal):
        return signals
    fault = _fault_of_app_realm(signals) or _fault_of_reference(request)
    if fault is not None:
        return fault
    templates = {template.template_id for template in project.settings.templates}
    if request.template_id and request.template_id not in templates:
        return Refusal(ErrorCode.INVALID_TEMPLATE_ID, "template_id names no template of yours")
    sender_id = _sender_id(project, request.sender_id)
    if isinstance(sender_id, Refusal):
        return sender_id
    return Wishes(
        signals=signals,
        sender_id=sender_id,
        template_id=request.template_id or None,
        locale=request.locale or None,
        correlation_id=request.correlation_id or None,
        callback_url=request.callback_url or None,
        email=request.email or None,
    )


def _fault_of_app_realm(signals: Signals) -> Refusal | None:
    if signals.app_realm is None:
        return None
    problem = check_app_realm(signals.app_realm, signals.device_type)
    if problem is None:
        return None
    return Refusal(
        ErrorCode(problem),
        "app_realm is the 11-character hash of an Android app and needs device_type ANDROID",
    )


def _fault_of_reference(request: StartRequest) -> Refusal | None:
    if not is_plain(request.correlation_id or "", MAX_CORRELATION_ID):
        return Refusal(
            ErrorCode.BAD_REQUEST,
            f"correlation_id must be at most {MAX_CORRELATION_ID} characters, none of them control",
        )
    if len(request.locale or "") > MAX_LOCALE:
        return Refusal(ErrorCode.BAD_REQUEST, f"locale must be at most {MAX_LOCALE} characters")
    if request.email and not _EMAIL.fullmatch(request.email):
        return Refusal(
            ErrorCode.BAD_REQUEST, f"email must be an address of at most {MAX_EMAIL} characters"
        )
    if request.callback_url and not _is_callback_url(request.callback_url):
        return Refusal(
            ErrorCode.BAD_REQUEST,
            f"callback_url must be an http or https URL of at most {MAX_URL} characters",
        )
    return None


def _is_callback_url(text: str) -> bool:
    if not is_plain(text, MAX_URL) or not text.isascii() or " " in text:
        return False
    try:
        url = urlsplit(text)
        return url.scheme in ("http", "https") and bool(url.hostname) and url.port != 0
    except ValueError:
        return False


def _sender_id(project: Project, wanted: str | None) -> str | Refusal | None:
    if not wanted:
        return project.settings.sender_id
    sender_id = parse_sender_id(wanted)
    if sender_id is None:
        return Refusal(
            ErrorCode.INVALID_SENDER_ID,
            "sender_id must be 1 to 11 letters and digits with at least one letter, or 1 to 15 digits",
        )
    if sender_id not in (*project.settings.sender_ids, project.settings.sender_id):
        return Refusal(
            ErrorCode.UNAUTHORIZED_SENDER_ID,
            "sender_id is not among those this project may use: `watchword projects set` adds it",
        )
    return sender_id


def fault_of_number(
    project: Project, number: PhoneNumber, signals: Signals, now: int, example: str | None
) -> Refusal | None:
    """Why this project does not send to this number, if so; `example` is one it would."""
    hint = f"; an example of one that can is {example}" if example else ""
    if not can_receive_code(number.line_type, allow_voip=project.settings.allow_voip):
        return Refusal(
            ErrorCode.INVALID_LINE,
            f"a {number.line_type} number cannot receive a code{hint}",
        )
    regions = project.settings.regions
    if regions and number.region not in regions:
        return Refusal(
            ErrorCode.UNSUPPORTED_REGION,
            f"{number.region or 'this region'} is not among the regions this project sends to",
        )
    blocked = tuple(e for e in project.settings.blocked if e.kind is ListKind.NUMBER)
    if first_match(blocked, number, signals, now) is not None:
        return Refusal(ErrorCode.BLOCKED_NUMBER, "this number is on the project's block list")
    return None


TEST_CHANNEL = Channel.SMS
"""The channel a fixed-code number is shown under; nothing is sent over it."""


def open_authentication(
    project: Project,
    number: PhoneNumber,
    wishes: Wishes,
    *,
    authentication_id: UUID,
    code_key: str,
    now: int,
) -> Authentication:
    """A new authentication under the project's settings, with no attempt in it yet."""
    settings = project.settings
    lifetime = settings.lifetime * 1000
    if project.is_sandbox and sandbox_outcome(number.e164) is Outcome.EXPIRES_AT_ONCE:
        lifetime = 0
    delays = tuple(delay * 1000 for delay in settings.retry_delays)
    wait = delay_before_retry(delays, 0)
    return Authentication(
        id=authentication_id,
        project_id=project.id,
        number=number,
        state=State.OPEN,
        created_at=now,
        expires_at=now + lifetime,
        code_key=code_key,
        code_length=settings.code_length,
        max_checks=settings.max_checks,
        retry_delays=delays,
        next_retry_at=now + (lifetime if wait is None else min(wait, lifetime)),
        max_fallbacks=settings.max_fallbacks,
        signals=wishes.signals,
        sender_id=wishes.sender_id,
        template_id=wishes.template_id,
        locale=wishes.locale,
        correlation_id=wishes.correlation_id,
        callback_url=wishes.callback_url,
        email=wishes.email,
    )
