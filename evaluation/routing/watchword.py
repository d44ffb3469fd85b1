"""Watchword's own routing under test, fed as the service feeds it, with no choice of its own in here."""

from random import Random

from evaluation.routing.policy import Ask, Cause, Check, Event, NotTaken, Offer, Pick, Receipt, Sent
from watchword.domain.channel import Channel
from watchword.domain.routing.choice import Policy
from watchword.domain.routing.credence import Word
from watchword.domain.routing.learning import HALF, SILENT_FOR, Learning
from watchword.domain.routing.sightings import Answered, Declined, Reported
from watchword.domain.routing.sightings import Sent as Taken
from watchword.domain.routing.way import Place, Way

MIDNIGHT = 1_750_032_000_000
"""When the window begins, in Unix milliseconds."""
MICROS = 1_000_000
CHANNELS = {"sms": Channel.SMS, "app": Channel.WHATSAPP, "voice": Channel.VOICE}


class Watchword:
    """The router, told of every message; a silent one is looked at when the service would."""

    policy = Policy.BALANCED

    def begin(self, offers: tuple[Offer, ...], user_worth: float) -> None:
        self._ways = [Way(offer.name, offer.provider, CHANNELS[offer.channel]) for offer in offers]
        self._user = round(user_worth * MICROS)
        self._learning = Learning()
        self._chance = Random(11)
        self._asked: dict[int, tuple[Place, tuple[Way, ...]]] = {}
        self._not_taken: dict[int, set[int]] = {}
        self._latest: dict[int, str] = {}

    def choose(self, ask: Ask) -> Pick | None:
        learning, now = self._learning, _milliseconds(ask.at)
        place = Place(ask.country, ask.carrier)
        prices = [round(price * MICROS) for price in ask.prices]
        ways = list(zip(self._ways, prices, strict=True))
        left = [one for number, one in enumerate(ways) if number not in ask.tried]
        refused = self._not_taken.get(ask.session, ())
        lost = tuple(self._ways[route] for route in ask.tried if route not in refused)
        if ask.cause in (Cause.FAILED, Cause.SILENT):
            doubt = learning.doubt(self._latest[ask.session], now)
            if doubt < HALF or not learning.pays(left, place, self._user, now, lost, doubt):
                return None
        draw = self._chance.random()
        order = learning.order(left or ways, place, self.policy, self._user, draw, now, lost)
        self._asked[ask.session] = place, lost
        route = self._ways.index(order[0][1].prospect.way)
        return Pick(route, SILENT_FOR / 1000 if ask.cause is Cause.FIRST else None)

    def observe(self, event: Event) -> bool:
        learning, now, name = self._learning, _milliseconds(event.at), str(event.message)
        match event:
            case Sent(session=session, route=route):
                place, lost = self._asked[session]
                self._latest[session] = name
                learning.observe(Taken(name, self._ways[route], place, now, lost))
            case Receipt(delivered=delivered):
                word = Word.DELIVERED if delivered else Word.FAILED
                learning.observe(Reported(name, word, now))
                return learning.doubt(name, now) >= HALF
            case Check():
                learning.observe(Answered(name, now))
            case NotTaken(session=session, route=route):
                self._not_taken.setdefault(session, set()).add(route)
                learning.observe(Declined(self._ways[route].account, now, "not taken"))
        return False


class Conversion(Watchword):
    policy = Policy.CONVERSION


class Price(Watchword):
    policy = Policy.PRICE


def _milliseconds(seconds: float) -> int:
    return MIDNIGHT + int(seconds * 1000)
