"""What a hosted session may be asked for, and what every step leaves behind."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchword.domain.errors import ErrorCode
from watchword.domain.hosted_session import (
    LIFETIME,
    MAX_ORIGINS,
    HostedSession,
    SessionStatus,
    Word,
    fault_of_request,
    is_origin,
    is_return_url,
)

START = 1_750_000_000_000
ID = UUID(int=8)


def session(**fields: object) -> HostedSession:
    known = {
        "id": ID,
        "project_id": UUID(int=9),
        "digest": b"d",
        "created_at": START,
        "expires_at": START + LIFETIME,
    }
    return HostedSession(**{**known, **fields})  # type: ignore[arg-type] # as the test says


def test_a_session_is_open_until_its_end_and_verified_for_ever() -> None:
    opened = session()
    assert opened.status(START + LIFETIME - 1) is SessionStatus.OPEN
    assert opened.status(START + LIFETIME) is SessionStatus.EXPIRED
    verified = opened.verified(START + 5, "+33612345678", UUID(int=1))
    assert verified.status(START + LIFETIME) is SessionStatus.VERIFIED
    assert not verified.is_open(START + 6)


def test_asking_counts_whatever_becomes_of_it_and_leaves_the_old_code_behind() -> None:
    asked = session(authentication_id=UUID(int=1), word=Word.CODE_WRONG, numbers=1)
    asked = asked.asking("+33612345678", "FR", "0612345678")
    assert (asked.numbers, asked.number, asked.authentication_id) == (2, "+33612345678", None)
    assert asked.word is None


def test_changing_the_number_forgets_it_unless_the_server_fixed_it() -> None:
    chosen = session(number="+33612345678", authentication_id=UUID(int=1))
    assert (chosen.changing().number, chosen.changing().authentication_id) == (None, None)
    fixed = session(number="+33612345678", fixed=True, authentication_id=UUID(int=1))
    assert fixed.changing().number == "+33612345678"


def test_what_was_typed_is_not_kept_beside_a_verified_number() -> None:
    typed = session().asking("+33612345678", "FR", "06 12 34 56 78")
    assert typed.verified(START, "+33612345678", UUID(int=1)).typed == ""


@pytest.mark.parametrize(
    ("url", "state", "back"),
    [
        ("https://a.example/", None, f"https://a.example/?session_uuid={ID}"),
        ("https://a.example/b?c=d#e", "x", f"https://a.example/b?c=d&session_uuid={ID}&state=x#e"),
        (
            "https://a.example/?c=",
            "a&b=ü",
            f"https://a.example/?c=&session_uuid={ID}&state=a%26b%3D%C3%BC",
        ),
        (
            "https://a.example/?state=1&session_uuid=2",
            "3",
            f"https://a.example/?session_uuid={ID}&state=3",
        ),
    ],
)
def test_the_way_back_keeps_the_query_and_adds_whose_session_it_was(
    url: str, state: str | None, back: str
) -> None:
    assert session(return_url=url, state=state).way_back() == back
    assert session(state=state).way_back() is None


@pytest.mark.parametrize(
    "origin",
    [
        "https://shop.example",
        "https://shop.example:8443",
        "http://localhost:3000",
        "http://app.localhost",
        "http://127.0.0.1:3000",
        "http://[::1]:3000",
    ],
)
def test_an_exact_origin_is_taken(origin: str) -> None:
    assert is_origin(origin)
    assert is_return_url(f"{origin}/done?a=b#c")


@pytest.mark.parametrize(
    "origin",
    [
        "",
        "null",
        "*",
        "https://",
        "https://*.shop.example",
        "https://shop.example/",
        "https://shop.example:443",
        "https://shop.example:0",
        "https://shop.example:",
        "https://shop.example:99999",
        "https://Shop.example",
        "HTTPS://shop.example",
        "https://me@shop.example",
        "https://shop.example?",
        "https://shop.example#",
        "https://shop.example; script-src *",
        "https://shop.example 'self'",
        "https://shop.example\n",
        "https://shöp.example",
        "http://shop.example",
        "http://10.0.0.1",
        "http://localhost.shop.example",
        "http://[::1",
        "javascript:alert(1)",
        "data:text/html,x",
    ],
)
def test_anything_else_is_no_origin(origin: str) -> None:
    assert not is_origin(origin)


@pytest.mark.parametrize(
    "url",
    [
        "http://shop.example/",
        "javascript:alert(1)",
        "//shop.example",
        "/done",
        "https:///done",
        "https://me:you@shop.example/",
        "https://shop.example/\r\nx: y",
        "https://shop.example\\@evil.example/",
        "https://shop.example/" + "x" * 2048,
    ],
)
def test_nobody_is_sent_where_it_is_not_safe(url: str) -> None:
    assert not is_return_url(url)


@given(st.text())
def test_no_text_breaks_the_policy_it_would_be_put_into(text: str) -> None:
    if is_origin(text):
        assert not set(text) & set(" ;,'\"*\r\n")
    is_return_url(text)


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"country": "fr"}, "country"),
        ({"country": "FRA"}, "country"),
        ({"country": "ÉÈ"}, "country"),
        ({"locale": "not a locale"}, "locale"),
        ({"return_url": "http://shop.example"}, "return_url"),
        ({"origins": ["https://shop.example/"]}, "origins"),
        ({"origins": [f"https://a{n}.example" for n in range(MAX_ORIGINS + 1)]}, "origins"),
        ({"state": "x" * 201}, "state"),
        ({"state": "a\nb"}, "state"),
    ],
)
def test_a_fault_names_its_field(fields: dict[str, object], named: str) -> None:
    nothing = {"country": None, "locale": None, "return_url": None, "origins": (), "state": None}
    assert fault_of_request(**nothing) is None  # type: ignore[arg-type] # none of them is given
    fault = fault_of_request(**{**nothing, **fields})  # type: ignore[arg-type] # as the test says
    assert fault is not None
    assert fault.code is ErrorCode.BAD_REQUEST
    assert fault.message.startswith(named)
