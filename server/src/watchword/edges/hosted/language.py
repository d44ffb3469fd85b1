"""Language: which of the page's languages a person reads best, and where they are likely to be."""

from collections.abc import Iterator

from watchword.domain.locale import FALLBACK, closest_locale, is_locale
from watchword.edges.hosted.words import WORDS

MOST_TAGS = 10


def accepted(header: str) -> Iterator[str]:
    """The tags of an Accept-Language header, the dearest first (RFC 9110, 12.5.4)."""
    found: list[tuple[float, str]] = []
    for part in header.split(",")[:MOST_TAGS]:
        tag, _, quality = part.partition(";")
        try:
            weight = float(quality.strip().removeprefix("q=") or 1)
        except ValueError:
            weight = 0.0
        if weight > 0 and is_locale(tag.strip()):
            found.append((-weight, tag.strip()))
    return (tag for _, tag in sorted(found, key=lambda pair: pair[0]))


def language_for(locale: str | None, accept_language: str) -> str:
    """The page's language: the one the session was opened in, else the first the browser asks for."""
    for tag in (locale,) if locale else accepted(accept_language):
        closest = closest_locale(tag, WORDS)
        if closest is not None:
            return closest
    return FALLBACK


def region_for(locale: str | None, accept_language: str) -> str | None:
    """The country a locale names, as a guess of where the person's number is from."""
    for tag in (locale, *accepted(accept_language)):
        for part in (tag or "").split("-")[1:]:
            if len(part) == 2 and part.isalpha():  # noqa: PLR2004 - ISO 3166-1 alpha-2
                return part.upper()
    return None
