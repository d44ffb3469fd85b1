"""Manage API keys: make one, list and revoke them; a key itself is shown once and never kept."""

import secrets
from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from watchword.domain.api_key import SECRET_BYTES, ApiKey, Scope, digest, format_key, hint
from watchword.domain.audit import AuditNote
from watchword.domain.project import Project
from watchword.ports.clock import Clock
from watchword.ports.store import Registry


class NoSuchKeyError(LookupError):
    """No key has this id."""


class ManageApiKeys(Struct, frozen=True):
    """What an operator does to keys."""

    registry: Registry
    clock: Clock
    actor: str = "watchword"

    def _note(self, action: str, key: ApiKey) -> AuditNote:
        return AuditNote(
            at=self.clock.now(),
            actor=self.actor,
            action=f"api_key.{action}",
            subject=str(key.id),
            detail={"project": str(key.project_id), "hint": key.hint},
        )

    async def create(
        self,
        project: Project,
        *,
        name: str = "",
        scopes: Sequence[Scope] = tuple(Scope),
        key: str | None = None,
    ) -> tuple[str, ApiKey]:
        """Make a key, or register one made elsewhere; the key as text, and as it is kept.

        Raises:
            ValueError: the key made elsewhere belongs to another project, or is under 16 characters.

        """
        if key is None:
            key = format_key(secrets.token_bytes(SECRET_BYTES), sandbox=project.is_sandbox)
        if len(key) < 16:  # noqa: PLR2004 - shorter than any key a machine makes
            raise ValueError("an API key must have at least 16 characters")
        if any(known.digest == digest(key) for known in await self.registry.api_keys()):
            raise ValueError("this API key is registered already")
        kept = ApiKey(
            id=self.clock.new_id(),
            project_id=project.id,
            digest=digest(key),
            hint=hint(key),
            created_at=self.clock.now(),
            name=name,
            scopes=tuple(scopes),
        )
        await self.registry.put_api_key(kept, self._note("created", kept))
        return key, kept

    async def list(self, project: Project) -> list[ApiKey]:
        """Every key of a project, revoked ones too, oldest first."""
        return [key for key in await self.registry.api_keys() if key.project_id == project.id]

    async def revoke(self, key_id: str) -> ApiKey:
        """End a key; every process refuses it within a second.

        Raises:
            NoSuchKeyError: no key has this id or hint.

        """
        for key in await self.registry.api_keys():
            if key_id in (str(key.id), key.hint):
                revoked = replace(key, revoked_at=self.clock.now())
                await self.registry.put_api_key(revoked, self._note("revoked", revoked))
                return revoked
        raise NoSuchKeyError(f"no key has the id {key_id!r}")
