"""Templates say what the operator wants, and say so before a person sees it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchword.domain.channel import Channel, capability
from watchword.domain.template import (
    MAX_LENGTH,
    WARNING,
    Template,
    check_template,
    choose_template,
    clean_name,
    fill,
)


def template(
    text: str, *, template_id: str = "login", channel: Channel | None = None, locale: str = "en"
) -> Template:
    return Template(template_id=template_id, channel=channel, locale=locale, text=text)


@pytest.mark.parametrize(
    "text", ["{code}", "{app}: {code}", "Code {code}, {minutes} minutes.", "{code} and {code}"]
)
def test_a_sound_template_has_no_problem(text: str) -> None:
    assert check_template(template(text)) == []


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("Your code", "{code}"),
        ("{code} {name}", "{name}"),
        ("{code} {}", "{}"),
        ("{code} {Code}", "{Code}"),
        ("{code} { app }", "{ app }"),
        ("{code} {", "brace"),
        ("}{code}", "brace"),
        ("{{code}}", "brace"),
        ("{code}" + "x" * MAX_LENGTH, str(MAX_LENGTH)),
    ],
)
def test_a_faulty_template_is_told_what_is_wrong(text: str, word: str) -> None:
    [problem] = [text for text in check_template(template(text)) if not text.startswith(WARNING)]
    assert word in problem


def test_a_locale_that_is_no_tag_is_a_problem() -> None:
    [problem] = check_template(template("{code}", locale="english!"))
    assert "english!" in problem


@pytest.mark.parametrize(
    ("text", "warnings"),
    [
        ("x" * 150 + "{code}", 1),
        ("x" * 151 + "{code}", 1),
        ("я" * 61 + "{code}", 1),
        ("x" * 118 + "{code}", 0),
        ("x" * 119 + "{code}", 1),
        ("x" * 110 + "{app}{code}", 1),
    ],
)
def test_what_costs_more_or_is_not_read_by_the_phone_is_a_warning(text: str, warnings: int) -> None:
    problems = check_template(template(text))
    assert len(problems) == warnings
    assert all(problem.startswith(WARNING) for problem in problems)


def test_only_what_may_go_by_sms_is_measured_as_sms() -> None:
    long = "x" * 500 + "{code}"
    assert check_template(template(long, channel=Channel.WHATSAPP)) == []
    assert check_template(template(long, channel=Channel.SMS)) != []


def test_the_closest_locale_and_then_the_exact_channel_win() -> None:
    any_en = template("any en {code}")
    any_fr = template("any fr {code}", locale="fr")
    sms_en = template("sms en {code}", channel=Channel.SMS)
    call = template("call {code}", channel=Channel.VOICE, locale="fr")
    every = [any_en, any_fr, sms_en, call]
    assert choose_template(every, "login", Channel.SMS, "en-GB") is sms_en
    assert choose_template(every, "login", Channel.SMS, "fr-CA") is any_fr
    assert choose_template(every, "login", Channel.VOICE, "fr") is call
    assert choose_template(every, "login", Channel.VIBER, "en") is any_en
    assert choose_template(every, "login", Channel.VIBER, "ja") is any_en
    assert choose_template([call], "login", Channel.VOICE, "ja") is call


def test_an_unknown_template_or_one_without_the_channel_is_none() -> None:
    call = template("call {code}", channel=Channel.VOICE)
    assert choose_template([call], "other", Channel.VOICE, "en") is None
    assert choose_template([call], "login", Channel.SMS, "en") is None
    assert choose_template([], "login", Channel.SMS, "en") is None


def test_filling_puts_in_all_but_the_code() -> None:
    assert fill("{app}: {code} ({minutes} min)", "Acme", 10) == "Acme: {code} (10 min)"


def test_a_missing_name_leaves_no_hole() -> None:
    assert fill("Your {app} code is {code}", None, 10) == "Your code is {code}"


@pytest.mark.parametrize("name", ["{code}", "{minutes}", "{app}", "a\nb {0}", "x\u202ey"])
def test_a_name_adds_neither_a_placeholder_nor_a_line(name: str) -> None:
    filled = fill("{app}: {code}", name, 10)
    assert filled.count("{") == filled.count("}") == 1
    assert filled.isprintable()


@given(st.text(alphabet=st.sampled_from("{}acodepminuts 0!:.[]\n\ud800")), st.none() | st.text())
def test_no_text_and_no_name_raises(text: str, name: str | None) -> None:
    assert isinstance(fill(text, name, 10), str)
    assert check_template(template(text)) or "{code}" in text


def test_a_clean_name_is_empty_for_none() -> None:
    assert clean_name(None) == clean_name(" \n{}") == ""


def test_events_name_the_channels_the_api_knows_and_no_other() -> None:
    spelled = {channel.value: capability(channel) for channel in Channel}
    assert spelled == {
        "sms": "text",
        "whatsapp": "whatsapp",
        "viber": "viber",
        "rcs": "rcs",
        "voice": None,
        "email": None,
        "telegram": None,
    }
