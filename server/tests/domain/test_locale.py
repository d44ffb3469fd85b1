"""The language of a message is the closest one its reader understands."""

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchword.domain.locale import FALLBACK, REGION_LANGUAGES, is_locale, resolve_locale
from watchword.domain.texts import LOCALES


@pytest.mark.parametrize(
    ("wanted", "locale"),
    [
        ("fr", "fr"),
        ("fr-CA", "fr"),
        ("FR_ca", "fr"),
        ("zh-HK", "zh-TW"),
        ("zh-Hant", "zh-TW"),
        ("zh-SG", "zh"),
        ("de-CH", "de"),
        ("pt", "pt"),
        ("pt-PT", "pt"),
        ("pt-AO", "pt"),
        ("pt-BR", "pt-BR"),
        ("no", "nb"),
        ("iw", "he"),
        ("tl", "fil"),
        ("sr-Latn-RS", "sr-Latn"),
        ("sr-RS", "sr"),
        ("en-GB", "en"),
    ],
)
def test_the_closest_supported_locale_is_used(wanted: str, locale: str) -> None:
    assert resolve_locale(wanted, "JP", LOCALES) == locale


@pytest.mark.parametrize(
    "wanted", ["km", "zz", "not a tag", "a", "x-private", "e" * 1000, "\ud800"]
)
def test_a_malformed_or_unsupported_locale_ends_in_english(wanted: str) -> None:
    assert resolve_locale(wanted, "FR", LOCALES) == FALLBACK


@pytest.mark.parametrize(
    ("region", "locale"),
    [
        ("FR", "fr"),
        ("BR", "pt-BR"),
        ("PT", "pt"),
        ("MX", "es"),
        ("US", "en"),
        ("TW", "zh-TW"),
        ("HK", "zh-TW"),
        ("CN", "zh"),
        ("KH", "en"),
        ("001", "en"),
        (None, "en"),
    ],
)
@pytest.mark.parametrize("wanted", [None, ""])
def test_without_a_locale_the_region_of_the_number_decides(
    wanted: str | None, region: str | None, locale: str
) -> None:
    assert resolve_locale(wanted, region, LOCALES) == locale


def test_every_region_with_phone_numbers_has_a_language() -> None:
    assert set(REGION_LANGUAGES) == set(phonenumbers.SUPPORTED_REGIONS)


def test_every_regions_language_is_a_locale() -> None:
    assert [tag for tag in REGION_LANGUAGES.values() if not is_locale(tag)] == []


def test_any_collection_of_locales_serves() -> None:
    assert resolve_locale("fr-CA", None, ["en", "fr"]) == "fr"
    assert resolve_locale("ja", None, {"en-US": 1, "fr": 2}) == "en-US"
    assert resolve_locale("ja", None, []) == FALLBACK


@given(st.text(max_size=40), st.none() | st.text(max_size=3))
def test_no_locale_and_no_region_raises(wanted: str, region: str | None) -> None:
    assert resolve_locale(wanted, region, LOCALES) in LOCALES


@pytest.mark.parametrize(
    ("tag", "valid"), [("fr", True), ("zh-Hant-HK", True), ("", False), ("zz", False), ("!", False)]
)
def test_a_locale_is_known_by_its_tag(tag: str, valid: bool) -> None:
    assert is_locale(tag) is valid
