"""How many of the files from the field are understood: sniff each, score the answers, compare what an import yields.

python -m tests.tabular.score [--list]
"""

import csv
import json
import subprocess
import sys
import tempfile
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from voipdesk.kernel.problems import FileError
from voipdesk.tabular.mapping import RateSheet, SheetRate
from voipdesk.tabular.sniff import sniff

SHARED = Path(__file__).resolve().parents[2].parent / "shared"
SAMPLES = SHARED / "samples"


def answers() -> dict[str, dict[str, Any]]:
    """What we find in each sample, by its id."""
    found = {}
    for one in json.loads((SAMPLES / "truth.json").read_text(encoding="utf-8"))["files"]:
        try:
            found[one["id"]] = sniff(SAMPLES / one["file"]).as_json()
        except FileError as refused:
            found[one["id"]] = {"kind": "other", "ask": True, "error": str(refused)}
    return found


def compared(one: dict[str, Any]) -> str:
    """'' where an import of a rate sheet yields the normalised rows, else the first difference."""
    wanted_file = SAMPLES / "normalised" / f"{one['id'].lower()}.csv"
    if not wanted_file.is_file() or one["kind"] != "rates":
        return "not compared"
    path = SAMPLES / one["file"]
    layout = sniff(path, kind="rates")
    if layout.kind != "rates":
        return "not understood"
    if any(question.about == "scale" for question in layout.ask):
        layout = replace(layout, scale=Decimal(str(one.get("rate_scale") or 1)))
    if any(question.about == "date_order" for question in layout.ask):
        layout = replace(layout, date_order="dmy")
    with wanted_file.open(encoding="utf-8", newline="") as file:
        wanted = list(csv.DictReader(file))
    with RateSheet(path, layout) as sheet:
        got = [(code, row) for row in sheet.rows() if not row.problems for code in row.codes]
    for at, (line, (code, row)) in enumerate(zip(wanted, got, strict=False)):
        if told := difference(line, code, row):
            return f"line {at + 2}, row {row.row}: {told}"
    return "" if len(wanted) == len(got) else f"{len(wanted)} rows wanted, {len(got)} read"


def difference(line: dict[str, str], code: str, row: SheetRate) -> str:
    """What differs between a normalised line and a row read: code, row, price, fee, intervals, first day."""
    pairs = [
        ("prefix", line["prefix"], code),
        ("row", line["row"], str(row.row)),
        ("rate", Decimal(line["rate_per_minute"] or 0), row.price if row.state == "open" else None),
        ("fee", Decimal(line["connection_fee"] or 0), row.connect_fee),
        ("first", line["first"] or "1", str(row.initial_interval)),
        ("then", line["then"] or "1", str(row.next_interval)),
    ]
    if line["effective"][:4].isdigit():
        pairs.append(("effective", line["effective"][:10], str(row.effective_from)[:10]))
    for name, wanted, got in pairs:
        if wanted != got and got is not None:
            return f"{name} {wanted} wanted, {got} read"
    return ""


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
