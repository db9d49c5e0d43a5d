"""Columns beside the rates in their grid: minutes, who sells a prefix, note and source; read when somebody looks."""

import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from PySide6.QtCore import QObject

from voipdesk.kernel.changes import Actor
from voipdesk.kernel.text import tr
from voipdesk.kit.desk import Desk
from voipdesk.kit.grid import Grid, Touched
from voipdesk.rates import queries
from voipdesk.rates.queries import beside as reading
from voipdesk.rates.rules.surroundings import Surroundings
from voipdesk.rates.ui.inspector import Inspector
from voipdesk.store.database import Database

if TYPE_CHECKING:
    from voipdesk.rates.engine_beside import Beside
    from voipdesk.rates.engine_draft import Texts
    from voipdesk.rates.engine_view import Base
    from voipdesk.rates.ui.source import RateRows
    from voipdesk.rating.engine import Ints

FROM_ABOVE = frozenset({"minutes", "sold_in"})
"""Columns that only the rooms above can fill; the calls and plans of a large workspace take a moment."""

MOST_KEPT = 4
"""Tables and days of which it is kept: some tens of megabytes for a large one."""

_CHANGES = frozenset({"plan", "plan_rule", "assignment", "account", "call_import", "rate_version"})


class BesideRates:
    """What stands beside the rates of one table. `known` is there once it was read (from any thread)."""

    def __init__(
        self, db: Database, actor: Actor, table: queries.RateTable, surroundings: Surroundings | None = None
    ) -> None:
        self._db, self._actor, self._table, self._surroundings = db, actor, table, surroundings
        self.known: Beside | None = None
        self._brought: dict[int, reading.Brought] = {}
        self._lock = threading.Lock()

    @property
    def is_wanted(self) -> bool:
        """Whether somebody above could be asked and was not yet."""
        return self._surroundings is not None and self.known is None

    def load(self, base: "Base", at: Any) -> "Beside | None":
        """Ask the rooms above, once; takes a moment."""
        with self._lock:
            if self.is_wanted and self._surroundings is not None:
                self.known = reading.beside(
                    self._db, self._actor, self._table.id, base, at=at, known=self._surroundings
                )
            return self.known

    def values(self, rows: Sequence[queries.GridRow]) -> list[tuple[Any, ...]]:
        """Minutes, plans, note, source and row of the file of a few rows; what was not read yet is blank."""
        known, told = self.known, [self._brought_by(one) for one in rows]
        if known is None:
            return [(None, None, *each) for each in told]
        above = known.values([one.prefix for one in rows])
        return [(*one, *other) for one, other in zip(above, told, strict=True)]

    def column(self, name: str, base: "Base", texts: "Texts", at: Any) -> "Ints":
        """A whole column, for filter and order: numbers, or places in `texts`."""
        from voipdesk.rates import engine_beside as engine

        if name in ("note", "source"):
            tell = self._note if name == "note" else self._source
            return engine.version_column(base, lambda seq: tell(seq) or "", texts)
        if name == "file_row":
            known_rows = reading.file_rows(self._db, self._actor, self._table.id)
            return engine.file_rows_column(base, known_rows)
        known = self.load(base, at)
        if name == "minutes":
            return engine.minutes_column(known, base)
        return engine.plans_column(known, base, texts)

    def _version(self, seq: int) -> reading.Brought:
        if seq not in self._brought:
            self._brought = reading.brought(self._db, self._actor, self._table.id)
        return self._brought.get(seq, reading.Brought("", ""))

    def _brought_by(self, row: queries.GridRow) -> tuple[Any, ...]:
        file_row = row.file_row if self._version(row.version).file_name else None
        return self._note(row.version), self._source(row.version), file_row

    def _note(self, seq: int) -> str | None:
        return self._version(seq).note or None

    def _source(self, seq: int) -> str | None:
        """The file, else in which other way the rate came."""
        found = self._version(seq)
        ways = {"edit": tr("an edit"), "seed": tr("an example")}
        return found.file_name or ways.get(found.source)


class Besides(QObject):
    """Reads what a visible column needs, beside the window, and keeps it until calls, plans or rates change."""

    def __init__(self, desk: Desk[Database], grid: Grid, inspector: Inspector) -> None:
        super().__init__(grid)
        self._desk, self._grid, self._inspector = desk, grid, inspector
        self.surroundings: Surroundings | None = None
        self._kept: dict[tuple[UUID, object], BesideRates] = {}
        self._asked: BesideRates | None = None
        grid.layouts.columns_shown.connect(self.look)
        grid.shown.connect(self.look)
        desk.on_change(_CHANGES, self.forget)

    def of(self, table: queries.RateTable, at: object) -> BesideRates:
        """What stands beside a table as of an instant."""
        key = (table.id, at)
        if key not in self._kept:
            if len(self._kept) >= MOST_KEPT:
                self._kept.clear()
            self._kept[key] = BesideRates(self._desk.db, self._desk.actor, table, self.surroundings)
        return self._kept[key]

    def forget(self) -> None:
        """Calls, plans or rates are others now: read again what is looked at."""
        self._kept.clear()
        source = self._source()
        if source is not None:
            source.take_beside(self.of(source.table, source.at))
            self.look()

    def look(self, *_: object) -> None:
        """Read what is visible and not there yet."""
        source = self._source()
        if source is None or not source.beside.is_wanted or source.beside is self._asked:
            return
        grid = self._grid
        columns = [grid.model.columns[at].id for at in grid.header.shown()]
        if not FROM_ABOVE.intersection(columns) and self._inspector.isHidden():
            return
        self._asked = asked = source.beside

        def tell(_: object) -> None:
            self._asked = None
            shown = self._source()
            if shown is not None and shown.beside is asked:
                shown.changed.emit(Touched())
                self._inspector.look_again()

        self._desk.jobs.read(
            tr("Read minutes and plans"),
            lambda _: source.load_beside(),
            done=tell,
            refused=self._desk.ask.refuse,
            quiet=True,
        )

    def _source(self) -> "RateRows | None":
        from voipdesk.rates.ui.source import RateRows

        source = self._grid.model.source
        return source if isinstance(source, RateRows) else None
