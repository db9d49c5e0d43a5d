"""What the page of supplier tables does with the chosen table: make, export, look back, take back."""

import re
from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QWidget

from voipdesk.accounts.queries import suppliers, workspace
from voipdesk.accounts.rules import Right, may
from voipdesk.kernel.changes import ChangeSet
from voipdesk.kernel.text import tr, trn
from voipdesk.kit.desk import Desk
from voipdesk.kit.grid import Formats
from voipdesk.rates import commands, queries
from voipdesk.rates.commands.reverting import Locked
from voipdesk.rates.ui.dialogs import TableDialog, VersionsDialog, history_dialog
from voipdesk.store.database import Database

Say = Callable[[str, object], object]
"""A toast: its text, and what its buttons do by their verbs (or None)."""


def opened(dialog: QDialog) -> None:
    """Show a dialog over its window; it ends when it is closed."""
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.open()


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


def export(desk: Desk[Database], table: queries.RateTable, at: datetime | None, say: Say) -> None:
    """Ask where to, and write the rates in force at an instant."""
    kinds = [(tr("Excel workbook"), "*.xlsx"), (tr("CSV text"), "*.csv")]
    name = re.sub(r'[\\/:*?"<>|\x00-\x1f]', " ", table.name).strip() or "rates"
    title = tr("Export {table}").format(table=table.name)
    path = desk.ask.save_file(title, kinds, name=f"{name}.xlsx")
    if path is None:
        return

    def tell(report: commands.ExportReport) -> None:
        count = trn("{count} rate written", "{count} rates written", report.rows)
        text = tr("{count} to {file}.").format(
            count=count.replace(str(report.rows), f"{report.rows:,}"), file=report.path.name
        )
        say(text, None)

    desk.jobs.read(
        title,
        lambda progress: commands.export_table(
            desk.db, desk.actor, table=table.id, path=path, at=at, progress=progress
        ),
        done=tell,
        refused=desk.ask.refuse,
    )


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

    def tell(done: queries.Version) -> None:
        label = desk.db.undo_label(desk.actor)
        said = tr("Version {number} of {table} was taken back.").format(number=done.seq, table=table.name)
        say(said, {tr("Undo"): lambda: undo(desk, label, say)})

    desk.jobs.write(
        verb,
        lambda _: commands.revert_version(
            desk.db, desk.actor, table=table.id, version=version.seq, locked=locked
        ),
        done=tell,
        refused=desk.ask.refuse,
    )


def undo(desk: Desk[Database], label: str | None, say: Say) -> None:
    """Undo the change of a toast, unless something else was done since."""
    if label is None or desk.db.undo_label(desk.actor) != label:
        desk.ask.tell(tr("Something else was done since. Use Undo in the Edit menu, step by step."))
        return

    def tell(changes: ChangeSet) -> None:
        say(tr("Undone: {label}").format(label=changes.label), None)

    desk.jobs.write(tr("Undo"), lambda _: desk.db.undo(desk.actor), done=tell, refused=desk.ask.refuse)
