"""Judge fraud policies: `python -m evaluation.fraud --help`."""

import argparse
import importlib
import multiprocessing
from collections.abc import Callable, Sequence

import msgspec
from msgspec.structs import replace

from evaluation.fraud.baselines import BASELINES
from evaluation.fraud.parameters import Parameters, load
from evaluation.fraud.perturbation import held_out
from evaluation.fraud.policy import Policy
from evaluation.fraud.report import details, seeds_table, summary, worlds_table
from evaluation.fraud.run import Run
from evaluation.fraud.score import Score, score
from evaluation.fraud.world import World


class Work(msgspec.Struct, frozen=True):
    """All policies in one world: it is drawn once for them."""

    parameters: Parameters
    seed: int
    policies: tuple[str, ...]


def judge(work: Work) -> list[Score]:
    """A score for each policy."""
    world = World(work.parameters, work.seed)
    return [
        score(Run(world, policy_class(policy)()).play(), work.parameters.lost_user_cost)
        for policy in work.policies
    ]


def policy_class(name: str) -> Callable[[], Policy]:
    """A policy by `module:Class`, or a baseline by its name alone.

    Raises:
        SystemExit: there is none of that name.
    """
    module, colon, attribute = name.rpartition(":")
    try:
        found: Callable[[], Policy] = getattr(
            importlib.import_module(module if colon else "evaluation.fraud.baselines"), attribute
        )
    except (ImportError, AttributeError) as missing:
        raise SystemExit(f"No policy {name}: {missing}.") from missing
    return found


def main() -> None:
    """Run what the command line asks for and print its tables."""
    asked = _arguments()
    parameters = replace(load(), cold=asked.cold)
    policies = tuple(asked.policy or [policy.__name__ for policy in BASELINES])
    for policy in policies:
        policy_class(policy)
    worlds = [held_out(parameters, world) for world in asked.worlds] or [parameters]
    seeds = range(1, asked.seeds + 1)
    work = [Work(one, seed, policies) for one in worlds for seed in seeds]
    results = _done(work, asked.jobs)
    by_policy = {
        policy.rpartition(":")[2]: [scores[place] for scores in results]
        for place, policy in enumerate(policies)
    }
    print(summary(*next(iter(by_policy.items()))), end="\n\n")
    if asked.worlds:
        print(
            worlds_table(
                {
                    name: [runs[i : i + len(seeds)] for i in range(0, len(runs), len(seeds))]
                    for name, runs in by_policy.items()
                }
            )
        )
    else:
        print(seeds_table(by_policy))
    if asked.cohorts:
        for name, runs in by_policy.items():
            print(f"\n### {name}\n\n{details(runs)}")


def _done(work: Sequence[Work], jobs: int) -> list[list[Score]]:
    if jobs == 1 or len(work) == 1:
        return [judge(one) for one in work]
    with multiprocessing.get_context("spawn").Pool(jobs) as pool:
        return pool.map(judge, work, chunksize=1)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m evaluation.fraud",
        description="Judge fraud policies in a simulated world; all of them meet the same people.",
    )
    parser.add_argument("--seeds", type=int, default=5, help="runs with the seeds 1, 2, ...")
    parser.add_argument("--cold", action="store_true", help="campaigns start within minutes")
    parser.add_argument(
        "--worlds", type=int, nargs="+", default=[], metavar="N", help="held-out worlds, by number"
    )
    parser.add_argument(
        "--policy", nargs="+", metavar="MODULE:CLASS", help="instead of all the baselines"
    )
    parser.add_argument("--cohorts", action="store_true", help="also by campaign, cohort, reason")
    parser.add_argument("--jobs", type=int, default=2, help="processes")
    return parser.parse_args()


if __name__ == "__main__":
    main()
