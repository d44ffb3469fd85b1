"""The PDUs of SMPP 3.4: bytes to values and back; what cannot be read is a value too."""

import struct
from enum import IntEnum

from msgspec import Struct

RESPONSE = 0x8000_0000
"""The bit that makes a response of a request's command id (SMPP 3.4, 5.1.2.1)."""
HEADER = struct.Struct(">IIII")
LONGEST = 128 * 1024
"""Octets of a PDU; a `message_payload` takes up to 64 KiB of them."""
LAST_SEQUENCE = 0x7FFF_FFFF
VERSION = 0x34
ROK = 0


class Command(IntEnum):
    """Command ids (SMPP 3.4, 5.1.2.1); the response to each has the bit `RESPONSE` set."""

    BIND_RECEIVER = 0x01
    BIND_TRANSMITTER = 0x02
    SUBMIT_SM = 0x04
    DELIVER_SM = 0x05
    UNBIND = 0x06
    BIND_TRANSCEIVER = 0x09
    OUTBIND = 0x0B
    ENQUIRE_LINK = 0x15
    ALERT_NOTIFICATION = 0x0102
    DATA_SM = 0x0103
    GENERIC_NACK = 0x8000_0000


class Tag(IntEnum):
    """Tags of the optional parameters that are read or written here (SMPP 3.4, 5.3.2)."""

    RECEIPTED_MESSAGE_ID = 0x001E
    SAR_MSG_REF_NUM = 0x020C
    SAR_TOTAL_SEGMENTS = 0x020E
    SAR_SEGMENT_SEQNUM = 0x020F
    NETWORK_ERROR_CODE = 0x0423
    MESSAGE_PAYLOAD = 0x0424
    MESSAGE_STATE = 0x0427
    DLT_ENTITY_ID = 0x1400
    """The principal entity of India's DLT registry, as the operators there agreed."""
    DLT_TEMPLATE_ID = 0x1401


Tlvs = dict[int, bytes]
"""Optional parameters by tag, unknown ones too."""


class Malformed(Struct, frozen=True):
    """Bytes that are no PDU, or a body that ends too soon."""

    because: str


class Frame(Struct, frozen=True):
    """A PDU whose body is not looked at yet; ids and statuses may be unknown ones."""

    command: int
    status: int
    sequence: int
    body: bytes = b""

    def encode(self) -> bytes:
        """The PDU as it travels."""
        length = HEADER.size + len(self.body)
        return HEADER.pack(length, self.command, self.status, self.sequence) + self.body


def take_frames(buffer: bytearray) -> tuple[list[Frame], Malformed | None]:
    """Take every whole PDU from the front of the buffer; malformed is a length that no PDU has."""
    frames: list[Frame] = []
    at, wrong = 0, None
    while len(buffer) - at >= HEADER.size:
        length, command, status, sequence = HEADER.unpack_from(buffer, at)
        if not HEADER.size <= length <= LONGEST:
            wrong = Malformed("a length that no PDU has")
            break
        if len(buffer) - at < length:
            break
        body = bytes(buffer[at + HEADER.size : at + length])
        frames.append(Frame(command, status, sequence, body))
        at += length
    del buffer[:at]
    return frames, wrong


class Bind(Struct, frozen=True, kw_only=True):
    """The body of the three bind requests (SMPP 3.4, 4.1)."""

    system_id: str
    password: str
    system_type: str = ""
    interface_version: int = VERSION
    addr_ton: int = 0
    addr_npi: int = 0
    address_range: str = ""

    def encode(self) -> bytes:
        """The body as it travels."""
        return b"".join(
            (
                _text(self.system_id),
                _text(self.password),
                _text(self.system_type),
                bytes((self.interface_version, self.addr_ton, self.addr_npi)),
                _text(self.address_range),
            )
        )


class Answer(Struct, frozen=True, kw_only=True):
    """The body of a response to bind, `submit_sm`, `deliver_sm` or `data_sm`: a name, parameters.

    The name is the message centre's `system_id` for a bind, else the message id. A response that
    reports an error may have no body at all.
    """

    name: str = ""
    tlvs: Tlvs = {}

    def encode(self) -> bytes:
        """The body as it travels."""
        return _text(self.name) + _tlvs(self.tlvs)


class ShortMessage(Struct, frozen=True, kw_only=True):
    """The body of `submit_sm` and of `deliver_sm`, which have the same fields (SMPP 3.4, 4.4, 4.6)."""

    service_type: str = ""
    source_addr_ton: int = 0
    source_addr_npi: int = 0
    source_addr: str = ""
    dest_addr_ton: int = 0
    dest_addr_npi: int = 0
    destination_addr: str = ""
    esm_class: int = 0
    protocol_id: int = 0
    priority_flag: int = 0
    schedule_delivery_time: str = ""
    validity_period: str = ""
    registered_delivery: int = 0
    replace_if_present_flag: int = 0
    data_coding: int = 0
    sm_default_msg_id: int = 0
    short_message: bytes = b""
    tlvs: Tlvs = {}

    def encode(self) -> bytes:
        """The body as it travels."""
        return b"".join(
            (
                _text(self.service_type),
                bytes((self.source_addr_ton, self.source_addr_npi)),
                _text(self.source_addr),
                bytes((self.dest_addr_ton, self.dest_addr_npi)),
                _text(self.destination_addr),
                bytes((self.esm_class, self.protocol_id, self.priority_flag)),
                _text(self.schedule_delivery_time),
                _text(self.validity_period),
                bytes(
                    (
                        self.registered_delivery,
                        self.replace_if_present_flag,
                        self.data_coding,
                        self.sm_default_msg_id,
                        len(self.short_message),
                    )
                ),
                self.short_message,
                _tlvs(self.tlvs),
            )
        )

    def __repr__(self) -> str:
        """Nothing of the text and the numbers."""
        return "ShortMessage()"

    def __rich_repr__(self) -> list[tuple[str, object]]:
        """The same, because msgspec would show every field to a pretty traceback."""
        return []


class DataMessage(Struct, frozen=True, kw_only=True):
    """The body of `data_sm`, whose text is in the parameter `message_payload` (SMPP 3.4, 4.7)."""

    service_type: str = ""
    source_addr_ton: int = 0
    source_addr_npi: int = 0
    source_addr: str = ""
    dest_addr_ton: int = 0
    dest_addr_npi: int = 0
    destination_addr: str = ""
    esm_class: int = 0
    registered_delivery: int = 0
    data_coding: int = 0
    tlvs: Tlvs = {}

    def encode(self) -> bytes:
        """The body as it travels."""
        return b"".join(
            (
                _text(self.service_type),
                bytes((self.source_addr_ton, self.source_addr_npi)),
                _text(self.source_addr),
                bytes((self.dest_addr_ton, self.dest_addr_npi)),
                _text(self.destination_addr),
                bytes((self.esm_class, self.registered_delivery, self.data_coding)),
                _tlvs(self.tlvs),
            )
        )

    def __repr__(self) -> str:
        """Nothing of the text and the numbers."""
        return "DataMessage()"

    def __rich_repr__(self) -> list[tuple[str, object]]:
        """The same, because msgspec would show every field to a pretty traceback."""
        return []


def _text(value: str) -> bytes:
    """A C-octet string; a NUL within would end it early and is left out."""
    return value.replace("\0", "").encode("latin-1", "replace") + b"\0"


def _tlvs(tlvs: Tlvs) -> bytes:
    return b"".join(struct.pack(">HH", tag, len(value)) + value for tag, value in tlvs.items())
