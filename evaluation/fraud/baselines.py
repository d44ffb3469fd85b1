"""The rules that Watchword is compared with, from none at all to one that knows the labels."""

from collections import OrderedDict, deque

import msgspec

from evaluation.fraud.policy import Check, Event, Informed, Kind, Request, Ruling

_ALLOWED = Ruling(allow=True)


class AllowAll:
    """No protection."""

    def decide(self, request: Request) -> Ruling:  # noqa: ARG002 - the protocol's signature
        return _ALLOWED

    def observe(self, event: Event) -> None:
        pass


class Oracle(Informed):
    """Perfect knowledge."""

    def decide(self, request: Request) -> Ruling:  # noqa: ARG002 - the protocol's signature
        return Ruling(allow=False, reason="label") if self.campaign else _ALLOWED

    def observe(self, event: Event) -> None:
        pass


class CountryBlock:
    """No message to a country where it costs much."""

    dear = 0.15  # dollars

    def decide(self, request: Request) -> Ruling:
        return Ruling(allow=False, reason="country") if request.price >= self.dear else _ALLOWED

    def observe(self, event: Event) -> None:
        pass


class Limit:
    """No more than so many requests with the same key in so many seconds, denied ones included."""

    _most_keys = 200_000

    def __init__(self, reason: str, most: int, seconds: float) -> None:
        self.reason = reason
        self._most = most
        self._seconds = seconds
        self._seen: OrderedDict[str, deque[float]] = OrderedDict()

    def exceeded(self, key: str, at: float) -> bool:
        """Count a request; an empty key is never limited."""
        if not key:
            return False
        times = self._seen.get(key)
        if times is None:
            if len(self._seen) >= self._most_keys:
                self._seen.popitem(last=False)
            times = self._seen[key] = deque()
        while times and times[0] < at - self._seconds:
            times.popleft()
        times.append(at)
        return len(times) > self._most


class StaticLimits:
    """What guides advise first: 5 codes per number and 20 per address an hour, 10 per device a day."""

    def __init__(self) -> None:
        self._limits = {
            "phone_number": Limit("number_rate", 5, 3600),
            "device_id": Limit("device_rate", 10, 86_400),
            "ip": Limit("address_rate", 20, 3600),
        }

    def decide(self, request: Request) -> Ruling:
        keys = self._keys(request)
        for key, limit in self._limits.items():
            if limit.exceeded(keys[key], request.at):
                return Ruling(allow=False, reason=limit.reason)
        return _ALLOWED

    def observe(self, event: Event) -> None:
        pass

    def _keys(self, request: Request) -> dict[str, str]:
        return {
            "phone_number": request.phone_number,
            "device_id": request.device_id,
            "ip": request.ip,
            "block": request.phone_number[:-4],
        }


class StrictLimits(StaticLimits):
    """3 codes per number in ten minutes, 3 per device a day, 5 per address and 30 per block an hour."""

    def __init__(self) -> None:
        self._limits = {
            "phone_number": Limit("number_rate", 3, 600),
            "device_id": Limit("device_rate", 3, 86_400),
            "ip": Limit("address_rate", 5, 3600),
            "block": Limit("block_rate", 30, 3600),
        }


class Traffic(msgspec.Struct):
    """What was sent to one destination, what was answered, and when it is closed."""

    sent: deque[float] = msgspec.field(default_factory=deque)
    answered: deque[float] = msgspec.field(default_factory=deque)
    closed_until: float = 0.0
    closures: int = 0

    def forget(self, before: float) -> None:
        """Drop what is older than the window."""
        for times in (self.sent, self.answered):
            while times and times[0] < before:
                times.popleft()


class ConversionByNetwork:
    """A network whose codes are not answered is closed for an hour, then for two, up to a day.

    The documented shape of the large providers' rule: with enough messages in twelve hours, and a
    conversion at or below 35 % (Vonage).
    """

    fewest = 60
    lowest_conversion = 0.35
    seconds = 12 * 3600.0
    patience_seconds = 120.0

    def __init__(self) -> None:
        self._traffic: dict[tuple[str, ...], Traffic] = {}
        self._destinations: dict[str, Traffic] = {}

    def decide(self, request: Request) -> Ruling:
        traffic = self._traffic.setdefault(self._destination(request), Traffic())
        if request.at < traffic.closed_until:
            return Ruling(allow=False, reason="conversion")
        self._destinations[request.authentication_id] = traffic
        traffic.forget(request.at - self.seconds)
        if self._unanswered(traffic, request.at):
            traffic.closures += 1
            hours = min(24, 2 ** (traffic.closures - 1))
            traffic.closed_until = request.at + hours * 3600
            traffic.sent.clear()
            traffic.answered.clear()
            return Ruling(allow=False, reason="conversion")
        if request.kind is Kind.CREATE:
            traffic.sent.append(request.at)
        return _ALLOWED

    def observe(self, event: Event) -> None:
        match event:
            case Check(correct=True) if traffic := self._destinations.get(event.authentication_id):
                traffic.answered.append(event.at)

    def _unanswered(self, traffic: Traffic, at: float) -> bool:
        if len(traffic.sent) < self.fewest:
            return False
        mature = sum(sent < at - self.patience_seconds for sent in traffic.sent)
        if mature < self.fewest:
            return False
        return len(traffic.answered) / mature <= self.lowest_conversion

    def _destination(self, request: Request) -> tuple[str, ...]:
        return (request.project, request.country, request.carrier)


class ConversionByPrefix(ConversionByNetwork):
    """The same on blocks of ten thousand numbers: what products that "block the prefix" do."""

    fewest = 10
    lowest_conversion = 0.10

    def _destination(self, request: Request) -> tuple[str, ...]:
        return (request.project, request.phone_number[:-4])


BASELINES = (
    AllowAll,
    StaticLimits,
    StrictLimits,
    CountryBlock,
    ConversionByNetwork,
    ConversionByPrefix,
    Oracle,
)
