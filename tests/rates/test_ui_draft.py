"""A rate table edited like a spreadsheet: the draft on its page, in a real window over a real workspace."""

import threading
from decimal import Decimal
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QDialog, QFrame, QLabel, QLineEdit, QScrollArea, QSpinBox, QWidget

from tests.published import publish_rates
from tests.rates.screen import Seen
from tests.worlds import SINCE
from voipdesk.kernel.money import Rounding
from voipdesk.kernel.periods import to_micros
from voipdesk.kit.editors import ChoiceEdit
from voipdesk.kit.grid import Grid
from voipdesk.kit.grid.view import GridView
from voipdesk.rates import commands, queries
from voipdesk.rates.queries import drafts
from voipdesk.rates.rules import NewRate
from voipdesk.rates.ui.wizard import RateWizard
from voipdesk.rating.rules import Terms


def select(seen: Seen, *prefixes: str, column: str = "price") -> None:
    """Select a column of some rows, as a person does with Ctrl."""
    model, view = seen.grid.model, seen.grid.view
    at = model.column_at(column)
    view.clearSelection()
    for prefix in prefixes:
        row = model.place(prefix)
        assert row is not None, prefix
        view.selectionModel().setCurrentIndex(
            model.index(row, at), view.selectionModel().SelectionFlag.Select
        )


def type_into(seen: Seen, prefix: str, column: str, text: str) -> None:
    """Type a text over a cell and press Enter."""
    seen.grid.view.clearSelection()
    assert seen.grid.go_to(prefix, column)
    view = seen.grid.view
    view.setFocus()
    QTest.keyClick(view, Qt.Key.Key_F2)
    editor = seen.child(QLineEdit, f"edit.{column}", view)
    editor.selectAll()
    if text.isascii():
        QTest.keyClicks(editor, text)
    else:
        editor.insert(text)  # QTest has no keys for other digits.
    QTest.keyClick(editor, Qt.Key.Key_Return)
    seen.wait()


def action(seen: Seen, name: str) -> QAction:
    found = seen.window.findChild(QAction, f"action.{name}")
    assert found is not None
    return found


def trigger(seen: Seen, name: str) -> None:
    one = action(seen, name)
    assert one.isEnabled(), name
    one.trigger()
    seen.wait()


def banner(seen: Seen) -> str:
    bar = seen.page.findChild(QFrame, "draft.banner")
    text = seen.page.findChild(QLabel, "count.edits")
    assert bar is not None
    assert text is not None
    return text.text().replace("\u2066", "").replace("\u2069", "") if bar.isVisible() else ""


def with_tests(seen: Seen) -> None:
    """Scenario S12: three rows more, named Test."""
    prices = {"7001": "0.0110", "7002": "0.0190", "7003": "0.0330"}
    rows = [NewRate(prefix, Terms(Decimal(price)), "Test") for prefix, price in prices.items()]
    publish_rates(seen.world.db, seen.world.sara, table="Aurora A-Z", rows=rows)
    seen.wait()


def bulk(seen: Seen, value: str, *, way: str = "percent", decimals: int = 4) -> QDialog:
    """Open bulk edit by its key and fill it."""
    trigger(seen, "bulk_edit")
    dialog = seen.dialog()
    seen.child(ChoiceEdit, "field.way", dialog).set_value(way)
    seen.child(QSpinBox, "field.decimals", dialog).setValue(decimals)
    seen.child(ChoiceEdit, "field.rounding", dialog).set_value(str(Rounding.HALF_UP))
    field = seen.child(QLineEdit, "field.value", dialog)
    field.setText(value)
    QTest.qWait(200)
    return dialog


def prices(seen: Seen, *prefixes: str) -> list[str | None]:
    return [seen.cell(prefix, "price") for prefix in prefixes]


def test_plus_five_per_cent_to_four_decimals(seen: Seen) -> None:
    """S12."""
    with_tests(seen)
    before = {prefix: seen.cell(prefix, "price") for prefix in seen.column("prefix")}
    seen.page.toggle_filters()
    seen.grid.header.filters.set_typed({"destination": "Test"})
    seen.wait()
    dialog = bulk(seen, "5")
    assert seen.child(QLabel, "count.bulk", dialog).text() == "3 rates"
    assert seen.child(QLabel, "count.bulk", dialog).property("value") == "3"
    sample = seen.child(GridView, "table.sample", dialog).parentWidget()
    assert isinstance(sample, Grid)
    assert seen.column("before", sample) == ["0.0110", "0.0190", "0.0330"]
    assert seen.column("after", sample) == ["0.0116", "0.0200", "0.0347"]
    seen.press("commit", dialog)
    assert seen.column("price") == ["0.0116", "0.0200", "0.0347"]
    assert set(seen.column("state")) == {"Edited"}
    assert banner(seen).startswith("Draft: 3 edits, saved 09:00, not published yet.")
    assert action(seen, "undo").text() == "Undo: +5 % on 3 rates"
    seen.grid.header.filters.clear()
    seen.wait()
    others = {prefix: seen.cell(prefix, "price") for prefix in seen.column("prefix")}
    changed = {prefix for prefix, price in others.items() if price != before[prefix]}
    assert changed == {"7001", "7002", "7003"}
    trigger(seen, "undo")
    assert {prefix: seen.cell(prefix, "price") for prefix in seen.column("prefix")} == before
    assert banner(seen) == ""
    assert action(seen, "redo").text() == "Redo: +5 % on 3 rates"
    trigger(seen, "redo")
    assert prices(seen, "7001", "7002", "7003") == ["0.0116", "0.0200", "0.0347"]
    live = queries.rates_in_force(seen.world.db, seen.world.sara, "Aurora A-Z")
    assert 1_160_000 not in live.price.tolist(), "nothing is live before it is published"


def test_a_typed_rate_is_a_step_with_the_old_value_under_it(seen: Seen) -> None:
    assert banner(seen) == ""
    type_into(seen, "44", "price", "0.0095")
    assert seen.cell("44", "price") == "0.0095"
    assert seen.cell("44", "change") == "+18.8 %"
    tip = seen.grid.model.index(seen.grid.model.place("44") or 0, seen.grid.model.column_at("price")).data(
        Qt.ItemDataRole.ToolTipRole
    )
    assert "0.0080" in tip
    assert seen.window.windowTitle().startswith("● ")
    assert seen.page.list.item(0).data(int(Qt.ItemDataRole.UserRole) + 1)[0].endswith("●")
    trigger(seen, "save_draft")
    assert "Draft: 1 edit, saved 09:00, not published yet." in seen.window.toast.text.text().replace(
        "\u2066", ""
    ).replace("\u2069", "")
    trigger(seen, "undo")
    assert seen.cell("44", "price") == "0.0080"
    assert not seen.window.windowTitle().startswith("● ")


@pytest.mark.parametrize(
    ("column", "text", "cell"),
    [
        ("interval", "60", "60/60"),
        ("interval", "30/6", "30/6"),
        ("interval", "٦٠-١", "60/1"),
        ("price", "٠٫٠٣٣٠", "0.0330"),
        ("connect_fee", "0.5", "0.5000"),
        ("destination", "Great Britain", "Great Britain"),
        ("effective_until", "2026-12-31", "2026-12-31"),
        ("effective_from", "2026-12-01", "2026-12-01"),
        ("state", "Blocked", "Edited"),
    ],
)
def test_every_column_takes_an_edit(seen: Seen, column: str, text: str, cell: str) -> None:
    source = seen.grid.model.source
    type_into(seen, "44", column, text)
    assert seen.cell("44", column) == cell
    found = drafts.drafted_rates(seen.world.db, seen.world.sara, "Aurora A-Z")
    assert found.prefix_texts() == ["44"]
    assert source is seen.grid.model.source


def test_what_cannot_be_is_refused_with_its_reason(seen: Seen) -> None:
    type_into(seen, "44", "prefix", "45")
    assert "keeps its prefix" in seen.grid.footer.rows.text()
    type_into(seen, "44", "effective_until", "2020-01-01")
    assert "ends before it starts" in seen.grid.footer.rows.text() or "end before it starts" in (
        seen.grid.footer.rows.text()
    )
    assert banner(seen) == ""


def new_row(seen: Seen, prefix: str, price: str) -> QDialog:
    seen.press("new_row")
    dialog = seen.dialog()
    seen.child(QLineEdit, "field.prefix", dialog).setText(prefix)
    seen.child(QLineEdit, "field.destination", dialog).setText("Mars")
    seen.child(QLineEdit, "field.price", dialog).setText(price)
    seen.press("commit", dialog)
    return dialog


def test_a_prefix_that_is_there_is_refused(seen: Seen) -> None:
    dialog = new_row(seen, "44", "0.02")
    assert dialog.isVisible()
    said = "".join(one.text() for one in dialog.findChildren(QLabel))
    assert "44 is here already: UK Fixed 0.0080" in said
    seen.child(QLineEdit, "field.prefix", dialog).setText("441")
    seen.press("commit", dialog)
    assert (seen.cell("441", "price"), seen.cell("441", "state")) == ("0.0200", "New")
    again = new_row(seen, "441", "0.03")
    assert "a new row of this draft" in "".join(one.text() for one in again.findChildren(QLabel))
    seen.press("cancel", again)
    seen.page.go_to_prefix("441")
    seen.wait()
    assert seen.grid.current_key() == "441"
    trigger(seen, "undo")
    assert seen.cell("441", "price") is None


def test_paste_of_a_block_with_new_rows_and_a_duplicate(seen: Seen) -> None:
    select(seen, "53")
    QGuiApplication.clipboard().setText("0.7000\n0.9100")
    trigger_paste(seen)
    assert prices(seen, "53", "960") == ["0.7000", "0.9100"]
    assert action(seen, "undo").text().startswith("Undo: Paste")
    trigger(seen, "undo")
    assert prices(seen, "53", "960") == ["0.6500", "0.9000"]


def trigger_paste(seen: Seen) -> None:
    seen.grid.view.setFocus()
    seen.grid.changing.paste()
    seen.wait()


def test_selected_rates_close(seen: Seen) -> None:
    select(seen, "53", "960")
    seen.press("close_rows")
    assert [seen.cell(one, "state") for one in ("53", "960")] == ["Closing", "Closing"]
    found = drafts.drafted_rates(seen.world.db, seen.world.sara, "Aurora A-Z")
    assert found.state.tolist() == [2, 2]
    trigger(seen, "undo")
    assert seen.cell("53", "state") == "Open"
    seen.grid.view.clearSelection()
    QTest.qWait(100)  # The figures of a selection are added up a moment later.


def test_only_edited_rates_and_filters_see_the_edit(seen: Seen) -> None:
    type_into(seen, "44", "price", "5")
    seen.page.edit_bar.only.setChecked(True)
    seen.wait()
    assert seen.column("prefix") == ["44"]
    seen.page.edit_bar.only.setChecked(False)
    seen.wait()
    seen.grid.header.filters.set_typed({"price": ">1"})
    seen.wait()
    assert seen.column("prefix") == ["44"]
    seen.grid.header.filters.set_typed({"state": "edited"})
    seen.wait()
    assert seen.column("prefix") == ["44"]


def test_another_day_is_only_looked_at(seen: Seen) -> None:
    from datetime import date

    type_into(seen, "44", "price", "0.0095")
    seen.page.tools.day.set_value(date(2026, 11, 30))
    seen.wait()
    assert not seen.page.edit_bar.bulk.isEnabled()
    assert seen.cell("44", "price") == "0.0080"
    assert banner(seen) == ""
    seen.press("today")
    assert seen.cell("44", "price") == "0.0095"
    assert banner(seen).startswith("Draft: 1 edit")


def test_publishing_passes_the_guards_of_an_import(seen: Seen) -> None:
    type_into(seen, "44", "price", "0.0200")
    trigger(seen, "publish_draft")
    seen.press("commit", seen.dialog())
    wizard = seen.dialog()
    assert isinstance(wizard, RateWizard)
    review = wizard.review.review
    assert review is not None
    assert review.counts["up"] == 1
    states = {guard.id: guard.state for guard in review.guards}
    assert states["G1"] in ("ask", "stop"), "a rise of 150 per cent is asked about"
    assert seen.cell("44", "price") == "0.0200"
    seen.child(QCheckBox, "check.G1", wizard).click()
    seen.wait()
    for _ in range(3):
        if [one for one in wizard.findChildren(QWidget, "btn.publish") if one.isVisible()]:
            break
        seen.press("next", wizard)
    seen.press("publish", wizard)
    seen.wait()
    assert drafts.draft(seen.world.db, seen.world.sara, "Aurora A-Z") is None
    assert banner(seen) == ""
    assert (seen.cell("44", "price"), seen.cell("44", "state")) == ("0.0200", "Open")
    newest = queries.versions(seen.world.db, seen.world.sara, "Aurora A-Z")[0]
    assert (newest.source, newest.counts["up"]) == ("edit", 1)


def test_a_review_that_is_closed_leaves_the_draft(seen: Seen) -> None:
    type_into(seen, "44", "price", "0.0082")
    trigger(seen, "publish_draft")
    seen.press("commit", seen.dialog())
    wizard = seen.dialog()
    seen.press("cancel", wizard)
    seen.wait()
    assert banner(seen).startswith("Draft: 1 edit")
    assert seen.cell("44", "price") == "0.0082"
    states = [one.state for one in queries.imports(seen.world.db, seen.world.sara)]
    assert "staged" not in states, "what waits is the draft, not a copy of it"
    seen.page.edit_bar.only.setChecked(True)
    seen.wait()
    trigger(seen, "undo")
    seen.grid.apply_again()
    seen.wait()
    assert "Nothing is edited" in "".join(one.text() for one in seen.grid.pane.findChildren(QLabel))


def test_what_is_seen_is_exported(seen: Seen, tmp_path: Path) -> None:
    type_into(seen, "44", "price", "0.0095")
    seen.grid.header.filters.set_typed({"prefix": "44"})
    seen.wait()
    at = seen.grid.model.column_at("connect_fee")
    seen.grid.header.setSectionHidden(at, True)
    path = tmp_path / "seen.csv"
    seen.ask.answers += ["seen", path]
    seen.press("export")
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    assert lines[0].startswith("Prefix,Destination,Rate,Interval,From")
    assert "Fee" not in lines[0]
    assert [line.split(",")[:3] for line in lines[1:]] == [
        ["44", "UK Fixed", "0.0095"],
        ["447", "UK Mobile", "0.0250"],
    ]


def test_a_view_is_kept_by_its_name(seen: Seen) -> None:
    from voipdesk.accounts.commands_views import remove_view
    from voipdesk.accounts.queries_views import views
    from voipdesk.kernel.problems import Refused
    from voipdesk.kit.grid import Sort

    everything = seen.column("prefix")
    seen.grid.header.filters.set_typed({"destination": "mobile"})
    seen.grid.set_order([Sort("price", descending=True)])
    seen.wait()
    wanted = seen.column("prefix")
    menu = seen.page.views_menu
    assert menu.button.isVisible()
    seen.ask.answers.append("Mobile, dearest first")
    menu.save()
    seen.wait()
    menu.fill()
    menu.menu.findChild(QAction, "action.view.first").trigger()
    seen.wait()
    assert seen.column("prefix") == everything
    menu.menu.findChild(QAction, "action.view.Mobile, dearest first").trigger()
    seen.wait()
    assert seen.column("prefix") == wanted != everything
    db, sara = seen.world.db, seen.world.sara
    assert [one.name for one in views(db, sara, "rates")] == ["Mobile, dearest first"]
    assert views(db, seen.world.rami, "rates") == []
    with pytest.raises(Refused):
        remove_view(db, seen.world.rami, place="rates", name="Mobile, dearest first")
    seen.ask.answers.append("x" * 61)
    menu.save()
    seen.wait()
    assert seen.ask.asked[-1].kind == "refuse"
    menu.remove("Mobile, dearest first")
    seen.wait()
    assert views(db, sara, "rates") == []


def test_the_inspector_tells_all_about_a_prefix(seen: Seen) -> None:
    type_into(seen, "2010", "price", "0.1070")
    trigger(seen, "show_inspector")
    assert seen.grid.go_to("2010", "price")
    QTest.qWait(200)
    seen.wait()
    panel = seen.child(QScrollArea, "panel.inspector")
    said = (
        " ".join(one.text() for one in panel.findChildren(QLabel)).replace("\u2066", "").replace("\u2069", "")
    )
    for part in (
        "2010",
        "0.1050",
        "Next rate 0.1160 Next from 2026-11-30",
        "In the draft 0.1070",
        "History (2)",
        "an edit",
    ):
        assert part in said, said
    trigger(seen, "show_inspector")
    assert panel.isHidden()


def test_find_and_replace_edit_the_draft(seen: Seen) -> None:
    seen.grid.go_to("44", "destination")
    trigger(seen, "replace_texts")
    seen.child(QLineEdit, "find.text").setText("Germany")
    seen.child(QLineEdit, "find.by").setText("DE")
    QTest.qWait(300)
    seen.wait()
    seen.press("replace_all")
    seen.wait()
    assert seen.cell("49", "destination") == "DE Fixed"
    assert seen.cell("4917", "destination") == "DE Mobile"
    assert banner(seen).startswith("Draft: 4 edits")
    trigger(seen, "undo")
    assert seen.cell("49", "destination") == "Germany Fixed"


def big_table(seen: Seen) -> None:
    """Scenario F7 in a table of its own, chosen."""
    table = commands.create_table(seen.world.db, seen.world.sara, name="Big", currency="USD")
    first = NewRate("1000000", Terms(Decimal("0.0001")), "Zone 0", effective_from=SINCE)
    done = publish_rates(seen.world.db, seen.world.sara, table="Big", rows=[first])
    with seen.world.db.write("Big", seen.world.sara, undoable=False) as write:
        write.raw.executemany(
            "INSERT INTO rate (table_number, version_seq, prefix, destination, price, effective_from) "
            f"VALUES ({table.number}, {done.version}, ?, ?, ?, {to_micros(SINCE)})",
            (
                (str(1_000_000 + i), f"Zone {i % 900}", ((37 * i) % 20_000 + 1) * 10_000)
                for i in range(1, 250_000)
            ),
        )
    seen.page.refresh()
    seen.wait()
    seen.page.list.choose(table.id)
    seen.wait()


def figures(seen: Seen) -> str:
    """The line of the selection once it has been added up."""
    QTest.qWait(150)
    seen.wait()
    return seen.grid.footer.figures.text().replace("\u2066", "").replace("\u2069", "")


@pytest.mark.slow
@pytest.mark.parametrize("seen", ["threads"], indirect=True)
def test_a_quarter_of_a_million_rows_all_selected(seen: Seen) -> None:
    """S24: what is shown is right; how long it takes is measured by `tests.benchmarks.drafts`."""
    big_table(seen)
    assert seen.grid.model.rowCount() == 250_000
    seen.grid.view.selectAll()
    model, view = seen.grid.model, seen.grid.view
    view.select_whole(model.index(0, model.column_at("price")), view.selectionModel().SelectionFlag.Columns)
    said = figures(seen)
    assert "250,000 cells" in said
    for figure in ("sum 249,878.5000", "average 0.999514", "min 0.0001", "max 2.0000"):
        assert figure in said
    seen.press("commit", bulk(seen, "5"))
    assert "sum 262,373.0500" in figures(seen)
    assert action(seen, "undo").text() == "Undo: +5 % on 249,888 rates", "the cheapest stay"
    trigger(seen, "undo")
    assert "sum 249,878.5000" in figures(seen)
    seen.grid.header.filters.set_typed({"price": ">1.9"})
    seen.wait()
    assert seen.grid.model.rowCount() == 12_487
    seen.grid.view.clearSelection()
    QTest.qWait(100)


@pytest.mark.parametrize("seen", ["threads"], indirect=True)
def test_a_step_made_beside_the_window_is_told_in_the_window(seen: Seen) -> None:
    type_into(seen, "44", "price", "0.0095")
    book = seen.page.drafting.book
    assert book is not None
    told: list[tuple[str, int]] = []
    for name, signal in (("changed", book.changed), ("saved", book.saved)):
        signal.connect(
            lambda *_, name=name: told.append((name, threading.get_ident())),
            Qt.ConnectionType.DirectConnection,
        )
    seen.press("commit", bulk(seen, "5"))
    seen.wait()
    assert sorted(told) == [(name, threading.get_ident()) for name in ("changed", "saved")]


def test_names_for_everything(seen: Seen) -> None:
    from voipdesk.kit.names import unnamed

    type_into(seen, "44", "price", "0.0095")
    dialog = bulk(seen, "5")
    assert unnamed(dialog) == []
    seen.press("cancel", dialog)
    seen.press("new_row")
    assert unnamed(seen.dialog()) == []
    seen.press("cancel", seen.dialog())
    assert unnamed(seen.window) == []
    assert isinstance(seen.page, QWidget)
