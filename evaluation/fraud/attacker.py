"""The attacker behind a campaign during one run: makes its requests, and adapts when denied."""

from random import Random

import msgspec

from evaluation.fraud.campaigns import Campaign
from evaluation.fraud.devices import NO_DEVICE, Device, Shop
from evaluation.fraud.networks import NO_ADDRESS, Address, Internet
from evaluation.fraud.numbers import Number, NumberPlan
from evaluation.fraud.parameters import Addresses, Disguise, Numbers, Parameters, Project
from evaluation.fraud.policy import Request
from evaluation.fraud.sessions import make_request

_FIRST_SUFFIX = 137
_RECEIPT_SECONDS = (3.0, 7.0)
_ANSWER_SECONDS = (8.0, 33.0)
_RESEND_SECONDS = (30.0, 70.0)
_FOREIGN_LOCALE = "us"


class Attempt(msgspec.Struct, frozen=True):
    """A request of a campaign, and what follows if it is allowed; delays are in seconds.

    `disowned_after` is when the project reports the verified bot, `again_after` when the campaign
    asks for another message; None: never.
    """

    project: Project
    asks: Request
    receipt_after: float | None
    answer_after: float | None
    disowned_after: float | None
    again_after: float | None


class Attacker:
    """The changing side of a campaign: the blocks, pools and addresses it holds now.

    Every attempt has draws of its own, so that two policies face the same campaign until they
    deny different attempts of it.
    """

    def __init__(
        self, campaign: Campaign, parameters: Parameters, plan: NumberPlan, internet: Internet
    ) -> None:
        self.campaign = campaign
        self._kind = campaign.kind
        self._parameters = parameters
        self._plan = plan
        self._internet = internet
        self._chance = chance = Random(f"{campaign.seed}/attacker")
        self._shop = Shop(parameters.devices)
        self._denials = 0
        self._successor = 0
        self._pool: dict[str, list[str]] = {}
        self._carriers = {
            country: plan.any_carrier(country, chance) for country in campaign.countries
        }
        self._blocks = {
            country: [self._lease(country) for _ in range(self._kind.blocks)]
            for country in campaign.countries
        }
        tactics = parameters.attackers
        self._farm = [self._shop.device(chance) for _ in range(tactics.farm_devices)]
        self._spoofed = [
            self._shop.impossible(place, chance) for place in range(tactics.spoofed_devices)
        ]
        self._proxies: list[Address] = []
        self._hosts: list[Address] = []
        self._rent_addresses()

    def attempt(self, place: int) -> Attempt:
        """The request at this place of the campaign, with what the attacker holds now."""
        luck = Random(f"{self.campaign.seed}/{place}")
        tactics, kind = self._parameters.attackers, self._kind
        country = luck.choice(self.campaign.countries)
        project = luck.choice(self.campaign.projects)
        e164 = self._number(country, luck)
        looked_up = luck.random() >= self._parameters.numbering.unknown_carrier_share
        at_home = luck.random() < tactics.local_language_share
        asks = make_request(
            project,
            country,
            self._parameters.countries[country].price,
            Number(e164, self._carriers[country] if looked_up else ""),
            self._address(country, luck) if project.address_share else NO_ADDRESS,
            self._device(luck) if project.device_share else NO_DEVICE,
            returning=luck.random() < kind.claims_returning,
            locale=country.lower() if at_home else _FOREIGN_LOCALE,
        )
        answers = luck.random() < kind.answered_share and project.checks
        disowned = luck.random() < project.feedback_share * tactics.disowned_share and answers
        again = luck.random() < kind.resend_share and not answers
        return Attempt(
            project,
            asks,
            receipt_after=luck.uniform(*_RECEIPT_SECONDS)
            if luck.random() < kind.receipts
            else None,
            answer_after=luck.uniform(*_ANSWER_SECONDS) if answers else None,
            disowned_after=tactics.disowned_after_seconds if disowned else None,
            again_after=luck.uniform(*_RESEND_SECONDS) if again else None,
        )

    def denied(self) -> None:
        """Learn of a denial; after a dozen, perhaps change numbers and addresses."""
        self._denials += 1
        if self._denials % self._parameters.attackers.denials_to_adapt:
            return
        if self._chance.random() < self._kind.adapts:
            self._adapt()

    def _adapt(self) -> None:
        chance, tactics = self._chance, self._parameters.attackers
        leases = self._kind.block_digits > 0
        changes = tactics.carrier_change_in_blocks if leases else tactics.carrier_change_at_random
        for country in self.campaign.countries:
            if chance.random() < changes:
                self._carriers[country] = self._plan.any_carrier(country, chance)
            if leases:
                blocks = self._blocks[country]
                blocks[chance.randrange(len(blocks))] = self._lease(country)
        self._pool.clear()
        self._successor += tactics.numbers_per_block
        self._rent_addresses()

    def _lease(self, country: str) -> str:
        carrier, digits = self._carriers[country], self._kind.block_digits
        among_people = self._chance.random() < self._parameters.attackers.leased_among_people
        lease = self._plan.inhabited_block if among_people else self._plan.any_block
        return lease(country, carrier, digits, self._chance)

    def _rent_addresses(self) -> None:
        tactics = self._parameters.attackers
        self._proxies = self._internet.rent_proxies(tactics.rented_proxies, self._chance)
        self._hosts = [self._internet.hosted(self._chance) for _ in range(tactics.rented_hosts)]

    def _number(self, country: str, luck: Random) -> str:
        digits, blocks = self._kind.block_digits, self._blocks[country]
        match self._kind.numbers:
            case Numbers.CARRIER:
                return self._plan.any_number(country, self._carriers[country], luck)
            case Numbers.LEASED:
                return luck.choice(blocks) + _suffix(luck.randrange(10**digits), digits)
            case Numbers.POOL:
                if country not in self._pool:
                    self._pool[country] = [
                        blocks[0] + _suffix(self._chance.randrange(10**digits), digits)
                        for _ in range(self._kind.pool)
                    ]
                return luck.choice(self._pool[country])
            case Numbers.SEQUENTIAL:
                per_block = self._parameters.attackers.numbers_per_block
                block = blocks[self._successor // per_block % len(blocks)]
                suffix = (self._successor + _FIRST_SUFFIX) % 10**digits
                self._successor += 1
                return block + _suffix(suffix, digits)

    def _address(self, country: str, luck: Random) -> Address:
        match self._kind.addresses:
            case Addresses.NONE:
                return NO_ADDRESS
            case Addresses.HOSTING:
                return luck.choice(self._hosts)
            case Addresses.RESIDENTIAL:
                if luck.random() < self._kind.local_share:
                    fixed = self._parameters.attackers.broadband_share
                    return self._internet.access(country, fixed, luck)
                return luck.choice(self._proxies)

    def _device(self, luck: Random) -> Device:
        match self._kind.devices:
            case Disguise.NONE:
                return NO_DEVICE
            case Disguise.FARM:
                return luck.choice(self._farm)
            case Disguise.SPOOFED:
                return luck.choice(self._spoofed).renamed(luck)
            case Disguise.UNIQUE:
                return self._shop.device(luck)


def _suffix(value: int, digits: int) -> str:
    return f"{value:0{digits}d}"
