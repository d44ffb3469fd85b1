"""Provider page: what an operator reads of a kind, in the words that its adapter declares."""

from pathlib import Path

from watchword.adapters.providers.kind import Kind, credential_fields
from watchword.ports.provider import CredentialField


def provider_page(kind: Kind) -> str:
    """The page in Markdown, without an end of line at its end."""
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
        (
            f"## Receipts\n\nThey are {kind.receipts}. Their address is"
            " `https://YOUR-HOST/receipts/ACCOUNT`."
        ),
    ]
    if kind.notes:
        parts.append("## Good to know\n\n" + "\n".join(f"- {note}" for note in kind.notes))
    return "\n\n".join(parts)


def check_page(file: Path, kind: Kind) -> None:
    """The file says of the kind what its adapter declares, among whatever else it says.

    Raises:
        AssertionError: it does not; the message holds the page.

    """
    page = provider_page(kind)
    if page not in file.read_text(encoding="utf-8"):
        raise AssertionError(f"{file.name} does not hold what the kind declares:\n\n{page}")


def _field(field: CredentialField) -> str:
    default = f"`{field.default}`" if field.default not in (None, "") else "empty"
    need = "yes" if field.required else f"no; {default}"
    secret = " Secret." if field.secret else ""
    description = field.description.replace("|", "\\|")
    return f"| `{field.name}` | {description}{secret} | {need} |"
