"""The courier: signed callbacks over HTTP, to public addresses only, on no redirect."""

import asyncio
import ipaddress
import socket
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from standardwebhooks.webhooks import Webhook
from yarl import URL

from watchword.ports.courier import Delivered, NotDelivered

TIME_TO_ANSWER = 15.0
"""Seconds an endpoint has to acknowledge."""
TIME_FOR_ANSWER = 1.0
"""Seconds in which the beginning of its answer is waited for, which decides nothing."""
KEPT_ANSWER = 1_024
"""Bytes of an answer that are kept for an operator to read."""

RESERVED = tuple(
    ipaddress.ip_network(network)
    for network in (
        "192.0.0.0/24",  # IETF protocol assignments, a metadata service of Oracle's among them
        "192.88.99.0/24",  # 6to4 relays, deprecated (RFC 7526)
        "168.63.129.16/32",  # Azure's own host, reached from inside a virtual machine alone
        "3fff::/20",  # documentation (RFC 9637)
        "fec0::/10",  # site-local, deprecated (RFC 3879)
    )
)
"""Networks that callbacks must not reach and that Python 3.11 takes for global."""


class ForbiddenAddressError(OSError):
    """A callback URL leads to an address that callbacks must not reach."""


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public internet, also inside IPv6 wrappings of IPv4."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo and ip.teredo[1])
        if inner is None and ip in ipaddress.ip_network("64:ff9b::/96"):
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
    if any(ip in network for network in RESERVED):
        return False
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


class PublicResolver(AbstractResolver):
    """Resolves once, refuses a name if any of its addresses is not public, and connects to those."""

    def __init__(self, inner: AbstractResolver) -> None:
        self._inner = inner

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """The public addresses of a host."""
        results = await self._inner.resolve(host, port, family)
        if not all(is_public(result["host"]) for result in results):
            raise ForbiddenAddressError("the callback URL leads to an address that is not public")
        return results

    async def close(self) -> None:
        """Let go of the inner resolver."""
        await self._inner.close()


class HttpCourier:
    """The courier port on aiohttp."""

    def __init__(self, *, allow_private: bool, resolver: AbstractResolver | None = None) -> None:
        self._allow_private = allow_private
        self._resolver = resolver
        self._session: aiohttp.ClientSession | None = None

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            inner = self._resolver or aiohttp.ThreadedResolver()
            connector = aiohttp.TCPConnector(
                resolver=inner if self._allow_private else PublicResolver(inner),
                use_dns_cache=False,
                limit=200,
                limit_per_host=10,
            )
            self._session = aiohttp.ClientSession(
                connector=connector,
                timeout=aiohttp.ClientTimeout(total=TIME_TO_ANSWER),
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
                trust_env=False,
            )
        return self._session

    async def post(
        self, url: str, body: bytes, *, message_id: str, sent_at: int, secrets: Sequence[str]
    ) -> Delivered | NotDelivered:
        """POST a body, signed with every secret."""
        at = datetime.fromtimestamp(sent_at / 1000, UTC)
        headers = {
            "content-type": "application/json",
            "user-agent": "Watchword",
            "webhook-id": message_id,
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": " ".join(
                Webhook(secret).sign(message_id, at, body.decode()) for secret in secrets
            ),
        }
        try:
            self._refuse_literal(url)
            async with self._open().post(
                url, data=body, headers=headers, allow_redirects=False
            ) as response:
                status, answer = response.status, await _beginning(response)
                if 200 <= status < 300:  # noqa: PLR2004 - HTTP's success class
                    return Delivered(status, answer)
                return NotDelivered(f"answered {status}", status, answer)
        except TimeoutError:
            return NotDelivered(f"no answer within {TIME_TO_ANSWER:.0f} s")
        except (aiohttp.ClientError, OSError, ValueError) as error:
            return NotDelivered(_reason(error))

    def _refuse_literal(self, url: str) -> None:
        # aiohttp asks no resolver about an address literal.

        host = URL(url).host or ""
        try:
            public = is_public(host)
        except ValueError:
            return
        if not public and not self._allow_private:
            raise ForbiddenAddressError("the callback URL leads to an address that is not public")

    async def close(self) -> None:
        """Close every connection."""
        if self._session is not None:
            await self._session.close()


async def _beginning(response: aiohttp.ClientResponse) -> str:
    """What an operator may want to see of an answer; it counts whether or not this can be read."""
    try:
        async with asyncio.timeout(TIME_FOR_ANSWER):
            return (await response.content.read(KEPT_ANSWER)).decode("utf-8", "replace")
    except (aiohttp.ClientError, OSError, TimeoutError):
        return ""


def _reason(error: Any) -> str:  # noqa: ANN401 - whatever went wrong
    if isinstance(error, ForbiddenAddressError) or isinstance(
        error.__cause__, ForbiddenAddressError
    ):
        return "the callback URL leads to an address that is not public"
    return f"no connection: {type(error).__name__}"
