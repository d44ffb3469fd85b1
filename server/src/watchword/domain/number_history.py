"""Number history: what one project remembers of one phone number, and the budgets that belong to it."""

from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

DAY = 24 * 60 * 60 * 1000
FAILED_CHECKS_A_DAY = 25
"""Wrong codes one number bears in any 24 hours: 25 x 365 guesses at 10^-6 are 0.9 % a year."""
FAILED_CHECKS_IN_A_ROW = 100
"""Wrong codes without a right one between them before all stops (NIST SP 800-63B, 5.2.2)."""
REMEMBERED_SENDS = 50


class NumberHistory(Struct, frozen=True, kw_only=True):
    """One number in one project; all times are Unix milliseconds, lists are oldest first.

    `open_until` is the end of the newest authentication's window, 0 once it is validated.
    `version` is the one loaded: a change is written only if it is still the one stored.
    """

    project_id: UUID
    e164: str
    version: int = 0
    authentication_id: UUID | None = None
    started_at: int = 0
    open_until: int = 0
    sent_at: tuple[int, ...] = ()
    failed_at: tuple[int, ...] = ()
    failed_in_a_row: int = 0
    verified_at: int | None = None

    def may_guess(self, now: int) -> bool:
        """Whether one more code may be compared for this number.

        The rule is a true rolling day: the 25th last failure must be over 24 hours old.
        """
        if self.failed_in_a_row >= FAILED_CHECKS_IN_A_ROW:
            return False
        recent = self.failed_at[-FAILED_CHECKS_A_DAY:]
        return len(recent) < FAILED_CHECKS_A_DAY or recent[0] <= now - DAY

    def with_guess(self, now: int) -> "NumberHistory":
        """The history after a try was spent; it counts as failed until `with_success` says else."""
        return replace(
            self,
            failed_at=(*self.failed_at, now)[-FAILED_CHECKS_A_DAY:],
            failed_in_a_row=self.failed_in_a_row + 1,
        )

    def with_success(self, spent_at: int, now: int) -> "NumberHistory":
        """The history after the try spent at `spent_at` turned out right: window shut, row ended."""
        failed = list(self.failed_at)
        if spent_at in failed:
            failed.remove(spent_at)
        return replace(
            self, failed_at=tuple(failed), failed_in_a_row=0, verified_at=now, open_until=0
        )

    def with_send(self, now: int) -> "NumberHistory":
        """The history after one more message was promised to this number."""
        return replace(self, sent_at=(*self.sent_at, now)[-REMEMBERED_SENDS:])

    def sends_since(self, then: int) -> int:
        """Messages promised after the instant `then`; at most 50 are remembered."""
        return sum(at > then for at in self.sent_at)
