"""The entry: which application answers what, by how the path begins."""

from collections.abc import Awaitable, Callable, Mapping

from watchword.edges.http.asgi import Receive, Scope, Send

Application = Callable[[Scope, Receive, Send], Awaitable[None]]


class Entry:
    """The whole ASGI application; what no prefix names goes to the pages."""

    def __init__(
        self, *, api: Application, others: Mapping[str, Application], pages: Application
    ) -> None:
        self._api = api
        self._others = others
        self.pages = pages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        path = scope["path"]
        if path.startswith("/v1/"):
            await self._api(scope, receive, send)
            return
        prefix = f"/{path.split('/', 2)[1]}"
        await self._others.get(prefix, self.pages)(scope, receive, send)


class Late:
    """An application that is made when it is first asked: what it needs is imported then."""

    def __init__(self, make: Callable[[], Application]) -> None:
        self._make = make
        self._made: Application | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if self._made is None:
            self._made = self._make()
        await self._made(scope, receive, send)
