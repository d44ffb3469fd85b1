"""Operator: a person who runs the installation, what they may do in which project, and how they sign in."""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct
from msgspec.structs import replace

MINUTE = 60_000
HOUR = 60 * MINUTE
EVERYWHERE = "*"
"""Stands for all projects, and the installation itself, where roles are given."""
MOST_FAILURES, LOCKED_FOR = 5, 15 * MINUTE
"""Failed sign-ins in a row after which a name waits, and for how long (NIST SP 800-63B, 5.2.2)."""


class Role(StrEnum):
    """What an operator may do; each may all that those before it may."""

    VIEWER = "viewer"
    """See everything but secrets and whole numbers."""
    OPERATOR = "operator"
    """Also act: send, reveal a number, block and allow, deliver callbacks again."""
    OWNER = "owner"
    """Also change settings, keys, providers and operators."""


_RANK = {role: rank for rank, role in enumerate(Role)}


class Operator(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One person. Times are Unix milliseconds.

    `roles` are by project id, or `*` for all. `password` is an Argon2id hash, `totp` a sealed secret,
    `totp_used` the last time step that signed in, so that no code works twice (RFC 6238, 5.2).
    """

    id: UUID
    name: str
    created_at: int
    roles: dict[str, Role]
    password: str | None = None
    totp: str | None = None
    totp_used: int = 0
    disabled: bool = False
    failures: int = 0
    locked_until: int = 0
    signed_in_at: int | None = None
    version: int = 0

    def role_in(self, project_id: UUID | None) -> Role | None:
        """The role in a project, or with None in the installation."""
        here = self.roles.get(str(project_id)) if project_id is not None else None
        everywhere = self.roles.get(EVERYWHERE)
        return max(
            (role for role in (here, everywhere) if role is not None),
            key=_RANK.__getitem__,
            default=None,
        )

    def may(self, needed: Role, project_id: UUID | None) -> bool:
        """Whether they may do in a project, or the installation, what needs a role."""
        role = self.role_in(project_id)
        return not self.disabled and role is not None and _RANK[role] >= _RANK[needed]

    def failed(self, now: int) -> "Operator":
        """After a failed sign-in: the fifth in a row makes the name wait."""
        failures = self.failures + 1
        if failures < MOST_FAILURES:
            return replace(self, failures=failures)
        return replace(self, failures=0, locked_until=now + LOCKED_FOR)

    def signed_in(self, now: int, totp_used: int) -> "Operator":
        """After a sign-in."""
        return replace(self, failures=0, locked_until=0, signed_in_at=now, totp_used=totp_used)


class GrantKind(StrEnum):
    """By what somebody acts as an operator."""

    LINK = "link"
    """A sign-in link: works once."""
    SESSION = "session"
    """A browser that is signed in."""
    TOKEN = "token"  # noqa: S105 - a word, not a secret
    """A secret of a script that uses the management API."""


LIFETIME = {
    GrantKind.LINK: 10 * MINUTE,
    GrantKind.SESSION: 12 * HOUR,
    GrantKind.TOKEN: 365 * 24 * HOUR,
}
"""Milliseconds for which each is good; a session that is used lives on, for a week at most."""
LONGEST_SESSION = 7 * 24 * HOUR


class Grant(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A secret that stands for an operator; `digest` is its SHA-256, as it is random and long.

    `role` is the most a token may, whatever its operator may.
    """

    digest: bytes
    operator_id: UUID
    kind: GrantKind
    created_at: int
    expires_at: int
    name: Annotated[str, Meta(max_length=80)] = ""
    hint: str = ""
    role: Role = Role.OWNER

    def good(self, now: int) -> bool:
        """Whether it still stands for its operator."""
        return now < self.expires_at


def may(operator: Operator, grant: Grant | None, needed: Role, project_id: UUID | None) -> bool:
    """Whether an operator may act in a project by a grant."""
    if grant is not None and _RANK[grant.role] < _RANK[needed]:
        return False
    return operator.may(needed, project_id)
