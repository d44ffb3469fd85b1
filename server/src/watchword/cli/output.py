"""Output: the same answer for a person and, with --json, for a program."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import click
import msgspec

F = TypeVar("F", bound=Callable[..., Any])


def json_option(function: F) -> F:
    """Add `--json`."""
    option = click.option("--json", "as_json", is_flag=True, help="Write JSON, for programs.")
    return option(function)


def write_done(words: str, *, as_json: bool) -> None:
    """Say in a sentence that it is done."""
    if as_json:
        write_json({"message": words})
    else:
        click.secho(f"✓ {words}", fg="green")


def write_json(value: object) -> None:
    """Write a value as JSON on one line."""
    click.echo(msgspec.json.encode(value).decode())


def write_pairs(pairs: list[tuple[str, str]]) -> None:
    """Write names and values in two columns."""
    width = max((len(name) for name, _ in pairs), default=0)
    for name, value in pairs:
        click.echo(f"  {click.style(name.ljust(width), dim=True)}  {value}")


def write_table(header: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> None:
    """Write rows under a header, each column as wide as it needs."""
    widths = [max(len(row[at]) for row in [header, *rows]) for at in range(len(header))]
    for row in [header, *rows]:
        line = "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        click.secho("  " + line.rstrip(), dim=row is header)
