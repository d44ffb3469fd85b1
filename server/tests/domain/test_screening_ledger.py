"""Ledger: silence is learnt and answers undo it, with a memory that is bounded and can be kept."""

from typing import Any

import msgspec
import pytest
from server.tests.domain.screening_town import HOUR, MINUTE, PUMPED, SECOND, Town

from watchword.domain.screening.learning import ledger as ledger_module
from watchword.domain.screening.learning.ledger import (
    FIRST_LOOK,
    FIRST_REST,
    LAST_LOOK,
    PATIENCE,
    Ledger,
)
from watchword.domain.screening.learning.norms import ENOUGH_CHECKED


def test_pumping_of_a_block_is_refused_and_the_reasons_say_so() -> None:
    town = Town()
    town.people(20)
    town.pump(20)
    judged = town.pumped()
    assert judged.suspicious
    assert {"block_unanswered", "widest_block_burst"} <= {reason.name for reason in judged.reasons}
    assert all(reason.evidence for reason in judged.reasons)


def test_the_silence_of_a_project_that_never_reports_checks_refuses_nobody() -> None:
    town = Town()
    for index in range(200):
        asking = town.asking(index)
        assert not town.ledger.judge(asking).suspicious
        town.silent(asking, delivered=None)
    town.now += LAST_LOOK
    assert not town.ledger.is_armed("acme")
    assert town.ledger.scene(town.asking(1)).tally("country").silent == 0.0


def test_a_project_is_armed_by_the_first_few_answers() -> None:
    town = Town()
    town.people(ENOUGH_CHECKED - 1)
    assert not town.ledger.is_armed("acme")
    town.person(77)
    assert town.ledger.is_armed("acme")
    assert not town.ledger.is_armed("other")


def test_an_answer_undoes_the_silence_that_was_counted() -> None:
    town = Town()
    town.people(10)
    gone = town.pump(12)
    silent = town.pumped()
    for authentication in gone:
        town.ledger.answered(authentication, town.now)
    after = town.pumped()
    assert silent.suspicious
    assert not after.suspicious
    assert town.ledger.scene(town.asking(block=f"{PUMPED}99")).tally("block").silent == 0.0


def test_an_answer_to_an_unknown_code_or_a_second_one_changes_nothing() -> None:
    town = Town()
    answered = town.people(6)[-1]
    known = list(town.ledger.to_parts())
    town.ledger.answered(answered, town.now)
    town.ledger.answered("never sent", town.now)
    town.ledger.disowned("never sent", town.now)
    town.ledger.reported("never sent", town.now, delivered=True)
    assert list(town.ledger.to_parts()) == known


def test_silence_counts_a_part_at_first_and_whole_later() -> None:
    town = Town()
    town.people(10)
    town.silent(town.asking(500))
    sent_at = town.now - 5 * SECOND
    silence = []
    for after in (FIRST_LOOK - 1, FIRST_LOOK, LAST_LOOK):
        town.now = sent_at + after
        silence.append(town.ledger.scene(town.asking(501)).tally("project").silent)
    assert silence[0] == 0.0 < silence[1] < silence[2]


def test_answers_that_feedback_disowns_count_as_silence() -> None:
    town = Town()
    town.people(20)
    fakes = [town.person(0, block=f"{PUMPED}{i:02}") for i in range(20)]
    before = town.pumped()
    for authentication in fakes:
        town.ledger.disowned(authentication, town.now)
    after = town.pumped()
    assert not before.suspicious
    assert after.suspicious
    town.ledger.disowned(fakes[0], town.now)
    assert town.pumped() == after


def test_many_people_on_one_shared_mobile_address_stay_allowed() -> None:
    town = Town()
    shared: dict[str, Any] = {
        "ip": "gateway",
        "ip_country": "FR",
        "network": 3215,
        "shared_address": True,
    }
    town.people(20)
    for index in range(100):
        assert not town.judge(index, **shared).suspicious
        if index % 5:
            town.person(index, **shared)
        else:
            town.silent(town.asking(index, **shared))


def test_a_number_that_was_verified_before_is_trusted_where_a_strangers_is_refused() -> None:
    town = Town()
    neighbour: dict[str, Any] = {"block": "3363819950", "person": "neighbour"}
    town.people(20)
    town.pump(4)
    assert town.judge(**neighbour).suspicious
    assert not town.judge(**neighbour, known=True).suspicious


def test_somebody_refused_who_asks_again_is_given_the_benefit_of_the_doubt() -> None:
    town = Town()
    town.people(20)
    asking = town.asking(block=f"{PUMPED}99")
    first = town.ledger.judge(asking)
    town.ask(asking, refused=True)
    points = []
    for after in (PATIENCE[0], PATIENCE[0] + SECOND, PATIENCE[1]):
        town.now = asking.at + after
        points.append(town.judge(block=f"{PUMPED}99").points)
    assert points[1] < first.points - 2.0
    assert points[1] < points[0]
    assert points[1] < points[2]


def test_asking_again_helps_nobody_once_it_has_become_a_trick() -> None:
    town = Town()
    town.people(20)

    def gain(index: int) -> float:
        first = town.asking(index)
        town.ask(first, refused=True)
        town.now += 30 * SECOND
        again, other = town.asking(index), town.asking(index, person="somebody else")
        gained = town.ledger.judge(other).points - town.ledger.judge(again).points
        town.silent(again)
        town.now += LAST_LOOK
        return gained

    gains = [gain(300 + index) for index in range(8)]
    assert gains[0] > 3.0
    assert gains[-1] == 0.0


def test_another_message_for_the_same_authentication_is_not_counted_as_another_request() -> None:
    town = Town()
    town.people(10)
    known = list(town.ledger.to_parts())
    town.ask(town.asking(3, again=True))
    assert list(town.ledger.to_parts()) == known


def test_a_country_that_was_closed_is_probed_after_its_pause_and_by_one_request_only() -> None:
    town = Town()
    town.people(20)
    town.pump(40)
    refused_at = town.now
    assert town.pumped().suspicious
    town.ask(town.asking(block=f"{PUMPED}98"), refused=True)
    town.now = refused_at + FIRST_REST
    assert not town.pumped().probe
    town.now = refused_at + 2 * FIRST_REST
    judged = town.pumped()
    assert (judged.suspicious, judged.probe) == (True, True)
    assert not town.pumped(ip="x", hosting=True).probe
    town.ask(town.asking(block=f"{PUMPED}97"), probe=True)
    assert not town.pumped().probe


def test_a_probe_that_is_answered_halves_what_speaks_against_its_block() -> None:
    points = []
    for probe in (False, True):
        town = Town()
        town.people(20)
        town.pump(40)
        town.ask(town.asking(block=f"{PUMPED}98"), refused=True)
        town.now += 2 * FIRST_REST
        code = town.ask(town.asking(block=f"{PUMPED}96"), probe=probe)
        town.ledger.answered(code, town.now)
        points.append(town.pumped().points)
    assert points[1] < points[0] - 1.0


def test_an_outage_is_excused_where_receipts_say_so_and_pumping_is_not() -> None:
    lost, delivered, pumped = Town(), Town(), Town()
    for town in (lost, delivered, pumped):
        town.people(40)
    for index in range(100, 120):
        lost.silent(lost.asking(index), delivered=False)
        delivered.silent(delivered.asking(index), delivered=True)
    pumped.pump(20)
    lost.now = delivered.now = pumped.now
    assert not any(lost.judge(index).suspicious for index in range(300))
    assert lost.judge(200).points < delivered.judge(200).points
    assert pumped.pumped().suspicious


def test_silence_over_a_route_that_is_known_to_fail_is_mostly_excused() -> None:
    excused, blamed = Town(f"a{number}" for number in range(200)), Town()
    for town in (excused, blamed):
        town.people(40)
        town.pump(15)
    assert excused.ledger.scene(excused.asking(block=f"{PUMPED}99")).tally("block").silent > 0
    assert excused.pumped().points < blamed.pumped().points


def test_a_late_receipt_of_failure_takes_silence_back() -> None:
    town = Town()
    town.people(10)
    gone = [town.silent(town.asking(100 + index), delivered=None) for index in range(8)]
    town.now += LAST_LOOK
    blamed = town.judge()
    for authentication in gone:
        town.ledger.reported(authentication, town.now, delivered=False)
    assert town.judge().points < blamed.points


def test_judging_twice_gives_the_same_and_changes_nothing() -> None:
    town = Town()
    town.people(10)
    town.pump(15)
    asking = town.asking(block=f"{PUMPED}99", ip="never seen", device="never seen")
    first = town.ledger.judge(asking)
    known, entries = list(town.ledger.to_parts()), town.ledger.entries()
    assert town.ledger.judge(asking) == first
    assert town.ledger.entries() == entries
    assert list(town.ledger.to_parts()) == known
    assert not town.judge(7, project="never seen").suspicious
    assert town.ledger.judge(asking) == first


def test_what_is_kept_and_recalled_judges_the_same_then_and_later() -> None:
    town = Town()
    done = town.people(30, ip="home", device="phone")
    gone = town.pump(15)
    town.silent(town.asking(400, app_version="1.2"))
    recalled = Town()
    recalled.ledger, recalled.now = Ledger.from_parts(town.ledger.to_parts()), town.now
    for each in (town, recalled):
        each.now += 2 * MINUTE
        each.ledger.answered(gone[0], each.now)
        each.ledger.disowned(done[0], each.now)
        each.now += HOUR
    for index in range(40):
        traits: dict[str, Any] = {"ip": "home", "device": "phone", "app_version": "1.2"}
        assert recalled.judge(index, **traits) == town.judge(index, **traits)
    assert recalled.pumped() == town.pumped()
    assert recalled.ledger.is_armed("acme")


def test_what_is_no_snapshot_is_not_recalled() -> None:
    with pytest.raises(msgspec.DecodeError):
        Ledger.from_parts([b"\xc1"])
    with pytest.raises(msgspec.DecodeError):
        Ledger.from_parts([msgspec.msgpack.encode({"tallies": 1})])


def test_no_more_codes_are_waited_for_or_refusals_remembered_than_the_bounds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ledger_module, "MOST_UNDER_WAY", 20)
    monkeypatch.setattr(ledger_module, "MOST_ANSWERED", 10)
    town = Town()
    first = town.ask(town.asking(0))
    for index in range(1, 100):
        town.ask(town.asking(index))
        town.ask(town.asking(index + 1000), refused=True)
    assert town.ledger.entries()["under_way"] == 20
    town.ledger.answered(first, town.now)
    assert town.ledger.scene(town.asking(0)).tally("project").answered == 0.0
    town.people(50)
    kept = [msgspec.msgpack.decode(part)["under_way"] for part in town.ledger.to_parts()]
    assert len({key for part in kept for key in part}) <= 20 + 10


def test_codes_are_not_waited_for_for_ever() -> None:
    town = Town()
    town.people(6)
    town.pump(30)
    town.ledger.advance(town.now + HOUR)
    assert town.ledger.entries()["under_way"] == 0


def test_who_was_refused_just_before_a_restart_is_let_off_after_it_all_the_same() -> None:
    town = Town()
    town.people(20)
    asking = town.asking(block=f"{PUMPED}99")
    town.ask(asking, refused=True)
    town.now = asking.at + PATIENCE[0] + SECOND
    again = town.asking(block=f"{PUMPED}99")
    recalled = Ledger.from_parts(town.ledger.to_parts())
    assert recalled.judge(again) == town.ledger.judge(again)


def test_judging_for_an_unknown_project_leaves_nothing_behind() -> None:
    town = Town()
    known = list(town.ledger.to_parts())
    town.ledger.judge(town.asking(project="never seen"))
    assert list(town.ledger.to_parts()) == known
