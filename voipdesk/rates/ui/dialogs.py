"""Dialogs of rate tables: a new one, its versions, the history of a prefix."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from PySide6.QtWidgets import QDialog, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from voipdesk.accounts.rules import Supplier
from voipdesk.kernel.text import tr
from voipdesk.kit import theme
from voipdesk.kit.editors import ChoiceEdit
from voipdesk.kit.form import FormDialog
from voipdesk.kit.grid import Column, Formats, Grid, Kind, Look, MemorySource
from voipdesk.kit.names import named
from voipdesk.kit.page import button, framed, label
from voipdesk.kit.states import State
from voipdesk.rates import queries
from voipdesk.rates.ui.columns import state_looks

COUNTS = ("new", "up", "down", "same", "changed", "removed", "blocked")
CURRENCY_LETTERS = 3


def count_titles() -> dict[str, str]:
    """The kinds of change in words."""
    words = (tr("New"), tr("Up"), tr("Down"), tr("Same"), tr("Changed"), tr("Removed"), tr("Blocked"))
    return dict(zip(COUNTS, words, strict=True))


class TableDialog(FormDialog):
    """Asks for a new rate table: name, carrier, currency."""

    def __init__(self, parent: QWidget, suppliers: Sequence[Supplier], currency: str) -> None:
        self.name = named(QLineEdit(), "field.name", tr("Name"))
        self.supplier = named(ChoiceEdit(), "field.supplier", tr("Supplier"))
        self.currency = named(QLineEdit(currency), "field.currency", tr("Currency"))
        self.currency.setMaxLength(CURRENCY_LETTERS)
        self._suppliers = {one.id: one for one in suppliers}
        self.supplier.set_choices([(None, tr("No supplier")), *((one.id, one.name) for one in suppliers)])
        fields = [(tr("Name"), self.name), (tr("Supplier"), self.supplier), (tr("Currency"), self.currency)]
        about = tr("A table holds the prices of one carrier in one currency. Import its sheet afterwards.")
        super().__init__(
            parent,
            tr("New rate table"),
            fields=fields,
            verb=tr("Add table"),
            about=about,
            problem=self._wrong,
        )
        self.supplier.value_changed.connect(self._offer)

    def fields(self) -> dict[str, Any]:
        """What was entered, as the command takes it."""
        return {
            "name": self.name.text().strip(),
            "currency": self.currency.text().strip().upper(),
            "supplier": self.supplier.value(),
        }

    def _offer(self, key: object) -> None:
        """The supplier's currency, and its name where none is typed."""
        supplier = self._suppliers.get(key)  # type: ignore[call-overload]
        if supplier is not None:
            self.currency.setText(supplier.currency or self.currency.text())
            if not self.name.text().strip():
                self.name.setText(supplier.name)

    def _wrong(self) -> str:
        if not self.name.text().strip():
            return tr("Give the table a name.")
        letters = self.currency.text().strip()
        return (
            ""
            if len(letters) == CURRENCY_LETTERS and letters.isalpha()
            else tr("Use three letters, like USD.")
        )


class ListDialog(QDialog):
    """A sentence, a grid, and buttons below it."""

    def __init__(self, parent: QWidget, title: str, about: str, grid: Grid, *actions: QWidget) -> None:
        super().__init__(parent)
        named(self, "dialog", title)
        self.setWindowTitle(title)
        self.grid = grid
        self.about = label(about, tone="muted", wrap=True)
        row = QHBoxLayout()
        row.setSpacing(theme.S)
        for action in actions:
            row.addWidget(action)
        row.addStretch(1)
        close = button(tr("Close"), "close", act=self.accept)
        close.setDefault(not actions)
        row.addWidget(close)
        box = QVBoxLayout(self)
        box.setContentsMargins(theme.XL, theme.L, theme.XL, theme.L)
        box.setSpacing(theme.M)
        box.addWidget(label(title, size=1.25, bold=True))
        box.addWidget(self.about)
        box.addWidget(framed(grid), 1)
        box.addLayout(row)
        self.resize(theme.ems(66, self), theme.ems(30, self))


def version_looks() -> dict[str, Look]:
    """The states of a version."""
    return {
        "published": Look(tr("Published"), "ok", "ok"),
        "reverted": Look(tr("Reverted"), "undo", "muted"),
        "staged": Look(tr("In work"), "clock", "warning"),
        "discarded": Look(tr("Discarded"), "close", "muted"),
    }


def source_word(source: str) -> str:
    """Where a version came from."""
    return {"import": tr("Import"), "edit": tr("Edit"), "seed": tr("Start")}.get(source, source)


class VersionsDialog(ListDialog):
    """Versions of a table, the newest first; only the newest one that stands can be reverted."""

    def __init__(
        self,
        parent: QWidget,
        table: queries.RateTable,
        formats: Formats,
        *,
        read: Callable[[], Sequence[queries.Version]],
        revert: Callable[[queries.Version], object] | None,
    ) -> None:
        self._read, self._revert = read, revert
        self._newest: queries.Version | None = None
        counts = [
            Column(name, title, Kind.INT, width=max(5, len(title) + 1))
            for name, title in count_titles().items()
        ]
        self.columns = [
            Column("seq", tr("No."), Kind.INT, width=5),
            Column("state", tr("State"), Kind.STATE, width=12, looks=version_looks()),
            Column("published_at", tr("Published"), Kind.TIME, width=18),
            Column("source", tr("By"), width=7),
            *counts,
            Column("note", tr("Note"), width=20, stretch=True),
        ]
        grid = Grid("versions", self.columns, formats=formats, title=tr("Versions"))
        grid.empty = State(
            "history", tr("Nothing published yet"), tr("Each import and each edit makes a version.")
        )
        self.revert = button(tr("Revert"), "revert", icon="undo", look="danger", act=self._act)
        about = tr("Reverting takes a version back as a whole: the rates before it stand again.")
        super().__init__(parent, tr("Versions of {name}").format(name=table.name), about, grid, self.revert)
        self.reload()

    def reload(self) -> None:
        """Read the versions (a few dozen) and show them."""
        versions = self._read()
        rows = [
            (
                one.seq, one.state, one.published_at, source_word(one.source),
                *(one.counts.get(name) for name in COUNTS), one.note,
            )
            for one in versions
        ]  # fmt: skip
        self.grid.set_source(MemorySource(self.columns, rows, key="seq"))
        self._newest = next((one for one in versions if one.state == "published"), None)
        self.revert.setVisible(self._revert is not None and self._newest is not None)
        if self._newest is not None:
            self.revert.setText(tr("Revert version {number}…").format(number=self._newest.seq))

    def _act(self) -> None:
        if self._newest is not None and self._revert is not None:
            self._revert(self._newest)


def history_dialog(
    parent: QWidget, table: queries.RateTable, prefix: str, past: Sequence[queries.Past], formats: Formats
) -> ListDialog:
    """Everything ever said about a prefix, the newest first."""
    looks = {**state_looks(), "closed": Look(tr("Closed"), "close", "muted")}
    columns = [
        Column("version", tr("Version"), Kind.INT, width=8),
        Column("published", tr("Published"), Kind.TIME, width=19),
        Column("source", tr("By"), width=9),
        Column("price", tr("Rate"), Kind.PRICE, width=10),
        Column("interval", tr("Interval"), Kind.CODE, width=8),
        Column("effective_from", tr("From"), Kind.DATE, width=11),
        Column("effective_until", tr("Until"), Kind.DATE, width=11),
        Column("state", tr("State"), Kind.STATE, width=11, looks=looks),
        Column("stands", tr("Version is"), Kind.STATE, width=13, looks=version_looks()),
        Column("band", tr("Time band"), width=12, stretch=True),
    ]  # fmt: skip
    rows = [_past_row(one) for one in past]
    grid = Grid("history", columns, formats=formats, title=tr("History"))
    grid.set_source(MemorySource(columns, rows))
    destination = next((one.assertion.destination for one in past if one.assertion.destination), "")
    title = tr("History of {prefix}").format(prefix=f"{prefix} {destination}".strip())
    about = tr("What {table} said about this prefix, the newest version first.").format(table=table.name)
    return ListDialog(parent, title, about, grid)


def _past_row(past: queries.Past) -> tuple[Any, ...]:
    one, version = past.assertion, past.version
    is_closed = str(one.state) == "closed"
    ends: datetime | None = one.effective_until
    return (
        version.seq, version.published_at, source_word(version.source), None if is_closed else one.terms.price,
        "" if is_closed else f"{one.terms.initial_interval}/{one.terms.next_interval}", one.effective_from, ends,
        str(one.state), version.state, one.band,
    )  # fmt: skip
