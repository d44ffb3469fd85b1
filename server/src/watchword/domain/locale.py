"""Locales: which of our languages comes closest to the one a person reads."""

from collections.abc import Collection
from functools import lru_cache
from types import MappingProxyType

from langcodes import Language, closest_match

FALLBACK = "en"
"""Where an unknown or unsupported locale ends: the API promises en-US, whose words these are."""

# RFC 5646, 4.4.1: a buffer of 35 characters holds every tag a server must accept.
_LONGEST = 35

# CLDR reads a bare "pt" as Brazilian; in our lists it stands beside "pt-BR" and means Portugal's.
_AS_MATCHED = {"pt": "pt-PT"}

_REGIONS_BY_LANGUAGE = {
    "am": "ET",
    "ar": "AE BH DJ DZ EG EH IQ JO KM KW LB LY MA MR OM PS QA SA SD SY TN YE",
    "az": "AZ",
    "bg": "BG",
    "bn": "BD",
    "bs": "BA",
    "ca": "AD",
    "cs": "CZ",
    "da": "DK FO GL",
    "de": "AT CH DE LI",
    "dv": "MV",
    "dz": "BT",
    "el": "CY GR",
    "en": "AC AG AI AS AU BB BM BS BW BZ CA CC CK CX DM FJ FK FM GB GD GG GH GI GM GU GY IE IM IO "
    "JE JM KI KN KY LC LR LS MH MP MS MT MW NA NF NG NR NU NZ PG PW SB SG SH SL SS SX SZ TA TC TK "
    "TT TV US VC VG VI VU ZA ZM ZW",
    "es": "AR BO CL CO CR CU DO EC ES GQ GT HN MX NI PA PE PR PY SV UY VE",
    "et": "EE",
    "fa": "AF IR",
    "fi": "FI",
    "fil": "PH",
    "fr": "BF BI BJ BL CD CF CG CI CM FR GA GF GN GP LU MC MF MG ML MQ MU NC NE PF PM RE SC SN TD "
    "TG WF YT",
    "he": "IL",
    "hi": "IN",
    "hr": "HR",
    "ht": "HT",
    "hu": "HU",
    "hy": "AM",
    "id": "ID",
    "is": "IS",
    "it": "IT SM VA",
    "ja": "JP",
    "ka": "GE",
    "kk": "KZ",
    "km": "KH",
    "ko": "KP KR",
    "lo": "LA",
    "lt": "LT",
    "lv": "LV",
    "mk": "MK",
    "mn": "MN",
    "ms": "BN MY",
    "my": "MM",
    "nb": "NO SJ",
    "ne": "NP",
    "nl": "AW BE BQ CW NL SR",
    "pl": "PL",
    "pt": "AO CV GW MZ PT ST TL",
    "pt-BR": "BR",
    "ro": "MD RO",
    "ru": "BY KG RU",
    "rw": "RW",
    "si": "LK",
    "sk": "SK",
    "sl": "SI",
    "sm": "WS",
    "so": "SO",
    "sq": "AL XK",
    "sr-Latn": "ME RS",
    "sv": "AX SE",
    "sw": "KE TZ UG",
    "tg": "TJ",
    "th": "TH",
    "ti": "ER",
    "tk": "TM",
    "to": "TO",
    "tr": "TR",
    "uk": "UA",
    "ur": "PK",
    "uz": "UZ",
    "vi": "VN",
    "zh": "CN",
    "zh-TW": "HK MO TW",
}

REGION_LANGUAGES = MappingProxyType(
    {region: tag for tag, regions in _REGIONS_BY_LANGUAGE.items() for region in regions.split()}
)
"""Region, ISO 3166-1 alpha-2 or XK, AC, TA, to the language most of its people read messages in."""


def is_locale(text: str) -> bool:
    """Whether the text is a well-formed, valid BCP 47 tag (RFC 5646, 2.2.9)."""
    try:
        return 0 < len(text) <= _LONGEST and Language.get(text).is_valid()
    except ValueError:
        return False


def closest_locale(wanted: str, supported: Collection[str]) -> str | None:
    """The supported tag a reader of `wanted` understands best by CLDR's distances, None if none.

    A malformed tag matches nothing; it raises nothing.
    """
    return _closest(wanted, frozenset(supported))


def resolve_locale(wanted: str | None, region: str | None, supported: Collection[str]) -> str:
    """The supported locale to write in; `en` when nothing matches, even if that is unsupported.

    A locale that was asked for wins: its closest match, or English when it is malformed or far
    from all. When none was asked for, the main language of the number's `region` (ISO 3166-1).
    Cheap when `supported` is the same frozenset each time: answers are remembered.
    """
    tag = wanted or REGION_LANGUAGES.get(region or "", FALLBACK)
    kept = supported if isinstance(supported, frozenset) else frozenset(supported)
    return _closest(tag, kept) or _closest("en-US", kept) or FALLBACK


@lru_cache(maxsize=4096)
def _closest(wanted: str, supported: frozenset[str]) -> str | None:
    if wanted in supported:
        return wanted
    if len(wanted) > _LONGEST:
        return None
    tags = {_AS_MATCHED.get(tag, tag): tag for tag in sorted(supported)}
    try:
        match, _ = closest_match(wanted, list(tags))
    except ValueError:
        return None
    return tags.get(match)
