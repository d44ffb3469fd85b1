"""Receipts are understood in the forms that message centres send, and nothing else is taken for one."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchword.adapters.providers.smpp.pdu import DataMessage, ShortMessage
from watchword.adapters.providers.smpp.receipt import (
    Reading,
    Spelling,
    read_receipt,
    read_words,
    spell,
)
from watchword.domain.attempt import DeliveryStatus
from watchword.ports.provider import Receipt, RefusalKind, Report

DELIVERED = (
    b"id:0123456789 sub:001 dlvrd:001 submit date:2611230000 done date:2611230001 "
    b"stat:DELIVRD err:000 text:Your code"
)
PLAIN = Reading()


def read(
    text: bytes,
    esm_class: int = 4,
    tlvs: dict[int, bytes] | None = None,
    reading: Reading = PLAIN,
) -> Receipt | None:
    given = ShortMessage(esm_class=esm_class, short_message=text, tlvs=tlvs or {})
    return read_receipt(given, reading)


def report(text: bytes, tlvs: dict[int, bytes] | None = None, reading: Reading = PLAIN) -> Report:
    found = read(text, tlvs=tlvs, reading=reading)
    assert found is not None
    return found.report


def test_the_form_of_the_specification_is_read() -> None:
    found = read(DELIVERED, reading=Reading(utc_offset=0))
    assert found == Receipt(
        message_ids=("0123456789",),
        report=Report(status=DeliveryStatus.DELIVERED, at=1_795_392_060_000, carrier_code="000"),
    )


@pytest.mark.parametrize(
    "text",
    [
        b"id:abc submit date:2611230000 done date:2611230001 stat:DELIVRD err:000",
        b"ID:abc STAT:delivrd ERR:000",
        b"id: abc stat: DELIVRD err: 000 Text: x",
        b"id:abc sub: dlvrd: submit date: done date: stat:DELIVERED err:000 text:",
        b"  stat:DELIVRD\r\nid:abc err:000",
        b"id:abc submit_date:2611230000 done_date:2611230001 stat:DELIVRD err:000",
    ],
)
def test_fields_may_be_missing_empty_spaced_or_in_any_case(text: bytes) -> None:
    found = read(text)
    assert found is not None
    assert found.message_ids == ("abc",)
    assert found.report == Report(status=DeliveryStatus.DELIVERED, carrier_code="000")


@pytest.mark.parametrize(
    ("word", "state", "status"),
    [
        ("ENROUTE", 1, DeliveryStatus.IN_TRANSIT),
        ("DELIVRD", 2, DeliveryStatus.DELIVERED),
        ("EXPIRED", 3, DeliveryStatus.UNDELIVERABLE),
        ("DELETED", 4, DeliveryStatus.UNDELIVERABLE),
        ("UNDELIV", 5, DeliveryStatus.UNDELIVERABLE),
        ("ACCEPTD", 6, DeliveryStatus.IN_TRANSIT),
        ("UNKNOWN", 7, DeliveryStatus.UNKNOWN),
        ("REJECTD", 8, DeliveryStatus.UNDELIVERABLE),
    ],
)
def test_words_and_parameters_say_the_same(word: str, state: int, status: DeliveryStatus) -> None:
    by_word = report(f"id:1 stat:{word}".encode())
    by_parameter = report(b"", {0x1E: b"1\0", 0x0427: bytes((state,))})
    assert by_word == by_parameter
    assert by_word.status is status
    assert (by_word.refusal is not None) == (status is DeliveryStatus.UNDELIVERABLE)
    assert (by_word.cause is not None) == (status is DeliveryStatus.UNDELIVERABLE)


def test_parameters_are_preferred_to_words() -> None:
    found = read(b"id:2 stat:UNDELIV", tlvs={0x1E: b"1", 0x0427: b"\x02"})
    assert found is not None
    assert found.message_ids == ("1",)
    assert found.report.status is DeliveryStatus.DELIVERED


def test_a_state_that_nobody_knows_leaves_it_to_the_word() -> None:
    assert report(b"id:1 stat:DELIVRD", {0x0427: b"\x63"}).status is DeliveryStatus.DELIVERED
    assert report(b"id:1 stat:BOGUS", {0x0427: b""}).status is DeliveryStatus.UNKNOWN


def test_the_words_of_the_message_itself_are_not_read() -> None:
    assert read_words("id:1 stat:ENROUTE text:id:2 stat:DELIVRD err:7") == {
        "id": "1",
        "stat": "ENROUTE",
    }


def test_a_message_of_a_person_is_no_receipt_whatever_it_says() -> None:
    assert read(DELIVERED, esm_class=0) is None
    assert read(DELIVERED, esm_class=0x40) is None


def test_the_acknowledgement_of_a_handset_is_no_receipt() -> None:
    for esm_class in (0x08, 0x10, 0x18):
        assert read(DELIVERED, esm_class=esm_class, tlvs={0x1E: b"1"}) is None


def test_the_parameter_makes_a_receipt_of_an_ordinary_message() -> None:
    found = read(b"", esm_class=0, tlvs={0x1E: b"1\0", 0x0427: b"\x02"})
    assert found is not None
    assert found.report.status is DeliveryStatus.DELIVERED


def test_bits_for_other_things_do_not_hide_a_receipt() -> None:
    assert read(DELIVERED, esm_class=0x44) is not None
    assert read(DELIVERED, esm_class=0x87) is not None


@pytest.mark.parametrize("word", ["DELIVRD", "UNDELIV", "EXPIRED", "REJECTD"])
def test_an_intermediate_notification_never_ends_a_message(word: str) -> None:
    found = read(f"id:1 stat:{word} err:001".encode(), esm_class=0x20)
    assert found is not None
    assert found.report == Report(status=DeliveryStatus.IN_TRANSIT, carrier_code="001")


def test_a_receipt_without_an_id_is_about_nothing() -> None:
    assert read(b"stat:DELIVRD") is None
    assert read(b"", tlvs={0x1E: b"\0"}) is None


def test_a_data_message_is_a_receipt_too() -> None:
    given = DataMessage(esm_class=4, tlvs={0x0424: DELIVERED})
    found = read_receipt(given, PLAIN)
    assert found is not None
    assert found.message_ids == ("0123456789",)


def test_a_receipt_in_ucs_2_is_read() -> None:
    octets = "id:7 stat:DELIVRD".encode("utf-16-be")
    found = read_receipt(ShortMessage(esm_class=4, data_coding=8, short_message=octets), PLAIN)
    assert found is not None
    assert found.message_ids == ("7",)


def test_the_accounts_own_table_says_what_an_error_teaches() -> None:
    reading = Reading(errors={"1": RefusalKind.PASSING})
    assert report(b"id:1 stat:UNDELIV err:001", reading=reading).refusal is RefusalKind.PASSING
    assert report(b"id:1 stat:UNDELIV err:002", reading=reading).refusal is RefusalKind.NUMBER
    delivered = report(b"id:1 stat:DELIVRD err:001", reading=reading)
    assert delivered.refusal is None


def test_the_network_error_stands_in_for_a_missing_word() -> None:
    found = report(b"id:1 stat:UNDELIV", {0x0423: b"\x03\x01\x02"})
    assert found.carrier_code == "258"
    assert report(b"id:1 stat:UNDELIV", {0x0423: b"\x03"}).carrier_code is None


@pytest.mark.parametrize(
    ("date", "offset", "at"),
    [
        ("2611230001", 0, 1_795_392_060_000),
        ("261123000130", 0, 1_795_392_090_000),
        ("2611230531", 330, 1_795_392_060_000),
        ("2611230001", None, None),
        ("2613450001", 0, None),
        ("tomorrow", 0, None),
    ],
)
def test_the_date_is_read_by_the_clock_that_the_account_names(
    date: str, offset: int | None, at: int | None
) -> None:
    text = f"id:1 done date:{date} stat:DELIVRD".encode()
    assert report(text, reading=Reading(utc_offset=offset)).at == at


@pytest.mark.parametrize(
    ("answered", "receipted", "spelling"),
    [
        ("73ca6c60", "1942645856", Spelling.DECIMAL_RECEIPTS),
        ("1942645856", "73CA6C60", Spelling.HEX_RECEIPTS),
        ("ABC123", "abc123", Spelling.CASE),
        ("abc123", "ABC123", Spelling.CASE),
        ("123", "0000000123", Spelling.ZEROS),
        ("0000000123", "123", Spelling.ZEROS),
        ("00000abc", "abc", Spelling.ZEROS),
    ],
)
def test_an_id_is_found_under_the_spelling_of_the_answer(
    answered: str, receipted: str, spelling: Spelling
) -> None:
    assert answered in spell(receipted, frozenset({spelling}))
    assert answered not in spell(receipted, frozenset())


def test_spellings_work_together() -> None:
    everything = frozenset(Spelling)
    assert "ABC123" in spell("0011256099", everything)
    assert spell("0011256099", everything)[0] == "0011256099"


@given(st.text(max_size=50), st.sets(st.sampled_from(Spelling)))
def test_an_id_is_looked_for_as_it_came_first_whatever_it_is(
    message_id: str, spellings: set[Spelling]
) -> None:
    found = spell(message_id, frozenset(spellings))
    assert found[0] == message_id
    assert len(set(found)) == len(found)


@given(
    st.binary(max_size=200) | st.binary(max_size=50).map(lambda octets: b"id:1 stat:" + octets),
    st.integers(0, 255),
    st.dictionaries(st.sampled_from([0x1E, 0x0423, 0x0424, 0x0427]), st.binary(max_size=30)),
    st.sampled_from([0, 8, 3]),
)
def test_no_message_at_all_raises(
    text: bytes, esm_class: int, tlvs: dict[int, bytes], data_coding: int
) -> None:
    reading = Reading(spellings=frozenset(Spelling), utc_offset=0)
    makers: tuple[Callable[[], ShortMessage | DataMessage], ...] = (
        lambda: ShortMessage(
            esm_class=esm_class, short_message=text, tlvs=tlvs, data_coding=data_coding
        ),
        lambda: DataMessage(esm_class=esm_class, tlvs=tlvs, data_coding=data_coding),
    )
    for made in makers:
        found = read_receipt(made(), reading)
        assert found is None or found.message_ids
