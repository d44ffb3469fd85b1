"""Throttle: how many requests a second one project may send to one process."""

from uuid import UUID

from watchword.domain.project import Project


class Throttle:
    """A token bucket per project: as many requests at once as it may send in a second."""

    def __init__(self) -> None:
        self._buckets: dict[UUID, tuple[float, int]] = {}

    def admits(self, project: Project, now: int) -> bool:
        """Whether one more request may pass at `now` (Unix milliseconds); the sandbox has no limit."""
        rate = project.settings.limits.requests_second
        if not rate or project.is_sandbox:
            return True
        left, since = self._buckets.get(project.id, (float(rate), now))
        left = min(float(rate), left + max(0, now - since) * rate / 1000)
        admitted = left >= 1
        self._buckets[project.id] = (left - admitted, now)
        return admitted
