"""Lanes: every way to every place that was ever looked at, and the one store of what is known of them."""

from watchword.domain.routing.credence import Credence
from watchword.domain.routing.experience import Tally
from watchword.domain.routing.grey import Cell, cell_keys
from watchword.domain.routing.lane import CHANNEL_WIDE, Lane, tally_keys
from watchword.domain.routing.pace import Pace
from watchword.domain.routing.way import Place, Way

MOST = 50_000
"""Tallies that are kept, and cells: the oldest tenth goes when there are more."""


class Lanes:
    """Finds lanes, and makes them of the tallies, cells and paces that are kept by name."""

    def __init__(
        self, tallies: dict[str, Tally], cells: dict[str, Cell], paces: dict[str, Pace]
    ) -> None:
        self.tallies, self.cells, self.paces = tallies, cells, paces
        self._by_place: dict[Place, dict[str, Lane]] = {}
        self._credences: dict[str, Credence] = {}
        for key, tally in tallies.items():
            if key.startswith(CHANNEL_WIDE):
                channel, _, route = key.removeprefix(CHANNEL_WIDE).partition("|")
                self._credence(channel).note(route, tally)

    def of(self, way: Way, place: Place) -> Lane:
        """The lane of a way to a place."""
        lanes = self._by_place.get(place)
        lane = None if lanes is None else lanes.get(way.route)
        return self._new(way, place) if lane is None else lane

    def tally(self, key: str, now: int) -> Tally:
        """The tally of a name."""
        tally = self.tallies.get(key)
        if tally is None:
            tally = self.tallies[key] = Tally(at=now)
        return tally

    def cell(self, key: str) -> Cell:
        """The cell of a name."""
        cell = self.cells.get(key)
        if cell is None:
            cell = self.cells[key] = Cell()
        return cell

    def _credence(self, channel: str) -> Credence:
        credence = self._credences.get(channel)
        if credence is None:
            credence = self._credences[channel] = Credence()
        return credence

    def _new(self, way: Way, place: Place) -> Lane:
        if len(self.tallies) > MOST or len(self.cells) > MOST:
            self._forget()
        tallies = tuple(self.tally(key, 0) for key in tally_keys(way, place))
        cells = tuple(self.cell(key) for key in cell_keys(way, place))
        key = f"{way.route}|{place.country}"
        pace = self.paces.get(key)
        if pace is None:
            pace = self.paces[key] = Pace()
        credence = self._credence(way.channel)
        lane = Lane(way, place, tallies, cells, pace, credence)
        self._by_place.setdefault(place, {})[way.route] = lane
        return lane

    def _forget(self) -> None:
        oldest = sorted(self.tallies, key=lambda key: self.tallies[key].at)
        for key in oldest[: MOST // 10]:
            del self.tallies[key]
            self.paces.pop(key, None)
        quiet = sorted((cell.at, key) for key, cell in self.cells.items() if not cell.closed)
        for _, key in quiet[: MOST // 10]:
            del self.cells[key]
        self._by_place.clear()
