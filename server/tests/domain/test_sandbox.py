"""Fiction numbers play the part of their ending; every other number is delivered to."""

import pytest

from watchword.domain.sandbox import ENDINGS, Outcome, sandbox_outcome


@pytest.mark.parametrize(("ending", "outcome"), ENDINGS.items())
@pytest.mark.parametrize("head", ["+121255501", "+199955501", "+4477009000", "+4477009009"])
def test_a_fiction_number_plays_its_part(head: str, ending: str, outcome: Outcome) -> None:
    assert sandbox_outcome(head + ending) is outcome


@pytest.mark.parametrize(
    "e164",
    ["+12125550100", "+12125550199", "+447700900000", "+12125550201", "+12125551101",
     "+121255501011", "+1212555010", "+33612345601", "+447700901001", "+11125550101", "", "01"],
)  # fmt: skip
def test_any_other_number_is_delivered_to(e164: str) -> None:
    assert sandbox_outcome(e164) is Outcome.DELIVERED


def test_every_part_but_delivery_has_an_ending() -> None:
    assert set(ENDINGS.values()) == set(Outcome) - {Outcome.DELIVERED}
