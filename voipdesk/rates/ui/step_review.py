"""Step Review: what publishing would do, kind by kind and rate by rate, its guards and its consequences; all of it live."""

from collections.abc import Mapping
from typing import Any, cast

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QScrollArea, QSplitter, QVBoxLayout, QWidget

from voipdesk.accounts.rules import Right, may
from voipdesk.kernel.text import tr
from voipdesk.kit import theme
from voipdesk.kit.desk import Desk
from voipdesk.kit.flow import Values
from voipdesk.kit.grid import Column, Formats, Grid, Kind, RowSource
from voipdesk.kit.page import Banner, framed, label
from voipdesk.kit.states import LoadingBar, State
from voipdesk.rates.queries.reviewing import Review
from voipdesk.rates.ui.consequences import ConsequencesDialog, ConsequencesPanel
from voipdesk.rates.ui.guard_rows import TAKES_ODD, Guards
from voipdesk.rates.ui.review_acts import GuardActs
from voipdesk.rates.ui.review_chips import Chips, kind_looks
from voipdesk.rates.ui.review_options import Options, ledger_text
from voipdesk.store.database import Database

WANTED = (
    "kind", "prefix", "destination", "band", "old", "new", "change", "from", "minutes", "delta", "sheet", "row",
)  # fmt: skip


class ReviewPage(QWidget):
    """The page over a `Review`; what is decided on it goes out as `decided`, a new review comes in by `show_review`."""

    changed = Signal()
    decided = Signal(object, bool)
    """Decisions by name, and whether they change what publishing would do."""
    change_wanted = Signal()
    quarantine_wanted = Signal(str)
    """Show what waits, beginning with a reason ('': any)."""
    plan_wanted = Signal(object)
    """What a plan sells below cost, as rows of the consequences."""

    def __init__(self, desk: Desk[Database]) -> None:
        super().__init__()
        self._desk = desk
        self.review: Review | None = None
        self.fault = ""
        self.is_busy = False
        self._words: list[str] = []
        self._shown = ""
        self._only = ""
        self.banner = Banner()
        self.banner.acted.connect(lambda _: self.change_wanted.emit())
        self.loading = LoadingBar(self)
        self.ledger = label(bold=True, wrap=True)
        self.ledger.setObjectName("review.ledger")
        self.chips, self.guards, self.panel = Chips(), Guards(), ConsequencesPanel()
        self.options = Options(desk.clock.now().astimezone(desk.zone).date())
        self.grid = Grid(
            "review", review_columns(), jobs=desk.jobs, formats=Formats(zone=desk.zone), title=tr("Changes")
        )
        self.grid.setMinimumHeight(theme.ems(10))
        self.chips.chosen.connect(self._show_kind)
        self.chips.quarantine_wanted.connect(lambda: self.quarantine_wanted.emit(""))
        self.options.decided.connect(lambda given: self.decided.emit(given, True))
        self.guards.changed.connect(self._guard_changed)
        self.acts = GuardActs(self, desk)
        self.acts.quarantine_wanted.connect(self.quarantine_wanted)
        self.guards.shown.connect(self.acts.show_guard)
        self.guards.fixed.connect(self.acts.fix)
        self.guards.conflicts_chosen.connect(lambda word: self.decided.emit({"conflicts": word}, True))
        self.panel.shown.connect(lambda: self.show_consequences())
        self._lay_out()

    def enter(self, values: Values) -> None:
        """The keyboard begins at the rates."""
        self.setFocusProxy(self.grid.view)

    def values(self) -> Mapping[str, Any]:
        """The review that was agreed to."""
        passed = [
            f"{row.guard.id}: {row.guard.text}"
            for row in self.guards.rows
            if row.word() or row.guard.accepted_by
        ]
        return {"review": self.review, "passed": passed}

    def problems(self) -> list[str]:
        """What holds the step up."""
        if self.is_busy:
            return [tr("What would change is being worked out.")]
        if self.review is None:
            return [self.fault or tr("What would change is not known yet.")]
        held = self.guards.held()
        return [tr("{guard} Let it pass, or correct the sheet.").format(guard=held[0].text)] if held else []

    def begin(self) -> None:
        """A new review is being made: what is shown stays until it comes."""
        self.is_busy = True
        self.loading.start()
        if self.review is None:
            self.panel.show_consequences(None, self._desk.zone, is_busy=True)
        self.changed.emit()

    def show_review(self, review: Review) -> None:
        """Show another review; the kind that is looked at, order and filters stay."""
        self.is_busy, self.review, self.fault = False, review, ""
        self.loading.stop()
        zone = review.staged.table.zone
        kept = review.staged
        has_codes = kept.layout is not None and kept.layout.joined_at >= 0
        text = ledger_text(review.ledger, has_codes=has_codes) if kept.is_sheet else ""
        self.ledger.setText(text)
        self.ledger.setVisible(bool(text))
        theme.set_tone(self.ledger, "")
        self.chips.show_counts(review.counts, review.ledger.get("quarantined", 0))
        self.options.show_review(review)
        self.guards.show_guards(review.guards, may_override=may(self._desk.actor, Right.OVERRIDE_GUARDS))
        self._words = self.guards.words()
        self.panel.show_consequences(review.consequences, zone)
        self.grid.model.formats = Formats(zone=zone)
        self._show_rows()
        self.changed.emit()

    def fail(self, text: str) -> None:
        """There is no review; say why."""
        self.is_busy, self.fault = False, text
        self.loading.stop()
        self.ledger.setText(text)
        self.ledger.show()
        theme.set_tone(self.ledger, "danger")
        self.changed.emit()

    def show_banner(self, text: str) -> None:
        """Which profile was applied, with the way to its answers; '' hides it."""
        if text:
            self.banner.show_message(text, actions=[("change", tr("Change"))])
        else:
            self.banner.hide()

    def show_only(self, guard_id: str) -> None:
        """The rates that a guard speaks of."""
        self._only = guard_id
        self._show_rows()

    def _show_kind(self, kind: str) -> None:
        self._shown, self._only = kind, ""
        self._show_rows()

    def _show_rows(self) -> None:
        """The rates of the chosen kind, or those that a guard speaks of."""
        review = self.review
        if review is None:
            return
        from voipdesk.rates.engine_review_rows import (
            ReviewSource,
        )  # With numpy, which waits for its first use.

        layout = review.staged.layout
        parts = layout.rate_parts if layout is not None and layout.is_stacked else ()
        sheets = tuple((part.sheet, part.start) for part in parts)
        source = ReviewSource(review.columns, wanted=WANTED, sheets=sheets)
        guard = self.guards.guard(self._only) if self._only else None
        if guard is not None and len(guard.rows):
            source.only = guard.rows
        else:
            source.shown = self._shown
        self.chips.show_kind("none" if source.only is not None else self._shown)
        looks = kind_looks()
        title = (
            tr("No rate of this kind: {kind}").format(kind=looks[self._shown].text)
            if self._shown in looks
            else ""
        )
        self.grid.empty = State("ok", title or tr("Nothing would change"))
        self.grid.show_column("sheet", on=bool(sheets))
        self.grid.show_column("band", on=bool(review.columns.band.any()))
        self.grid.set_source(cast(RowSource, source))

    def _guard_changed(self, guard_id: str) -> None:
        words = self.guards.words()
        if words != self._words:
            self._words = words
            self.decided.emit({"accept": words}, guard_id == TAKES_ODD)
        self.changed.emit()

    def show_consequences(self, tab: int = 0) -> None:
        """Whom it hurts, with the way to the plans; 2: what has no supplier left."""
        found = self.review.consequences if self.review is not None else None
        if self.review is not None and found is not None:
            verb = tr("Save for later, open in Tariff plans")
            dialog = ConsequencesDialog(self, found, self.review.staged.table.zone, verb=verb)
            dialog.plan_wanted.connect(self.plan_wanted)
            dialog.finished.connect(dialog.deleteLater)
            dialog.tabs.setCurrentIndex(tab)
            dialog.open()

    def _lay_out(self) -> None:
        below = QWidget()
        inner = QVBoxLayout(below)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.addWidget(self.guards)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setWidget(below)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        lower = QSplitter(Qt.Orientation.Horizontal)
        lower.setChildrenCollapsible(False)
        lower.addWidget(framed(area))
        lower.addWidget(self.panel)
        lower.setStretchFactor(0, 3)
        lower.setStretchFactor(1, 2)
        lower.setSizes([theme.ems(38), theme.ems(22)])
        split = QSplitter(Qt.Orientation.Vertical)
        split.setObjectName("split.review")
        split.setChildrenCollapsible(False)
        split.addWidget(framed(self.grid))
        split.addWidget(lower)
        split.setStretchFactor(0, 3)
        split.setStretchFactor(1, 2)
        split.setSizes([theme.ems(16), theme.ems(10)])
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, theme.S, 0)
        box.setSpacing(theme.S)
        for part in (self.banner, self.ledger, self.chips, self.options, self.loading):
            box.addWidget(part)
        box.addWidget(split, 1)


def review_columns() -> list[Column]:
    """The columns of the review, in the order of WANTED."""
    return [
        Column("kind", tr("Change"), Kind.STATE, width=12, looks=kind_looks()),
        Column("prefix", tr("Prefix"), Kind.PREFIX, width=10),
        Column("destination", tr("Destination"), width=14, stretch=True),
        Column("band", tr("Time band"), width=10, hidden=True),
        Column("old", tr("Old"), Kind.PRICE, width=9),
        Column("new", tr("New"), Kind.PRICE, width=9),
        Column("change", tr("Δ %"), Kind.PERCENT, width=8, decimals=2, signed=True, tone=_tone),
        Column("from", tr("From"), Kind.DATE, width=10),
        Column("minutes", tr("Min. 30 d"), Kind.AMOUNT, width=8, decimals=0),
        Column("delta", tr("Δ cost"), Kind.AMOUNT, width=8, signed=True, tone=_tone),
        Column("sheet", tr("Sheet"), width=9, hidden=True),
        Column("row", tr("File row"), Kind.INT, width=7),
    ]


def _tone(value: Any) -> str:
    return "up" if value > 0 else "down" if value < 0 else ""
