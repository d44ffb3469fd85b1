"""Rendering: a person's place in the walk as a page in their language."""

import math
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from watchword.domain.hosted_session import HostedSession, SessionStatus, Word
from watchword.domain.phone_number import mask
from watchword.edges.hosted.countries import example_of, name_of, offered, spaced
from watchword.edges.hosted.language import language_for, region_for
from watchword.edges.hosted.words import WORDS
from watchword.usecases.hosted_walk import Walk

STATIC = "static/"
"""Where style and scripts are, seen from a page."""
GOOD = (Word.SENT_AGAIN,)
ABOUT_FIELD = (Word.NUMBER_INVALID, Word.NUMBER_CANNOT, Word.NUMBER_REFUSED)
ABOUT_CODE = (Word.CODE_INCOMPLETE, Word.CODE_WRONG)
STATUS = {SessionStatus.EXPIRED: 410}
"""HTTP statuses of pages, where it is not 200."""


@cache
def environment() -> Environment:
    """The templates; everything put into them is escaped."""
    return Environment(
        loader=PackageLoader("watchword.edges.hosted"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def page_of(walk: Walk, token: str, accept_language: str, *, framed: bool) -> tuple[int, str]:
    """The page of a person's place as (HTTP status, HTML).

    A frame may not take the focus by itself: there the script does, once somebody is in it.
    """
    session, project = walk.session, walk.project
    status = session.status(walk.now)
    language = language_for(session.locale, accept_language)
    name = project.settings.app_name or project.name
    context = {
        "name": name,
        "token": token,
        "session": session,
        "origins": " ".join(session.origins),
        "way_back": session.way_back(),
        "shown": _shown(session),
        "focus": "data-focus" if framed else "autofocus",
        "verified": status is SessionStatus.VERIFIED,
    }
    match status:
        case SessionStatus.VERIFIED:
            template = "verified.html"
        case SessionStatus.EXPIRED:
            template = "gone.html"
        case _ if walk.about is not None:
            template = "code.html"
            context |= _code_context(walk, language)
        case _:
            template = "number.html"
            context |= _number_context(walk, language, accept_language)
    return STATUS.get(status, 200), _render(template, language, context)


def plain_page(template: str, accept_language: str, up: str) -> str:
    """A page that is about no session; `up` leads from it to where pages are."""
    context = {"name": "", "origins": "", "way_back": None, "verified": False, "session": None}
    return _render(template, language_for(None, accept_language), context, up)


def _render(template: str, language: str, context: dict[str, Any], up: str = "") -> str:
    page = environment().get_template(template)
    return page.render(language=language, words=WORDS[language], static=up + STATIC, **context)


def _shown(session: HostedSession) -> str:
    """The number as the page shows it; one that the person did not type stays hidden to them."""
    if session.number is None:
        return ""
    return mask(session.number).replace("*", "•") if session.fixed else spaced(session.number)


def _told(walk: Walk, language: str, **fields: object) -> dict[str, Any]:
    word = walk.session.word
    text = WORDS[language].told[word].format(**fields) if word is not None else ""
    return {"told": text, "good": word in GOOD, "word": word}


def _number_context(walk: Walk, language: str, accept_language: str) -> dict[str, Any]:
    session, words = walk.session, WORDS[language]
    list_of = offered(language, walk.project.settings.regions)
    chosen = session.country or region_for(session.locale, accept_language)
    if len(list_of) == 1:
        chosen = list_of[0].region
    if all(country.region != chosen for country in list_of):
        chosen = None
    told = _told(walk, language, country=name_of(chosen, language), seconds=0, length=0)
    example = example_of(chosen)
    if session.word is Word.NUMBER_INVALID and example:
        told["told"] += " " + words.example.format(example=example)
    return {
        **told,
        "countries": list_of,
        "chosen": chosen,
        "invalid": session.word in ABOUT_FIELD,
    }


def _code_context(walk: Walk, language: str) -> dict[str, Any]:
    wait, length = walk.wait, walk.code_length
    seconds = None if wait is None else math.ceil(wait / 1000)
    return {
        **_told(walk, language, country="", seconds=seconds or 1, length=length),
        "length": length,
        "wait": seconds,
        "invalid": walk.session.word in ABOUT_CODE,
    }
