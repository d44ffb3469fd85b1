"""HTTP declaration: what an operator writes down about a gateway, so that it needs no code."""

import re
import tomllib
from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from watchword.adapters.providers.answers import look
from watchword.domain.attempt import DeliveryStatus
from watchword.domain.channel import Channel
from watchword.ports.provider import RefusalKind

PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
Strings = dict[str, str]


class Encoding(StrEnum):
    """How a body is written."""

    JSON = "json"
    FORM = "form"
    TEXT = "text"


class Ask(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One request; every text may hold placeholders such as `{to}`."""

    url: Annotated[str, Meta(pattern=r"^https?://")]
    method: Annotated[str, Meta(pattern="^(GET|POST|PUT)$")] = "POST"
    headers: Strings = {}
    query: Strings = {}
    encoding: Encoding = Encoding.JSON
    body: Any = None


class Success(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an accepted message is answered with: a status, and perhaps words at a place."""

    statuses: tuple[int, ...] = (200, 201, 202)
    path: str = ""
    values: tuple[str, ...] = ()


class Price(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where the price of a message stands, in whole units of a currency."""

    path: str
    currency: Annotated[str, Meta(pattern="^[A-Z]{3}$")]


class Send(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a message is handed over, and how the answer is read.

    A path is names and positions with dots between them, `messages.0.id`; `regex:` and an expression
    with one group reads an answer that is no JSON.
    """

    ask: Ask
    message_id: str
    success: Success = Success()
    error_code: str = ""
    error_text: str = ""
    price: Price | None = None


class Status(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the gateway is asked about a message, where it can be; `{message_id}` stands for its id."""

    ask: Ask
    status: str
    code: str = ""
    after: Annotated[int, Meta(ge=1, le=3600)] = 30


class Carried(StrEnum):
    """How a receipt comes."""

    JSON = "json"
    FORM = "form"
    QUERY = "query"


class Clock(StrEnum):
    """How a time is written."""

    ISO = "iso"
    SECONDS = "seconds"
    MILLISECONDS = "milliseconds"


class Signed(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An HMAC under `signing_key`.

    `covers` is what is signed, of `{body}`, `{url}`, `{url_without_query}`, `{timestamp}` and `{nonce}`.
    """

    header: str
    covers: str = "{body}"
    algorithm: Annotated[str, Meta(pattern="^sha(1|256|384|512)$")] = "sha256"
    encoding: Annotated[str, Meta(pattern="^(hex|base64)$")] = "hex"
    prefix: str = ""
    timestamp_header: str = ""
    nonce_header: str = ""
    key_prefix: str = ""
    """What the key begins with before its Base64, as `whsec_`; empty where the key is plain text."""


class Authentic(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What makes a receipt genuine: exactly one of the four."""

    basic: bool = False
    """HTTP Basic with `receipts_username` and `receipts_password`."""
    header: str = ""
    """A header that holds `receipts_password`."""
    query: str = ""
    """A parameter of the address that holds `receipts_password`."""
    hmac: Signed | None = None


class Report(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How receipts are verified and read; `each` is where a list of them stands in one request."""

    authentic: Authentic
    message_id: str
    status: str
    carried: Carried = Carried.JSON
    each: str = ""
    reference: str = ""
    code: str = ""
    time: str = ""
    clock: Clock = Clock.ISO
    answer: str = ""


class Declaration(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A gateway: how a message goes, what its words mean, and how receipts come back.

    `statuses` say what the gateway's words for a delivery mean, `refusals` what its error codes do.
    """

    channels: Annotated[tuple[Channel, ...], Meta(min_length=1)]
    send: Send
    statuses: dict[str, DeliveryStatus] = {}
    refusals: dict[RefusalKind, tuple[str, ...]] = {}
    status: Status | None = None
    receipts: Report | None = None
    probe: Ask | None = None


def read_declaration(text: str) -> Declaration:
    """A declaration in TOML or JSON.

    Raises:
        ValueError: it is neither, or a field is unknown, missing or not of its form.

    """
    try:
        document = (
            msgspec.json.decode(text) if text.lstrip().startswith("{") else tomllib.loads(text)
        )
        declared = msgspec.convert(document, Declaration)
    except (msgspec.MsgspecError, ValueError) as error:
        raise ValueError(f"the declaration cannot be used: {error}") from None
    if declared.receipts is not None:
        ways = declared.receipts.authentic
        if sum(map(bool, (ways.basic, ways.header, ways.query, ways.hmac))) != 1:
            raise ValueError("the declaration's receipts.authentic names exactly one way")
    for path in _paths(declared):
        if path.startswith("regex:"):
            try:
                groups = re.compile(path.removeprefix("regex:")).groups
            except re.error as error:
                raise ValueError(f"the declaration has a bad expression: {error}") from None
            if groups != 1:
                raise ValueError("an expression of the declaration has one group")
    return declared


def _paths(declared: Declaration) -> list[str]:
    send, status = declared.send, declared.status
    return [send.message_id, send.error_code, send.error_text, status.status if status else ""]


def placeholders(value: object) -> set[str]:
    """Every placeholder in a text, and in all texts of a tree."""
    match value:
        case str():
            return set(PLACEHOLDER.findall(value))
        case dict():
            return set().union(*map(placeholders, value), *map(placeholders, value.values()))
        case list() | tuple():
            return set().union(*map(placeholders, value))
    return set()


def filled(value: Any, words: Mapping[str, str]) -> Any:  # noqa: ANN401 - a tree of JSON
    """A tree with its placeholders filled in; a key whose text is one empty placeholder is left out.

    Nothing is evaluated: a placeholder is a name between braces, and all others stay as they are.
    """
    match value:
        case str():
            return PLACEHOLDER.sub(lambda found: words.get(found[1], found[0]), value)
        case dict():
            return {
                key: filled(each, words) for key, each in value.items() if not _empty(each, words)
            }
        case list() | tuple():
            return [filled(each, words) for each in value]
    return value


def _empty(value: object, words: Mapping[str, str]) -> bool:
    found = PLACEHOLDER.fullmatch(value) if isinstance(value, str) else None
    return found is not None and words.get(found[1]) == ""


def at(value: object, path: str) -> str:
    """The text or number at a path of names and positions; empty where there is none."""
    if not path:
        return ""
    found = look(value, *(int(step) if step.isdecimal() else step for step in path.split(".")))
    if isinstance(found, bool):
        return "true" if found else "false"
    return str(found) if isinstance(found, str | int | float) else ""
