"""What becomes of each message to each person over each route, drawn before any policy acts."""

import math

import msgspec
import numpy as np

from evaluation.routing.moment import Moment
from evaluation.routing.parameters import Parameters, Receipts
from evaluation.routing.people import Person


class Fate(msgspec.Struct, frozen=True, gc=False):
    """One message: the seconds to its delivery (None: it is lost), and to its receipt (None: none)."""

    delivered_after: float | None
    receipt_after: float | None
    says_delivered: bool


class Fates:
    """The draws of all messages; whatever a policy does, the same message has the same fate."""

    def __init__(self, parameters: Parameters, people: int, chance: np.random.Generator) -> None:
        self._parameters = parameters
        self._channels = [parameters.channels[route.channel] for route in parameters.routes]
        shape = people, parameters.people.most_messages, len(parameters.routes)
        self._delivery = chance.random(shape, np.float32)
        self._noise = chance.standard_normal(shape, np.float32)
        self._receipt = chance.random(shape, np.float32)

    def of(self, person: Person, message: int, route: int, moment: Moment) -> Fate:
        """The fate of somebody's so manyth message (from 0) that goes over a route now."""
        place = person.place, message, route
        sigma = self._parameters.people.delivery_sigma
        seconds = float(moment.seconds[route]) * math.exp(sigma * float(self._noise[place]))
        arrives = self._delivery[place] < moment.delivered[route]
        has_app = person.has_app or not self._channels[route].is_app
        delivered = bool(arrives) and person.reachable and has_app
        draw = float(self._receipt[place])
        if delivered:
            silent = draw < self._parameters.routes[route].silent_share
            return Fate(seconds, None if silent else seconds, says_delivered=True)
        soonest, latest = self._parameters.receipts.of_losses_seconds
        told = self._of_loss(route, draw, moment.receipts.get(route, Receipts.USUAL))
        after = None if told is None else soonest + (latest - soonest) * draw
        return Fate(None, after, says_delivered=bool(told))

    def _of_loss(self, route: int, draw: float, receipts: Receipts) -> bool | None:
        """What the receipt of a lost message says; None: there is none."""
        numbers, invented = self._parameters.receipts, self._parameters.routes[route].invented_share
        failed = False if draw >= numbers.unseen_share else None
        match receipts:
            case Receipts.INVENTED:
                return True
            case Receipts.NONE:
                return None
            case Receipts.FAILED:
                return failed
            case Receipts.USUAL if self._channels[route].is_app:
                return failed
        if draw < invented:
            return True
        return False if draw < invented + (1 - invented) * numbers.true_share else None
