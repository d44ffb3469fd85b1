"""Messages: the words one person gets, with the place of the code left open."""

import re
from collections.abc import Iterator
from functools import lru_cache

from msgspec import Struct

from watchword.domain.channel import Channel
from watchword.domain.locale import resolve_locale
from watchword.domain.segments import Segments, count_segments, plain_typography
from watchword.domain.template import (
    LONGEST_CODE,
    RETRIEVER_BYTES,
    Template,
    byte_length,
    clean_name,
    fill,
)
from watchword.domain.texts import LOCALES, SPOKEN, SPOKEN_LOCALES, TEXTS

CODE = "{code}"
"""Stands where the code goes."""

_HOST = re.compile(
    r"(?=.{1,253}\Z)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?"
)


class Content(Struct, frozen=True, kw_only=True):
    """The words of one message without its code, so that they may be stored and shown.

    `text` holds `{code}` where the code goes, `locale` is the language of the words, and `spoken`
    says that they are read aloud, each digit apart.
    """

    text: str
    locale: str = "en"
    spoken: bool = False

    def with_code(self, code: str) -> str:
        """The words as they are sent; never to be stored or logged."""
        return self.text.replace(CODE, ", ".join(code) if self.spoken else code)

    def masked(self, code_length: int) -> str:
        """The words with an asterisk for each digit of the code."""
        return self.text.replace(CODE, "*" * code_length)

    def segments(self, code_length: int) -> Segments:
        """The size as SMS with a code of this many digits."""
        return count_segments(self.text.replace(CODE, "0" * code_length))


def check_origin(text: str) -> str | None:
    """The host in lower case, or None when it cannot stand in an origin-bound code.

    A domain name of two labels or more, without scheme, port or path; other scripts in Punycode.
    """
    host = text.strip().lower()
    return host if _HOST.fullmatch(host) else None


def compose(
    *,
    channel: Channel,
    locale: str,
    app_name: str | None,
    minutes: int,
    template: Template | None,
    app_realm: str | None,
    origin: str | None,
) -> Content:
    """The words for a channel: the template's, or our own in the language closest to `locale`.

    An SMS gets what lets a phone read it: the app's hash on a line of its own (Google's SMS
    Retriever), and `@host #code` as the last line (WICG, origin-bound one-time codes). Of our own
    wordings the fullest that stays one segment is taken, and with a hash within 140 bytes,
    measured with a code of ten digits: first the warning is given up, then the name. A template's
    words are never cut. An `origin` that `check_origin` refuses is left out.
    """
    return _compose(channel, locale, app_name, minutes, template, app_realm, origin)


@lru_cache(maxsize=4096)
def _compose(
    channel: Channel,
    locale: str,
    app_name: str | None,
    minutes: int,
    template: Template | None,
    app_realm: str | None,
    origin: str | None,
) -> Content:
    spoken = channel is Channel.VOICE
    if template is not None:
        written, wordings = template.locale, [template.text]
    elif spoken:
        written = resolve_locale(locale, None, SPOKEN_LOCALES)
        wordings = [SPOKEN[written].replace("{digits}", CODE)]
    else:
        written = resolve_locale(locale, None, LOCALES)
        wordings = list(_wordings(written, branded=bool(clean_name(app_name))))
    texts = [fill(wording, app_name, minutes) for wording in wordings]
    if channel is Channel.SMS:
        tail = _tail(app_realm, origin)
        texts = [plain_typography(text.rstrip() + tail) for text in texts]
        # The first of the best: wordings come fullest first.
        texts.sort(key=lambda text: _cost(text, retrieved=bool(app_realm)))
    return Content(text=texts[0], locale=written, spoken=spoken)


def _wordings(locale: str, *, branded: bool) -> Iterator[str]:
    wording = TEXTS[locale]
    for sentence in (wording.branded, wording.plain) if branded else (wording.plain,):
        yield wording.warned(sentence)
        yield sentence


def _tail(app_realm: str | None, origin: str | None) -> str:
    host = check_origin(origin) if origin else None
    return (f"\n{app_realm}" if app_realm else "") + (f"\n@{host} #{CODE}" if host else "")


def _cost(text: str, *, retrieved: bool) -> tuple[int, bool]:
    longest = text.replace(CODE, LONGEST_CODE)
    return count_segments(longest).count, retrieved and byte_length(longest) > RETRIEVER_BYTES
