"""The figures of a run: what was stopped, and who paid for it."""

import itertools
import math
from collections import Counter
from collections.abc import Sequence

import msgspec
import numpy as np

from evaluation.fraud.arrivals import Cohort
from evaluation.fraud.record import Record, Try

# A cohort with fewer requests says nothing about its worst case.
_FEWEST_REQUESTS = 100
# Blocking is sustained from the first request of which, with those after it, most are denied.
_SUSTAINED_REQUESTS = 30
_SUSTAINED_SHARE = 0.8


class CampaignScore(msgspec.Struct, frozen=True):
    """One campaign: spend in dollars, and what it got before it was blocked for good.

    `leaked_messages` counts the paid messages before sustained blocking, which began
    `seconds_to_block` after the first attempt (infinite: never).
    """

    attempts: int
    spend: float
    blocked_spend: float
    leaked_messages: int
    seconds_to_block: float

    @property
    def blocked_share(self) -> float:
        """Of the spend."""
        return self.blocked_spend / self.spend


class CohortScore(msgspec.Struct, frozen=True):
    """One kind of legitimate sessions."""

    requests: int
    denied_share: float
    users_lost: int


class Score(msgspec.Struct, frozen=True):
    """One run; shares are between 0 and 1, `net_share` is of the campaigns' spend."""

    spend_blocked: float
    worst_attack: float
    legitimate_denied: float
    users_lost: float
    worst_cohort: float
    worst_project: float
    leak_median: float
    leak_p90: float
    net_share: float
    microseconds: float
    sessions: int
    attempts: int
    spend: float
    campaigns: dict[str, CampaignScore]
    cohorts: dict[Cohort, CohortScore]
    projects: dict[str, float]
    reasons_for_people: Counter[str]
    reasons_for_campaigns: Counter[str]


def score(record: Record, lost_user_cost: float) -> Score:
    """Judge a run; a lost user is someone who would have verified and, denied, did not."""
    campaigns = {name: _campaign(tries) for name, tries in record.campaigns.items()}
    cohorts = {
        cohort: CohortScore(tally.requests, tally.denied_share, record.lost[cohort])
        for cohort, tally in record.cohorts.items()
    }
    projects = {name: tally.denied_share for name, tally in record.projects.items()}
    spend = math.fsum(campaign.spend for campaign in campaigns.values())
    blocked = math.fsum(campaign.blocked_spend for campaign in campaigns.values())
    leaks = [campaign.leaked_messages for campaign in campaigns.values()]
    lost = record.lost.total()
    tallies = record.cohorts.values()
    return Score(
        spend_blocked=blocked / spend,
        worst_attack=min(campaign.blocked_share for campaign in campaigns.values()),
        legitimate_denied=sum(t.denied for t in tallies) / sum(t.requests for t in tallies),
        users_lost=lost / record.sessions,
        worst_cohort=max(
            (one.denied_share for one in cohorts.values() if one.requests >= _FEWEST_REQUESTS),
            default=0.0,
        ),
        worst_project=max(projects.values()),
        leak_median=float(np.median(leaks)),
        leak_p90=float(np.percentile(leaks, 90)),
        net_share=(blocked - lost_user_cost * lost) / spend,
        microseconds=record.policy_seconds / record.rulings * 1e6,
        sessions=record.sessions,
        attempts=sum(campaign.attempts for campaign in campaigns.values()),
        spend=spend,
        campaigns=campaigns,
        cohorts=cohorts,
        projects=projects,
        reasons_for_people=record.reasons_for_people,
        reasons_for_campaigns=record.reasons_for_campaigns,
    )


def _campaign(tries: Sequence[Try]) -> CampaignScore:
    blocked_from = _sustained_blocking(tries)
    leaky = tries if blocked_from is None else tries[:blocked_from]
    return CampaignScore(
        attempts=len(tries),
        spend=math.fsum(one.price for one in tries),
        blocked_spend=math.fsum(one.price for one in tries if not one.allowed),
        leaked_messages=sum(one.allowed for one in leaky),
        seconds_to_block=math.inf if blocked_from is None else tries[blocked_from].at - tries[0].at,
    )


def _sustained_blocking(tries: Sequence[Try]) -> int | None:
    window = min(_SUSTAINED_REQUESTS, len(tries))
    denied = list(itertools.accumulate((not one.allowed for one in tries), initial=0))
    for first in range(len(tries) - window + 1):
        if denied[first + window] - denied[first] >= _SUSTAINED_SHARE * window:
            return first
    return None
