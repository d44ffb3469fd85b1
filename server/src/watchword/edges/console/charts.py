"""Charts: the geometry of lines and areas, drawn as SVG by the templates."""

from collections.abc import Sequence

from msgspec import Struct

WIDTH, HEIGHT = 1000.0, 240.0
TICKS = 4
NICE = (1, 2, 2.5, 5, 10)


class Line(Struct, frozen=True, kw_only=True):
    """One series: its name, its class in the style sheet, and its path; an area where `area` is set."""

    name: str
    tone: str
    path: str
    area: str = ""


class Chart(Struct, frozen=True, kw_only=True):
    """Lines in a box of WIDTH by HEIGHT, with the labels of its left and right axis, highest first."""

    lines: tuple[Line, ...]
    left: tuple[str, ...]
    right: tuple[str, ...]
    instants: tuple[int, ...]


def top_of(values: Sequence[float | None]) -> float:
    """A round number at or above the highest value, at least 4."""
    highest = max((value for value in values if value is not None), default=0) or 1
    scale = 1.0
    while scale * 10 <= highest / TICKS:
        scale *= 10
    return max(TICKS, next(n * scale for n in NICE if n * scale * TICKS >= highest) * TICKS)


def path_of(values: Sequence[float | None], top: float) -> str:
    """The path of a line; where a value is not known there is a gap."""
    step = WIDTH / max(1, len(values) - 1)
    words, pen = [], "M"
    for place, value in enumerate(values):
        if value is None:
            pen = "M"
            continue
        y = HEIGHT - HEIGHT * min(value, top) / top
        words.append(f"{pen}{place * step:.1f} {y:.1f}")
        pen = "L"
    return " ".join(words)


def area_of(values: Sequence[float | None], top: float) -> str:
    """The area under a line that has no gaps."""
    line = path_of([value or 0 for value in values], top)
    return f"{line} L{WIDTH:.1f} {HEIGHT:.1f} L0 {HEIGHT:.1f} Z" if line else ""


def volume_chart(
    instants: Sequence[int],
    counts: Sequence[tuple[str, str, Sequence[float]]],
    shares: Sequence[tuple[str, str, Sequence[float | None]]] = (),
) -> Chart:
    """Counts on the left axis, the first as an area, and shares of 1 on the right."""
    top = top_of([value for _, _, values in counts for value in values])
    lines = [
        Line(
            name=name,
            tone=tone,
            path=path_of(values, top),
            area=area_of(values, top) if place == 0 else "",
        )
        for place, (name, tone, values) in enumerate(counts)
    ]
    lines += [Line(name=name, tone=tone, path=path_of(v, 1.0)) for name, tone, v in shares]
    marks = [top * tick / TICKS for tick in range(TICKS, -1, -1)]
    return Chart(
        lines=tuple(lines),
        left=tuple(f"{mark:,.0f}" if top >= TICKS else f"{mark:g}" for mark in marks),
        right=tuple(f"{100 * tick / TICKS:.0f} %" for tick in range(TICKS, -1, -1))
        if shares
        else (),
        instants=tuple(instants),
    )


def spark(values: Sequence[float | None]) -> str:
    """The path of a small line in a box of WIDTH by HEIGHT, its lowest value at the bottom."""
    known = [value for value in values if value is not None]
    if not known or max(known) == min(known):
        return f"M0 {HEIGHT / 2:.1f} L{WIDTH:.1f} {HEIGHT / 2:.1f}"
    low, high = min(known), max(known)
    return path_of([None if v is None else v - low for v in values], (high - low) * 1.05)
