"""Judge fraud policies: `python -m evaluation.fraud --help`."""

import argparse

from msgspec.structs import replace

from evaluation.fraud.baselines import BASELINES
from evaluation.fraud.judge import judge, policy_named
from evaluation.fraud.parameters import load
from evaluation.fraud.perturbation import held_out
from evaluation.fraud.report import details, seeds_table, summary, worlds_table
from evaluation.judging import Work, judged


def main() -> None:
    """Run what the command line asks for and print its tables."""
    asked = _arguments()
    parameters = replace(load(), cold=asked.cold)
    policies = tuple(asked.policy or [policy.__name__ for policy in BASELINES])
    for policy in policies:
        policy_named(policy)
    worlds = [held_out(parameters, world) for world in asked.worlds] or [parameters]
    seeds = range(1, asked.seeds + 1)
    work = [Work(one, seed, policies) for one in worlds for seed in seeds]
    results = judged(judge, work, asked.jobs)
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
