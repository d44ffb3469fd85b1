"""Grey failures: what takes messages and loses them is left soon, and found again when it works."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from server.tests.domain.routing_traffic import (
    BOTH,
    FR,
    HOUR,
    MINUTE,
    NOW,
    ONE,
    PRICE,
    SECOND,
    TWO,
    Fate,
    Traffic,
    dead,
    faking,
    good,
)

from watchword.domain.routing.grey import (
    ALARM,
    FIRST_ERROR_REST,
    FIRST_REST,
    LONGEST_ERROR_REST,
    LONGEST_REST,
    QUIET,
    Cell,
    Grey,
    cell_keys,
    evidence_of_silence,
    suspicion,
)
from watchword.domain.routing.learning import Learning
from watchword.domain.routing.sightings import Declined
from watchword.domain.routing.way import Place, Way

SFR = Place("FR", "SFR")
SPAIN = Place("ES", "Movistar")
SAME_ACCOUNT = Way("three", ONE.account, ONE.channel)
DEARER = ((ONE, PRICE), (TWO, 5 * PRICE))


def used_to_both() -> Traffic:
    traffic = Traffic()
    for number in range(60):
        traffic.message(ONE, good(number))
        traffic.message(TWO, good(number))
    traffic.settle()
    return traffic


def follow(traffic: Traffic, minutes: int, fates: Callable[[int], Fate]) -> list[bool]:
    """A message a minute over the first of two routes; which of them went over the failing one."""
    took = []
    for number in range(minutes):
        way = traffic.first(DEARER)
        traffic.message(way, fates(number) if way is ONE else good(number))
        took.append(way is ONE)
    return took


def closed_after(fates: Callable[[int], Fate]) -> Traffic:
    traffic = used_to_both()
    for number in range(15):
        traffic.message(ONE, fates(number))
    traffic.settle()
    return traffic


@pytest.mark.parametrize(
    ("fates", "most"),
    [(dead, 8), (lambda _: Fate.FAILED, 8), (faking, 14)],
    ids=["silence", "failed receipts", "invented receipts"],
)
def test_a_route_that_stops_working_is_left_within_some_messages(
    fates: Callable[[int], Fate], most: int
) -> None:
    took = follow(used_to_both(), 180, fates)
    assert took[0]
    assert 2 <= took.index(False) <= most
    assert sum(took[:60]) <= most + 5
    assert sum(took[60:]) <= 120 * MINUTE / FIRST_REST / 4


def test_invented_receipts_are_seen_by_the_answers_that_do_not_come() -> None:
    closed = closed_after(faking).learning.grey.closed_by(ONE, FR)
    assert closed
    assert all(cell.because.endswith("stopped being answered") for cell in closed)


def test_less_is_hoped_of_a_route_under_suspicion_before_it_is_closed() -> None:
    traffic = used_to_both()
    before = traffic.order(((ONE, PRICE),))[0][1]
    for _ in range(4):
        traffic.message(ONE, Fate.SILENT, gap=20 * SECOND)
    traffic.now += 30 * SECOND
    during = traffic.order(((ONE, PRICE),))[0][1]
    assert not traffic.learning.grey.at_rest
    assert during.prospect.answered < 0.8 * before.prospect.answered
    assert during.estimate == before.estimate


def test_the_explanation_says_why_a_route_rests() -> None:
    traffic = closed_after(dead)
    [*_, last] = traffic.explained(DEARER)
    assert last.route == "one"
    assert "at rest, because messages over" in last.because
    assert "stopped showing signs of arrival" in last.because
    assert traffic.learning.grey.at_rest == 1


@pytest.mark.parametrize("fates", [dead, faking], ids=["silence", "invented receipts"])
def test_a_route_that_works_again_is_found_by_two_probes(fates: Callable[[int], Fate]) -> None:
    traffic = closed_after(fates)
    probes = 0
    for _ in range(LONGEST_REST // MINUTE + 2):
        way = traffic.first(DEARER)
        probes += traffic.order(DEARER)[0][1].probe
        traffic.message(way, Fate.ANSWERED)
    assert probes == 2
    assert traffic.learning.grey.at_rest == 0
    assert traffic.first(DEARER) is ONE


def test_a_route_that_stays_dead_costs_ever_fewer_probes() -> None:
    took = follow(used_to_both(), 12 * 60, dead)
    by_hour = [sum(took[start : start + 60]) for start in range(0, len(took), 60)]
    assert by_hour[0] > by_hour[-1]
    assert all(1 <= probes <= HOUR / LONGEST_REST for probes in by_hour[2:])


def test_only_one_message_probes_a_route_while_its_outcome_is_awaited() -> None:
    traffic = closed_after(dead)
    traffic.now += LONGEST_REST
    assert traffic.order(DEARER)[0][1].probe
    traffic.send(ONE)
    traffic.now += SECOND
    assert traffic.first(DEARER) is TWO


def test_a_route_that_works_as_ever_is_not_closed_by_chance() -> None:
    traffic = Traffic()
    for number in range(3_000):
        traffic.message(ONE, good(number), gap=20 * SECOND)
        assert not traffic.learning.grey.at_rest


def test_a_failure_of_one_carrier_leaves_the_route_to_others_open() -> None:
    traffic = Traffic()
    for number in range(60):
        for place in (FR, SFR, SPAIN):
            traffic.message(ONE, good(number), place, gap=20 * SECOND)
    for number in range(12):
        traffic.message(ONE, Fate.SILENT, FR)
        for place in (SFR, SPAIN):
            traffic.message(ONE, good(number), place)
    grey = traffic.learning.grey
    assert grey.closed_by(ONE, FR)
    assert not grey.closed_by(ONE, SFR)
    assert not grey.closed_by(ONE, SPAIN)


def test_a_failure_of_an_account_closes_all_of_its_routes() -> None:
    traffic = Traffic()
    for fates in (good, dead):
        for number in range(60 if fates is good else 12):
            for way in (ONE, SAME_ACCOUNT):
                for place in (FR, SPAIN):
                    traffic.message(way, fates(number), place, gap=20 * SECOND)
    grey = traffic.learning.grey
    assert grey.cells[f"@{ONE.account}"].closed
    assert grey.closed_by(SAME_ACCOUNT, Place("DE", "O2"))
    assert not grey.closed_by(TWO, FR)


def test_nothing_is_doubted_for_its_silence_alone() -> None:
    traffic = used_to_both()
    key = traffic.message(ONE, Fate.SILENT, gap=30 * SECOND)
    assert traffic.learning.doubt(key, traffic.now) == 0.0
    assert traffic.learning.doubt("never sent", traffic.now) == 0.0
    assert traffic.learning.doubtful(traffic.now) == []


def test_messages_under_way_over_what_fails_are_doubted_unless_they_are_second_ones() -> None:
    traffic = used_to_both()
    for _ in range(10):
        traffic.message(ONE, Fate.SILENT, gap=20 * SECOND)
    second = traffic.message(ONE, Fate.SILENT, lost=(TWO,), gap=0)
    first = traffic.message(ONE, Fate.SILENT, gap=30 * SECOND)
    doubtful = traffic.learning.doubtful(traffic.now)
    assert traffic.learning.grey.closed_by(ONE, FR)
    assert first in doubtful
    assert second not in doubtful
    traffic.settle()
    assert traffic.learning.doubtful(traffic.now) == []


def test_an_account_that_declines_rests_at_once_and_longer_each_time() -> None:
    grey, now, rests = Grey(), NOW, []
    for _ in range(6):
        grey.declined("acme", now, "no answer")
        cell = grey.cell("@acme")
        assert cell.closed
        rests.append(cell.until - now)
        now = cell.until
    assert rests[0] == FIRST_ERROR_REST
    assert rests == sorted(rests)
    assert rests[-1] == LONGEST_ERROR_REST


def test_an_account_that_takes_a_message_again_is_open_at_once() -> None:
    traffic = used_to_both()
    traffic.learning.observe(Declined(ONE.account, traffic.now, "no answer"))
    assert traffic.names(DEARER) == ["two", "one"]
    assert traffic.explained(DEARER)[1].because.endswith("at rest, because no answer")
    traffic.now += FIRST_ERROR_REST
    assert traffic.first(DEARER) is ONE
    traffic.message(ONE, Fate.ANSWERED)
    assert traffic.learning.grey.at_rest == 0


def test_what_fails_is_still_known_to_fail_after_it_was_kept_and_recalled() -> None:
    traffic = closed_after(dead)
    recalled = Traffic(Learning.from_bytes(traffic.learning.to_bytes()), traffic.now)
    for each in (traffic, recalled):
        assert each.names(DEARER) == ["two", "one"]
        assert each.learning.grey.at_rest == 1
        each.now += LONGEST_REST
        assert each.order(DEARER)[0][1].probe


def test_both_routes_closed_still_leave_one_to_try() -> None:
    traffic = used_to_both()
    for account in (ONE.account, TWO.account):
        traffic.learning.observe(Declined(account, traffic.now, "no answer"))
    assert sorted(traffic.names(BOTH)) == ["one", "two"]
    assert all(one.closed and not one.probe for _, one in traffic.order(BOTH))


def test_a_message_belongs_to_its_account_country_and_carrier_widest_first() -> None:
    assert cell_keys(ONE, FR) == (
        "@account one",
        "@account one|FR",
        "one|FR",
        "#sms|FR|Orange",
        "one|FR|Orange",
    )
    assert cell_keys(ONE, Place("FR")) == cell_keys(ONE, FR)[:3]


def test_a_busy_cell_needs_more_evidence_for_an_alarm() -> None:
    quiet, busy = Cell(), Cell()
    for number in range(100):
        quiet.count(NOW + number * 24 * HOUR)
        busy.count(NOW + number * SECOND)
    assert quiet.alarm == ALARM
    assert busy.alarm > ALARM + 2.0


def test_a_probe_that_is_lost_makes_the_rest_longer_up_to_a_bound() -> None:
    grey = Grey()
    cells = [grey.cell(key) for key in cell_keys(ONE, FR)]
    grey.weigh(ONE, FR, cells, ALARM, 0.0, NOW)
    [closed] = grey.closed_by(ONE, FR)
    rests = [closed.rest]
    for _ in range(10):
        grey.probed(cells, well=False, now=NOW)
        rests.append(closed.rest)
    assert rests[0] == FIRST_REST
    assert rests == sorted(rests)
    assert rests[-1] == LONGEST_REST
    assert closed is grey.cell("@account one")


@given(st.floats(0.0, 1.0), st.floats(0.0, 1.0))
def test_silence_says_the_more_the_surer_a_sign_was_and_never_closes_alone(
    one: float, other: float
) -> None:
    less, more = sorted((one, other))
    assert 0.0 <= evidence_of_silence(less) <= evidence_of_silence(more) < ALARM


@given(st.lists(st.tuples(st.floats(0, ALARM), st.floats(0, ALARM)), max_size=5))
def test_a_suspicion_is_a_probability_that_fades_and_quiet_cells_raise_none(
    sums: list[tuple[float, float]],
) -> None:
    cells = [Cell(sign=sign, answer=answer, at=NOW) for sign, answer in sums]
    assert 0.0 <= suspicion(cells, NOW + QUIET) <= suspicion(cells, NOW) < 1.0
    assert suspicion([*cells, Cell(at=NOW)], NOW) == suspicion(cells, NOW)
    assert suspicion([Cell(at=NOW)], NOW) == 0.0
