"""Scores as tables in Markdown."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from evaluation.routing.score import Recovery, Score
from evaluation.statistics import Estimate, estimate, markdown_table


class Judged(NamedTuple):
    """A run with those of the two that it is measured between: taking turns, and knowing everything."""

    score: Score
    turns: Score
    oracle: Score

    @property
    def gap_closed(self) -> float:
        """How much of the way from the one to the other."""
        return (self.score.value - self.turns.value) / (self.oracle.value - self.turns.value)


class Column(NamedTuple):
    """A figure: its name, how to read and write it, and which of several worlds is the worst."""

    title: str
    figure: Callable[[Judged], float]
    write: Callable[[Estimate], str]
    worst: Callable[[Sequence[float]], float]


COLUMNS = (
    Column("gap closed", lambda j: j.gap_closed, lambda e: e.percent(1), min),
    Column("conversion", lambda j: j.score.conversion, lambda e: e.percent(1), min),
    Column("cost/verified", lambda j: j.score.cost_per_verified, lambda e: e.cents(2), max),
    Column("value/user", lambda j: j.score.value, lambda e: e.cents(1), min),
    Column("regret/user", lambda j: j.score.regret, lambda e: e.cents(2), max),
    Column("time p50 s", lambda j: j.score.median_seconds, lambda e: e.plain(1), max),
    Column("time p90 s", lambda j: j.score.p90_seconds, lambda e: e.plain(1), max),
    Column("messages", lambda j: j.score.messages, lambda e: e.plain(2), max),
    Column("µs a choice", lambda j: j.score.microseconds, lambda e: e.plain(0), max),
)


def seeds_table(runs: Mapping[str, Sequence[Judged]]) -> str:
    """One line a policy: the mean over seeds with its 95 % interval, and how outages were got over."""
    rows = [
        [
            policy,
            *(one.write(estimate([one.figure(j) for j in judged])) for one in COLUMNS),
            _grey(judged),
            _hard(judged),
        ]
        for policy, judged in runs.items()
    ]
    titles = (column.title for column in COLUMNS)
    return markdown_table(["policy", *titles, "grey: s / messages / share", "hard: share"], rows)


def worlds_table(runs: Mapping[str, Sequence[Sequence[Judged]]]) -> str:
    """One line a policy: the mean over worlds with its 95 % interval, and the worst world."""
    rows = []
    for policy, worlds in runs.items():
        cells = [policy]
        for column in COLUMNS:
            means = [estimate([column.figure(j) for j in judged]).mean for judged in worlds]
            worst = column.write(Estimate(column.worst(means), 0.0))
            cells.append(f"{column.write(estimate(means))} ({worst})")
        rows.append(cells)
    return markdown_table(["policy", *(column.title for column in COLUMNS)], rows)


def _grey(judged: Sequence[Judged]) -> str:
    found = _recoveries(judged, "grey")
    if not found:
        return "-"
    seconds = np.median([one.seconds for one in found])
    messages = np.median([one.messages for one in found])
    share = np.mean([one.share for one in found])
    return f"{seconds:.0f} / {messages:.0f} / {share:.0%} ({len(found)})"


def _hard(judged: Sequence[Judged]) -> str:
    found = _recoveries(judged, "hard")
    return f"{np.mean([one.share for one in found]):.0%} ({len(found)})" if found else "-"


def _recoveries(judged: Sequence[Judged], beginning: str) -> list[Recovery]:
    return [one for j in judged for one in j.score.recoveries if one.kind.startswith(beginning)]
