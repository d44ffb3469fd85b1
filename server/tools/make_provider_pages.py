"""Write docs/reference/providers/ from the kinds that are installed: a matrix, and a page for each."""

from collections.abc import Iterator
from pathlib import Path

from watchword.adapters.providers.kind import CredentialField, Kind, credential_fields
from watchword.app import provider_kinds
from watchword.domain.channel import Channel

FOLDER = Path(__file__).parents[2] / "docs" / "reference" / "providers"


def pages() -> Iterator[tuple[str, str]]:
    """Each page's file name and text, the matrix first."""
    kinds = [kind for _, kind in sorted(provider_kinds().items())]
    yield "README.md", _matrix(kinds)
    for kind in kinds:
        yield f"{kind.name}.md", _page(kind)


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


def _page(kind: Kind) -> str:
    fields = "\n".join(map(_field, credential_fields(kind)))
    channels = ", ".join(sorted(kind.channels))
    parts = [
        f"# {kind.title}",
        f"Kind `{kind.name}`, for {channels}."
        + (f" The vendor's own pages: <{kind.website}>." if kind.website else ""),
        f"## Credentials\n\n| Field | What it is | Needed |\n|---|---|---|\n{fields}",
        (
            "A secret is typed unseen with `FIELD=-`, read from a file with `FIELD=@FILE`, and kept"
            " sealed. In `watchword.toml` it may be `env:NAME` or `file:PATH`."
        ),
        f"## Receipts\n\nThey are {kind.receipts}. Their address is"
        " `https://YOUR-HOST/receipts/ACCOUNT`.",
    ]
    if kind.notes:
        parts.append("## Good to know\n\n" + "\n".join(f"- {note}" for note in kind.notes))
    return "\n\n".join(parts) + "\n"


def _field(field: CredentialField) -> str:
    default = f"`{field.default}`" if field.default not in (None, "") else "empty"
    need = "yes" if field.required else f"no; {default}"
    secret = " Secret." if field.secret else ""
    description = field.description.replace("|", "\\|")
    return f"| `{field.name}` | {description}{secret} | {need} |"


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    for file, text in pages():
        (FOLDER / file).write_text(text, encoding="utf-8")
