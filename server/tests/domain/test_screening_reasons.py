"""Reasons: each is raised by what it is named for and by nothing else, and the price sets the limit."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from server.tests.domain.screening_town import MINUTE, PUMPED, SECOND, Town, block

from watchword.domain.screening.learning.asking import Asking
from watchword.domain.screening.learning.judgement import (
    CHEAPEST,
    SMALLEST,
    Strictness,
    judge,
    limit_of,
)
from watchword.domain.screening.learning.ledger import LAST_LOOK, Ledger
from watchword.domain.screening.learning.reasons import BASE, DEAREST, REASONS

HOME: dict[str, Any] = {"ip": "home", "ip_country": "FR", "network": 3215}
ABROAD: dict[str, Any] = {"ip_country": "RO", "network": 8708}
HOSTED: dict[str, Any] = {"ip_country": "FR", "network": 16276, "hosting": True}
BLOCK: dict[str, Any] = {"block": f"{PUMPED}00"}

SILENT: dict[str, tuple[dict[str, Any], dict[str, Any], set[str]]] = {
    "carrier": ({"carrier": "Other"}, {"carrier": "Third"}, {"carrier_unanswered"}),
    "country": ({"country": "BE", "carrier": "{i}"}, {"country": "NL"}, {"country_unanswered"}),
    "origin": ({"ip": "x", **HOSTED}, {"ip": "x", **HOSTED, "price": 0.01},
               {"origin_unanswered", "dear_destination"}),
    "ip": ({**HOME, "network": 1}, {**HOME, "network": 1, "ip": "other"}, {"ip_unanswered"}),
    "network": ({**HOME, "ip": "{i}", "network": 1}, {**HOME, "ip": "x", "network": 2},
                {"network_unanswered"}),
    "pair": ({**ABROAD, "ip": "{i}", "network": "{i}"},
             {"ip": "x", "network": 1, "ip_country": "BG"}, {"pair_unanswered"}),
    "device": ({"device": "d"}, {"device": "other"}, {"device_unanswered"}),
    "app": ({"app_version": "1"}, {"app_version": "2"}, {"app_unanswered"}),
    "claim": ({"says_returning": True}, {}, {"claim_unanswered"}),
}  # fmt: skip
"""What the silent codes have, what another request has instead, and the reasons in which they differ."""


def strengths(ledger: Ledger, asking: Asking) -> dict[str, float]:
    scene = ledger.scene(asking)
    return {rule.name: strength for rule in REASONS if (strength := rule.strength(scene))}


def differing(ledger: Ledger, one: Asking, other: Asking) -> set[str]:
    first, second = strengths(ledger, one), strengths(ledger, other)
    return {name for name in first.keys() | second.keys() if first.get(name) != second.get(name)}


def filled(traits: dict[str, Any], index: int) -> dict[str, Any]:
    """Traits with `{i}` different for each index."""
    different: dict[str, Any] = {
        "ip": f"ip{index}",
        "network": 50_000 + index,
        "carrier": f"c{index}",
    }
    return {key: different[key] if value == "{i}" else value for key, value in traits.items()}


@pytest.mark.parametrize(("silent", "other", "names"), SILENT.values(), ids=SILENT.keys())
def test_codes_left_unanswered_raise_exactly_the_reasons_named_for_them(
    silent: dict[str, Any], other: dict[str, Any], names: set[str]
) -> None:
    town = Town()
    town.people(20)
    for index in range(100, 120):
        town.silent(town.asking(index, **filled(silent, index)))
    town.now += LAST_LOOK
    guilty = town.asking(500, **filled(silent, 500))
    assert differing(town.ledger, guilty, town.asking(500, **other)) == names
    assert town.judge(500, **filled(silent, 500)).points > town.judge(500, **other).points


def test_codes_left_unanswered_in_a_block_raise_the_reasons_of_every_block_around_it() -> None:
    town = Town()
    town.people(20)
    town.pump(12)
    near, wide, widest, far = (
        set(strengths(town.ledger, town.asking(block=one)))
        for one in (f"{PUMPED}99", f"{PUMPED[:-1]}999", f"{PUMPED[:-2]}9999", "3369999999")
    )
    assert near - wide == {"block_unanswered", "block_burst"}
    assert wide - widest == {"wide_block_unanswered", "wide_block_burst"}
    assert widest - far == {"widest_block_unanswered", "widest_block_burst"}


def test_codes_of_another_project_say_less_than_those_of_several() -> None:
    one, several = Town(), Town()
    for town in (one, several):
        for project in ("acme", "first", "second"):
            town.people(8, project=project)
        for index in range(10):
            project = "second" if town is several and index % 2 else "first"
            town.silent(town.asking(block=f"{PUMPED}{index:02}", project=project))
        town.now += LAST_LOOK
    hearsay = strengths(one.ledger, one.asking(block=f"{PUMPED}99"))["block_unanswered"]
    assert (
        0
        < hearsay
        < strengths(several.ledger, several.asking(block=f"{PUMPED}99"))["block_unanswered"]
    )


def test_codes_of_another_project_say_nothing_of_this_ones_people() -> None:
    town = Town()
    town.people(10)
    town.people(10, project="other")
    before = strengths(town.ledger, town.asking(900))
    for index in range(40, 80):
        town.silent(town.asking(index, project="other", app_version="9", carrier="Elsewhere"))
    town.now += LAST_LOOK
    assert strengths(town.ledger, town.asking(900)).keys() == before.keys()


def test_a_burst_from_one_block_raises_points_before_any_silence() -> None:
    town = Town()
    town.people(20)
    before = town.pumped()
    for index in range(15):
        town.ask(town.asking(block=f"{PUMPED}{index:02}"))
    burst = town.pumped()
    assert {"block_burst", "wide_block_burst", "widest_block_burst"} <= {
        reason.name for reason in burst.reasons
    }
    assert burst.points > before.points + 2.0


def test_a_sequence_of_numbers_raises_points_and_spread_ones_do_not() -> None:
    town = Town()
    town.people(20)
    for _ in range(3):
        town.ask(town.asking(**BLOCK))
    assert differing(town.ledger, town.asking(**BLOCK), town.asking(block=f"{PUMPED}55")) == {
        "sequential_numbers"
    }


def test_answers_cancel_the_burst_of_their_block() -> None:
    town = Town()
    town.people(20)
    for index in range(20):
        town.person(0, block=f"{PUMPED}{index:02}")
    assert not {"block_burst", "wide_block_burst", "widest_block_burst"} & set(
        strengths(town.ledger, town.asking(block=f"{PUMPED}99"))
    )


def test_one_clean_local_address_that_sets_up_a_fleet_is_hardly_a_burst() -> None:
    fleet, spread = Town(), Town()
    for town in (fleet, spread):
        town.people(20)
        for index in range(4):
            ip = "office" if town is fleet else f"ip{index}"
            town.ask(town.asking(**{**HOME, "ip": ip, "block": f"{PUMPED}{index:02}"}))
            town.now += 8 * SECOND
    assert spread.pumped(**{**HOME, "ip": "another"}).suspicious
    assert not fleet.pumped(**{**HOME, "ip": "office"}).suspicious
    assert fleet.pumped(**{**HOME, "ip": "office", "hosting": True}).suspicious


def test_a_country_is_new_only_to_a_project_that_is_used_to_answers() -> None:
    town = Town()
    town.people(60)
    assert "new_country" not in strengths(town.ledger, town.asking(country="CU"))
    town.person(70)
    assert "new_country" in strengths(town.ledger, town.asking(country="CU"))
    assert "new_country" not in strengths(town.ledger, town.asking(900))


def test_a_locale_and_an_app_version_of_nobody_who_answers_are_rare() -> None:
    town = Town()
    town.people(60, locale="fr", app_version="7")
    ours, theirs = (
        town.asking(900, locale="fr", app_version="7"),
        town.asking(900, locale="vi", app_version="1"),
    )
    assert differing(town.ledger, ours, theirs) == {"rare_locale", "rare_app"}
    assert town.ledger.judge(theirs).points > town.ledger.judge(ours).points


@pytest.mark.parametrize(
    ("ours", "theirs", "names"),
    [
        ({}, {"known": True}, {"verified_before"}),
        ({}, {"again": True}, {"another_message"}),
        (HOME, {**HOME, "ip": "elsewhere", "ip_country": "DE"}, {"foreign_address", "ip_answered"}),
        (HOME, {**HOME, "hosting": True}, {"hosting_address"}),
        (HOME, {}, {"no_address", "ip_answered"}),
        (HOME, {**HOME, "shared_address": True}, {"ip_answered"}),
        ({}, {"price": 0.01}, {"dear_destination"}),
        ({}, {"block": "3369999999"}, {"new_block"}),
    ],
)
def test_what_a_request_shows_of_itself_raises_or_lowers_its_own_reason(
    ours: dict[str, Any], theirs: dict[str, Any], names: set[str]
) -> None:
    town = Town()
    town.people(30, **HOME)
    town.now += MINUTE
    one = town.asking(**{"block": "3360314299", **ours})
    other = town.asking(**{"block": "3360314299", "person": one.person, **theirs})
    assert differing(town.ledger, one, other) == names


def test_silence_from_an_address_that_many_share_counts_half() -> None:
    town = Town()
    town.people(5)
    for index in range(10, 18):
        town.silent(town.asking(index, **HOME))
    town.now += LAST_LOOK
    alone, shared = (
        strengths(town.ledger, town.asking(900, **HOME, shared_address=many))["ip_unanswered"]
        for many in (False, True)
    )
    assert shared == alone / 2


def test_the_points_are_the_base_and_what_every_reason_adds() -> None:
    town = Town()
    town.people(20)
    town.pump(12)
    asking = town.asking(block=f"{PUMPED}99", ip="x", **ABROAD)
    scene = town.ledger.scene(asking)
    judged = judge(scene, Strictness.MAXIMUM)
    added = {rule.name: rule.weight * rule.strength(scene) for rule in REASONS}
    assert judged.points == pytest.approx(BASE + sum(added.values()))
    shown = {reason.name: reason.points for reason in judged.reasons}
    assert shown == {
        name: round(points, 1) for name, points in added.items() if abs(points) >= SMALLEST
    }
    sizes = [abs(added[reason.name]) for reason in judged.reasons]
    assert sizes == sorted(sizes, reverse=True)


def test_every_reason_has_its_own_name_and_words() -> None:
    assert len({rule.name for rule in REASONS}) == len(REASONS)
    scene = Ledger().scene(Asking(at=0, project="p", block=block(1), person="x", price=0.1))
    for rule in REASONS:
        assert rule.words(scene)


@given(
    st.floats(CHEAPEST, DEAREST),
    st.floats(CHEAPEST, DEAREST),
    st.sampled_from(Strictness),
)
def test_the_dearer_a_message_the_fewer_points_refuse_it(
    one: float, other: float, strictness: Strictness
) -> None:
    cheap, dear = sorted((one, other))
    assert limit_of(dear, strictness) <= limit_of(cheap, strictness)


@given(st.floats(0.0, 2.0), st.integers(0, 14), st.booleans(), st.booleans(), st.integers(0, 60))
def test_a_stricter_level_refuses_whatever_a_laxer_one_refuses(
    price: float, pumped: int, known: bool, hosting: bool, index: int
) -> None:
    town = Town()
    town.people(6)
    town.pump(pumped)
    asking = town.asking(
        block=f"{PUMPED}{index:02}",
        price=price,
        known=known,
        hosting=hosting,
        ip="x" if hosting else "",
    )
    judged = [town.ledger.judge(asking, strictness) for strictness in Strictness]
    assert [one.suspicious for one in judged] == sorted(one.suspicious for one in judged)
    assert len({one.points for one in judged}) == 1


@given(st.booleans(), st.integers(0, 12), st.booleans())
def test_saying_to_be_returning_never_lowers_the_points(
    known: bool, claimed: int, pumped: bool
) -> None:
    town = Town()
    town.people(6)
    for index in range(claimed):
        town.silent(town.asking(100 + index, says_returning=True))
    town.now += LAST_LOOK
    traits: dict[str, Any] = {"known": known, "block": f"{PUMPED}99" if pumped else block(5)}
    claim = town.judge(**traits, says_returning=True)
    assert claim.points >= town.judge(**traits).points


def test_a_dearer_message_is_refused_where_a_cheap_one_is_sent() -> None:
    town = Town()
    town.people(20)
    town.pump(2)
    judged = [town.pumped(price=price).suspicious for price in (0.004, 0.25)]
    assert judged == [False, True]
