"""What the guards of a review lead to: lists, dialogs, decisions, another reading of the file."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from voipdesk.kit.desk import Desk
from voipdesk.rates.queries.reviewing import Review
from voipdesk.rates.rules.guards import Guard
from voipdesk.rates.ui.actions import opened
from voipdesk.rates.ui.conflicts import pick
from voipdesk.rates.ui.converting import ConvertDialog
from voipdesk.rates.ui.guard_rows import IN_QUARANTINE, JUMPS, PICK
from voipdesk.rates.ui.review_groups import ClosingDialog, GroupsDialog, LinesDialog
from voipdesk.store.database import Database

if TYPE_CHECKING:
    from voipdesk.rates.ui.step_review import ReviewPage

CLOSINGS = "G3"
_WAITS = {"G5": "odd_price", "G7": "two_prices", "G10": "interval_is_date"}
"""The reason of quarantine that a guard speaks of."""
_OF_PLANS = {"G11": 0, "G14": 2}
"""Guards whose plans stand among the consequences, with the way to them: in which list."""


class GuardActs(QObject):
    """Behind the buttons of the guards; what they decide goes out by the page's `decided`."""

    restage_wanted = Signal(object)
    """Answers with which the file is to be read again."""
    convert_wanted = Signal(object)
    """The `Conversion` with which the file is to be read again, or None."""
    target_wanted = Signal()
    mend_wanted = Signal()
    quarantine_wanted = Signal(str)
    """Show what waits, beginning with a reason ('': any)."""
    import_wanted = Signal(str)

    def __init__(self, page: "ReviewPage", desk: Desk[Database]) -> None:
        super().__init__(page)
        self._page, self._desk = page, desk

    def show_guard(self, guard_id: str) -> None:
        """Show what a guard speaks of."""
        page = self._page
        guard, review = page.guards.guard(guard_id), page.review
        if guard is None or review is None:
            return
        if guard.link:
            self.import_wanted.emit(guard.link)
        elif guard_id == JUMPS:
            self._ask_groups(review, guard)
        elif guard_id == CLOSINGS and len(guard.rows):
            self._show_closing(review, guard)
        elif guard_id in IN_QUARANTINE and not len(guard.rows):
            self.quarantine_wanted.emit(_WAITS.get(guard_id, ""))
        elif guard_id in _OF_PLANS:
            page.show_consequences(_OF_PLANS[guard_id])
        elif len(guard.rows):
            page.show_only(guard_id)
        elif guard.lines:
            opened(LinesDialog(page, guard))

    def fix(self, guard_id: str, name: str) -> None:
        """Take a way out that a guard offers: a decision, or another answer to the file."""
        page = self._page
        guard, review = page.guards.guard(guard_id), page.review
        if guard is None or review is None:
            return
        if name == "scale":
            self.restage_wanted.emit({"scale": guard.fix["scale"]})
        elif name == "mend":
            self.mend_wanted.emit()
        elif name == "clamp_notice":
            self._decide(clamp_notice=bool(guard.fix[name]))
        elif name == "effective":
            page.options.ask_one_date()
        elif name == "convert":
            self._ask_conversion(review)
        elif name == "convert_off":
            self.convert_wanted.emit(None)
        elif name == "table":
            self.target_wanted.emit()
        elif name == PICK:
            self.pick()
        else:
            self._decide(**{name: guard.fix[name]})

    def pick(self) -> None:
        """Choose by hand among rows that give one prefix several prices."""
        review = self._page.review
        if review is not None:
            kept = review.staged
            decided = kept.decisions.chosen, kept.decisions.conflicts
            pick(self._page, self._desk, kept.id, decided, lambda rows: self._decide(chosen=rows))

    def _decide(self, **given: object) -> None:
        self._page.decided.emit(given, True)

    def _ask_groups(self, review: Review, guard: Guard) -> None:
        """Destinations with a tick are accepted, in the name of who ticked them; the others wait."""
        page = self._page
        dialog = GroupsDialog(page, review, guard)

        def decide() -> None:
            words = [word for word in page.guards.words() if word != JUMPS]
            words += [JUMPS] if dialog.accepts() else []
            self._decide(groups_out=dialog.out(), accept=words)

        dialog.accepted.connect(decide)
        opened(dialog)

    def _show_closing(self, review: Review, guard: Guard) -> None:
        dialog = ClosingDialog(self._page, review, guard)
        dialog.partial_wanted.connect(lambda: self._decide(scope="partial"))
        dialog.rates_wanted.connect(lambda: self._page.show_only(guard.id))
        opened(dialog)

    def _ask_conversion(self, review: Review) -> None:
        layout, table = review.staged.layout, review.staged.table
        currencies = (layout.currency if layout else "", table.currency)
        today = self._desk.clock.now().astimezone(table.zone).date()
        dialog = ConvertDialog(self._page, currencies, today, review.staged.decisions.convert)
        dialog.accepted.connect(lambda: self.convert_wanted.emit(dialog.conversion()))
        opened(dialog)
