"""The HTTP protocol with limits: headers bounded in size and in time, so slow clients are dropped."""

import asyncio

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

MAX_HEADERS = 16 * 1024
"""Bytes a request line and its headers may have."""
TIME_TO_SEND_HEADERS = 10.0
"""Seconds a client has for them, counted from its first byte."""


class BoundedHttpProtocol(HttpToolsProtocol):
    """Uvicorn's own protocol; a connection that sends too much or too slowly is closed."""

    _unread = 0
    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn narrows it
        """Start the first request's clock."""
        super().connection_made(transport)
        self._deadline = self.loop.call_later(TIME_TO_SEND_HEADERS, self._drop)

    def data_received(self, data: bytes) -> None:
        """Count what comes before a request's headers are complete."""
        if self._deadline is None and self._unread == 0 and self._between_requests():
            self._deadline = self.loop.call_later(TIME_TO_SEND_HEADERS, self._drop)
        if self._deadline is not None:
            self._unread += len(data)
            if self._unread > MAX_HEADERS and self._headers_incomplete(data):
                self._drop()
                return
        super().data_received(data)

    def on_headers_complete(self) -> None:
        """Stop the clock."""
        self._settle()
        super().on_headers_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the clock for good."""
        self._settle()
        super().connection_lost(exc)

    def _between_requests(self) -> bool:
        cycle: RequestResponseCycle | None = self.cycle
        return cycle is None or cycle.response_complete

    def _headers_incomplete(self, data: bytes) -> bool:
        # A body may come with the headers in one piece: what counts is where they end.
        end = data.find(b"\r\n\r\n")
        return end < 0 or self._unread - len(data) + end > MAX_HEADERS

    def _settle(self) -> None:
        self._unread = 0
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _drop(self) -> None:
        self._settle()
        self.transport.close()
