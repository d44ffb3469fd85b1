"""Means with their uncertainty, and tables of them in Markdown."""

import math
from collections.abc import Sequence

import msgspec

# Student's t, two-sided 95 %, for 1 to 10 degrees of freedom.
_T95 = (12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228)
_Z95 = 1.959964


class Estimate(msgspec.Struct, frozen=True):
    """A mean and the half width of its 95 % confidence interval (0 when there is one value)."""

    mean: float
    margin: float

    def plain(self, decimals: int = 0) -> str:
        """Both numbers as they are: `10±2`; an infinite or absent margin is left out."""
        return self._written(1, decimals)

    def percent(self, decimals: int = 1) -> str:
        """Both numbers as shares: 0.078 with a margin of 0.011 is `7.8±1.1 %`."""
        return self._written(100, decimals) + " %"

    def cents(self, decimals: int = 1) -> str:
        """Both numbers, which are dollars, in cents: `8.8±0.5 c`."""
        return self._written(100, decimals) + " c"

    def _written(self, scale: float, decimals: int) -> str:
        mean = f"{self.mean * scale + 0:.{decimals}f}"
        if not self.margin or not math.isfinite(self.margin):
            return mean
        return f"{mean}±{self.margin * scale:.{decimals}f}"


def estimate(values: Sequence[float]) -> Estimate:
    """The mean of independent values and its 95 % interval by Student's t.

    Raises:
        ValueError: there is no value.
    """
    count = len(values)
    if not count:
        raise ValueError("a mean needs at least one value")
    mean = math.fsum(values) / count
    if count == 1:
        return Estimate(mean, 0.0)
    variance = math.fsum((value - mean) ** 2 for value in values) / (count - 1)
    return Estimate(mean, t95(count - 1) * math.sqrt(variance / count))


def t95(freedom: int) -> float:
    """The two-sided 95 % quantile of Student's t; beyond 10 degrees by Fisher's expansion."""
    if freedom <= len(_T95):
        return _T95[freedom - 1]
    z = _Z95
    return z + (z**3 + z) / (4 * freedom) + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * freedom**2)


def markdown_table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table whose columns line up in the source too: words to the left, figures to the right."""
    widths = [max(len(row[i]) for row in (header, *rows)) for i in range(len(header))]
    rule = ["-" * max(widths[0], 3)] + ["-" * max(width - 1, 2) + ":" for width in widths[1:]]
    lines = [_line(header, widths), _line(rule, widths), *(_line(row, widths) for row in rows)]
    return "\n".join(lines)


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    first, *others = cells
    padded = [first.ljust(widths[0])]
    padded += [cell.rjust(width) for cell, width in zip(others, widths[1:], strict=True)]
    return "| " + " | ".join(padded) + " |"
