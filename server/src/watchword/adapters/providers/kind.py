"""Kind: what a provider declares of itself, and what it is given; forms, prompts and pages come from it."""

from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from importlib.metadata import EntryPoint
from typing import Annotated, Any, get_type_hints

import msgspec
from msgspec import Meta, Struct

from watchword.adapters.providers.exchange import Exchange
from watchword.domain.channel import Channel
from watchword.ports.clock import Clock
from watchword.ports.provider import CredentialField, KindDescription, Message, Provider, Receipt
from watchword.ports.store import Store

Secret = Annotated[str, Meta(min_length=1, extra={"secret": True})]
"""A field of credentials that is typed unseen and never shown."""


class Credentials(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an account needs to be used; each field carries its description. Printed without values."""

    per_second: Annotated[
        str,
        Meta(
            pattern=r"^[0-9]{1,5}(\.[0-9]{1,3})?$",
            description="Messages a second that each worker process hands over; 0 is no limit.",
        ),
    ] = "0"

    def __repr__(self) -> str:
        """The names of the fields alone."""
        return f"{type(self).__name__}({', '.join(self.__struct_fields__)})"

    def __rich_repr__(self) -> list[tuple[str, object]]:
        """The same, because msgspec would show every field to a pretty traceback."""
        return [("fields", self.__struct_fields__)]


class Tools(Struct, frozen=True, kw_only=True):
    """What an account is opened with.

    `receipts_url` is the public address of its receipts, None where this installation has none.
    `receive` takes receipts that come over a connection of the provider's own.
    """

    account: str
    exchange: Exchange
    clock: Clock
    inbox: Store
    receipts_url: str | None
    receive: Callable[[str, Sequence[Receipt]], Awaitable[None]]

    def receipts_url_for(self, message: Message) -> str | None:
        """The address with the reference of a message, for providers that give none back."""
        return self.receipts_url and f"{self.receipts_url}?ref={message.reference}"


class Kind(Struct, frozen=True, kw_only=True):
    """A kind of provider; the entry point `watchword.providers` names one.

    `receipts` says in a sentence how receipts come and are verified; `website` is where the vendor
    documents its API; `notes` are what an operator should know, a sentence each.
    """

    name: str
    title: str
    channels: frozenset[Channel]
    credentials: type[Credentials]
    open: Callable[[Any, Tools], Provider]
    receipts: str
    website: str
    notes: tuple[str, ...] = ()


class InstalledKinds(Mapping[str, Kind]):
    """Kinds by the names of their entry points; what a kind needs is imported when it is asked for."""

    def __init__(self, entries: Iterable[EntryPoint]) -> None:
        self._entries = {entry.name: entry for entry in entries}

    def __getitem__(self, name: str) -> Kind:
        """The kind of that name; `KeyError` where none is installed."""
        kind: Kind = self._entries[name].load()
        return kind

    def __iter__(self) -> Iterator[str]:
        """The names of all that are installed."""
        return iter(self._entries)

    def __len__(self) -> int:
        """How many are installed."""
        return len(self._entries)


def credential_fields(kind: Kind) -> list[CredentialField]:
    """The fields of a kind's credentials in the order they are asked for: first those of its own."""
    hints = get_type_hints(kind.credentials, include_extras=True)
    fields = []
    for field in msgspec.structs.fields(kind.credentials):
        notes = _notes(hints[field.name])
        fields.append(
            CredentialField(
                name=field.name,
                description=next((n.description for n in reversed(notes) if n.description), ""),
                secret=any((note.extra or {}).get("secret") for note in notes),
                required=field.required,
                default=None if field.required else field.default,
            )
        )
    return sorted(fields, key=lambda field: field.name in Credentials.__struct_fields__)


def _notes(hint: Any) -> list[Meta]:  # noqa: ANN401 - a type, whatever it is
    notes = [note for note in getattr(hint, "__metadata__", ()) if isinstance(note, Meta)]
    for inner in getattr(hint, "__args__", ()):
        notes = [*_notes(inner), *notes]
    return notes


def description(name: str, kind: Kind) -> KindDescription:
    """What is told of a kind."""
    return KindDescription(
        name=name,
        title=kind.title,
        channels=tuple(sorted(kind.channels)),
        fields=tuple(credential_fields(kind)),
        receipts=kind.receipts,
        website=kind.website,
        notes=kind.notes,
    )
