"""Invented people: who asks for codes in the sample project, from where, and at what hours."""

from collections.abc import Iterator
from itertools import accumulate
from math import cos, pi
from random import Random

from msgspec import Struct
from msgspec.structs import replace

from watchword.domain.number_history import DAY, NumberHistory
from watchword.domain.phone_number import PhoneNumber
from watchword.domain.project import Project
from watchword.domain.signals import DeviceType, Signals
from watchword.ports.numbering import Numbering, NumberProblem
from watchword.usecases.manage.invented.countries import COUNTRIES, Country

HOUR = 3_600_000
WINDOW = 20 * 60_000
"""Milliseconds in which nobody asks twice, so that no request joins an open authentication."""
OWN_ENDINGS = 6
"""Numbers for fiction whose last two digits are below this play a part of their own in the sandbox."""
AGAIN = 0.3
"""The share of requests that come from people who came before."""
FRIDAY = 4
DEVICES = (
    (DeviceType.ANDROID, ("Pixel 9", "SM-S921B", "SM-A155F", "2409BRN2CY"), ("14", "15", "16")),
    (DeviceType.IOS, ("iPhone15,4", "iPhone16,1", "iPhone17,3"), ("18.5", "18.6", "26.0")),
    (DeviceType.WEB, ("Chrome", "Firefox", "Safari"), ("Windows 11", "macOS 15")),
)


class Person(Struct, kw_only=True):
    """Somebody with a phone, and what the project remembers of their number."""

    country: Country
    number: PhoneNumber
    signals: Signals
    locale: str
    history: NumberHistory
    asked_at: int = -WINDOW


class Population:
    """The people of all countries; those who came before come again now and then."""

    def __init__(self, chance: Random, numbering: Numbering, project: Project) -> None:
        self.people: dict[str, Person] = {}
        self._chance = chance
        self._project = project
        self._blocks = {
            block: _number(numbering, f"{block}{'9' * digits}")
            for country in COUNTRIES
            for block, digits in country.blocks
        }
        self._of: dict[str, list[Person]] = {country.region: [] for country in COUNTRIES}

    def anybody(self, country: Country, at: int) -> Person:
        """Somebody who asks at an instant: an old acquaintance or a new one."""
        known = self._of[country.region]
        for _ in range(100):
            if known and self._chance.random() < AGAIN:
                person = self._chance.choice(known)
            else:
                person = self._newcomer(country)
            if at - person.asked_at >= WINDOW:
                break
        person.asked_at = at
        return person

    def stranger(self, country: Country, number: PhoneNumber, signals: Signals) -> Person:
        """Somebody who is nobody's acquaintance."""
        history = NumberHistory(project_id=self._project.id, e164=number.e164)
        locale = country.locales[0]
        person = Person(
            country=country, number=number, signals=signals, locale=locale, history=history
        )
        return self.people.setdefault(number.e164, person)

    def _newcomer(self, country: Country) -> Person:
        block, digits = self._chance.choice(country.blocks)
        ending = self._chance.randrange(10**digits)
        if ending % 100 < OWN_ENDINGS:
            ending += OWN_ENDINGS
        e164 = f"{block}{ending:0{digits}}"
        if e164 not in self.people:
            self.people[e164] = Person(
                country=country,
                number=replace(self._blocks[block], e164=e164),
                signals=self._signals(),
                locale=self._chance.choice(country.locales),
                history=NumberHistory(project_id=self._project.id, e164=e164),
            )
            self._of[country.region].append(self.people[e164])
        return self.people[e164]

    def _signals(self) -> Signals:
        kind, models, versions = self._chance.choices(DEVICES, (6, 3, 2))[0]
        home = self._chance.randrange(1, 16**8)
        return Signals(
            ip=f"2001:db8:{home >> 16:x}:{home & 0xFFFF:x}::1",
            device_id=f"{self._chance.getrandbits(64):016x}",
            device_type=kind,
            device_model=self._chance.choice(models),
            os_version=self._chance.choice(versions),
            app_version=None if kind is DeviceType.WEB else self._chance.choice(("5.1.0", "5.2.0")),
        )


def moments(chance: Random, since: int, until: int, count: int) -> list[tuple[int, Country]]:
    """When somebody asks, and in which country: by day more than by night, every week a few more."""
    shares = list(accumulate(country.share for country in COUNTRIES))
    found: list[tuple[int, Country]] = []
    while len(found) < count:
        at = chance.randrange(since, until)
        country = chance.choices(COUNTRIES, cum_weights=shares)[0]
        grown = 0.6 + 0.4 * (at - since) / max(1, until - since)
        if chance.random() < grown * _awake(at, country):
            found.append((at, country))
    return sorted(found, key=lambda one: one[0])


def _awake(at: int, country: Country) -> float:
    """How much goes on at a local hour, most in the evening; at weekends a little less."""
    hour = (at / HOUR + country.zone) % 24
    weekday = (at // DAY + 3) % 7
    return (0.55 - 0.45 * cos(2 * pi * (hour - 5.5) / 24)) * (0.85 if weekday > FRIDAY else 1.0)


def pumped(numbering: Numbering, block: str, count: int) -> Iterator[PhoneNumber]:
    """So many numbers of one block of ten thousand, each next to the one before."""
    first = _number(numbering, f"{block}0000")
    for place in range(count):
        yield replace(first, e164=f"{block}{place % 10_000:04}")


def _number(numbering: Numbering, e164: str) -> PhoneNumber:
    number = numbering.parse(e164)
    if isinstance(number, NumberProblem):
        raise ValueError(number.message)  # noqa: TRY004 - the plan has changed, not the type
    return number
