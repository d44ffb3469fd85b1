"""Plain ASGI: read a bounded body, send an answer; for the operations that must be fast."""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from uuid import UUID

from msgspec import Struct

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Headers = tuple[tuple[bytes, bytes], ...]

MAX_BODY = 64 * 1024
"""Bytes a request body may have."""
CLOSE: Headers = ((b"connection", b"close"),)
"""Ends the connection after an answer to a body that was not read."""
TIME_TO_SEND_BODY = 10.0
"""Seconds a client has to send its body."""


class BodyTooLargeError(Exception):
    """The body is too large; the rest of it was not read."""


class BodyTooSlowError(Exception):
    """The body did not come in time, or the client went away."""


class Answer(Struct, frozen=True):
    """An HTTP answer; `name` is the status or code it is counted under.

    `authentication` is the one it is about, for the log.
    """

    status: int
    body: bytes
    name: str
    headers: Headers = ()
    authentication: UUID | None = None


def header(scope: Scope, name: bytes) -> bytes | None:
    """The first header of that (lower-case) name."""
    for key, value in scope["headers"]:
        if key == name:
            return bytes(value)
    return None


async def read_body(scope: Scope, receive: Receive, largest: int = MAX_BODY) -> bytes:
    """The whole body, of at most so many bytes.

    Raises:
        BodyTooLargeError: it is over that.
        BodyTooSlowError: it did not arrive in ten seconds, or never will.

    """
    length = header(scope, b"content-length")
    if length is not None and length.isdigit() and int(length) > largest:
        raise BodyTooLargeError
    message = await _next(receive)
    body: bytes = message.get("body", b"")
    while message.get("more_body"):
        if len(body) > largest:
            raise BodyTooLargeError
        message = await _next(receive)
        body += message.get("body", b"")
    if len(body) > largest:
        raise BodyTooLargeError
    return body


async def _next(receive: Receive) -> MutableMapping[str, Any]:
    try:
        async with asyncio.timeout(TIME_TO_SEND_BODY):
            message = await receive()
    except TimeoutError:
        raise BodyTooSlowError from None
    if message["type"] != "http.request":
        raise BodyTooSlowError
    return message


async def send_answer(send: Send, answer: Answer) -> None:
    """Send a JSON answer."""
    await send(
        {
            "type": "http.response.start",
            "status": answer.status,
            "headers": [
                (b"content-type", b"application/json"),
                (b"content-length", str(len(answer.body)).encode()),
                (b"cache-control", b"no-store"),
                *answer.headers,
            ],
        }
    )
    await send({"type": "http.response.body", "body": answer.body})
