"""The provider accounts of this installation, by name."""

from collections.abc import Mapping

from watchword.ports.provider import Provider


class ProviderRegistry:
    """The providers port over a mapping."""

    def __init__(self, accounts: Mapping[str, Provider]) -> None:
        self._accounts = dict(accounts)

    def account(self, name: str) -> Provider | None:
        """The provider behind an account name."""
        return self._accounts.get(name)
