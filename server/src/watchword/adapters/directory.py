"""The directory in memory: every project and live key, read anew when the registry says so."""

from uuid import UUID

from watchword.domain.api_key import ApiKey
from watchword.domain.project import Project
from watchword.ports.store import Registry


class MemoryDirectory:
    """The directory port over a registry, and the memory of which keys were used."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._version = -1
        self._projects: dict[UUID, Project] = {}
        self._keys: dict[bytes, ApiKey] = {}
        self._used: dict[UUID, int] = {}

    async def refresh(self) -> None:
        """Read everything anew where anything changed; called at least once a second."""
        version = await self._registry.directory_version()
        if version == self._version:
            return
        projects = {project.id: project for project in await self._registry.projects()}
        keys = {key.digest: key for key in await self._registry.api_keys() if not key.revoked_at}
        self._version, self._projects, self._keys = version, projects, keys

    def by_key(self, digest: bytes) -> tuple[Project, ApiKey] | None:
        """The project and the live key behind a digest."""
        key = self._keys.get(digest)
        project = key and self._projects.get(key.project_id)
        return (project, key) if project and key else None

    def project(self, project_id: UUID) -> Project | None:
        """The project of that id."""
        return self._projects.get(project_id)

    async def find(self, project_id: UUID) -> Project | None:
        """The project of that id, looked up anew where it is not known yet."""
        if project_id not in self._projects:
            await self.refresh()
        return self._projects.get(project_id)

    def has_live_projects(self) -> bool:
        """Whether any project sends real messages."""
        return any(not project.is_sandbox for project in self._projects.values())

    def used(self, key: ApiKey, at: int) -> None:
        """Remember that a key was used."""
        self._used[key.id] = at

    async def flush_used(self) -> None:
        """Write down when keys were last used."""
        used, self._used = self._used, {}
        if used:
            await self._registry.touch_api_keys(used)
