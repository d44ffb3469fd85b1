"""Templates: the operator's own words for a message, by channel and language."""

import re
from collections.abc import Sequence

from msgspec import Struct

from watchword.domain.channel import Channel
from watchword.domain.locale import is_locale, resolve_locale
from watchword.domain.segments import count_segments, plain_typography

MAX_LENGTH = 1600
"""Characters a template may have: what Twilio takes in one request (its error 21617)."""

WARNING = "warning: "
"""Begins each problem that costs money or comfort but forbids nothing."""

LONGEST_CODE = "0" * 10
"""Stands for the code wherever a text is measured."""

RETRIEVER_BYTES = 140
"""Bytes a message may have for Google's SMS Retriever to hand it to the app, hash included."""

_PLACEHOLDERS = ("code", "app", "minutes")
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_FILLED = re.compile(r"\{(app|minutes)\}")
_SAMPLE_APP = "A" * 11
_HASH_LINE = 12


class Template(Struct, frozen=True, kw_only=True):
    """One text of a template; several share an id, one for each channel and locale.

    `channel` None means any. `text` holds `{code}` and may hold `{app}` and `{minutes}`.
    """

    template_id: str
    channel: Channel | None
    locale: str
    text: str


def clean_name(app_name: str | None) -> str:
    """The name as it may stand in a message, empty for none.

    Braces, line ends and other control characters are dropped: a name can add neither a
    placeholder nor a line.
    """
    words = " ".join((app_name or "").split())
    return "".join(char for char in words if char.isprintable() and char not in "{}").strip()


def byte_length(text: str) -> int:
    """The text's length in UTF-8."""
    return len(text.encode(errors="replace"))


def fill(text: str, app_name: str | None, minutes: int) -> str:
    """The text with all but the code put in; it raises nothing, whatever braces the text holds.

    Without a name, the space it leaves is closed.
    """
    name = clean_name(app_name)
    values = {"app": name, "minutes": str(minutes)}
    filled = _FILLED.sub(lambda found: values[found[1]], text)
    return filled if name or "{app}" not in text else re.sub(" {2,}", " ", filled).strip(" ")


def check_template(template: Template) -> list[str]:
    """What is wrong with a template, as sentences; those beginning with `warning: ` are advice."""
    problems = []
    if not is_locale(template.locale):
        problems.append(f"the locale {template.locale!r} is not a BCP 47 language tag")
    text = template.text
    if len(text) > MAX_LENGTH:
        problems.append(f"the text has {len(text)} characters, the most is {MAX_LENGTH}")
    names = _PLACEHOLDER.findall(text)
    if "code" not in names:
        problems.append("the text has no {code}")
    known = ", ".join(f"{{{name}}}" for name in _PLACEHOLDERS)
    problems += [
        f"{{{name}}} is not a placeholder; there are {known}"
        for name in dict.fromkeys(names)
        if name not in _PLACEHOLDERS
    ]
    if set(_PLACEHOLDER.sub("", text)) & set("{}"):
        problems.append("a brace stands alone")
    if template.channel in (None, Channel.SMS):
        problems += _warnings(text)
    return problems


def _warnings(text: str) -> list[str]:
    sample = plain_typography(fill(text, _SAMPLE_APP, 10).replace("{code}", LONGEST_CODE))
    size = count_segments(sample)
    if size.count > 1:
        problem = f"as SMS this is {size.count} segments in {size.encoding.upper()}, each billed"
        return [WARNING + problem]
    if byte_length(sample) + _HASH_LINE > RETRIEVER_BYTES:
        problem = f"with an app_realm the SMS is over {RETRIEVER_BYTES} bytes: Android ignores it"
        return [WARNING + problem]
    return []


def choose_template(
    templates: Sequence[Template], template_id: str, channel: Channel, locale: str
) -> Template | None:
    """The text to use: in the closest locale, and there the one for exactly this channel.

    None when the id is unknown or has no text for the channel. When no locale is close, English;
    when there is none either, the first for this channel, or the first of all.
    """
    usable = [
        template
        for template in templates
        if template.template_id == template_id and template.channel in (None, channel)
    ]
    locales = frozenset(template.locale for template in usable)
    closest = resolve_locale(locale, None, locales)
    usable.sort(key=lambda template: (template.locale != closest, template.channel is None))
    return usable[0] if usable else None
