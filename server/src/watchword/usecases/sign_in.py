"""Sign in: an operator proves who they are, once, and is known by a session from then on."""

import secrets
from enum import StrEnum
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from watchword.domain.api_key import SECRET_BYTES, digest
from watchword.domain.audit import AuditNote
from watchword.domain.operator import (
    LIFETIME,
    LONGEST_SESSION,
    MOST_FAILURES,
    Grant,
    GrantKind,
    Operator,
)
from watchword.ports.clock import Clock
from watchword.ports.keyring import Keyring
from watchword.ports.operators import Operators
from watchword.ports.passwords import OneTimePasswords, Passwords

LONGEST_NAME, LONGEST_HINT = 60, 80


class Refused(StrEnum):
    """Why nobody was signed in."""

    WRONG = "wrong"
    """No operator who may sign in has this name, password and one-time code."""
    LOCKED = "locked"
    """The name waits after too many failures."""
    CODE_NEEDED = "code_needed"
    """The password is right, and a one-time code must come with it."""


class SignedIn(Struct, frozen=True):
    """A session that begins; `secret` is seen here and never again, `expires_at` in Unix milliseconds."""

    secret: str
    operator: Operator
    expires_at: int

    def __repr__(self) -> str:
        """The operator alone."""
        return f"SignedIn({self.operator.name!r})"


class SignIn(Struct, frozen=True):
    """What turns a password or a link into a session, and a session into an operator."""

    operators: Operators
    clock: Clock
    passwords: Passwords
    one_time: OneTimePasswords
    keyring: Keyring
    actor: str = "watchword"

    async def with_password(
        self, name: str, password: str, code: str | None = None, hint: str = ""
    ) -> SignedIn | Refused:
        """Begin a session by password, and by one-time code where the operator has one.

        `hint` says where the person sits, for the list of sessions. A name that nobody has takes as
        long as one with another password, and leaves nothing in the audit log: strangers cannot fill it.

        Raises:
            UnknownKeyError: the one-time secret is sealed under a key that is not here.

        """
        kept: str | None = None
        right: bool | None = None
        while True:
            operator = await self._who(name)
            if operator is not None and self.clock.now() < operator.locked_until:
                return Refused.LOCKED
            latest = operator.password if operator else None
            if right is None or latest != kept:
                kept, right = latest, await self.passwords.verify(latest, password)
                continue  # what holds after the slow check decides: others may have failed meanwhile
            if operator is None:
                return Refused.WRONG
            if right and operator.totp is not None and not code:
                return Refused.CODE_NEEDED
            step = self._step(operator, code or "") if right else None
            if step is not None:
                changed = operator.signed_in(self.clock.now(), step)
                if self.passwords.outdated(kept or ""):
                    changed = replace(changed, password=await self.passwords.hash(password))
                if await self._put(changed, "signed_in", by="password", hint=_cut(hint)):
                    return await self._begin(changed, hint)
                continue
            changed = operator.failed(self.clock.now())
            locked = changed.locked_until > operator.locked_until
            failures = str(MOST_FAILURES if locked else changed.failures)
            action = "locked" if locked else "sign_in_failed"
            if await self._put(changed, action, failures=failures, hint=_cut(hint)):
                return Refused.LOCKED if locked else Refused.WRONG

    async def with_link(self, secret: str) -> SignedIn | None:
        """Begin a session by a sign-in link, which then works no more; None where it does not work."""
        found = await self._granted(secret, self.clock.now())
        if found is None or found[1].kind is not GrantKind.LINK:
            return None
        operator, link = found
        note = self._note("signed_in", operator, f"operator:{operator.name}", by="link")
        if not await self.operators.take_grant(link.digest, note):
            return None
        while not operator.disabled:
            changed = operator.signed_in(self.clock.now(), operator.totp_used)
            if await self.operators.put_operator(changed):
                return await self._begin(changed)
            latest = await self.operators.operator(operator.id)
            if latest is None:
                return None
            operator = latest
        return None

    async def session(self, secret: str, now: int) -> tuple[Operator, Grant] | None:
        """The operator that a session or a token stands for, and by what; None where it no longer does.

        A session used in the second half of its life begins another, up to a week after sign-in.
        """
        found = await self._granted(secret, now)
        if found is None or found[1].kind is GrantKind.LINK:
            return None
        operator, grant = found
        if grant.kind is GrantKind.SESSION and 2 * (grant.expires_at - now) <= LIFETIME[grant.kind]:
            ends = min(now + LIFETIME[grant.kind], grant.created_at + LONGEST_SESSION)
            if ends > grant.expires_at:
                grant = replace(grant, expires_at=ends)
                await self.operators.extend_grant(grant)
        return operator, grant

    async def sign_out(self, secret: str) -> None:
        """End a session; one that has ended already stays so, and a token is not a session."""
        grant = await self.operators.grant(digest(secret)) if secret.isascii() else None
        if grant is not None and grant.kind is GrantKind.SESSION:
            await self.operators.take_grant(grant.digest)

    async def make_link(self, operator: Operator) -> str:
        """The secret of a sign-in link, which works once and for ten minutes."""
        secret, link = self._grant(operator, GrantKind.LINK)
        await self.operators.put_grant(link, self._note("link_made", operator, self.actor))
        return secret

    async def _who(self, name: str) -> Operator | None:
        """The operator of that name who may sign in by password."""
        if not is_name(name):
            return None
        operator = await self.operators.operator_named(name)
        usable = operator is not None and operator.password is not None and not operator.disabled
        return operator if usable else None

    def _step(self, operator: Operator, code: str) -> int | None:
        """The time step that will have signed in, None where it is no code or was used before."""
        if operator.totp is None:
            return operator.totp_used
        secret = self.keyring.unseal(operator.totp, totp_context(operator.id)).decode()
        step = self.one_time.step_of(secret, code.replace(" ", ""), self.clock.now())
        return step if step is not None and step > operator.totp_used else None

    async def _granted(self, secret: str, now: int) -> tuple[Operator, Grant] | None:
        grant = await self.operators.grant(digest(secret)) if secret.isascii() else None
        if grant is None or not grant.good(now):
            return None
        operator = await self.operators.operator(grant.operator_id)
        return None if operator is None or operator.disabled else (operator, grant)

    def _grant(self, operator: Operator, kind: GrantKind, hint: str = "") -> tuple[str, Grant]:
        secret, now = secrets.token_urlsafe(SECRET_BYTES), self.clock.now()
        return secret, Grant(
            digest=digest(secret),
            operator_id=operator.id,
            kind=kind,
            created_at=now,
            expires_at=now + LIFETIME[kind],
            hint=_cut(hint),
        )

    async def _begin(self, operator: Operator, hint: str = "") -> SignedIn:
        secret, session = self._grant(operator, GrantKind.SESSION, hint)
        await self.operators.put_grant(session)
        return SignedIn(secret, replace(operator, version=operator.version + 1), session.expires_at)

    async def _put(self, operator: Operator, action: str, **detail: str) -> bool:
        # Who failed is not known to be the operator.
        actor = f"operator:{operator.name}" if action == "signed_in" else "watchword"
        note = self._note(action, operator, actor, **detail)
        return await self.operators.put_operator(operator, note)

    def _note(self, action: str, operator: Operator, actor: str, **detail: str) -> AuditNote:
        return AuditNote(
            at=self.clock.now(),
            actor=actor,
            action=f"operator.{action}",
            subject=str(operator.id),
            detail={"name": operator.name, **detail},
        )


def is_name(name: str) -> bool:
    """Whether an operator may be called that: 1-60 characters that print, no space at either end."""
    return 0 < len(name) <= LONGEST_NAME and name.isprintable() and name == name.strip()


def totp_context(operator_id: UUID) -> str:
    """What an operator's one-time secret is sealed for, so that it opens nobody else's account."""
    return f"totp:{operator_id}"


def _cut(hint: str) -> str:
    return hint.encode("ascii", "replace").decode()[:LONGEST_HINT]
