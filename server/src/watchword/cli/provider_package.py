"""Provider package: the files of a small package with a provider of its own, to begin from."""

import re
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path

LONGEST_NAME = 24
"""Characters; lines of the written code stay within a hundred."""
_NAME = re.compile("[a-z](_?[a-z0-9])*")
_TEMPLATES = {
    "pyproject.toml": "pyproject.toml.txt",
    "README.md": "README.md.txt",
    "src/watchword_{{name}}/__init__.py": "adapter.py.txt",
    "src/watchword_{{name}}/py.typed": "",
    "tests/{{name}}.toml": "recording.toml.txt",
    "tests/test_{{name}}.py": "test.py.txt",
}


def name_problem(name: str) -> str:
    """What is wrong with the name of a new kind; empty where nothing is."""
    if not _NAME.fullmatch(name) or len(name) > LONGEST_NAME:
        return (
            f"{name!r} is no name: lower-case letters, digits and single underscores between them,"
            f" {LONGEST_NAME} at most"
        )
    if find_spec(f"watchword_{name}") is not None:
        return f"a package watchword_{name} is installed already"
    return ""


def package_files(name: str) -> dict[str, str]:
    """The texts of the package by their paths in it, for a name that has no problem."""
    words = name.split("_")
    known = {
        "{{name}}": name,
        "{{class}}": "".join(map(str.capitalize, words)),
        "{{title}}": " ".join(map(str.capitalize, words)),
        "{{distribution}}": f"watchword-{name.replace('_', '-')}",
    }
    folder = files("watchword.cli") / "provider_template"
    return {
        _filled(path, known): _filled((folder / source).read_text("utf-8") if source else "", known)
        for path, source in _TEMPLATES.items()
    }


def write_package(folder: Path, texts: dict[str, str]) -> None:
    """Write all of the files, or none.

    Raises:
        FileExistsError: one is there already.
        OSError: one cannot be written.

    """
    for path in texts:
        if (folder / path).exists():
            raise FileExistsError(path)
    for path, text in texts.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        with (folder / path).open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)


def _filled(text: str, known: dict[str, str]) -> str:
    for name, value in known.items():
        text = text.replace(name, value)
    return text
