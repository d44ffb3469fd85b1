"""Receive receipts: find the attempt that each is about and record it; keep those that come too early."""

from collections.abc import Sequence
from uuid import UUID

from msgspec import Struct

from watchword.ports.clock import Clock
from watchword.ports.provider import Receipt, read_reference
from watchword.ports.store import EarlyReceipt, Store
from watchword.usecases.record_receipt import RecordReceipt

EARLY_LIFETIME = 24 * 60 * 60 * 1000
"""Milliseconds for which a receipt waits for its send to be recorded; most wait for one second."""
AT_ONCE = 100


class ReceiveReceipts(Struct, frozen=True):
    """Take what an account's provider reported, under its signature, in any order, once or more often."""

    store: Store
    clock: Clock
    record_receipt: RecordReceipt

    async def __call__(self, account: str, receipts: Sequence[Receipt]) -> None:
        """Record every receipt, or keep it until its send is recorded.

        Raises:
            StoreUnavailableError: not all could be kept; the provider must send them again.

        """
        for receipt in receipts:
            if await self._record(account, receipt):
                continue
            early = EarlyReceipt(
                id=self.clock.new_id(), account=account, receipt=receipt, at=self.clock.now()
            )
            await self.store.keep_early_receipt(early)
            # The send may have been recorded between the look and the keeping.
            if await self._record(account, receipt):
                await self.store.drop_early_receipts([early.id])

    async def match_early(self) -> int:
        """Look again for the attempts of early receipts; how many found theirs."""
        now = self.clock.now()
        matched = []
        outlived = []
        for early in await self.store.early_receipts(AT_ONCE):
            if await self._record(early.account, early.receipt):
                matched.append(early.id)
            elif early.at < now - EARLY_LIFETIME:
                outlived.append(early.id)
        if matched or outlived:
            await self.store.drop_early_receipts([*matched, *outlived])
        return len(matched)

    async def _record(self, account: str, receipt: Receipt) -> bool:
        about = await self._attempt(account, receipt)
        if about is None:
            return False
        found = await self.store.authentication(about[0])
        if found is not None and 1 <= about[1] <= len(found.attempts):
            await self.record_receipt(*about, receipt.report, account=account, read=found)
        return True

    async def _attempt(self, account: str, receipt: Receipt) -> tuple[UUID, int] | None:
        ours = read_reference(receipt.reference)
        if ours is not None:
            return ours
        for message_id in receipt.message_ids:
            found = await self.store.attempt_of(account, message_id)
            if found is not None:
                return found
        return None
