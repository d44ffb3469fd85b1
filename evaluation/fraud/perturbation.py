"""Held-out worlds: the published parameters with other numbers, drawn from a number kept secret."""

import math
from random import Random

from msgspec.structs import replace

from evaluation.fraud.parameters import (
    Addresses,
    CampaignKind,
    Country,
    Outage,
    Parameters,
    Project,
    Range,
    Receipts,
)

# What a campaign may borrow from another, each on its own.
_TRAITS = (
    "addresses",
    "devices",
    "answered_share",
    "claims_returning",
    "local_share",
    "projects",
)


def held_out(parameters: Parameters, world: int) -> Parameters:
    """The parameters of a held-out world; the same number gives the same world."""
    return _Perturber(parameters, Random(f"held-out/{world}")).perturbed()


class _Perturber:
    def __init__(self, parameters: Parameters, chance: Random) -> None:
        self._old = parameters
        self._ranges = parameters.perturbation
        self._chance = chance

    def perturbed(self) -> Parameters:
        old, ranges = self._old, self._ranges
        shared = self._scaled(old.networks.shared_addresses, ranges.shared_addresses_sigma)
        return replace(
            old,
            countries={name: self._country(one) for name, one in old.countries.items()},
            people=replace(
                old.people,
                delivery_median_seconds=self._scaled(
                    old.people.delivery_median_seconds, ranges.delivery_time_sigma
                ),
                typing_median_seconds=self._scaled(
                    old.people.typing_median_seconds, ranges.typing_time_sigma
                ),
            ),
            networks=replace(
                old.networks,
                proxies=int(self._scaled(old.networks.proxies, ranges.proxies_sigma)),
                shared_addresses=max(ranges.fewest_shared_addresses, int(shared)),
                traveller_share=self._scaled(
                    old.networks.traveller_share, ranges.traveller_share_sigma
                ),
            ),
            projects=tuple(self._project(one) for one in old.projects),
            outages=tuple(self._outage(one) for one in old.outages),
            campaigns=self._recomposed([self._campaign(one) for one in old.campaigns]),
        )

    def _country(self, country: Country) -> Country:
        ranges = self._ranges
        price = min(ranges.highest_price, self._scaled(country.price, ranges.price_sigma))
        return replace(
            country,
            price=round(price, 4),
            traffic_weight=self._scaled(country.traffic_weight, ranges.traffic_weight_sigma),
            attack_weight=self._scaled(country.attack_weight, ranges.attack_weight_sigma),
            delivered_share=self._shifted(
                country.delivered_share, ranges.delivered_shift, ranges.delivered_limits
            ),
        )

    def _project(self, project: Project) -> Project:
        ranges, chance = self._ranges, self._chance
        sessions = int(self._scaled(project.sessions_per_day, ranges.sessions_sigma))
        conversion = self._shifted(
            project.conversion, ranges.conversion_shift, ranges.conversion_limits
        )
        project = replace(project, sessions_per_day=sessions, conversion=conversion)
        if launch := project.launch:
            launch = replace(
                launch,
                at_hour=self._hour(ranges.launch_ends_hours),
                multiple=chance.uniform(*ranges.launch_multiple),
                countries=tuple(chance.sample(list(self._old.countries), len(launch.countries))),
            )
        if expansion := project.expansion:
            expansion = replace(
                expansion,
                at_hour=self._hour(ranges.expansion_ends_hours),
                country=chance.choice(list(self._old.countries)),
            )
        if fleet := project.fleet:
            fleet = replace(
                fleet,
                pause_seconds=chance.uniform(*ranges.fleet_pause_seconds),
                people=chance.randint(*ranges.fleet_people),
                country=chance.choice(list(project.mix)),
            )
        return replace(project, launch=launch, expansion=expansion, fleet=fleet)

    def _outage(self, outage: Outage) -> Outage:
        ranges, chance = self._ranges, self._chance
        country = chance.choice(list(self._old.countries))
        return replace(
            outage,
            country=country,
            carrier=chance.choice(list(self._old.countries[country].carriers)),
            at_hour=self._hour(ranges.outage_ends_hours),
            hours=chance.uniform(*ranges.outage_hours),
            delivered_share=chance.uniform(*ranges.outage_delivered_share),
            receipts=chance.choice(list(Receipts)),
        )

    def _campaign(self, kind: CampaignKind) -> CampaignKind:
        ranges = self._ranges
        return replace(
            kind,
            per_minute=self._scaled(kind.per_minute, ranges.rate_sigma),
            messages=int(self._scaled(kind.messages, ranges.messages_sigma)),
            block_digits=self._chance.choice(ranges.block_digits) if kind.block_digits else 0,
        )

    def _recomposed(self, kinds: list[CampaignKind]) -> tuple[CampaignKind, ...]:
        """Campaigns without addresses stay what they are: they belong to projects without any."""
        chance = self._chance
        for place, kind in enumerate(kinds):
            for trait in _TRAITS:
                if chance.random() >= self._ranges.borrowed_trait_share:
                    continue
                lender = chance.choice(kinds)
                if Addresses.NONE not in {kind.addresses, lender.addresses}:
                    borrowed = {trait: getattr(lender, trait)}
                    kinds[place] = replace(kinds[place], **borrowed)
        return tuple(kinds)

    def _scaled(self, value: float, sigma: float) -> float:
        return value * math.exp(self._chance.gauss(0, sigma))

    def _shifted(self, value: float, shift: Range, limits: Range) -> float:
        low, high = limits
        return min(high, max(low, value + self._chance.uniform(*shift)))

    def _hour(self, before_end: float) -> float:
        latest = self._old.hours - before_end
        return self._chance.uniform(self._ranges.special_from_hour, latest)
