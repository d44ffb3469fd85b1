"""Judge routing policies in one world."""

from collections.abc import Callable

from evaluation.judging import Work, policy_class
from evaluation.routing.policy import Policy
from evaluation.routing.run import Run
from evaluation.routing.score import Score, score
from evaluation.routing.world import World


def policy_named(name: str) -> Callable[[], Policy]:
    """A policy by `module:Class`, or a baseline by its name alone."""
    return policy_class(name, "evaluation.routing.baselines")


def judge(work: Work) -> list[Score]:
    """A score for each policy."""
    world = World(work.parameters, work.seed)
    return [score(world, Run(world, policy_named(name)()).play()) for name in work.policies]
