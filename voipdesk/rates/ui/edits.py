"""What the buttons of editing do with the rows of the rate grid: a new rate, bulk edit, close."""

from typing import Any
from uuid import UUID

from PySide6.QtWidgets import QWidget

from voipdesk.kernel.money import price_text
from voipdesk.kernel.text import tr, trn
from voipdesk.kit.desk import Desk
from voipdesk.kit.grid import Changes, Grid
from voipdesk.kit.grid.editing import Outcome
from voipdesk.kit.grid.gestures import Plan
from voipdesk.rates import queries
from voipdesk.rates.queries import drafts
from voipdesk.rates.ui import bulk
from voipdesk.rates.ui.actions import opened
from voipdesk.rates.ui.edit_dialogs import NewRowDialog
from voipdesk.rates.ui.source import RateSource
from voipdesk.store.database import Database


class Edits:
    """Works on the source that the grid shows, where it can be edited."""

    def __init__(self, desk: Desk[Database], page: QWidget, grid: Grid) -> None:
        self._desk, self._page, self._grid = desk, page, grid
        self.source: RateSource | None = None
        self.tables: list[queries.RateTable] = []

    @property
    def can_edit(self) -> bool:
        """Whether rates may be edited now."""
        return self.source is not None and self.source.can_edit

    def new_row(self) -> None:
        """Ask for a new rate and put it into the draft."""
        source = self.source
        if source is None or source.book is None:
            return
        dialog = NewRowDialog(
            self._page, parse=source.parse, taken=self._holder, decimal=self._grid.model.formats.decimal
        )

        def add() -> None:
            values = dialog.values()
            name = tr("New rate {prefix}").format(prefix=values["prefix"][0])
            self._grid.changing.commit(Plan(name, Changes(appended=values)))

        dialog.accepted.connect(add)
        opened(dialog)

    def close_rows(self) -> None:
        """The selected rates close when the draft is published; rows that are new go at once."""
        source, ids = self.source, self._grid.selected_rows()
        if source is None or source.book is None or not len(ids):
            return
        name = trn("Close {count} rate", "Close {count} rates", len(ids))
        self._desk.jobs.write(
            name,
            lambda _: source.remove_rows(ids, name),
            done=self._say_closed,
            refused=self._desk.ask.refuse,
        )

    def bulk_edit(self) -> None:
        """Open the dialog of bulk edit over the selected rows, or over all that are shown."""
        source, grid, desk = self.source, self._grid, self._desk
        if source is None or source.book is None:
            return
        book = source.book
        dialog = bulk.BulkDialog(
            self._page,
            source,
            rows=self._rows(),
            tables=self.tables,
            rates_of=lambda table: queries.rates_in_force(desk.db, desk.actor, table),
            formats=grid.model.formats,
        )
        if not book.has_base and len(grid.model.ids) > 1:
            # The whole table is wanted in a moment: read it while the person thinks.
            desk.jobs.read(tr("Read table"), lambda _: book.base(), quiet=True)

        def change() -> None:
            chosen = dialog.chosen()
            desk.jobs.write(
                tr("Bulk edit"),
                lambda _: bulk.commit(source, chosen, self._rates_of(chosen.other)),
                done=self._say_bulk,
                refused=desk.ask.refuse,
            )

        dialog.accepted.connect(change)
        opened(dialog)

    def _rates_of(self, table: UUID | None) -> Any:
        desk = self._desk
        return None if table is None else queries.rates_in_force(desk.db, desk.actor, table)

    def _rows(self) -> list[bulk.Rows]:
        """The rows of the selection where it is more than one, and all that are shown."""
        from voipdesk.rates.engine_edit import ids_of

        grid = self._grid
        shown, found = ids_of(grid.model.ids), []
        count = grid.selected_count()
        if 1 < count < len(shown):
            title = trn("{count} selected rate", "{count} selected rates", count)
            found.append(bulk.Rows("selected", title, ids_of(grid.selected_rows())))
        said = tr("All rates that the filter shows") if grid.filters else tr("All rates of the table")
        found.append(bulk.Rows("shown", f"{said} ({len(shown):,})", shown))
        return found

    def _holder(self, prefix: str) -> str:
        """Which row has a prefix already."""
        source, desk = self.source, self._desk
        assert source is not None
        assert source.book is not None
        found = drafts.holders(desk.db, desk.actor, source.table.id, [prefix], at=source.book.moment)
        if prefix in found:
            row = found[prefix]
            return f"{row.destination} {price_text(row.price)}".strip()
        return tr("a new row of this draft") if source.row_id(prefix) is not None else ""

    def _say_closed(self, outcome: Outcome) -> None:
        self._grid.footer.say(f"{outcome.name}.", "ok")

    def _say_bulk(self, done: tuple[Any, int]) -> None:
        step, left = done
        said = f"{step.name}." if step.parts else tr("Nothing was different.")
        if left:
            said += " " + trn(
                "{count} rate stays: it would be no price.", "{count} rates stay: they would be no price.", left
            )  # fmt: skip
        self._grid.footer.say(said, "warning" if left else "ok")
