"""Statements: the named SQL texts of the folder `sql`, shared by every engine."""

from functools import cache
from importlib import resources

MARK = "-- name: "


@cache
def statements() -> dict[str, str]:
    """Every statement by its name.

    Raises:
        ValueError: two statements share a name.

    """
    found: dict[str, str] = {}
    for file in sorted(
        resources.files(__package__).joinpath("sql").iterdir(), key=lambda f: f.name
    ):
        for part in file.read_text(encoding="utf-8").split(MARK)[1:]:
            name, _, text = part.partition("\n")
            if name in found:
                raise ValueError(f"two statements are called {name}")
            found[name] = text.strip()
    return found


@cache
def migrations() -> tuple[tuple[int, str], ...]:
    """The schema's steps as (version, SQL), in order, from the file names `0001_….sql`."""
    files = resources.files(__package__).joinpath("schema").iterdir()
    steps = [(int(file.name[:4]), file.read_text(encoding="utf-8")) for file in files]
    return tuple(sorted(steps))
