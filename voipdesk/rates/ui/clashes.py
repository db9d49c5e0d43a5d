"""What was published otherwise than it is edited here: three values side by side, and whose of them counts."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QWidget

from voipdesk.kernel.text import tr, trn
from voipdesk.kit.grid import Column, Formats, Grid, Kind, MemorySource
from voipdesk.kit.page import button
from voipdesk.kit.states import State
from voipdesk.rates.ui.book import Book
from voipdesk.rates.ui.columns import Reading, rate_columns
from voipdesk.rates.ui.dialogs import ListDialog

if TYPE_CHECKING:
    from voipdesk.rates.engine_drafted import Clash


class ClashDialog(ListDialog):
    """Stays open until it is closed; each decision is a step of the draft that can be undone."""

    def __init__(self, parent: QWidget, book: Book) -> None:
        self._book = book
        self._titles = {column.id: column.title for column in rate_columns()}
        self._columns = [
            Column("prefix", tr("Prefix"), Kind.PREFIX, width=10),
            Column("what", tr("Column"), width=12),
            Column("before", tr("When edited"), width=14),
            Column("there", tr("Theirs, published"), width=16),
            Column("here", tr("Mine, in the draft"), width=16, stretch=True),
        ]
        self.theirs = button(tr("Take theirs"), "theirs", act=lambda: self._settle(self._chosen()))
        self.mine = button(tr("Keep mine"), "mine", act=lambda: self._settle(self._chosen(), keep=True))
        self.all_theirs = button(tr("Take all theirs"), "all_theirs", act=lambda: self._settle(self._open()))
        self.all_mine = button(
            tr("Keep all mine"), "all_mine", act=lambda: self._settle(self._open(), keep=True)
        )
        grid = Grid("clashes", self._columns, formats=Formats(zone=book.table.zone), title=tr("What changed"))
        title = tr("Nothing is left to decide")
        grid.empty = State("ok", title, tr("The draft can be published; its review shows every change."))
        about = tr(
            "These were published otherwise after you edited them. The draft says what you edited until you take theirs."
        )
        super().__init__(
            parent, tr("Published since"), about, grid, self.theirs, self.mine, self.all_theirs, self.all_mine
        )
        grid.selection_changed.connect(self._enable)
        book.changed.connect(self._fill)
        self.finished.connect(lambda _: book.changed.disconnect(self._fill))
        self._fill()

    def _open(self) -> "list[Clash]":
        """What is not decided yet, of columns that a person sees."""
        return [one for one in self._book.clashes if one.column in self._titles]

    def _chosen(self) -> "list[Clash]":
        """The rows of the selection."""
        keys = set(self.grid.selected_keys())
        return [one for one in self._open() if (one.prefix, one.column) in keys]

    def _settle(self, which: "Sequence[Clash]", *, keep: bool = False) -> None:
        if keep:
            self._book.keep_mine(which)
        elif which:
            count = trn("Take {count} published value", "Take {count} published values", len(which))
            self._book.take_theirs(which, count)
        self._fill()

    def _fill(self, *_: object) -> None:
        """The rows that are left; the current one stays where it was."""
        book, found = self._book, self._open()
        reading, text = Reading(book.table.zone), book.texts.__getitem__
        rows: list[tuple[Any, ...]] = []
        for one in found:
            cell = book.overlay.cell(one.column, one.row_id)
            assert cell is not None
            told = (reading.said(one.column, value, text) for value in (one.before, *cell))
            rows.append((one.prefix, self._titles[one.column], *told))
        keys = [(one.prefix, one.column) for one in found]
        for prefix in book.opened.gone:
            rows.append((prefix, tr("Rate"), "", tr("closed"), tr("left out")))
            keys.append((prefix, ""))
        at = max(0, self.grid.view.currentIndex().row())
        self.grid.set_source(MemorySource.keyed(self._columns, rows, keys))
        if rows:
            self.grid.view.make_current(self.grid.model.index(min(at, len(rows) - 1), 0))
        self._enable()

    def _enable(self) -> None:
        some = bool(self._chosen())
        for one in (self.theirs, self.mine):
            one.setEnabled(some)
        for one in (self.all_theirs, self.all_mine):
            one.setEnabled(bool(self._open()))
