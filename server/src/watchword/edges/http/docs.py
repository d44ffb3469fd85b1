"""Docs: the pages that lead to the references, and say what each error code means."""

import html
import re
from functools import cache
from importlib import resources

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from watchword.domain.errors import ErrorCode
from watchword.edges.http.explanations import EXPLANATIONS

HEADERS = {
    "content-security-policy": (
        "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    ),
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
}
CONSOLE = (
    (
        "/console/all/reference",
        "API reference",
        "Every operation of both APIs, to read and to try. It asks you to sign in.",
    ),
)
MANAGEMENT = (
    (
        "/manage/v1/openapi.json",
        "OpenAPI document of the management API",
        "What an operator can do, as a program reads it.",
    ),
)
PAGES = (
    ("/docs/errors", "Error codes", "What each code means, and what to do about it."),
    (
        "/openapi.json",
        "OpenAPI document of the OTP API",
        "The contract, as generators of clients and test tools read it.",
    ),
)


def docs(*, console: bool) -> list[Route]:
    """The routes; without a console what it serves is not named."""
    listed = (*CONSOLE, *PAGES, *MANAGEMENT) if console else PAGES

    async def front(_: Request) -> Response:
        sections = "".join(
            f'<section><h2><a href="{path}">{title}</a></h2><p>{words}</p></section>'
            for path, title, words in listed
        )
        about = "Send a code to a phone number, check it, on your own servers."
        return _page("Watchword", about, sections)

    async def errors(_: Request) -> Response:
        sections = "".join(
            f'<section id="{code}"><h2 class="mono">{code}</h2><p>{_words(code)}</p></section>'
            for code in ErrorCode
        )
        return _page(
            "Error codes",
            'Each answer with a code links here. <a href="/docs">All docs</a>',
            sections,
        )

    return [
        Route("/docs", front),
        Route("/docs/errors", errors),
        Route("/docs/style.css", _style_sheet),
    ]


async def _style_sheet(_: Request) -> Response:
    return Response(
        _style(),
        media_type="text/css",
        headers={"cache-control": "public, max-age=300", "x-content-type-options": "nosniff"},
    )


@cache
def _style() -> bytes:
    return resources.files("watchword.edges.http").joinpath("docs.css").read_bytes()


def _words(code: ErrorCode) -> str:
    return re.sub("`([^`]+)`", r"<code>\1</code>", html.escape(EXPLANATIONS[code]))


def _page(title: str, about: str, sections: str) -> Response:
    return HTMLResponse(
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        f"<title>{title} · Watchword docs</title>"
        '<link rel="icon" href="data:,"><link rel="stylesheet" href="/docs/style.css"></head>'
        f"<body><main><h1>{title}</h1><p>{about}</p>{sections}</main></body></html>",
        headers=HEADERS,
    )
