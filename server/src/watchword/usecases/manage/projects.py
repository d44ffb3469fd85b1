"""Manage projects: create one, change its settings, suspend it, fill its balance, remove it."""

from collections.abc import Sequence
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from watchword.domain.audit import AuditNote
from watchword.domain.project import Mode, Project, ProjectSettings
from watchword.ports.clock import Clock
from watchword.ports.store import Registry


class NoSuchProjectError(LookupError):
    """No project has this name or id."""


class ManageProjects(Struct, frozen=True):
    """What an operator does to projects."""

    registry: Registry
    clock: Clock
    actor: str = "watchword"

    def _note(self, action: str, project: Project, **detail: str) -> AuditNote:
        return AuditNote(
            at=self.clock.now(),
            actor=self.actor,
            action=f"project.{action}",
            subject=str(project.id),
            detail=detail,
        )

    async def create(self, name: str, mode: Mode, project_id: UUID | None = None) -> Project:
        """Create a project with safe settings.

        Raises:
            ValueError: the name is taken, or empty.

        """
        if not name.strip():
            raise ValueError("a project needs a name")
        if any(project.name == name for project in await self.registry.projects()):
            raise ValueError(f"there is a project called {name!r} already")
        project = Project(
            id=project_id or self.clock.new_id(),
            name=name,
            mode=mode,
            created_at=self.clock.now(),
        )
        note = self._note("created", project, name=name, mode=mode)
        await self.registry.put_project(project, note)
        return project

    async def list(self) -> Sequence[Project]:
        """Every project."""
        return await self.registry.projects()

    async def find(self, name_or_id: str | None) -> Project:
        """The project of that name or id; with None, the only one there is.

        Raises:
            NoSuchProjectError: there is none, or several and none was named.

        """
        projects = await self.registry.projects()
        if name_or_id is None:
            if len(projects) == 1:
                return projects[0]
            names = ", ".join(project.name for project in projects) or "none"
            raise NoSuchProjectError(f"say which project: there are {names}")
        for project in projects:
            if name_or_id in (project.name, str(project.id)):
                return project
        names = ", ".join(project.name for project in projects) or "none"
        raise NoSuchProjectError(f"no project is called {name_or_id!r}; there are {names}")

    async def change(
        self,
        project: Project,
        *,
        settings: ProjectSettings | None = None,
        suspended: bool | None = None,
        mode: Mode | None = None,
    ) -> Project:
        """Store other settings, or suspend or resume."""
        changed = replace(
            project,
            settings=project.settings if settings is None else settings,
            suspended=project.suspended if suspended is None else suspended,
            mode=project.mode if mode is None else mode,
        )
        fields = [*_changed(project, changed), *_changed(project.settings, changed.settings)]
        # The names alone: values may be numbers on a list.
        note = self._note("changed", project, fields=" ".join(fields))
        await self.registry.put_project(changed, note)
        return changed

    async def remove(self, project: Project) -> int:
        """Remove a sandbox project with all that is in it; how many rows that were.

        Raises:
            ValueError: it is a live project, whose history is not to be lost by a slip.

        """
        if not project.is_sandbox:
            raise ValueError(f"{project.name!r} is live: only a sandbox project can be removed")
        note = self._note("removed", project, name=project.name)
        return await self.registry.remove_project(project.id, note)

    async def note_secret_revealed(self, project: Project) -> None:
        """Write down that somebody looks at what callbacks are signed with."""
        await self.registry.note(self._note("secret_revealed", project))

    async def top_up(self, project: Project, amount: int) -> int:
        """Add micros to the prepaid balance, making the project prepaid; the new balance."""
        note = self._note("topped_up", project, micros=str(amount))
        return await self.registry.add_balance(project.id, amount, note)


def _changed(before: Struct, after: Struct) -> Sequence[str]:
    return [
        name
        for name in before.__struct_fields__
        if name != "settings" and getattr(before, name) != getattr(after, name)
    ]
