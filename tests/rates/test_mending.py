"""Rows in quarantine: corrected, read again, sent back and imported again."""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import pytest

from tests.rates.conftest import Desk, rate
from tests.rates.test_importing import ISO, prices, sheet_of
from tests.tabular.test_several_sheets import workbook
from voipdesk.kernel.problems import NotAllowed, Refused
from voipdesk.rates import commands, queries
from voipdesk.rates.files_mending import mended
from voipdesk.tabular.layout import Layout

TITLES = "Prefix,Destination,Rate,Effective Date,Status,Increment"
TOLD = ISO | {"columns.increment": 6}


def staged(desk: Desk, folder: Path, *lines: str) -> UUID:
    return commands.stage_sheet(
        desk.db, desk.admin, sheet_of(folder, *lines, titles=TITLES), table="Aurora", told=TOLD
    )


def waiting(desk: Desk, import_id: UUID) -> list[tuple[int, str]]:
    return [(one.row, one.code) for one in queries.quarantined(desk.db, desk.admin, import_id)]


def test_a_corrected_row_joins_and_a_wrong_one_keeps_its_new_reason(desk: Desk, tmp_path: Path) -> None:
    key = staged(desk, tmp_path, "44,UK,0.01,,,1/1", "45,DK,oops,,,1/1", "46,SE,0.02,,,1/1")
    assert waiting(desk, key) == [(3, "price_unreadable")]
    ledger = commands.mend_rows(desk.db, desk.admin, key, {3: {"Rate": "still not"}})
    assert (ledger["accepted"], ledger["quarantined"]) == (2, 1)
    ledger = commands.mend_rows(desk.db, desk.admin, key, {3: {"rate": "0.05"}})
    assert (ledger["accepted"], ledger["quarantined"]) == (3, 0)
    assert waiting(desk, key) == []
    commands.publish_import(desk.db, desk.admin, key)
    assert sorted(prices(desk)) == ["44", "45", "46"]


def test_contradicting_rows_are_settled_by_correcting_or_choosing_one(desk: Desk, tmp_path: Path) -> None:
    key = staged(desk, tmp_path, "44,UK,0.01,,,1/1", "45,DK,0.02,,,1/1", "45,DK,0.03,,,1/1")
    assert waiting(desk, key) == [(3, "two_prices"), (4, "two_prices")]
    commands.decide(desk.db, desk.admin, key, chosen=[4])
    assert waiting(desk, key) == []
    assert queries.review(desk.db, desk.admin, key).ledger["duplicates"] == 1
    commands.decide(desk.db, desk.admin, key, chosen=[])
    assert len(waiting(desk, key)) == 2
    ledger = commands.mend_rows(desk.db, desk.admin, key, {4: {"Prefix": "47"}})
    assert (ledger["accepted"], ledger["quarantined"]) == (3, 0)


@pytest.mark.parametrize(("choice", "price"), [("first", "0.02"), ("last", "0.03"), ("highest", "0.04")])
def test_one_rule_settles_all_contradictions(desk: Desk, tmp_path: Path, choice: str, price: str) -> None:
    lines = ("44,UK,0.01,,,1/1", "45,DK,0.02,,,1/1", "45,DK,0.04,,,1/1", "45,DK,0.03,,,1/1")
    key = staged(desk, tmp_path, *lines)
    commands.decide(desk.db, desk.admin, key, conflicts=choice)
    report = commands.publish_import(desk.db, desk.admin, key)
    assert (report.ledger["accepted"], report.ledger["duplicates"], report.ledger["quarantined"]) == (2, 2, 0)
    assert str(prices(desk)["45"]) == price


def test_rejects_go_out_and_come_back(desk: Desk, tmp_path: Path) -> None:
    key = staged(desk, tmp_path, "44,UK,0.01,,,1/1", "45,DK,oops,,,1/1", "46,SE,0x,,,60/60")
    out = tmp_path / "rejects.csv"
    assert commands.export_rejects(desk.db, desk.admin, key, out) == 2
    text = out.read_text(encoding="utf-8-sig")
    assert text.splitlines()[0] == f"{TITLES},Row,Reason"
    commands.publish_import(desk.db, desk.admin, key)
    out.write_text(text.replace("oops", "0.05").replace("0x", "0.06"), encoding="utf-8")
    report = commands.import_sheet(desk.db, desk.admin, out, table="Aurora", told=TOLD, scope="partial")
    assert report.ledger["quarantined"] == 0
    assert sorted(prices(desk)) == ["44", "45", "46"]


def test_refusals_name_the_row_and_the_column(desk: Desk, tmp_path: Path) -> None:
    key = staged(desk, tmp_path, "44,UK,0.01,,,1/1", "45,DK,oops,,,1/1")
    for changes, code in (({2: {"Rate": "1"}}, "not_in_quarantine"), ({3: {"None": "1"}}, "unknown_column")):
        with pytest.raises(Refused) as refused:
            commands.mend_rows(desk.db, desk.admin, key, changes)
        assert refused.value.code == code
    with pytest.raises(Refused) as refused:
        commands.mend_like(desk.db, desk.admin, key, "interval_is_date")
    assert refused.value.code == "no_fix"
    with pytest.raises(NotAllowed):
        commands.mend_rows(desk.db, desk.reseller(), key, {3: {"Rate": "1"}})


def test_all_rows_of_a_reason_at_once(desk: Desk, tmp_path: Path) -> None:
    key = staged(desk, tmp_path, "44,UK,0.01,,,1/1", "45,DK,0.02,,,0/0", "46,SE,0.03,,,0/0", "47,NO,0.04,,,x")
    assert {row for row, _ in waiting(desk, key)} == {3, 4, 5}
    code = dict(waiting(desk, key))[3]
    ledger = commands.mend_like(desk.db, desk.admin, key, code)
    assert (ledger["accepted"], ledger["quarantined"]) == (3, 1)
    code = dict(waiting(desk, key))[5]
    assert commands.mend_like(desk.db, desk.admin, key, code, fix="6/6")["quarantined"] == 0


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("2026-06-06", "6/6"), ("2026-01-30 00:00:00", "30/1"), ("1960-01-01 00:00:00", "60/1"), ("6-Jun", "6/6"),
        ("06. Jun", "6/6"), ("Jan-60", "60/1"), ("x", None),
    ],
)  # fmt: skip
def test_a_date_that_was_an_interval(value: str, said: str | None) -> None:
    assert mended("interval_is_date", value, Layout()) == said


def test_all_of_them_with_one_click_in_text_and_in_workbooks(desk: Desk, tmp_path: Path) -> None:
    days = ("6-Jun", "06. Jun", "Jun-30", "6. Juni", "06.06.", "1960-01-01", "1/1")
    rows = [f"{44 + at},Zone {at},0.01,,,{day}" for at, day in enumerate(days)]
    key = staged(desk, tmp_path, *rows)
    assert [code for _, code in waiting(desk, key)] == ["interval_is_date"] * 6
    guard = next(one for one in queries.review(desk.db, desk.admin, key).guards if one.id == "G10")
    assert (guard.token, guard.fix) == ("6", {"mend": "auto"})
    ledger = commands.mend_like(desk.db, desk.admin, key, "interval_is_date")
    assert (ledger["accepted"], ledger["quarantined"]) == (7, 0)
    commands.publish_import(desk.db, desk.admin, key)
    found = queries.rates_in_force(desk.db, desk.admin, "Aurora")
    pairs = zip(found.initial_interval.tolist(), found.next_interval.tolist(), strict=True)
    assert [f"{first}/{then}" for first, then in pairs] == ["6/6", "6/6", "30/6", "6/6", "6/6", "60/1", "1/1"]


def test_a_whole_column_of_intervals_that_a_workbook_holds_as_days(desk: Desk, tmp_path: Path) -> None:
    day = date(2026, 6, 6)
    rows = [[f"Zone {at}", 4400 + at, 0.01, day] for at in range(5)]
    path = workbook(tmp_path / "days.xlsx", {"Rates": [["Destination", "Code", "Rate", "Billing"], *rows]})
    key = commands.stage_sheet(desk.db, desk.admin, path, table="Aurora")
    assert [code for _, code in waiting(desk, key)] == ["interval_is_date"] * 5
    ledger = commands.mend_like(desk.db, desk.admin, key, "interval_is_date")
    assert (ledger["accepted"], ledger["quarantined"]) == (5, 0)


def test_a_mended_row_is_compared_with_what_is_live(desk: Desk, tmp_path: Path) -> None:
    desk.publish(rate("45", "0.02"), at=datetime(2026, 10, 1, tzinfo=UTC))
    key = staged(desk, tmp_path, "44,UK,0.01,,,1/1", "45,,oops,,,1/1")
    commands.mend_rows(desk.db, desk.admin, key, {3: {"Rate": "0.02"}})
    counts = queries.review(desk.db, desk.admin, key).counts
    assert (counts["new"], counts["same"], counts["removed"]) == (1, 1, 0)


@pytest.mark.parametrize(
    ("code", "value", "said"),
    [
        ("price_unreadable", "0,0345", "0.0345"),
        ("price_unreadable", "ca. 0.05 / min", "0.05"),
        ("price_unreadable", "3,45 ct", "0.0345"),
        ("price_unreadable", "0.05/0.06", None),
        ("price_unreadable", "4.5E-2", None),
        ("price_unreadable", "suspended", None),
        ("prefix_unreadable", "UK447", "447"),
        ("prefix_unreadable", "44 UK 7", None),
        ("prefix_scientific", "4.47E+11", None),
        ("prefix_range", "4477-9", "4477-4479"),
        ("prefix_range", "449-447", "447-449"),
        ("prefix_range", "4477-77", None),
        ("prefix_range_too_wide", "441000000-442999999", "441, 442"),
        ("prefix_range_too_wide", "4410000000-4419999998", None),
        ("interval_is_date", "6-Jun", "6/6"),
    ],
)
def test_what_a_cell_was_meant_to_say(code: str, value: str, said: str | None) -> None:
    assert mended(code, value, Layout()) == said


def test_the_sign_and_the_unit_are_those_of_the_column() -> None:
    assert mended("price_unreadable", "0.0345x", Layout(decimal=",")) == "0,0345"
    assert mended("price_unreadable", "3.45 ct", Layout(scale=Decimal("0.01"))) == "3.45"
    assert mended("date_order", "30/11/2026", Layout(date_order="mdy")) == "2026-11-30"


def test_the_reasons_tell_all_their_rows_and_their_ways_out(desk: Desk, tmp_path: Path) -> None:
    lines = [f"{at},X,0,,,1/1".replace(",0,", ',"0,05",') for at in range(44, 47)]
    key = staged(desk, tmp_path, "43,X,0.01,,,1/1", *lines, "47,X,suspended,,,1/1", "48,X,TBA,,,1/1",
                 "49,X,0.01,32/13/2026,,1/1")  # fmt: skip
    found = queries.waiting(desk.db, desk.admin, key, limit=2)
    assert [(one.code, one.rows) for one in found.reasons] == [
        ("price_unreadable", 4), ("date_unreadable", 1), ("price_missing", 1)
    ]  # fmt: skip
    assert (found.code, len(found.rows)) == ("price_unreadable", 2)
    ways = {
        one.code: [(way.fix, way.value, way.rows, way.after) for way in one.ways] for one in found.reasons
    }
    assert ways == {
        "price_unreadable": [
            ("auto", None, 3, "0.05"), ("blocked", "suspended", 1, "blocked"), ("closed", "suspended", 1, "closed")
        ],
        "price_missing": [("blocked", "TBA", 1, "blocked"), ("closed", "TBA", 1, "closed")],
        "date_unreadable": [("one_date", None, 1, "")],
    }  # fmt: skip
    assert queries.waiting(desk.db, desk.admin, key, code="price_missing").rows[0].value == "TBA"
    commands.mend_like(desk.db, desk.admin, key, "price_unreadable")
    commands.mend_like(desk.db, desk.admin, key, "price_unreadable", fix="blocked", value="suspended")
    commands.mend_like(desk.db, desk.admin, key, "price_missing", fix="closed", value="TBA")
    ledger = commands.mend_like(desk.db, desk.admin, key, "date_unreadable", fix="2026-12-01")
    assert ledger["quarantined"] == 0
    commands.publish_import(desk.db, desk.admin, key)
    live = queries.rates_in_force(desk.db, desk.admin, "Aurora", datetime(2026, 12, 2, tzinfo=UTC))
    assert dict(zip(live.prefix_texts(), live.state.tolist(), strict=True)) == {
        "43": 0, "44": 0, "45": 0, "46": 0, "47": 1, "49": 0
    }  # fmt: skip


def test_only_cells_of_the_same_text_take_the_same_answer(desk: Desk, tmp_path: Path) -> None:
    key = staged(desk, tmp_path, "44,X,oops,,,1/1", "45,X,oops,,,1/1", "46,X,Oops,,,1/1", "47,X,0.01,,,1/1")
    ledger = commands.mend_like(desk.db, desk.admin, key, "price_unreadable", fix="0.05", value="oops")
    assert (ledger["accepted"], waiting(desk, key)) == (3, [(4, "price_unreadable")])
    with pytest.raises(Refused):
        commands.mend_like(desk.db, desk.admin, key, "price_unreadable", fix="0.05", value="oops")


def test_corrections_outlive_another_reading(desk: Desk, tmp_path: Path) -> None:
    lines = ["44,X,oops,,,1/1", "45,X,0.02,,,2026-06-06", "46,X,0.03,,,1/1", "46,X,0.04,,,1/1", "48,X,0.0x5,,,1/1",
             '49,X,"0,06",,,1/1', "50,X,0.07,,,1/1"]  # fmt: skip
    key = staged(desk, tmp_path, *lines)
    commands.mend_rows(desk.db, desk.admin, key, {2: {"Rate": "none"}})
    commands.mend_rows(
        desk.db, desk.admin, key, {2: {"Rate": "0.09"}, 5: {"Prefix": "47"}, 7: {"Rate": "0.06"}}
    )
    commands.mend_like(desk.db, desk.admin, key, "interval_is_date")
    assert waiting(desk, key) == [(6, "price_unreadable")]
    commands.restage(desk.db, desk.admin, key, told=TOLD | {"constant.effective_date": "2026-12-01"})
    assert waiting(desk, key) == [(6, "price_unreadable")]
    kept = queries.staged(desk.db, desk.admin, key)
    assert (kept.ledger["accepted"], kept.ledger["quarantined"]) == (6, 1)
    assert {one.by for one in kept.decisions.mended} == {"admin"}
    commands.restage(desk.db, desk.admin, key, told=TOLD | {"decimal": ","})
    assert 7 not in {row for row, _ in waiting(desk, key)}
    commands.restage(desk.db, desk.admin, key, told=TOLD)
    report = commands.publish_import(desk.db, desk.admin, key)
    assert report.ledger["accepted"] == 6
    rates = {prefix: str(price) for prefix, price in prices(desk).items()}
    assert rates == {"44": "0.09", "45": "0.02", "46": "0.03", "47": "0.04", "49": "0.06", "50": "0.07"}
    (record,) = queries.imports(desk.db, desk.admin)
    assert [one["row"] for one in record.decisions["mended"]] == [2, 2, 5, 7, 0]


def test_a_correction_is_let_go_where_the_cell_says_something_else(desk: Desk, tmp_path: Path) -> None:
    key = staged(desk, tmp_path, "44,X,oöps,,,1/1", "45,X,0.02,,,1/1")
    commands.mend_rows(desk.db, desk.admin, key, {2: {"Rate": "0.09"}})
    commands.restage(desk.db, desk.admin, key, told=TOLD)
    assert waiting(desk, key) == []
    commands.restage(desk.db, desk.admin, key, told=TOLD | {"encoding": "cp1252"})
    assert waiting(desk, key) == [(2, "price_unreadable")]
