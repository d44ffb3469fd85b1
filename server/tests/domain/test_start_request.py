"""Each field of a request is accepted or refused under the one code that names it."""

from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from watchword.domain.channel import Channel
from watchword.domain.errors import ErrorCode, Refusal
from watchword.domain.line_type import LineType
from watchword.domain.phone_number import PhoneNumber
from watchword.domain.project import Mode, Project, ProjectSettings
from watchword.domain.screening.list_entry import ListEntry, ListKind
from watchword.domain.signals import DeviceType, Signals
from watchword.domain.start_request import StartRequest, Wishes, accept_fields, fault_of_number
from watchword.domain.template import Template

LOGIN = Template(template_id="login", channel=None, locale="en", text="{code}")
SETTINGS = ProjectSettings(sender_id="Acme", sender_ids=("Other", "12345"), templates=(LOGIN,))
PROJECT = Project(id=UUID(int=1), name="p", mode=Mode.LIVE, created_at=0, settings=SETTINGS)
NUMBER = PhoneNumber("+33612345678", "FR", 33, LineType.MOBILE)
REALM = "FA+9qCX9VSu"


def accept(**fields: Any) -> Wishes | Refusal:
    return accept_fields(PROJECT, StartRequest(phone_number="+336", **fields))


def wishes(**fields: Any) -> Wishes:
    accepted = accept(**fields)
    assert isinstance(accepted, Wishes)
    return accepted


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"device_id": "x" * 129}, ErrorCode.INVALID_DEVICE_ID),
        ({"device_id": "a\x00b"}, ErrorCode.INVALID_DEVICE_ID),
        ({"device_model": "x" * 129}, ErrorCode.INVALID_DEVICE_MODEL),
        ({"device_model": "a\nb"}, ErrorCode.INVALID_DEVICE_MODEL),
        ({"os_version": "x" * 129}, ErrorCode.INVALID_OS_VERSION),
        ({"app_version": "x" * 129}, ErrorCode.INVALID_APP_VERSION),
        ({"app_version": "1\x7f"}, ErrorCode.INVALID_APP_VERSION),
        ({"ip": "300.1.1.1"}, ErrorCode.BAD_REQUEST),
        ({"ip": "192.0.2.1/24"}, ErrorCode.BAD_REQUEST),
        ({"device_type": "TOASTER"}, ErrorCode.BAD_REQUEST),
        ({"device_type": "android"}, ErrorCode.BAD_REQUEST),
        ({"app_realm": REALM}, ErrorCode.APP_REALM_REQUIRE_DEVICE_TYPE),
        ({"app_realm": REALM, "device_type": "IOS"}, ErrorCode.UNSUPPORTED_APP_REALM_DEVICE_TYPE),
        ({"app_realm": "bad", "device_type": "IOS"}, ErrorCode.UNSUPPORTED_APP_REALM_DEVICE_TYPE),
        ({"app_realm": "bad", "device_type": "ANDROID"}, ErrorCode.INVALID_APP_REALM),
        ({"template_id": "logout"}, ErrorCode.INVALID_TEMPLATE_ID),
        ({"sender_id": "TwelveLetter"}, ErrorCode.INVALID_SENDER_ID),
        ({"sender_id": "+++"}, ErrorCode.INVALID_SENDER_ID),
        ({"sender_id": "Stranger"}, ErrorCode.UNAUTHORIZED_SENDER_ID),
        ({"device_type": ""}, ErrorCode.BAD_REQUEST),
        ({"locale": "x" * 36}, ErrorCode.BAD_REQUEST),
        ({"correlation_id": "x" * 65}, ErrorCode.BAD_REQUEST),
        ({"correlation_id": "a\tb"}, ErrorCode.BAD_REQUEST),
        ({"email": "nobody"}, ErrorCode.BAD_REQUEST),
        ({"email": "a@b\r\nBcc: c@d"}, ErrorCode.BAD_REQUEST),
        ({"email": "a@" + "b" * 253}, ErrorCode.BAD_REQUEST),
        *[
            ({"callback_url": url}, ErrorCode.BAD_REQUEST)
            for url in (
                "example.org", "ftp://example.org/", "http://", "http:///x", "https://a b/",
                "javascript:alert(1)", "http://example.org:0/", "http://example.org:99999/",
                "http://[::1/", "https://exämple.org/", "https://e.org/\n", "file:///etc/passwd",
                "https://e.org/" + "x" * 2048,
            )
        ],
    ],
)  # fmt: skip
def test_a_fault_is_refused_under_its_own_code(fields: dict[str, str], code: ErrorCode) -> None:
    refusal = accept(**fields)
    assert isinstance(refusal, Refusal)
    assert refusal.code is code
    assert refusal.message


def test_what_is_within_the_rules_is_accepted() -> None:
    accepted = wishes(
        ip=" 2001:DB8::7 ", device_id=" d-1 ", device_type="ANDROID", device_model="x" * 128,
        os_version="14", app_version="1.2", app_realm=REALM, is_returning_user=True,
        sender_id="Other", template_id="login", locale="fr-FR", correlation_id="x" * 64,
        callback_url="http://user:pw@example.org:8080/a?b=c#d", email="ada.l+otp@bücher.example",
    )  # fmt: skip
    assert accepted == Wishes(
        signals=Signals(
            ip="2001:db8::7", device_id="d-1", device_type=DeviceType.ANDROID,
            device_model="x" * 128, os_version="14", app_version="1.2", app_realm=REALM,
            is_returning_user=True,
        ),
        sender_id="Other", template_id="login", locale="fr-FR", correlation_id="x" * 64,
        callback_url="http://user:pw@example.org:8080/a?b=c#d", email="ada.l+otp@bücher.example",
    )  # fmt: skip


def test_the_empty_string_is_as_if_it_were_absent() -> None:
    others = {"phone_number", "is_returning_user", "device_type"}  # device_type is an enum
    assert wishes(**dict.fromkeys(set(StartRequest.__struct_fields__) - others, "")) == wishes()
    assert wishes().sender_id == "Acme"


@pytest.mark.parametrize("device", DeviceType)
def test_every_platform_of_the_contract_is_accepted(device: DeviceType) -> None:
    assert wishes(device_type=device.value).signals.device_type is device


@pytest.mark.parametrize("locale", ["nonsense", "xx-YY", "fr_FR", "é", "-", "x" * 35])
def test_a_locale_nobody_speaks_is_no_fault(locale: str) -> None:
    assert wishes(locale=locale).locale == locale


@given(
    fields=st.dictionaries(
        st.sampled_from([n for n in StartRequest.__struct_fields__ if n.endswith(("_id", "el", "on",
                         "ip", "type", "realm", "locale", "url"))]),
        st.text(max_size=200),
    )
)  # fmt: skip
def test_whatever_is_written_ends_in_wishes_or_a_refusal(fields: dict[str, str]) -> None:
    assert isinstance(accept(**fields), Wishes | Refusal)


def fault(number: PhoneNumber = NUMBER, **chosen: Any) -> ErrorCode | None:
    project = replace(PROJECT, settings=ProjectSettings(**chosen))
    refusal = fault_of_number(project, number, Signals(), 100, "+33601020304")
    return refusal.code if refusal is not None else None


RECEIVING = {LineType.MOBILE, LineType.UNKNOWN}


@pytest.mark.parametrize("line_type", LineType)
def test_s8_only_lines_that_can_receive_a_code_at_a_fair_price_are_sent_one(
    line_type: LineType,
) -> None:
    expected = None if line_type in RECEIVING else ErrorCode.INVALID_LINE
    assert fault(replace(NUMBER, line_type=line_type)) is expected


def test_internet_telephony_is_sent_to_where_the_project_says_so() -> None:
    voip = replace(NUMBER, line_type=LineType.VOIP)
    assert fault(voip, allow_voip=True) is None
    assert fault(replace(NUMBER, line_type=LineType.PREMIUM_RATE), allow_voip=True) is not None


def test_a_project_sends_to_the_regions_it_names_and_to_all_if_it_names_none() -> None:
    assert fault(regions=()) is None
    assert fault(regions=("DE", "FR")) is None
    assert fault(regions=("DE",)) is ErrorCode.UNSUPPORTED_REGION
    assert fault(replace(NUMBER, region=None), regions=("DE",)) is ErrorCode.UNSUPPORTED_REGION


def test_a_number_on_the_block_list_is_refused_by_name_while_the_entry_lasts() -> None:
    entry = ListEntry(kind=ListKind.NUMBER, value=NUMBER.e164, until=101)
    assert fault(blocked=(entry,)) is ErrorCode.BLOCKED_NUMBER
    assert fault(blocked=(replace(entry, until=100),)) is None
    assert fault(blocked=(ListEntry(kind=ListKind.PREFIX, value="+33"),)) is None


def test_a_refused_line_is_told_with_an_example_of_one_that_works() -> None:
    landline = replace(NUMBER, line_type=LineType.FIXED_LINE)
    refusal = fault_of_number(PROJECT, landline, Signals(), 0, "+33601020304")
    assert refusal is not None
    assert "+33601020304" in refusal.message
    assert Channel.SMS.value not in refusal.message
