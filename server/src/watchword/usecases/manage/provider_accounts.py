"""Manage provider accounts: credentials go in, are sealed, and are never shown again."""

from collections.abc import Mapping, Sequence

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from watchword.domain.audit import AuditNote
from watchword.domain.provider_account import ProviderAccount
from watchword.ports.clock import Clock
from watchword.ports.keyring import Keyring
from watchword.ports.store import Registry


class NoSuchAccountError(LookupError):
    """No provider account has this name."""


class ManageProviderAccounts(Struct, frozen=True):
    """What an operator does to provider accounts."""

    registry: Registry
    clock: Clock
    keyring: Keyring
    actor: str = "watchword"

    async def put(
        self, name: str, provider: str, credentials: Mapping[str, str]
    ) -> ProviderAccount:
        """Add an account, or give one other credentials.

        Raises:
            ValueError: the name is empty or the provider is none.

        """
        if not name.strip() or not provider.strip():
            raise ValueError("an account needs a name and a provider")
        account = ProviderAccount(
            name=name,
            provider=provider,
            sealed=self.keyring.seal(msgspec.json.encode(credentials), name),
            created_at=self.clock.now(),
        )
        fields = " ".join(sorted(credentials))
        note = self._note("put", name, provider=provider, credentials=fields)
        await self.registry.put_provider_account(account, note)
        return account

    async def list(self) -> Sequence[ProviderAccount]:
        """Every account by name."""
        return await self.registry.provider_accounts()

    def credentials(self, account: ProviderAccount) -> dict[str, str]:
        """What is sealed in an account, for its provider.

        Raises:
            UnknownKeyError: it is sealed under a key that is not here, or was changed in the database.

        """
        opened = self.keyring.unseal(account.sealed, account.name)
        return msgspec.json.decode(opened, type=dict[str, str])

    async def pause(self, name: str, *, paused: bool) -> ProviderAccount:
        """Send nothing over an account for now, or again.

        Raises:
            NoSuchAccountError: there is none of that name.

        """
        changed = replace(await self._find(name), paused=paused)
        note = self._note("paused" if paused else "resumed", name)
        await self.registry.put_provider_account(changed, note)
        return changed

    async def remove(self, name: str) -> None:
        """Take an account and its credentials out.

        Raises:
            NoSuchAccountError: there is none of that name.

        """
        await self._find(name)
        await self.registry.remove_provider_account(name, self._note("removed", name))

    async def seal_again(self) -> None:
        """Seal every account under the current key that was sealed under another."""
        older = [
            account
            for account in await self.registry.provider_accounts()
            if not account.sealed.startswith(f"{self.keyring.current()}.")
        ]
        for account in older:
            opened = self.keyring.unseal(account.sealed, account.name)
            sealed = self.keyring.seal(opened, account.name)
            await self.registry.put_provider_account(
                replace(account, sealed=sealed), self._note("sealed_again", account.name)
            )

    async def _find(self, name: str) -> ProviderAccount:
        for account in await self.registry.provider_accounts():
            if account.name == name:
                return account
        raise NoSuchAccountError(f"no provider account is called {name!r}")

    def _note(self, action: str, name: str, **detail: str) -> AuditNote:
        return AuditNote(
            at=self.clock.now(),
            actor=self.actor,
            action=f"provider_account.{action}",
            subject=name,
            detail=detail,
        )
