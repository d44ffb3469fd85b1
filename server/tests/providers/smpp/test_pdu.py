"""PDUs are those of the specification, as two other implementations write and read them."""

import smpp34
import smpplib.smpp  # type: ignore[import-untyped]
from hypothesis import given
from hypothesis import strategies as st

from watchword.adapters.providers.smpp.pdu import (
    HEADER,
    RESPONSE,
    Answer,
    Bind,
    Command,
    DataMessage,
    Frame,
    Malformed,
    ShortMessage,
    Tag,
    take_frames,
)
from watchword.adapters.providers.smpp.reading import (
    read_answer,
    read_bind,
    read_data_message,
    read_short_message,
)

TEXT = st.text(st.characters(min_codepoint=1, max_codepoint=255), max_size=20)
OCTET = st.integers(0, 255)
TLVS = st.dictionaries(st.integers(0, 0xFFFF), st.binary(max_size=300), max_size=4)
ADDRESS = {
    "service_type": TEXT,
    "source_addr_ton": OCTET,
    "source_addr_npi": OCTET,
    "source_addr": TEXT,
    "dest_addr_ton": OCTET,
    "dest_addr_npi": OCTET,
    "destination_addr": TEXT,
    "esm_class": OCTET,
    "registered_delivery": OCTET,
    "data_coding": OCTET,
    "tlvs": TLVS,
}
SHORT_MESSAGES = st.builds(
    ShortMessage,
    **ADDRESS,
    protocol_id=OCTET,
    priority_flag=OCTET,
    schedule_delivery_time=TEXT,
    validity_period=TEXT,
    replace_if_present_flag=OCTET,
    sm_default_msg_id=OCTET,
    short_message=st.binary(max_size=255),
)
BINDS = st.builds(
    Bind,
    system_id=TEXT,
    password=TEXT,
    system_type=TEXT,
    interface_version=OCTET,
    addr_ton=OCTET,
    addr_npi=OCTET,
    address_range=TEXT,
)
FRAMES = st.builds(
    Frame,
    st.integers(0, 0xFFFFFFFF),
    st.integers(0, 0xFFFFFFFF),
    st.integers(0, 0xFFFFFFFF),
    st.binary(max_size=100),
)


def theirs(name: str, sequence: int, status: int = 0, **fields: object) -> bytes:
    made = smpplib.smpp.make_pdu(name, sequence=sequence, status=status, **fields)
    made.sequence, made.status = sequence, status
    return bytes(made.generate())


def test_binds_are_byte_for_byte_those_of_smpplib() -> None:
    given = Bind(system_id="acme", password="secret", system_type="VMA", address_range="^33")
    for command in (
        Command.BIND_RECEIVER,
        Command.BIND_TRANSMITTER,
        Command.BIND_TRANSCEIVER,
    ):
        ours = Frame(command, 0, 7, given.encode()).encode()
        assert ours == theirs(
            command.name.lower(),
            7,
            system_id="acme",
            password="secret",
            system_type="VMA",
            interface_version=0x34,
            address_range="^33",
        )


def test_submissions_are_byte_for_byte_those_of_smpplib() -> None:
    ours = ShortMessage(
        service_type="OTP",
        source_addr_ton=5,
        source_addr="Acme",
        dest_addr_ton=1,
        dest_addr_npi=1,
        destination_addr="33612345678",
        esm_class=0x40,
        protocol_id=0,
        priority_flag=1,
        validity_period="000000000500000R",
        registered_delivery=1,
        data_coding=8,
        short_message="Ваш код".encode("utf-16-be"),
        tlvs={
            Tag.SAR_MSG_REF_NUM: b"\x01\x02",
            Tag.SAR_TOTAL_SEGMENTS: b"\x02",
            Tag.SAR_SEGMENT_SEQNUM: b"\x01",
        },
    )
    assert Frame(Command.SUBMIT_SM, 0, 9, ours.encode()).encode() == theirs(
        "submit_sm",
        9,
        service_type="OTP",
        source_addr_ton=5,
        source_addr_npi=0,
        source_addr="Acme",
        dest_addr_ton=1,
        dest_addr_npi=1,
        destination_addr="33612345678",
        esm_class=0x40,
        priority_flag=1,
        validity_period="000000000500000R",
        registered_delivery=1,
        data_coding=8,
        short_message="Ваш код".encode("utf-16-be"),
        sar_msg_ref_num=0x0102,
        sar_total_segments=2,
        sar_segment_seqnum=1,
    )


def test_data_messages_are_byte_for_byte_those_of_smpplib() -> None:
    ours = DataMessage(
        source_addr="33612345678",
        destination_addr="Acme",
        esm_class=4,
        tlvs={
            Tag.MESSAGE_PAYLOAD: b"id:1 stat:DELIVRD",
            Tag.RECEIPTED_MESSAGE_ID: b"1\0",
            Tag.MESSAGE_STATE: b"\x02",
        },
    )
    assert Frame(Command.DATA_SM, 0, 3, ours.encode()).encode() == theirs(
        "data_sm",
        3,
        source_addr="33612345678",
        destination_addr="Acme",
        esm_class=4,
        message_payload=b"id:1 stat:DELIVRD",
        receipted_message_id="1",
        message_state=2,
    )


def test_pdus_without_fields_and_answers_are_byte_for_byte_those_of_smpplib() -> None:
    empty = {
        "enquire_link": Command.ENQUIRE_LINK,
        "enquire_link_resp": Command.ENQUIRE_LINK | RESPONSE,
        "unbind": Command.UNBIND,
        "unbind_resp": Command.UNBIND | RESPONSE,
        "generic_nack": Command.GENERIC_NACK,
    }
    for name, command in empty.items():
        assert Frame(command, 3, 7).encode() == theirs(name, 7, 3)
    for name, command in {
        "submit_sm_resp": Command.SUBMIT_SM,
        "deliver_sm_resp": Command.DELIVER_SM,
        "data_sm_resp": Command.DATA_SM,
    }.items():
        body = Answer(name="73ca6c60").encode()
        written = theirs(name, 7, message_id="73ca6c60")
        assert Frame(command | RESPONSE, 0, 7, body).encode() == written
    bound = theirs("bind_transceiver_resp", 1, system_id="CENTRE", sc_interface_version=0x34)
    answer = Answer(name="CENTRE", tlvs={0x0210: b"\x34"})
    assert Frame(Command.BIND_TRANSCEIVER | RESPONSE, 0, 1, answer.encode()).encode() == bound


@given(SHORT_MESSAGES)
def test_what_we_write_is_byte_for_byte_what_smpp34_writes_and_reads(made: ShortMessage) -> None:
    fields = {name: getattr(made, name) for name in made.__struct_fields__}
    ascii_text = all(
        isinstance(value, int | bytes | dict) or value.isascii() for value in fields.values()
    )
    if not ascii_text:
        fields |= {n: "a" for n, value in fields.items() if isinstance(value, str)}
        made = ShortMessage(**fields)
    fields["tlvs"] = [smpp34.Tlv(tag, value) for tag, value in made.tlvs.items()]
    for command, kind in (
        (Command.SUBMIT_SM, smpp34.SubmitSm),
        (Command.DELIVER_SM, smpp34.DeliverSm),
    ):
        ours = Frame(command, 0, 5, made.encode()).encode()
        assert ours == kind(**fields, sequence_number=5).encode()
        read = smpp34.decode(ours)
        assert isinstance(read, kind)
        assert read.short_message == made.short_message


@given(SHORT_MESSAGES)
def test_a_short_message_comes_back_as_it_was(made: ShortMessage) -> None:
    assert read_short_message(made.encode()) == made


@given(st.builds(DataMessage, **ADDRESS))
def test_a_data_message_comes_back_as_it_was(made: DataMessage) -> None:
    assert read_data_message(made.encode()) == made


@given(BINDS)
def test_a_bind_comes_back_as_it_was(made: Bind) -> None:
    assert read_bind(made.encode()) == made


@given(st.builds(Answer, name=TEXT, tlvs=TLVS))
def test_an_answer_comes_back_as_it_was(made: Answer) -> None:
    assert read_answer(made.encode()) == made


@given(st.lists(FRAMES, max_size=5), st.data())
def test_pdus_come_whole_out_of_a_stream_however_it_is_cut(
    frames: list[Frame], data: st.DataObject
) -> None:
    stream = b"".join(frame.encode() for frame in frames)
    buffer, taken = bytearray(), []
    while stream:
        size = data.draw(st.integers(1, len(stream)))
        buffer += stream[:size]
        stream = stream[size:]
        found, malformed = take_frames(buffer)
        assert malformed is None
        taken += found
    assert taken == frames
    assert not buffer


@given(st.binary(max_size=400))
def test_no_bytes_at_all_raise(octets: bytes) -> None:
    read = (read_bind, read_short_message, read_data_message)
    assert all(
        isinstance(each(octets), Bind | ShortMessage | DataMessage | Malformed) for each in read
    )
    assert isinstance(read_answer(octets), Answer)
    frames, _ = take_frames(bytearray(octets))
    assert all(isinstance(frame, Frame) for frame in frames)


@given(SHORT_MESSAGES, st.data())
def test_a_body_that_is_cut_off_is_malformed_or_read_as_far_as_it_goes(
    made: ShortMessage, data: st.DataObject
) -> None:
    body = made.encode()
    read = read_short_message(body[: data.draw(st.integers(0, len(body)))])
    if isinstance(read, ShortMessage):
        assert made.short_message.startswith(read.short_message)
        assert read.tlvs.items() <= made.tlvs.items()
    else:
        assert isinstance(read, Malformed)


def test_a_length_that_no_pdu_has_is_malformed() -> None:
    for length in (0, 15, 0x7FFFFFFF):
        buffer = bytearray(HEADER.pack(length, Command.DELIVER_SM, 0, 1))
        frames, malformed = take_frames(buffer)
        assert frames == []
        assert isinstance(malformed, Malformed)


def test_an_error_without_a_body_has_no_name() -> None:
    assert read_answer(b"") == Answer()


def test_a_parameter_after_the_message_id_is_not_taken_for_a_part_of_it() -> None:
    answer = read_answer(b"73ca6c60\0" + b"\x04\x28\x00\x01\x00")
    assert answer == Answer(name="73ca6c60", tlvs={0x0428: b"\0"})


def test_a_message_shows_nothing_of_itself() -> None:
    made = ShortMessage(destination_addr="33612345678", short_message=b"908172 is your code")
    assert "908172" not in repr(made)
    assert "3361" not in repr(made)
    assert not made.__rich_repr__()
