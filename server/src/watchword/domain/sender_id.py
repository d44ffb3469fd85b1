"""Sender IDs: the name or number a message says it comes from."""

import re

_WORDS = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9 &._-]{1,11}")
_NUMBER = re.compile(r"\+?[0-9]{1,15}")


def parse_sender_id(text: str) -> str | None:
    """The sender ID without surrounding spaces, or None when it is malformed.

    Either a name of 1 to 11 letters, digits, spaces and `& . _ -` with at least one letter, since
    an alphanumeric TP-Originating-Address is ten octets, eleven septets (3GPP TS 23.040, 9.1.2.5),
    or a number of 1 to 15 digits with or without `+` (ITU-T E.164). Only unaccented characters of
    the GSM alphabet: carriers replace the others or refuse the message.
    """
    sender = text.strip(" ")
    return sender if _WORDS.fullmatch(sender) or _NUMBER.fullmatch(sender) else None
