"""The ledger law: every row of a file is a data row, or title, header, remark or blank, whatever the file is like."""

from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.tabular import files
from voipdesk.tabular.layout import Layout
from voipdesk.tabular.mapping import RateSheet, SheetRate, Tally
from voipdesk.tabular.sniff import sniff

HEADER = ["Code", "Destination", "Rate", "Increment", "Effective Date"]
BANNERS = [["Aurora Telecom"], ["Rates in USD"], ["Valid until further notice", ""]]
NOTES = [
    ["Western Europe"],
    ["# comment"],
    ["Prices exclude taxes."],
    HEADER,
    ["", "see above"],
    ["", "", "", "", ""],
    ["", " "],
]

good = st.builds(
    lambda code, name, price, step: [str(code), f"Zone {name}", f"0.{price:04}", f"{step}/1", "2026-11-30"],
    st.integers(440_000, 499_999).filter(lambda code: code // 10_000 != 42),
    st.integers(0, 99),
    st.integers(1, 9999),
    st.sampled_from([1, 6, 30, 60]),
)
bad = st.sampled_from(
    [
        ["Egypt", "Zone", "0.1", "1/1", "2026-11-30"],
        ["4.4E+11", "Zone", "0.1", "1/1", "2026-11-30"],
        ["44", "Zone", "1e400", "1/1", "2026-11-30"],
        ["44", "Zone", "", "1/1", "2026-11-30"],
        ["44", "Zone", "0.1", "often", "2026-11-30"],
        ["44", "Zone", "0.1", "1/1", "31/02/2026"],
        ["", "Zone", "0.1", "1/1", "2026-11-30"],
        ["44", "Zone", "0.1"],
        ["44", "Zone", "closed", "1/1", ""],
        ["44-46, 49", "Zone", "0.1", "1/1", "2026-11-30", "more", "and more"],
    ]
)
sheets = st.tuples(
    st.lists(st.sampled_from(BANNERS), max_size=4),
    st.lists(st.one_of(good, good, good, bad, st.sampled_from(NOTES)), max_size=40),
)

SHOWN = st.characters(exclude_categories=["Cs", "Cc"])


def read(rows: list[list[str]], ending: str) -> tuple[Layout, list[SheetRate], Tally]:
    """A sheet written and read back."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"sheet.{ending}"
        if ending == "xlsx":
            files.xlsx(path, {"Rates": rows})
        else:
            files.text(path, rows, delimiter="\t")
        layout = sniff(path, kind="rates")
        with RateSheet(path, layout) as sheet:
            return layout, list(sheet.rows()), sheet.tally


def adds_up(rows: list[SheetRate], tally: Tally) -> bool:
    return tally.total == len(rows) + tally.title + tally.header + tally.remark + tally.blank


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(sheets, st.sampled_from(["csv", "xlsx"]))
def test_every_row_is_accounted_for(parts: tuple[list[list[str]], list[list[str]]], ending: str) -> None:
    banners, body = parts
    whole = [*banners, HEADER, *body, ["44", "United Kingdom", "0.0100", "60/1", "2026-11-30"]]
    layout, rows, tally = read(whole, ending)
    assert adds_up(rows, tally)
    assert tally.total == len(whole)
    assert tally.skipped == tally.title + tally.header + tally.remark
    assert layout.header_row == len(banners) + 1
    assert [row.row for row in rows] == sorted({row.row for row in rows})


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(good, min_size=3, max_size=30), st.sampled_from(["csv", "xlsx"]))
def test_good_rows_come_out_as_they_went_in(body: list[list[str]], ending: str) -> None:
    _, rows, tally = read([HEADER, *body], ending)
    assert [(row.codes, row.destination, row.price) for row in rows] == [
        ((code,), name, Decimal(price)) for code, name, price, *_ in body
    ]
    assert [(row.row, row.initial_interval, row.next_interval) for row in rows] == [
        (at, int(step.partition("/")[0]), 1) for at, (*_, step, _) in enumerate(body, 2)
    ]
    assert all(str(row.effective_from) == "2026-11-30" and not row.problems for row in rows)
    assert (tally.header, tally.title, tally.remark, tally.blank) == (1, 0, 0, 0)


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.lists(st.text(SHOWN, max_size=12), max_size=6), max_size=30))
def test_rubbish_adds_up_too(body: list[list[str]]) -> None:
    whole = [[cell.replace("\n", " ").replace("\r", " ").replace("\t", " ") for cell in row] for row in body]
    with TemporaryDirectory() as folder:
        path = files.text(
            Path(folder) / "sheet.csv", [*whole, ["44", "UK", "0.01"], ["49", "DE", "0.02"]], delimiter=";"
        )
        with RateSheet(path, sniff(path, kind="rates")) as sheet:
            assert adds_up(list(sheet.rows()), sheet.tally)


def test_a_row_keeps_its_cells(tmp_path: Path) -> None:
    path = files.text(tmp_path / "deck.csv", [["Code", "Rate"], [" 44 ", "1e400"], ["45", "0.1"]])
    with RateSheet(path, sniff(path)) as sheet:
        first, _ = list(sheet.rows())
    assert list(first.cells) == ["44", "1e400"]
    assert first.cells[-1:] == ["1e400"]
    assert len(first.cells) == 2


def test_equal_terms_are_read_once_and_faults_stay_with_their_rows(tmp_path: Path) -> None:
    path = files.text(
        tmp_path / "deck.csv", [["Code", "Rate"], ["44", "x1"], ["45", "0.1"], ["46", "x1"], ["47", "0.1"]]
    )
    with RateSheet(path, sniff(path)) as sheet:
        rows = list(sheet.rows())
    assert rows[1].terms is rows[3].terms
    assert [[problem.place.row for problem in row.problems] for row in rows] == [[2], [], [4], []]


def test_true_is_not_one(tmp_path: Path) -> None:
    """`TRUE` and 1 are equal to Python, and mean different things in a price."""
    path = files.xlsx(
        tmp_path / "deck.xlsx", {"A": [["Code", "Rate"], [44, 1], [45, True], [46, 1], [47, 0.5]]}
    )
    with RateSheet(path, sniff(path)) as sheet:
        assert [bool(row.problems) for row in sheet.rows()] == [False, True, False, False]
