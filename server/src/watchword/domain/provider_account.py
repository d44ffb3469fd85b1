"""Provider account: a kind of sender with credentials of ours, known by a name that routes use."""

from msgspec import Struct


class ProviderAccount(Struct, frozen=True, kw_only=True):
    """One account; `sealed` are its credentials, `created_at` is in Unix milliseconds."""

    name: str
    provider: str
    sealed: str
    created_at: int
    paused: bool = False
