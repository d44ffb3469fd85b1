"""Showing: run the operations of a page, and gather what its template shows."""

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import Struct
from starlette.requests import Request

from watchword.domain.operator import Grant, Operator, Role, may
from watchword.domain.project import Project
from watchword.edges.console.pages import PAGES, Also, Page
from watchword.edges.management.access import ALL, COOKIE, caller, permit, project_of
from watchword.edges.management.management import Management
from watchword.edges.management.operation import Call, Operation, Problem
from watchword.edges.management.table import OPERATIONS


class Visit(Struct, frozen=True, kw_only=True):
    """Somebody who is signed in, and where they look; `project` is None for all at once."""

    management: Management
    operator: Operator
    grant: Grant
    project: Project | None
    projects: tuple[Project, ...]

    @property
    def call(self) -> Call:
        """How operations are called."""
        return Call(
            management=self.management,
            operator=self.operator,
            grant=self.grant,
            project=self.project,
        )

    def may(self, operation: str) -> bool:
        """Whether they may carry out an operation here."""
        try:
            permit(OPERATIONS[operation], self.operator, self.grant, self._about(operation))
        except Problem:
            return False
        return True

    def may_see(self, project: Project) -> bool:
        """Whether they may see a project."""
        return may(self.operator, self.grant, Role.VIEWER, project.id)

    async def run(self, name: str, given: Mapping[str, Any]) -> object:
        """Carry out an operation.

        Raises:
            Problem: there is none, it is not permitted, or it cannot be carried out.

        """
        operation = OPERATIONS.get(name)
        if operation is None:
            raise Problem(404, "not_found", "there is no such operation")
        project = self._about(name)
        permit(operation, self.operator, self.grant, project)
        call = msgspec.structs.replace(self.call, project=project)
        return await operation.run(call, operation.read(given))

    def _about(self, name: str) -> Project | None:
        """The project that an operation is about; None for one of the installation."""
        return self.project if OPERATIONS[name].of_project else None


class Shown(Struct, frozen=True):
    """What a template is given, and the HTTP status."""

    status: int
    context: dict[str, Any]


async def visit_of(management: Management, request: Request) -> Visit | None:
    """Who asks; None for a stranger.

    Raises:
        Problem: the project is none, or none of theirs.

    """
    found = await caller(management, request.cookies.get(COOKIE))
    if found is None:
        return None
    operator, grant = found
    everything = await management.projects.list()
    visit = Visit(
        management=management,
        operator=operator,
        grant=grant,
        project=None,
        projects=tuple(p for p in everything if may(operator, grant, Role.VIEWER, p.id)),
    )
    given = request.path_params.get("project", ALL)
    project = await project_of(management, given)
    if project is not None and not visit.may_see(project):
        raise Problem(404, "not_found", "there is no such project")
    return msgspec.structs.replace(visit, project=project)


async def show(visit: Visit, name: str, about: str | None, request: Request) -> Shown:
    """Run what a page shows.

    Raises:
        Problem: there is no such page, or it is not for this visitor.

    """
    page = PAGES.get(name)
    if page is None:
        raise Problem(404, "not_found", "There is no such page.")
    visit = _placed(visit, page)
    query = dict(request.query_params)
    operation = OPERATIONS[page.operation]
    given = _taken(operation, query)
    if about is not None:
        given[_named(operation)] = about
    problem, status, it = "", 200, None
    if all(given.get(field) for field in page.needs):
        try:
            it = await visit.run(page.operation, given)
        except Problem as error:
            if not (page.needs or query) or error.status != 400:  # noqa: PLR2004 - a form's fault is shown beside it
                raise
            problem, status = str(error), error.status
    also = {}
    for key, one in page.also.items():
        also[key], fault = await _also(visit, one, query)
        problem = problem or fault
    return Shown(
        status,
        {
            "page": page,
            "visit": visit,
            "project": visit.project,
            "where": str(visit.project.id) if visit.project else ALL,
            "currency": _currency(visit),
            "query": query,
            "address": request.url.path + (f"?{request.url.query}" if request.url.query else ""),
            "it": it,
            "problem": problem,
            "now": visit.management.clock.now(),
            "url": visit.management.url,
            "known_key": visit.management.known_keys.get(visit.project.id)
            if visit.project and visit.may("create_key")
            else None,
            **also,
        },
    )


def _placed(visit: Visit, page: Page) -> Visit:
    """The visit as a page needs it: one project, all, or none."""
    if visit.project is not None or page.everywhere or page.of_installation:
        return visit
    if not visit.projects:
        raise Problem(404, "not_found", "There is no project yet.")
    return msgspec.structs.replace(visit, project=visit.projects[0])


async def _also(visit: Visit, one: Also, query: Mapping[str, str]) -> tuple[object, str]:
    """What one more operation gives, and what was wrong with its fields."""
    if not visit.may(one.operation):
        return None, ""
    shared = {name: query[name] for name in one.shares if query.get(name)}
    if one.shares and not shared:
        return None, ""
    try:
        return await visit.run(one.operation, {**one.fields, **shared}), ""
    except Problem as problem:
        return None, str(problem)


def _taken(operation: Operation, query: Mapping[str, str]) -> dict[str, Any]:
    return {
        name: value
        for name, value in query.items()
        if value and name in operation.takes.__struct_fields__
    }


def _named(operation: Operation) -> str:
    """The field of an operation that its path ends with."""
    return operation.path.rpartition("{")[2].rstrip("}")


def _currency(visit: Visit) -> str:
    projects = (visit.project,) if visit.project else visit.projects
    known = {project.settings.currency for project in projects}
    return known.pop() if len(known) == 1 else "EUR"
