"""`watchword audit`: the log of what operators did, and whether anybody changed it."""

import sys
from datetime import UTC, datetime
from pathlib import Path

import click
import msgspec

from watchword.app import Watchword
from watchword.cli.installation import data_dir_option, on_installation
from watchword.cli.main import Failure
from watchword.cli.output import json_option, write_json
from watchword.domain.audit import AuditEntry
from watchword.usecases.manage.audit import AuditReport

BROKEN = 1


@click.group("audit")
def command() -> None:
    """Read and verify the log of what operators did.

    \b
    Example:
      watchword audit list
      watchword audit verify
    """


@command.command("list")
@data_dir_option
@json_option
def list_entries(data_dir: Path | None, as_json: bool) -> None:
    """Show every entry, oldest first."""

    async def work(watchword: Watchword) -> list[AuditEntry]:
        return [entry async for page in watchword.audit.pages() for entry in page]

    for entry in on_installation(work, data_dir):
        note = entry.note
        if as_json:
            written = {"sequence": entry.sequence, "hash": entry.hash.hex()}
            sys.stdout.write(
                msgspec.json.encode(msgspec.to_builtins(note) | written).decode() + "\n"
            )
            continue
        at = datetime.fromtimestamp(note.at / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S")
        detail = " ".join(f"{name}={value}" for name, value in note.detail.items())
        click.echo(
            f"{entry.sequence:>6}  {at}  {note.actor}  {note.action}  {note.subject}  {detail}"
        )


@command.command("verify")
@click.option("--head", help="Hash of the last entry as it was written down elsewhere.")
@data_dir_option
@json_option
def verify(head: str | None, data_dir: Path | None, as_json: bool) -> None:
    """Go through the chain of hashes: exits 1 where an entry was changed, put in or taken out.

    Entries cut off at the end leave a whole chain: keep the printed hash somewhere else, and give it
    as --head next time.
    """

    async def work(watchword: Watchword) -> tuple[AuditReport, bool]:
        report = await watchword.audit.verify()
        known = head is None or not report.entries
        if not known:
            async for page in watchword.audit.pages():
                known = known or any(entry.hash.hex() == head for entry in page)
        return report, known

    report, known = on_installation(work, data_dir)
    if as_json:
        write_json({**msgspec.to_builtins(report), "head_found": known})
    if report.broken_at is not None:
        raise Failure(
            f"the audit log is broken at entry {report.broken_at}",
            f"The {report.entries} entries before it are whole.",
            "Somebody has changed the database. Compare with a backup.",
            code=BROKEN,
        )
    if not known:
        raise Failure(
            "the entry with that hash is not in the audit log",
            "Entries at its end were taken out, or it is another installation's.",
            code=BROKEN,
        )
    if not as_json:
        click.secho(f"✓ {report.entries} entries, whole", fg="green")
        click.echo(f"  the last one's hash: {report.head}")
