"""Lists behind guards: destinations with large changes or that close, and plain lines."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QHBoxLayout,
    QListWidget,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from voipdesk.kernel.text import tr
from voipdesk.kit import theme
from voipdesk.kit.names import named
from voipdesk.kit.page import button, closing, framed, label
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
        titles = (tr("Destination"), tr("Rates"), tr("Change"), tr("Min. 30 d"))
        self.list = tree("list.groups", title, titles)
        for name in sorted(review.staged.decisions.groups_out):
            self._add((name, "", tr("in quarantine"), ""), is_taken=False)
        found = review.columns.moves_of(guard.rows, _MOST)
        for one in found:
            change = (
                f"{one.least:+.1f} %" if one.least == one.most else f"{one.least:+.1f} … {one.most:+.1f} %"
            )
            self._add((one.destination, f"{one.rows:,}", change, minutes_text(one.seconds)), is_taken=True)
        fit(self.list)
        self.btn_all = button(tr("Tick all"), "all", act=lambda: self._tick(is_taken=True))
        self.btn_none = button(tr("Tick none"), "none", act=lambda: self._tick(is_taken=False))
        cancel = button(tr("Cancel"), "cancel", act=self.reject)
        self.commit = button("", "commit", look="primary", act=self.accept)
        self.list.itemChanged.connect(lambda *_: self._look())
        row = QHBoxLayout()
        row.setSpacing(theme.S)
        for push in (self.btn_all, self.btn_none):
            push.setAutoDefault(False)
            row.addWidget(push)
        row.addStretch(1)
        row.addWidget(cancel)
        row.addWidget(self.commit)
        text = tr(
            "Ticked destinations are accepted. Take the tick away where a change looks wrong: its rows wait in "
            "quarantine, all others go on."
        )
        box = QVBoxLayout(self)
        box.setContentsMargins(theme.L, theme.L, theme.L, theme.M)
        box.setSpacing(theme.M)
        box.addWidget(label(text, tone="muted", wrap=True))
        box.addWidget(framed(self.list), 1)
        box.addLayout(row)
        self.resize(theme.ems(44, self), theme.ems(30, self))
        self._look()

    def out(self) -> list[str]:
        """Destinations without a tick."""
        return [str(item.data(0, _NAME)) for item in self._items(Qt.CheckState.Unchecked)]

    def accepts(self) -> bool:
        """Whether any destination is accepted."""
        return bool(self._items(Qt.CheckState.Checked))

    def _items(self, state: Qt.CheckState) -> list[QTreeWidgetItem]:
        every = [self.list.topLevelItem(at) for at in range(self.list.topLevelItemCount())]
        return [item for item in every if item is not None and item.checkState(0) == state]

    def _tick(self, *, is_taken: bool) -> None:
        wanted = Qt.CheckState.Checked if is_taken else Qt.CheckState.Unchecked
        for at in range(self.list.topLevelItemCount()):
            item = self.list.topLevelItem(at)
            if item is not None:
                item.setCheckState(0, wanted)

    def _look(self) -> None:
        """The verb says what becomes of both."""
        if not self.out():
            text = tr("Accept all")
        elif self.accepts():
            text = tr("Accept these, send the others to quarantine")
        else:
            text = tr("Send all to quarantine")
        self.commit.setText(text)

    def _add(self, texts: Sequence[str], *, is_taken: bool) -> None:
        item = QTreeWidgetItem(self.list, [texts[0] or "–", *texts[1:]])
        item.setData(0, _NAME, texts[0])
        item.setCheckState(0, Qt.CheckState.Checked if is_taken else Qt.CheckState.Unchecked)
        align(item)


class ClosingDialog(QDialog):
    """G3: the destinations that close, with what was called there; `partial` keeps them, `rates` shows them one by one."""

    partial_wanted = Signal()
    rates_wanted = Signal()

    def __init__(self, parent: QWidget, review: Review, guard: Guard) -> None:
        super().__init__(parent)
        title = tr("Destinations that close")
        named(self, "dialog.closing", title)
        self.setWindowTitle(title)
        self.list = tree("list.closing", title, (tr("Destination"), tr("Prefixes"), tr("Min. 30 d")))
        for name, count, seconds in review.columns.destinations_of(guard.rows, _MOST):
            item = QTreeWidgetItem(self.list, [name or "–", f"{count:,}", minutes_text(seconds)])
            item.setData(0, _NAME, name)
            align(item)
        fit(self.list)
        row = QHBoxLayout()
        row.setSpacing(theme.S)
        for text, name, signal in (
            (tr("Show the rates"), "rates", self.rates_wanted), (tr("Switch to partial"), "partial", self.partial_wanted),
        ):  # fmt: skip
            push = button(text, name, act=self.accept)
            push.clicked.connect(signal)
            push.setAutoDefault(False)
            row.addWidget(push)
        row.addStretch(1)
        row.addWidget(button(tr("Close"), "close", act=self.reject))
        box = QVBoxLayout(self)
        box.setContentsMargins(theme.L, theme.L, theme.L, theme.M)
        box.setSpacing(theme.M)
        box.addWidget(label(guard.text, wrap=True))
        box.addWidget(framed(self.list), 1)
        box.addLayout(row)
        self.resize(theme.ems(40, self), theme.ems(28, self))


class LinesDialog(QDialog):
    """What a guard speaks of, a line each."""

    def __init__(self, parent: QWidget, guard: Guard) -> None:
        super().__init__(parent)
        named(self, "dialog.lines", guard.text)
        self.setWindowTitle(tr("Guard {id}").format(id=guard.id))
        self.list = named(QListWidget(), "list.lines", guard.text)
        self.list.setFrameShape(QListWidget.Shape.NoFrame)
        self.list.addItems(list(guard.lines))
        box = QVBoxLayout(self)
        box.setContentsMargins(theme.L, theme.L, theme.L, theme.M)
        box.setSpacing(theme.M)
        box.addWidget(label(guard.text, wrap=True))
        box.addWidget(framed(self.list), 1)
        box.addLayout(closing(self))
        self.resize(theme.ems(44, self), theme.ems(26, self))


def tree(name: str, title: str, titles: Sequence[str], *, words: int = 0) -> QTreeWidget:
    """A list with columns; numbers stand at the end of theirs, the last few may be `words`."""
    made = named(QTreeWidget(), name, title)
    made.setHeaderLabels(list(titles))
    made.setRootIsDecorated(False)
    made.setUniformRowHeights(True)
    made.setAlternatingRowColors(False)
    made.setFrameShape(QTreeWidget.Shape.NoFrame)
    made.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    header = made.headerItem()
    if header is not None:
        align(header, words=words)
    return made


_END = Qt.AlignmentFlag.AlignTrailing | Qt.AlignmentFlag.AlignVCenter


def align(item: QTreeWidgetItem, *, words: int = 0) -> None:
    """Everything after the name at the end of its column, but for the last few that are words."""
    for at in range(1, item.columnCount() - words):
        item.setTextAlignment(at, _END)


def fit(made: QTreeWidget) -> None:
    """The name takes the room, the other columns what they need."""
    header = made.header()
    header.setStretchLastSection(False)
    for at in range(made.columnCount()):
        made.resizeColumnToContents(at)
    header.setSectionResizeMode(0, header.ResizeMode.Stretch)
    for at in range(1, made.columnCount()):
        header.resizeSection(at, header.sectionSize(at) + theme.L)


def minutes_text(seconds: int | None) -> str:
    """Whole minutes; a dash where nobody was asked."""
    return "–" if seconds is None else f"{seconds // 60:,}"
