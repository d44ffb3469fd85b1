"""Where addresses are, from files in the schemas that are about, and unknown where none says so."""

from pathlib import Path

import pytest
from mmdb_writer import MMDBWriter
from netaddr import IPSet

from watchword.adapters.networks import (
    COUNTRY_FILE,
    FOLDER,
    NETWORK_FILE,
    MmdbNetworks,
    NetworksFileError,
    kind_of,
    open_networks,
    what_it_holds,
)
from watchword.domain.network import NOWHERE, NetworkKind

DEFAULT: dict[str, object] = {"country_code": "US"}
COUNTRIES: dict[str, dict[str, object]] = {
    "8.8.8.0/24": DEFAULT,
    "81.2.69.0/24": {"country": {"iso_code": "GB"}},
    "2001:4860::/32": DEFAULT,
}
NETWORKS: dict[str, dict[str, object]] = {
    "8.8.8.0/24": {
        "autonomous_system_number": 15169,
        "autonomous_system_organization": "Google LLC",
    },
    "81.2.69.0/24": {"asn": "AS20712", "as_name": "Andrews & Arnold Ltd"},
    "2.16.0.0/24": {"asn": "AS1", "as_name": "Telefonica Moviles", "country_code": "es"},
}


def write(path: Path, known: dict[str, dict[str, object]], version: int = 6) -> Path:
    writer = MMDBWriter(ip_version=version, ipv4_compatible=version == 6)
    for network, data in known.items():
        writer.insert_network(IPSet([network]), data)
    writer.to_db_file(str(path))
    return path


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    return write(tmp_path / "c.mmdb", COUNTRIES), write(tmp_path / "n.mmdb", NETWORKS)


def test_country_network_and_kind_come_from_two_files(files: tuple[Path, Path]) -> None:
    networks = MmdbNetworks(*files)
    google = networks.find("8.8.8.8")
    assert (google.country, google.number, google.name) == ("US", 15169, "Google LLC")
    assert google.kind is NetworkKind.HOSTING
    home = networks.find("81.2.69.142")
    assert (home.country, home.number, home.kind) == ("GB", 20712, NetworkKind.ISP)
    assert networks.find("2001:4860:4860::8888").country == "US"
    networks.close()


def test_one_file_may_say_both(files: tuple[Path, Path]) -> None:
    found = MmdbNetworks(network=files[1]).find("2.16.0.7")
    assert (found.country, found.number) == ("ES", 1)


@pytest.mark.parametrize("ip", ["10.0.0.1", "127.0.0.1", "::1", "192.168.1.1", "9.9.9.9", "x", ""])
def test_what_is_private_unknown_or_no_address_is_nowhere(
    files: tuple[Path, Path], ip: str
) -> None:
    assert MmdbNetworks(*files).find(ip) == NOWHERE


def test_an_address_of_the_other_protocol_is_unknown_to_a_file_of_one(tmp_path: Path) -> None:
    only = write(tmp_path / "four.mmdb", {"8.8.8.0/24": DEFAULT}, version=4)
    networks = MmdbNetworks(only)
    assert networks.find("8.8.8.8").country == "US"
    assert networks.find("2001:4860:4860::8888") == NOWHERE


def test_files_that_were_taken_over_are_found(tmp_path: Path) -> None:
    assert open_networks(tmp_path) is None
    (tmp_path / FOLDER).mkdir()
    write(tmp_path / FOLDER / COUNTRY_FILE, COUNTRIES)
    networks = open_networks(tmp_path)
    assert networks is not None
    assert networks.find("8.8.8.8").country == "US"


def test_what_a_file_holds_is_found_out(files: tuple[Path, Path], tmp_path: Path) -> None:
    assert what_it_holds(files[0]) == (COUNTRY_FILE,)
    assert what_it_holds(files[1]) == (NETWORK_FILE,)
    empty = write(tmp_path / "e.mmdb", {"8.8.8.0/24": {"x": "y"}})
    with pytest.raises(NetworksFileError, match="neither country nor network"):
        what_it_holds(empty)


def test_a_broken_file_is_named(tmp_path: Path) -> None:
    broken = tmp_path / "broken.mmdb"
    broken.write_bytes(b"not a database")
    with pytest.raises(NetworksFileError, match=r"broken\.mmdb"):
        MmdbNetworks(broken)
    with pytest.raises(NetworksFileError, match=r"missing\.mmdb"):
        MmdbNetworks(tmp_path / "missing.mmdb")


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Hetzner Online GmbH", NetworkKind.HOSTING),
        ("OVH SAS", NetworkKind.HOSTING),
        ("T-Mobile USA, Inc.", NetworkKind.MOBILE),
        ("Bharti Airtel Ltd.", NetworkKind.MOBILE),
        ("Deutsche Telekom AG", NetworkKind.ISP),
        ("Mobile Cloud Hosting", NetworkKind.HOSTING),
        ("", NetworkKind.UNKNOWN),
        ("Colombia Movil", NetworkKind.MOBILE),
        ("ETB - Colombia", NetworkKind.ISP),
        ("Colo4 Colocation", NetworkKind.HOSTING),
        ("Google Fiber Inc.", NetworkKind.ISP),
    ],
)
def test_the_name_of_a_network_tells_who_is_behind_it(name: str, kind: NetworkKind) -> None:
    assert kind_of(name) is kind
