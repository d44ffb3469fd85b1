"""Get an authentication: its history, for the project it belongs to and for nobody else."""

from uuid import UUID

from msgspec import Struct

from watchword.domain.errors import Refusal
from watchword.domain.project import Project
from watchword.ports.store import Store, Timeline
from watchword.usecases.check_code import NOT_YOURS


class GetAuthentication(Struct, frozen=True):
    """Read one authentication with its events."""

    store: Store

    async def __call__(
        self, project: Project, authentication_id: UUID | None
    ) -> Timeline | Refusal:
        """The timeline; another project's is refused in the words for one that does not exist."""
        timeline = authentication_id and await self.store.timeline(authentication_id)
        if not timeline or timeline.authentication.project_id != project.id:
            return NOT_YOURS
        return timeline
