"""The main job without a window, on the shipped sample: the documented command line, step by step.

It writes a fresh sample workspace into build/sample, imports what a carrier and a switch would send, asks a price,
rates the calls, issues the month's invoices, makes their PDFs, and proves that exported rates import back unchanged.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
SOURCES = ROOT / "resources" / "sample"
OUT = ROOT / "build" / "sample"
WORKSPACE = OUT / "sample.vdesk"

SHEETS = {
    "meridian_az.csv": "Meridian A-Z",
    "baltic_preise.csv": "Baltic A-Z",
    "harbour_wholesale.xlsx": "Harbour wholesale",
}
"""Each carrier's sheet and the table it belongs to; the first is the one that plans stand on."""

TABLE = "Meridian A-Z"
CALLS = "switch_2026-10.csv"
PERIOD = "2026-10"
ACCOUNT = "Marlow Logistics"
STRANGER, OWNER = "GUEST", "Saffron Travel"
NUMBER = "+442079460420"
ANSWERED = "2026-10-15T10:00"
NOW = "2026-11-02T09:00:00+00:00"
"""The desk's day: just after the month of the shipped calls, so that the job comes out the same on any day."""


class StepError(Exception):
    """A step of the main job was refused; the message is the program's own."""


def main() -> int:
    """Do the whole job; returns the exit code."""
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir(parents=True)
    try:
        pdfs = job()
    except StepError as refused:
        print(f"\nThe main job stopped: {refused}", file=sys.stderr)
        return 1
    print(f"\nDone. Workspace: {shown(WORKSPACE)}\nInvoices:")
    for pdf in pdfs:
        print(f"  {shown(pdf)}  ({pdf.stat().st_size:,} bytes)")
    return 0


def job() -> list[Path]:
    """Every step in the order of a month; returns the PDFs of its invoices."""
    voipdesk("Write a sample workspace with empty tables", "sample", WORKSPACE, "--bare", workspace=False)
    for name, table in SHEETS.items():
        sheet = SOURCES / "rates" / name
        voipdesk(f"Look at the carrier's sheet {name}", "inspect", sheet)
        voipdesk("Import it into its rate table", "import-rates", sheet, "--table", table)
    question = ["price", NUMBER, "--account", ACCOUNT, "--at", ANSWERED, "--seconds", "90"]
    voipdesk(f"What does a call to {NUMBER} cost {ACCOUNT}?", *question)
    voipdesk("Import the switch's calls", "import-calls", SOURCES / "calls" / CALLS)
    voipdesk("Rate them", "rate")
    voipdesk("What waits for a person?", "problems", "list")
    voipdesk(f"Calls of {STRANGER} are those of {OWNER}", "problems", "map", STRANGER, OWNER)
    voipdesk("Rate them too", "rate")
    voipdesk("Draft the month's invoices", "invoices", "draft", "--period", PERIOD, "--leave-out-unrated")
    issued = voipdesk("Issue them", "--json", "invoices", "issue", "--period", PERIOD)
    pdfs = [pdf_of(number) for number in sorted(set(numbers(issued)))]
    if not pdfs:
        raise StepError(f"no invoice of {PERIOD} was issued")
    for form in ("csv", "xlsx"):
        round_trip(OUT / f"rates.{form}")
    voipdesk("Prove the workspace", "verify")
    return pdfs


def pdf_of(number: str) -> Path:
    """The PDF of one issued invoice."""
    target = OUT / f"{number.replace('/', '-')}.pdf"
    voipdesk(f"Print invoice {number}", "invoices", "pdf", number, target)
    return target


def round_trip(target: Path) -> None:
    """Export the rates and import the export back: nothing may change."""
    title = f"Export the rates to {target.name}"
    written = json.loads(voipdesk(title, "--json", "export-rates", "--table", TABLE, target))
    back = ["--json", "import-rates", target, "--table", TABLE, "--dry-run"]
    fault = difference(written, json.loads(voipdesk("Import the export back", *back)))
    if fault:
        raise StepError(f"importing {target.name} back would change rates: {fault}")
    print("   nothing changes")


def difference(written: dict[str, Any], read: dict[str, Any]) -> str:
    """What keeps an export from being its table, by the counts of both reports; '' for nothing."""
    counts = read["counts"]
    changed = [f"{count} {name}" for name, count in counts.items() if name != "same" and count]
    lost = [f"{read[name]} {name}" for name in ("quarantined", "duplicates") if read[name]]
    if not written["rows"] or counts["same"] != written["rows"]:
        lost.append(f"{counts['same']} of {written['rows']} rates came back")
    return ", ".join(changed + lost)


def voipdesk(title: str, *arguments: object, workspace: bool = True) -> str:
    """Run one command as a person would, show it with its answer, and return the answer."""
    words = [str(argument) for argument in arguments]
    given = ["--workspace", str(WORKSPACE)] if workspace else []
    print(f"\n== {title}\n   voipdesk {' '.join(shown(Path(word)) for word in given + words)}", flush=True)
    own = {"VOIPDESK_HOME": str(OUT / "home"), "VOIPDESK_LANG": "en", "VOIPDESK_NOW": NOW}
    done = subprocess.run(
        [sys.executable, "-m", "voipdesk", *given, *words],
        cwd=ROOT,
        env={**os.environ, "PYTHONIOENCODING": "utf-8", **own},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    print("\n".join(f"   {line}" for line in (done.stdout + done.stderr).splitlines()), flush=True)
    if done.returncode:
        raise StepError(f"'{title}' ended with exit code {done.returncode}")
    return done.stdout


def objects(text: str) -> Iterator[dict[str, object]]:
    """Every JSON object in an answer: one document, or one a line; nested ones too."""
    try:
        pending = [json.loads(text)]
    except ValueError:
        pending = [json.loads(line) for line in text.splitlines() if line.startswith(("{", "["))]
    while pending:
        thing = pending.pop()
        if isinstance(thing, dict):
            yield thing
            pending.extend(thing.values())
        elif isinstance(thing, list):
            pending.extend(thing)


def numbers(answer: str) -> Iterator[str]:
    """The document numbers in a JSON answer."""
    for thing in objects(answer):
        if isinstance(thing.get("number"), str):
            yield str(thing["number"])


def shown(path: Path) -> str:
    """A path below the checkout without the checkout's own place."""
    return str(path.relative_to(ROOT)) if path.is_absolute() and path.is_relative_to(ROOT) else str(path)


if __name__ == "__main__":
    raise SystemExit(main())
