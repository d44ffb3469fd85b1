"""The entry: what is under /v1 goes to the API, under /receipts to that edge, all else to the pages."""

from collections.abc import Awaitable, Callable

from watchword.edges.http.asgi import Receive, Scope, Send

Application = Callable[[Scope, Receive, Send], Awaitable[None]]


class Entry:
    """The whole ASGI application."""

    def __init__(self, *, api: Application, receipts: Application, pages: Application) -> None:
        self._api = api
        self._receipts = receipts
        self.pages = pages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "http" and scope["path"].startswith("/v1/"):
            await self._api(scope, receive, send)
        elif scope["type"] == "http" and scope["path"].startswith("/receipts/"):
            await self._receipts(scope, receive, send)
        elif scope["type"] == "http":
            await self.pages(scope, receive, send)
