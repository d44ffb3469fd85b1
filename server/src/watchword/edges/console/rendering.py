"""Rendering: templates with their filters, and nothing in them that a script could hide in."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any
from urllib.parse import urlencode

import msgspec
import segno
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from watchword.domain.money import as_decimal
from watchword.edges.console.charts import HEIGHT, WIDTH, spark, volume_chart
from watchword.edges.console.names import REFERENCE_NAMES
from watchword.edges.console.pages import GROUPS, PAGES
from watchword.usecases.manage.reporting import Point

SECOND, MINUTE = 1000, 60_000
SYMBOLS = {"EUR": "€", "USD": "$", "GBP": "£", "INR": "₹", "JPY": "¥"}
CENT = 0.01
SANDBOX_NUMBERS = (
    ("+12025550100", "is delivered to"),
    ("+12025550101", "is undeliverable over the first channel"),
    ("+12025550102", "is refused as fraud"),
    ("+12025550103", "expires at once"),
    ("+12025550104", "lets the provider time out"),
    ("+12025550105", "has a slow receipt"),
)
"""Numbers kept for fiction and what a sandbox makes of them."""


@cache
def environment() -> Environment:
    """The templates; everything put into them is escaped."""
    made = Environment(
        loader=PackageLoader("watchword.edges.console"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {
        "moment": moment,
        "money": money,
        "percent": percent,
        "seconds": seconds,
        "whole": whole,
        "number_text": number_text,
        "pretty": pretty,
        "to_the_letter": to_the_letter,
        "builtin": msgspec.to_builtins,
    }
    made.globals |= {
        "pages": PAGES,
        "groups": GROUPS,
        "volume_chart": volume_chart,
        "spark": spark,
        "chart_width": WIDTH,
        "chart_height": HEIGHT,
        "query_of": query_of,
        "change_of": change_of,
        "qr": qr,
        "settled": settled,
        "sandbox_numbers": SANDBOX_NUMBERS,
    }
    made.globals |= REFERENCE_NAMES
    return made


def to_the_letter(text: str) -> str:
    """The pattern of an input that takes this text alone (ECMAScript's syntax characters, escaped)."""
    return re.sub(r"[\^$.*+?()\[\]{}|/\\]", r"\\\g<0>", text)


def settled(course: Sequence[Point], step: int, now: int) -> list[float | None]:
    """Conversion by point, but for the last, in which people are still typing."""
    return [point.counts.conversion if point.at + step <= now else None for point in course]


def qr(text: str) -> str:
    """A QR code as the address of a picture."""
    return str(segno.make(text).svg_data_uri(scale=5, border=2))


def render(template: str, **context: object) -> str:
    """A page as HTML."""
    return environment().get_template(template).render(**context)


def moment(at: int | None, style: str = "full") -> Markup:
    """An instant in Unix milliseconds, which the browser writes anew in the reader's own zone."""
    if at is None:
        return Markup("–")
    when = datetime.fromtimestamp(at / SECOND, UTC)
    text = f"{when:%Y-%m-%d %H:%M:%S} UTC"
    return Markup('<time datetime="{}" data-style="{}">{}</time>').format(
        f"{when:%Y-%m-%dT%H:%M:%S}.{when.microsecond // 1000:03d}Z", style, text
    )


def money(micros: float | None, currency: str) -> str:
    """Micros as people read money: two digits, or up to four where it is less than one."""
    if micros is None:
        return "–"
    amount = as_decimal(round(micros))
    symbol = SYMBOLS.get(currency)
    text = f"{abs(amount):,.2f}"
    if 0 < abs(amount) < 1:
        text = f"{abs(amount):.4f}"
    sign = "−" if amount < 0 else ""
    return f"{sign}{symbol}{text}" if symbol else f"{sign}{text} {currency}"


def percent(share: float | None, digits: int = 1) -> str:
    """A share of 1."""
    return "–" if share is None else f"{100 * share:.{digits}f} %"


def seconds(value: float | None) -> str:
    """Seconds as people read them."""
    if value is None:
        return "–"
    if value < 1:
        return f"{value * 1000:.0f} ms"
    return f"{value:.1f} s" if value < 100 else f"{value / 60:.1f} min"  # noqa: PLR2004 - two digits


def whole(value: float) -> str:
    """A count with its thousands apart."""
    return f"{value:,.0f}"


def number_text(masked: str) -> str:
    """A text with dots for the stars of a masked number."""
    return masked.replace("*", "•") if "***" in masked else masked


def pretty(text: str) -> str:
    """JSON with indents; other text as it is."""
    try:
        return msgspec.json.format(text.encode(), indent=2).decode()
    except msgspec.MsgspecError:
        return text


def query_of(query: dict[str, Any], **changes: object) -> str:
    """The query of an address with some fields changed; those that are None or empty are left out."""
    merged = {**query, **changes}
    kept = {name: str(value) for name, value in merged.items() if value not in (None, "")}
    return f"?{urlencode(kept)}" if kept else "?"


def change_of(now: float | None, before: float | None, *, less_is_good: bool = False) -> Any:  # noqa: ANN401 - for a template
    """How a figure changed: its words, and whether that is good news; None where nothing can be said."""
    if now is None or not before:
        return None
    change = now / before - 1
    rises = change > 0
    tone = "plain" if abs(change) < CENT / 2 else "good" if rises is not less_is_good else "bad"
    return {"text": f"{'+' if change >= 0 else '−'}{abs(100 * change):.1f} %", "tone": tone}
