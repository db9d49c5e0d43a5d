import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.rates.conftest import NOW, Desk, rate
from voipdesk.kernel.changes import Actor
from voipdesk.kernel.problems import Cancelled, NotAllowed, Refused
from voipdesk.rates import commands, queries
from voipdesk.rates.rules import guards

TITLES = "Prefix,Destination,Rate,Effective Date,Status"
ISO = {"decimal": ".", "header_row": 1} | {
    f"columns.{name}": at
    for at, name in enumerate(("prefix", "destination", "rate", "effective_date", "status"), 1)
}


def sheet_of(folder: Path, *lines: str, name: str = "sheet.csv", titles: str = TITLES) -> Path:
    path = folder / name
    path.write_text("\n".join([titles, *lines]) + "\n", encoding="utf-8")
    return path


def take(desk: Desk, sheet: Path, **options: Any) -> commands.ImportReport:
    return commands.import_sheet(desk.db, desk.admin, sheet, table="Aurora", told=ISO, **options)


def prices(desk: Desk, at: datetime = NOW) -> dict[str, Decimal]:
    columns = queries.rates_in_force(desk.db, desk.admin, None, at)
    return {
        prefix: Decimal(int(price)) / 10**8
        for prefix, price in zip(columns.prefix_texts(), columns.price, strict=True)
    }


def contents(desk: Desk) -> str:
    """Everything in the workspace, in one hash."""
    digest = hashlib.sha256()
    with desk.db.read() as conn:
        names = (
            conn.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
            .scalars()
            .all()
        )
        for name in names:
            for row in conn.exec_driver_sql(f'SELECT * FROM "{name}"'):
                digest.update(repr(tuple(row)).encode())
    return digest.hexdigest()


def changed(report: commands.ImportReport) -> dict[str, int]:
    return {kind: count for kind, count in report.counts.items() if count}


def states(report: commands.ImportReport) -> dict[str, str]:
    return {guard.id: guard.state for guard in report.guards if guard.state != guards.OK}


def test_a_first_sheet_is_published_with_its_ledger_its_original_and_its_profile(
    desk: Desk, tmp_path: Path
) -> None:
    sheet = sheet_of(
        tmp_path, "44,UK,0.0100,2026-10-01,", ",,,,", "447;448,UK Mobile,0.0250,2026-10-01,", "0044,Odd,0.5,,"
    )
    report = take(desk, sheet)
    assert report.ledger == {
        "rows": 5,
        "skipped": 1,
        "blank": 1,
        "accepted": 3,
        "duplicates": 0,
        "quarantined": 0,
    }
    assert (report.prefixes, changed(report), states(report)) == (4, {"new": 4}, {})
    assert prices(desk) == {
        "0044": Decimal("0.5"),
        "44": Decimal("0.01"),
        "447": Decimal("0.025"),
        "448": Decimal("0.025"),
    }
    (record,) = queries.imports(desk.db, desk.admin)
    assert (record.state, record.version, record.ledger, record.actor_name) == (
        "published",
        1,
        report.ledger,
        "admin",
    )
    assert queries.original(desk.db, desk.admin, record.id) == ("sheet.csv", sheet.read_bytes())
    assert [profile.id for profile in queries.profiles(desk.db, desk.admin)] == [record.profile_id]
    assert queries.verify(desk.db) == []


def test_days_are_midnights_in_the_zone_of_the_table(desk: Desk, tmp_path: Path) -> None:
    take(desk, sheet_of(tmp_path, "44,UK,0.01,2026-11-30,", "45,DK,0.01,,"))
    midnight = datetime(2026, 11, 29, 22, tzinfo=UTC)  # 30 Nov in Cairo
    assert "44" in prices(desk, midnight)
    assert "44" not in prices(desk, midnight - timedelta(microseconds=1))
    assert "45" in prices(desk, datetime(2026, 11, 22, 22, tzinfo=UTC))  # undated: midnight of today there


def test_one_date_for_all_rows(desk: Desk, tmp_path: Path) -> None:
    take(desk, sheet_of(tmp_path, "44,UK,0.01,2026-11-30,"), effective=date(2026, 10, 1))
    assert "44" in prices(desk, datetime(2026, 9, 30, 22, tzinfo=UTC))


def test_a_full_sheet_closes_what_it_leaves_out_when_it_starts(desk: Desk, tmp_path: Path) -> None:
    desk.publish(*(rate(str(prefix)) for prefix in range(20, 34)))
    lines = [f"{prefix},,0.01,2026-11-30," for prefix in range(20, 33)]
    report = take(desk, sheet_of(tmp_path, *lines))
    assert changed(report) == {"same": 13, "removed": 1}
    start = datetime(2026, 11, 29, 22, tzinfo=UTC)
    assert "33" in prices(desk, start - timedelta(microseconds=1))
    assert "33" not in prices(desk, start)
    assert report.changes[-1].prefix == "33"
    commands.revert_version(desk.db, desk.admin, table="Aurora", locked=None)
    assert "33" in prices(desk, start)


def test_closing_also_closes_what_was_scheduled(desk: Desk, tmp_path: Path) -> None:
    desk.publish(*(rate(str(prefix)) for prefix in range(20, 30)))
    desk.publish(rate("29", "0.09"), at=NOW + timedelta(days=20))
    take(desk, sheet_of(tmp_path, *(f"{prefix},,0.01,," for prefix in range(20, 29))))
    assert "29" not in prices(desk, NOW)
    assert "29" not in prices(desk, NOW + timedelta(days=30))


def test_partial_and_country_sheets_keep_the_others(desk: Desk, tmp_path: Path) -> None:
    desk.publish(rate("44"), rate("447"), rate("45"), rate("1"), rate("1876"))
    assert changed(take(desk, sheet_of(tmp_path, "44,,0.01,,"), scope="partial")) == {"same": 1}
    report = take(
        desk,
        sheet_of(tmp_path, "44,,0.01,,", "1,,0.01,,", name="b.csv"),
        scope="country",
        accept=["G3:1", "G4"],
    )
    assert changed(report) == {"same": 2, "removed": 1}
    assert sorted(prices(desk)) == ["1", "1876", "44", "45"]


def test_a_sheet_that_would_close_too_much_stops_until_its_number_is_said(desk: Desk, tmp_path: Path) -> None:
    desk.publish(*(rate(str(prefix)) for prefix in range(20, 30)))
    sheet = sheet_of(tmp_path, *(f"{prefix},,0.01,," for prefix in range(20, 27)))
    before = contents(desk)
    for accept in ([], ["G3"], ["G3:2"], ["G1"]):
        with pytest.raises(Refused) as refused:
            take(desk, sheet, accept=accept)
        assert "G3:3" in str(refused.value)
        assert [problem.code for problem in refused.value.problems] == ["G3"]
    weak = Actor(desk.admin.account_id, "admin", "temp", desk.admin.rights - {"override_guards"})
    with pytest.raises(Refused):
        commands.import_sheet(desk.db, weak, sheet, table="Aurora", accept=["G3:3"])
    assert contents(desk) == before
    report = take(desk, sheet, accept=["G3:3"])
    assert changed(report) == {"same": 7, "removed": 3}
    assert [guard.accepted_by for guard in report.guards if guard.id == "G3"] == ["admin"]
    assert {one["id"]: one["accepted_by"] for one in queries.imports(desk.db, desk.admin)[0].guards}[
        "G3"
    ] == "admin"


def test_a_dry_run_tells_everything_and_leaves_nothing(desk: Desk, tmp_path: Path) -> None:
    desk.publish(rate("44", "0.01"), rate("45", "0.02"))
    before = contents(desk)
    report = take(desk, sheet_of(tmp_path, "44,UK,0.10,,", "45,,0.02,,", "46,,x,,"), dry_run=True)
    assert (report.is_dry_run, report.version, report.is_held) == (True, None, True)
    assert changed(report) == {"up": 1, "same": 1}
    assert states(report) == {"G1": "ask"}
    assert contents(desk) == before


def test_rows_that_say_the_same_collapse_and_rows_that_contradict_wait(desk: Desk, tmp_path: Path) -> None:
    report = take(
        desk,
        sheet_of(
            tmp_path, "44,UK,0.01,2026-10-01,", "44,UK,0.01,2026-10-01,", "45,DK,0.01,2026-10-01,",
            "45,DK,0.02,2026-10-01,", "46;45,SE,0.03,2026-10-01,", "44,UK,0.012,2026-12-01,", "47,,0x1,,",
        ),
    )  # fmt: skip
    assert report.ledger == {
        "rows": 8,
        "skipped": 1,
        "blank": 0,
        "accepted": 3,
        "duplicates": 1,
        "quarantined": 3,
    }
    assert sorted(prices(desk)) == ["44", "46"]
    waiting = queries.quarantined(desk.db, desk.admin, queries.imports(desk.db, desk.admin)[0].id)
    assert [(row.row, row.code) for row in waiting] == [
        (4, "two_prices"), (5, "two_prices"), (6, "two_prices"), (8, "price_unreadable")
    ]  # fmt: skip
    assert waiting[-1].cells == ["47", "", "0x1", "", ""]
    assert prices(desk, datetime(2026, 12, 2, tzinfo=UTC))["44"] == Decimal("0.012")


def test_conflicts_are_found_however_far_apart_they_are(desk: Desk, tmp_path: Path) -> None:
    lines = [f"{100000 + at},,0.01,," for at in range(5_000)]
    report = take(desk, sheet_of(tmp_path, "100000,,0.09,,", *lines, "100001,,0.01,,", "100002,,0.07,,"))
    assert report.ledger["quarantined"] == 4
    assert report.ledger["duplicates"] == 1
    assert len(prices(desk)) == 4_998


def test_a_prefix_whose_row_is_in_quarantine_is_not_closed(desk: Desk, tmp_path: Path) -> None:
    desk.publish(*(rate(str(prefix)) for prefix in range(20, 34)))
    lines = [f"{prefix},,0.01,," for prefix in range(20, 30)]
    report = take(
        desk, sheet_of(tmp_path, *lines, "30,,oops,,", "31,,0,,", "32,,1,,", "32,,2,,", "33,,-,closed")
    )
    assert changed(report) == {"same": 10}
    assert report.ledger["quarantined"] == 5
    assert len(prices(desk)) == 14


def test_odd_prices_wait_unless_taken_deliberately_or_live_already(desk: Desk, tmp_path: Path) -> None:
    desk.publish(rate("45", "0"))
    sheet = sheet_of(tmp_path, "44,,0,,", "45,,0,,", "46,,10.01,,", "47,,10,,")
    report = take(desk, sheet, scope="partial")
    assert (changed(report), report.ledger["quarantined"]) == ({"new": 1, "same": 1}, 2)
    assert sorted(prices(desk)) == ["45", "47"]
    taken = take(desk, sheet, scope="partial", accept=["G5", "G12", "G4"])
    assert changed(taken) == {"new": 2, "same": 2}
    assert sorted(prices(desk)) == ["44", "45", "46", "47"]


def test_a_price_below_zero_is_never_taken_and_its_prefix_stays(desk: Desk, tmp_path: Path) -> None:
    desk.publish(rate("44"))
    report = take(desk, sheet_of(tmp_path, "44,,-0.10,,", "45,,0.01,,"), accept=["G5"])
    assert (changed(report), report.ledger["quarantined"]) == ({"new": 1}, 1)
    assert [one.code for one in report.problems] == ["below_zero"]
    assert sorted(prices(desk)) == ["44", "45"]


def test_a_sheet_in_cents_stops(desk: Desk, tmp_path: Path) -> None:
    desk.publish(*(rate(str(prefix), "0.02") for prefix in range(20, 30)))
    report = take(desk, sheet_of(tmp_path, *(f"{prefix},,2.0,," for prefix in range(20, 30))), dry_run=True)
    assert states(report) == {"G1": "ask", "G2": "stop"}


def test_other_guards(desk: Desk, tmp_path: Path) -> None:
    lines = [f"{prefix},,0.02,2026-10-01," for prefix in range(20, 30)]
    take(desk, sheet_of(tmp_path, *lines))
    again = take(desk, tmp_path / "sheet.csv", dry_run=True)
    assert (states(again), changed(again)) == ({"G12": "ask"}, {"same": 10})
    commands.revert_version(desk.db, desk.admin, table="Aurora", locked=None)
    assert states(take(desk, tmp_path / "sheet.csv")) == {}  # reverting forgets the file
    late = [line.replace("0.02,2026-10-01", "0.021,2026-11-01") for line in lines]
    assert states(take(desk, sheet_of(tmp_path, *late, name="late.csv"), dry_run=True)) == {"G6": "ask"}
    far = [line.replace("2026-10-01", "2027-06-01").replace("0.02", "0.021") for line in lines]
    assert states(take(desk, sheet_of(tmp_path, *far, name="far.csv"), dry_run=True)) == {"G6": "ask"}
    euro = sheet_of(tmp_path, *lines, "30,,0.02,,", name="euro.csv")
    report = commands.import_sheet(
        desk.db, desk.admin, euro, table="Aurora", told=ISO | {"currency": "EUR"}, dry_run=True
    )
    assert states(report) == {"G8": "stop"}
    short = sheet_of(tmp_path, *lines[:5], name="short.csv")
    assert states(take(desk, short, dry_run=True, scope="partial")) == {"G4": "ask"}


def test_a_sheet_without_one_good_row_is_refused(desk: Desk, tmp_path: Path) -> None:
    before = contents(desk)
    with pytest.raises(Refused) as refused:
        take(desk, sheet_of(tmp_path, "45,DK,1e4x,,", "4a4,UK,0.01,,"))
    assert [problem.place.row for problem in refused.value.problems] == [2, 3]
    assert contents(desk) == before


def test_an_unknown_scope_and_a_reseller_are_refused(desk: Desk, tmp_path: Path) -> None:
    sheet = sheet_of(tmp_path, "44,UK,0.01,,")
    with pytest.raises(Refused):
        take(desk, sheet, scope="all")
    with pytest.raises(NotAllowed):
        commands.import_sheet(desk.db, desk.reseller(), sheet, table="Aurora")
    assert prices(desk) == {}


@dataclass
class StopAt:
    rows: int

    def step(self, done: int, total: int | None = None, what: str = "") -> None:
        if done >= self.rows:
            raise Cancelled


def live_rows(desk: Desk) -> list[int]:
    """How many rows there are of all that an import writes, its record aside."""
    names = ("rate", "rate_version", "staged_sheet", "quarantine", "import_profile")
    with desk.db.read() as conn:
        return [conn.exec_driver_sql(f"SELECT count(*) FROM {name}").scalar_one() for name in names]


def test_cancelling_leaves_no_rate_and_a_record_that_opens_again(desk: Desk, tmp_path: Path) -> None:
    sheet = sheet_of(tmp_path, *(f"{100000 + at},,0.01,," for at in range(6_000)))
    before = live_rows(desk)
    for rows in (0, 4_000, 6_000):
        with pytest.raises(Cancelled):
            take(desk, sheet, progress=StopAt(rows))
        assert live_rows(desk) == before
    (record,) = queries.imports(desk.db, desk.admin)  # one file, one record of it
    assert record.state == "cancelled"
    commands.restage(desk.db, desk.admin, record.id)
    report = commands.publish_import(desk.db, desk.admin, record.id)
    assert report.ledger["accepted"] == 6_000


def test_undo_says_that_an_import_is_reverted_instead(desk: Desk, tmp_path: Path) -> None:
    take(desk, sheet_of(tmp_path, "44,UK,0.01,,"))
    with pytest.raises(Refused) as refused:
        desk.db.undo(desk.admin)
    assert refused.value.code == "not_undoable"
    assert prices(desk) == {"44": Decimal("0.01")}


LINES = st.lists(
    st.tuples(
        st.lists(st.sampled_from(["44", "447", "45", "0045", "x"]), min_size=1, max_size=3, unique=True),
        st.sampled_from(["0.01", "0.02", "0", "11", "?"]),
        st.sampled_from(["", "2026-10-01", "2026-12-01"]),
        st.sampled_from(["", "blocked", "closed"]),
    ),
    min_size=1,
    max_size=12,
)


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(LINES)
def test_every_row_is_accounted_for(
    desk: Desk, tmp_path: Path, rows: Iterable[tuple[list[str], str, str, str]]
) -> None:
    lines = [f"{';'.join(codes)},,{price},{since},{status}" for codes, price, since, status in rows]
    lines.append("99,,0.01,,")  # without one good row a sheet is refused
    report = take(desk, sheet_of(tmp_path, *lines), dry_run=True)
    ledger = dict(report.ledger)
    total = ledger.pop("rows")
    assert total == len(lines) + 1 == sum(ledger.values())


def test_a_real_deck_comes_in_whole(desk: Desk, tmp_path: Path) -> None:
    rows = [(f"{1000 + at}", f"Zone {at % 9}", f"0.{at % 97 + 1:08}") for at in range(5_000)]
    report = take(desk, sheet_of(tmp_path, *(f"{prefix},{name},{price},," for prefix, name, price in rows)))
    assert report.prefixes == 5_000
    assert prices(desk) == {prefix: Decimal(price) for prefix, _, price in rows}
