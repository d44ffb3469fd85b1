"""`watchword networks`: data that tell where addresses are, brought by the operator."""

import shutil
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import msgspec

from watchword.adapters.networks import FOLDER, NetworksFileError, open_networks, what_it_holds
from watchword.cli.installation import data_dir_option, settings_of
from watchword.cli.main import Failure
from watchword.cli.output import json_option, write_json, write_pairs

USAGE = 2
SUFFIX = ".mmdb"


@click.group("networks")
def command() -> None:
    """Know the country and the network of addresses, from files with a free licence.

    \b
    Example:
      watchword networks update ./geo-whois-asn-country.mmdb
      watchword networks show 81.2.69.142
    """


@command.command("update")
@click.argument("file", type=click.Path(path_type=Path, exists=True))
@data_dir_option
@json_option
def update(file: Path, data_dir: Path | None, as_json: bool) -> None:
    """Take over FILE: an MMDB file, an archive (.tgz) with such files, or a folder of them.

    It is read once before anything is replaced. Running processes take it up when they start again.
    """
    folder = settings_of(data_dir=data_dir).data_dir / FOLDER
    taken: list[str] = []
    with _files(file) as found:
        if not found:
            raise Failure(f"{file} holds no {SUFFIX} file", code=USAGE)
        # The largest comes last: of several, it knows IPv4 and IPv6.
        for one in sorted(found, key=lambda path: path.stat().st_size):
            try:
                names = what_it_holds(one)
            except NetworksFileError as error:
                raise Failure("this file cannot be used", str(error), code=USAGE) from None
            folder.mkdir(parents=True, exist_ok=True)
            for name in names:
                draft = folder / f"{name}.new"
                shutil.copyfile(one, draft)
                draft.replace(folder / name)
                taken.append(name)
    if as_json:
        write_json({"files": [str(folder / name) for name in sorted(set(taken))]})
        return
    for name in sorted(set(taken)):
        click.secho(f"✓ {folder / name}", fg="green")
    click.echo("Start the service again to use it.")


@contextmanager
def _files(source: Path) -> Iterator[list[Path]]:
    if source.is_dir():
        yield sorted(source.rglob(f"*{SUFFIX}"))
    elif tarfile.is_tarfile(source):
        with tempfile.TemporaryDirectory() as folder, tarfile.open(source) as archive:
            members = [m for m in archive.getmembers() if m.isfile() and m.name.endswith(SUFFIX)]
            archive.extractall(folder, members, filter="data")
            yield sorted(Path(folder).rglob(f"*{SUFFIX}"))
    else:
        yield [source]


@command.command("show")
@click.argument("ip")
@data_dir_option
@json_option
def show(ip: str, data_dir: Path | None, as_json: bool) -> None:
    """Tell what is known of the address IP."""
    settings = settings_of(data_dir=data_dir)
    try:
        networks = open_networks(
            settings.data_dir, settings.ip_country_file, settings.ip_network_file
        )
    except NetworksFileError as error:
        raise Failure("the files of networks cannot be used", str(error)) from None
    if networks is None:
        raise Failure(
            "there are no files of networks here", todo="See `watchword networks update --help`."
        )
    found = networks.find(ip)
    networks.close()
    if as_json:
        write_json(msgspec.to_builtins(found))
        return
    write_pairs(
        [
            ("country", found.country or "unknown"),
            ("network", f"AS{found.number} {found.name}".strip() if found.number else "unknown"),
            ("kind", found.kind.value or "unknown"),
        ]
    )
