"""Tables as files: read back as other programs would, and by our own import."""

import csv
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from tests.rates.conftest import OCTOBER, Desk, rate
from voipdesk.kernel.problems import Cancelled, FileError, NotAllowed, Refused
from voipdesk.rates import commands, queries
from voipdesk.rates.rules import NewRate
from voipdesk.rating.rules import RateState, Terms

HEAD = [
    "Prefix", "Destination", "Rate per minute (USD)", "Connect fee (USD)", "Interval", "Effective from",
    "Effective until", "Status",
]  # fmt: skip


def fill(desk: Desk) -> None:
    """A small table: plain, negative-looking names, blocked, ending, ended, still to come."""
    end = datetime(2026, 12, 1, tzinfo=UTC)
    desk.publish(
        rate("1", "0.0045", "USA", initial_interval=6, next_interval=6),
        rate("0044", "0.012345678"[:10], "=UK"),
        NewRate("53", Terms(Decimal(0)), "Cuba", RateState.BLOCKED),
        NewRate("960", Terms(Decimal("0.9"), connect_fee=Decimal("0.1")), "Maldives", effective_until=end),
        NewRate("961", Terms(Decimal("0.9")), "Gone", effective_until=datetime(2026, 11, 1, tzinfo=UTC)),
    )
    desk.publish(
        rate("1", "0.005", "USA"), rate("49", "0.02", "Germany"), at=datetime(2026, 12, 1, tzinfo=UTC)
    )


def records(path: Path) -> list[list[str]]:
    """Rows of a CSV file."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def test_a_table_as_csv_has_what_is_in_force(desk: Desk, tmp_path: Path) -> None:
    fill(desk)
    path = tmp_path / "aurora.csv"
    report = commands.export_table(desk.db, desk.admin, table="Aurora", path=path)
    assert (report.table, report.rows, report.blocked, report.path) == ("Aurora", 4, 1, path)
    assert records(path) == [
        HEAD,
        ["0044", "'=UK", "0.01234567", "0.0000", "1/1", "2026-10-01 03:00:00+03:00", "", "open"],
        ["1", "USA", "0.0045", "0.0000", "6/6", "2026-10-01 03:00:00+03:00", "", "open"],
        ["53", "Cuba", "0.0000", "0.0000", "1/1", "2026-10-01 03:00:00+03:00", "", "blocked"],
        ["960", "Maldives", "0.9000", "0.1000", "1/1", "2026-10-01 03:00:00+03:00", "2026-12-01 02:00:00+02:00", "open"],
    ]  # fmt: skip


def test_another_day_has_other_rates(desk: Desk, tmp_path: Path) -> None:
    fill(desk)
    path = tmp_path / "december.csv"
    moment = datetime(2026, 12, 2, tzinfo=UTC)
    report = commands.export_table(desk.db, desk.admin, table=None, path=path, at=moment)
    assert report.at == moment
    assert {row[0]: row[2] for row in records(path)[1:]} == {
        "0044": "0.01234567", "1": "0.0050", "49": "0.0200", "53": "0.0000",
    }  # fmt: skip


def test_a_table_as_a_workbook_keeps_prefixes_as_text(desk: Desk, tmp_path: Path) -> None:
    fill(desk)
    path = tmp_path / "aurora.XLSX"
    commands.export_table(desk.db, desk.admin, table="Aurora", path=path)
    book = openpyxl.load_workbook(path)
    rows = {row[0].value: row for row in book.worksheets[0].iter_rows(min_row=2)}
    book.close()
    assert set(rows) == {"0044", "1", "53", "960"}
    assert (rows["0044"][1].data_type, rows["0044"][1].value) == ("s", "=UK")
    assert (rows["1"][2].data_type, rows["1"][2].number_format, rows["1"][2].value) == ("n", "0.0000", 0.0045)


def test_what_few_rates_have_stands_in_columns_of_its_own(desk: Desk, tmp_path: Path) -> None:
    commands.add_band(desk.db, desk.admin, table="Aurora", name="night", hours=[(0, 0, 360)])
    terms = Terms(
        Decimal("0.01"),
        next_price=Decimal("0.02"),
        minimum_charge=Decimal("0.5"),
        free_seconds=3,
        grace_seconds=2,
    )
    desk.publish(NewRate("1", terms), NewRate("1", terms, band="night"))
    path = tmp_path / "aurora.csv"
    commands.export_table(desk.db, desk.admin, table="Aurora", path=path)
    told = records(path)
    assert told[0][8:] == [
        "Next rate per minute (USD)", "Minimum charge (USD)", "Free seconds", "Grace seconds", "Time band",
    ]  # fmt: skip
    assert [row[8:] for row in told[1:]] == [
        ["0.0200", "0.5000", "3", "2", ""],
        ["0.0200", "0.5000", "3", "2", "night"],
    ]


@pytest.mark.parametrize("ending", [".csv", ".xlsx"])
def test_our_own_import_reads_what_was_written(desk: Desk, tmp_path: Path, ending: str) -> None:
    midnight = datetime(2026, 9, 30, 21, tzinfo=UTC)
    rows = [rate(str(prefix), f"0.{prefix:04}", f"Zone {prefix}") for prefix in range(201, 260)]
    odd = ["=1+1", "+Zone", "-Zone", "@Zone", "＝Zone", "O'Zone", "Émoji 😀", "مصر"]
    rows += [rate(f"00{number}", "0.12345678", name) for number, name in enumerate(odd, 1)]
    rows.append(NewRate("53", Terms(Decimal(0)), "Cuba", RateState.BLOCKED))
    desk.publish(*rows, at=midnight)
    path = tmp_path / f"aurora{ending}"
    commands.export_table(desk.db, desk.admin, table="Aurora", path=path)
    commands.create_table(desk.db, desk.admin, name="Copy", currency="USD")
    report = commands.import_sheet(desk.db, desk.admin, path, table="Copy", accept=["G6"])
    assert (report.counts["new"], report.counts["blocked"], report.ledger["quarantined"]) == (67, 1, 0)
    first, second = (
        queries.rates_in_force(desk.db, desk.admin, name, midnight) for name in ("Aurora", "Copy")
    )
    for name in ("prefixes", "price", "connect_fee", "initial_interval", "effective_from", "state"):
        assert (getattr(first, name) == getattr(second, name)).all(), name
    assert first.destination_texts() == second.destination_texts()
    again = commands.import_sheet(desk.db, desk.admin, path, table="Aurora", dry_run=True)
    assert {kind for kind, count in again.counts.items() if count} == {"same"}, "an export changes nothing"


def test_an_empty_table_has_its_titles(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "aurora.csv"
    assert commands.export_table(desk.db, desk.admin, table="Aurora", path=path).rows == 0
    assert records(path) == [HEAD]


def test_what_is_refused(desk: Desk, tmp_path: Path) -> None:
    def export(name: str, table: str = "Aurora") -> None:
        commands.export_table(desk.db, desk.admin, table=table, path=tmp_path / name)

    with pytest.raises(Refused, match="ending"):
        export("aurora.ods")
    with pytest.raises(Refused, match="no rate table Borealis"):
        export("aurora.csv", "Borealis")
    with pytest.raises(FileError, match=r"aurora\.csv"):
        export("nowhere/aurora.csv")
    reseller = desk.reseller()
    with pytest.raises(NotAllowed):
        commands.export_table(desk.db, reseller, table="Aurora", path=tmp_path / "aurora.csv")
    assert not list(tmp_path.glob("*aurora*"))


def test_a_cancelled_export_leaves_nothing(desk: Desk, tmp_path: Path) -> None:
    class Stop:
        def step(self, done: int, total: int | None = None, what: str = "") -> None:
            raise Cancelled

    desk.publish(*(rate(str(prefix)) for prefix in range(10_000, 16_000)), at=OCTOBER)
    with pytest.raises(Cancelled):
        commands.export_table(
            desk.db, desk.admin, table="Aurora", path=tmp_path / "aurora.csv", progress=Stop()
        )
    assert not list(tmp_path.glob("*.csv*")) + list(tmp_path.glob(".part*"))
