"""Fit the weights of Watchword's reasons in held-out worlds: `python -m evaluation.fraud.fit --help`."""

import argparse
import multiprocessing
from collections import Counter
from collections.abc import Sequence

import msgspec
import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from evaluation.fraud.parameters import load
from evaluation.fraud.perturbation import held_out
from evaluation.fraud.policy import Informed, Request, Ruling
from evaluation.fraud.run import Run
from evaluation.fraud.watchword import Watchword
from evaluation.fraud.world import World
from evaluation.statistics import markdown_table
from watchword.domain.screening.learning.reasons import BASE, REASONS

Array = NDArray[np.float64]

FOR_PEOPLE = frozenset({"verified_before", "ip_answered", "asked_again"})
"""Reasons that may only speak against fraud."""
EITHER = frozenset({"another_message", "dear_destination"})
"""Reasons that may speak for it or against it."""
TYPICAL_PRICE = 0.2
"""Dollars; a dearer message of a campaign counts more."""
RIDGE = 20.0
"""How strongly weights are held near 0."""
MOST_STEPS, MOST_ROUNDS, NEAR_ENOUGH = 12, 6, 1e-3


class Sample(msgspec.Struct, frozen=True):
    """One request: the strength of every reason, the price in dollars, and whose it was."""

    strengths: list[float]
    price: float
    campaign: str


class Sampler(Informed, Watchword):
    """Rules as Watchword does, and writes down what it saw."""

    def __init__(self) -> None:
        super().__init__()
        self.samples: list[Sample] = []

    def decide(self, request: Request) -> Ruling:
        scene = self.ledger.scene(self.asking(request, self._project(request.project)))
        strengths = [rule.strength(scene) for rule in REASONS]
        self.samples.append(Sample(strengths, request.price, self.campaign))
        return super().decide(request)


def sampled(world: int, seed: int, *, cold: bool) -> list[Sample]:
    """All requests of a held-out world, under the weights that Watchword has now."""
    sampler = Sampler()
    Run(World(replace(held_out(load(), world), cold=cold), seed), sampler).play()
    return sampler.samples


def fitted(samples: Sequence[Sample]) -> dict[str, float]:
    """The weight of each reason by name, and that of the empty name: the base.

    A campaign counts the less the more requests it makes, so that all of them are learnt from.
    """
    strengths = np.array([one.strengths for one in samples])
    hostile = np.array([bool(one.campaign) for one in samples], float)
    sizes = Counter(one.campaign for one in samples)
    mean = np.mean([size for name, size in sizes.items() if name] or [1])
    importance = np.array(
        [
            float(np.sqrt(one.price / TYPICAL_PRICE * mean / sizes[one.campaign]))
            if one.campaign
            else 1.0
            for one in samples
        ]
    )
    names = [rule.name for rule in REASONS]
    signs = np.array([0 if n in EITHER else -1 if n in FOR_PEOPLE else 1 for n in names])
    return dict(
        zip([*names, ""], _logistic(strengths, hostile, importance, signs).tolist(), strict=True)
    )


def _logistic(x: Array, y: Array, importance: Array, signs: NDArray[np.int_]) -> Array:
    """Ridge regression by Newton's method; a weight of the wrong sign is held at 0."""
    x = np.hstack([x, np.ones((len(x), 1))])
    ridge = np.append(np.full(len(signs), RIDGE), 1e-6)
    weights, free = np.zeros(len(ridge)), np.ones(len(ridge), bool)
    for _ in range(MOST_ROUNDS):
        for _ in range(MOST_STEPS):
            chance = 1 / (1 + np.exp(-np.clip(x @ weights, -30, 30)))
            slope = x.T @ (importance * (chance - y)) + ridge * weights
            curvature = (x * (importance * chance * (1 - chance))[:, None]).T @ x + np.diag(ridge)
            step = np.zeros(len(ridge))
            step[free] = np.linalg.solve(curvature[np.ix_(free, free)], slope[free])
            weights -= step
            if np.abs(step).max() < NEAR_ENOUGH:
                break
        wrong = np.append(weights[:-1] * signs < 0, False)
        if not wrong.any():
            break
        free[wrong], weights[wrong] = False, 0.0
    return weights


def main() -> None:
    """Fit, and print the weights beside those that Watchword has."""
    parser = argparse.ArgumentParser(prog="python -m evaluation.fraud.fit", description=__doc__)
    parser.add_argument("--worlds", type=int, nargs="+", default=list(range(31, 39)), metavar="N")
    parser.add_argument("--jobs", type=int, default=2, help="processes")
    asked = parser.parse_args()
    work = [(world, 7 + place, place % 2 == 1) for place, world in enumerate(asked.worlds)]
    with multiprocessing.get_context("spawn").Pool(asked.jobs) as pool:
        samples = [sample for found in pool.map(_sampled, work, chunksize=1) for sample in found]
    weights = fitted(samples)
    rows = [[rule.name, f"{rule.weight:.1f}", f"{weights[rule.name]:.2f}"] for rule in REASONS]
    rows.append(["(base)", f"{BASE:.1f}", f"{weights['']:.2f}"])
    print(markdown_table(["reason", "in Watchword", "fitted"], rows))


def _sampled(work: tuple[int, int, bool]) -> list[Sample]:
    world, seed, cold = work
    return sampled(world, seed, cold=cold)


if __name__ == "__main__":
    main()
