"""Manage operators: who may use the console and the management API, and by which proofs."""

import secrets
from collections.abc import Callable, Mapping, Sequence
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from watchword.domain.api_key import SECRET_BYTES, digest, hint
from watchword.domain.audit import AuditNote
from watchword.domain.operator import EVERYWHERE, LIFETIME, Grant, GrantKind, Operator, Role
from watchword.ports.clock import Clock
from watchword.ports.keyring import Keyring
from watchword.ports.operators import Operators
from watchword.ports.passwords import OneTimePasswords, Passwords
from watchword.usecases.sign_in import LONGEST_NAME, is_name, totp_context

FIRST_OWNER = "owner"
SHORTEST_PASSWORD, LONGEST_PASSWORD = 12, 200
LONGEST_TOKEN_NAME = 80
TOKEN_PREFIX = "wwm_"  # noqa: S105 - how a token begins
ISSUER = "Watchword"


class NoSuchOperatorError(LookupError):
    """No operator has this name."""


class NoSuchTokenError(LookupError):
    """No token has this digest or hint."""


class ManageOperators(Struct, frozen=True):
    """What an owner does to operators; every change has its line in the audit log."""

    operators: Operators
    clock: Clock
    passwords: Passwords
    one_time: OneTimePasswords
    keyring: Keyring
    actor: str = "watchword"

    async def list(self) -> Sequence[Operator]:
        """Every operator, oldest first."""
        return await self.operators.operators()

    async def find(self, name: str) -> Operator:
        """The operator of that name.

        Raises:
            NoSuchOperatorError: there is none.

        """
        found = await self.operators.operator_named(name) if is_name(name) else None
        if found is None:
            names = ", ".join(operator.name for operator in await self.list()) or "none"
            raise NoSuchOperatorError(f"no operator is called {name!r}; there are {names}")
        return found

    async def create(self, name: str, roles: Mapping[str, Role]) -> Operator:
        """Add an operator, who has no password yet: make a sign-in link for them.

        Raises:
            ValueError: the name is taken or no name, or the roles name nothing.

        """
        if not is_name(name):
            raise ValueError(
                f"a name has 1 to {LONGEST_NAME} characters that print, and no space around them"
            )
        made = Operator(
            id=self.clock.new_id(),
            name=name,
            created_at=self.clock.now(),
            roles=_checked(roles),
        )
        if not await self.operators.put_operator(
            made, self._note("created", made, roles=_words(made.roles))
        ):
            raise ValueError(f"there is an operator called {name!r} already")
        return replace(made, version=made.version + 1)

    async def first_owner(self) -> Operator:
        """The operator named `owner`, made where there is none, for the one-time link at the start."""
        found = await self.operators.operator_named(FIRST_OWNER)
        if found is not None:
            return found
        try:
            return await self.create(FIRST_OWNER, {EVERYWHERE: Role.OWNER})
        except ValueError:  # of processes that start together, another was first
            return await self.find(FIRST_OWNER)

    async def has_password(self) -> bool:
        """Whether an owner can sign in by password."""
        return any(operator.password and _owns(operator) for operator in await self.list())

    async def set_password(self, operator: Operator, password: str) -> Operator:
        """Give an operator another password; their sessions end, and they need not wait.

        Raises:
            ValueError: it is too short or too long.

        """
        if len(password) < SHORTEST_PASSWORD:
            raise ValueError(f"a password has at least {SHORTEST_PASSWORD} characters")
        if len(password) > LONGEST_PASSWORD:
            raise ValueError(f"a password has at most {LONGEST_PASSWORD} characters")
        kept = await self.passwords.hash(password)
        changed = await self._change(
            operator,
            "password_set",
            lambda now: replace(now, password=kept, failures=0, locked_until=0),
        )
        await self._end_sessions(operator)
        return changed

    async def set_roles(self, operator: Operator, roles: Mapping[str, Role]) -> Operator:
        """Say anew what an operator may do, by project id or `*`.

        Raises:
            ValueError: the roles name nothing, or nobody would own the installation.

        """
        checked = _checked(roles)
        if checked.get(EVERYWHERE) is not Role.OWNER:
            await self._spare_last_owner(operator)
        return await self._change(
            operator, "roles_set", lambda now: replace(now, roles=checked), roles=_words(checked)
        )

    async def disable(self, operator: Operator) -> Operator:
        """Let an operator do nothing, by no session, link or token.

        Raises:
            ValueError: nobody would own the installation.

        """
        await self._spare_last_owner(operator)
        changed = await self._change(operator, "disabled", lambda now: replace(now, disabled=True))
        await self._end_sessions(operator)
        return changed

    async def enable(self, operator: Operator) -> Operator:
        """Let an operator sign in again; their tokens work again too."""
        return await self._change(operator, "enabled", lambda now: replace(now, disabled=False))

    async def remove(self, operator: Operator) -> None:
        """Take an operator out, with their sessions and tokens.

        Raises:
            ValueError: nobody would own the installation.

        """
        await self._spare_last_owner(operator)
        await self.operators.remove_operator(operator.id, self._note("removed", operator))

    def begin_totp(self, operator: Operator) -> tuple[str, str]:
        """A fresh secret for one-time codes and its `otpauth://` address; neither is kept yet."""
        secret = self.one_time.new_secret()
        return secret, self.one_time.uri(secret, operator.name, ISSUER)

    async def confirm_totp(self, operator: Operator, secret: str, code: str) -> Operator:
        """Ask for one-time codes from now on, once the operator's device has made one.

        Raises:
            ValueError: the code is not of this secret and this minute.

        """
        step = self.one_time.step_of(secret, code.replace(" ", ""), self.clock.now())
        if step is None:
            raise ValueError("this code is not right: see that the clock of the device is")
        sealed = self.keyring.seal(secret.encode(), totp_context(operator.id))
        return await self._change(
            operator, "totp_set", lambda now: replace(now, totp=sealed, totp_used=step)
        )

    async def remove_totp(self, operator: Operator) -> Operator:
        """Ask for no one-time code any more."""
        return await self._change(operator, "totp_removed", lambda now: replace(now, totp=None))

    async def seal_again(self) -> None:
        """Seal every one-time secret under the current key, so that an older one can be dropped."""
        for listed in await self.list():
            operator: Operator | None = listed
            while operator is not None and operator.totp is not None:
                context = totp_context(operator.id)
                opened = self.keyring.unseal(operator.totp, context)
                sealed = replace(operator, totp=self.keyring.seal(opened, context))
                if await self.operators.put_operator(sealed):
                    break
                operator = await self.operators.operator(operator.id)

    async def create_token(self, operator: Operator, name: str, role: Role) -> tuple[str, Grant]:
        """Make a token for a script, which may as much as its operator and no more than a role.

        The token as text, and as it is kept.

        Raises:
            ValueError: the name is none.

        """
        if not 0 < len(name) <= LONGEST_TOKEN_NAME or not name.isprintable():
            raise ValueError(f"a token has a name of 1 to {LONGEST_TOKEN_NAME} characters")
        secret = TOKEN_PREFIX + secrets.token_urlsafe(SECRET_BYTES)
        now = self.clock.now()
        kept = Grant(
            digest=digest(secret),
            operator_id=operator.id,
            kind=GrantKind.TOKEN,
            created_at=now,
            expires_at=now + LIFETIME[GrantKind.TOKEN],
            name=name,
            hint=hint(secret),
            role=role,
        )
        note = self._note("token_created", operator, hint=kept.hint, token=name, role=role)
        await self.operators.put_grant(kept, note)
        return secret, kept

    async def tokens(self, operator: Operator) -> Sequence[Grant]:
        """The tokens of an operator, the one that ends first first."""
        return await self.operators.grants(operator.id, GrantKind.TOKEN)

    async def revoke_token(self, which: str) -> Grant:
        """End a token, named by its digest in hex or by its hint.

        Raises:
            NoSuchTokenError: there is none.

        """
        for operator in await self.list():
            for token in await self.tokens(operator):
                if which in (token.digest.hex(), token.hint):
                    detail = {"hint": token.hint, "token": token.name}
                    note = self._note("token_revoked", operator, **detail)
                    await self.operators.take_grant(token.digest, note)
                    return token
        raise NoSuchTokenError(f"no token has the digest or hint {which!r}")

    async def _change(
        self,
        operator: Operator,
        action: str,
        change: Callable[[Operator], Operator],
        **detail: str,
    ) -> Operator:
        """Change an operator as it is now, again where somebody else was faster."""
        while True:
            now = await self.operators.operator(operator.id)
            if now is None:
                raise NoSuchOperatorError(f"the operator {operator.name!r} is gone")
            changed = change(now)
            if await self.operators.put_operator(changed, self._note(action, now, **detail)):
                return replace(changed, version=changed.version + 1)

    async def _spare_last_owner(self, operator: Operator) -> None:
        owners = [other.id for other in await self.list() if _owns(other)]
        if owners == [operator.id]:
            raise ValueError(f"{operator.name!r} is the last owner; make somebody else owner first")

    async def _end_sessions(self, operator: Operator) -> None:
        for kind in (GrantKind.SESSION, GrantKind.LINK):
            await self.operators.remove_grants(operator.id, kind)

    def _note(self, action: str, operator: Operator, **detail: str) -> AuditNote:
        return AuditNote(
            at=self.clock.now(),
            actor=self.actor,
            action=f"operator.{action}",
            subject=str(operator.id),
            detail={"name": operator.name, **detail},
        )


def _owns(operator: Operator) -> bool:
    return operator.may(Role.OWNER, None)


def _words(roles: Mapping[str, Role]) -> str:
    return " ".join(f"{where}={role}" for where, role in sorted(roles.items()))


def _checked(roles: Mapping[str, Role]) -> dict[str, Role]:
    """Roles as they are kept, which name projects by their ids."""
    if not roles:
        raise ValueError("an operator needs a role")
    return {
        where if where == EVERYWHERE else str(UUID(where)): role for where, role in roles.items()
    }
