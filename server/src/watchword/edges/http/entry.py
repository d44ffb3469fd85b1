"""The entry: what is under /v1 goes to the API, all else to the pages."""

from collections.abc import Awaitable, Callable

from watchword.edges.http.asgi import Receive, Scope, Send

Application = Callable[[Scope, Receive, Send], Awaitable[None]]


class Entry:
    """The whole ASGI application."""

    def __init__(self, *, api: Application, pages: Application) -> None:
        self._api = api
        self.pages = pages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "http" and scope["path"].startswith("/v1/"):
            await self._api(scope, receive, send)
        elif scope["type"] == "http":
            await self.pages(scope, receive, send)
