"""Report: the measured table and a picture of it, written into the documents."""

import re
from pathlib import Path

from benchmarks.results import Results

DOCS = Path(__file__).parent.parent / "docs" / "explanation"
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"
WIDTH, BAR, LABEL = 760, 26, 300
OURS, THEIRS = "#0f766e", "#94a3b8"


def write_page(results: Results) -> None:
    """Replace the measured part of performance.md, and its picture."""
    page = DOCS / "performance.md"
    text = page.read_text("utf-8")
    made = f"{BEGIN}\n{_tables(results)}\n{END}"
    page.write_text(
        re.sub(f"{BEGIN}.*{END}", lambda _: made, text, flags=re.DOTALL), encoding="utf-8"
    )
    (DOCS / "performance.svg").write_text(_picture(results), encoding="utf-8")


def _tables(results: Results) -> str:
    lines = [f"Measured on: {results.machine}.", ""]
    lines += ["| variant @connections | requests/s | p50 ms | p99 ms | answers as wanted |"]
    lines += ["|---|---:|---:|---:|---:|"]
    lines += ["| " + " | ".join(row) + " |" for row in results.rows()]
    lines += ["", "| target | ratio of | measured | wanted |", "|---|---|---:|---:|"]
    lines += [
        f"| {target} | {what} | {ratio:.2f} | {wanted} |"
        for target, what, ratio, wanted in results.ratios()
    ]
    lines += [""]
    lines += [
        f"- At half of the saturating load, {name}: {one.rate:,.0f}/s, p50 {one.p50:.1f} ms,"
        f" p99 {one.p99:.1f} ms (P3 wants 20)."
        for name, one in results.half.items()
    ]
    if results.process:
        told = results.process
        memory = f"{told['fresh_mb']:.0f} MB fresh, {told['worked_mb']:.0f} MB after the load"
        lines.append(
            f"- Start to ready {told['ready_s']:.2f} s (P8 wants 1), `--help` {told['help_s']:.2f} s (0.3);"
            f" memory {memory} (P6 wants 120)."
        )
    lines += [f"- {remark}." for remark in results.remarks()]
    return "\n".join(lines)


def _picture(results: Results) -> str:
    rows = [(name, results.rate(name)) for name in results.flow]
    scale = (WIDTH - LABEL - 90) / max(rate for _, rate in rows)
    bars = "".join(_bar(10 + i * BAR, *row, scale) for i, row in enumerate(rows))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {len(rows) * BAR + 20}"'
        ' role="img" aria-label="Requests a second by variant" font-size="12"'
        f' font-family="system-ui, sans-serif" fill="#64748b">{bars}</svg>\n'
    )


def _bar(top: int, name: str, rate: float, scale: float) -> str:
    ours = name.startswith(("embedded", "PostgreSQL"))
    length = max(2, rate * scale)
    return (
        f'<text x="{LABEL - 8}" y="{top + 17}" text-anchor="end">{name}</text>'
        f'<rect x="{LABEL}" y="{top + 4}" rx="3" height="{BAR - 8}" width="{length:.0f}"'
        f' fill="{OURS if ours else THEIRS}"/>'
        f'<text x="{LABEL + 8 + length:.0f}" y="{top + 17}">{rate:,.0f}/s</text>'
    )
