"""`watchword networks` takes files over after reading them, and tells what is known of an address."""

import json
import tarfile
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from server.tests.adapters.test_networks import COUNTRIES, NETWORKS, write

from watchword.cli.networks import command


def run(folder: Path, *words: str) -> Result:
    return CliRunner().invoke(command, [*words, "--data-dir", str(folder)])


def test_a_file_is_taken_over_and_used(tmp_path: Path) -> None:
    file = write(tmp_path / "any-name.mmdb", COUNTRIES)
    assert run(tmp_path, "show", "8.8.8.8").exit_code == 1
    assert "country.mmdb" in run(tmp_path, "update", str(file)).output
    shown = run(tmp_path, "show", "8.8.8.8")
    assert "US" in shown.output
    assert "unknown" in shown.output


@pytest.mark.parametrize("packed", [True, False])
def test_an_archive_or_a_folder_of_files_is_taken_over_whole(tmp_path: Path, packed: bool) -> None:
    source = tmp_path / "package"
    source.mkdir()
    write(source / "c.mmdb", COUNTRIES)
    write(source / "n.mmdb", NETWORKS)
    if packed:
        with tarfile.open(tmp_path / "p.tgz", "w:gz") as archive:
            archive.add(source, "package")
    assert run(tmp_path, "update", str(tmp_path / "p.tgz" if packed else source)).exit_code == 0
    found = json.loads(run(tmp_path, "show", "8.8.8.8", "--json").output)
    assert found == {"country": "US", "number": 15169, "name": "Google LLC", "kind": "hosting"}


def test_what_cannot_be_used_replaces_nothing(tmp_path: Path) -> None:
    run(tmp_path, "update", str(write(tmp_path / "c.mmdb", COUNTRIES)))
    broken = tmp_path / "broken.mmdb"
    broken.write_bytes(b"no")
    assert run(tmp_path, "update", str(broken)).exit_code == 2
    empty = tmp_path / "empty"
    empty.mkdir()
    assert run(tmp_path, "update", str(empty)).exit_code == 2
    assert "US" in run(tmp_path, "show", "8.8.8.8").output
