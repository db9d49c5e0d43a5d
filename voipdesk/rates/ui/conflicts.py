"""Choosing by hand among rows that give one prefix several prices on one date (G7)."""

from collections.abc import Callable, Sequence
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QTreeWidgetItem, QVBoxLayout, QWidget

from voipdesk.kernel.money import price_text
from voipdesk.kernel.text import tr, trn
from voipdesk.kit import theme
from voipdesk.kit.desk import Desk
from voipdesk.kit.names import named
from voipdesk.kit.page import button, framed, label
from voipdesk.rates.queries.conflicts import Candidate, Conflict, conflicts
from voipdesk.rates.ui.actions import opened
from voipdesk.rates.ui.review_groups import align, fit, tree
from voipdesk.store.database import Database

_KEY = int(Qt.ItemDataRole.UserRole)


class ConflictsDialog(QDialog):
    """`list.conflicts`: a prefix with its date above the rows that contradict each other; at most one of them is ticked.

    What a rule for all takes is ticked already; only what a person ticks is told (`chosen`).
    """

    def __init__(
        self,
        parent: QWidget,
        found: Sequence[Conflict],
        total: int,
        *,
        before: frozenset[str],
        has_rule: bool,
    ) -> None:
        super().__init__(parent)
        title = tr("Several prices for one prefix and date")
        named(self, "dialog.conflicts", title)
        self.setWindowTitle(title)
        self._before, self._has_rule = before, has_rule
        self._by_hand: dict[int, bool] = {}
        self._items: list[list[QTreeWidgetItem]] = []
        titles = (tr("Prefix and row"), tr("Price"), tr("Interval"), tr("Fee"), tr("Destination"))
        self.list = tree("list.conflicts", title, titles, words=1)
        self.list.setRootIsDecorated(True)
        self._found = list(found)
        for at, one in enumerate(found):
            self._add(at, one)
        self.list.expandAll()
        fit(self.list)
        self.list.itemChanged.connect(self._ticked)
        text = tr("Tick the row that is right. Prefixes without a tick wait in quarantine.")
        if has_rule:
            text = tr("What the rule takes is ticked. Tick another row where the rule is wrong for a prefix.")
        left = total - len(found)
        if left > 0:
            more = trn(
                "{count} more prefix is not shown; the rule decides about it.",
                "{count} more prefixes are not shown; the rule decides about them.",
                left,
            )
            text += " " + more
        cancel = button(tr("Cancel"), "cancel", act=self.reject)
        commit = button(tr("Take the ticked rows"), "commit", look="primary", act=self.accept)
        row = QHBoxLayout()
        row.setSpacing(theme.S)
        row.addStretch(1)
        row.addWidget(cancel)
        row.addWidget(commit)
        box = QVBoxLayout(self)
        box.setContentsMargins(theme.L, theme.L, theme.L, theme.M)
        box.setSpacing(theme.M)
        box.addWidget(label(text, tone="muted", wrap=True))
        box.addWidget(framed(self.list), 1)
        box.addLayout(row)
        self.resize(theme.ems(46, self), theme.ems(32, self))

    def chosen(self) -> list[str]:
        """Everything picked by hand, here and before, as decisions have it."""
        shown = {one.key(each.row) for one in self._found for each in one.candidates}
        rows = [(one.prefix, each.row) for one in self._found for each in one.candidates]
        more = {str(row) for _, row in rows} | {f"{row}:{prefix}" for prefix, row in rows}
        kept = {word for word in self._before if word not in shown | more}
        for at, one in enumerate(self._found):
            row = self._ticked_row(at)
            if self._by_hand[at] and row is not None:
                kept.add(one.key(row))
        return sorted(kept)

    def tick(self, prefix: str, row: int, *, is_ticked: bool = True) -> None:
        """Tick the row of a prefix, or take its tick away."""
        state = Qt.CheckState.Checked if is_ticked else Qt.CheckState.Unchecked
        for one, items in zip(self._found, self._items, strict=True):
            for each, item in zip(one.candidates, items, strict=True):
                if (one.prefix, each.row) == (prefix, row):
                    item.setCheckState(0, state)

    def _ticked_row(self, at: int) -> int | None:
        for each, item in zip(self._found[at].candidates, self._items[at], strict=True):
            if item.checkState(0) == Qt.CheckState.Checked:
                return each.row
        return None

    def _add(self, at: int, one: Conflict) -> None:
        day = f"\u2066{one.effective_from.date().isoformat()}\u2069"
        since = tr("{prefix} from {day}").format(prefix=f"\u2066{one.prefix}\u2069", day=day)
        head = QTreeWidgetItem(self.list, [f"{since} {one.band}".strip()])
        head.setFont(0, theme.scaled_font(1, bold=True))
        head.setFlags(Qt.ItemFlag.ItemIsEnabled)
        self._by_hand[at] = one.is_by_hand
        items: list[QTreeWidgetItem] = []
        self._items.append(items)
        for each in one.candidates:
            item = QTreeWidgetItem(head, candidate_texts(each))
            item.setData(0, _KEY, at)
            item.setCheckState(0, Qt.CheckState.Checked if each.is_taken else Qt.CheckState.Unchecked)
            align(item, words=1)
            items.append(item)

    def _ticked(self, item: QTreeWidgetItem, column: int) -> None:
        """One tick for each prefix; with a rule for all, never none."""
        at = item.data(0, _KEY)
        if at is None or column:
            return
        self._by_hand[at] = True
        self.list.blockSignals(True)
        if item.checkState(0) == Qt.CheckState.Checked:
            for other in self._items[at]:
                if other is not item:
                    other.setCheckState(0, Qt.CheckState.Unchecked)
        elif self._has_rule:
            item.setCheckState(0, Qt.CheckState.Checked)
        self.list.blockSignals(False)


def candidate_texts(each: Candidate) -> list[str]:
    """What a row says, column by column."""
    words = {"blocked": tr("blocked"), "closed": tr("closed")}
    price = words.get(each.state) or price_text(each.price)
    fee = price_text(each.connect_fee) if each.connect_fee else "–"
    interval = f"\u2066{each.initial_interval}/{each.next_interval}\u2069"
    return [tr("row {row}").format(row=each.row), price, interval, fee, each.destination or "–"]


def pick(
    parent: QWidget,
    desk: Desk[Database],
    import_id: UUID,
    decided: tuple[frozenset[str], str],
    done: Callable[[list[str]], object],
) -> None:
    """Show the contradictions of a staged import, with what was picked and the rule of now; `done` with all picks."""
    before, rule = decided

    def show(found: tuple[list[Conflict], int]) -> None:
        dialog = ConflictsDialog(parent, *found, before=before, has_rule=bool(rule))
        dialog.accepted.connect(lambda: done(dialog.chosen()))
        opened(dialog)

    desk.jobs.read(
        tr("Read contradicting rows"),
        lambda _: conflicts(desk.db, desk.actor, import_id),
        done=show,
        refused=desk.ask.refuse,
    )
