"""Bootstrap: give an empty installation its first project, in sandbox mode, and a key to it."""

from uuid import UUID

from msgspec import Struct

from watchword.domain.project import Mode, Project
from watchword.ports.store import Registry, StoreUnavailableError
from watchword.usecases.manage.api_keys import ManageApiKeys
from watchword.usecases.manage.projects import ManageProjects


class FirstProject(Struct, frozen=True):
    """What was made; the key is seen here and never again."""

    project: Project
    api_key: str


class Bootstrap(Struct, frozen=True):
    """Make the first project."""

    registry: Registry
    manage_projects: ManageProjects
    manage_api_keys: ManageApiKeys

    async def __call__(
        self, customer_uuid: UUID | None, api_key: str | None
    ) -> FirstProject | None:
        """The first project and its key, or None where there is a project already."""
        if await self.registry.projects():
            return None
        try:
            project = await self.manage_projects.create("default", Mode.SANDBOX, customer_uuid)
            key, _ = await self.manage_api_keys.create(project, name="first key", key=api_key)
        except (StoreUnavailableError, ValueError):
            if await self.registry.projects():
                return None  # of processes that start together, another was first
            raise
        return FirstProject(project, key)
