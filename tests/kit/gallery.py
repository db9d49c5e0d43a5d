"""A window with every piece of furniture, for looking at: `python -m tests.kit.gallery FOLDER` saves pictures."""

import os
import sys
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QApplication, QFormLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from voipdesk.kit import icons, page, theme
from voipdesk.kit.editors import AmountEdit, ChoiceEdit, DateEdit, FilterEdit, PrefixEdit, PriceEdit
from voipdesk.kit.flow import Flow, Step
from voipdesk.kit.grid import Column, Formats, Grid, Kind, Look, MemorySource, Sort
from voipdesk.kit.names import named
from voipdesk.kit.states import State
from voipdesk.kit.wizard import Wizard
from voipdesk.shell.sections import Section
from voipdesk.shell.sidebar import Sidebar

LOOKS = {
    "active": Look("active", "ok", "ok"),
    "scheduled": Look("scheduled", "clock", "accent"),
    "blocked": Look("blocked", "blocked", "danger"),
}


def change_tone(value: Decimal) -> str:
    return "up" if value > 0 else "down" if value < 0 else "muted"


COLUMNS = [
    Column("prefix", "Prefix", Kind.PREFIX, width=10),
    Column("destination", "Destination", width=24),
    Column("price", "Price/min", Kind.PRICE, width=12, editable=True),
    Column("change", "Change", Kind.PERCENT, width=10, signed=True, tone=change_tone),
    Column("minutes", "Minutes", Kind.INT, width=10),
    Column("revenue", "Revenue", Kind.AMOUNT, width=12),
    Column("from", "From", Kind.TIME, width=20),
    Column("state", "State", Kind.STATE, width=14, looks=LOOKS),
]
NAMES = ["Egypt Mobile", "Egypt Cairo", "Kenya Safaricom", "Germany", "United Kingdom Mobile", "Saudi Arabia",
         "Bosnia and Herzegovina special services", "مصر محمول", "India", "Cuba"]  # fmt: skip


def rows(count: int) -> list[tuple[object, ...]]:
    start = datetime(2026, 11, 1, tzinfo=UTC)
    states = list(LOOKS)
    return [
        (
            f"{20 + at % 70}{at:04d}",
            NAMES[at % len(NAMES)],
            Decimal(at * 7 % 9000 + 12).scaleb(-4 if at % 3 else -6),
            Decimal(at % 41 - 20) / 4,
            at * 37 % 12_000,
            Decimal(at * 331 % 1_000_000).scaleb(-2),
            start + timedelta(minutes=at),
            states[(at % 11 > 7) + (at % 11 > 9)],
        )
        for at in range(count)
    ]


def sidebar() -> Sidebar:
    side = Sidebar()
    prices, traffic, money, people = "Prices", "Traffic", "Money", "People"
    side.fill(
        [
            Section(name, title, icon, group, None, "")
            for name, title, icon, group in (
                ("home", "Home", "home", ""),
                ("rates", "Rates", "rates", prices),
                ("plans", "Tariff plans", "plans", prices),
                ("calls", "Calls", "calls", traffic),
                ("problems", "Problems", "problems", traffic),
                ("invoices", "Invoices", "invoices", money),
                ("payments", "Payments", "payments", money),
                ("accounts", "Customers", "accounts", people),
                ("suppliers", "Suppliers", "supplier", people),
            )
        ]
    )
    side.choose("rates")
    side.show_count("problems", 12, "danger")
    side.show_count("invoices", 3, "muted")
    return side


def grid(count: int, name: str = "rates") -> Grid:
    formats = Formats(zone=ZoneInfo("Africa/Cairo"))
    table = Grid(name, COLUMNS, formats=formats, title="Rates")
    table.empty = State(
        "rates", "No rates yet", "Import a supplier's sheet, or look at the sample.", button="Import a sheet"
    )
    table.set_filter_row()
    table.set_source(
        MemorySource(COLUMNS, rows(count), key="prefix"), order=[Sort("destination"), Sort("price", True)]
    )
    return table


def sample_page(count: int = 400) -> page.Page:
    made = page.Page(
        "rates",
        "Rates",
        "Aurora A-Z · USD · 4,212 prefixes in force on 25 Nov 2026",
        [
            FilterEdit(hint="Find a prefix or destination"),
            page.button("Export", "export", icon="export"),
            page.button("Import a sheet", "import", icon="import", look="primary"),
        ],
    )
    titles = {"live": "Live prefixes", "below": "Below cost", "margin": "Margin 30 days", "open": "Unpaid"}
    cards = [page.Card(name, title) for name, title in titles.items()]
    cards[0].show_value("4,212", bare="4212", remark="15 change on 30 Nov", icon="clock", tone="accent")
    cards[1].show_value("8", remark="5 customers", icon="warning", tone="danger")
    cards[2].show_value("1,204.50", remark="11.1 % of revenue", icon="up", tone="ok")
    cards[3].show_value("932.00", remark="2 overdue", icon="clock", tone="warning")
    made.body.addWidget(page.CardRow(cards))
    made.banner.show_message(
        "A draft with 3 changed rates is not published yet.",
        tone="warning",
        actions=[("review", "Review"), ("discard", "Discard")],
    )
    table = grid(count)
    made.body.addWidget(page.framed(table), 1)
    made.table = table  # type: ignore[attr-defined]
    return made


class RowsPage(QWidget):
    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__()
        form = QFormLayout(self)
        form.setContentsMargins(0, 0, theme.S, 0)
        form.setHorizontalSpacing(theme.L)
        form.setVerticalSpacing(theme.M)
        self.prefix = named(PrefixEdit(), "edit.prefix", "Prefix")
        self.price = named(PriceEdit(), "edit.price", "Price")
        self.amount = named(AmountEdit(), "edit.amount", "Amount")
        self.day = named(DateEdit(day=datetime(2026, 11, 30, tzinfo=UTC).date()), "edit.day", "From")
        self.table = named(ChoiceEdit(), "edit.table", "Table")
        self.table.set_choices([(1, "Aurora A-Z"), (2, "Borealis premium"), (3, "Cirrus")])
        self.note = named(QLineEdit(), "edit.note", "Note")
        self.prefix.set_value("2010")
        self.price.setText("0.12.3")
        self.amount.set_value(Decimal("12.5"))
        for title, widget in (
            ("Into table", self.table),
            ("Prefix", self.prefix),
            ("Price per minute", self.price),
            ("Connection fee", self.amount),
            ("Valid from", self.day),
            ("Note", self.note),
        ):
            form.addRow(title, widget)
        self.price.value_changed.connect(self.changed)

    def enter(self, values: object) -> None:
        self.price.setFocus()

    def values(self) -> dict[str, object]:
        return {"price": self.price.value()}


def wizard() -> Wizard:
    steps = [
        Step("file", "File"),
        Step(
            "rows",
            "Sheet and rows",
            check=lambda v: [] if v.get("price") else ["Price per minute is needed."],
        ),
        Step("columns", "Columns"),
        Step("check", "Check"),
        Step("review", "Review"),
        Step("publish", "Publish"),
    ]
    flow = Flow(steps, {"table": "Aurora"})
    pages: dict[str, QWidget] = {step.name: QWidget() for step in steps}
    pages["rows"] = RowsPage()
    shown = Wizard("rates", flow, pages, title="Import into Aurora A-Z", finish=("publish", "Publish"))
    shown.offer_later()
    shown.go_on()
    return shown


class Window(QWidget):
    def __init__(self, body: QWidget) -> None:
        super().__init__()
        box = QHBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addWidget(sidebar())
        box.addWidget(body, 1)
        self.toast = page.Toast(self)


def all_icons() -> QWidget:
    sheet = QWidget()
    box = QVBoxLayout(sheet)
    names = icons.names()
    for first in range(0, len(names), 12):
        line = QHBoxLayout()
        for name in names[first : first + 12]:
            line.addWidget(page.tool(name, name, name))
            line.addWidget(page.label(name, tone="muted", size=0.8))
        line.addStretch(1)
        box.addLayout(line)
    return sheet


def save(widget: QWidget, path: Path, size: tuple[int, int] | None = None) -> None:
    if size:
        widget.resize(*size)
    widget.show()
    for _ in range(5):
        QApplication.processEvents()
    widget.grab().save(str(path))
    widget.close()
    widget.deleteLater()


def main(folder: Path) -> None:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    app = QApplication([])
    rtl = os.environ.get("GALLERY_RTL") == "1"
    if rtl:
        app.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    theme.start(app)
    folder.mkdir(parents=True, exist_ok=True)
    for dark in (False, True):
        theme.use(app, dark=dark)
        tail = (
            f"{'dark' if dark else 'light'}{'-rtl' if rtl else ''}{os.environ.get('QT_SCALE_FACTOR', '')}.png"
        )
        body = sample_page()
        window = Window(body)
        window.resize(1280, 800)
        window.show()
        view = body.table.view  # type: ignore[attr-defined]
        view.setFocus()
        view.selectionModel().select(view.model().index(4, 2), view.selectionModel().SelectionFlag.Select)
        view.setCurrentIndex(view.model().index(3, 2))
        for row in (4, 5, 6):
            for at in (2, 3, 4, 5):
                view.selectionModel().select(
                    view.model().index(row, at), view.selectionModel().SelectionFlag.Select
                )
        window.toast.show_message(
            "15 rates published for 30 Nov: 7 up, 1 down, 2 new, 5 same.", actions=[("undo", "Undo import")]
        )
        body.table.asking.figure()  # type: ignore[attr-defined]
        save(window, folder / f"page-{tail}")
        save(wizard(), folder / f"wizard-{tail}")
        empty = sample_page(0)
        save(Window(empty), folder / f"empty-{tail}", (1000, 640))
        nothing = sample_page(50)
        nothing.table.header.filters.set_typed({"destination": "nowhere", "price": "x"})  # type: ignore[attr-defined]
        save(Window(nothing), folder / f"nothing-{tail}", (1000, 640))
        save(all_icons(), folder / f"icons-{tail}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
