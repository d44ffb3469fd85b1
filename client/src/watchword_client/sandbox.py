"""The sandbox inbox: the messages that a project in sandbox mode would have sent, with their codes."""

from __future__ import annotations

from datetime import datetime

import httpx2
import msgspec


class SandboxMessage(msgspec.Struct, frozen=True, kw_only=True):
    """One message in the sandbox inbox."""

    to: str
    channel: str
    content: str
    code: str
    authentication_uuid: str
    attempt_number: int
    created_at: datetime
    sender_id: str | None = None


class _Page(msgspec.Struct, frozen=True):
    messages: list[SandboxMessage]


class NoMessageError(AssertionError):
    """No message came to the number in the time given."""


class Inbox:
    """The sandbox inbox of one project, on a running service."""

    def __init__(self, server_url: str, api_key: str) -> None:
        self._client = httpx2.Client(
            base_url=server_url, headers={"x-api-key": api_key}, timeout=60.0
        )

    def messages(self, to: str | None = None, *, wait: int = 0) -> list[SandboxMessage]:
        """Messages, newest first, of one number or of all; waits up to `wait` seconds for one."""
        params = {"wait": str(wait), "limit": "100"} | ({"to": to} if to else {})
        response = self._client.get("sandbox/messages", params=params)
        response.raise_for_status()
        return msgspec.json.decode(response.content, type=_Page).messages

    def wait_for_message(
        self, to: str, *, attempt_number: int | None = None, timeout: int = 10
    ) -> SandboxMessage:
        """The newest message to a number, or the one of that attempt.

        Raises:
            NoMessageError: none came within `timeout` seconds.

        """
        for _ in range(timeout * 4):
            for message in self.messages(to, wait=1):
                if attempt_number in (None, message.attempt_number):
                    return message
        raise NoMessageError(f"no message came to {to} within {timeout} s")

    def wait_for_code(
        self, to: str, *, attempt_number: int | None = None, timeout: int = 10
    ) -> str:
        """The code of the newest message to a number, or of that attempt's.

        Raises:
            NoMessageError: none came within `timeout` seconds.

        """
        return self.wait_for_message(to, attempt_number=attempt_number, timeout=timeout).code

    def close(self) -> None:
        """Close the connection."""
        self._client.close()

    def __enter__(self) -> Inbox:
        """The inbox itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the connection."""
        self.close()
