"""Lists behind guards: destinations whose jumps wait in quarantine, and plain lines."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from voipdesk.kernel.text import tr, trn
from voipdesk.kit import theme
from voipdesk.kit.names import named
from voipdesk.kit.page import button, closing, label
from voipdesk.rates.queries.reviewing import Review
from voipdesk.rates.rules.guards import Guard

_MOST = 2_000
_NAME = int(Qt.ItemDataRole.UserRole)


class GroupsDialog(QDialog):
    """G1 by destination: a ticked one is accepted, the others go to quarantine."""

    def __init__(self, parent: QWidget, review: Review, guard: Guard) -> None:
        super().__init__(parent)
        title = tr("Large changes by destination")
        named(self, "dialog.groups", title)
        self.setWindowTitle(title)
        self.list = named(QListWidget(), "list.groups", title)
        before = review.staged.decisions.groups_out
        for name in sorted(before):
            self._add(name, tr("in quarantine"), is_taken=False)
        for name, count, seconds in review.columns.destinations_of(guard.rows, _MOST):
            said = trn("{count} rate", "{count} rates", count)
            if seconds:
                said += " · " + tr("{minutes} minutes in 30 days").format(minutes=f"{seconds // 60:,}")
            self._add(name, said, is_taken=True)
        cancel = button(tr("Cancel"), "cancel", act=self.reject)
        commit = button(tr("Send the others to quarantine"), "commit", look="primary", act=self.accept)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(cancel)
        row.addWidget(commit)
        text = tr(
            "Take the tick away where a change looks wrong: its rows wait in quarantine, all others go on."
        )
        box = QVBoxLayout(self)
        box.setContentsMargins(theme.L, theme.L, theme.L, theme.M)
        box.setSpacing(theme.M)
        box.addWidget(label(text, tone="muted", wrap=True))
        box.addWidget(self.list, 1)
        box.addLayout(row)
        self.resize(theme.ems(36, self), theme.ems(30, self))

    def out(self) -> list[str]:
        """Destinations without a tick."""
        items = [self.list.item(at) for at in range(self.list.count())]
        return [str(item.data(_NAME)) for item in items if item.checkState() == Qt.CheckState.Unchecked]

    def _add(self, name: str, said: str, *, is_taken: bool) -> None:
        item = QListWidgetItem(f"{name or '–'}   {said}", self.list)
        item.setData(_NAME, name)
        item.setCheckState(Qt.CheckState.Checked if is_taken else Qt.CheckState.Unchecked)


class LinesDialog(QDialog):
    """What a guard speaks of, a line each."""

    def __init__(self, parent: QWidget, guard: Guard) -> None:
        super().__init__(parent)
        named(self, "dialog.lines", guard.text)
        self.setWindowTitle(tr("Guard {id}").format(id=guard.id))
        self.list = named(QListWidget(), "list.lines", guard.text)
        self.list.addItems(list(guard.lines))
        box = QVBoxLayout(self)
        box.setContentsMargins(theme.L, theme.L, theme.L, theme.M)
        box.setSpacing(theme.M)
        box.addWidget(label(guard.text, wrap=True))
        box.addWidget(self.list, 1)
        box.addLayout(closing(self))
        self.resize(theme.ems(40, self), theme.ems(26, self))
