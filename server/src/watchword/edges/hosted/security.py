"""Security: what every page is sent with, whose forms are taken, and where a visitor calls from."""

import ipaddress
from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

HEADERS = {
    "cache-control": "no-store",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}
"""OWASP's Secure Headers; the address of a page is a secret, so no other site learns it."""
SHARED = {
    "access-control-allow-origin": "*",
    "cache-control": "public, max-age=300",
    "cross-origin-resource-policy": "cross-origin",
    "x-content-type-options": "nosniff",
}
"""Headers of the static files: pages of customers import the widget from here."""
OWN = ("same-origin", "none")


def policy(origins: Sequence[str]) -> str:
    """The Content Security Policy of a page that these origins may frame (W3C CSP 3)."""
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; "
        f"frame-ancestors {' '.join(origins) or chr(39) + 'none' + chr(39)}"
    )


def guard(response: Response, origins: Sequence[str] = ()) -> Response:
    """Add the headers of a page."""
    for name, value in HEADERS.items():
        response.headers[name] = value
    response.headers["content-security-policy"] = policy(origins)
    return response


def is_foreign(headers: Mapping[str, str]) -> bool:
    """Whether a browser sends a form for another site.

    `Sec-Fetch-Site` is set by the browser alone (W3C Fetch Metadata). One without it sends `Origin`
    (RFC 6454), which is `null` for our own forms too, as our pages send no referrer: then it is the
    token in the address, which no other site knows, that the form is taken for.
    """
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site not in OWN
    origin = headers.get("origin", "null")
    return origin != "null" and urlsplit(origin).netloc != headers.get("host", "")


def address_of(request: Request) -> str | None:
    """Where a visitor calls from: the peer, or behind a proxy of our own network whom that names.

    A peer on a public address is the visitor, whatever `X-Forwarded-For` says. A private one is a
    proxy if it says for whom it asks, and its word is the last entry.
    """
    peer = _address(request.client.host) if request.client else None
    forwarded = request.headers.getlist("x-forwarded-for")
    if peer is not None and peer.is_private and forwarded:
        peer = _address(forwarded[-1].rpartition(",")[2].strip()) or peer
    return str(peer) if peer else None


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None
