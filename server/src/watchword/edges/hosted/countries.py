"""Countries: their names (Unicode CLDR), calling codes and examples, and how a national number is read."""

import unicodedata
from collections.abc import Collection
from functools import cache
from importlib import resources
from types import MappingProxyType

import phonenumbers
from msgspec import Struct
from phonenumbers import PhoneNumberFormat, PhoneNumberType

LANGUAGES = ("en", "fr", "de", "es", "pt", "it")
"""The columns of the table of names, after the region's."""
LONGEST_TYPED = 40


class Country(Struct, frozen=True):
    """One line of the list; `region` is ISO 3166-1 alpha-2."""

    region: str
    name: str
    calling_code: int


@cache
def _names() -> MappingProxyType[str, dict[str, str]]:
    text = resources.files("watchword.edges.hosted").joinpath("countries.tsv").read_text("utf-8")
    rows = (line.split("\t") for line in text.splitlines())
    return MappingProxyType(
        {region: dict(zip(LANGUAGES, names, strict=True)) for region, *names in rows}
    )


@cache
def countries(language: str) -> tuple[Country, ...]:
    """Every country with a numbering plan, as its name is sorted in a language."""
    found = (
        Country(region, names[language], phonenumbers.country_code_for_region(region))
        for region, names in _names().items()
    )
    return tuple(sorted(found, key=lambda country: _sorted_as(country.name)))


def _sorted_as(name: str) -> str:
    """The name without its accents: close to how these languages sort."""
    plain = unicodedata.normalize("NFKD", name)
    return "".join(char for char in plain if not unicodedata.combining(char)).casefold()


def offered(language: str, regions: Collection[str]) -> list[Country]:
    """The countries a project sends to; all of them where it names none."""
    return [country for country in countries(language) if not regions or country.region in regions]


def name_of(region: str | None, language: str) -> str:
    """A country's name; empty where there is none."""
    return _names().get(region or "", {}).get(language, "")


def example_of(region: str | None) -> str:
    """A mobile number of a country as people there write it; empty where none is known."""
    found = phonenumbers.example_number_for_type(region, PhoneNumberType.MOBILE) if region else None
    return phonenumbers.format_number(found, PhoneNumberFormat.NATIONAL) if found else ""


def as_e164(typed: str, region: str | None) -> str | None:
    """What was typed as E.164, whether or not there is such a number; None where it is no number."""
    if len(typed) > LONGEST_TYPED:
        return None
    try:
        parsed = phonenumbers.parse(typed, region)
    except phonenumbers.NumberParseException:
        return None
    return phonenumbers.format_number(parsed, PhoneNumberFormat.E164)


def spaced(e164: str) -> str:
    """A number as it is written from abroad."""
    try:
        parsed = phonenumbers.parse(e164)
    except phonenumbers.NumberParseException:
        return e164
    return phonenumbers.format_number(parsed, PhoneNumberFormat.INTERNATIONAL)
