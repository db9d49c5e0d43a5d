"""How many files are understood: sniff each sample from the field, score the answers, compare what an import yields; then
the same for families of invented sheets (`carriers`), which are there without the samples too.

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

from tests.tabular.carriers.judge import FAMILIES, is_held_out, judged
from voipdesk.calls.files_reading import open_calls
from voipdesk.calls.files_values import read_seconds, read_time
from voipdesk.kernel.problems import FileError, Refused
from voipdesk.tabular.mapping import RateSheet, SheetRate
from voipdesk.tabular.sniff import sniff

SHARED = Path(__file__).resolve().parents[2].parent / "shared"
SAMPLES = SHARED / "samples"
SEEDS = 3
"""Sheets of each family."""


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


def answered(one: dict[str, Any]) -> dict[str, Any] | None:
    """What a person says of records without separators, which are asked about: the places of their fields."""
    roles = {"start_time": "start", "duration_hhmmss": "billsec", "unique_id": "unique_id"}
    fields = {roles.get(each["meaning"], each["meaning"]): each for each in one.get("fixed_width_fields", ())}
    wanted = ("unique_id", "start", "account", "called", "billsec")
    places = {name: [fields[name]["start"], fields[name]["end"]] for name in wanted if name in fields}
    return {"columns": places, "length": "hms"} if places else None


def compared_calls(one: dict[str, Any]) -> str:
    """The same for a call file; header and end records of a switch, which hold no call, are not compared."""
    try:
        sheet = open_calls(SAMPLES / one["file"], layout=answered(one))
    except Refused:
        return "not understood"
    with (SAMPLES / one["normalised"]).open(encoding="utf-8", newline="") as file:
        wanted = list(csv.DictReader(file))
    got = [record for record in sheet.rows() if record.called]
    for line, record in zip(wanted, got, strict=False):
        pairs = [
            ("row", line["row"] or str(record.row), str(record.row)),
            ("unique id", line["unique_id"], record.unique_id),
            ("called", line["called"], record.called),
            ("start", read_time(line["start"]), record.start),
            (
                "answer",
                read_time(line["answer"]) or record.answer,
                record.answer or read_time(line["answer"]),
            ),
            ("talk", read_seconds(line["billsec"]), record.talk),
            ("account", True, record.account in (line["account"], line["caller"])),
        ]
        for name, right, read in pairs:
            if right != read:
                return f"row {record.row}: {name} {right} wanted, {read} read"
    return "" if len(wanted) == len(got) else f"{len(wanted)} calls wanted, {len(got)} read"


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
    print("-- imports against the normalised files")
    said = {
        one["id"]: compared_calls(one) if one["kind"] == "cdr" else compared(one)
        for one in json.loads((SAMPLES / "truth.json").read_text(encoding="utf-8"))["files"]
    }
    tried = {name: told for name, told in said.items() if told != "not compared"}
    for name, told in tried.items():
        if told:
            print(name, told)
    print(f"equal row by row         {sum(not told for told in tried.values()):4}/{len(tried)}")


def families(*, is_listed: bool) -> None:
    """Score the families of invented sheets, those that the detector was tuned on and those it was first tried on after."""
    print("-- invented sheets: layout, questions and every row")
    later = {name for name in FAMILIES if name.startswith("later_")}
    groups = {
        "families tuned on": [name for name in FAMILIES if not is_held_out(name) and name not in later],
        "families held out at first": [name for name in FAMILIES if is_held_out(name) and name not in later],
        "families written later": sorted(later),
    }
    for title, names in groups.items():
        verdicts = [judged(name, seed) for name in names for seed in range(SEEDS)]
        whole = sum(verdict.is_whole for verdict in verdicts)
        print(f"{title:28} {whole:4}/{len(verdicts):<4} files of {len(names)} families")
        for verdict in verdicts:
            if not verdict.is_whole or (is_listed and verdict.lesser):
                print(
                    verdict.family, verdict.seed, verdict.layout, verdict.asks, verdict.rows, verdict.lesser
                )


if __name__ == "__main__":
    if SAMPLES.is_dir():
        main()
    families(is_listed="--list" in sys.argv)
