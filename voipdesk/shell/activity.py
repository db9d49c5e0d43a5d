"""The page of activity: who did what, and the way back from big things. It stands on the roof, because it takes back
what the rooms below have done.
"""

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from voipdesk.accounts.queries_activity import activity
from voipdesk.accounts.rules import Right, may
from voipdesk.kernel.text import tr
from voipdesk.kit.desk import Desk
from voipdesk.kit.grid import Column, Formats, Grid, Kind, Look, MemorySource
from voipdesk.kit.page import Page, button, framed
from voipdesk.kit.states import State
from voipdesk.store.database import Database
from voipdesk.store.history import Entry

Revert = Callable[[], Any]


def activity_columns() -> list[Column]:
    """When, who, what, how much of what, and whether it stands."""
    states = {
        "done": Look(tr("Done"), "ok", "ok"),
        "undone": Look(tr("Undone"), "undo", "muted"),
        "undo": Look(tr("Undo"), "undo", "muted"),
        "redo": Look(tr("Redo"), "redo", "muted"),
    }
    return [
        Column("at", tr("Time"), Kind.TIME, width=20),
        Column("who", tr("Person"), width=14),
        Column("label", tr("What"), width=44, stretch=True),
        Column("touched", tr("Touched"), width=34),
        Column("state", tr("State"), Kind.STATE, width=11, looks=states),
    ]


def titles() -> dict[str, tuple[str, str]]:
    """What a row of a table is, one and many; tables that are not named here are furniture."""
    return {
        "rate_import": (tr("{count} import"), tr("{count} imports")),
        "rate_version": (tr("{count} version of rates"), tr("{count} versions of rates")),
        "rate_table": (tr("{count} rate table"), tr("{count} rate tables")),
        "plan": (tr("{count} plan"), tr("{count} plans")),
        "plan_rule": (tr("{count} rule"), tr("{count} rules")),
        "assignment": (tr("{count} assignment"), tr("{count} assignments")),
        "account": (tr("{count} account"), tr("{count} accounts")),
        "account_alias": (tr("{count} name in call files"), tr("{count} names in call files")),
        "supplier": (tr("{count} supplier"), tr("{count} suppliers")),
        "login": (tr("{count} login"), tr("{count} logins")),
        "call_import": (tr("{count} call file"), tr("{count} call files")),
        "rating_run": (tr("{count} rating run"), tr("{count} rating runs")),
        "invoice": (tr("{count} invoice"), tr("{count} invoices")),
        "setting": (tr("{count} setting"), tr("{count} settings")),
        "waiting_file": (tr("{count} waiting file"), tr("{count} waiting files")),
    }


def touched_text(entry: Entry) -> str:
    """What a change touched, in words."""
    known = titles()
    parts = [
        known[table][0 if count == 1 else 1].format(count=f"{count:,}")
        for table, count in sorted(entry.touched.items())
        if table in known
    ]
    return ", ".join(parts)


class ActivityPage(Page):
    """`page.activity`: every change the actor may see, newest first."""

    selected = Signal(str)
    said = Signal(str, object)

    def __init__(self, desk: Desk[Database], within: QWidget | None = None) -> None:
        self.revert = button(tr("Take back…"), "revert", icon="undo", act=self.take_back)
        super().__init__(
            "activity", tr("Activity"), tr("Times in {zone}").format(zone=desk.zone), [self.revert],
            within=within,
        )  # fmt: skip
        self._desk = desk
        self._entries: dict[int, Entry] = {}
        self.grid = Grid(
            "activity",
            activity_columns(),
            jobs=desk.jobs,
            formats=Formats(zone=desk.zone),
            title=tr("Activity"),
        )
        self.grid.empty = State("activity", tr("Nothing was done yet"), tr("Every change is listed here."))
        self.grid.current_changed.connect(lambda _: self._look())
        self.body.addWidget(framed(self.grid, self))
        desk.changes.connect(self._hear)
        self._look()
        self.refresh()

    def refresh(self) -> None:
        """Read the changes again, beside the window."""
        desk = self._desk
        desk.jobs.read(
            tr("Read activity"), lambda _: activity(desk.db, desk.actor), done=self._show, quiet=True
        )

    def take_back(self) -> None:
        """Take the chosen import, publishing or rating run back, after a question."""
        entry = self._chosen()
        way = None if entry is None else self._way(entry)
        if entry is None or way is None:
            return
        desk = self._desk
        text = tr("Take “{label}” back? What stood before it counts again.").format(label=entry.label)
        if desk.ask.confirm(text, verb=tr("Take back")):
            said = tr("“{label}” was taken back.").format(label=entry.label)
            desk.jobs.write(
                tr("Take back"),
                lambda _: way(),
                done=lambda _: self.said.emit(said, None),
                refused=desk.ask.refuse,
            )

    def _way(self, entry: Entry) -> Revert | None:
        """How this change is taken back; None where that is done elsewhere, or by nobody."""
        from voipdesk.calls import commands as calls
        from voipdesk.calls.queries import version_lock
        from voipdesk.rates import commands as rates

        desk, keys = self._desk, entry.keys
        if entry.kind == "undo" or entry.is_undone:
            return None
        if "call_import" in keys and may(desk.actor, Right.IMPORT_CALLS):
            return partial(calls.revert_import, desk.db, desk.actor, UUID(hex=keys["call_import"]))
        if "rating_run" in keys and may(desk.actor, Right.RATE_CALLS):
            return partial(calls.revert_run, desk.db, desk.actor, UUID(hex=keys["rating_run"]))
        if "rate_version" in keys and may(desk.actor, Right.IMPORT_RATES):
            return partial(_revert_rates, rates, desk, UUID(hex=keys["rate_version"]), version_lock)
        newest = next(iter(self._entries.values()), None)
        if newest is not None and newest.seq == entry.seq and desk.db.undo_label(desk.actor) == entry.label:
            return partial(desk.db.undo, desk.actor)
        return None

    def _hear(self, _: object) -> None:
        self.refresh()

    def _look(self) -> None:
        entry = self._chosen()
        can = entry is not None and self._way(entry) is not None
        self.revert.setEnabled(can)
        why = tr(
            "Imports, published rates and rating runs can be taken back here; other changes with Ctrl+Z."
        )
        self.revert.setToolTip("" if can else why)

    def _chosen(self) -> Entry | None:
        key = self.grid.current_key()
        return self._entries.get(key) if isinstance(key, int) else None

    def _show(self, found: list[Entry]) -> None:
        self._entries = {one.seq: one for one in found}
        columns = activity_columns()
        rows = [(one.at, one.actor_name, one.label, touched_text(one), _state(one)) for one in found]
        self.grid.set_source(MemorySource.keyed(columns, rows, [one.seq for one in found]))
        self._look()


def _state(entry: Entry) -> str:
    if entry.kind != "do":
        return entry.kind
    return "undone" if entry.is_undone else "done"


def _revert_rates(rates: Any, desk: Desk[Database], version_id: UUID, locked: Any) -> Any:
    """Take a published version back; what stands on it is known above the rates."""
    from voipdesk.rates import queries

    for table in queries.tables(desk.db, desk.actor):
        for version in queries.versions(desk.db, desk.actor, table.id):
            if version.id == version_id:
                return rates.revert_version(
                    desk.db, desk.actor, table=table.id, version=version.seq, locked=locked
                )
    raise LookupError(version_id)
