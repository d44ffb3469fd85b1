"""Access: who calls, whether a browser was tricked into it, and whether they may."""

from collections.abc import Mapping
from urllib.parse import urlsplit
from uuid import UUID

from watchword.domain.operator import Grant, GrantKind, Operator, may
from watchword.domain.project import Project
from watchword.edges.management.management import Management
from watchword.edges.management.operation import Operation, Problem

COOKIE = "watchword_session"
ALL = "all"
"""Stands for all projects in a path."""
SAME = ("same-origin", "none")


async def caller(management: Management, secret: str | None) -> tuple[Operator, Grant] | None:
    """Who a session or token stands for."""
    if not secret:
        return None
    return await management.sign_in.session(secret, management.clock.now())


def is_forged(method: str, headers: Mapping[str, str], host: str) -> bool:
    """Whether a browser sends this for another site: a form or script that is not ours.

    `Sec-Fetch-Site` is set by the browser and cannot be set by a page (W3C Fetch Metadata); a browser
    without it sends `Origin` with all that is no plain reading (RFC 6454). What has neither is no
    browser, and has no cookie that it did not mean to send.
    """
    if method in ("GET", "HEAD"):
        return False
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site not in SAME
    origin = headers.get("origin")
    return origin is not None and urlsplit(origin).netloc != host


async def project_of(management: Management, given: str | None) -> Project | None:
    """The project that a path names by id or name; None for all.

    Raises:
        Problem: there is none.

    """
    if given in (None, ALL):
        return None
    for project in await management.projects.list():
        if given in (str(project.id), project.name):
            return project
    raise Problem(404, "not_found", "there is no such project")


def permit(
    operation: Operation, operator: Operator, grant: Grant | None, project: Project | None
) -> None:
    """Let pass who may.

    Raises:
        Problem: they may not, or the operation is about one project.

    """
    if operation.by_session and (grant is None or grant.kind is not GrantKind.SESSION):
        raise Problem(403, "forbidden", "this needs a person who is signed in, not a token")
    if operation.of_project and project is None and not operation.everywhere:
        raise Problem(400, "bad_request", "name one project: this is not for all at once")
    if operation.for_anybody:
        if operator.roles:
            return
        raise Problem(403, "forbidden", "your account has no role")
    about: UUID | None = project.id if project is not None else None
    if not may(operator, grant, operation.role, about):
        raise Problem(403, "forbidden", f"this needs the role {operation.role} {_where(project)}")


def _where(project: Project | None) -> str:
    return f"in {project.name}" if project is not None else "in the whole installation"
