"""Write the table of docs/explanation/reliability.md from what the fault tests find."""

import json
import os
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

TOP = Path(__file__).parents[2]
PAGE = TOP / "docs" / "explanation" / "reliability.md"
BEGIN, END = "<!-- written by server/tools/make_reliability.py -->\n", "<!-- end -->\n"


def main() -> None:
    """Run the fault tests and put what they found into the page."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "faults.jsonl"
        file.touch()
        subprocess.run(
            [
                sys.executable,
                "-m",
                "pytest",
                "-q",
                "-n",
                "2",
                "server/tests/faults",
                "server/tests/hosts",
            ],
            check=True,
            cwd=TOP,
            env={**os.environ, "WATCHWORD_FAULTS_FILE": str(file)},
        )
        rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    PAGE.write_text(before + BEGIN + table(rows) + END + after, encoding="utf-8")


def table(rows: list[dict[str, object]]) -> str:
    """One row for each test and engine: how often the fault was caused, and what came of it."""
    together: dict[tuple[str, str, str], list[dict[str, object]]] = defaultdict(list)
    for row in rows:
        line, _, sentence = str(row["test"]).removeprefix("test_").partition("_")
        engine = "SQLite" if str(row["case"]).startswith("sqlite") else "PostgreSQL"
        together[line.upper(), sentence.replace("_", " "), engine].append(row)
    text = "| Line | What is caused | Engine | Times | Answered | Lost | Sent twice |\n"
    text += "|---|---|---|--:|--:|--:|--:|\n"
    for (line, sentence, engine), found in sorted(together.items()):
        sums = [
            sum(int(str(row[name])) for row in found) for name in ("answered", "lost", "duplicates")
        ]
        cells = [line, sentence, engine, len(found), *sums]
        text += "| " + " | ".join(map(str, cells)) + " |\n"
    return text


if __name__ == "__main__":
    main()
