"""HTTP: any gateway that a declaration describes: how a message goes, and how receipts are read."""

import hmac
import re
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Mapping
from typing import Annotated, Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

import msgspec
from msgspec import Meta

from watchword.adapters.providers.answers import look, moment, price, read_json
from watchword.adapters.providers.exchange import Reply, failure
from watchword.adapters.providers.http_declaration import (
    Ask,
    Carried,
    Clock,
    Encoding,
    Signed,
    at,
    filled,
    placeholders,
    read_declaration,
)
from watchword.adapters.providers.http_declaration import Report as Reading
from watchword.adapters.providers.kind import Credentials, Kind, Tools
from watchword.adapters.providers.signatures import basic, same, timely
from watchword.domain.attempt import DeliveryStatus
from watchword.domain.channel import Channel
from watchword.ports.provider import (
    Accepted,
    Forged,
    Healthy,
    Inbound,
    Message,
    Receipt,
    Receipts,
    RefusalKind,
    Refused,
    Report,
    Unavailable,
)

SECRETS = ("username", "password", "token")
WORDS = {
    *("to", "to_digits", "text", "code", "sender", "reference", "receipts_url", "ttl_seconds"),
    *("locale", "template", "dlt_entity_id", "dlt_template_id", "message_id", "basic", *SECRETS),
}
"""Every placeholder that a declaration may name."""
LONGEST_CAUSE = 200
_Blank = Annotated[str, Meta(extra={"secret": True})]


class HttpCredentials(Credentials, frozen=True, kw_only=True):
    """The declaration of a gateway, and the secrets that its placeholders name."""

    declaration: Annotated[
        str,
        Meta(min_length=1, description="Declaration in TOML or JSON; @FILE reads it from a file."),
    ]
    username: Annotated[str, Meta(description="What {username} stands for.")] = ""
    password: Annotated[_Blank, Meta(description="What {password} stands for.")] = ""
    token: Annotated[_Blank, Meta(description="What {token} stands for.")] = ""
    sender: Annotated[str, Meta(description="Sender where the route names none.")] = ""
    receipts_username: Annotated[str, Meta(description="User of receipts with HTTP Basic.")] = ""
    receipts_password: Annotated[
        _Blank, Meta(description="Password, or shared secret, that receipts come with.")
    ] = ""
    signing_key: Annotated[_Blank, Meta(description="Key that receipts are signed with.")] = ""
    base_url: Annotated[
        str,
        Meta(
            pattern=r"^$|^https?://[^\s?#]+$",
            description="Replaces scheme and host of every address, for a test system.",
        ),
    ] = ""


class Http:
    """One gateway."""

    def __init__(self, credentials: HttpCredentials, tools: Tools) -> None:
        """Read the declaration.

        Raises:
            ValueError: it cannot be used, or what verifies receipts is not given.

        """
        told = credentials
        declared = read_declaration(told.declaration)
        unknown = placeholders(msgspec.to_builtins(declared)) - WORDS - SIGNABLE
        if unknown:
            raise ValueError(
                f"the declaration names {', '.join(sorted(unknown))}, which nothing is"
            )
        self._told = told
        self._declared = declared
        self._tools = tools
        self.channels = frozenset(declared.channels)
        self._kinds = {code: kind for kind, codes in declared.refusals.items() for code in codes}
        reading = declared.receipts
        if reading is not None:
            key = told.signing_key if reading.authentic.hmac else told.receipts_password
            if not key:
                raise ValueError(
                    "the declaration verifies receipts with a secret that is not given"
                )
        heard = reading is not None and tools.receipts_url
        self._ask_after = declared.status.after * 1000 if declared.status and not heard else None

    async def send(self, message: Message) -> Accepted | Refused | Unavailable:
        """Hand a message over as the declaration says."""
        if message.channel not in self.channels:
            return Refused(RefusalKind.ACCOUNT, "no_channel", "the declaration has no such channel")
        send = self._declared.send
        reply = await self._ask(send.ask, self._words(message))
        if isinstance(reply, Unavailable):
            return reply
        told = reply.json()
        known = at(told, send.success.path)
        good = not send.success.path or known in send.success.values
        message_id = _found(reply, told, send.message_id)
        if reply.status in send.success.statuses and good and message_id:
            cost = price(at(told, send.price.path), send.price.currency) if send.price else None
            return Accepted(message_id, self._ask_after, cost)
        code = _found(reply, told, send.error_code)
        cause = re.sub(r"\d{4,}", "…", _found(reply, told, send.error_text))[:LONGEST_CAUSE]
        if reply.ok and code and code not in self._kinds:
            return Refused(RefusalKind.ACCOUNT, code, cause or f"answered {code}")
        return failure(reply, code, cause, self._kinds)

    def _words(self, message: Message) -> dict[str, str]:
        return {
            **self._secrets(),
            "to": message.to.e164,
            "to_digits": message.to.e164[1:],
            "text": message.text,
            "code": message.code,
            "sender": message.sender_id or self._told.sender,
            "reference": message.reference,
            "receipts_url": self._tools.receipts_url or "",
            "ttl_seconds": str(max(1, message.valid_for // 1000)),
            "locale": message.content.locale,
            "template": message.template or "",
            "dlt_entity_id": message.dlt.entity_id if message.dlt else "",
            "dlt_template_id": message.dlt.template_id if message.dlt else "",
        }

    def _secrets(self) -> dict[str, str]:
        told = self._told
        named = {name: getattr(told, name) for name in SECRETS}
        return {**named, "basic": basic(told.username, told.password)}

    async def _ask(self, ask: Ask, words: Mapping[str, str]) -> Reply | Unavailable:
        quoted = {name: quote(word, safe="") for name, word in words.items()}
        url = str(filled(ask.url, quoted))
        query = filled(ask.query, words)
        if query:
            url += ("&" if "?" in url else "?") + urlencode(query)
        if self._told.base_url:
            elsewhere, here = urlsplit(self._told.base_url), urlsplit(url)
            path = elsewhere.path.rstrip("/") + here.path
            url = urlunsplit((elsewhere.scheme, elsewhere.netloc, path, here.query, ""))
        headers = {name.lower(): str(value) for name, value in filled(ask.headers, words).items()}
        exchange, body = self._tools.exchange, filled(ask.body, words)
        match ask.encoding:
            case _ if body is None:
                return await exchange.ask(ask.method, url, headers=headers)
            case Encoding.JSON:
                return await exchange.ask(ask.method, url, headers=headers, json=body)
            case Encoding.FORM:
                form = {str(name): str(value) for name, value in dict(body).items()}
                return await exchange.ask(ask.method, url, headers=headers, form=form)
            case Encoding.TEXT:
                return await exchange.ask(ask.method, url, headers=headers, body=str(body).encode())

    async def report(self, message_id: str) -> Report | None:
        """What the gateway says of a message, where the declaration says how it is asked."""
        status = self._declared.status
        if status is None:
            return None
        reply = await self._ask(status.ask, {**self._secrets(), "message_id": message_id})
        if isinstance(reply, Unavailable) or not reply.ok:
            return None
        told = reply.json()
        word = _found(reply, told, status.status)
        return self._report(word, at(told, status.code)) if word else None

    def _report(self, word: str, code: str, when: int | None = None) -> Report:
        status = self._declared.statuses.get(word, DeliveryStatus.UNKNOWN)
        failed = status is DeliveryStatus.UNDELIVERABLE
        return Report(
            status=status,
            at=when,
            carrier_code=code or None,
            refusal=self._kinds.get(code, RefusalKind.PASSING) if failed else None,
        )

    async def receipts(self, inbound: Inbound) -> Receipts | Forged:
        """Verify a request as the declaration says, and read every receipt in it."""
        reading = self._declared.receipts
        if reading is None:
            return Forged("the declaration reads no receipts")
        if not self._is_genuine(reading, inbound):
            return Forged("it is not authenticated as the declaration asks")
        told = _carried(reading.carried, inbound)
        each = look(told, *_steps(reading.each)) if reading.each else told
        found = [
            Receipt(
                report=self._report(
                    at(one, reading.status),
                    at(one, reading.code),
                    _moment(at(one, reading.time), reading.clock),
                ),
                message_ids=(at(one, reading.message_id),),
                reference=at(one, reading.reference) or None,
            )
            for one in (each if isinstance(each, list) else [each])
            if at(one, reading.message_id) and at(one, reading.status)
        ]
        return Receipts(tuple(found), reading.answer.encode())

    def _is_genuine(self, reading: Reading, inbound: Inbound) -> bool:
        told, ways = self._told, reading.authentic
        if ways.hmac is not None:
            return _signed(ways.hmac, told.signing_key, inbound)
        if ways.basic:
            wanted = basic(told.receipts_username, told.receipts_password)
            return same(inbound.headers.get("authorization", ""), wanted)
        if ways.header:
            return same(inbound.headers.get(ways.header.lower(), ""), told.receipts_password)
        given = dict(parse_qsl(urlsplit(inbound.url).query, keep_blank_values=True))
        return same(given.get(ways.query, ""), told.receipts_password)

    async def probe(self) -> Healthy | Refused | Unavailable:
        """Ask what the declaration names for it; without that nobody knows more than that it is valid."""
        if self._declared.probe is None:
            return Healthy("the declaration is valid, and names nothing to ask")
        reply = await self._ask(self._declared.probe, self._secrets())
        if isinstance(reply, Unavailable):
            return reply
        return Healthy("the gateway answers") if reply.ok else failure(reply)

    async def close(self) -> None:
        """Let go of every connection."""
        await self._tools.exchange.close()


SIGNABLE = {"body", "url", "url_without_query", "timestamp", "nonce"}
"""What a signature may cover."""


def _signed(how: Signed, key: str, inbound: Inbound) -> bool:
    """Whether one of the signatures in the header is of this request; some vendors give several."""
    time = inbound.headers.get(how.timestamp_header.lower(), "") if how.timestamp_header else ""
    if how.timestamp_header and not timely(inbound, time):
        return False
    nonce = inbound.headers.get(how.nonce_header.lower(), "") if how.nonce_header else ""
    parts = {
        "url": inbound.url,
        "url_without_query": inbound.url.partition("?")[0],
        "timestamp": time,
        "nonce": nonce,
    }
    head, mark, tail = how.covers.partition("{body}")
    covered = (
        filled(head, parts).encode()
        + (inbound.body if mark else b"")
        + filled(tail, parts).encode()
    )
    try:
        secret = b64decode(key.removeprefix(how.key_prefix)) if how.key_prefix else key.encode()
    except Base64Error:
        return False
    digest = hmac.digest(secret, covered, how.algorithm)
    right = how.prefix + (digest.hex() if how.encoding == "hex" else b64encode(digest).decode())
    given = inbound.headers.get(how.header.lower(), "")
    return any([same(one, right) for one in (given, *re.split(r"[ ,]+", given))])  # noqa: C419 - all of them


def _carried(how: Carried, inbound: Inbound) -> Any:  # noqa: ANN401 - whatever was posted
    match how:
        case Carried.JSON:
            return read_json(inbound.body)
        case Carried.FORM:
            return dict(parse_qsl(inbound.body.decode("utf-8", "replace"), keep_blank_values=True))
        case Carried.QUERY:
            return dict(parse_qsl(urlsplit(inbound.url).query, keep_blank_values=True))


def _steps(path: str) -> list[str | int]:
    return [int(step) if step.isdecimal() else step for step in path.split(".")]


def _found(reply: Reply, told: object, path: str) -> str:
    """What stands at a path of an answer, or what an expression finds in it."""
    if not path.startswith("regex:"):
        return at(told, path)
    found = re.search(path.removeprefix("regex:"), reply.body.decode("utf-8", "replace"))
    return (found[1] or "") if found else ""


def _moment(text: str, clock: Clock) -> int | None:
    match clock:
        case Clock.ISO:
            return moment(text)
        case Clock.SECONDS | Clock.MILLISECONDS if re.fullmatch(r"[0-9]{1,14}", text):
            return int(text) * (1000 if clock is Clock.SECONDS else 1)
    return None


HTTP = Kind(
    name="http",
    title="Any HTTP gateway",
    channels=frozenset(Channel),
    credentials=HttpCredentials,
    open=Http,
    receipts="posted or got as the declaration says, with HTTP Basic, a shared secret or an HMAC",
    website="https://www.rfc-editor.org/rfc/rfc9110",
    notes=(
        "The channels of an account are those that its declaration names.",
        "How a declaration is written: docs/how-to/add-a-provider-without-code.md.",
    ),
)
