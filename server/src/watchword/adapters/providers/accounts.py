"""The provider accounts of this installation: opened with their credentials, and anew when they change."""

from collections.abc import Callable, Mapping, Sequence

import msgspec
import structlog
from msgspec import Struct

from watchword.adapters.providers.kind import (
    Credentials,
    Kind,
    Tools,
    credential_fields,
    description,
)
from watchword.adapters.providers.paced import Paced
from watchword.domain.provider_account import ProviderAccount
from watchword.ports.keyring import Keyring, UnknownKeyError
from watchword.ports.provider import KeepsConnections, KindDescription, Provider
from watchword.ports.store import Registry

log = structlog.get_logger(__name__)
SANDBOX = "sandbox"
"""The account that is always there."""


class AccountError(ValueError):
    """An account cannot be opened: its kind is not installed, or its credentials are not what it asks."""


class Opened(Struct, frozen=True):
    """An account with the provider behind it."""

    account: ProviderAccount
    provider: Provider


class ProviderAccounts:
    """The providers port: one open provider for each account."""

    def __init__(
        self,
        kinds: Mapping[str, Kind],
        registry: Registry,
        keyring: Keyring,
        tools: Callable[[str], Tools],
    ) -> None:
        self.kinds = kinds
        self._registry = registry
        self._keyring = keyring
        self._tools = tools
        self._opened: dict[str, Opened] = {}
        self._sandbox = kinds[SANDBOX].open(Credentials(), tools(SANDBOX))
        self._version = -1
        self._started = False

    async def start(self) -> None:
        """Have those that keep connections make them, and those that are opened later too."""
        self._started = True
        for opened in self._opened.values():
            await _start(opened.provider)

    async def refresh(self) -> None:
        """Open what was added, close what was removed, and both where credentials changed."""
        version = await self._registry.directory_version()
        if version == self._version:
            return
        wanted = {account.name: account for account in await self._registry.provider_accounts()}
        self._version = version
        for name, opened in list(self._opened.items()):
            known = wanted.get(name)
            if known is None or not _same(known, opened.account):
                del self._opened[name]
                await opened.provider.close()
        for name, account in wanted.items():
            if name in self._opened:
                self._opened[name] = Opened(account, self._opened[name].provider)
                continue
            try:
                self._opened[name] = Opened(account, self.open(account))
                if self._started:
                    await _start(self._opened[name].provider)
            except (AccountError, UnknownKeyError) as error:
                log.warning("a provider account cannot be used", account=name, because=str(error))

    def open(self, account: ProviderAccount) -> Provider:
        """The provider of an account.

        Raises:
            AccountError: its kind is not installed, or its credentials are not what that asks for.
            UnknownKeyError: its credentials cannot be unsealed.

        """
        sealed = self._keyring.unseal(account.sealed, account.name)
        given = msgspec.json.decode(sealed, type=dict[str, str])
        return self._make(account.provider, given, account.name)

    def check(self, provider: str, credentials: Mapping[str, str]) -> None:
        """Find out whether an account of a kind could be opened with credentials.

        Raises:
            AccountError: it could not; the message says why, and no value.

        """
        self._make(provider, credentials, provider)

    def _make(self, provider: str, credentials: Mapping[str, str], name: str) -> Provider:
        kind = self.kinds.get(provider)
        if kind is None:
            installed = ", ".join(sorted(self.kinds))
            raise AccountError(f"no provider is called {provider!r}; there are {installed}")
        try:
            read = read_credentials(kind, credentials)
            made = kind.open(read, self._tools(name))
        except AccountError:
            raise
        except ValueError as error:
            raise AccountError(f"{kind.name}: {error}") from None
        if float(read.per_second) and not isinstance(made, KeepsConnections):
            return Paced(made, float(read.per_second))
        return made

    def describe(self) -> Sequence[KindDescription]:
        """The kinds that are installed, by name, but for the sandbox."""
        return [
            description(name, kind) for name, kind in sorted(self.kinds.items()) if name != SANDBOX
        ]

    def plain_fields(self, kind: str) -> frozenset[str]:
        """The fields of a kind that are no secret."""
        known = self.kinds.get(kind)
        fields = credential_fields(known) if known else []
        return frozenset(field.name for field in fields if not field.secret)

    def account(self, name: str) -> Provider | None:
        """The provider behind an account name; None where there is none, or it is paused."""
        if name == SANDBOX:
            return self._sandbox
        opened = self._opened.get(name)
        return opened.provider if opened and not opened.account.paused else None

    def receiver(self, name: str) -> Provider | None:
        """The same for receipts, which a paused account takes too."""
        opened = self._opened.get(name)
        return opened.provider if opened else None

    async def close(self) -> None:
        """Close every provider."""
        for opened in self._opened.values():
            await opened.provider.close()
        self._opened.clear()


def read_credentials(kind: Kind, given: Mapping[str, str]) -> Credentials:
    """The credentials that an operator gave, as text, for a kind.

    Raises:
        AccountError: a field is missing, unknown or not of its form; its value is not told.

    """
    try:
        return msgspec.convert(dict(given), kind.credentials, strict=False)
    except msgspec.ValidationError as error:
        raise AccountError(f"{kind.name}: {error}") from None


async def _start(provider: Provider) -> None:
    if isinstance(provider, KeepsConnections):
        await provider.start()


def _same(one: ProviderAccount, other: ProviderAccount) -> bool:
    return (one.provider, one.sealed) == (other.provider, other.sealed)
