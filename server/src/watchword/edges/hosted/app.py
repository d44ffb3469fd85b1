"""The hosted page's ASGI application: show where a person stands, and take the step a form asks for."""

import traceback
from collections.abc import Awaitable, Callable
from importlib import resources
from urllib.parse import parse_qsl

import structlog
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from watchword.edges.hosted.countries import LONGEST_TYPED, as_e164
from watchword.edges.hosted.rendering import page_of, plain_page
from watchword.edges.hosted.security import SHARED, address_of, guard, is_foreign
from watchword.edges.http.asgi import BodyTooLargeError, BodyTooSlowError, read_body
from watchword.ports.keyring import UnknownKeyError
from watchword.ports.store import StoreUnavailableError
from watchword.usecases.hosted_walk import Visitor, Walk, WalkThrough

log = structlog.get_logger(__name__)
LARGEST_FORM = 4096
LONGEST_TOKEN, LONGEST_REGION = 64, 2
SEE_OTHER = 303
CLOSE = {"connection": "close"}
"""Ends the connection after an answer to a body that was not read."""
DEPTH = 2
"""Slashes in the path of a page."""
PAGE, STATIC = "watchword.edges.hosted", "static"
MEDIA = {"css": "text/css", "js": "text/javascript"}
Form = dict[str, str]
Handler = Callable[[Request], Awaitable[Response]]
Step = Callable[[Walk, Visitor, Form], Awaitable[None]]


class HostedPage:
    """Answers every request under /verify; a token is never written into a log."""

    def __init__(self, walk_through: WalkThrough) -> None:
        self._walk_through = walk_through

    async def page(self, request: Request) -> Response:
        """Where a person stands."""
        token = request.path_params["token"]
        walk = await self._walk(token)
        if walk is None:
            return _plain(request, "gone.html", 404)
        language = request.headers.get("accept-language", "")
        framed = request.headers.get("sec-fetch-dest") == "iframe"
        status, html = page_of(walk, token, language, framed=framed)
        return guard(HTMLResponse(html, status), walk.session.origins)

    @property
    def steps(self) -> dict[str, Step]:
        """What a form may ask for, by the last part of its path."""
        return {
            "number": self._number,
            "code": self._code,
            "again": self._again,
            "change": self._change,
        }

    def taking(self, step: Step) -> Handler:
        """Take a step, then show where it leads."""

        async def take(request: Request) -> Response:
            token = request.path_params["token"]
            if request.method != "POST":
                return guard(RedirectResponse(f"../{token}", SEE_OTHER))
            if is_foreign(request.headers):
                return guard(Response("A browser sent this for another site.", 403))
            walk = await self._walk(token)
            if walk is None:
                return _plain(request, "gone.html", 404)
            try:
                form = await _form_of(request)
            except BodyTooLargeError:
                return guard(Response("That is no form of this page.", 413, CLOSE))
            except BodyTooSlowError:
                return guard(Response("The form came too slowly.", 408, CLOSE))
            await step(walk, Visitor(address_of(request)), form)
            return guard(RedirectResponse(f"../{token}", SEE_OTHER))

        return take

    async def _walk(self, token: str) -> Walk | None:
        return await self._walk_through(token) if len(token) <= LONGEST_TOKEN else None

    async def _number(self, walk: Walk, visitor: Visitor, form: Form) -> None:
        country = form.get("country", "").upper()
        known = country if len(country) == LONGEST_REGION and country.isascii() else None
        typed = form.get("phone_number", "").strip()[: LONGEST_TYPED + 1]
        e164 = as_e164(typed, known)
        await self._walk_through.number(walk, visitor, known, typed, e164)

    async def _code(self, walk: Walk, _: Visitor, form: Form) -> None:
        await self._walk_through.code(walk, form.get("code", ""))

    async def _again(self, walk: Walk, visitor: Visitor, _: Form) -> None:
        await self._walk_through.again(walk, visitor)

    async def _change(self, walk: Walk, _: Visitor, __: Form) -> None:
        await self._walk_through.change(walk)

    async def static(self, request: Request) -> Response:
        """A style sheet or a module, for any page."""
        name = request.path_params["name"]
        media = MEDIA.get(name.rpartition(".")[2])
        folder = resources.files(PAGE).joinpath(STATIC)
        if media is None or name not in {entry.name for entry in folder.iterdir()}:
            return Response("Not Found", 404)
        return Response(folder.joinpath(name).read_bytes(), media_type=media, headers=SHARED)


async def _form_of(request: Request) -> Form:
    body = await read_body(request.scope, request.receive, LARGEST_FORM)
    return dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))


def _plain(request: Request, template: str, status: int) -> Response:
    """A page about no session; where it stands decides where its style is."""
    language = request.headers.get("accept-language", "")
    depth = request.url.path.count("/") - DEPTH
    return guard(HTMLResponse(plain_page(template, language, "../" * depth), status))


def _answered(name: str, handler: Handler) -> Handler:
    """A handler that says what became of each request, and shows a page where something fails."""

    async def answered(request: Request) -> Response:
        try:
            response = await handler(request)
        except (StoreUnavailableError, UnknownKeyError) as error:
            log.warning("unavailable", operation=name, because=str(error))
            response = _plain(request, "trouble.html", 503)
            response.headers["retry-after"] = "1"
        except Exception as error:  # noqa: BLE001 - a whole traceback may hold the token
            last = traceback.extract_tb(error.__traceback__)[-1]
            where = f"{last.filename}:{last.lineno}"
            log.error("bug", operation=name, because=type(error).__name__, where=where)  # noqa: TRY400 - as above
            response = _plain(request, "trouble.html", 500)
        log.info("hosted page", operation=name, status=response.status_code)
        return response

    return answered


def hosted_page(walk_through: WalkThrough) -> Starlette:
    """The application."""
    pages = HostedPage(walk_through)
    return Starlette(
        routes=[
            Route("/verify/static/{name}", pages.static),
            Route("/verify/{token}", _answered("page", pages.page)),
            *(
                Route(
                    f"/verify/{{token}}/{name}",
                    _answered(name, pages.taking(step)),
                    methods=["GET", "POST"],
                )
                for name, step in pages.steps.items()
            ),
        ],
        exception_handlers={404: _missing, 405: _missing},
    )


async def _missing(request: Request, __: Exception) -> Response:
    return _plain(request, "gone.html", 404)
