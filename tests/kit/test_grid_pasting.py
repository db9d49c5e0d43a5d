"""Paste from spreadsheets: what is read from the clipboard, where it goes, what is asked and what is refused."""

from decimal import Decimal

import pytest
from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from tests.kit.test_grid_editing import (
    CHANGE,
    FEE,
    NAME,
    PREFIX,
    PRICE,
    STEP,
    Held,
    Key,
    column,
    press,
    select,
    shown,
    source_of,
)
from voipdesk.kit.grid import Formats, Grid
from voipdesk.kit.grid.pasting import block_of, table_of, tsv_of


def clip(text: str) -> None:
    QGuiApplication.clipboard().setText(text)


def paste(grid: Grid, text: str) -> None:
    clip(text)
    press(grid, Key.Key_V, Held.ControlModifier)


@pytest.mark.parametrize(
    ("text", "block"),
    [
        ("a\tb\r\n1\t2\r\n", [["a", "b"], ["1", "2"]]),
        ("one", [["one"]]),
        ("a\nb\tc", [["a", ""], ["b", "c"]]),
        ('"two\nlines"\t"say ""hi"""', [["two\nlines", 'say "hi"']]),
        ('5" pipe\tx', [['5" pipe', "x"]]),
        ('"never closed\tx', [['"never closed', "x"]]),
        ("", []),
    ],
)
def test_tab_separated_text(text: str, block: list[list[str]]) -> None:
    assert tsv_of(text) == block


def test_a_table_of_a_web_page() -> None:
    page = """<html><body><!--StartFragment--><table><tr><td style="x">0044</td><td>UK &amp; more</td></tr>
    <tr><td colspan=2> 0,05 </td></tr><tr><td>two<br>lines</td><td></td></tr></table></body></html>"""
    assert table_of(page) == [["0044", "UK & more"], ["0,05", ""], ["two\nlines", ""]]
    data = QMimeData()
    data.setHtml(page)
    data.setText("0044 UK")
    assert block_of(data)[0] == ["0044", "UK & more"]
    data.setText("0044\tUK")
    assert block_of(data) == [["0044", "UK"]]


EXCEL = """<html xmlns:x="urn:x"><head><style><!--td {mso-number-format:General;} .t {mso-number-format:"\\@";}--></style>
</head><body><!--StartFragment--><table border=0 cellpadding=0 width=192 style='border-collapse:collapse'>
 <col width=64 span=3 style='width:48pt'>
 <tr height=20 style='height:15pt'>
  <td height=20 class=t width=64 style='height:15pt'>0044</td><td align=right width=64>0.0330</td><td rowspan=2>x</td>
 </tr>
 <tr height=20><td class=t>00447</td><td align=right>0.0440</td></tr>
 <tr height=20><td colspan=2 class=t>Total</td><td align=right>2</td></tr>
<!--EndFragment--></table></body></html>"""
CALC = """<html><head><style type="text/css">body,td { font-family:"Sans"; }</style></head><body>
<table cellspacing="0" border="0"><colgroup width="85"></colgroup>
<tr><td height="17" align="left" sdnum="1033;0;@"><font face="Sans">0044</font></td>
<td align="right" sdval="0.033" sdnum="1033;0;0.0000">0.0330</td></tr>
<tr><td height="17" align="left"><b>UK<br>Mobile</b></td><td align="left"><br></td></tr></table></body></html>"""


def test_tables_as_spreadsheets_put_them() -> None:
    assert table_of(EXCEL) == [["0044", "0.0330", "x"], ["00447", "0.0440", ""], ["Total", "", "2"]]
    assert table_of(CALC) == [["0044", "0.0330"], ["UK\nMobile", ""]]


@pytest.mark.parametrize(
    ("cells", "block"),
    [
        ("<tr><td rowspan=3>a</td><td>b</td></tr><tr><td>c</td></tr><tr><td>d</td></tr><tr><td>e</td><td>f</td></tr>",
         [["a", "b"], ["", "c"], ["", "d"], ["e", "f"]]),
        ("<tr><td>a</td><td rowspan=2 colspan=2>b</td><td>c</td></tr><tr><td>d</td><td>e</td></tr>",
         [["a", "b", "", "c"], ["d", "", "", "e"]]),
        ("<tr><td rowspan=99>a</td></tr><tr></tr>", [["a"], [""]]),
        ("<tr><td colspan=0 rowspan=x>a</td><td colspan=5000>b</td></tr>", [["a", "b"]]),
    ],
)  # fmt: skip
def test_cells_that_reach_over_several(cells: str, block: list[list[str]]) -> None:
    assert table_of(f"<table>{cells}</table>") == block


def test_a_column_of_prefixes_keeps_its_zeros(qtbot: QtBot) -> None:
    """One column of Excel has no tab: its text and its table say the same."""
    grid = shown(qtbot, 3)
    data = QMimeData()
    data.setText("0044\r\n00447\r\n")
    data.setHtml(EXCEL.replace("<td align=right width=64>0.0330</td><td rowspan=2>x</td>", ""))
    assert block_of(data)[0][0] == "0044"
    clip("0044\t0.5\n00447\t0.6\n")
    select(grid, 0, PREFIX, 0, PREFIX)
    grid.view.hide_column(NAME)
    grid.changing.paste(as_rows=True)
    assert column(grid, PREFIX, 3, 5) == ["0044", "00447"]
    assert column(grid, PRICE, 3, 5) == [Decimal("0.5"), Decimal("0.6")]


def test_one_cell_fills_the_selection(qtbot: QtBot) -> None:
    grid = shown(qtbot)
    select(grid, 1, PRICE, 3, PRICE)
    select(grid, 5, FEE, 5, FEE, add=True)
    paste(grid, "0,25\r\n")
    assert column(grid, PRICE, 1, 4) == [Decimal("0.25")] * 3
    assert grid.model.value(5, FEE) == Decimal("0.25")
    assert [step.name for step in source_of(grid).done] == ["Paste 4 cells"]


def test_a_block_lies_from_the_corner_over_the_columns_shown(qtbot: QtBot) -> None:
    grid = shown(qtbot)
    grid.view.hide_column(STEP)
    steps = column(grid, STEP, 2, 4)
    select(grid, 2, PRICE, 2, PRICE)
    paste(grid, "0.5\t0.01\n0.6\t0.02\n")
    assert column(grid, PRICE, 2, 4) == [Decimal("0.5"), Decimal("0.6")]
    assert column(grid, FEE, 2, 4) == [Decimal("0.01"), Decimal("0.02")]
    assert column(grid, STEP, 2, 4) == steps
    assert grid.footer.rows.text() == "Paste 4 cells: 4 cells changed in 2 rows"


def test_a_selection_that_is_a_multiple_is_tiled(qtbot: QtBot) -> None:
    grid = shown(qtbot)
    select(grid, 0, PRICE, 3, PRICE)
    paste(grid, "1\n2")
    assert column(grid, PRICE, 0, 4) == [1, 2, 1, 2]


def test_the_line_says_what_a_paste_would_change_before_it_does(qtbot: QtBot) -> None:
    grid = shown(qtbot, 10)
    select(grid, 8, PRICE, 8, PRICE)
    clip("1\t6\n2\t6\n3\t6\n")
    expected = "Ctrl+V will change 4 cells in 2 rows · 1 row more than the table has"
    qtbot.waitUntil(lambda: grid.footer.hint.text() == expected)
    select(grid, 0, PRICE, 0, PRICE)
    qtbot.waitUntil(lambda: grid.footer.hint.text() == "Ctrl+V will change 6 cells in 3 rows")
    select(grid, 0, CHANGE, 0, CHANGE)
    qtbot.wait(300)
    assert grid.footer.hint.text() == ""


@pytest.mark.parametrize(("answer", "rows", "steps"), [("add", 12, 1), ("fit", 10, 1), ("", 10, 0)])
def test_a_block_longer_than_the_table_offers_new_rows(
    qtbot: QtBot, answer: str, rows: int, steps: int
) -> None:
    grid = shown(qtbot, 10)
    select(grid, 9, PREFIX, 9, PREFIX)
    before = grid.model.value(9, NAME)
    paste(grid, "301\tA\t0.1\n302\tB\t0.2\n303\tC\t0.3")
    assert grid.notice.isVisible()
    assert "2 rows longer" in grid.notice.text.text()
    assert grid.model.rowCount() == 10
    grid.notice.close_with(answer)
    assert grid.model.rowCount() == rows
    assert grid.model.value(9, NAME) == ("A" if steps else before)
    assert len(source_of(grid).done) == steps
    if answer == "add":
        assert grid.model.key(11) == "303"
        assert grid.view.currentIndex().row() == 10
        press(grid, Key.Key_Z, Held.ControlModifier)
        assert grid.model.rowCount() == 10
        assert grid.model.value(9, NAME) == before


def test_refused_cells_change_nothing_until_the_person_says_so(qtbot: QtBot) -> None:
    grid = shown(qtbot)
    before = column(grid, PRICE)
    select(grid, 0, PRICE, 0, PRICE)
    paste(grid, "0.5\ncheap\n0.7")
    assert column(grid, PRICE) == before
    assert grid.notice.text.text().startswith("1 cell cannot be taken.")
    assert grid.notice.details.toPlainText() == ("20001, Rate: cheap is not a number. Write it like 0.05.")
    grid.notice.close_with("others")
    assert column(grid, PRICE, 0, 3) == [Decimal("0.5"), before[1], Decimal("0.7")]


def test_columns_that_cannot_be_changed_are_left_out(qtbot: QtBot) -> None:
    grid = shown(qtbot)
    change = column(grid, CHANGE, 0, 2)
    select(grid, 0, FEE, 0, FEE)
    paste(grid, "0.5\t9\tbeyond\n0.6\t9\tbeyond")
    assert column(grid, FEE, 0, 2) == [Decimal("0.5"), Decimal("0.6")]
    assert column(grid, CHANGE, 0, 2) == change


def test_the_decimal_sign_of_the_workspace(qtbot: QtBot) -> None:
    grid = shown(qtbot)
    source_of(grid).formats = Formats(decimal=",", group=".")
    select(grid, 0, PRICE, 0, PRICE)
    paste(grid, "1,234\n0,5")
    assert column(grid, PRICE, 0, 2) == [Decimal("1.234"), Decimal("0.5")]


def test_what_was_copied_here_is_pasted_back_unchanged(qtbot: QtBot) -> None:
    grid = shown(qtbot)
    before = [column(grid, at) for at in range(6)]
    select(grid, 0, PREFIX, 5, CHANGE)
    press(grid, Key.Key_C, Held.ControlModifier)
    press(grid, Key.Key_V, Held.ControlModifier)
    assert [column(grid, at) for at in range(6)] == before
    assert "nothing was different" in grid.footer.rows.text()


@pytest.mark.qt_log_ignore("does not support", extend=True)
@pytest.mark.parametrize(
    ("way", "text", "expected"),
    [
        (
            "paste.rows",
            "Prefix\tRate\n9901\t0.9\n9902\t0.8",
            [("9901", None, Decimal("0.9")), ("9902", None, Decimal("0.8"))],
        ),
        ("paste.rows", "9901\tMoon\t0.9", [("9901", "Moon", Decimal("0.9"))]),
    ],
)
def test_paste_as_new_rows(qtbot: QtBot, way: str, text: str, expected: list[tuple[object, ...]]) -> None:
    grid = shown(qtbot, 10)
    select(grid, 0, PREFIX, 0, PREFIX)
    clip(text)
    press(grid, Key.Key_V, Held.ControlModifier | Held.ShiftModifier)
    menu = grid.view.findChild(QMenu, "menu.paste")
    assert menu is not None
    act = menu.findChild(QAction, way)
    assert act is not None
    act.trigger()
    menu.close()
    added = range(10, grid.model.rowCount())
    assert [tuple(grid.model.value(row, at) for at in (PREFIX, NAME, PRICE)) for row in added] == expected


def test_paste_rows_as_columns(qtbot: QtBot) -> None:
    grid = shown(qtbot, 10)
    select(grid, 0, PRICE, 0, PRICE)
    clip("1\t2\t3")
    grid.changing.paste(turned=True)
    assert column(grid, PRICE, 0, 3) == [1, 2, 3]


def test_rows_as_they_are_cannot_be_pasted_into_a_grid_that_only_shows(qtbot: QtBot) -> None:
    grid = shown(qtbot, 10)
    source_of(grid).can_edit = False
    grid.set_source(grid.model.source)
    before = column(grid, PRICE)
    select(grid, 0, PRICE, 0, PRICE)
    paste(grid, "1")
    assert column(grid, PRICE) == before
    assert Qt.ItemFlag.ItemIsEditable not in grid.model.flags(grid.model.index(0, PRICE))
