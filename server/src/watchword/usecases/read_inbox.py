"""Read the inbox: what the sandbox delivered, with the codes that only it may show."""

from collections.abc import Iterable
from uuid import UUID

from msgspec import Struct

from watchword.domain.code import derive_code
from watchword.domain.message import Content
from watchword.domain.project import Project
from watchword.ports.keyring import Keyring
from watchword.ports.store import InboxMessage, Store


class ReadMessage(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A message as the person reads it; `created_at` is in Unix milliseconds."""

    to: str
    channel: str
    sender_id: str | None = None
    content: str
    code: str
    authentication_uuid: UUID
    attempt_number: int
    created_at: int


class ReadInbox(Struct, frozen=True):
    """The newest messages of a sandbox project, newest first; codes are derived as they are read."""

    store: Store
    keyring: Keyring

    async def __call__(self, project: Project, to: str | None, limit: int) -> list[ReadMessage]:
        """Read up to `limit` messages, of one number or of all."""
        return await self.read(await self.store.inbox(project.id, to, limit))

    async def read(self, messages: Iterable[InboxMessage]) -> list[ReadMessage]:
        """Put the codes into messages; one whose authentication is forgotten is left out."""
        return [read for message in messages if (read := await self._read(message))]

    async def _read(self, message: InboxMessage) -> ReadMessage | None:
        found = await self.store.authentication(message.authentication_id)
        if found is None:
            return None
        about = found
        key = self.keyring.code_key(about.code_key)
        code = derive_code(key, about.id, message.attempt_number, about.code_length)
        return ReadMessage(
            to=message.to,
            channel=message.channel,
            sender_id=message.sender_id,
            content=Content(text=message.content).with_code(code),
            code=code,
            authentication_uuid=about.id,
            attempt_number=message.attempt_number,
            created_at=message.created_at,
        )
