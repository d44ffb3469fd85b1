"""The console's ASGI application: sign in, show a page, carry out what its forms ask for."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from importlib import resources
from typing import Any
from urllib.parse import quote, urlencode

import structlog
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from watchword.edges.console.actions import act, take_back
from watchword.edges.console.csv import as_csv
from watchword.edges.console.pages import PAGES
from watchword.edges.console.rendering import render
from watchword.edges.console.security import (
    NOTICE,
    begin_session,
    end_session,
    guard,
    hint_of,
    is_inside,
    notice_of,
    theme_of,
)
from watchword.edges.console.showing import Visit, show, visit_of
from watchword.edges.http.bell import Bell
from watchword.edges.management.access import COOKIE, SAME, is_forged
from watchword.edges.management.management import Management
from watchword.edges.management.operation import Problem
from watchword.ports.keyring import UnknownKeyError
from watchword.ports.store import StoreUnavailableError
from watchword.usecases.sign_in import Refused

log = structlog.get_logger(__name__)
SEE_OTHER = 303
A_YEAR = 365 * 24 * 3600
KEPT = {"cache-control": "public, max-age=300"}
MEDIA = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
GLANCE, QUIET = 15.0, 0.4
"""Seconds after which a live stream says something anyway, and between two things it says."""
WORDS = {
    Refused.WRONG: "That name, password and code do not go together.",
    Refused.LOCKED: "Too many failures: this name waits for a quarter of an hour.",
    Refused.CODE_NEEDED: "Now the code that your authenticator app shows.",
}
Handler = Callable[[Request], Awaitable[Response]]


class Console:
    """Answers every page; each handler gets a request and gives a response."""

    def __init__(self, management: Management, bell: Bell) -> None:
        self._management = management
        self._bell = bell

    def _page(self, request: Request, template: str, code: int = 200, **context: Any) -> Response:  # noqa: ANN401 - for a template
        html = render(
            template,
            theme=theme_of(request.cookies),
            version=self._management.version,
            **context,
        )
        return HTMLResponse(html, status_code=code)

    async def front(self, _: Request) -> Response:
        """The address alone leads to the console."""
        return RedirectResponse("/console/", SEE_OTHER)

    async def by_link(self, request: Request) -> Response:
        """A sign-in link; one that somebody was sent asks for a click.

        Programs that look at links would use it up, and another site could sign somebody in as another.
        """
        secret = request.path_params["secret"]
        if request.method == "GET" and request.headers.get("sec-fetch-site") not in SAME:
            return self._page(request, "link.html", secret=secret)
        found = await self._management.sign_in.with_link(secret)
        if found is None:
            words = "This link has been used, or is older than ten minutes."
            return self._page(request, "sign_in.html", 403, problem=words, name="", back="")
        response = RedirectResponse("/console/?just=1", SEE_OTHER)
        begin_session(response, found.secret, self._seconds(found.expires_at))
        return response

    async def sign_in(self, request: Request) -> Response:
        """The form for name and password, and what becomes of it."""
        back = request.query_params.get("back", "")
        if request.method == "GET":
            problem = ""
            if request.query_params.get("just"):
                problem = (
                    "Your browser did not keep the session: it takes its cookie only over https, "
                    "or from this machine."
                )
            notice = notice_of(self._management.keyring, request.cookies.get(NOTICE))
            return self._page(
                request, "sign_in.html", problem=problem, notice=notice, name="", back=back
            )
        form = await request.form()
        name = str(form.get("name", ""))
        back = str(form.get("back", ""))
        answer = await self._management.sign_in.with_password(
            name, str(form.get("password", "")), str(form.get("code", "")) or None, hint_of(request)
        )
        if isinstance(answer, Refused):
            status = 429 if answer is Refused.LOCKED else 403
            return self._page(
                request,
                "sign_in.html",
                200 if answer is Refused.CODE_NEEDED else status,
                problem=WORDS[answer],
                name=name,
                back=back,
            )
        response = RedirectResponse(back if is_inside(back) else "/console/?just=1", SEE_OTHER)
        begin_session(response, answer.secret, self._seconds(answer.expires_at))
        return response

    def _seconds(self, expires_at: int) -> int:
        return max(1, (expires_at - self._management.clock.now()) // 1000)

    async def sign_out(self, request: Request) -> Response:
        """End the session."""
        secret = request.cookies.get(COOKIE)
        if secret:
            await self._management.sign_in.sign_out(secret)
        response = RedirectResponse("/console/sign-in", SEE_OTHER)
        end_session(response)
        return response

    async def theme(self, request: Request) -> Response:
        """Light, dark, or as the system says."""
        form = await request.form()
        back = str(form.get("back", ""))
        response = RedirectResponse(back if is_inside(back) else "/console/", SEE_OTHER)
        chosen = str(form.get("theme", ""))
        response.set_cookie(
            "watchword_theme", chosen, max_age=A_YEAR, path="/", secure=True, samesite="lax"
        )
        return response

    async def home(self, request: Request) -> Response:
        """The first page: *Get started* until something was sent, then the overview."""
        visit = await self._visit(request)
        if isinstance(visit, Response):
            return visit
        projects = [one for one in visit.projects if visit.may_see(one)]
        if len(projects) != 1:
            return RedirectResponse("/console/all/overview", SEE_OTHER)
        newest = await self._management.reports.authentications_before(None, 1)
        page = "overview" if newest else "start"
        return RedirectResponse(f"/console/{projects[0].id}/{page}", SEE_OTHER)

    async def go(self, request: Request) -> Response:
        """The same page of another project."""
        project = request.query_params.get("project", "all")
        page = PAGES.get(request.query_params.get("page", ""))
        fits = page is not None and page.group and (project != "all" or page.everywhere)
        name = page.name if page is not None and fits else "overview"
        return RedirectResponse(f"/console/{quote(project)}/{name}", SEE_OTHER)

    async def find(self, request: Request) -> Response:
        """Where what was typed at the top of a page is found: a number's page, or the list."""
        visit = await self._visit(request)
        if isinstance(visit, Response):
            return visit
        text = request.query_params.get("q", "").strip()
        project = request.query_params.get("project", "all")
        if text.startswith("+") and text[1:].replace(" ", "").isdigit():
            query = urlencode({"number": text.replace(" ", "")})
            return RedirectResponse(f"/console/{quote(project)}/lookup?{query}", SEE_OTHER)
        query = urlencode({"search": text})
        return RedirectResponse(f"/console/{quote(project)}/authentications?{query}", SEE_OTHER)

    async def page(self, request: Request) -> Response:
        """Any page of the table."""
        visit = await self._visit(request)
        if isinstance(visit, Response):
            return visit
        name = request.path_params["page"]
        if name.endswith(".csv"):
            return await as_csv(visit, name.removesuffix(".csv"), dict(request.query_params))
        heard = self._bell.rings
        shown = await show(visit, name, request.path_params.get("about"), request)
        notice = notice_of(self._management.keyring, request.cookies.get(NOTICE))
        response = self._page(
            request,
            f"{name}.html",
            shown.status,
            heard=heard,
            notice=notice,
            sealed=request.cookies.get(NOTICE, ""),
            **shown.context,
        )
        if notice is not None:
            response.delete_cookie(NOTICE, path="/console")
        return response

    async def act(self, request: Request) -> Response:
        """What a form asks for."""
        visit = await self._visit(request)
        if isinstance(visit, Response):
            return visit
        outcome = await act(visit, request.path_params["operation"], request)
        if isinstance(outcome, Response):
            return outcome
        return self._page(request, "once.html", **outcome)

    async def undo(self, request: Request) -> Response:
        """Take back what the last notice was about."""
        visit = await self._visit(request)
        if isinstance(visit, Response):
            return visit
        return await take_back(visit, request)

    async def live(self, request: Request) -> Response:
        """Say that something changed, for as long as somebody listens; the page then reads itself anew."""
        visit = await self._visit(request)
        if isinstance(visit, Response):
            return visit
        given = request.query_params.get("heard", "")
        heard = int(given) if given.isdecimal() else self._bell.rings
        return StreamingResponse(
            self._changes(heard),
            media_type="text/event-stream",
            headers={"cache-control": "no-store", "x-accel-buffering": "no"},
        )

    async def _changes(self, heard: int) -> AsyncIterator[bytes]:
        """Begin with what rang since the page was made, so that nothing falls between the two."""
        yield b"retry: 2000\n\n"
        while await self._rang(heard):
            heard = self._bell.rings
            yield f"event: change\ndata: {heard}\n\n".encode()
            await asyncio.sleep(QUIET)
        yield b"event: over\ndata: the service stops\n\n"

    async def _rang(self, heard: int) -> bool:
        """Wait until something may have changed; False where the service stops."""
        await self._bell.wait(GLANCE, heard)
        return not self._bell.stopped

    async def static(self, request: Request) -> Response:
        """A style sheet, a module, a picture."""
        name = request.path_params["name"]
        media = MEDIA.get(name.rpartition(".")[2])
        folder = resources.files("watchword.edges.console").joinpath("static")
        known = {entry.name for entry in folder.iterdir()}
        if media is None or name not in known:
            return Response("Not Found", 404)
        return guard(
            Response(folder.joinpath(name).read_bytes(), media_type=media, headers=KEPT), keep=True
        )

    async def _visit(self, request: Request) -> Visit | Response:
        """Who asks, and about which project; a stranger is sent to sign in."""
        visit = await visit_of(self._management, request)
        if visit is None:
            query = {"back": _address(request)} if request.method == "GET" else {}
            if request.query_params.get("just"):
                query = {"just": "1"}
            where = f"/console/sign-in?{urlencode(query)}" if query else "/console/sign-in"
            return RedirectResponse(where, SEE_OTHER)
        return visit

    def guarded(self, handler: Handler) -> Handler:
        """A handler behind the checks that all share, with the headers that all have."""

        async def guarded(request: Request) -> Response:
            if is_forged(request.method, request.headers, request.headers.get("host", "")):
                return guard(Response("A browser sent this for another site.", 403))
            try:
                response = await handler(request)
            except Problem as problem:
                response = self._trouble(request, problem.status, str(problem))
            except (StoreUnavailableError, UnknownKeyError) as error:
                log.warning("unavailable", page=request.url.path, because=str(error))
                response = self._trouble(
                    request, 503, "The database does not answer now. Nothing was changed."
                )
                response.headers["retry-after"] = "1"
            except Exception:
                log.exception("bug", page=request.url.path)
                response = self._trouble(request, 500, "A fault of the console itself.")
            return guard(response)

        return guarded

    def _trouble(self, request: Request, status: int, words: str) -> Response:
        return self._page(request, "problem.html", status, status=status, words=words)


def _address(request: Request) -> str:
    query = f"?{request.url.query}" if request.url.query else ""
    return f"{request.url.path}{query}"


def console(management: Management, bell: Bell) -> Starlette:
    """The application."""
    pages = Console(management, bell)

    def route(path: str, handler: Handler, *methods: str) -> Route:
        return Route(path, pages.guarded(handler), methods=list(methods or ("GET",)))

    return Starlette(
        routes=[
            route("/", pages.front),
            route("/in/{secret}", pages.by_link, "GET", "POST"),
            route("/console", pages.front),
            route("/console/", pages.home),
            route("/console/sign-in", pages.sign_in, "GET", "POST"),
            route("/console/sign-out", pages.sign_out, "POST"),
            route("/console/theme", pages.theme, "POST"),
            route("/console/go", pages.go),
            route("/console/find", pages.find),
            route("/console/live", pages.live),
            route("/console/undo", pages.undo, "POST"),
            Route("/console/static/{name}", pages.static),
            route("/console/{project}/do/{operation}", pages.act, "POST"),
            route("/console/{project}/{page}", pages.page),
            route("/console/{project}/{page}/{about}", pages.page),
        ],
        exception_handlers={404: _missing},
    )


async def _missing(_: Request, __: Exception) -> Response:
    html = render("problem.html", theme="", version="", status=404, words="There is no such page.")
    return guard(HTMLResponse(html, 404))
