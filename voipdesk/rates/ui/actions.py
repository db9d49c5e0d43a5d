"""What the page of supplier tables does with the chosen table: make, export, look back, take back."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QDialog, QWidget

from voipdesk.accounts.queries import suppliers, workspace
from voipdesk.accounts.rules import Right, may
from voipdesk.kernel.changes import ChangeSet
from voipdesk.kernel.money import price_text
from voipdesk.kernel.progress import Progress
from voipdesk.kernel.text import tr, trn
from voipdesk.kit.desk import Desk
from voipdesk.kit.grid import Column, Formats, Grid, Kind, RowSource
from voipdesk.rates import commands, queries
from voipdesk.rates.commands.exporting import export_seen
from voipdesk.rates.commands.reverting import Locked
from voipdesk.rates.ui.dialogs import TableDialog, VersionsDialog, history_dialog
from voipdesk.rates.ui.source import RateSource
from voipdesk.store.database import Database

CHUNK = 2_000

Say = Callable[[str, object], object]
"""A toast: its text, and what its buttons do by their verbs (or None)."""


def opened(dialog: QDialog) -> None:
    """Show a dialog over its window; it ends when it is closed."""
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.open()


def opened_soon(dialog: QDialog) -> None:
    """The same in the next turn of the event loop: making a large dialog and showing it are two waits, not one."""
    QTimer.singleShot(0, dialog, lambda: opened(dialog))


def new_table(parent: QWidget, desk: Desk[Database], made: Callable[[queries.RateTable], None]) -> None:
    """Ask for a new table and make it."""
    dialog = TableDialog(parent, suppliers(desk.db, desk.actor), workspace(desk.db).currency)

    def create() -> None:
        fields = dialog.fields()
        desk.jobs.write(
            tr("New rate table"),
            lambda _: commands.create_table(desk.db, desk.actor, **fields),
            done=made,
            refused=desk.ask.refuse,
        )

    dialog.accepted.connect(create)
    opened(dialog)


def seed(desk: Desk[Database], table: queries.RateTable, say: Say) -> None:
    """Put the twenty destinations into a new table."""

    def tell(report: commands.ImportReport) -> None:
        say(
            tr("{count} destinations to begin with; their prices are examples.").format(
                count=report.prefixes
            ),
            None,
        )

    desk.jobs.write(
        tr("Begin with 20 destinations"),
        lambda _: commands.seed_table(desk.db, desk.actor, table=table.id),
        done=tell,
        refused=desk.ask.refuse,
    )


def export(
    desk: Desk[Database], table: queries.RateTable, at: datetime | None, say: Say, *, grid: Grid
) -> None:
    """Ask where to, and write the rates in force at an instant; where the screen shows less or a draft, ask which."""
    title = tr("Export {table}").format(table=table.name)
    what = _asked_what(desk, grid, title)
    if not what:
        return
    kinds = [(tr("Excel workbook"), "*.xlsx"), (tr("CSV text"), "*.csv")]
    name = re.sub(r'[\\/:*?"<>|\x00-\x1f]', " ", table.name).strip() or "rates"
    path = desk.ask.save_file(title, kinds, name=f"{name}.xlsx")
    if path is None:
        return

    def tell(rows: int) -> None:
        count = trn("{count} rate written", "{count} rates written", rows)
        text = tr("{count} to {file}.").format(count=count, file=path.name)
        say(text, None)

    seen = Seen.of(grid)

    def whole(progress: Progress) -> int:
        return commands.export_table(
            desk.db, desk.actor, table=table.id, path=path, at=at, progress=progress
        ).rows

    def shown(progress: Progress) -> int:
        return seen.written(desk, path, progress)

    desk.jobs.read(title, shown if what == "seen" else whole, done=tell, refused=desk.ask.refuse)


def _asked_what(desk: Desk[Database], grid: Grid, title: str) -> str:
    """`seen` or `all`; asked only where they differ, '' where nobody wants either."""
    source = grid.model.source
    drafted = isinstance(source, RateSource) and source.book is not None and not source.book.is_empty
    is_plain = not isinstance(source, RateSource) or source.look.is_plain
    columns = enumerate(grid.model.columns)
    others = any(grid.header.isSectionHidden(at) is not column.hidden for at, column in columns)
    if is_plain and not (grid.filters or grid.order or others or drafted):
        return "all"
    count = trn("{count} row", "{count} rows", len(grid.model.ids))
    ways = [
        ("seen", tr("What I see: {rows}, with filter, order and columns as shown").format(rows=count)),
        ("all", tr("The whole table as it is published")),
    ]
    return desk.ask.choose(tr("What is to be written?"), ways, title=title) or ""


@dataclass(frozen=True, slots=True)
class Seen:
    """What a grid shows: rows in their order, the visible columns in theirs."""

    source: RowSource
    ids: Sequence[int]
    columns: Sequence[Column]
    places: Sequence[int]

    @classmethod
    def of(cls, grid: Grid) -> "Seen":
        """As it is now."""
        shown = grid.header.shown()
        model = grid.model
        return cls(model.source, model.ids, [model.columns[at] for at in shown], shown)

    def written(self, desk: Desk[Database], path: Path, progress: Progress) -> int:
        """Write it; returns the rows."""
        texts = [column.title for column in self.columns if not column.is_number]
        titles = [column.title for column in self.columns]
        return export_seen(
            desk.actor, path=path, titles=titles, rows=self._rows(), text_columns=texts, progress=progress
        )

    def _rows(self) -> Iterator[list[Any]]:
        for first in range(0, len(self.ids), CHUNK):
            part = [int(one) for one in self.ids[first : first + CHUNK]]
            for row in self.source.fetch(part):
                yield [
                    self._value(row[at], column) for at, column in zip(self.places, self.columns, strict=True)
                ]

    def _value(self, value: Any, column: Column) -> Any:
        if column.kind is Kind.STATE and value in column.looks:
            return column.looks[value].text
        if column.kind is Kind.PRICE and value is not None:
            return Decimal(price_text(value))
        return value.isoformat() if isinstance(value, date) else value


def show_history(parent: QWidget, desk: Desk[Database], table: queries.RateTable, prefix: str) -> None:
    """What the table ever said about a prefix."""
    desk.jobs.read(
        tr("Read history"),
        lambda _: queries.history(desk.db, desk.actor, table.id, prefix),
        done=lambda past: opened(history_dialog(parent, table, prefix, past, Formats(zone=table.zone))),
        refused=desk.ask.refuse,
        quiet=True,
    )


def show_versions(
    parent: QWidget, desk: Desk[Database], table: queries.RateTable, say: Say, locked: Locked | None
) -> None:
    """The versions of a table, with the way back."""
    may_revert = may(desk.actor, Right.IMPORT_RATES)
    dialog = VersionsDialog(
        parent,
        table,
        Formats(zone=table.zone),
        read=lambda: queries.versions(desk.db, desk.actor, table.id),
        revert=(lambda version: revert(desk, table, version, say, locked)) if may_revert else None,
    )
    desk.on_change(frozenset({"rate_version"}), dialog.reload)
    opened(dialog)


def revert(
    desk: Desk[Database],
    table: queries.RateTable,
    version: queries.Version,
    say: Say,
    locked: Locked | None = None,
) -> None:
    """Ask, then take a version back; the toast offers to undo that."""
    changes = sum(count for kind, count in version.counts.items() if kind != "same")
    text = tr("Take version {number} of {table} back? Its {count} changes no longer count.").format(
        number=version.seq, table=table.name, count=f"{changes:,}"
    )
    verb = tr("Revert version {number}").format(number=version.seq)
    if not desk.ask.confirm(text, verb=verb, danger=True):
        return

    def work(_: Progress) -> tuple[queries.Version, str | None]:
        done = commands.revert_version(
            desk.db, desk.actor, table=table.id, version=version.seq, locked=locked
        )
        return done, desk.db.undo_label(desk.actor)

    def tell(found: tuple[queries.Version, str | None]) -> None:
        done, label = found
        said = tr("Version {number} of {table} was taken back.").format(number=done.seq, table=table.name)
        say(said, {tr("Undo"): lambda: undo(desk, label, say)})

    desk.jobs.write(verb, work, done=tell, refused=desk.ask.refuse)


def undo(desk: Desk[Database], label: str | None, say: Say) -> None:
    """Undo the change of a toast, unless something else was done since."""

    def work(_: Progress) -> ChangeSet | None:
        is_last = label is not None and desk.db.undo_label(desk.actor) == label
        return desk.db.undo(desk.actor) if is_last else None

    def tell(changes: ChangeSet | None) -> None:
        if changes is None:
            desk.ask.tell(tr("Something else was done since. Use Undo in the Edit menu, step by step."))
        else:
            say(tr("Undone: {label}").format(label=changes.label), None)

    desk.jobs.write(tr("Undo"), work, done=tell, refused=desk.ask.refuse)
