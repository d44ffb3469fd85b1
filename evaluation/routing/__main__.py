"""Judge routing policies: `python -m evaluation.routing --help`."""

import argparse

from msgspec.structs import replace

from evaluation.judging import Work, judged
from evaluation.routing.baselines import BASELINES, Oracle, RoundRobin
from evaluation.routing.judge import judge, policy_named
from evaluation.routing.parameters import load
from evaluation.routing.perturbation import held_out
from evaluation.routing.report import Judged, seeds_table, worlds_table

WORST, BEST = RoundRobin.__name__, Oracle.__name__
"""The two that all others are measured between, which always run."""


def main() -> None:
    """Run what the command line asks for and print its tables."""
    asked = _arguments()
    published = load()
    parameters = replace(
        published,
        users_per_day=int(published.users_per_day * asked.scale),
        days=asked.days or published.days,
    )
    named = tuple(asked.policy or [policy.__name__ for policy in BASELINES])
    policies = tuple(dict.fromkeys((WORST, *named, BEST)))
    for policy in policies:
        policy_named(policy)
    worlds = [held_out(parameters, world) for world in asked.worlds] or [parameters]
    seeds = range(1, asked.seeds + 1)
    work = [Work(one, seed, policies) for one in worlds for seed in seeds]
    results = judged(judge, work, asked.jobs)
    turns, oracle = policies.index(WORST), policies.index(BEST)
    by_policy = {
        policy.rpartition(":")[2]: [
            Judged(scores[place], scores[turns], scores[oracle]) for scores in results
        ]
        for place, policy in enumerate(policies)
    }
    users = sum(scores[0].users for scores in results) / len(results)
    print(f"Per run: {users:.0f} users counted ({len(results)} runs).", end="\n\n")
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


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m evaluation.routing",
        description="Judge routing policies in a simulated world; all of them meet the same people.",
    )
    parser.add_argument("--seeds", type=int, default=5, help="runs with the seeds 1, 2, ...")
    parser.add_argument("--scale", type=float, default=1.0, help="times the users a day")
    parser.add_argument("--days", type=int, help="instead of the published window")
    parser.add_argument(
        "--worlds", type=int, nargs="+", default=[], metavar="N", help="held-out worlds, by number"
    )
    parser.add_argument(
        "--policy", nargs="+", metavar="MODULE:CLASS", help="instead of all the baselines"
    )
    parser.add_argument("--jobs", type=int, default=2, help="processes")
    return parser.parse_args()


if __name__ == "__main__":
    main()
