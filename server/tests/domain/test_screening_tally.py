"""Tally: what was seen fades by half-lives and never below nothing, in a memory of bounded size."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import astuple, replace

from watchword.domain.screening.learning.asking import Asking, names_of
from watchword.domain.screening.learning.norms import (
    ENOUGH_CHECKED,
    FORGETS,
    HIGHEST_SHARE,
    LOWEST_SHARE,
    Norms,
)
from watchword.domain.screening.learning.tally import LASTING, MINUTE, RECENT, Tallies, Tally

NOW = 1_750_000_000_000
ASKING = Asking(
    at=NOW,
    project="acme",
    block="3363812345",
    person="p",
    price=0.2,
    country="FR",
    carrier="Orange",
)


def tally() -> Tally:
    return Tally("t", NOW, 8.0, 4.0, 2.0, 4.0, 2.0)


def counts(of: Tally) -> tuple[float, ...]:
    return of.asked, of.silent, of.answered, of.silent_lasting, of.answered_lasting


def test_what_happened_loses_half_of_its_weight_in_each_half_life() -> None:
    recent, lasting = tally(), tally()
    recent.fade(NOW + RECENT)
    lasting.fade(NOW + LASTING)
    assert (recent.asked, recent.silent, recent.answered) == (4.0, 2.0, 1.0)
    assert (lasting.silent_lasting, lasting.answered_lasting) == (2.0, 1.0)
    lasting.fade(NOW + 2 * LASTING)
    assert (lasting.silent_lasting, lasting.answered_lasting) == (1.0, 0.5)


def test_a_minute_makes_no_difference_and_is_not_lost() -> None:
    young = tally()
    young.fade(NOW + MINUTE)
    assert young == tally()


def test_time_does_not_run_backwards() -> None:
    early = tally()
    early.fade(NOW - RECENT)
    assert early == tally()


@given(st.lists(st.integers(MINUTE + 1, LASTING), max_size=10))
def test_fading_in_steps_is_fading_at_once(steps: list[int]) -> None:
    stepwise, at_once, now = tally(), tally(), NOW
    for step in steps:
        now += step
        stepwise.fade(now)
    at_once.fade(now)
    assert counts(stepwise) == pytest.approx(counts(at_once))


@given(
    st.lists(
        st.tuples(
            st.sampled_from(("fade", "hush", "answer", "disown", "halve")), st.floats(-20.0, 20.0)
        ),
        max_size=40,
    )
)
def test_no_count_ever_falls_below_nothing(story: list[tuple[str, float]]) -> None:
    one = Tally("t", NOW)
    for what, number in story:
        match what:
            case "fade":
                one.fade(one.at + int(abs(number) * RECENT))
            case "hush":
                one.hush(number, "acme")
            case "answer":
                one.answer()
            case "disown":
                one.disown("acme")
            case _:
                one.halve()
        assert min(counts(one)) >= 0.0


def test_an_answer_that_is_disowned_becomes_silence() -> None:
    one = Tally("t", NOW)
    one.answer()
    one.disown("acme")
    assert (one.answered, one.silent, one.answered_lasting, one.silent_lasting) == (0, 1, 0, 1)


def test_silence_of_one_project_is_told_apart_from_that_of_several() -> None:
    one = Tally("t", NOW)
    one.hush(1.0, "acme")
    one.hush(-1.0, "other")
    assert one.teller == "acme"
    one.hush(1.0, "other")
    one.hush(1.0, "acme")
    assert one.teller == "*"


def test_an_answered_probe_forgets_half_of_what_speaks_against_and_opens_again() -> None:
    one = replace(tally(), probe_at=NOW, rest=MINUTE)
    one.halve()
    assert counts(one) == (4.0, 2.0, 2.0, 2.0, 2.0)
    assert (one.probe_at, one.rest) == (0, 0)


def test_looking_for_a_tally_makes_none() -> None:
    tallies = Tallies()
    assert tallies.find("t", NOW) is None
    assert len(tallies) == 0
    made = tallies.need("t", NOW)
    assert tallies.need("t", NOW) is made
    assert tallies.find("t", NOW) is made
    assert len(tallies) == 1


def test_a_tally_is_found_as_of_now() -> None:
    tallies = Tallies([tally()])
    found = tallies.find("t", NOW + RECENT)
    assert found is not None
    assert (found.at, found.asked) == (NOW + RECENT, 4.0)


@given(st.integers(1, 20), st.lists(st.integers(0, 99), max_size=200))
def test_however_many_are_asked_for_two_generations_are_kept(most: int, names: list[int]) -> None:
    tallies = Tallies(most=most)
    for name in names:
        tallies.need(str(name), NOW)
        assert len(tallies) <= 2 * most
    assert len(set(names)) > most or len(tallies) == len(set(names))


@given(st.integers(2, 20), st.integers(0, 300))
def test_what_is_used_outlives_what_is_not(most: int, others: int) -> None:
    tallies = Tallies(most=most)
    tallies.need("unused", NOW)
    used = tallies.need("used", NOW)
    used.answer()
    for other in range(others):
        tallies.need(str(other), NOW)
        assert tallies.find("used", NOW) is used
    assert (tallies.find("unused", NOW) is None) == (others >= 2 * most - 2)


def test_what_is_kept_is_every_tally_with_the_latest_last() -> None:
    tallies = Tallies(most=3)
    for name in "abcde":
        tallies.need(name, NOW)
    tallies.find("a", NOW)
    kept = [one.name for one in tallies.to_keep()]
    assert sorted(kept) == list("abcde")
    assert kept[-1] == "a"
    again = Tallies(tallies.to_keep(), most=10)
    assert [astuple(one) for one in again.to_keep()] == [astuple(one) for one in tallies.to_keep()]


def test_destinations_are_shared_between_projects_and_clients_are_not() -> None:
    about: dict[str, Any] = {
        "ip": "i", "ip_country": "DE", "network": 1, "device": "d", "app_version": "1",
        "locale": "fr", "says_returning": True,
    }  # fmt: skip
    here = names_of(replace(ASKING, **about), retried=True)
    there = names_of(replace(ASKING, project="other", **about), retried=True)
    shared = {kind for kind in here if here[kind] == there[kind]}
    destinations = {"ten", "block", "wide_block", "widest_block", "carrier"}
    assert shared == destinations | {"person", "ip", "device"}
    assert set(here) - shared == {
        "country", "origin", "project", "network", "pair", "app", "locale", "claim", "retried",
    }  # fmt: skip


def test_what_a_request_does_not_say_belongs_to_no_tally() -> None:
    assert set(names_of(ASKING, retried=False)) == {
        "ten", "block", "wide_block", "widest_block", "carrier", "country", "origin", "project",
        "person",
    }  # fmt: skip
    known = replace(ASKING, says_returning=True, known=True)
    assert "claim" not in names_of(known, retried=False)


def test_no_two_kinds_of_tally_share_a_name() -> None:
    names = names_of(
        replace(ASKING, ip="x", device="x", app_version="x", locale="x", says_returning=True),
        retried=True,
    )
    assert len(set(names.values())) == len(names)


@given(st.lists(st.tuples(st.floats(-1.0, 1.0), st.floats(-1.0, 1.0)), max_size=50))
def test_the_usual_share_of_answers_stays_within_bounds(
    learnt: list[tuple[float, float]],
) -> None:
    norms = Norms()
    for answered, silent in learnt:
        norms.learn(answered, silent)
        assert norms.answered >= 0
        assert norms.silent >= 0
        assert LOWEST_SHARE <= norms.share <= HIGHEST_SHARE
        assert norms.armed == (norms.answered >= ENOUGH_CHECKED)


def test_a_project_is_known_by_its_latest_thousands_of_codes() -> None:
    norms = Norms()
    for _ in range(20_000):
        norms.learn(1.0, 0.0)
        norms.ask(with_ip=True)
    assert norms.answered + norms.silent <= FORGETS
    assert norms.asked <= FORGETS
    assert norms.share == HIGHEST_SHARE
    assert norms.sends_ip > 0.99
    for _ in range(20_000):
        norms.learn(0.0, 1.0)
        norms.ask(with_ip=False)
    assert norms.share == LOWEST_SHARE
    assert norms.sends_ip < 0.1


def test_restarts_do_not_make_room_for_more_tallies() -> None:
    tallies = Tallies(most=10)
    for restart in range(30):
        for number in range(5):
            tallies.need(f"{restart}.{number}", NOW)
        tallies = Tallies(tallies.to_keep(), most=10)
    assert len(tallies) <= 20
    assert tallies.find("29.4", NOW) is not None
