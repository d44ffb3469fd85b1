"""Answers that are not a success: refusals under their HTTP status, and what the gateway says."""

from uuid import UUID

import msgspec

from watchword.domain.errors import ErrorCode, Refusal
from watchword.edges.http.asgi import CLOSE, Answer, Headers

# At 400 the SDKs parse the code against a closed list, so codes they do not know go elsewhere.
_STATUS = {
    ErrorCode.SPENDING_LIMIT_EXCEEDED: 402,
    ErrorCode.IDEMPOTENCY_KEY_REUSED: 409,
    ErrorCode.TOO_MANY_REQUESTS: 429,
    ErrorCode.INTERNAL_SERVER_ERROR: 500,
    ErrorCode.UNAVAILABLE: 503,
}
_encode = msgspec.json.Encoder().encode

RETRY_AFTER: Headers = ((b"retry-after", b"1"),)
FORBIDDEN = Answer(403, b'{"message":"Forbidden"}', "forbidden")
TOO_SLOW = Answer(408, b'{"message":"Request Timeout"}', "too_slow", CLOSE)
NOT_FOUND = Answer(404, b'{"message":"Not Found"}', "not_found")


def refused(refusal: Refusal, docs_url: str) -> Answer:
    """A refusal with the address of its explanation."""
    status = _STATUS.get(refusal.code, 400)
    body = _encode(
        {
            "code": refusal.code,
            "message": refusal.message,
            "doc_url": f"{docs_url}/docs/errors#{refusal.code}",
        }
    )
    headers = RETRY_AFTER if status in (429, 503) else ()
    return Answer(status, body, refusal.code, headers)


def method_not_allowed(allowed: str) -> Answer:
    """The path exists, the method does not."""
    return Answer(
        405,
        b'{"message":"Method Not Allowed"}',
        "method_not_allowed",
        ((b"allow", allowed.encode()),),
    )


def succeeded(body: object, name: str, authentication: UUID | None = None) -> Answer:
    """A success; HTTP 200 and nothing else, because the SDKs take no other."""
    return Answer(200, _encode(body), name, (), authentication)
