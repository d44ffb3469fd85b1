"""What an operator writes is checked, understood and never shown."""

import msgspec
import pytest

from watchword.adapters.providers.kind import credential_fields
from watchword.adapters.providers.smpp.account import Settings, SmppCredentials, read_settings
from watchword.adapters.providers.smpp.pdu import Command
from watchword.adapters.providers.smpp.provider import SMPP
from watchword.adapters.providers.smpp.receipt import Reading, Spelling
from watchword.adapters.providers.smpp.text import LongMessages
from watchword.ports.provider import RefusalKind

NEEDED = {"host": "smsc.example", "system_id": "acme", "password": "secret"}


def given(**fields: str) -> SmppCredentials:
    return msgspec.convert({**NEEDED, **fields}, SmppCredentials, strict=False)


def test_every_field_is_described_and_the_password_is_secret() -> None:
    fields = credential_fields(SMPP)
    assert all(field.description for field in fields)
    assert [field.name for field in fields if field.secret] == ["password"]
    assert [field.name for field in fields if field.required] == ["host", "system_id", "password"]


def test_the_defaults_are_one_transceiver_that_reads_the_usual_receipts() -> None:
    assert read_settings(given()) == Settings(
        host="smsc.example",
        port=2775,
        system_id="acme",
        password="secret",
        reading=Reading(
            spellings=frozenset({Spelling.CASE, Spelling.ZEROS}),
            errors={
                "1": RefusalKind.PASSING,
                "2": RefusalKind.PASSING,
                "5": RefusalKind.NUMBER,
                "6": RefusalKind.NUMBER,
                "9": RefusalKind.NUMBER,
            },
        ),
    )


def test_everything_that_an_operator_may_say_is_understood() -> None:
    settings = read_settings(
        given(
            port="3550",
            tls="on",
            bind_type="pair",
            binds="2",
            window="50",
            per_second="100",
            enquire_link="15",
            sender_id="Acme",
            system_type="VMA",
            service_type="OTP",
            long_messages="sar",
            validity_period="none",
            receipt_ids="decimal-receipts case",
            receipt_errors="027=passing",
            receipt_utc_offset="-03:30",
            vendor_codes="1025=number 0x402=throttle",
        )
    )
    assert settings.commands == (
        Command.BIND_TRANSMITTER,
        Command.BIND_RECEIVER,
        Command.BIND_TRANSMITTER,
        Command.BIND_RECEIVER,
    )
    assert (settings.port, settings.tls, settings.window) == (3550, True, 50)
    assert (settings.per_second, settings.enquire_link) == (100, 15)
    assert (settings.system_type, settings.service_type) == ("VMA", "OTP")
    assert settings.long_messages is LongMessages.SAR
    assert not settings.relative_validity
    assert settings.reading == Reading(
        spellings=frozenset({Spelling.DECIMAL_RECEIPTS, Spelling.CASE}),
        errors={"27": RefusalKind.PASSING},
        utc_offset=-210,
    )
    assert settings.vendor_codes == {1025: RefusalKind.NUMBER, 1026: RefusalKind.THROTTLE}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("port", "0"),
        ("port", "65536"),
        ("host", "two words"),
        ("tls", "maybe"),
        ("binds", "51"),
        ("window", "0"),
        ("long_messages", "fax"),
        ("receipt_ids", "guess"),
        ("receipt_errors", "001=sometimes"),
        ("receipt_utc_offset", "5:30"),
        ("vendor_codes", "1025"),
        ("vendor_codes", "1025=number1026=throttle"),
        ("system_id", "acmé"),
    ],
)
def test_what_is_not_of_its_form_is_refused(field: str, value: str) -> None:
    with pytest.raises(msgspec.ValidationError) as refused:
        given(**{field: value})
    assert "secret" not in str(refused.value)


def test_neither_form_shows_what_it_holds() -> None:
    for shown in (given(), read_settings(given())):
        assert "secret" not in repr(shown)
        assert "secret" not in str(shown.__rich_repr__())
