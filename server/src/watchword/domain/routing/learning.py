"""Learning: what happens to messages turned into experience and alarms, and back into an order of routes."""

from collections import deque
from collections.abc import Sequence

import msgspec
from msgspec import Struct

from watchword.domain.routing.choice import Candidate, Policy, Ranked, explained, rank
from watchword.domain.routing.credence import Word
from watchword.domain.routing.experience import Tally
from watchword.domain.routing.grey import (
    EVIDENCE_OF_ARRIVAL,
    WORSE,
    Cell,
    Grey,
    accepted,
    evidence_of_silence,
    suspicion,
)
from watchword.domain.routing.lane import Lane
from watchword.domain.routing.lanes import Lanes
from watchword.domain.routing.pace import LOOKS, Pace
from watchword.domain.routing.sightings import (
    Answered,
    Declined,
    Disowned,
    Reported,
    Sent,
    Sighting,
)
from watchword.domain.routing.value import NO_APP, Prospect, worth
from watchword.domain.routing.way import Place, Way

SETTLED = 200_000
"""Milliseconds after which a message without an answer is counted as unanswered."""
PATIENCE, PATIENCE_WORTH = (1.0, 0.6, 0.4), 40.0
"""The shares of people for whom a message after so many losses does what a first one would have."""
CAUTION = 0.5
"""Standard deviations by which less is expected of a message when its silence is weighed."""
SILENT_FOR = 25_000
"""Milliseconds of silence before a message may be doubted."""
PROBE_LOST = 2
"""The look at which a probe that is still silent counts as lost."""
HALF = 0.5
KNOWN = 12.0
"""Messages of a place that must have been seen before its alarms keep outcomes from teaching."""
DOUBTFUL = 0.1
"""The probability of a failure from which messages under way are doubted."""
MOST_UNDER_WAY = 50_000


class Message(Struct):
    """A message under way: what was expected of it, and what has been seen."""

    sent: Sent
    signs: float
    answered: float
    known: bool
    probe: bool = False
    word: Word = Word.NONE
    of_signs: float = 0.0
    of_answers: float = 0.0
    look: int = 0


class Snapshot(Struct):
    """Everything that is known, to be kept."""

    tallies: dict[str, Tally]
    cells: dict[str, Cell]
    paces: dict[str, Pace]
    under_way: dict[str, Message]


class Learning:
    """The learning router of one process. Nothing here reads a clock or draws a random number."""

    def __init__(self, snapshot: Snapshot | None = None) -> None:
        known = snapshot or Snapshot({}, {}, {}, {})
        self.lanes = Lanes(known.tallies, known.cells, known.paces)
        self.grey = Grey(known.cells)
        self._under_way = known.under_way
        self._due: tuple[deque[tuple[int, str]], ...] = tuple(deque() for _ in (*LOOKS, SETTLED))
        for key, message in sorted(known.under_way.items(), key=lambda pair: pair[1].sent.at):
            self._expect(key, message)

    def order(
        self,
        ways: Sequence[tuple[Way, int]],
        place: Place,
        policy: Policy,
        user: int,
        draw: float,
        now: int,
        lost: Sequence[Way] = (),
    ) -> list[tuple[float, Candidate]]:
        """Ways with their prices (micros) in the order in which to try them, each with its value.

        `user` is what a verified person is worth in micros; `lost` are the ways already tried.
        """
        self.advance(now)
        candidates = [self._candidate(way, price, place, lost, now) for way, price in ways]
        again = self.patience(len(lost) + 1, now) / max(0.05, self.patience(len(lost), now))
        return rank(candidates, policy, user, draw, again, explore=not lost)

    def pays(
        self,
        ways: Sequence[tuple[Way, int]],
        place: Place,
        user: int,
        now: int,
        lost: Sequence[Way],
        doubt: float = 1.0,
    ) -> bool:
        """Whether another message is worth its price after messages over other ways were lost.

        `doubt` is the probability that the last of them was lost.
        """
        for way, price in ways:
            one = self._candidate(way, price, place, lost, now)
            if not one.closed and worth(one.prospect, user * doubt) > 0:
                return True
        return False

    def explain(self, order: Sequence[tuple[float, Candidate]], place: Place) -> tuple[Ranked, ...]:
        """A sentence for each route of an order."""
        name = f"{place.country} {place.carrier}".strip()
        return tuple(explained(value, one, name) for value, one in order)

    def observe(self, sighting: Sighting) -> None:
        """Learn from what happened, in this process or in another."""
        match sighting:
            case Sent():
                self._sent(sighting)
            case Reported(key, word, at):
                self._reported(key, word, at)
            case Answered(key, at):
                self._answered(key, at)
            case Declined(account, at, because):
                self.grey.declined(account, at, because)
            case Disowned(way=way, place=place, at=at):
                self.lanes.of(way, place).learn(-1.0, 0.0, 0.0, 0.0, at)

    def to_bytes(self) -> bytes:
        """Everything that is known, as MessagePack."""
        lanes = self.lanes
        return msgspec.msgpack.encode(
            Snapshot(lanes.tallies, lanes.cells, lanes.paces, self._under_way)
        )

    @classmethod
    def from_bytes(cls, data: bytes) -> "Learning":
        """What `to_bytes` wrote; `msgspec.ValidationError` where it is something else."""
        return cls(msgspec.msgpack.decode(data, type=Snapshot))

    def advance(self, now: int) -> None:
        """Weigh the silence of messages whose time has come."""
        for look, due in enumerate(self._due):
            while due and due[0][0] <= now:
                at, key = due.popleft()
                message = self._under_way.get(key)
                if message is None:
                    continue
                if look == len(LOOKS):
                    self._settle(key, message, at)
                else:
                    message.look = look + 1
                    self._expect(key, message)
                    self._silent(message, look, at)

    def patience(self, losses: int, now: int) -> float:
        """The share of people for whom a message after losses does what a first one would have."""
        losses = min(losses, len(PATIENCE) - 1)
        tally = self.lanes.tally(f"?again|{losses}", now)
        fade = tally.fade(now)
        expected = (tally.answered + tally.lost) * fade + PATIENCE_WORTH
        return min(1.0, (tally.answered * fade + PATIENCE[losses] * PATIENCE_WORTH) / expected)

    def doubt(self, message: str, now: int) -> float:
        """The probability that a message was lost: receipts say so, or what it went over has failed.

        Silence alone is no doubt: it is 0 where nothing is known to fail, and 0 where the message is
        not under way any more.
        """
        one = self._under_way.get(message)
        if one is None:
            return 0.0
        if one.word is Word.FAILED:
            return 1.0
        lane = self.lanes.of(one.sent.way, one.sent.place)
        failing = any(cell.closed for cell in lane.cells)
        failed = 1.0 if failing else suspicion(lane.cells, now)
        if failed <= DOUBTFUL and not one.probe:
            return 0.0
        age = now - one.sent.at
        arrives = min(1.0, one.answered / lane.credence.honest) * (1.0 - failed * (1.0 - WORSE))
        silent = 1.0 - lane.credence.honest * lane.pace.answers_by(age)
        if one.word is Word.NONE:
            silent *= 1.0 - min(1.0, one.signs / max(0.01, arrives)) * lane.pace.signs_by(age)
        return (1.0 - arrives) / (1.0 - arrives + arrives * silent)

    def doubtful(self, now: int) -> list[str]:
        """First messages that have been silent for a while, and were lost more probably than not."""
        if not self.grey.cells:
            return []
        return [
            name
            for name, one in self._under_way.items()
            if SILENT_FOR <= now - one.sent.at <= SETTLED
            and not one.sent.lost
            and self.doubt(name, now) >= HALF
        ]

    def _candidate(
        self, way: Way, price: int, place: Place, lost: Sequence[Way], now: int
    ) -> Candidate:
        lane = self.lanes.of(way, place)
        estimate = lane.estimate(now)
        answered = estimate.answered
        missed = 1.0 - answered / lane.credence.honest
        prospect = Prospect(
            way,
            answered,
            max(0.0, missed),
            estimate.told,
            price * estimate.signed if lane.is_free else price,
        )
        suspected = suspicion(lane.cells, now)
        if suspected:
            prospect = prospect.times(1.0 - suspected * (1.0 - WORSE))
        if lost:
            left = self.patience(len(lost), now)
            if lane.is_app and any(one.channel is way.channel for one in lost):
                left *= NO_APP
            prospect = prospect.times(left)
        for cell in lane.cells:
            if cell.closed:
                probe = all(one.until <= now for one in lane.cells if one.closed)
                return Candidate(prospect, estimate, cell.because, probe)
        return Candidate(prospect, estimate)

    def _sent(self, sent: Sent) -> None:
        self.advance(sent.at)
        lane = self.lanes.of(sent.way, sent.place)
        probe = accepted(lane.cells, sent.at)
        if not sent.teaches or len(self._under_way) >= MOST_UNDER_WAY:
            return
        estimate = lane.estimate(sent.at)
        share = max(0.1, 1.0 - CAUTION * estimate.spread)
        if sent.lost:
            share *= self.patience(len(sent.lost), sent.at)
        signs, answered = estimate.signed * share, estimate.answered * share
        message = Message(sent, signs, answered, estimate.seen >= KNOWN, probe)
        self._under_way[sent.message] = message
        self._expect(sent.message, message)

    def _expect(self, key: str, message: Message) -> None:
        after = LOOKS[message.look] if message.look < len(LOOKS) else SETTLED
        self._due[message.look].append((message.sent.at + after, key))

    def _silent(self, message: Message, look: int, now: int) -> None:
        if message.word is Word.FAILED:
            return
        lane = self.lanes.of(message.sent.way, message.sent.place)
        of_signs = message.of_signs
        if message.word is Word.NONE:
            of_signs = evidence_of_silence(message.signs * lane.pace.signs[look])
        of_answers = evidence_of_silence(message.answered * lane.pace.answers[look])
        self._weigh(lane, message, of_signs, of_answers, now)
        if message.probe and look == PROBE_LOST:
            self._probed(lane, message, well=False, now=now)

    def _reported(self, key: str, word: Word, now: int) -> None:
        message = self._under_way.get(key)
        if message is None or message.word is not Word.NONE:
            return
        lane = self.lanes.of(message.sent.way, message.sent.place)
        message.word = word
        if word is Word.DELIVERED:
            lane.pace.sign(now - message.sent.at)
            self._weigh(lane, message, EVIDENCE_OF_ARRIVAL, message.of_answers, now)
        elif word is Word.FAILED:
            of_signs, of_answers = message.signs, message.answered
            self._weigh(
                lane, message, evidence_of_silence(of_signs), evidence_of_silence(of_answers), now
            )
            if message.probe:
                self._probed(lane, message, well=False, now=now)

    def _weigh(
        self, lane: Lane, message: Message, of_signs: float, of_answers: float, now: int
    ) -> None:
        """Let a message's evidence be so much in all: only what is new of it is added."""
        if not message.probe:
            self.grey.weigh(
                message.sent.way,
                message.sent.place,
                lane.cells,
                of_signs - message.of_signs,
                of_answers - message.of_answers,
                now,
            )
        message.of_signs, message.of_answers = of_signs, of_answers

    def _probed(self, lane: Lane, message: Message, *, well: bool, now: int) -> None:
        message.probe = False
        self.grey.probed(lane.cells, well=well, now=now)

    def _answered(self, key: str, now: int) -> None:
        message = self._under_way.pop(key, None)
        if message is None:
            return
        sent = message.sent
        lane = self.lanes.of(sent.way, sent.place)
        took = now - sent.at
        if message.probe:
            self._probed(lane, message, well=True, now=now)
        self._weigh(lane, message, EVIDENCE_OF_ARRIVAL, EVIDENCE_OF_ARRIVAL, now)
        lane.pace.answer(took)
        if message.word is not Word.DELIVERED:
            lane.pace.sign(took)
        if sent.lost:
            self._learn_patience(message, 1.0, now)
        elif not self._is_blind(lane, message):
            lane.learn(1.0, 0.0, 0.0, 0.0, now)

    def _settle(self, key: str, message: Message, now: int) -> None:
        del self._under_way[key]
        sent = message.sent
        lane = self.lanes.of(sent.way, sent.place)
        if message.probe:
            self._probed(lane, message, well=False, now=now)
        if sent.lost:
            self._learn_patience(message, 0.0, now)
        elif not self._is_blind(lane, message):
            signed = message.word is Word.DELIVERED
            lane.learn(0.0, signed, not signed, message.word is Word.FAILED, now)

    def _is_blind(self, lane: Lane, message: Message) -> bool:
        """Whether a message fell into a failure, and says nothing of the time after it."""
        return message.known and any(cell.closed for cell in lane.cells)

    def _learn_patience(self, message: Message, answered: float, now: int) -> None:
        losses = min(len(message.sent.lost), len(PATIENCE) - 1)
        expected = message.answered / max(0.05, self.patience(losses, now))
        tally = self.lanes.tally(f"?again|{losses}", now)
        tally.add(answered, 0.0, max(-1.0, expected - answered), 0.0, now)
