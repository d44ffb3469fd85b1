"""Sender IDs keep within what the networks carry."""

import pytest

from watchword.domain.sender_id import parse_sender_id


@pytest.mark.parametrize(
    ("given", "sender"),
    [
        ("Acme", "Acme"),
        ("  Acme ", "Acme"),
        ("A", "A"),
        ("Acme & Co.", "Acme & Co."),
        ("My_Shop-24", "My_Shop-24"),
        ("ABCDEFGHIJK", "ABCDEFGHIJK"),
        ("24h", "24h"),
        ("12345", "12345"),
        ("+33612345678", "+33612345678"),
        ("123456789012345", "123456789012345"),
        ("+123456789012345", "+123456789012345"),
    ],
)
def test_a_name_of_eleven_or_a_number_of_fifteen_is_a_sender(given: str, sender: str) -> None:
    assert parse_sender_id(given) == sender


@pytest.mark.parametrize(
    "given",
    [
        "",
        "   ",
        "ABCDEFGHIJKL",
        "1234567890123456",
        "+",
        "++123",
        "+33 6 12",
        "12 34",
        "& . _ -",
        "Café",
        "Ačme",
        "Acme!",
        "Acme\n",
        "Ac\nme",
        "١٢٣",
        "<Acme>",
    ],
)
def test_what_no_network_carries_is_malformed(given: str) -> None:
    assert parse_sender_id(given) is None
