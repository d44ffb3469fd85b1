"""Statements: the named SQL texts of the folder `sql`, shared by every engine, and the schema's steps.

A text in a folder of `sql` that is called like an engine stands in for the shared one of its name.
"""

import re
from collections.abc import Iterator
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from typing import NamedTuple

MARK = "-- name: "
_PARAMETER = re.compile(r"(?<!:):([a-z_0-9]+)")


class Numbered(NamedTuple):
    """A statement with `$1`, `$2` … for its parameters, and their names in that order."""

    text: str
    names: tuple[str, ...]


def _named(folder: Traversable) -> Iterator[tuple[str, str]]:
    for file in sorted(folder.iterdir(), key=lambda file: file.name):
        if file.is_file():
            for part in file.read_text(encoding="utf-8").split(MARK)[1:]:
                name, _, text = part.partition("\n")
                yield name, text.strip()


@cache
def statements() -> dict[str, str]:
    """Every shared statement by its name.

    Raises:
        ValueError: two statements share a name.

    """
    found: dict[str, str] = {}
    for name, text in _named(resources.files(__package__).joinpath("sql")):
        if name in found:
            raise ValueError(f"two statements are called {name}")
        found[name] = text
    return found


@cache
def postgres_statements() -> dict[str, Numbered]:
    """Every statement as PostgreSQL takes it, by its name."""
    own = dict(_named(resources.files(__package__).joinpath("sql", "postgres")))
    return {name: _numbered(text) for name, text in (statements() | own).items()}


def _numbered(text: str) -> Numbered:
    names = tuple(dict.fromkeys(_PARAMETER.findall(text)))
    return Numbered(_PARAMETER.sub(lambda match: f"${names.index(match[1]) + 1}", text), names)


@cache
def migrations() -> tuple[tuple[int, str], ...]:
    """The schema's steps as (version, SQL), in order, from the file names `0001_….sql`."""
    files = resources.files(__package__).joinpath("schema").iterdir()
    steps = [(int(file.name[:4]), file.read_text(encoding="utf-8")) for file in files]
    return tuple(sorted(steps))


@cache
def postgres_migrations() -> tuple[tuple[int, str], ...]:
    """The same steps in PostgreSQL's words."""
    return tuple((version, _in_postgres_words(text)) for version, text in migrations())


def _in_postgres_words(text: str) -> str:
    for shared, own in (
        (" BLOB", " BYTEA"),
        (" INTEGER", " BIGINT"),
        (") WITHOUT ROWID;", ");"),
    ):
        text = text.replace(shared, own)
    return text
