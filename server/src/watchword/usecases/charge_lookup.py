"""Charge a lookup: take its fee from the project, or say why it cannot pay."""

from msgspec import Struct

from watchword.domain.errors import ErrorCode, Refusal
from watchword.domain.project import Project
from watchword.ports.clock import Clock
from watchword.ports.store import Registry, Store
from watchword.usecases.promise_attempt import charge_for


class ChargeLookup(Struct, frozen=True):
    """Bill one answered lookup."""

    store: Store
    registry: Registry
    clock: Clock

    async def __call__(self, project: Project) -> Refusal | None:
        """Take the fee; a refusal where the balance is negative or a limit is reached."""
        if project.suspended:
            return Refusal(ErrorCode.SUSPENDED_ACCOUNT, "this project is suspended")
        balance = await self.registry.balance(project.id)
        if balance is not None and balance < 0:
            return Refusal(ErrorCode.NEGATIVE_BALANCE, "the prepaid balance is used up")
        charge = charge_for(
            project,
            None,
            self.clock.now(),
            project.settings.lookup_fee,
            guarded=True,
            prepaid=balance is not None,
        )
        if charge is None or await self.store.charge(project.id, charge):
            return None
        return Refusal(
            ErrorCode.SPENDING_LIMIT_EXCEEDED, "the project's spending limit for today is used up"
        )
