"""Exchange: one HTTP request to a provider and its reply, whatever may go wrong on the way."""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct
from yarl import URL

from watchword.adapters.providers.answers import read_json
from watchword.ports.provider import RefusalKind, Refused, Unavailable

if TYPE_CHECKING:
    import aiohttp

TIME_TO_REPLY = 10.0
"""Seconds; whoever sends a message waits for less."""
LONGEST_REPLY = 1024 * 1024
"""Bytes of a reply that are read."""
CONNECTIONS = 200
"""To one provider account at once."""
USER_AGENT = "Watchword"
UNAUTHORIZED, FORBIDDEN, TOO_MANY, FAILURES = 401, 403, 429, 500


class Reply(Struct, frozen=True):
    """What came back; header names are lower-case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def ok(self) -> bool:
        """Whether the status is of HTTP's success class."""
        return 200 <= self.status < 300  # noqa: PLR2004 - that class

    def json(self) -> Any:  # noqa: ANN401 - whatever a vendor sends
        """The body read as JSON; None where it is none."""
        return read_json(self.body)

    @property
    def retry_after(self) -> int | None:
        """Milliseconds from the `Retry-After` header (RFC 9110, 10.2.3)."""
        text = self.headers.get("retry-after", "").strip()
        if text.isascii() and text.isdecimal():
            return min(int(text), 86_400) * 1000
        try:
            at = parsedate_to_datetime(text)
        except ValueError:
            return None
        if at.tzinfo is None:
            at = at.replace(tzinfo=UTC)
        return max(0, int((at - datetime.now(UTC)).total_seconds() * 1000))


class Exchange:
    """The HTTP side of one provider account: its connections, which are kept open."""

    def __init__(self) -> None:
        self._session: aiohttp.ClientSession | None = None

    async def ask(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        json: object = None,
        form: Mapping[str, str] | list[tuple[str, str]] | None = None,
        body: bytes | None = None,
    ) -> Reply | Unavailable:
        """Ask, and read the reply whatever its status. Redirects are not followed.

        The address is sent as it is spelled, because a signature may cover it.
        """
        import aiohttp  # noqa: PLC0415 - a third of a second that a start need not wait for

        sent = dict(headers or {})
        if json is not None:
            body = msgspec.json.encode(json)
            sent.setdefault("content-type", "application/json")
        try:
            async with self._open().request(
                method,
                URL(url, encoded=True),
                headers=sent,
                data=body if form is None else form,
                allow_redirects=False,
            ) as response:
                received = await response.content.read(LONGEST_REPLY)
                while not response.content.at_eof() and len(received) < LONGEST_REPLY:
                    received += await response.content.read(LONGEST_REPLY - len(received))
                named = {name.lower(): value for name, value in response.headers.items()}
                return Reply(response.status, named, received)
        except TimeoutError:
            return Unavailable("no answer in time")
        except (aiohttp.ClientError, OSError, ValueError) as error:
            # The words of the error may quote the address, and that a secret.
            return Unavailable(f"no connection: {type(error).__name__}")

    def _open(self) -> "aiohttp.ClientSession":
        import aiohttp  # noqa: PLC0415 - the same

        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=CONNECTIONS),
                timeout=aiohttp.ClientTimeout(total=TIME_TO_REPLY),
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"user-agent": USER_AGENT},
                trust_env=True,
            )
        return self._session

    async def close(self) -> None:
        """Close every connection."""
        if self._session is not None:
            await self._session.close()


def failure(
    reply: Reply, code: str = "", cause: str = "", kinds: Mapping[str, RefusalKind] | None = None
) -> Refused | Unavailable:
    """What a reply that accepts nothing means: by the vendor's code where it is known, else by status.

    429 and 5xx say that the provider cannot be had now, 401 and 403 that it does not take our
    credentials; any other refusal is taken for one of the account, which no number is blamed for.
    """
    known = (kinds or {}).get(code)
    words = cause[:200] or f"answered {reply.status}"
    if known is not None:
        return Refused(known, code, words, reply.retry_after)
    if reply.status == TOO_MANY or reply.status >= FAILURES or reply.ok:
        return Unavailable(words, reply.retry_after)
    return Refused(RefusalKind.ACCOUNT, code or str(reply.status), words, reply.retry_after)
