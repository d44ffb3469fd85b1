"""Directory: projects and keys, held in memory so that a request need not ask for them."""

from typing import Protocol
from uuid import UUID

from watchword.domain.api_key import ApiKey
from watchword.domain.project import Project


class Directory(Protocol):
    """What is known of callers; at most a second behind the store."""

    def by_key(self, digest: bytes) -> tuple[Project, ApiKey] | None:
        """The project and the live key behind a key's digest."""
        ...

    async def find(self, project_id: UUID) -> Project | None:
        """The project of that id; one that was made a moment ago is found too."""
        ...
