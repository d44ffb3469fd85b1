"""List entries name a number, prefix, country, address or device, for as long as they last."""

import pytest

from watchword.domain.line_type import LineType
from watchword.domain.phone_number import PhoneNumber
from watchword.domain.screening.list_entry import ListEntry, ListKind, first_match
from watchword.domain.signals import Signals

NUMBER = PhoneNumber("+33612345678", "FR", 33, LineType.MOBILE)
SIGNALS = Signals(ip="192.0.2.7", device_id="d-1")
SIX = Signals(ip="2001:db8::7")


def entry(kind: ListKind, value: str, until: int | None = None) -> ListEntry:
    return ListEntry(kind=kind, value=value, until=until)


@pytest.mark.parametrize(
    ("kind", "value", "names"),
    [
        (ListKind.NUMBER, "+33612345678", True), (ListKind.NUMBER, "+3361234567", False),
        (ListKind.PREFIX, "+336", True), (ListKind.PREFIX, "+49", False),
        (ListKind.COUNTRY, "FR", True), (ListKind.COUNTRY, "DE", False),
        (ListKind.DEVICE, "d-1", True), (ListKind.DEVICE, "d-12", False),
        (ListKind.IP, "192.0.2.7", True), (ListKind.IP, "192.0.2.0/24", True),
        (ListKind.IP, "192.0.2.9/24", True), (ListKind.IP, "192.0.3.0/24", False),
        (ListKind.IP, "2001:db8::/32", False), (ListKind.IP, "nonsense", False),
        (ListKind.IP, "", False),
    ],
)  # fmt: skip
def test_an_entry_names_what_it_says(kind: ListKind, value: str, names: bool) -> None:
    assert entry(kind, value).matches(NUMBER, SIGNALS, 0) is names


def test_an_address_of_the_sixth_version_is_found_in_its_network() -> None:
    assert entry(ListKind.IP, "2001:db8::/32").matches(NUMBER, SIX, 0)
    assert not entry(ListKind.IP, "192.0.2.0/24").matches(NUMBER, SIX, 0)


@pytest.mark.parametrize("kind", [ListKind.IP, ListKind.DEVICE])
def test_a_request_without_the_signal_matches_no_entry_about_it(kind: ListKind) -> None:
    for value in ("0.0.0.0/0", "::/0", "", "None"):
        assert not entry(kind, value).matches(NUMBER, Signals(), 0)


def test_an_entry_ends_at_its_time() -> None:
    lasting = entry(ListKind.COUNTRY, "FR", until=100)
    assert lasting.matches(NUMBER, SIGNALS, 99)
    assert not lasting.matches(NUMBER, SIGNALS, 100)


def test_the_first_live_entry_is_the_one_that_counts() -> None:
    ended = entry(ListKind.NUMBER, NUMBER.e164, until=5)
    live, other = entry(ListKind.PREFIX, "+33"), entry(ListKind.COUNTRY, "FR")
    assert first_match((ended, live, other), NUMBER, SIGNALS, 5) is live
    assert first_match((), NUMBER, SIGNALS, 5) is None
