"""Write docs/reference/providers/ from the kinds that are installed: a matrix, and a page for each."""

from collections.abc import Iterator
from pathlib import Path

from watchword.adapters.providers.kind import Kind
from watchword.app import provider_kinds
from watchword.domain.channel import Channel
from watchword.testing.provider_page import provider_page

FOLDER = Path(__file__).parents[2] / "docs" / "reference" / "providers"


def pages() -> Iterator[tuple[str, str]]:
    """Each page's file name and text, the matrix first."""
    kinds = [kind for _, kind in sorted(provider_kinds().items())]
    yield "README.md", _matrix(kinds)
    for kind in kinds:
        yield f"{kind.name}.md", provider_page(kind) + "\n"


def _matrix(kinds: list[Kind]) -> str:
    parts = [
        "# Providers",
        (
            "`watchword providers add NAME --provider KIND FIELD=VALUE …` adds an account, `watchword"
            " providers test NAME` asks the provider whether it takes the credentials, and `watchword"
            " routes add` sends over it. Third parties add kinds by the entry point"
            " `watchword.providers`: see [Write a provider](../../how-to/write-a-provider.md)."
        ),
        "| Kind | " + " | ".join(channel.value for channel in Channel) + " | Receipts |",
    ]
    rows = ["|---" * (len(Channel) + 2) + "|"]
    for kind in kinds:
        marks = " | ".join("✓" if channel in kind.channels else "" for channel in Channel)
        rows.append(f"| [{kind.title}]({kind.name}.md) | {marks} | {kind.receipts} |")
    parts[-1] += "\n" + "\n".join(rows)
    return "\n\n".join(parts) + "\n"


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    for file, text in pages():
        (FOLDER / file).write_text(text, encoding="utf-8")
