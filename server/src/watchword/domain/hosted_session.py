"""Hosted session: one person's walk through the hosted page, and what every step leaves behind."""

import ipaddress
from collections.abc import Sequence
from enum import StrEnum
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from watchword.domain.errors import ErrorCode, Refusal
from watchword.domain.locale import is_locale
from watchword.domain.signals import is_plain

LIFETIME = 30 * 60_000
"""Milliseconds in which a person may finish."""
MOST_NUMBERS = 5
"""How often a session may name a number: whoever holds a token cannot send to a whole range."""
MAX_STATE, MAX_URL, MAX_ORIGINS = 200, 2048, 10
LOOPBACK = ("localhost", "localhost.")


class SessionStatus(StrEnum):
    """How a session stands, in the words of the API."""

    OPEN = "open"
    VERIFIED = "verified"
    EXPIRED = "expired"


class Word(StrEnum):
    """What the page has to say about the last step; it is put into sentences where it is shown."""

    NUMBER_INVALID = "number_invalid"
    NUMBER_CANNOT = "number_cannot"
    """It is a number, of a line that receives no code."""
    NUMBER_REFUSED = "number_refused"
    TOO_MANY_CODES = "too_many_codes"
    TOO_MANY_NUMBERS = "too_many_numbers"
    CODE_INCOMPLETE = "code_incomplete"
    CODE_WRONG = "code_wrong"
    CODE_EXPIRED = "code_expired"
    CODE_USED = "code_used"
    TOO_MANY_TRIES = "too_many_tries"
    NOT_SENT = "not_sent"
    WAIT = "wait"
    UNAVAILABLE = "unavailable"
    SENT_AGAIN = "sent_again"
    """The only good news among them."""


class HostedSession(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One walk. Times are Unix milliseconds; `digest` is the SHA-256 of the token.

    `number` is the E.164 number the walk is about at present, `fixed` that the person may not choose
    another. `country` and `typed` are what the form showed last. `version` is the one loaded: every
    change is a compare-and-set on it.
    """

    id: UUID
    project_id: UUID
    digest: bytes
    created_at: int
    expires_at: int
    number: str | None = None
    fixed: bool = False
    country: str | None = None
    typed: str = ""
    locale: str | None = None
    return_url: str | None = None
    origins: tuple[str, ...] = ()
    state: str | None = None
    numbers: int = 0
    authentication_id: UUID | None = None
    word: Word | None = None
    verified_at: int | None = None
    version: int = 0

    def status(self, now: int) -> SessionStatus:
        """How it stands; what is verified stays so."""
        if self.verified_at is not None:
            return SessionStatus.VERIFIED
        return SessionStatus.EXPIRED if now >= self.expires_at else SessionStatus.OPEN

    def is_open(self, now: int) -> bool:
        """Whether a step may be taken."""
        return self.status(now) is SessionStatus.OPEN

    def asking(self, number: str, country: str | None, typed: str) -> "HostedSession":
        """Before a code is asked for: the number counts, whatever becomes of it."""
        return replace(
            self,
            number=number,
            country=country,
            typed=typed,
            numbers=self.numbers + 1,
            authentication_id=None,
            word=None,
        )

    def told(self, word: Word | None) -> "HostedSession":
        """With something to say, or nothing."""
        return replace(self, word=word)

    def sent(self, authentication_id: UUID, word: Word | None = None) -> "HostedSession":
        """A code of this authentication is under way."""
        return replace(self, authentication_id=authentication_id, word=word)

    def mistyped(self, country: str | None, typed: str) -> "HostedSession":
        """What was typed is no number: the form shows it again."""
        return replace(self, country=country, typed=typed, word=Word.NUMBER_INVALID)

    def changing(self) -> "HostedSession":
        """Back to the form for the number; a fixed number stays."""
        kept = self.number if self.fixed else None
        return replace(self, number=kept, authentication_id=None, word=None)

    def verified(self, now: int, number: str, authentication_id: UUID) -> "HostedSession":
        """The person typed a right code of this authentication, which was sent to this number."""
        return replace(
            self,
            verified_at=now,
            number=number,
            authentication_id=authentication_id,
            typed="",
            word=None,
        )

    def way_back(self) -> str | None:
        """Where the person goes in the end, told which session this was; the query is kept."""
        if self.return_url is None:
            return None
        url = urlsplit(self.return_url)
        told = {"session_uuid": str(self.id)}
        if self.state is not None:
            told["state"] = self.state
        given = parse_qsl(url.query, keep_blank_values=True)
        query = [pair for pair in given if pair[0] not in told]
        return urlunsplit(url._replace(query=urlencode([*query, *told.items()])))


def fault_of_request(
    *,
    country: str | None,
    locale: str | None,
    return_url: str | None,
    origins: Sequence[str],
    state: str | None,
) -> Refusal | None:
    """What is wrong with the fields of a request for a session, apart from its number."""
    if country is not None and not (
        len(country) == 2 and country.isascii() and country.isalpha() and country.isupper()  # noqa: PLR2004 - ISO 3166-1 alpha-2
    ):
        return _bad("country must be two capital letters, such as FR (ISO 3166-1)")
    if locale is not None and not is_locale(locale):
        return _bad("locale must be a BCP 47 tag such as fr or pt-BR")
    if return_url is not None and not is_return_url(return_url):
        return _bad(
            f"return_url must be an https URL of at most {MAX_URL} characters; "
            "http is for this machine alone"
        )
    if len(origins) > MAX_ORIGINS:
        return _bad(f"origins may hold at most {MAX_ORIGINS} entries")
    for origin in origins:
        if not is_origin(origin):
            return _bad(
                "origins must be exact https origins such as https://shop.example, "
                "without a path; http is for this machine alone"
            )
    if state is not None and not is_plain(state, MAX_STATE):
        return _bad(f"state must be at most {MAX_STATE} characters, none of them control")
    return None


def _bad(message: str) -> Refusal:
    return Refusal(ErrorCode.BAD_REQUEST, message)


def is_return_url(text: str) -> bool:
    """Whether a person may be sent there: https, or http on this machine."""
    return len(text) <= MAX_URL and _is_safe(text)


def is_origin(text: str) -> bool:
    """Whether it is an origin exactly as a browser writes it (RFC 6454, 6.2): no path, no capitals."""
    if not _is_safe(text) or len(text) > MAX_URL or text != text.lower():
        return False
    url = urlsplit(text)
    usual = {"https": 443, "http": 80}[url.scheme]
    return url.port != usual and text == f"{url.scheme}://{url.netloc}" and url.hostname != ""


_ALLOWED = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-:[]")


def _is_safe(text: str) -> bool:
    if not text.isascii() or not text.isprintable() or " " in text or "\\" in text:
        return False
    try:
        url = urlsplit(text)
        port = url.port
    except ValueError:
        return False
    host = url.hostname
    if not host or port == 0 or url.netloc.endswith(":") or not set(url.netloc) <= _ALLOWED:
        return False
    return url.scheme == "https" or (url.scheme == "http" and is_loopback(host))


def is_loopback(host: str) -> bool:
    """Whether a host is this machine (RFC 6761, 6.3; RFC 8252, 7.3)."""
    if host in LOOPBACK or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
