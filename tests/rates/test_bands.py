"""Time bands of a sheet: columns that become rates with a band, kept by the profile, exported and imported again."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.published import publish_rates
from tests.rates.conftest import NOW, Desk
from voipdesk.kernel.problems import Conflict, NotAllowed, Refused
from voipdesk.rates import commands, queries
from voipdesk.rates.queries.origins import origin
from voipdesk.rates.queries.previews import preview
from voipdesk.rates.queries.tables import time_bands
from voipdesk.rates.queries.windows import rates_of
from voipdesk.rates.rules import NewRate
from voipdesk.rates.rules.hours import HoursError, hours_text, read_hours
from voipdesk.rating.rules import Terms
from voipdesk.store.database import raw
from voipdesk.store.journal import apply_inverse

WEEKDAY_NIGHTS = read_hours("Mon-Fri 20:00-08:00")
OFF_PEAK = read_hours("Mon-Fri 20:00-08:00, Sat-Sun")
TITLES = "Code,Destination,Peak,Off-Peak,Weekend"
LINES = (
    "44,United Kingdom,0.0200,0.0100,0.0090",
    "447,UK Mobile,0.0300,,0.0300",
    "49,Germany,0.0200,0.0200,n/a",
)

Rates = dict[tuple[str, str], Decimal]


def sheet(folder: Path, *lines: str, titles: str = TITLES, name: str = "peaks.csv") -> Path:
    path = folder / name
    path.write_text("\n".join([titles, *lines]) + "\n", encoding="utf-8")
    return path


def take(desk: Desk, path: Path, **options: Any) -> commands.ImportReport:
    return commands.import_sheet(desk.db, desk.admin, path, table="Aurora", **options)


def in_force(desk: Desk, at: datetime = NOW) -> Rates:
    found = queries.rates_in_force(desk.db, desk.admin, None, at)
    prices = [Decimal(int(price)) / 10**8 for price in found.price]
    bands = [found.band_names[int(one)] for one in found.band]
    return dict(zip(zip(found.prefix_texts(), bands, strict=True), prices, strict=True))


def counted(report: commands.ImportReport) -> Mapping[str, int]:
    return {kind: count for kind, count in report.counts.items() if count}


def price_at(desk: Desk, number: str, *when: int) -> tuple[str, Decimal]:
    """The band and price of a number at a time of Cairo, where the table is."""
    local = datetime(*when, tzinfo=desk_zone(desk))  # type: ignore[arg-type, misc]
    found = queries.rate_for(desk.db, desk.admin, "Aurora", number, local.astimezone(UTC))
    assert found is not None
    return found.band.name if found.band else "", found.terms.price


def desk_zone(desk: Desk) -> Any:
    return queries.table(desk.db, desk.admin, "Aurora").zone


PEAK_ONLY = {("44", ""): Decimal("0.02"), ("447", ""): Decimal("0.03"), ("49", ""): Decimal("0.02")}
BOTH = PEAK_ONLY | {
    ("44", "Off-Peak"): Decimal("0.01"), ("44", "Weekend"): Decimal("0.009"),
    ("447", "Weekend"): Decimal("0.03"), ("49", "Off-Peak"): Decimal("0.02"),
}  # fmt: skip


def test_columns_of_bands_that_the_table_does_not_have_are_left_out_and_said(
    desk: Desk, tmp_path: Path
) -> None:
    made = take(desk, sheet(tmp_path, *LINES))
    assert (in_force(desk), made.bandless) == (PEAK_ONLY, ("Off-Peak", "Weekend"))
    assert made.as_dict()["bandless"] == ["Off-Peak", "Weekend"]


def test_bands_of_the_table_are_taken_by_their_name_or_their_time_of_the_week(
    desk: Desk, tmp_path: Path
) -> None:
    commands.add_band(desk.db, desk.admin, table="Aurora", name="Off-Peak", hours=WEEKDAY_NIGHTS)
    commands.add_band(desk.db, desk.admin, table="Aurora", name="Wochenende", hours=read_hours("Sat-Sun"))
    made = take(desk, sheet(tmp_path, *LINES))
    assert made.bandless == ()
    assert in_force(desk) == {
        (prefix, band.replace("Weekend", "Wochenende")): price for (prefix, band), price in BOTH.items()
    }
    assert (made.ledger["accepted"], made.prefixes, counted(made)) == (3, 7, {"new": 7})


def test_bands_that_are_given_are_made_with_the_import_and_not_by_a_dry_run(
    desk: Desk, tmp_path: Path
) -> None:
    given = {"Off-Peak": WEEKDAY_NIGHTS, "Weekend": read_hours("Sat-Sun")}
    path = sheet(tmp_path, *LINES)
    assert counted(take(desk, path, bands=given, dry_run=True)) == {"new": 7}
    assert time_bands(desk.db, desk.admin) == []
    take(desk, path, bands=given)
    assert in_force(desk) == BOTH
    assert [(one.name, hours_text(one.hours), one.rates) for one in time_bands(desk.db, desk.admin)] == [
        ("Off-Peak", "Mon–Fri 20:00–08:00", 2),
        ("Weekend", "Sat–Sun", 2),
    ]
    with pytest.raises(Refused) as refused:
        take(desk, path, bands={"off-peak": OFF_PEAK}, accept=["G12"])
    assert refused.value.code == "band_differs"
    assert "Mon–Fri 20:00–08:00" in str(refused.value)


def test_a_call_off_peak_costs_the_off_peak_price(desk: Desk, tmp_path: Path) -> None:
    take(desk, sheet(tmp_path, *LINES), bands={"Off-Peak": OFF_PEAK})
    assert price_at(desk, "442079460000", 2026, 11, 24, 19, 59) == ("", Decimal("0.02"))
    assert price_at(desk, "442079460000", 2026, 11, 24, 22, 0) == ("Off-Peak", Decimal("0.01"))
    assert price_at(desk, "442079460000", 2026, 11, 30, 7, 59) == ("Off-Peak", Decimal("0.01"))  # on a Monday
    assert price_at(desk, "442079460000", 2026, 11, 28, 12, 0) == (
        "Off-Peak",
        Decimal("0.01"),
    )  # on a Saturday
    assert price_at(desk, "447700900000", 2026, 11, 24, 22, 0) == ("", Decimal("0.03"))  # an empty cell


def test_publishing_twice_changes_nothing_and_the_second_month_asks_nothing(
    desk: Desk, tmp_path: Path
) -> None:
    commands.add_band(desk.db, desk.admin, table="Aurora", name="Night", hours=WEEKDAY_NIGHTS)
    first = sheet(tmp_path, *LINES)
    take(desk, first, told={"columns.rate.Night": 4})
    night = {key: price for key, price in in_force(desk).items() if key[1]}
    assert night == {("44", "Night"): Decimal("0.01"), ("49", "Night"): Decimal("0.02")}
    assert counted(take(desk, first, accept=["G12"])) == {"same": 5}
    later = sheet(tmp_path, *(line.replace("0.0100", "0.0080") for line in LINES), name="december.csv")
    seen = preview(desk.db, desk.admin, later, table=desk.table_id)
    assert (seen.layout.columns["rate.Night"], seen.layout.ask) == (3, ())
    assert seen.profile is not None
    assert (seen.profile.found, seen.profile.wanted) == (4, 4)
    again = take(desk, later, effective=date(2026, 12, 1))
    assert counted(again) == {"down": 1, "same": 4}
    assert [(one.prefix, one.band, one.old_price, one.new_price) for one in again.changes] == [
        ("44", "Night", 1_000_000, 800_000)
    ]


def test_what_was_ignored_stays_ignored_and_what_waited_for_a_band_is_taken_once_there_is_one(
    desk: Desk, tmp_path: Path
) -> None:
    commands.add_band(desk.db, desk.admin, table="Aurora", name="Off-Peak", hours=WEEKDAY_NIGHTS)
    path = sheet(tmp_path, *LINES)
    take(desk, path, told={"columns.rate.Off-Peak": 0})
    assert in_force(desk) == PEAK_ONLY
    commands.add_band(desk.db, desk.admin, table="Aurora", name="Weekend", hours=read_hours("Sat-Sun"))
    take(desk, path, accept=["G12"])
    assert {band for _, band in in_force(desk)} == {"", "Weekend"}


def test_a_price_that_ends_and_a_row_that_is_closed(desk: Desk, tmp_path: Path) -> None:
    titles = f"{TITLES},Status"
    given = {"Off-Peak": WEEKDAY_NIGHTS, "Weekend": read_hours("Sat-Sun")}
    take(desk, sheet(tmp_path, *(f"{line}," for line in LINES), titles=titles), bands=given)
    # A part of a list says nothing of the cells it leaves empty; a whole one does. A closed row closes its bands.
    some = sheet(
        tmp_path, "44,United Kingdom,0.02,,,", "49,Germany,0.02,,,closed", titles=titles, name="b.csv"
    )
    take(desk, some, scope="partial", accept=["G4"])
    assert in_force(desk) == {key: price for key, price in BOTH.items() if key[0] != "49"}
    take(
        desk,
        sheet(tmp_path, "44,United Kingdom,0.02,,0.009,", titles=titles, name="c.csv"),
        accept=["G3:3", "G4"],
    )
    assert in_force(desk) == {("44", ""): Decimal("0.02"), ("44", "Weekend"): Decimal("0.009")}


def test_two_prices_for_one_prefix_and_band_clash_and_those_of_other_bands_do_not(
    desk: Desk, tmp_path: Path
) -> None:
    given = {"Off-Peak": WEEKDAY_NIGHTS, "Weekend": read_hours("Sat-Sun")}
    path = sheet(tmp_path, LINES[0], "44,United Kingdom,0.0200,0.0150,0.0090")
    made = take(desk, path, bands=given)
    assert in_force(desk) == {("44", ""): Decimal("0.02"), ("44", "Weekend"): Decimal("0.009")}
    assert {one.code for one in made.problems} == {"two_prices"}
    assert all("44 in the time band Off-Peak has more than one rate" in one.message for one in made.problems)
    assert [one.text for one in made.guards if one.id == "G7"] == [
        "1 prefix has two prices on one date: in quarantine."
    ]
    take(desk, path, bands=given, conflicts="highest", accept=["G12"])
    assert in_force(desk)["44", "Off-Peak"] == Decimal("0.015")


@pytest.mark.parametrize("ending", [".csv", ".xlsx"])
def test_an_exported_table_with_bands_imports_itself_back(desk: Desk, tmp_path: Path, ending: str) -> None:
    take(desk, sheet(tmp_path, *LINES), bands={"Off-Peak": WEEKDAY_NIGHTS, "Weekend": read_hours("Sat-Sun")})
    path = tmp_path / f"aurora{ending}"
    commands.export_table(desk.db, desk.admin, table="Aurora", path=path)
    made = take(desk, path)
    assert (counted(made), made.ledger["quarantined"]) == ({"same": 7}, 0)


def test_a_row_of_a_band_that_the_table_does_not_have_waits_in_quarantine_until_there_is_one(
    desk: Desk, tmp_path: Path
) -> None:
    lines = ("44,UK,0.02,", "44,UK,0.01,Off-Peak", "45,DK,0.02,Peak", "46,SE,0.02,all day")
    path = sheet(tmp_path, *lines, titles="Code,Destination,Rate,Time band")
    key = commands.stage_sheet(desk.db, desk.admin, path, table="Aurora")
    found = queries.quarantined(desk.db, desk.admin, key)
    assert [(one.row, one.code, one.column, one.value) for one in found] == [
        (3, "unknown_band", "Time band", "Off-Peak")
    ]
    commands.add_band(desk.db, desk.admin, table="Aurora", name="Off-Peak", hours=WEEKDAY_NIGHTS)
    commands.mend_rows(desk.db, desk.admin, key, {3: {"band": "Off-Peak"}})
    commands.publish_import(desk.db, desk.admin, key)
    assert set(in_force(desk)) == {("44", ""), ("44", "Off-Peak"), ("45", ""), ("46", "")}


def test_bands_are_made_changed_and_removed(desk: Desk, tmp_path: Path) -> None:
    db, admin = desk.db, desk.admin
    commands.add_band(db, admin, table="Aurora", name=" Off  Peak ", hours=OFF_PEAK)
    commands.change_band(db, admin, table="Aurora", name="off peak", hours=WEEKDAY_NIGHTS)
    take(desk, sheet(tmp_path, *LINES))
    assert price_at(desk, "442079460000", 2026, 11, 28, 12, 0) == ("", Decimal("0.02"))
    commands.add_band(db, admin, table="Aurora", name="Weekend", hours=read_hours("Sat-Sun"))
    commands.remove_band(db, admin, table="Aurora", name="Weekend")
    assert [(one.name, one.rates) for one in time_bands(db, admin)] == [("Off Peak", 2)]
    for name, hours, code in (
        ("OFF PEAK", OFF_PEAK, "band_exists"),
        ("", OFF_PEAK, "bad_band_name"),
        ("x" * 41, OFF_PEAK, "bad_band_name"),
        ("a=b", OFF_PEAK, "bad_band_name"),
        ("Late", (), "bad_band"),
        ("Late", ((6, 1200, 1500),), "bad_band"),
    ):
        with pytest.raises(Refused) as refused:
            commands.add_band(db, admin, table="Aurora", name=name, hours=hours)
        assert refused.value.code == code
    with pytest.raises(Refused) as used:
        commands.remove_band(db, admin, table="Aurora", name="Off Peak")
    assert used.value.code == "band_in_use"
    with pytest.raises(Refused) as gone:
        commands.change_band(db, admin, table="Aurora", name="Weekend", hours=OFF_PEAK)
    assert gone.value.code == "unknown_band"
    rami = desk.reseller()
    for order in (commands.add_band, commands.change_band):
        with pytest.raises(NotAllowed):
            order(db, rami, table="Aurora", name="Off Peak", hours=OFF_PEAK)
    with pytest.raises(NotAllowed):
        commands.remove_band(db, rami, table="Aurora", name="Off Peak")


def test_everything_that_names_a_band_follows_its_new_name(desk: Desk, tmp_path: Path) -> None:
    db, admin = desk.db, desk.admin
    commands.add_band(db, admin, table="Aurora", name="Night", hours=WEEKDAY_NIGHTS)
    take(desk, sheet(tmp_path, *LINES), told={"columns.rate.Night": 4})
    before, call = in_force(desk), ("442079460000", 2026, 11, 30, 23, 0)
    assert price_at(desk, *call) == ("Night", Decimal("0.01"))

    commands.change_band(
        db, admin, table="Aurora", name="night", hours=WEEKDAY_NIGHTS, new_name=" Late  hours "
    )
    assert [(one.name, one.rates) for one in time_bands(db, admin)] == [("Late hours", 2)]
    assert price_at(desk, *call) == ("Late hours", Decimal("0.01"))
    after = in_force(desk)
    assert after == {
        (prefix, "Late hours" if band else ""): price for (prefix, band), price in before.items()
    }

    assert db.undo_label(admin) == "Rename time band night to Late hours"
    later = sheet(tmp_path, *(line.replace("0.0100", "0.0080") for line in LINES), name="december.csv")
    db.undo(admin)
    assert in_force(desk) == before
    assert preview(db, admin, later, table=desk.table_id).layout.columns["rate.Night"] == 3
    db.redo(admin)
    assert in_force(desk) == after

    # The second month asks nothing.
    assert preview(db, admin, later, table=desk.table_id).layout.ask == ()
    again = take(desk, later, effective=date(2026, 12, 1))
    assert [(one.prefix, one.band) for one in again.changes] == [("44", "Late hours")]


def test_a_band_of_another_table_keeps_its_name(desk: Desk) -> None:
    db, admin = desk.db, desk.admin
    commands.create_table(db, admin, name="Borealis", currency="EUR")
    term = Terms(Decimal("0.01"))
    for table in ("Aurora", "Borealis"):
        commands.add_band(db, admin, table=table, name="Night", hours=WEEKDAY_NIGHTS)
        rows = [NewRate("471", term, "Norway", band="Night")]
        publish_rates(db, admin, table=table, rows=rows, effective=NOW)
    commands.change_band(db, admin, table="Aurora", name="Night", hours=WEEKDAY_NIGHTS, new_name="Late")
    assert {
        table: [(one.name, one.rates) for one in time_bands(db, admin, table)]
        for table in ("Aurora", "Borealis")
    } == {"Aurora": [("Late", 1)], "Borealis": [("Night", 1)]}


def test_a_band_is_not_renamed_under_a_sheet_that_waits(desk: Desk, tmp_path: Path) -> None:
    db, admin = desk.db, desk.admin
    commands.add_band(db, admin, table="Aurora", name="Night", hours=WEEKDAY_NIGHTS)
    commands.add_band(db, admin, table="Aurora", name="Noon", hours=OFF_PEAK)

    def rename(name: str, new: str) -> str:
        with pytest.raises(Refused) as refused:
            commands.change_band(db, admin, table="Aurora", name=name, hours=OFF_PEAK, new_name=new)
        return refused.value.code

    assert rename("Night", "noon") == "band_exists"
    assert rename("Night", "a=b") == "bad_band_name"
    key = commands.stage_sheet(db, admin, sheet(tmp_path, *LINES), table="Aurora")
    assert rename("Night", "Late") == "band_awaited"
    commands.change_band(db, admin, table="Aurora", name="Night", hours=OFF_PEAK, new_name="Night")
    commands.discard_import(db, admin, key)
    commands.change_band(db, admin, table="Aurora", name="Night", hours=OFF_PEAK, new_name="NIGHT")
    assert [one.name for one in time_bands(db, admin)] == ["NIGHT", "Noon"]

    # Nor is the renaming undone under one.
    key = commands.stage_sheet(db, admin, sheet(tmp_path, *LINES), table="Aurora")
    with pytest.raises(Conflict) as depended, db.write("Take back", admin) as write:
        apply_inverse(raw(write.conn), _seq(desk, "Rename time band Night to NIGHT"))
    assert depended.value.code == "depended_on"
    commands.discard_import(db, admin, key)


def _seq(desk: Desk, label: str) -> int:
    with desk.db.read() as conn:
        return int(raw(conn).execute("SELECT seq FROM change WHERE label = ?", (label,)).fetchone()[0])


@pytest.mark.parametrize(
    ("text", "spans", "said"),
    [
        ("Mon-Tue 20:00-08:00", [(0, 0, 480), (0, 1200, 1440), (1, 0, 480), (1, 1200, 1440)], "Mon–Tue 20:00–08:00"),
        ("Sat-Sun", [(5, 0, 1440), (6, 0, 1440)], "Sat–Sun"),
        ("sunday 8-12.30; SAT 20:00–24:00", [(5, 1200, 1440), (6, 480, 750)], "Sat 20:00–24:00, Sun 08:00–12:30"),
        ("Sun-Mon 00:00-06:00", [(0, 0, 360), (6, 0, 360)], "Mon 00:00–06:00, Sun 00:00–06:00"),
        ("22:00-06:00", [(day, *part) for day in range(7) for part in ((0, 360), (1320, 1440))], "Mon–Sun 22:00–06:00"),
        ("Mon 08:00-12:00, Mon 11:00-13:00, Mon 13:00-14:00", [(0, 480, 840)], "Mon 08:00–14:00"),
        ("Wed 08:00-08:00", [(2, 0, 1440)], "Wed"),
        ("Mon 18:00-00:00", [(0, 1080, 1440)], "Mon 18:00–24:00"),
        ("Mon 20-8, Mon 12-13", [(0, 0, 480), (0, 720, 780), (0, 1200, 1440)], "Mon 20:00–08:00, Mon 12:00–13:00"),
    ],
)  # fmt: skip
def test_hours_as_people_write_them(text: str, spans: list[tuple[int, int, int]], said: str) -> None:
    assert list(read_hours(text)) == spans
    assert hours_text(spans) == said
    assert list(read_hours(said)) == spans


@pytest.mark.parametrize(
    "text",
    [
        "",
        " , ",
        "Mon-Xyz",
        "Mon 25:00-26:00",
        "Mon 8:75-9:00",
        "T 8-9",
        "weekday",
        "Mon 8",
        "8:00",
        "Mon Tue",
    ],
)
def test_what_says_no_hours_is_told(text: str) -> None:
    with pytest.raises(HoursError):
        read_hours(text)


def test_a_deck_by_states_asks_once_which_column_is_the_price(desk: Desk, tmp_path: Path) -> None:
    titles = "NPANXX,Interstate,Intrastate"
    path = sheet(tmp_path, "212555,0.0100,0.0200", "646222,0.0100,0.0300", titles=titles, name="us.csv")
    with pytest.raises(Refused) as refused:
        take(desk, path)
    assert [one.code for one in refused.value.problems] == ["ask.columns.rate"]
    take(desk, path, told={"columns.rate": 3})
    assert in_force(desk) == {("1212555", ""): Decimal("0.02"), ("1646222", ""): Decimal("0.03")}
    later = sheet(tmp_path, "212555,0.0100,0.0250", "646222,0.0100,0.0300", titles=titles, name="later.csv")
    assert counted(take(desk, later, effective=date(2026, 12, 1))) == {"up": 1, "same": 1}


def test_what_is_known_of_a_prefix_is_told_for_each_band(desk: Desk, tmp_path: Path) -> None:
    take(desk, sheet(tmp_path, *LINES), bands={"Off-Peak": WEEKDAY_NIGHTS})
    cheap = origin(desk.db, desk.admin, "Aurora", "44", band="Off-Peak")
    usual = origin(desk.db, desk.admin, "Aurora", "44")
    assert [
        (one.row.price, one.file_row, len(one.past)) for one in (cheap, usual) if one.row is not None
    ] == [
        (Decimal("0.01"), 2, 1),
        (Decimal("0.02"), 2, 1),
    ]
    missing = origin(desk.db, desk.admin, "Aurora", "447", band="Off-Peak")
    assert (missing.row, missing.past, missing.file_name) == (None, (), "")
    assert [row.band for row in rates_of(desk.db, desk.admin, "Aurora", "44")] == ["", "Off-Peak"]


def test_a_connect_fee_goes_with_the_price_of_its_time(desk: Desk, tmp_path: Path) -> None:
    titles = "Code,Destination,Peak Rate,Off-Peak Rate,Connect fee,Off-Peak Connect fee"
    path = sheet(tmp_path, "44,UK,0.02,0.01,0.10,0.05", "49,DE,0.02,0.01,0.10,", titles=titles)
    assert take(desk, path, dry_run=True).bandless == ("Off-Peak Rate", "Off-Peak Connect fee")
    commands.add_band(desk.db, desk.admin, table="Aurora", name="Night", hours=WEEKDAY_NIGHTS)
    take(desk, path, told={"columns.rate.Night": 4})
    found = queries.rates_in_force(desk.db, desk.admin, "Aurora")
    fees = zip(
        found.prefix_texts(),
        (found.band_names[int(one)] for one in found.band),
        found.connect_fee.tolist(),
        strict=True,
    )
    assert {(prefix, band): Decimal(fee) / 10**8 for prefix, band, fee in fees} == {
        ("44", ""): Decimal("0.1"), ("44", "Night"): Decimal("0.05"),
        ("49", ""): Decimal("0.1"), ("49", "Night"): Decimal("0.1"),
    }  # fmt: skip
    assert counted(take(desk, path, accept=["G12"])) == {"same": 4}
