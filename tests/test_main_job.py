"""The main job from end to end through the command line: on the shipped sample, and on a deck of real codes."""

import csv
import importlib.util
import subprocess
import sys
from collections import defaultdict
from decimal import Decimal
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.cli.running import CommandLine, run
from tests.source import ROOT
from voipdesk.kernel.money import rounded

SAMPLE = ROOT / "resources" / "sample"
NOW = "2026-11-02T09:00:00+00:00"
COUNT = 3000
PERIOD = ("--period", "2026-10")


@pytest.fixture(autouse=True)
def on_its_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOIPDESK_NOW", NOW)
    monkeypatch.setenv("VOIPDESK_LANG", "en")


@pytest.fixture
def headless() -> ModuleType:
    """`packaging/headless.py`, which `dev.py run` starts where there is no display."""
    spec = importlib.util.spec_from_file_location("headless", ROOT / "packaging" / "headless.py")
    assert spec is not None and spec.loader is not None  # noqa: PT018
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def desk(tmp_path: Path) -> CommandLine:
    """The bare sample with the first carrier's sheet in its table."""
    cli = CommandLine(tmp_path / "sample.vdesk")
    run("sample", cli.path, "--bare")
    cli("import-rates", SAMPLE / "rates" / "meridian_az.csv", "--table", "Meridian A-Z")
    return cli


@pytest.mark.slow
def test_the_job_of_dev_py_run(
    headless: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "sample"
    monkeypatch.setattr(headless, "OUT", out)
    monkeypatch.setattr(headless, "WORKSPACE", out / "sample.vdesk")
    assert headless.main() == 0
    told = capsys.readouterr().out
    pdfs = sorted(out.glob("*.pdf"))
    assert len(pdfs) == 5
    assert all(pdf.read_bytes().startswith(b"%PDF-") and str(pdf) in told for pdf in pdfs)
    assert told.count("nothing changes") == 2
    cli = CommandLine(out / "sample.vdesk")
    invoices_are_their_calls(cli)
    assert "Sound" in cli("verify").out


@pytest.mark.slow
def test_the_job_stops_where_a_step_is_refused(
    headless: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(headless, "OUT", tmp_path / "sample")
    monkeypatch.setattr(headless, "WORKSPACE", tmp_path / "sample" / "sample.vdesk")
    monkeypatch.setattr(headless, "SHEETS", {"meridian_az.csv": "No such table"})
    assert headless.main() == 1
    assert "No such table" in capsys.readouterr().out


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_an_export_comes_back_unchanged(
    headless: ModuleType, desk: CommandLine, tmp_path: Path, form: str
) -> None:
    written, read = there_and_back(desk, tmp_path / f"rates.{form}")
    assert read["counts"]["same"] == written["rows"] == 755
    assert headless.difference(written, read) == ""


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("0.0092", "0.0093", "up"),
        ("0.0092", "0.0091", "down"),
        ("44,United Kingdom,", "449999,United Kingdom,", "new"),
        ("44,United Kingdom,", "44,Britain,", "changed"),
        ("44,United Kingdom,", "FORTYFOUR,United Kingdom,", "quarantined"),
    ],
)
def test_a_changed_export_is_noticed(
    headless: ModuleType, desk: CommandLine, tmp_path: Path, old: str, new: str, told: str
) -> None:
    target = tmp_path / "rates.csv"
    written = desk.json("export-rates", "--table", "Meridian A-Z", target).object
    lines = target.read_text(encoding="utf-8-sig").splitlines()
    at = next(number for number, line in enumerate(lines) if line.startswith("44,") and old in line)
    lines[at] = lines[at].replace(old, new)
    target.write_text("\n".join(lines), encoding="utf-8")
    read = desk.json("import-rates", target, "--table", "Meridian A-Z", "--dry-run").object
    assert told in headless.difference(written, read)


def test_an_empty_export_is_no_proof(headless: ModuleType) -> None:
    nothing = {"counts": {"same": 0, "new": 0}, "quarantined": 0, "duplicates": 0}
    assert headless.difference({"rows": 0}, nothing)


def test_the_sample_is_a_month_of_work(tmp_path: Path) -> None:
    cli = CommandLine(tmp_path / "sample.vdesk")
    run("sample", cli.path)
    assert {row["table"] for row in cli.json("tables", "list").lines} == {
        "Meridian A-Z",
        "Baltic A-Z",
        "Harbour wholesale",
    }
    assert {"admin", "reseller", "company", "user"} == {
        row["level"] for row in cli.json("accounts", "list").lines
    }
    predefined = {row["predefined"] for row in cli.json("plans", "list").lines}
    assert predefined == {"", "cost", "plus10", "free"}
    whole = cli.json("report", "totals").lines[0]
    assert whole["calls"] == 4000
    assert whole["charged"] > 2400
    assert Decimal(whole["margin"]) > 0
    last = max(row["day"] for row in cli.json("report", "totals", "--by", "day").lines)
    assert last == "2026-11-01", "the calls run up to the sample's yesterday"
    assert cli.json("problems", "list").lines
    assert "Sound" in cli("verify").out


# --- a deck of real codes, and the reference's own costs


@pytest.fixture(scope="module")
def deck(tmp_path_factory: pytest.TempPathFactory, shared: Path) -> Path:
    """115,000 rates, calls to real numbers, and what each ought to cost."""
    folder = tmp_path_factory.mktemp("deck")
    tool = [sys.executable, str(shared / "tools" / "make_deck.py")]
    expected = ["--n", str(COUNT), "--expected", str(folder / "expected.csv")]
    for words in (["deck", "--out", "deck.csv"], ["cdrs", "--out", "calls.csv", *expected]):
        subprocess.run([*tool, *words], cwd=folder, check=True, capture_output=True)
    return folder


@pytest.mark.slow
def test_a_month_on_a_full_deck(deck: Path, tmp_path: Path, headless: ModuleType) -> None:
    cli = CommandLine(tmp_path / "desk.vdesk")
    run("new", cli.path, "--company", "Own", "--currency", "USD", "--zone", "UTC")
    cli("tables", "add", "Deck")
    made = cli.json("import-rates", deck / "deck.csv", "--table", "Deck", "--effective", "2026-09-01").object
    assert made["rows"] == made["skipped"] + made["accepted"]
    assert made["counts"]["new"] > 100_000
    cli("plans", "seed")
    texts = sorted({row["account"] for row in rows_of(deck / "calls.csv")})
    for text in texts:
        cli("accounts", "add", f"Customer {text}", "--level", "company", "--alias", text)
        cli("plans", "assign", "+10 %", "--account", f"Customer {text}", "--from", "2026-09-01")
    cli("taxes", "set", "--rate", "20", "--from", "2026-01-01")
    taken = cli.json("import-calls", deck / "calls.csv").object
    assert taken["ledger"]["accepted"] == COUNT
    rated = cli.json("rate").object
    assert rated["problems"] == {}
    costs_are_those_of_the_reference(cli, deck)
    cli("invoices", "draft", *PERIOD)
    issued = cli.json("invoices", "issue", *PERIOD).object
    answered = {row["account"] for row in rows_of(deck / "calls.csv") if row["billsec"] != "0"}
    assert issued["count"] == len(answered)
    invoices_are_their_calls(cli)
    written, read = there_and_back(cli, tmp_path / "deck.csv", "Deck")
    assert headless.difference(written, read) == ""
    assert "Sound" in cli("verify").out


def costs_are_those_of_the_reference(cli: CommandLine, deck: Path) -> None:
    """Cost, billed seconds and prefix of every call: 0 differences."""
    expected = {
        row["uniqueid"]: (rounded(Decimal(row["cost_exact"]), 6), row["prefix"])
        for row in rows_of(deck / "expected.csv")
    }
    found = {
        row["unique_id"]: (Decimal(row["cost"]), row["prefix"])
        for row in cli.json("calls", "list", "--limit", COUNT + 1).lines
    }
    assert found == expected


def invoices_are_their_calls(cli: CommandLine) -> None:
    """Usage of each document = the exact sum of its customer's calls; each line rounded once; sums add up."""
    charged = {
        row["customer"]: (Decimal(row["revenue"]), row["charged"])
        for row in cli.json("report", "totals", "--by", "customer", *PERIOD).lines
    }
    billed: dict[str, tuple[Decimal, int]] = {}
    for listed in cli.json("invoices", "list", *PERIOD).lines:
        shown = cli.json("invoices", "show", listed["id"]).object
        sums: dict[str, Decimal] = defaultdict(Decimal)
        for line in shown["lines"]:
            sums[line["kind"]] += Decimal(line["unit_price"])
            sums["net"] += Decimal(line["net"])
            assert Decimal(line["net"]) == rounded(Decimal(line["quantity"]) * Decimal(line["unit_price"]), 2)
        document = shown["document"]
        assert sums["net"] == Decimal(document["net"])
        assert Decimal(document["net"]) + Decimal(document["tax"]) == Decimal(document["total"])
        billed[listed["customer"]] = (sums["usage"], document["calls"])
    assert billed
    assert billed == {name: charged[name] for name in billed}
    assert {name for name, (revenue, _) in charged.items() if revenue} <= set(billed)


def there_and_back(cli: CommandLine, target: Path, table: str = "Meridian A-Z") -> tuple[Any, Any]:
    """Export a table and import the export as a dry run; both reports."""
    written = cli.json("export-rates", "--table", table, target).object
    return written, cli.json("import-rates", target, "--table", table, "--dry-run").object


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
