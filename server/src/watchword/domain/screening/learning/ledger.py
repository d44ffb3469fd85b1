"""Ledger: everything that screening has learnt, fed by sightings and asked for judgements."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from math import ceil

import msgspec
from msgspec import Struct

from watchword.domain.screening.learning.asking import Asking, names_of
from watchword.domain.screening.learning.judgement import Judgement, Strictness, judge
from watchword.domain.screening.learning.norms import Norms
from watchword.domain.screening.learning.scene import Scene
from watchword.domain.screening.learning.tally import HOUR, Tallies, Tally

SECOND, MINUTE = 1000, 60_000
FIRST_LOOK, LAST_LOOK = 45 * SECOND, 150 * SECOND
"""Milliseconds after which a code without an answer counts a part, and then whole."""
FIRST_PART = 0.45
EXCUSED = 0.25
"""What is left of silence over a route that fails; not nothing, as pumping is silent everywhere."""
UNREPORTED, DELIVERED, FAILED = 0.5, 1.0, 0.15
"""What silence counts by the receipt: a pumped message is delivered, a lost one is a bad route's."""
ENDED = 10 * MINUTE
"""Milliseconds after which an answer is no longer expected."""
MOST_UNDER_WAY, MOST_ANSWERED = 50_000, 20_000
"""Codes that are waited for, and answered ones that are remembered for feedback."""
REFUSED_COUNTS = 0.1
"""What a refused request counts in bursts: enough to notice, too little to keep a block shut."""
PATIENCE = (10 * SECOND, 10 * MINUTE)
"""Milliseconds after a refusal within which people who were refused ask again."""
FIRST_REST, LONGEST_REST = 15 * MINUTE, 12 * HOUR
"""Milliseconds until a country closed to a project is probed: doubled each time, longer if dear."""
LOOKS = (FIRST_LOOK, LAST_LOOK, ENDED)
FORGET = 2
ASKED_COUNTS = ("ten", "block", "wide_block", "widest_block", "carrier", "ip")
"""The tallies in which requests are counted, not only outcomes."""


class UnderWay:
    """A code that was sent: the tallies it belongs to, and what has been counted of its silence."""

    __slots__ = (
        "answered",
        "armed",
        "at",
        "counted",
        "look",
        "probe",
        "project",
        "receipt",
        "tallies",
    )

    def __init__(self, kept: "Kept", tallies: list[Tally]) -> None:
        self.project, self.at = kept.project, kept.at
        self.tallies = tallies
        self.receipt, self.look, self.counted = kept.receipt, kept.look, kept.counted
        self.answered, self.armed, self.probe = kept.answered, kept.armed, kept.probe

    def to_keep(self) -> "Kept":
        """The same with the names of its tallies."""
        return Kept(
            self.project,
            tuple(tally.name for tally in self.tallies),
            self.at,
            self.receipt,
            self.look,
            self.counted,
            self.answered,
            self.armed,
            self.probe,
        )


class Kept(Struct, array_like=True):
    """A code under way as it is kept."""

    project: str
    names: tuple[str, ...]
    at: int
    receipt: float = UNREPORTED
    look: int = 0
    counted: float = 0.0
    answered: bool = False
    armed: bool = True
    probe: bool = False


class Snapshot(Struct):
    """Everything that is known, to be kept."""

    tallies: list[Tally]
    norms: dict[str, Norms]
    under_way: dict[str, Kept]
    refused: list[tuple[str, str, int]] = []
    """Projects and persons that were refused, and when."""


def _nothing(_authentication: str) -> bool:
    return False


class Ledger:
    """What one process knows. Nothing here reads a clock or draws a random number.

    `excuses` tells of an authentication whose code went over a route that has been found to fail: its
    silence is that of the route.
    """

    def __init__(
        self, snapshot: Snapshot | None = None, excuses: Callable[[str], bool] = _nothing
    ) -> None:
        known = snapshot or Snapshot([], {}, {})
        self.excuses = excuses
        self._tallies = Tallies(known.tallies)
        self._norms = known.norms
        self._under_way: dict[str, UnderWay] = {}
        self._answered: dict[str, UnderWay] = {}
        self._last: tuple[Asking | None, dict[str, str]] = None, {}
        self._refused = {(project, person): at for project, person, at in known.refused}
        self._looks: tuple[deque[tuple[int, str]], ...] = (deque(), deque(), deque())
        for authentication, kept in sorted(known.under_way.items(), key=lambda item: item[1].at):
            code = UnderWay(kept, [self._tallies.need(name, kept.at) for name in kept.names])
            if code.answered:
                self._answered[authentication] = code
            else:
                self._under_way[authentication] = code
                self._look_later(authentication, code)

    def judge(self, asking: Asking, strictness: Strictness = Strictness.STANDARD) -> Judgement:
        """Judge a request by what is known now; the ledger is not changed by it."""
        scene = self.scene(asking)
        return judge(scene, strictness, probe=_is_probe(scene))

    def scene(self, asking: Asking) -> Scene:
        """A request amid what is known now."""
        self.advance(asking.at)
        names, find, now = self._names_of(asking), self._tallies.find, asking.at
        tallies = {
            kind: tally for kind, name in names.items() if (tally := find(name, now)) is not None
        }
        norms = self._norms.get(asking.project) or Norms()
        return Scene(asking, tallies, norms, retried="retried" in names)

    def answered_from(self, asking: Asking) -> float:
        """Codes asked for from the same address that were answered of late."""
        if not asking.ip:
            return 0.0
        tally = self._tallies.find(self._names_of(asking)["ip"], asking.at)
        return tally.answered if tally is not None else 0.0

    def asked(
        self, authentication: str, asking: Asking, *, refused: bool, probe: bool = False
    ) -> None:
        """Learn of a request, whether it was refused, and if not, expect an answer to its code."""
        self.advance(asking.at)
        if asking.again:
            return
        names = self._names_of(asking)
        counts = REFUSED_COUNTS if refused else 1.0
        for kind in ASKED_COUNTS:
            if kind in names:
                self._tallies.need(names[kind], asking.at).asked += counts
        norms = self._norms_of(asking.project)
        norms.ask(with_ip=bool(asking.ip))
        if refused:
            self._refuse(asking, names["country"])
            return
        if probe:
            self._probe(asking, names["country"])
        if authentication in self._under_way:
            return
        if len(self._under_way) >= MOST_UNDER_WAY:
            del self._under_way[next(iter(self._under_way))]
        need, at = self._tallies.need, asking.at
        code = UnderWay(
            Kept(asking.project, (), at, armed=norms.armed, probe=probe),
            [need(name, at) for name in names.values()],
        )
        self._under_way[authentication] = code
        self._look_later(authentication, code)

    def reported(self, authentication: str, at: int, *, delivered: bool) -> None:
        """Learn of the first receipt that says how a message ended."""
        self.advance(at)
        code = self._under_way.get(authentication)
        if code is None or code.receipt != UNREPORTED:
            return
        code.receipt = DELIVERED if delivered else FAILED
        if code.counted > code.receipt:
            self._count_silence(code, code.receipt, at)

    def answered(self, authentication: str, at: int) -> None:
        """Learn that the code was typed."""
        self.advance(at)
        code = self._under_way.pop(authentication, None)
        if code is None:
            return
        self._count_silence(code, 0.0, at)
        code.answered = True
        if len(self._answered) >= MOST_ANSWERED:
            del self._answered[next(iter(self._answered))]
        self._answered[authentication] = code
        self._norms_of(code.project).learn(1.0, 0.0)
        for tally in _as_of(at, code.tallies):
            tally.answer()
            if code.probe:
                tally.halve()

    def disowned(self, authentication: str, at: int) -> None:
        """Learn from feedback that whoever answered was not real: the answer becomes silence."""
        self.advance(at)
        code = self._answered.pop(authentication, None)
        if code is None:
            return
        for tally in _as_of(at, code.tallies):
            tally.disown(code.project)
        self._norms_of(code.project).learn(-1.0, 1.0)

    def advance(self, now: int) -> None:
        """Count the silence of codes whose time has come."""
        for look, due in enumerate(self._looks):
            while due and due[0][0] <= now:
                at, authentication = due.popleft()
                code = self._under_way.get(authentication)
                if code is None:
                    continue
                if look == FORGET:
                    del self._under_way[authentication]
                else:
                    code.look = look + 1
                    self._look_later(authentication, code)
                    part = FIRST_PART if look == 0 else 1.0
                    if self.excuses(authentication):
                        part *= EXCUSED
                    self._count_silence(code, code.receipt * part, at)

    def to_parts(self) -> Iterator[bytes]:
        """Everything that is known, as MessagePack, in parts that take some milliseconds each."""
        yield msgspec.msgpack.encode(Snapshot([], self._norms, {}))
        tallies = self._tallies.to_keep()
        for start in range(0, len(tallies), PART):
            yield msgspec.msgpack.encode(Snapshot(tallies[start : start + PART], {}, {}))
        codes = list((self._answered | self._under_way).items())
        for start in range(0, len(codes), PART):
            kept = {name: code.to_keep() for name, code in codes[start : start + PART]}
            yield msgspec.msgpack.encode(Snapshot([], {}, kept))
        refused = [(*whom, at) for whom, at in self._refused.items()]
        for start in range(0, len(refused), PART):
            part = refused[start : start + PART]
            yield msgspec.msgpack.encode(Snapshot([], {}, {}, part))

    @classmethod
    def from_parts(cls, parts: Iterable[bytes]) -> "Ledger":
        """What `to_parts` gave; `msgspec.DecodeError` where it is something else."""
        whole = Snapshot([], {}, {}, [])
        for part in parts:
            known = msgspec.msgpack.decode(part, type=Snapshot)
            whole.tallies.extend(known.tallies)
            whole.norms.update(known.norms)
            whole.under_way.update(known.under_way)
            whole.refused.extend(known.refused)
        return cls(whole)

    def entries(self) -> dict[str, int]:
        """How many tallies there are, and codes under way."""
        return {"tallies": len(self._tallies), "under_way": len(self._under_way)}

    def is_armed(self, project: str) -> bool:
        """Whether a project checks its codes, so that their silence means something."""
        norms = self._norms.get(project)
        return norms is not None and norms.armed

    def _norms_of(self, project: str) -> Norms:
        norms = self._norms.get(project)
        if norms is None:
            norms = self._norms[project] = Norms()
        return norms

    def _look_later(self, authentication: str, code: UnderWay) -> None:
        self._looks[code.look].append((code.at + LOOKS[code.look], authentication))

    def _count_silence(self, code: UnderWay, whole: float, at: int) -> None:
        """Let the silence of a code count so much in all."""
        more = whole - code.counted
        code.counted = whole
        if not more:
            return
        self._norms_of(code.project).learn(0.0, more)
        if code.armed:
            for tally in _as_of(at, code.tallies):
                tally.hush(more, code.project)

    def _names_of(self, asking: Asking) -> dict[str, str]:
        """The names of a request; it is judged and then learnt of, so the last ones are kept."""
        last, names = self._last
        if last is not asking:
            names = names_of(asking, retried=self._has_retried(asking))
            self._last = asking, names
        return names

    def _has_retried(self, asking: Asking) -> bool:
        refused_at = self._refused.get((asking.project, asking.person))
        if refused_at is None:
            return False
        soonest, latest = PATIENCE
        return soonest < asking.at - refused_at < latest

    def _refuse(self, asking: Asking, country: str) -> None:
        if len(self._refused) >= MOST_UNDER_WAY:
            for person in list(self._refused)[: MOST_UNDER_WAY // 2]:
                del self._refused[person]
        self._refused[asking.project, asking.person] = asking.at
        tally = self._tallies.need(country, asking.at)
        if not tally.probe_at:
            tally.rest = _rest(FIRST_REST, asking.price)
            tally.probe_at = asking.at + tally.rest

    def _probe(self, asking: Asking, country: str) -> None:
        tally = self._tallies.need(country, asking.at)
        tally.rest = min(LONGEST_REST, max(FIRST_REST, tally.rest * 2))
        tally.probe_at = asking.at + tally.rest


def _is_probe(scene: Scene) -> bool:
    asking, probe_at = scene.asking, scene.tally("country").probe_at
    return 0 < probe_at <= asking.at and asking.origin in ("local", "none")


PART = 2_000
"""Tallies in one part of what is kept."""


def _as_of(now: int, tallies: list[Tally]) -> list[Tally]:
    for tally in tallies:
        if now - tally.at > MINUTE:
            tally.fade(now)
    return tallies


def _rest(rest: int, price: float) -> int:
    return ceil(rest * (1.0 + 4.0 * min(1.0, price)))
