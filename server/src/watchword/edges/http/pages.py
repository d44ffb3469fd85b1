"""Pages that need no key: health, metrics, the contract and the docs."""

from collections.abc import Awaitable, Callable
from functools import cache
from importlib import resources

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from watchword.edges.http.docs import docs

Readiness = Callable[[], Awaitable[dict[str, str]]]
"""What is not ready, by part: a sentence on why and what to do; empty where all is."""


@cache
def contract() -> bytes:
    """The contract as JSON."""
    import yaml  # noqa: PLC0415 - for this page alone

    text = resources.files("watchword.edges.api").joinpath("ding-v1.yaml").read_text("utf-8")
    return msgspec.json.encode(yaml.safe_load(text))


def pages(readiness: Readiness, metrics: Callable[[], bytes], *, console: bool = True) -> Starlette:
    """The application that serves them; with a `console` the docs lead to its reference."""

    async def livez(_: Request) -> Response:
        return PlainTextResponse("ok")

    async def readyz(_: Request) -> Response:
        wrong = await readiness()
        return JSONResponse(
            {"ready": not wrong, "checks": wrong}, status_code=503 if wrong else 200
        )

    async def scrape(_: Request) -> Response:
        await readiness()  # which measures the outbox
        return Response(metrics(), media_type="text/plain; version=0.0.4; charset=utf-8")

    async def openapi(_: Request) -> Response:
        return Response(contract(), media_type="application/json")

    return Starlette(
        routes=[
            Route("/livez", livez),
            Route("/readyz", readyz),
            Route("/metrics", scrape),
            Route("/openapi.json", openapi),
            *docs(console=console),
        ],
        exception_handlers={
            404: _plain("Not Found"),
            405: _plain("Method Not Allowed"),
        },
    )


def _plain(message: str) -> Callable[[Request, Exception], Awaitable[Response]]:
    async def handler(_: Request, error: Exception) -> Response:
        return JSONResponse(
            {"message": message},
            status_code=getattr(error, "status_code", 404),
            headers=getattr(error, "headers", None),
        )

    return handler
