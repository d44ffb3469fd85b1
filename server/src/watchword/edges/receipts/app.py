"""The receipts edge: `/receipts/{account}`, verified by the provider's own rule before anything is read."""

import structlog
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from watchword.edges.http.asgi import (
    BodyTooLargeError,
    BodyTooSlowError,
    Receive,
    Scope,
    Send,
    read_body,
)
from watchword.ports.clock import Clock
from watchword.ports.provider import Forged, Inbound, ReceivingProviders
from watchword.ports.store import StoreUnavailableError
from watchword.ports.telemetry import Telemetry
from watchword.usecases.receive_receipts import ReceiveReceipts

log = structlog.get_logger(__name__)
PREFIX = "/receipts/"
LARGEST_BODY = 1024 * 1024
"""Bytes; Meta sends up to a thousand statuses at once."""


class ReceiptsApp:
    """The ASGI application under `/receipts/`."""

    def __init__(
        self,
        providers: ReceivingProviders,
        receive: ReceiveReceipts,
        clock: Clock,
        telemetry: Telemetry,
        public_url: str,
    ) -> None:
        self._providers = providers
        self._receive = receive
        self._clock = clock
        self._telemetry = telemetry
        self._public_url = public_url.rstrip("/")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request: 404 no such account, 403 not signed as it must be, 503 try again."""
        response = await self._answer(scope, receive)
        await response(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive) -> Response:
        account = str(scope["path"]).removeprefix(PREFIX)
        provider = self._providers.receiver(account)
        if provider is None:
            return PlainTextResponse("no such account", 404)
        try:
            body = await read_body(scope, receive, LARGEST_BODY)
        except BodyTooLargeError:
            return PlainTextResponse("too large", 413, {"connection": "close"})
        except BodyTooSlowError:
            return PlainTextResponse("too slow", 408, {"connection": "close"})
        request = Request(scope)
        query = str(request.url.query)
        inbound = Inbound(
            method=request.method,
            url=f"{self._public_url}{scope['raw_path'].decode('latin-1').partition('?')[0]}"
            f"{'?' if query else ''}{query}",
            headers=request.headers,
            body=body,
            at=self._clock.now(),
        )
        found = await provider.receipts(inbound)
        if isinstance(found, Forged):
            log.warning("receipt refused", account=account, because=found.because)
            self._telemetry.forged_receipt(account)
            return PlainTextResponse("not signed as it must be", 403)
        try:
            await self._receive(account, found.receipts)
        except StoreUnavailableError:
            return PlainTextResponse("try again", 503, {"retry-after": "5"})
        return Response(found.answer, media_type=found.content_type)
