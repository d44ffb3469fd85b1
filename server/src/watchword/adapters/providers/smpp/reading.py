"""Bodies of PDUs read back into values, as tolerantly as message centres are careless."""

from collections.abc import Callable
from typing import TypeVar

from watchword.adapters.providers.smpp.pdu import (
    Answer,
    Bind,
    DataMessage,
    Malformed,
    ShortMessage,
    Tlvs,
)

Body = TypeVar("Body")
_TLV_HEADER = 4


class _TooShortError(Exception):
    """The body ends within a field that must be there."""


class _Reader:
    """The octets of a body, taken field by field."""

    def __init__(self, body: bytes) -> None:
        self._body = body
        self._at = 0

    def octet(self) -> int:
        if self._at >= len(self._body):
            raise _TooShortError
        self._at += 1
        return self._body[self._at - 1]

    def octets(self, length: int) -> bytes:
        """As many as there are: some centres announce more than they send."""
        taken = self._body[self._at : self._at + length]
        self._at += len(taken)
        return taken

    def text(self) -> str:
        """A C-octet string; one without its NUL goes to the end of the body."""
        end = self._body.find(b"\0", self._at)
        if end < 0:
            end = len(self._body)
        taken = self._body[self._at : end]
        self._at = end + 1
        return taken.decode("latin-1")

    def tlvs(self) -> Tlvs:
        """The optional parameters up to the first that is cut off."""
        found: Tlvs = {}
        while len(self._body) - self._at >= _TLV_HEADER:
            tag, length = (int.from_bytes(self.octets(2), "big") for _ in range(2))
            if len(self._body) - self._at < length:
                break
            found[tag] = self.octets(length)
        return found


def read_bind(body: bytes) -> Bind | Malformed:
    """The body of a bind request."""
    return _read(_bind, body)


def read_answer(body: bytes) -> Answer:
    """The body of a response; one that is missing or cut off is read as far as it goes."""
    reader = _Reader(body)
    return Answer(name=reader.text(), tlvs=reader.tlvs())


def read_short_message(body: bytes) -> ShortMessage | Malformed:
    """The body of `submit_sm` or `deliver_sm`."""
    return _read(_short_message, body)


def read_data_message(body: bytes) -> DataMessage | Malformed:
    """The body of `data_sm`."""
    return _read(_data_message, body)


def _read(read: Callable[[_Reader], Body], body: bytes) -> Body | Malformed:
    try:
        return read(_Reader(body))
    except _TooShortError:
        return Malformed("a body that ends too soon")


def _bind(reader: _Reader) -> Bind:
    # Here and below, Python evaluates the arguments in the order in which the fields travel.
    return Bind(
        system_id=reader.text(),
        password=reader.text(),
        system_type=reader.text(),
        interface_version=reader.octet(),
        addr_ton=reader.octet(),
        addr_npi=reader.octet(),
        address_range=reader.text(),
    )


def _short_message(reader: _Reader) -> ShortMessage:
    return ShortMessage(
        service_type=reader.text(),
        source_addr_ton=reader.octet(),
        source_addr_npi=reader.octet(),
        source_addr=reader.text(),
        dest_addr_ton=reader.octet(),
        dest_addr_npi=reader.octet(),
        destination_addr=reader.text(),
        esm_class=reader.octet(),
        protocol_id=reader.octet(),
        priority_flag=reader.octet(),
        schedule_delivery_time=reader.text(),
        validity_period=reader.text(),
        registered_delivery=reader.octet(),
        replace_if_present_flag=reader.octet(),
        data_coding=reader.octet(),
        sm_default_msg_id=reader.octet(),
        short_message=reader.octets(reader.octet()),
        tlvs=reader.tlvs(),
    )


def _data_message(reader: _Reader) -> DataMessage:
    return DataMessage(
        service_type=reader.text(),
        source_addr_ton=reader.octet(),
        source_addr_npi=reader.octet(),
        source_addr=reader.text(),
        dest_addr_ton=reader.octet(),
        dest_addr_npi=reader.octet(),
        destination_addr=reader.text(),
        esm_class=reader.octet(),
        registered_delivery=reader.octet(),
        data_coding=reader.octet(),
        tlvs=reader.tlvs(),
    )
