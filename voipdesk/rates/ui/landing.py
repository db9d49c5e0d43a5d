"""After publishing: the grid shows what one import wrote; the line above says so, leads to whom it hurts, and goes away."""

from collections.abc import Mapping
from datetime import date, timedelta
from uuid import UUID

import shiboken6
from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from voipdesk.kernel.periods import day_start
from voipdesk.kernel.text import tr, trn
from voipdesk.kit import icons, theme
from voipdesk.kit.desk import Desk
from voipdesk.kit.names import named
from voipdesk.kit.page import button, label
from voipdesk.rates.queries.landing import Landing, consequences_of
from voipdesk.rates.rules.surroundings import Consequences, Surroundings
from voipdesk.rates.ui.actions import opened
from voipdesk.rates.ui.consequences import ConsequencesDialog, summary
from voipdesk.store.database import Database

PLANS = "plans"
"""The page where sell prices are made; it takes rows of what a plan sells below cost."""

SHEETS = "sheets"
"""The page where rate sheets for customers are made."""


class LandingBar(QFrame):
    """`filter.import`: which import is shown, and what may follow; hidden while all rates are."""

    def __init__(self) -> None:
        super().__init__()
        self._icon, self.text = QLabel(), label(wrap=True)
        named(self, "filter.import", tr("This import"))
        self.setProperty("role", "banner")
        theme.set_tone(self, "accent")
        self.review = button(tr("Review customers below cost"), "review_below", icon="warning")
        self.sheets = button(tr("Make rate sheets"), "make_sheets", icon="mail")
        self.all = button(tr("Show all rates"), "all_rates", icon="close")
        head, foot = QHBoxLayout(), QHBoxLayout()
        for line in (head, foot):
            line.setSpacing(theme.S)
        head.addWidget(self._icon)
        head.addWidget(self.text, 1)
        head.addWidget(self.all)
        for each in (self.review, self.sheets):
            foot.addWidget(each)
        foot.addStretch(1)
        box = QVBoxLayout(self)
        box.setContentsMargins(theme.M, theme.XS, theme.XS, theme.XS)
        box.setSpacing(theme.XS)
        box.addLayout(head)
        box.addLayout(foot)
        self.hide()

    def show_text(self, text: str) -> None:
        """Say what is shown; what may follow is not known yet. An empty text hides the line."""
        self.say(text)
        self.review.hide()
        self.sheets.hide()
        self._draw()
        self.setVisible(bool(text))

    def say(self, text: str) -> None:
        """Say what is shown; what may follow stays."""
        self.text.setText(text)
        self.setAccessibleName(text or tr("This import"))

    def changeEvent(self, event: QEvent) -> None:
        """Draw the icon again in another palette; out of sight it is drawn when something is said."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and not self.isHidden():
            self._draw()

    def _draw(self) -> None:
        self._icon.setPixmap(icons.pixmap("filter", theme.ems(1.1), "accent", self.devicePixelRatioF()))


class Landed(QObject):
    """The import that the grid is narrowed to, if any."""

    changed = Signal()
    """Another import, or none any more."""
    plan_wanted = Signal(object)
    """What a plan sells below cost, to be looked after in it."""
    sheets_wanted = Signal(object)
    """Make rate sheets: a mapping with the `table`, from when its prices count, and the `plans` over it by name."""

    def __init__(self, desk: Desk[Database], page: QWidget) -> None:
        super().__init__(page)
        self._desk, self._page = desk, page
        self.bar = LandingBar()
        self.surroundings: Surroundings | None = None
        self.found: Landing | None = None
        self._hurt: Consequences | None = None
        self.bar.all.clicked.connect(lambda: self.leave())
        self.bar.review.clicked.connect(lambda: self._review())
        self.bar.sheets.clicked.connect(lambda: self._make_sheets())

    @property
    def version(self) -> int | None:
        """The version whose rates alone are shown; None: all."""
        return None if self.found is None else self.found.version

    def day(self, found: Landing) -> date | None:
        """The first day on which all of it has begun; None where it has."""
        last, zone = found.last_from, found.table.zone
        if last is None or last <= self._desk.clock.now():
            return None
        day = last.astimezone(zone).date()
        return day if day_start(day, zone) >= last else day + timedelta(days=1)

    def take(self, found: Landing) -> None:
        """Show only what this import wrote, and find out what may follow."""
        self.found, self._hurt = found, None
        self.bar.show_text(text_of(found))
        self._ask(found)

    def tell_listed(self, count: int) -> None:
        """So many rows are listed; the others were replaced since."""
        if self.found is not None:
            self.bar.say(text_of(self.found, listed=count))

    def leave(self) -> None:
        """All rates again."""
        if self.drop():
            self.changed.emit()

    def keep_to(self, table_id: UUID | None, standing: tuple[int, ...]) -> None:
        """Another table is shown, or the import was taken back: nothing is narrowed any more."""
        found = self.found
        if found is not None and (found.table.id != table_id or found.version not in standing):
            self.drop()

    def drop(self) -> bool:
        """Forget the import without telling; whether there was one."""
        had_one, self.found = self.found is not None, None
        self.bar.show_text("")
        return had_one

    def _ask(self, found: Landing) -> None:
        desk, known = self._desk, self.surroundings
        if known is None:
            return

        def done(hurt: Consequences) -> None:
            if shiboken6.isValid(self) and self.found is found:
                self._hurt = hurt
                below, none = tr("Review customers below cost"), tr("Review what has no supplier left")
                self.bar.review.setText(below if hurt.prefixes else none)
                self.bar.review.setAccessibleName(self.bar.review.text())
                self.bar.review.setVisible(bool(hurt.prefixes or hurt.orphans))
                self.bar.review.setToolTip(summary(hurt))
                self.bar.sheets.setVisible(
                    SHEETS in getattr(self._page, "reachable", ()) and bool(hurt.by_plan)
                )

        desk.jobs.read(
            tr("Look for customers below cost"),
            lambda progress: consequences_of(desk.db, desk.actor, found.import_id, known, progress=progress),
            done=done,
            refused=lambda _: None,  # Taken back meanwhile: the line is about to go.
        )

    def _review(self) -> None:
        if self._hurt is not None and self.found is not None:
            dialog = ConsequencesDialog(self._page, self._hurt, self.found.table.zone)
            dialog.plan_wanted.connect(self.plan_wanted)
            opened(dialog)

    def _make_sheets(self) -> None:
        found, hurt = self.found, self._hurt
        if found is not None and hurt is not None:
            order: Mapping[str, object] = {
                "table": found.table.id, "from": found.last_from, "plans": tuple(hurt.by_plan),
            }  # fmt: skip
            self.sheets_wanted.emit(order)


def text_of(found: Landing, *, listed: int | None = None) -> str:
    """Which import, how many rates it changed, and what of it is not listed."""
    head = tr("This import: {file}") if found.is_sheet else tr("These edits: {file}")
    parts = [
        head.format(file=f"\u2068{found.file_name}\u2069"),
        trn("{count} changed rate", "{count} changed rates", found.changes),
    ]
    same, closed = found.counts.get("same", 0), found.counts.get("removed", 0)
    rest = [trn("{count} as before", "{count} as before", same)] if same else []
    rest += [trn("{count} closed", "{count} closed", closed)] if closed else []
    replaced = 0 if listed is None else found.changes - listed
    rest += [trn("{count} replaced since", "{count} replaced since", replaced)] if replaced > 0 else []
    if rest:
        parts.append(tr("not listed: {rest}").format(rest=", ".join(rest)))
    return " · ".join(parts)
