"""Grey failures: messages are taken and do not arrive, seen by sums of evidence that add up quickly."""

from collections.abc import Iterable
from math import exp, log

from msgspec import Struct

from watchword.domain.routing.way import Place, Way

MINUTE = 60_000
HOUR = 60 * MINUTE
HALF_LIVES = 0.693
"""Of a count that halves every hour, what one message adds so that it is a count by the hour."""
WORSE = 0.2
"""What a grey failure leaves of the probability that a message arrives."""
ALARM = 5.5
"""The sum of log-likelihood ratios at which a cell with little traffic is closed."""
LITTLE = 1.0
"""Messages an hour up to which traffic is little: with more, chance has more turns to raise an alarm."""
EVEN = 1.5
"""How far below its alarm a sum makes a failure as likely as not."""
NOTABLE = 1.5
"""The sum from which a cell is looked at when a route is chosen."""
TRIED_ENOUGH = 2
"""Probes in a row that must be answered before a cell is open again."""
FIRST_REST, LONGEST_REST, REST_GROWTH = 3 * MINUTE, 30 * MINUTE, 1.6
"""Milliseconds until a closed cell is probed: longer each time a probe was lost."""
FIRST_ERROR_REST, LONGEST_ERROR_REST, ERROR_GROWTH = MINUTE, 8 * MINUTE, 2.5
"""The same for an account that did not take a message at all."""
PROBE_TIME = 2 * MINUTE
"""Milliseconds for which one probe keeps others away, unless its outcome is known before."""
QUIET = 30 * MINUTE
"""Milliseconds in which evidence of a failure loses half of its weight."""
SUREST = 0.95
"""The most that is expected of any message: a single one must not close a cell."""
EVIDENCE_OF_ARRIVAL = log(WORSE)


class Cell(Struct):
    """What can fail on its own: its sums of evidence, and if it is closed, why and until when.

    A failure that loses messages openly is seen in messages without a `sign` of arrival; one that
    invents receipts only in those without an `answer`.
    """

    sign: float = 0.0
    answer: float = 0.0
    at: int = 0
    closed: bool = False
    because: str = ""
    until: int = 0
    rest: int = 0
    growth: float = REST_GROWTH
    longest: int = LONGEST_REST
    proven: int = 0
    busy: float = 0.0
    busy_at: int = 0
    alarm: float = ALARM

    def count(self, now: int) -> None:
        """A message goes out: the more of them in an hour, the more evidence an alarm needs.

        The false alarms of a sequential test come once in so many messages; this makes it once in so
        many hours.
        """
        self.busy = self.busy * 0.5 ** (max(0, now - self.busy_at) / HOUR) + HALF_LIVES
        self.busy_at = max(now, self.busy_at)
        self.alarm = ALARM + log(max(1.0, self.busy / LITTLE))


def cell_keys(way: Way, place: Place) -> tuple[str, ...]:
    """The cells a message belongs to, widest first; each of them can fail on its own."""
    route, country, carrier = way.route, place.country, place.carrier
    wide = (f"@{way.account}", f"@{way.account}|{country}", f"{route}|{country}")
    if not carrier:
        return wide
    return (*wide, f"#{way.channel}|{country}|{carrier}", f"{route}|{country}|{carrier}")


class Grey:
    """A CUSUM for each account, country, carrier and route, that closes what has begun to fail."""

    def __init__(self, cells: dict[str, Cell] | None = None) -> None:
        self.cells: dict[str, Cell] = {} if cells is None else cells

    @property
    def at_rest(self) -> int:
        """How many cells are closed."""
        return sum(cell.closed for cell in self.cells.values())

    def cell(self, key: str) -> Cell:
        """The cell of a name."""
        cell = self.cells.get(key)
        if cell is None:
            cell = self.cells[key] = Cell()
        return cell

    def closed_by(self, way: Way, place: Place) -> list[Cell]:
        """The cells that are closed to a message."""
        cells = (self.cells.get(key) for key in cell_keys(way, place))
        return [cell for cell in cells if cell is not None and cell.closed]

    def weigh(
        self, way: Way, place: Place, cells: Iterable[Cell], sign: float, answer: float, now: int
    ) -> None:
        """Add evidence of a failure (or against it, below 0), and close the widest cell it proves."""
        alarmed = False
        for number, cell in enumerate(cells):
            if cell.closed:
                continue
            fade = 0.5 ** ((now - cell.at) / QUIET) if now > cell.at else 1.0
            cell.at = max(now, cell.at)
            by_sign, by_answer = cell.sign * fade + sign, cell.answer * fade + answer
            cell.sign = max(0.0, by_sign)
            cell.answer = max(0.0, by_answer)
            if not alarmed and (by_sign >= cell.alarm or by_answer >= cell.alarm):
                seen = "showing signs of arrival" if by_sign >= cell.alarm else "being answered"
                name = cell_keys(way, place)[number]
                self._close(cell, now, f"messages over {name} stopped {seen}")
                alarmed = True

    def declined(self, account: str, now: int, because: str) -> None:
        """An account did not take a message: it rests at once, and longer each time."""
        cell = self.cell(f"@{account}")
        if cell.closed and cell.growth == ERROR_GROWTH:
            cell.rest = min(LONGEST_ERROR_REST, int(cell.rest * ERROR_GROWTH))
            cell.until, cell.proven = now + cell.rest, 0
            return
        self._close(cell, now, because)
        cell.rest, cell.growth, cell.longest = FIRST_ERROR_REST, ERROR_GROWTH, LONGEST_ERROR_REST
        cell.until = now + cell.rest

    def probed(self, cells: Iterable[Cell], *, well: bool, now: int) -> None:
        """What became of a probe: twice well opens, badly rests longer."""
        for cell in cells:
            if not cell.closed:
                continue
            if not well:
                cell.rest = min(cell.longest, int(cell.rest * cell.growth))
                cell.until, cell.proven = now + cell.rest, 0
            elif cell.proven + 1 >= TRIED_ENOUGH:
                _open(cell, now)
            else:
                cell.proven += 1
                cell.until = now

    def _close(self, cell: Cell, now: int, because: str) -> None:
        cell.closed, cell.because, cell.at, cell.proven = True, because, now, 0
        cell.rest, cell.growth, cell.longest = FIRST_REST, REST_GROWTH, LONGEST_REST
        cell.until = now + cell.rest


def accepted(cells: Iterable[Cell], now: int) -> bool:
    """A message goes out: an error of the account is over; of cells still closed it is the probe."""
    probe = False
    for cell in cells:
        cell.count(now)
        if cell.closed:
            if cell.growth == ERROR_GROWTH:
                _open(cell, now)
            else:
                cell.until = max(cell.until, now + PROBE_TIME)
                probe = True
    return probe


def suspicion(cells: Iterable[Cell], now: int) -> float:
    """The probability that one of a message's cells, though not closed, has begun to fail."""
    worst = NOTABLE - ALARM
    for cell in cells:
        # Nearly all cells are quiet: two comparisons, and no call.
        if cell.sign > NOTABLE or cell.answer > NOTABLE:
            most = max(cell.sign, cell.answer) * 0.5 ** (max(0, now - cell.at) / QUIET)
            worst = max(worst, most - cell.alarm)
    return 1.0 / (1.0 + exp(-EVEN - worst)) if worst > NOTABLE - ALARM else 0.0


def evidence_of_silence(expected: float) -> float:
    """What it says that something has not come yet that was expected with a probability."""
    expected = min(SUREST, expected)
    return log((1.0 - WORSE * expected) / (1.0 - expected))


def _open(cell: Cell, now: int) -> None:
    cell.closed, cell.sign, cell.answer, cell.at, cell.because = False, 0.0, 0.0, now, ""
