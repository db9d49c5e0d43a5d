"""Columns say what single rows say: odd cells in odd layouts, in text and in workbooks, and all sheets at hand."""

import csv
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.rates.test_sheet_columns import whole
from tests.tabular.carriers import judge
from tests.tabular.carriers.shapes import FAMILIES
from tests.tabular.test_several_sheets import CODES as CODES_SHEET
from tests.tabular.test_several_sheets import workbook
from voipdesk.kernel.ledger import Ledger
from voipdesk.kernel.problems import VoipDeskError
from voipdesk.kernel.progress import Quiet
from voipdesk.rates import engine_sheet as sheets
from voipdesk.rates import files
from voipdesk.rates.engine_sheet_lanes import Lanes, Meaning, are_wide_enough
from voipdesk.rates.files_opened import OpenedSheet, open_sheet
from voipdesk.tabular.dialect import Dialect
from voipdesk.tabular.layout import Layout

SAMPLES = Path(__file__).parents[2] / "../shared/samples"
CAIRO = ZoneInfo("Africa/Cairo")
USUAL = datetime(2026, 11, 1, tzinfo=UTC)
WALL = datetime(2026, 11, 30)  # noqa: DTZ001 - as a workbook has it
TITLES = (
    "Name", "Code", "Rate", "Fee", "Least", "Step", "First", "Next", "From", "Until", "Status", "Country", "Area",
    "Band", "Cheap", "Idle", "Cheap fee",
)  # fmt: skip
ROLES = (
    "destination", "prefix", "rate", "connection_fee", "minimum_charge", "increment", "initial_increment",
    "subsequent_increment", "effective_date", "effective_until", "status", "country_code", "area_code",
    "band", "rate.Off-Peak", "rate.Weekend", "connection_fee.Off-Peak",
)  # fmt: skip

NAMES = ["Zone 1", " Zone  1 ", "", "#note", "'=Zone", "Zürich", "two\nlines", "Zone 2"]
CODES = [
    "44", "447", "4470", "44;45", "447-449", "0044", "+44", "44 7", "#44", "#x", "Egypt", "", "4.4E+11", "44.0",
    "1234567890123456", "٤٤", "447[3-5]", "93-76", "'44", "44,44", "011 44", "44\n45", " 44",
    "44, 45", "44,45;446", "44,0", "44;0", "44,00", "1234567890123456;44", "++44", "44,44;44", "44,", "44 ;45", "+44;45",
]  # fmt: skip
PRICES = [
    "0.01", "0.0100", "1", "1.", ".5", "0,05", "1.234,5", "1,234.5", "closed", "Blocked", "n/a", "", "Rate", "-0.01",
    "$0.02", "5 ¢", "1e400", "0.123456789", "1000000.5", "often", "0.0", "00.01", "१.५", "USD 0.5", "1000000", "  0.02 ",
]  # fmt: skip
FEES = ["", "0", "0.1", "-1", "free", "closed", "n/a", "0,2", " "]
STEPS = ["", "60/1", "1/1", "6", "0-60-60", "per second", "often", "0/60", "60/0", " ", "30s"]
DAYS = [
    "", "2026-11-30", "30/11/2026", "11/30/2026", "03/04/2026", "30 Nov 2026", "31/02/2026", "asap", "soon", "46356",
    "2026-12-24 10:30:00", "0001-01-01", "9999-12-31", "2026-11-30T00:00:00Z", "20261130",
]  # fmt: skip
STATES = ["", "New", "closed", "BLOCKED", "Deleted", "no change"]
AREAS = ["", "7", "70,71", "7-9", "x", "- "]
BANDS = ["", "", "Off-Peak", "off peak", "Weekend", "Peak", "Sundays", " ", "24/7"]
POOLS = (
    NAMES, CODES, PRICES, FEES, FEES, STEPS, STEPS, STEPS, DAYS, DAYS, STATES, CODES, AREAS, BANDS, PRICES, PRICES, FEES,
)  # fmt: skip

typed = st.sampled_from(
    [
        True, False, 1, 0, 44, 447, 44.0, 0.05, 0.1 + 0.2, -0.01, 1e16, 123456789012345678, 46356, 46356.5,
        WALL, WALL.replace(hour=10), date(2026, 11, 30), time(1, 0), timedelta(hours=30),
        None, "=1+1", -0.0, 1e6, 60,
    ]
)  # fmt: skip


USUAL_CELLS = (
    "Zone 1",
    "44",
    "0.01",
    "0",
    "0",
    "60/1",
    "30",
    "6",
    "2026-11-30",
    "",
    "New",
    "44",
    "7",
    "",
    "0.005",
    "",
    "0.3",
)


@st.composite
def rows_with(draw: st.DrawFn, *others: st.SearchStrategy[Any]) -> list[Any]:
    """A plain row with a few odd cells, so that one oddity does not hide the other."""
    row: list[Any] = list(USUAL_CELLS)
    for at in draw(st.lists(st.sampled_from([0, 1, 1, 2, 2, *range(3, len(POOLS))]), max_size=3)):
        row[at] = draw(st.one_of(st.sampled_from(POOLS[at]), *others))
    return row


text_rows = rows_with()
odd_rows = st.one_of(
    st.just([]),
    st.just([""]),
    st.just(["# comment"]),
    st.just(["Western Europe", "", ""]),
    st.just(list(TITLES)),
    st.just([" ", " "]),
    text_rows.map(lambda row: row[:4]),
    text_rows.map(lambda row: [*row, "more", "and more"]),
)
some_rows = st.lists(st.one_of(text_rows, text_rows, text_rows, text_rows, odd_rows), max_size=20)
typed_rows = st.lists(rows_with(typed, typed), min_size=1, max_size=12)
whole_rows = st.lists(
    st.tuples(
        st.sampled_from(NAMES[:2]),
        st.sampled_from([44, 447, 4470, 4471, 4.5, -44]),
        st.sampled_from([0.05, 0.1, 1, 0.123456789, 0]),
        *(st.just("") for _ in POOLS[3:]),
    ).map(list),
    min_size=1,
    max_size=12,
)


@st.composite
def layouts(draw: st.DrawFn) -> Layout:
    """Any choice of columns and conventions."""
    places = {role: at for at, role in enumerate(ROLES)}
    parts = draw(st.sampled_from([("prefix",), ("country_code",), ("country_code", "area_code")]))
    wanted = {"rate", *parts, *draw(st.sets(st.sampled_from(["destination", *ROLES[3:11], *ROLES[13:]])))}
    columns = {role: at for role, at in places.items() if role in wanted}
    constants = draw(
        st.dictionaries(
            st.sampled_from(
                ["increment", "initial_increment", "effective_date", "connection_fee", "status", "rate"]
            ),
            st.sampled_from(["", "60/60", "2026-12-01", "0.3", "closed", "often"]),
            max_size=draw(st.sampled_from([0, 0, 2])),
        )
    )
    return Layout(
        kind="rates",
        container="csv",
        dialect=Dialect("utf-8", ",", '"'),
        header_row=1,
        first_data_row=draw(st.sampled_from([2, 2, 3])),
        last_data_row=draw(st.sampled_from([None, None, 9])),
        columns=columns,
        titles=TITLES,
        decimal=draw(st.sampled_from([".", ".", ","])),
        date_order=draw(st.sampled_from([None, "dmy", "mdy"])),
        scale=draw(st.sampled_from([Decimal(1), Decimal(1), Decimal(60), Decimal("0.01")])),
        escapes=draw(st.sampled_from([(), (), ("00",), ("011", "00")])),
        hyphen=draw(st.sampled_from(["span", "join"])),
        lead=draw(st.sampled_from(["", "", "1"])),
        constants=constants,
        bands=draw(st.sampled_from([None, ("Off-Peak", "Weekend"), ("Weekend",)])),
    )


class ByRows:
    """The same sheet, without anything that a reader by columns could take hold of."""

    def __init__(self, sheet: OpenedSheet) -> None:
        self._sheet = sheet
        self.path = sheet.path
        self.currency = sheet.currency
        self.fingerprint = sheet.fingerprint
        self.profile_id: UUID | None = None
        self.layout_data: Any = None

    @property
    def total(self) -> int:
        return self._sheet.total

    @property
    def skipped(self) -> int:
        return self._sheet.skipped

    @property
    def blank(self) -> int:
        return self._sheet.blank

    def rows(self) -> Iterator[files.SheetRow]:
        return self._sheet.rows()


def by_rows(path: Path, layout: Layout, *, is_fixed: bool = False) -> sheets.SheetColumns:
    with OpenedSheet(path, layout) as sheet:
        return sheets.read_columns(ByRows(sheet), CAIRO, usual=USUAL, is_fixed=is_fixed)


def by_columns(path: Path, layout: Layout, size: int, *, is_fixed: bool = False) -> sheets.SheetColumns:
    with OpenedSheet(path, layout) as sheet:
        gathered = sheets.Gathered(files.RowMaker(CAIRO, USUAL, is_fixed))
        Lanes(sheet.sheet, gathered).read(Quiet(), size)
        return gathered.settled(Ledger(sheet.total, sheet.skipped, sheet.blank))


def compare(one: sheets.SheetColumns, other: sheets.SheetColumns) -> None:
    """All of both; faults of rows are found in the same order."""
    assert whole(one) == whole(other)
    assert one.tally.fault == ""


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(some_rows, layouts(), st.sampled_from([1, 3, 50]), st.booleans())
def test_text(rows: list[list[str]], layout: Layout, size: int, is_fixed: bool) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "sheet.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([list(TITLES), *rows])
        compare(by_columns(path, layout, size, is_fixed=is_fixed), by_rows(path, layout, is_fixed=is_fixed))


texts_of_codes = st.text(alphabet="0123456789,;+ .-[]'/", max_size=18)
texts_of_prices = st.text(alphabet="0123456789.,-+ $e", max_size=12)


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(st.tuples(texts_of_codes, texts_of_prices), min_size=1, max_size=30),
    st.sampled_from([".", ","]),
    st.sampled_from(["span", "join"]),
)
def test_any_code_and_price(cells: list[tuple[str, str]], decimal: str, hyphen: str) -> None:
    layout = Layout(
        kind="rates", container="csv", dialect=Dialect(), header_row=1, first_data_row=2, titles=("Code", "Rate"),
        columns={"prefix": 0, "rate": 1}, decimal=decimal, hyphen=hyphen,
    )  # fmt: skip
    with TemporaryDirectory() as folder:
        path = Path(folder) / "sheet.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([("Code", "Rate"), *cells])
        compare(by_columns(path, layout, 10), by_rows(path, layout))


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(st.one_of(typed_rows, whole_rows), layouts(), st.sampled_from([1, 3, 50]))
def test_workbooks(rows: list[list[Any]], layout: Layout, size: int) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "sheet.xlsx"
        book = openpyxl.Workbook(write_only=True)
        sheet = book.create_sheet("Rates")
        for row in [list(TITLES), *rows]:
            sheet.append(row)
        book.save(path)
        layout = replace(layout, container="xlsx", dialect=None, sheet="Rates")
        compare(by_columns(path, layout, size), by_rows(path, layout))


def test_yes_is_not_one(tmp_path: Path) -> None:
    """`True` equals 1, but is no price, no code and no interval."""
    path = tmp_path / "sheet.xlsx"
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in [["Code", "Rate", "Step"], [44, 1, 1], [45, True, 1], [46, 1, True], [True, 1, 1], [1, 1, 1]]:
        sheet.append(row)
    book.save(path)
    layout = Layout(
        kind="rates", container="xlsx", sheet=sheet.title, header_row=1, first_data_row=2,
        titles=("Code", "Rate", "Step"), columns={"prefix": 0, "rate": 1, "increment": 2},
    )  # fmt: skip
    columns = by_columns(path, layout, 50)
    assert columns.rates.prefix_texts() == ["1", "44"]
    assert [fault.row for fault in columns.faults] == [3, 4, 5]
    compare(columns, by_rows(path, layout))


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_rows_have_the_number_of_their_first_line(tmp_path: Path, ends: str) -> None:
    path = tmp_path / "sheet.csv"
    lines = ["Code,Rate", '"44\n45",0.1', "46,often", "", '"47', '48",0.2', "49,never", '"50']
    path.write_text(ends.join(lines), encoding="utf-8", newline="")
    layout = Layout(
        kind="rates", dialect=Dialect(), header_row=1, first_data_row=2, titles=("Code", "Rate"),
        columns={"prefix": 0, "rate": 1},
    )  # fmt: skip
    for size in (1, 2, 50):
        compare(by_columns(path, layout, size), by_rows(path, layout))


def test_a_line_without_end_is_refused_by_columns_too(tmp_path: Path) -> None:
    path = tmp_path / "sheet.csv"
    layout = Layout(
        kind="rates", dialect=Dialect(), header_row=1, first_data_row=2, titles=("Code", "Rate"),
        columns={"prefix": 0, "rate": 1},
    )  # fmt: skip
    for text in ("44,0.1," + "5," * 600_000, "44,0.1\n" + "," * 2_000, '44,0.1\n45,"' + "6" * 200_000):
        path.write_text(f"Code,Rate\n{text}\n", encoding="utf-8")
        with pytest.raises(VoipDeskError) as slices:
            by_columns(path, layout, 50)
        with pytest.raises(VoipDeskError) as rows:
            by_rows(path, layout)
        assert slices.value.problem == rows.value.problem


def test_a_column_of_another_role_is_read_row_by_row() -> None:
    known = Layout(columns={"prefix": 0, "rate": 1})
    assert are_wide_enough(known)
    assert are_wide_enough(
        replace(known, columns={**known.columns, "rate.Off-Peak": 2, "band": 3, "connection_fee.Off-Peak": 4})
    )
    assert not are_wide_enough(replace(known, columns={**known.columns, "peak_rate": 2}))


def test_what_cells_mean_is_forgotten_before_memory_is_full(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("voipdesk.rates.engine_sheet_lanes.MOST_KEPT", 3)
    meaning = Meaning(lambda cell: int(str(cell)))
    assert meaning.of([str(at % 7) for at in range(50)]).tolist() == [at % 7 for at in range(50)]
    assert len(meaning) <= 3


NO_RATES = {
    "prices_of_messages", "numbers_for_rent", "people", "goods", "invoices", "statement_of_traffic",
    "codes_without_prices", "prices_without_codes", "later_countries_and_prices_alone",
}  # fmt: skip
"""Families that are no rate sheets, or cannot be read without somebody's word: they are refused."""


def laid_out_somehow(path: Path) -> Layout | None:
    """The layout of a sheet, its questions answered by the first choice; None for what is no rate sheet."""
    told: dict[str, Any] = {}
    for _ in range(4):
        try:
            with open_sheet(path, told=told) as sheet:
                return sheet.layout
        except VoipDeskError as no:
            asked = {one.code.removeprefix("ask."): one for one in no.problems if one.code.startswith("ask.")}
            answers = {
                name: one.hint.partition("=")[2].partition("|")[0].rstrip(".") for name, one in asked.items()
            }
            told |= {name: answer for name, answer in answers.items() if answer}
            if not asked:
                return None
    return None


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the sample sheets are not here")
@pytest.mark.parametrize("path", sorted(SAMPLES.glob("rates/*")), ids=lambda path: path.name)
def test_sample_sheets(path: Path) -> None:
    if (layout := laid_out_somehow(path)) is not None:
        compare(by_columns(path, layout, 7), by_rows(path, layout))


@pytest.mark.parametrize(
    "family", sorted(name for name in FAMILIES if not name.removeprefix("later_").startswith("calls"))
)
def test_sheets_as_carriers_send_them(family: str, tmp_path: Path) -> None:
    made = judge.made(family, 7, tmp_path)
    path, layout = made.path, laid_out_somehow(made.path)
    assert (layout is None) == (family in NO_RATES or made.truth.kind != "rates")
    if layout is not None:
        compare(by_columns(path, layout, 11), by_rows(path, layout))


def test_several_sheets_read_as_one(tmp_path: Path) -> None:
    first = [["Destination", "Rate"], ["Egypt Mobile", 0.116], ["# note", ""], ["Atlantis", 0.5]]
    second = [["Acme"], ["Destination", "Rate"], ["Germany Mobile", "no"], [], ["germany  mobile", 0.033]]
    book = {"A–F": first, "G–Z": second, "Codes": CODES_SHEET}
    path = workbook(tmp_path / "both.xlsx", book)
    with open_sheet(path, told={"sheet": "A–F/G–Z", "codes": "Codes"}) as sheet:
        layout = sheet.layout
    for size in (1, 3, 50):
        compare(by_columns(path, layout, size), by_rows(path, layout))
    found = by_columns(path, layout, 3)
    assert found.rates.prefixes.tolist() == [b"2010", b"2011", b"2012", b"2015", b"4915", b"4916", b"4917"]
    assert found.tally.as_dict() == {
        "rows": 13, "skipped": 8, "blank": 1, "accepted": 2, "duplicates": 0, "quarantined": 2,
    }  # fmt: skip
    assert found.source_row.tolist() == [2] * 4 + [9] * 3
