"""A request's body is read whole within its bounds, and not at all beyond them."""

import asyncio
from collections.abc import MutableMapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchword.edges.http import asgi
from watchword.edges.http.asgi import (
    MAX_BODY,
    Answer,
    BodyTooLargeError,
    BodyTooSlowError,
    Receive,
    header,
    read_body,
    send_answer,
)

Message = MutableMapping[str, Any]


def scope(**headers: str) -> Message:
    return {"headers": [(k.replace("_", "-").encode(), v.encode()) for k, v in headers.items()]}


class Client:
    """Sends a body in pieces; after them it is silent, or gone."""

    def __init__(self, *pieces: bytes, ends: bool = True, goes: bool = False) -> None:
        self.messages: list[Message] = [
            {"type": "http.request", "body": piece, "more_body": True} for piece in pieces
        ]
        if ends and self.messages:
            self.messages[-1]["more_body"] = False
        if goes:
            self.messages.append({"type": "http.disconnect"})
        self.read = 0

    async def __call__(self) -> Message:
        if not self.messages:
            await asyncio.Event().wait()
        self.read += 1
        return self.messages.pop(0)


@given(pieces=st.lists(st.binary(max_size=50), min_size=1, max_size=10))
async def test_a_body_is_put_together_from_its_pieces(pieces: list[bytes]) -> None:
    assert await read_body(scope(), Client(*pieces)) == b"".join(pieces)


async def test_a_body_of_64_kb_is_taken_and_one_byte_more_is_not() -> None:
    assert MAX_BODY == 65_536
    whole = b"x" * MAX_BODY
    assert await read_body(scope(content_length=str(MAX_BODY)), Client(whole)) == whole
    assert await read_body(scope(), Client(whole[:9], whole[9:])) == whole
    for client in (Client(whole + b"x"), Client(whole, b"x"), Client(*[b"x" * 9_000] * 8)):
        with pytest.raises(BodyTooLargeError):
            await read_body(scope(), client)


async def test_a_body_that_says_it_is_too_large_is_not_read() -> None:
    client = Client(b"x")
    with pytest.raises(BodyTooLargeError):
        await read_body(scope(content_length=str(MAX_BODY + 1)), client)
    assert client.read == 0


async def test_of_a_body_without_end_only_the_bound_is_read() -> None:
    client = Client(*[b"x" * 1_024] * 1_000, ends=False)
    with pytest.raises(BodyTooLargeError):
        await read_body(scope(content_length="10"), client)
    assert client.read <= 66


@pytest.mark.parametrize("length", ["-1", "", "x", "1e9", "+5", "٥"])
async def test_a_length_that_is_no_number_is_not_believed(length: str) -> None:
    assert await read_body(scope(content_length=length), Client(b"{}")) == b"{}"


@pytest.mark.parametrize("pieces", [(), (b"x",)])
async def test_a_body_that_never_comes_is_given_up(
    monkeypatch: pytest.MonkeyPatch, pieces: tuple[bytes, ...]
) -> None:
    monkeypatch.setattr(asgi, "TIME_TO_SEND_BODY", 0.01)
    with pytest.raises(BodyTooSlowError):
        await read_body(scope(), Client(*pieces, ends=False))


@pytest.mark.parametrize("pieces", [(), (b"x",)])
async def test_a_client_that_goes_away_is_told_apart(pieces: tuple[bytes, ...]) -> None:
    client: Receive = Client(*pieces, ends=False, goes=True)
    with pytest.raises(BodyTooSlowError):
        await read_body(scope(), client)


async def test_an_answer_is_json_of_a_stated_length_that_nobody_keeps() -> None:
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    await send_answer(send, Answer(402, b'{"a":1}', "a", ((b"retry-after", b"1"),)))
    begin, body = sent
    assert begin["status"] == 402
    assert dict(begin["headers"]) == {
        b"content-type": b"application/json",
        b"content-length": b"7",
        b"cache-control": b"no-store",
        b"retry-after": b"1",
    }
    assert body == {"type": "http.response.body", "body": b'{"a":1}'}


def test_the_first_header_of_a_name_counts() -> None:
    twice = {"headers": [(b"a", b"1"), (b"b", b"2"), (b"b", b"3")]}
    assert header(twice, b"b") == b"2"
    assert header(twice, b"c") is None
