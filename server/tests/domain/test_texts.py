"""Our own texts are complete, short and documented."""

import unicodedata
from pathlib import Path

import pytest

from watchword.domain.locale import REGION_LANGUAGES, is_locale
from watchword.domain.segments import count_segments, is_gsm
from watchword.domain.template import Template, check_template
from watchword.domain.texts import LOCALES, SPOKEN, TEXTS, Wording

HASH_LINE = "\nFA+9qCX9VSu"
PROMISED = (
    "ar bg bn ca cs da de el en es et fa fi fr he hi hr hu id it ja ka ko lt lv mk ms nb nl pl pt "
    "pt-BR ro ru sk sl sq sr sv sw th tr uk ur vi zh zh-TW az hy kk"
)
EACH = pytest.mark.parametrize(("locale", "wording"), TEXTS.items())
DOCUMENT = Path(__file__).parents[3] / "docs/reference/messages.md"


def at_its_longest(text: str) -> str:
    return text.replace("{code}", "0" * 10).replace("{app}", "A" * 11)


def test_every_promised_language_is_there() -> None:
    assert set(PROMISED.split()) <= LOCALES
    assert [locale for locale in LOCALES if not is_locale(locale)] == []


def test_the_texts_cannot_be_changed_while_running() -> None:
    with pytest.raises(TypeError):
        TEXTS["en"] = TEXTS["fr"]  # type: ignore[index]
    with pytest.raises(AttributeError):
        TEXTS["en"].plain = ""  # type: ignore[misc]


@EACH
def test_each_sentence_holds_its_placeholders_once_and_no_other_brace(
    locale: str, wording: Wording
) -> None:
    sentences = {
        wording.plain: ["{code}"],
        wording.branded: ["{code}", "{app}"],
        wording.warning: [],
    }
    for sentence, placeholders in sentences.items():
        rest = sentence
        for placeholder in placeholders:
            assert sentence.count(placeholder) == 1
            rest = rest.replace(placeholder, "")
        assert not set(rest) & set("{}")
        assert rest.strip()


@EACH
def test_each_sentence_is_tidy(locale: str, wording: Wording) -> None:
    for sentence in (wording.plain, wording.branded, wording.warning):
        assert sentence == unicodedata.normalize("NFC", sentence)
        assert sentence == " ".join(sentence.split())
    assert (
        check_template(
            Template(template_id="own", channel=None, locale=locale, text=wording.branded)
        )
        == []
    )


@EACH
def test_each_text_is_one_segment_at_its_longest(locale: str, wording: Wording) -> None:
    longest = at_its_longest(wording.warned(wording.branded)) + HASH_LINE
    assert count_segments(longest).count == 1
    assert len(longest.encode()) <= 140


@pytest.mark.parametrize(
    "locale", ["de", "en", "es", "fr", "id", "it", "nl", "pl", "ro", "sv", "tr"]
)
def test_a_language_that_can_do_without_other_letters_stays_in_gsm_7(locale: str) -> None:
    wording = TEXTS[locale]
    assert is_gsm(wording.plain + wording.branded + wording.warning)


def test_each_text_is_written_in_the_script_of_its_language() -> None:
    scripts = {
        "ARABIC": "ar fa ur",
        "ARMENIAN": "hy",
        "BENGALI": "bn",
        "CJK": "ja zh zh-TW",
        "CYRILLIC": "be bg kk mk mn ru sr uk",
        "DEVANAGARI": "hi mr",
        "GEORGIAN": "ka",
        "GREEK": "el",
        "GUJARATI": "gu",
        "HANGUL": "ko",
        "HEBREW": "he",
        "TAMIL": "ta",
        "TELUGU": "te",
        "THAI": "th",
    }
    expected = {locale: name for name, locales in scripts.items() for locale in locales.split()}
    for locale, wording in TEXTS.items():
        for sentence in (wording.plain, wording.branded, wording.warning):
            letters = sentence.replace("{code}", "").replace("{app}", "")
            names = {unicodedata.name(char).split()[0] for char in letters if char.isalpha()}
            # A Japanese sentence mixes its three scripts.
            assert expected.get(locale, "LATIN") in names or locale == "ja"
            assert ("LATIN" in names) is (locale not in expected)


def test_each_spoken_sentence_says_the_digits_once() -> None:
    assert set(SPOKEN) <= LOCALES
    assert len(SPOKEN) >= 12
    for sentence in SPOKEN.values():
        assert sentence.count("{digits}") == 1
        assert not set(sentence.replace("{digits}", "")) & set("{}")


def test_most_regions_get_their_own_language() -> None:
    languages = set(REGION_LANGUAGES.values())
    assert len(languages & LOCALES) > 2 * len(languages - LOCALES)


def rows(title: str) -> list[list[str]]:
    section = DOCUMENT.read_text().split(f"\n## {title}\n")[1].split("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")][2:]
    return [[cell.strip().strip("`") for cell in line.strip("|").split("|")] for line in lines]


def test_the_manual_lists_every_language_as_it_is() -> None:
    documented = {
        locale: (encoding, spoken, text) for locale, _, encoding, spoken, text in rows("Languages")
    }
    actual = {
        locale: (
            count_segments(wording.warned(wording.branded)).encoding.upper(),
            "yes" if locale in SPOKEN else "",
            wording.warned(wording.branded),
        )
        for locale, wording in TEXTS.items()
    }
    assert documented == actual
