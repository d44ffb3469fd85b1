"""The ASGI application of the API: route, recognise the caller, answer, and never with a 500 by design."""

import time
from collections.abc import Awaitable, Callable

import structlog
from msgspec import Struct

from watchword.domain.api_key import Scope
from watchword.domain.errors import ErrorCode, Refusal
from watchword.edges.api.caller import Caller, KeyUse, caller_of
from watchword.edges.api.hosted import HostedOperations
from watchword.edges.api.operations import Operations, Request
from watchword.edges.api.throttle import Throttle
from watchword.edges.http.answers import (
    FORBIDDEN,
    NOT_FOUND,
    TOO_SLOW,
    method_not_allowed,
    refused,
)
from watchword.edges.http.asgi import (
    CLOSE,
    MAX_BODY,
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
from watchword.ports.clock import Clock
from watchword.ports.directory import Directory
from watchword.ports.keyring import UnknownKeyError
from watchword.ports.store import StoreUnavailableError
from watchword.ports.telemetry import Telemetry

log = structlog.get_logger(__name__)
PREFIX = "/v1"
FAULT = 500
"""From this HTTP status on the fault is ours."""


class Route(Struct, frozen=True):
    """One operation: its method, its name in counts and logs, the scope it needs."""

    method: str
    name: str
    scope: Scope
    answer: Callable[[Request], Awaitable[Answer]]


class Api:
    """Everything under /v1."""

    def __init__(
        self,
        operations: Operations,
        hosted: HostedOperations,
        directory: Directory,
        key_use: KeyUse,
        clock: Clock,
        telemetry: Telemetry,
    ) -> None:
        self._operations = operations
        self._directory = directory
        self._key_use = key_use
        self._clock = clock
        self._telemetry = telemetry
        self._throttle = Throttle()
        otp, lookup, inbox = Scope.OTP, Scope.LOOKUP, Scope.INBOX
        self._exact = {
            "/v1/authentication": Route("POST", "create", otp, operations.create),
            "/v1/check": Route("POST", "check", otp, operations.check),
            "/v1/retry": Route("POST", "retry", otp, operations.retry),
            "/v1/authentication/feedback": Route("POST", "feedback", otp, operations.feedback),
            "/v1/sandbox/messages": Route("GET", "inbox", inbox, operations.inbox),
            "/v1/hosted_sessions": Route("POST", "open_hosted", otp, hosted.create),
        }
        self._below = {
            "/v1/authentication/": Route("GET", "status", otp, operations.status),
            "/v1/lookup/": Route("GET", "lookup", lookup, operations.lookup),
            "/v1/hosted_sessions/": Route("GET", "hosted", otp, hosted.show),
        }

    @property
    def routes(self) -> dict[str, Route]:
        """Every operation by its path; one that ends in a slash takes the rest as an argument."""
        return self._exact | self._below

    def _route(self, path: str) -> tuple[Route, str] | None:
        exact = self._exact.get(path)
        if exact is not None:
            return exact, ""
        for prefix, route in self._below.items():
            rest = path.removeprefix(prefix)
            if rest != path and rest and "/" not in rest:
                return route, rest
        return None

    async def __call__(self, scope: AsgiScope, receive: Receive, send: Send) -> None:
        """Answer one request, and write one line about it."""
        began = time.perf_counter()
        found = self._route(scope["path"])
        name = found[0].name if found else "unknown"
        parent = None
        if self._telemetry.traces and (given := header(scope, b"traceparent")) is not None:
            parent = given.decode("latin-1")
        with self._telemetry.span("request", name, parent, operation=name) as span:
            caller = caller_of(scope, self._directory)
            answer = await self._answer(scope, receive, found, caller)
            await send_answer(send, answer)
            line: dict[str, str] = {}
            if caller is not None:
                line["project"] = str(caller.project.id)
            if answer.authentication is not None:
                line["authentication"] = str(answer.authentication)
            if self._telemetry.traces:
                span.tell(answer=answer.name, status=answer.status, **line)
                if answer.status >= FAULT:
                    span.fail(answer.name)
                line["trace"] = span.trace_id or ""
        seconds = time.perf_counter() - began
        self._telemetry.request(name, answer.name, seconds)
        log.info(
            "request",
            operation=name,
            answer=answer.name,
            status=answer.status,
            ms=round(seconds * 1000, 2),
            **line,
        )

    async def _answer(
        self,
        scope: AsgiScope,
        receive: Receive,
        found: tuple[Route, str] | None,
        caller: Caller | None,
    ) -> Answer:
        if caller is None:
            return FORBIDDEN
        if found is None:
            return NOT_FOUND
        route, rest = found
        if scope["method"] != route.method:
            return method_not_allowed(route.method)
        if not caller.may(route.scope):
            return FORBIDDEN
        now = self._clock.now()
        self._key_use.used(caller.key, now)
        if not self._throttle.admits(caller.project, now):
            refusal = Refusal(ErrorCode.TOO_MANY_REQUESTS, "too many requests in one second")
            return refused(refusal, self._operations.docs_url)
        try:
            body = await read_body(scope, receive) if route.method == "POST" else b""
        except BodyTooLargeError:
            refusal = Refusal(ErrorCode.BAD_REQUEST, f"the body is over {MAX_BODY} bytes")
            answer = refused(refusal, self._operations.docs_url)
            return Answer(answer.status, answer.body, answer.name, CLOSE)
        except BodyTooSlowError:
            return TOO_SLOW
        return await self._carry_out(route, Request(scope, caller.project, body, rest))

    async def _carry_out(self, route: Route, request: Request) -> Answer:
        docs_url = self._operations.docs_url
        try:
            return await route.answer(request)
        except (StoreUnavailableError, UnknownKeyError) as error:
            log.warning("unavailable", operation=route.name, because=str(error))
            refusal = Refusal(
                ErrorCode.UNAVAILABLE, "the service cannot answer now; nothing was sent"
            )
            return refused(refusal, docs_url)
        except Exception:
            log.exception("bug", operation=route.name)
            refusal = Refusal(ErrorCode.INTERNAL_SERVER_ERROR, "a fault of the service itself")
            return refused(refusal, docs_url)
