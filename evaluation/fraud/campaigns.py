"""Campaigns that pump messages: what each plans before the window, fixed for all policies."""

import itertools
from collections.abc import Mapping, Sequence
from random import Random

import msgspec

from evaluation.fraud.parameters import CampaignKind, Country, Parameters, Project

# A project is likelier to be attacked the more it sends; the smallest one is not safe either.
_LEAST_APPEAL = 100


class Campaign(msgspec.Struct, frozen=True):
    """One campaign: its targets, and the seconds of the window at which it asks."""

    kind: CampaignKind
    seed: str
    countries: tuple[str, ...]
    projects: tuple[Project, ...]
    times: tuple[float, ...]


def plan_campaigns(parameters: Parameters, seed: int) -> list[Campaign]:
    """Choose targets and times of every kind of campaign; each runs once."""
    return [
        _plan(parameters, kind, Random(f"{seed}/campaign/{kind.name}"), f"{seed}/{kind.name}")
        for kind in parameters.campaigns
    ]


def _plan(parameters: Parameters, kind: CampaignKind, chance: Random, seed: str) -> Campaign:
    messages = max(20, int(kind.messages * parameters.campaign_scale))
    seconds = messages / kind.per_minute * 60
    if parameters.cold:
        begins = parameters.cold_start_minutes * 60
    else:
        quiet = parameters.quiet_hours * 3600
        latest = parameters.hours * 3600 - seconds * 1.15
        begins = chance.uniform(quiet, max(quiet, latest))
    countries = _risky_countries(parameters.countries, kind.countries, chance)
    projects = _targets(parameters.projects, kind, chance)
    gaps = (chance.expovariate(messages / seconds) for _ in range(messages))
    times = tuple(itertools.accumulate(gaps, initial=begins))[1:]
    return Campaign(kind, seed, countries, projects, times)


def _risky_countries(countries: dict[str, Country], count: int, chance: Random) -> tuple[str, ...]:
    weights = {name: country.attack_weight for name, country in countries.items()}
    return tuple(_distinct(weights, count, chance))


def _targets(
    projects: Sequence[Project], kind: CampaignKind, chance: Random
) -> tuple[Project, ...]:
    if not isinstance(kind.projects, int):
        return tuple(project for project in projects if project.name in kind.projects)
    if kind.projects >= len(projects):
        return tuple(projects)
    weights = {
        project.name: _LEAST_APPEAL
        + (project.sessions_per_day if project.checks and project.address_share else 0)
        for project in projects
    }
    chosen = _distinct(weights, kind.projects, chance)
    return tuple(project for project in projects if project.name in chosen)


def _distinct(weights: Mapping[str, float], count: int, chance: Random) -> list[str]:
    left = dict(weights)
    chosen = []
    for _ in range(min(count, sum(weight > 0 for weight in left.values()))):
        (name,) = chance.choices(list(left), list(left.values()))
        chosen.append(name)
        del left[name]
    return chosen
