"""A message holds the code, stays short, and is read by the phone where that was asked for."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchword.domain.channel import Channel
from watchword.domain.message import Content, check_origin, compose
from watchword.domain.segments import Encoding
from watchword.domain.template import Template
from watchword.domain.texts import SPOKEN, TEXTS

REALM = "FA+9qCX9VSu"
# The line of a code bound to an origin: WICG, "Origin-bound one-time codes delivered via SMS".
BOUND = re.compile(r"@(?P<host>[a-z0-9.-]+) #(?P<code>[^\s#]+)")


def written(
    *,
    channel: Channel = Channel.SMS,
    locale: str = "en",
    app_name: str | None = None,
    text: str | None = None,
    app_realm: str | None = None,
    origin: str | None = None,
) -> Content:
    template = None
    if text is not None:
        template = Template(template_id="own", channel=None, locale=locale, text=text)
    return compose(
        channel=channel,
        locale=locale,
        app_name=app_name,
        minutes=10,
        template=template,
        app_realm=app_realm,
        origin=origin,
    )


def test_the_code_is_put_in_or_masked_but_never_kept() -> None:
    content = written(app_name="Acme")
    assert content.text == "{code} is your Acme code. Do not share it."
    assert content.with_code("012345") == "012345 is your Acme code. Do not share it."
    assert content.masked(6) == "****** is your Acme code. Do not share it."
    assert content.segments(6).count == 1


def test_without_a_name_the_plain_sentence_is_used() -> None:
    assert (
        written().text == written(app_name=" {} ").text == "Your code is {code}. Do not share it."
    )


def test_an_unsupported_locale_is_written_in_the_closest() -> None:
    assert written(locale="fr-CA").locale == "fr"
    assert written(locale="???").locale == "en"


@pytest.mark.parametrize("locale", TEXTS)
@pytest.mark.parametrize("app_realm", [None, REALM])
@pytest.mark.parametrize("origin", [None, "example.com"])
def test_a_message_in_our_words_is_one_segment(
    locale: str, app_realm: str | None, origin: str | None
) -> None:
    content = written(locale=locale, app_name="A" * 11, app_realm=app_realm, origin=origin)
    assert content.segments(10).count == 1
    if app_realm:
        assert len(content.with_code("0" * 10).encode()) <= 140


def test_a_hash_stands_alone_on_the_last_line() -> None:
    assert written(app_realm=REALM).with_code("123456").splitlines()[-1] == REALM


def test_an_origin_is_bound_by_the_last_line() -> None:
    last = written(origin="Example.com").with_code("123456").splitlines()[-1]
    bound = BOUND.fullmatch(last)
    assert bound is not None
    assert bound.groupdict() == {"host": "example.com", "code": "123456"}


def test_with_both_the_hash_comes_before_the_origin() -> None:
    lines = written(app_realm=REALM, origin="example.com").with_code("123456").splitlines()
    assert lines[1:] == [REALM, "@example.com #123456"]


def test_the_warning_is_given_up_before_the_name_and_both_before_a_second_segment() -> None:
    wording = TEXTS["ru"]

    def words(app_name: str, origin: str) -> str:
        return written(locale="ru", app_name=app_name, origin=origin).text.splitlines()[0]

    branded = wording.branded.replace("{app}", "Acme")
    assert words("Acme", "a.io") == wording.warned(branded)
    assert words("Acme", "example.com") == branded
    assert words("A" * 30, "example.com") == wording.warned(wording.plain)
    assert words("A" * 30, "www.example.com") == wording.plain


def test_a_message_for_an_android_app_keeps_within_the_bytes_it_reads() -> None:
    name = "Приложение-Банк"
    short = written(locale="ru", app_name=name, app_realm=REALM, origin="a.io")
    assert len(short.with_code("0" * 10).encode()) <= 140
    long = written(app_name="A" * 70, app_realm=REALM)
    assert long.text.splitlines()[0] == "{code} is your " + "A" * 70 + " code. Do not share it."
    longer = written(app_name="A" * 90, app_realm=REALM)
    assert longer.text.splitlines()[0] == "{code} is your " + "A" * 90 + " code."
    longest = written(app_name="A" * 110, app_realm=REALM)
    assert longest.text.splitlines()[0] == "Your code is {code}. Do not share it."


def test_a_templates_words_are_kept_whole() -> None:
    text = "x" * 200 + " {code}"
    content = written(text=text, app_realm=REALM)
    assert content.text == f"{text}\n{REALM}"


def test_typeset_marks_do_not_double_the_price_of_an_sms() -> None:
    text = "It’s {code} – for “{app}”"
    assert written(text=text, app_name="Joe’s").segments(6).encoding is Encoding.GSM_7
    assert written(text=text, channel=Channel.WHATSAPP, app_name="Joe’s").text == (
        "It’s {code} – for “Joe’s”"
    )


@pytest.mark.parametrize("channel", [Channel.WHATSAPP, Channel.VIBER, Channel.RCS, Channel.EMAIL])
def test_only_an_sms_carries_lines_for_machines(channel: Channel) -> None:
    content = written(channel=channel, app_name="Acme", app_realm=REALM, origin="example.com")
    assert content.text == "{code} is your Acme code. Do not share it."


def test_a_call_says_each_digit_apart() -> None:
    content = written(channel=Channel.VOICE, locale="fr-FR", app_realm=REALM)
    assert content.spoken
    assert content.locale == "fr"
    assert content.with_code("0123") == "Votre code est : 0, 1, 2, 3."
    assert content.masked(4) == "Votre code est : ****."


def test_a_call_in_a_language_we_do_not_speak_is_in_english() -> None:
    assert "ka" not in SPOKEN
    assert written(channel=Channel.VOICE, locale="ka").locale == "en"


def test_a_spoken_template_says_each_digit_apart_too() -> None:
    content = written(channel=Channel.VOICE, text="{app}: {code}", app_name="Acme")
    assert content.with_code("12") == "Acme: 1, 2"


@pytest.mark.parametrize(
    ("given", "host"),
    [
        ("example.com", "example.com"),
        (" Login.Example.COM ", "login.example.com"),
        ("xn--mnchen-3ya.de", "xn--mnchen-3ya.de"),
        ("1a.2-b.io", "1a.2-b.io"),
    ],
)
def test_a_host_name_may_bind_a_code(given: str, host: str) -> None:
    assert check_origin(given) == host


@pytest.mark.parametrize(
    "given",
    [
        "",
        "localhost",
        "https://example.com",
        "example.com:8080",
        "example.com/x",
        "example.com.",
        ".example.com",
        "a..b.com",
        "-a.com",
        "a-.com",
        "127.0.0.1",
        "münchen.de",
        "exa mple.com",
        "example.com\n@evil.com",
        "{code}.com",
        "a" * 64 + ".com",
        "a." * 127 + "com",
    ],
)
def test_anything_but_a_host_name_binds_no_code(given: str) -> None:
    assert check_origin(given) is None
    assert "@" not in written(origin=given).text


@given(st.text(alphabet=st.sampled_from("{}codeapminuts %s\n\ud800я")), st.sampled_from(Channel))
def test_no_template_text_makes_a_message_fail(text: str, channel: Channel) -> None:
    content = written(text=text + "{code}", channel=channel, app_realm=REALM, origin="a.io")
    assert "123456" in content.with_code("123456").replace(", ", "")
    assert "{code}" not in content.masked(6).replace(text, "")
