"""The reference pages say what the code says; `server/tools/make_reference.py` writes them."""

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import msgspec
import pytest

from watchword.domain.errors import ErrorCode
from watchword.domain.project import Limits, ProjectSettings
from watchword.edges.http.explanations import EXPLANATIONS
from watchword.settings import Settings

TOP = Path(__file__).parents[3]
REFERENCE = TOP / "docs" / "reference"


def tool(name: str = "make_reference") -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, TOP / "server" / "tools" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("page", ["cli.md", "settings.md", "metrics.md"])
def test_a_generated_page_is_as_the_code_would_write_it_today(page: str) -> None:
    assert (REFERENCE / page).read_text(encoding="utf-8") == tool().PAGES[page]()


def test_every_provider_has_its_page_as_the_code_would_write_it_today() -> None:
    pages = dict(tool("make_provider_pages").pages())
    assert pages == {
        path.name: path.read_text(encoding="utf-8") for path in REFERENCE.glob("providers/*.md")
    }


def test_every_setting_has_a_heading_and_a_sentence() -> None:
    page = (REFERENCE / "settings.md").read_text(encoding="utf-8")
    names = [field.name for field in msgspec.structs.fields(Settings)]
    names += [field.name for field in msgspec.structs.fields(ProjectSettings)]
    names += [f"limits.{field.name}" for field in msgspec.structs.fields(Limits)]
    for name in names:
        _, heading, rest = page.partition(f"\n## {name}\n\n")
        assert heading, name
        assert rest.split("\n")[0].endswith("."), name


def test_every_error_code_is_explained_where_doc_url_leads_and_in_the_reference() -> None:
    page = (REFERENCE / "errors.md").read_text(encoding="utf-8")
    assert set(EXPLANATIONS) == set(ErrorCode)
    assert all(f"\n## {code}\n" in page for code in ErrorCode)


def test_every_link_between_our_pages_leads_somewhere() -> None:
    pages = [*TOP.glob("*.md"), *TOP.glob("docs/**/*.md"), *TOP.glob("*/README.md")]
    broken = [
        (page.name, link)
        for page in pages
        for link in re.findall(r"\]\((?!https?:|mailto:|#)([^)#\s]+)", page.read_text("utf-8"))
        if not (page.parent / link).exists()
    ]
    assert broken == []


def test_nothing_in_the_repository_names_a_path_of_one_machine() -> None:
    files = [
        file
        for folder in ("server", "client", "docs", "bin", ".ci", "spec")
        for file in (TOP / folder).rglob("*")
        if file.is_file() and file.suffix in {".py", ".md", ".yaml", ".sql", ".toml", ""}
    ]
    assert len(files) > 200
    home = ("/" + "work/", "/" + "root/", "/" + "home/")
    assert [f for f in files if any(path in f.read_text("utf-8") for path in home)] == []
