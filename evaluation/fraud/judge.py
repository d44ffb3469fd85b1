"""Judge fraud policies in one world."""

from collections.abc import Callable

from evaluation.fraud.policy import Policy
from evaluation.fraud.run import Run
from evaluation.fraud.score import Score, score
from evaluation.fraud.world import World
from evaluation.judging import Work, policy_class


def policy_named(name: str) -> Callable[[], Policy]:
    """A policy by `module:Class`, or a baseline by its name alone."""
    return policy_class(name, "evaluation.fraud.baselines")


def judge(work: Work) -> list[Score]:
    """A score for each policy."""
    world, cost = World(work.parameters, work.seed), work.parameters.lost_user_cost
    return [score(Run(world, policy_named(name)()).play(), cost) for name in work.policies]
