"""The parts of the hosted page: its words, its countries, its languages, and who a visitor is."""

import re

import phonenumbers
import pytest
from starlette.requests import Request

from watchword.domain.hosted_session import Word
from watchword.edges.hosted.countries import (
    LANGUAGES,
    as_e164,
    countries,
    example_of,
    name_of,
    offered,
    spaced,
)
from watchword.edges.hosted.language import accepted, language_for, region_for
from watchword.edges.hosted.security import address_of, is_foreign
from watchword.edges.hosted.words import WORDS, Words


def placeholders(text: str) -> set[str]:
    return set(re.findall(r"{(\w+)}", text))


def sentences(words: Words) -> dict[str, str]:
    own = {name: getattr(words, name) for name in Words.__struct_fields__ if name != "told"}
    return own | {word: words.told[word] for word in Word}


@pytest.mark.parametrize("language", WORDS)
def test_every_language_says_everything_and_fills_in_the_same(language: str) -> None:
    english, theirs = sentences(WORDS["en"]), sentences(WORDS[language])
    for name, text in theirs.items():
        assert text.strip(), name
        assert placeholders(text) == placeholders(english[name]), name
        if language != "en":
            assert text != english[name], name


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_numbering_plan_has_a_country_with_a_name_in_every_language(language: str) -> None:
    found = countries(language)
    assert {country.region for country in found} == set(phonenumbers.SUPPORTED_REGIONS)
    assert all(country.name and country.calling_code for country in found)
    assert language in WORDS


def test_countries_are_sorted_as_people_look_for_them() -> None:
    names = [country.name for country in countries("fr")]
    assert names.index("Équateur") < names.index("Espagne") < names.index("Zambie")
    assert [country.region for country in offered("de", ("FR", "AT"))] == ["FR", "AT"]
    assert (name_of("AT", "de"), name_of("ZZ", "de"), name_of(None, "de")) == ("Österreich", "", "")


@pytest.mark.parametrize(
    ("typed", "region", "e164"),
    [
        ("06 12 34 56 78", "FR", "+33612345678"),
        ("+33 6 12 34 56 78", "US", "+33612345678"),
        ("(202) 555-0100", "US", "+12025550100"),
        ("٠٦١٢٣٤٥٦٧٨", "FR", "+33612345678"),
        ("12", "FR", "+3312"),
        ("0612345678", None, None),
        ("0612345678", "ZZ", None),
        ("", "FR", None),
        ("x", "FR", None),
        ("6" * 41, "FR", None),
    ],
)
def test_a_number_is_read_as_it_is_written_at_home_or_abroad(
    typed: str, region: str | None, e164: str | None
) -> None:
    assert as_e164(typed, region) == e164


def test_a_number_is_shown_as_it_is_written_from_abroad() -> None:
    assert spaced("+33612345678") == "+33 6 12 34 56 78"
    assert spaced("nonsense") == "nonsense"
    assert (example_of("FR"), example_of("ZZ"), example_of(None)) == ("06 12 34 56 78", "", "")


@pytest.mark.parametrize(
    ("locale", "header", "language"),
    [
        ("pt-BR", "de", "pt"),
        ("ja", "de", "en"),
        (None, "ja, it;q=0.5, de;q=0.7", "de"),
        (None, "de;q=0, es-MX", "es"),
        (None, "de;q=x, ;;, fr", "fr"),
        (None, "", "en"),
    ],
)
def test_the_session_chooses_the_language_else_the_browser(
    locale: str | None, header: str, language: str
) -> None:
    assert language_for(locale, header) == language


def test_a_locale_hints_at_the_country() -> None:
    assert region_for("fr-CA", "de-AT") == "CA"
    assert region_for("fr", "de, zh-Hant-TW;q=0.5") == "TW"
    assert region_for(None, "*") is None
    assert list(accepted("*, en")) == ["en"]


def visit(peer: str | None, *forwarded: str) -> Request:
    headers = [(b"x-forwarded-for", text.encode()) for text in forwarded]
    return Request({"type": "http", "client": peer and (peer, 1), "headers": headers})


@pytest.mark.parametrize(
    ("request_", "address"),
    [
        (visit("198.51.100.7"), "198.51.100.7"),
        (visit("8.8.8.8", "9.9.9.9"), "8.8.8.8"),
        (visit("10.0.0.2", "9.9.9.9"), "9.9.9.9"),
        (visit("::1", "1.1.1.1, 2001:db8::7"), "2001:db8::7"),
        (visit("127.0.0.1", "1.1.1.1", "9.9.9.9"), "9.9.9.9"),
        (visit("127.0.0.1", "nonsense"), "127.0.0.1"),
        (visit("a.socket", "9.9.9.9"), None),
        (visit(None), None),
    ],
)
def test_only_a_proxy_of_ours_is_believed_about_addresses(
    request_: Request, address: str | None
) -> None:
    assert address_of(request_) == address


def test_a_browser_that_tells_no_site_is_judged_by_its_origin() -> None:
    host = {"host": "verify.example"}
    assert not is_foreign(host)
    assert not is_foreign({**host, "origin": "https://verify.example"})
    assert not is_foreign({**host, "origin": "null"})
    assert is_foreign({**host, "origin": "https://shop.example"})
    assert not is_foreign({**host, "sec-fetch-site": "none", "origin": "null"})
    assert is_foreign({**host, "sec-fetch-site": "same-site", "origin": "https://verify.example"})
