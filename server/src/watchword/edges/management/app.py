"""The ASGI application of the management API: recognise the operator, carry out, answer in JSON."""

import re
import time
from urllib.parse import parse_qsl, unquote

import msgspec
import structlog
from msgspec import Struct

from watchword.edges.http.asgi import (
    Answer,
    BodyTooLargeError,
    BodyTooSlowError,
    Receive,
    Send,
    header,
    read_body,
    send_answer,
)
from watchword.edges.http.asgi import Scope as AsgiScope
from watchword.edges.management.access import COOKIE, caller, is_forged, permit, project_of
from watchword.edges.management.management import Management
from watchword.edges.management.openapi import document
from watchword.edges.management.operation import Call, Operation, Problem
from watchword.edges.management.table import OPERATIONS
from watchword.ports.keyring import UnknownKeyError
from watchword.ports.store import StoreUnavailableError

log = structlog.get_logger(__name__)
PREFIX = "/manage/v1"
LARGEST = 512 * 1024
"""Bytes of a body: a declaration may be long."""
UNAVAILABLE = Problem(503, "unavailable", "the service cannot answer now; try again")
FAULT = Problem(500, "internal_server_error", "a fault of the service itself")
_encode = msgspec.json.Encoder().encode


class _Pattern(Struct, frozen=True):
    method: str
    pattern: re.Pattern[str]
    operation: Operation


def _pattern(path: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(path)))


_PATTERNS = [_Pattern(o.method, _pattern(o.path), o) for o in OPERATIONS.values()]


class ManagementApi:
    """Everything under /manage/v1; a bearer token or the console's own cookie says who calls."""

    def __init__(self, management: Management) -> None:
        self._management = management

    async def __call__(self, scope: AsgiScope, receive: Receive, send: Send) -> None:
        """Answer one request, and write one line about it."""
        began, name = time.perf_counter(), "unknown"
        # A name may hold a slash, which only the path as it was sent tells from ours.
        path = scope["raw_path"].decode("latin-1").partition("?")[0].removeprefix(PREFIX)
        try:
            if path == "/openapi.json" and scope["method"] == "GET":
                name, answer = "openapi", Answer(200, document(self._management.url), "found")
            else:
                operation, given = _find(scope["method"], path)
                name = operation.name
                answer = await self._answer(operation, given, scope, receive)
        except Problem as problem:
            answer = problem_answer(problem)
        except (StoreUnavailableError, UnknownKeyError) as error:
            log.warning("unavailable", operation=name, because=str(error))
            answer = problem_answer(UNAVAILABLE)
        except Exception:
            log.exception("bug", operation=name)
            answer = problem_answer(FAULT)
        await send_answer(send, answer)
        ms = round((time.perf_counter() - began) * 1000, 2)
        log.info("manage", operation=name, status=answer.status, answer=answer.name, ms=ms)

    async def _answer(
        self, operation: Operation, path: dict[str, str], scope: AsgiScope, receive: Receive
    ) -> Answer:
        headers = {
            key.decode("latin-1"): value.decode("latin-1") for key, value in scope["headers"]
        }
        if is_forged(operation.method, headers, headers.get("host", "")):
            raise Problem(403, "forbidden", "a browser sent this for another site")
        found = await caller(self._management, _secret(scope))
        if found is None:
            raise Problem(401, "unauthenticated", "send a token: `authorization: Bearer wwm_…`")
        project = await project_of(self._management, path.pop("project", None))
        permit(operation, *found, project)
        query = scope.get("query_string", b"").decode("latin-1")
        given: dict[str, object] = dict(parse_qsl(query))
        if not operation.reads:
            given |= await _body(scope, receive)
        wanted = operation.read({**given, **path})
        call = Call(management=self._management, operator=found[0], grant=found[1], project=project)
        return Answer(200, _encode(await operation.run(call, wanted)), operation.name)


def problem_answer(problem: Problem) -> Answer:
    """A problem as JSON."""
    body = _encode({"code": problem.code, "message": str(problem)})
    retry = ((b"retry-after", b"1"),) if problem.status == 503 else ()  # noqa: PLR2004 - HTTP
    return Answer(problem.status, body, problem.code, retry)


def _find(method: str, path: str) -> tuple[Operation, dict[str, str]]:
    allowed = []
    for known in _PATTERNS:
        found = known.pattern.fullmatch(path)
        if found and known.method == method:
            return known.operation, {k: unquote(v) for k, v in found.groupdict().items()}
        if found:
            allowed.append(known.method)
    if allowed:
        raise Problem(405, "method_not_allowed", f"this path takes {', '.join(allowed)}")
    raise Problem(404, "not_found", f"there is no such path; see {PREFIX}/openapi.json")


def _secret(scope: AsgiScope) -> str | None:
    authorization = header(scope, b"authorization")
    if authorization is not None:
        kind, _, secret = authorization.decode("latin-1").partition(" ")
        return secret.strip() if kind.lower() == "bearer" else None
    return cookie(scope, COOKIE)


def cookie(scope: AsgiScope, name: str) -> str | None:
    """The value of a cookie."""
    text = (header(scope, b"cookie") or b"").decode("latin-1")
    for part in text.split(";"):
        key, _, value = part.strip().partition("=")
        if key == name:
            return value
    return None


async def _body(scope: AsgiScope, receive: Receive) -> dict[str, object]:
    try:
        body = await read_body(scope, receive, LARGEST)
    except BodyTooLargeError:
        raise Problem(413, "too_large", f"the body is over {LARGEST} bytes") from None
    except BodyTooSlowError:
        raise Problem(408, "too_slow", "the body did not come in time") from None
    if not body:
        return {}
    try:
        return msgspec.json.decode(body, type=dict[str, object])
    except (msgspec.MsgspecError, RecursionError) as error:
        raise Problem(400, "bad_request", f"the body is no JSON object: {error}") from None
