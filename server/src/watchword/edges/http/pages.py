"""Pages that need no key: health, metrics, the contract, and what each error code means."""

import html
from collections.abc import Awaitable, Callable
from functools import cache
from importlib import resources

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from watchword.domain.errors import ErrorCode
from watchword.edges.http.explanations import EXPLANATIONS

Readiness = Callable[[], Awaitable[dict[str, str]]]
"""What is not ready, by part: a sentence on why and what to do; empty where all is."""


@cache
def contract() -> bytes:
    """The contract as JSON."""
    import yaml  # noqa: PLC0415 - for this page alone

    text = resources.files("watchword.edges.api").joinpath("ding-v1.yaml").read_text("utf-8")
    return msgspec.json.encode(yaml.safe_load(text))


def _errors_page() -> str:
    sections = "".join(
        f'<section id="{code}"><h2>{code}</h2><p>{html.escape(EXPLANATIONS[code])}</p></section>'
        for code in ErrorCode
    )
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>Watchword: error codes</title><main><h1>Error codes</h1>{sections}</main></html>"
    )


def pages(readiness: Readiness, metrics: Callable[[], bytes]) -> Starlette:
    """The application that serves them."""

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

    async def errors(_: Request) -> Response:
        policy = {"content-security-policy": "default-src 'none'"}
        return HTMLResponse(_errors_page(), headers=policy)

    return Starlette(
        routes=[
            Route("/livez", livez),
            Route("/readyz", readyz),
            Route("/metrics", scrape),
            Route("/openapi.json", openapi),
            Route("/docs/errors", errors),
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
