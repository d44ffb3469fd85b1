"""Write the table of region names from the time-zone database's iso3166.tab (public domain)."""

import sys
from pathlib import Path

import msgspec

REGIONS = Path(__file__).parents[1] / "src/watchword/adapters/numbering/regions.json"

PLAINER = {
    "AC": "Ascension Island",
    "AS": "American Samoa",
    "CD": "DR Congo",
    "CG": "Republic of the Congo",
    "EH": "Western Sahara",
    "FM": "Micronesia",
    "GB": "United Kingdom",
    "KP": "North Korea",
    "KR": "South Korea",
    "MF": "Saint Martin",
    "MM": "Myanmar",
    "SX": "Sint Maarten",
    "TA": "Tristan da Cunha",
    "VG": "British Virgin Islands",
    "VI": "US Virgin Islands",
    "WS": "Samoa",
    "XK": "Kosovo",
}
"""Regions that numbering plans have and ISO 3166-1 has not, and names people say."""


def main(table: Path) -> None:
    """Read iso3166.tab and write the names by alpha-2 code."""
    lines = table.read_text(encoding="utf-8").splitlines()
    names = dict(line.split("\t") for line in lines if line and not line.startswith("#"))
    body = {
        "source": "iso3166.tab of the IANA time-zone database, public domain",
        "names": dict(sorted((names | PLAINER).items())),
    }
    text = msgspec.json.format(msgspec.json.encode(body), indent=1)
    REGIONS.write_bytes(text + b"\n")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "/usr/share/zoneinfo/iso3166.tab"))
