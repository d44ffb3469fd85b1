"""One world: its numbers, networks, people and campaigns, all drawn from a seed before any policy acts."""

from random import Random

from evaluation.fraud.arrivals import Arrivals
from evaluation.fraud.attacker import Attacker
from evaluation.fraud.campaigns import Campaign, plan_campaigns
from evaluation.fraud.fates import Fates
from evaluation.fraud.networks import Internet
from evaluation.fraud.numbers import NumberPlan
from evaluation.fraud.parameters import Parameters
from evaluation.fraud.sessions import Session, Society


class World:
    """Everything that is the same for all policies; the same parameters and seed give the same one."""

    def __init__(self, parameters: Parameters, seed: int) -> None:
        self.parameters = parameters
        self.seed = seed
        self._plan = NumberPlan(
            parameters.countries, parameters.numbering, Random(f"{seed}/numbers")
        )
        self._internet = Internet(
            parameters.countries, parameters.networks, Random(f"{seed}/networks")
        )
        arrivals = Arrivals(parameters, self._plan, self._internet).draw(seed)
        society = Society(parameters, self._plan, self._internet, seed)
        self.sessions: list[Session] = society.sessions(arrivals)
        self.fates = Fates(parameters.people, len(self.sessions), seed)
        self.campaigns: list[Campaign] = plan_campaigns(parameters, seed)

    def attackers(self) -> list[Attacker]:
        """A fresh attacker for every campaign: they change during a run, the world does not."""
        return [
            Attacker(campaign, self.parameters, self._plan, self._internet)
            for campaign in self.campaigns
        ]
