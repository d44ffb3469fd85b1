"""Prose: the little Markdown of descriptions as HTML: paragraphs, lists and code."""

import re

from markupsafe import Markup, escape

_CODE = re.compile(r"`([^`]+)`")


def prose(text: str) -> Markup:
    """Paragraphs parted by empty lines, lists of lines that begin with `- `, code in backticks."""
    return Markup().join(_block(block) for block in re.split(r"\n\s*\n", text.strip()) if block)


def _block(block: str) -> Markup:
    before, *items = re.split(r"(?:^|\n)- ", block)
    paragraph = Markup("<p>{}</p>").format(_line(before)) if before.strip() else Markup()
    if not items:
        return paragraph
    listed = Markup().join(Markup("<li>{}</li>").format(_line(item)) for item in items)
    return paragraph + Markup("<ul>{}</ul>").format(listed)


def _line(text: str) -> Markup:
    """The words of a paragraph; what stands between backticks is every other part."""
    parts = _CODE.split(" ".join(text.split()))
    return Markup().join(
        Markup("<code>{}</code>").format(part) if place % 2 else escape(part)
        for place, part in enumerate(parts)
    )
