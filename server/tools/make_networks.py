"""Write the table of mobile networks from the npm package mcc-mnc-list.

npm pack mcc-mnc-list@1.1.11 && tar xzf mcc-mnc-list-1.1.11.tgz
python server/tools/make_networks.py package
"""

import re
import sys
from collections import defaultdict
from pathlib import Path

import msgspec

NETWORKS = Path(__file__).parents[1] / "src/watchword/adapters/numbering/networks.json"
ALPHA_2 = 2


def joined(values: list[str | None]) -> str | None:
    """The distinct values as the table writes several, or None."""
    return " / ".join(dict.fromkeys(value.strip() for value in values if value)) or None


def rows(records: list[dict[str, str | None]]) -> list[list[str | None]]:
    """One row a network in operation: mcc, mnc, countries, brand, operator."""
    grouped: dict[tuple[str, str], list[dict[str, str | None]]] = defaultdict(list)
    for record in records:
        mnc = record["mnc"] or ""
        if record["status"] == "Operational" and re.fullmatch(r"\d{2,3}", mnc):
            grouped[record["mcc"] or "", mnc].append(record)
    table: list[list[str | None]] = []
    for (mcc, mnc), same in sorted(grouped.items()):
        codes = {
            code
            for record in same
            for code in (record["countryCode"] or "").split("/")
            if len(code) == ALPHA_2
        }
        brand = joined([record["brand"] for record in same])
        operator = joined([record["operator"] for record in same])
        table.append([mcc, mnc, " ".join(sorted(codes)), brand, operator])
    return table


def main(package: Path) -> None:
    """Read the unpacked npm package and write the table, one network a line."""
    about = msgspec.json.decode((package / "package.json").read_bytes())
    table = rows(msgspec.json.decode((package / "mcc-mnc-list.json").read_bytes()))
    head = {
        "source": f"{about['name']} {about['version']}, {about['homepage']}",
        "licence": about["license"],
        "attribution": "Copyright (c) 2016 Peter Bakondy; gathered from Wikipedia, "
        "Mobile country code (CC BY-SA 4.0). See NOTICE.md.",
        "columns": ["mcc", "mnc", "countries", "brand", "operator"],
    }
    lines = ",\n".join(msgspec.json.encode(row).decode() for row in table)
    text = msgspec.json.format(msgspec.json.encode(head), indent=1).decode()
    body = text.removesuffix("\n}") + ',\n "networks": [\n' + lines + "\n]}\n"
    NETWORKS.write_text(body, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
