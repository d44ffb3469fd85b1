"""Learning: outcomes raise and lower routes, places lend to each other, and what is known can be kept."""

import msgspec
import pytest
from server.tests.domain.routing_traffic import (
    BOTH,
    FR,
    HOUR,
    MINUTE,
    ONE,
    PRICE,
    SECOND,
    TWO,
    USER,
    Fate,
    Traffic,
    good,
    poor,
)

from watchword.domain.channel import Channel
from watchword.domain.routing import lanes as lanes_module
from watchword.domain.routing import learning as learning_module
from watchword.domain.routing.choice import Policy
from watchword.domain.routing.credence import Word
from watchword.domain.routing.experience import Tally
from watchword.domain.routing.learning import Learning
from watchword.domain.routing.sightings import Answered, Disowned, Reported
from watchword.domain.routing.way import Place, Way

SFR = Place("FR", "SFR")
SPAIN = Place("ES", "Movistar")
APP = Way("app", "account app", Channel.WHATSAPP)
DRAWS = [draw / 10 for draw in range(10)]


def test_with_no_evidence_the_cheaper_of_two_equal_routes_comes_first() -> None:
    traffic = Traffic()
    assert traffic.names(((ONE, 2 * PRICE), (TWO, PRICE))) == ["two", "one"]
    assert traffic.names(((ONE, PRICE), (TWO, 2 * PRICE))) == ["one", "two"]


def test_with_no_evidence_equal_routes_keep_the_order_in_which_they_were_named() -> None:
    assert Traffic().names(BOTH) == ["one", "two"]
    assert Traffic().names(BOTH[::-1]) == ["two", "one"]


def test_with_no_evidence_a_channel_that_reaches_more_people_comes_first() -> None:
    ways = ((APP, PRICE), (ONE, PRICE))
    assert Traffic().names(ways, policy=Policy.CONVERSION) == ["one", "app"]


def test_answers_raise_a_route_and_missing_signs_lower_it() -> None:
    traffic = Traffic()
    fresh = traffic.estimate(ONE)
    traffic.messages(40, ONE, lambda _: Fate.ANSWERED)
    traffic.messages(40, TWO, poor)
    assert traffic.estimate(ONE).answered > fresh.answered > traffic.estimate(TWO).answered
    assert traffic.names(BOTH[::-1]) == ["one", "two"]


def test_the_more_was_seen_the_surer_an_estimate_is() -> None:
    traffic = Traffic()
    spreads = []
    for _ in range(4):
        spreads.append(traffic.estimate(ONE).spread)
        traffic.messages(20, ONE)
    assert spreads == sorted(spreads, reverse=True)
    assert traffic.estimate(ONE).seen > 40


def test_what_was_seen_fades_and_much_of_it_sooner() -> None:
    much, little = Tally(800.0, 0.0, 200.0, 0.0, 0), Tally(8.0, 0.0, 2.0, 0.0, 0)
    day = 24 * HOUR
    assert 0.0 < much.fade(day) < much.fade(HOUR) < 1.0
    assert much.fade(day) < little.fade(day)
    assert much.fade(-HOUR) == 1.0


def test_an_estimate_is_far_less_sure_after_a_week_without_news() -> None:
    traffic = Traffic()
    traffic.messages(100, ONE)
    sure = traffic.estimate(ONE)
    traffic.now += 7 * 24 * HOUR
    later = traffic.estimate(ONE)
    assert later.spread > 1.5 * sure.spread
    assert later.seen < 0.5 * sure.seen


def test_one_carrier_lends_to_another_of_its_country_more_than_to_another_country() -> None:
    traffic = Traffic()
    fresh = traffic.estimate(ONE, SFR).answered
    traffic.messages(60, ONE, poor)
    here, elsewhere = traffic.estimate(ONE, SFR), traffic.estimate(ONE, SPAIN)
    assert here.answered < elsewhere.answered < fresh
    assert here.seen == 0


def test_what_one_carrier_lends_does_not_swamp_what_was_seen_of_another() -> None:
    traffic = Traffic()
    for number in range(600):
        traffic.message(ONE, poor(number), gap=10 * SECOND)
        if number % 10 == 0:
            traffic.message(ONE, Fate.ANSWERED, SFR, gap=10 * SECOND)
    traffic.settle()
    assert traffic.estimate(ONE, FR).answered < 0.45
    assert traffic.estimate(ONE, SFR).answered > 0.75


def test_who_has_an_app_is_learnt_by_country_over_whatever_route() -> None:
    other = Way("other app", "another", Channel.WHATSAPP)
    traffic = Traffic()
    fresh = traffic.estimate(other).answered
    traffic.messages(60, APP, poor)
    assert traffic.estimate(other, SFR).answered < fresh - 0.1


def test_a_message_that_teaches_nothing_changes_no_order() -> None:
    traffic, quiet = Traffic(), Traffic()
    for one in (traffic, quiet):
        one.messages(40, ONE)
    for _ in range(200):
        traffic.message(ONE, Fate.SIGNED, teaches=False)
    traffic.settle()
    quiet.now = traffic.now
    assert traffic.order() == quiet.order()
    assert traffic.estimate(ONE) == quiet.estimate(ONE)


def test_an_answer_that_was_disowned_counts_no_more() -> None:
    traffic = Traffic()
    traffic.messages(40, ONE, lambda _: Fate.ANSWERED)
    before = traffic.estimate(ONE).answered
    for number in range(1, 31):
        traffic.learning.observe(Disowned(f"m{number}", ONE, FR, traffic.now))
    assert traffic.estimate(ONE).seen < 15
    assert traffic.estimate(ONE).answered < before


def test_an_outcome_counts_once_and_one_of_an_unknown_message_not_at_all() -> None:
    traffic = Traffic()
    traffic.messages(20, ONE)
    known = traffic.learning.to_bytes()
    for key in ("m1", "never sent"):
        traffic.learning.observe(Answered(key, traffic.now))
        traffic.learning.observe(Reported(key, Word.FAILED, traffic.now))
    assert traffic.learning.to_bytes() == known


def test_the_first_receipt_is_believed_and_later_ones_change_nothing() -> None:
    traffic = Traffic()
    key = traffic.message(ONE, Fate.SIGNED, gap=5 * SECOND)
    known = traffic.learning.to_bytes()
    for word in (Word.FAILED, Word.DELIVERED):
        traffic.learning.observe(Reported(key, word, traffic.now))
    assert traffic.learning.doubt(key, traffic.now) == 0.0
    assert traffic.learning.to_bytes() == known


def test_a_route_whose_receipts_are_followed_by_few_answers_comes_second() -> None:
    traffic = Traffic()
    for number in range(120):
        traffic.message(ONE, good(number))
        traffic.message(TWO, good(number) if number % 2 else Fate.SIGNED)
    traffic.settle()
    two = traffic.estimate(TWO)
    assert two.signed > traffic.estimate(ONE).signed
    assert traffic.names(BOTH[::-1]) == ["one", "two"]


def test_a_failed_receipt_moves_on_where_it_pays_and_not_where_it_does_not() -> None:
    traffic = Traffic()
    traffic.messages(30, ONE)
    key = traffic.message(ONE, Fate.FAILED, gap=4 * SECOND)
    assert traffic.learning.doubt(key, traffic.now) == 1.0

    def pays(price: int, user: int = USER, doubt: float = 1.0) -> bool:
        ways = ((TWO, price),)
        return traffic.learning.pays(ways, FR, user, traffic.now, (ONE,), doubt)

    assert pays(PRICE)
    assert not pays(USER)
    assert not pays(PRICE, user=PRICE)
    assert not pays(PRICE, doubt=0.01)


def test_another_message_pays_less_the_more_were_lost() -> None:
    learning = Traffic().learning
    now = MINUTE
    shares = [learning.patience(losses, now) for losses in range(4)]
    assert shares[0] == 1.0
    assert shares[0] > shares[1] > shares[2] == shares[3]


def test_how_patient_people_are_is_learnt_from_second_messages() -> None:
    patient, gone = Traffic(), Traffic()
    for number in range(100):
        patient.message(TWO, good(number), lost=(ONE,))
        gone.message(TWO, Fate.SILENT, lost=(ONE,))
    patient.settle()
    gone.settle()
    usual = Traffic().learning.patience(1, patient.now)
    assert patient.learning.patience(1, patient.now) > usual
    assert gone.learning.patience(1, gone.now) < usual


def test_after_a_loss_over_an_app_little_is_hoped_of_the_same_app() -> None:
    other = Way("other app", "another", Channel.WHATSAPP)
    order = Traffic().order(((other, PRICE), (ONE, PRICE)), lost=(APP,))
    [first, second] = [one.prospect for _, one in order]
    assert first.way is ONE
    assert second.answered < 0.2 * first.answered


def test_the_same_draw_gives_the_same_order_and_changes_nothing() -> None:
    traffic = Traffic()
    traffic.messages(10, ONE)
    traffic.messages(10, TWO, poor)
    orders = [traffic.order(draw=draw) for draw in DRAWS]
    known = traffic.learning.to_bytes()
    assert [traffic.order(draw=draw) for draw in reversed(DRAWS)] == orders[::-1]
    assert traffic.learning.to_bytes() == known


def test_what_is_kept_and_recalled_orders_the_same_then_and_later() -> None:
    traffic = Traffic()
    for number in range(40):
        traffic.message(ONE, good(number))
        traffic.message(TWO, poor(number), SFR)
    under_way = traffic.send(TWO)
    recalled = Traffic(Learning.from_bytes(traffic.learning.to_bytes()), traffic.now)
    recalled.order()
    for place in (FR, SFR, SPAIN):
        for draw in DRAWS:
            assert recalled.order(place=place, draw=draw) == traffic.order(place=place, draw=draw)
    for each in (traffic, recalled):
        each.learning.observe(Answered(under_way, each.now + 20 * SECOND))
        each.settle()
        each.now += HOUR
    assert recalled.order() == traffic.order()
    assert recalled.learning.to_bytes() == traffic.learning.to_bytes()


def test_what_is_no_snapshot_is_not_recalled() -> None:
    with pytest.raises(msgspec.DecodeError):
        Learning.from_bytes(b"\xc1")
    with pytest.raises(msgspec.ValidationError):
        Learning.from_bytes(msgspec.msgpack.encode({"tallies": 1}))


def test_however_many_places_are_seen_the_memory_is_bounded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(lanes_module, "MOST", 100)
    traffic = Traffic()
    for number in range(500):
        traffic.message(ONE, Fate.ANSWERED, Place(f"C{number % 40}", f"carrier {number}"))
        lanes = traffic.learning.lanes
        assert max(len(lanes.tallies), len(lanes.cells), len(lanes.paces)) <= 100 + 5
    assert traffic.estimate(ONE, Place("C19", "carrier 499")).answered > 0.7


def test_no_more_messages_are_waited_for_than_the_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(learning_module, "MOST_UNDER_WAY", 30)
    traffic = Traffic()
    for _ in range(100):
        traffic.send(ONE)
    traffic.settle()
    assert 25 < traffic.estimate(ONE).seen <= 30


def test_the_explanation_says_what_was_learnt() -> None:
    traffic = Traffic()
    before = traffic.explained()[0].because
    traffic.messages(30, ONE)
    after = next(one for one in traffic.explained() if one.route == "one").because
    assert "judging by messages elsewhere" in before
    assert f"judging by {traffic.estimate(ONE).seen:.0f} messages" in after
    assert f"{traffic.estimate(ONE).answered:.0%} of codes to FR Orange are answered" in after


def test_the_first_look_at_a_route_changes_no_other() -> None:
    traffic = Traffic()
    traffic.messages(10, ONE)
    assert traffic.order(BOTH) == traffic.order(BOTH)


def test_a_route_that_invents_receipts_is_not_believed_after_a_restart() -> None:
    traffic = Traffic()
    traffic.messages(400, ONE)
    traffic.messages(400, TWO, lambda number: Fate.SIGNED if number % 2 else Fate.ANSWERED)
    recalled = Traffic(Learning.from_bytes(traffic.learning.to_bytes()), traffic.now)
    alone = ((TWO, PRICE),)
    assert recalled.order(alone) == traffic.order(alone)
