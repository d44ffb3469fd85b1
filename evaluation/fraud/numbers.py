"""Phone numbers: which blocks have subscribers, who gets which number, and what attackers lease."""

import itertools
from collections.abc import Mapping
from random import Random

import msgspec

from evaluation.fraud.parameters import Country, Numbering

# A block is ten thousand numbers: a number without its last four digits.
BLOCK_DIGITS = 4
_MISTYPED_DIGITS = 7


class Number(msgspec.Struct, frozen=True, gc=False):
    """A number in E.164 form and the carrier it belongs to."""

    e164: str
    carrier: str


class Blocks(msgspec.Struct, frozen=True):
    """The blocks of a carrier that have subscribers, and how people spread over them."""

    prefixes: list[str]
    cumulative: list[float]


class NumberPlan:
    """The numbers of every country, as one world assigned them."""

    def __init__(self, countries: Mapping[str, Country], rules: Numbering, chance: Random) -> None:
        self._countries = countries
        self._rules = rules
        self._blocks = {
            (country, carrier): self._active_blocks(plan, prefixes, chance)
            for country, plan in countries.items()
            for carrier, prefixes in plan.carriers.items()
        }
        self._carriers = {country: tuple(plan.carriers) for country, plan in countries.items()}

    def any_carrier(self, country: str, chance: Random) -> str:
        """A carrier of the country, each as likely as the others."""
        return chance.choice(self._carriers[country])

    def subscriber(self, country: str, chance: Random, *, typos: bool = True) -> Number:
        """The number of a real person, sometimes mistyped by them."""
        carriers = self._carriers[country]
        carrier = carriers[int(chance.random() ** self._rules.carrier_skew * len(carriers))]
        blocks = self._blocks[country, carrier]
        block = chance.choices(blocks.prefixes, cum_weights=blocks.cumulative)[0]
        e164 = block + _digits(BLOCK_DIGITS, chance)
        if typos and chance.random() < self._rules.typo_share:
            e164 = _mistyped(e164, chance)
        return Number(e164, carrier)

    def any_subscriber_block(self, country: str, carrier: str, chance: Random) -> str:
        """A block of ten thousand numbers with subscribers, each as likely as the others."""
        return chance.choice(self._blocks[country, carrier].prefixes)

    def inhabited_block(self, country: str, carrier: str, digits: int, chance: Random) -> str:
        """What to put before so many digits to stay inside a block with real subscribers.

        With more digits than a block has, the numbers lie around it too.
        """
        first = self.any_subscriber_block(country, carrier, chance) + "0" * BLOCK_DIGITS
        return first[: len(first) - digits]

    def any_block(self, country: str, carrier: str, digits: int, chance: Random) -> str:
        """What to put before so many digits to get some numbers of a carrier, used or not."""
        plan = self._countries[country]
        prefix = chance.choice(plan.carriers[carrier])
        middle = _digits(plan.national_digits - len(prefix) - digits, chance)
        return f"+{plan.calling_code}{prefix}{_dialable(plan, middle)}"

    def any_number(self, country: str, carrier: str, chance: Random) -> str:
        """Some number of a carrier, used or not."""
        return self.any_block(country, carrier, 0, chance)

    def _active_blocks(self, country: Country, prefixes: tuple[str, ...], chance: Random) -> Blocks:
        rules = self._rules
        found: list[str] = []
        for prefix in prefixes:
            digits = country.national_digits - len(prefix) - BLOCK_DIGITS
            existing = 10**digits
            active = min(int(existing * rules.active_block_share), rules.most_active_blocks)
            active = min(max(active, rules.fewest_active_blocks), existing)
            for block in chance.sample(range(existing), active):
                middle = _dialable(country, f"{block:0{digits}d}")
                found.append(f"+{country.calling_code}{prefix}{middle}")
        weights = ((place + 1) ** -rules.block_zipf for place in range(len(found)))
        return Blocks(found, list(itertools.accumulate(weights)))


def _digits(count: int, chance: Random) -> str:
    return f"{chance.randrange(10**count):0{count}d}" if count else ""


def _dialable(country: Country, digits: str) -> str:
    """In North America the digit after the area code is neither 0 nor 1 (NANP)."""
    if country.calling_code == "1" and digits[:1] in {"0", "1"}:
        return "2" + digits[1:]
    return digits


def _mistyped(e164: str, chance: Random) -> str:
    place = len(e164) - 1 - chance.randrange(_MISTYPED_DIGITS)
    wrong = (int(e164[place]) + chance.randint(1, 9)) % 10
    return f"{e164[:place]}{wrong}{e164[place + 1 :]}"
