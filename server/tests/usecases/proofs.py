"""Proofs: the use cases of operators over one world, with a hash that costs nothing."""

import asyncio

import pyotp
from server.tests.conftest import World

from watchword.adapters.passwords import TimePasswords
from watchword.domain.audit import AuditNote
from watchword.domain.operator import Operator
from watchword.usecases.manage.operators import ManageOperators
from watchword.usecases.sign_in import SignIn

PASSWORD = "correct horse battery"


class FastPasswords:
    """The port without its cost; it counts, lets others in while it works, and waits when told."""

    def __init__(self) -> None:
        self.verified: list[str | None] = []
        self.generation = 1
        self.hold: asyncio.Event | None = None
        self.held = asyncio.Event()

    async def hash(self, password: str) -> str:
        await asyncio.sleep(0)
        return f"{self.generation}:{password}"

    async def verify(self, kept: str | None, password: str) -> bool:
        self.verified.append(kept)
        if self.hold is not None:
            self.held.set()
            await self.hold.wait()
        await asyncio.sleep(0)
        return kept is not None and kept.partition(":")[2] == password

    def outdated(self, kept: str) -> bool:
        return not kept.startswith(f"{self.generation}:")


class Office:
    """What operators do and what is done to them."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.passwords = FastPasswords()
        proofs = self.passwords, TimePasswords(), world.keyring
        self.sign_in = SignIn(world.store, world.clock, *proofs, "tests")
        self.manage = ManageOperators(world.store, world.clock, *proofs, "tests")

    def code(self, secret: str, milliseconds: int = 0) -> str:
        """What an authenticator shows now, or that much later."""
        return pyotp.TOTP(secret).at((self.world.clock.now() + milliseconds) // 1000)

    async def with_totp(self, operator: Operator) -> str:
        """Have an operator asked for codes, from the next step on; the secret."""
        secret, _ = self.manage.begin_totp(operator)
        await self.manage.confirm_totp(operator, secret, self.code(secret))
        self.world.clock.advance(30_000)
        return secret

    async def notes(self) -> list[AuditNote]:
        """What the audit log says of operators."""
        entries = await self.world.store.audit(0, 1_000)
        return [entry.note for entry in entries if entry.note.action.startswith("operator.")]

    async def actions(self) -> list[str]:
        """What was done, in words."""
        return [note.action.removeprefix("operator.") for note in await self.notes()]
