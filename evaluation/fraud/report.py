"""Scores as tables in Markdown."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from evaluation.fraud.score import Score
from evaluation.statistics import Estimate, estimate, markdown_table

_MOST_REASONS = 24


class Column(NamedTuple):
    """A figure: its name, how to read and write it, and which of several worlds is the worst."""

    title: str
    figure: Callable[[Score], float]
    write: Callable[[Estimate], str]
    worst: Callable[[Sequence[float]], float]


COLUMNS = (
    Column("spend blocked", lambda s: s.spend_blocked, lambda e: e.percent(1), min),
    Column("worst attack", lambda s: s.worst_attack, lambda e: e.percent(1), min),
    Column("legit denied", lambda s: s.legitimate_denied, lambda e: e.percent(3), max),
    Column("users lost", lambda s: s.users_lost, lambda e: e.percent(3), max),
    Column("worst cohort", lambda s: s.worst_cohort, lambda e: e.percent(2), max),
    Column("worst key", lambda s: s.worst_project, lambda e: e.percent(2), max),
    Column("leak median", lambda s: s.leak_median, lambda e: e.plain(0), max),
    Column("leak p90", lambda s: s.leak_p90, lambda e: e.plain(0), max),
    Column("net/attack $", lambda s: s.net_share, lambda e: e.percent(1), min),
    Column("µs a request", lambda s: s.microseconds, lambda e: e.plain(1), max),
)


def seeds_table(scores: Mapping[str, Sequence[Score]]) -> str:
    """One line a policy: the mean over seeds and its 95 % interval."""
    rows = [
        [policy, *(column.write(estimate([column.figure(s) for s in runs])) for column in COLUMNS)]
        for policy, runs in scores.items()
    ]
    return markdown_table(["policy", *(column.title for column in COLUMNS)], rows)


def worlds_table(scores: Mapping[str, Sequence[Sequence[Score]]]) -> str:
    """One line a policy: the mean over worlds and its 95 % interval, and the worst world."""
    rows = []
    for policy, worlds in scores.items():
        cells = [policy]
        for column in COLUMNS:
            means = [estimate([column.figure(s) for s in runs]).mean for runs in worlds]
            worst = column.write(Estimate(column.worst(means), 0.0))
            cells.append(f"{column.write(estimate(means))} ({worst})")
        rows.append(cells)
    return markdown_table(["policy", *(column.title for column in COLUMNS)], rows)


def details(runs: Sequence[Score]) -> str:
    """One policy by campaign, by cohort, by project and by reason, over all its runs."""
    return "\n\n".join((_campaigns(runs), _cohorts(runs), _projects(runs), _reasons(runs)))


def summary(policy: str, runs: Sequence[Score]) -> str:
    """How much there was to judge, per run; denied campaigns ask less often for a second message."""
    sessions = estimate([run.sessions for run in runs])
    attempts = estimate([run.attempts for run in runs])
    spend = estimate([run.spend for run in runs])
    return (
        f"Per run: {sessions.plain()} legitimate sessions, {attempts.plain()} attempts of campaigns "
        f"worth ${spend.plain()} under {policy} ({len(runs)} runs)."
    )


def _campaigns(runs: Sequence[Score]) -> str:
    rows = []
    for name in runs[0].campaigns:
        ones = [run.campaigns[name] for run in runs]
        leaked = estimate([one.leaked_messages for one in ones])
        dollars = estimate([one.spend - one.blocked_spend for one in ones])
        seconds = sorted(one.seconds_to_block for one in ones)
        rows.append(
            [
                name,
                estimate([one.blocked_share for one in ones]).percent(),
                leaked.plain(),
                dollars.plain(1),
                f"{seconds[len(seconds) // 2]:.0f}",
            ]
        )
    header = ["campaign", "spend blocked", "leak (messages)", "unblocked $", "median s to block"]
    return markdown_table(header, rows)


def _cohorts(runs: Sequence[Score]) -> str:
    rows = []
    for cohort in sorted({cohort for run in runs for cohort in run.cohorts}):
        ones = [run.cohorts[cohort] for run in runs if cohort in run.cohorts]
        requests = sum(one.requests for one in ones)
        denied = sum(one.denied_share * one.requests for one in ones)
        lost = sum(one.users_lost for one in ones)
        share = f"{100 * denied / requests:.3f} %"
        rows.append([cohort.value, f"{requests / len(ones):.0f}", share, f"{lost / len(ones):.1f}"])
    return markdown_table(["cohort", "requests", "denied", "users lost"], rows)


def _projects(runs: Sequence[Score]) -> str:
    rows = [
        [name, estimate([run.projects.get(name, 0.0) for run in runs]).percent(3)]
        for name in runs[0].projects
    ]
    return markdown_table(["project", "denied"], rows)


def _reasons(runs: Sequence[Score]) -> str:
    people: Counter[str] = Counter()
    campaigns: Counter[str] = Counter()
    for run in runs:
        people.update(run.reasons_for_people)
        campaigns.update(run.reasons_for_campaigns)
    frequent = (people + campaigns).most_common(_MOST_REASONS)
    rows = [[reason, str(campaigns[reason]), str(people[reason])] for reason, _ in frequent]
    return markdown_table(["reason", "campaigns denied", "people denied"], rows)
