"""How many of the files from the field are understood: sniff each, score the answers, compare what an import yields.

python -m tests.tabular.score [--list]
"""

import csv
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from voipdesk.kernel.problems import FileError
from voipdesk.tabular.mapping import RateSheet
from voipdesk.tabular.sniff import sniff

SHARED = Path(__file__).resolve().parents[2].parent / "shared"
SAMPLES = SHARED / "samples"


def answers() -> dict[str, dict]:
    """What we find in each sample, by its id."""
    found = {}
    for one in json.loads((SAMPLES / "truth.json").read_text(encoding="utf-8"))["files"]:
        try:
            found[one["id"]] = sniff(SAMPLES / one["file"]).as_json()
        except FileError as refused:
            found[one["id"]] = {"kind": "other", "ask": True, "error": str(refused)}
    return found


def compared(one: dict) -> str:
    """'' where an import of a rate sheet yields the normalised rows, else the first difference."""
    wanted_file = SAMPLES / "normalised" / f"{one['id'].lower()}.csv"
    if not wanted_file.is_file() or one["kind"] != "rates":
        return "not compared"
    path = SAMPLES / one["file"]
    layout = sniff(path, kind="rates")
    if layout.kind != "rates":
        return "not understood"
    with wanted_file.open(encoding="utf-8", newline="") as file:
        wanted = list(csv.DictReader(file))
    with RateSheet(path, layout) as sheet:
        got = [(code, row) for row in sheet.rows() if not row.problems for code in row.codes]
    for at, (line, (code, row)) in enumerate(zip(wanted, got, strict=False)):
        prefix = line.get("prefix") or line.get("code")
        if prefix != code:
            return f"line {at + 2}: {prefix} wanted, {code} read from row {row.row}"
    return "" if len(wanted) == len(got) else f"{len(wanted)} rows wanted, {len(got)} read"


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "answers.json"
        file.write_text(json.dumps(answers()), encoding="utf-8")
        command = [
            sys.executable,
            str(SHARED / "tools" / "score_layout.py"),
            str(SAMPLES / "truth.json"),
            str(file),
        ]
        subprocess.run([*command, *sys.argv[1:]], check=True)
    for one in json.loads((SAMPLES / "truth.json").read_text(encoding="utf-8"))["files"]:
        said = compared(one)
        if said != "not compared":
            print(one["id"], said or "equal")


if __name__ == "__main__":
    main()
