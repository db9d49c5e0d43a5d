"""The row of filter fields under the titles: what is typed is read a moment later, a slip says what is wrong."""

from collections.abc import Sequence
from functools import cached_property

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHeaderView, QLineEdit, QWidget

from voipdesk.kernel.text import tr
from voipdesk.kit import theme
from voipdesk.kit.grid.columns import NUMBERS, Column, Formats, Kind
from voipdesk.kit.grid.filters import Filter, parse
from voipdesk.kit.grid.frozen import frozen_columns, frozen_width, left_of

MILLISECONDS = 100
"""After the last key; someone who types without a pause is faster than that only now and then."""


class FilterRow(QWidget):
    """One field a column, kept under its section."""

    changed = Signal()
    """Some time after typing stopped, or at once on Enter and `clear`."""
    left = Signal()
    """The keyboard goes back to the rows."""

    def __init__(self, columns: Sequence[Column], parent: QWidget) -> None:
        super().__init__(parent)
        self._columns = columns
        self._rows = parent.parentWidget() or parent
        """From here Tab leads to the fields."""
        self.formats = Formats()
        self._timer = QTimer(self, singleShot=True, interval=MILLISECONDS)
        self._timer.timeout.connect(self._tell)
        self._told: list[Filter] = []
        self._scrolled = QWidget(self)
        """Fields of the columns that scroll: they vanish behind those that do not."""
        self.hide()

    @cached_property
    def fields(self) -> dict[str, QLineEdit]:
        """The fields by column id, made when the row is first shown or filled: many grids never show theirs."""
        found: dict[str, QLineEdit] = {}
        before = self._rows
        for column in self._columns:
            field = QLineEdit(self._scrolled)
            field.setObjectName(f"filter.{column.id}")
            field.setProperty("look", "filter")
            field.setAccessibleName(tr("Filter {column}").format(column=column.title))
            field.setToolTip(hint(column))
            field.textChanged.connect(self._typed)
            field.returnPressed.connect(self._at_once)
            field.installEventFilter(self)
            QWidget.setTabOrder(before, field)
            found[column.id] = before = field
        return found

    @property
    def _is_made(self) -> bool:
        return "fields" in self.__dict__

    def wanted_height(self) -> int:
        """A field and the space around it."""
        return round(theme.em(self) + 3 * theme.XS)

    def place(self, header: QHeaderView) -> None:
        """Put each field under its section, in the lower part of the header."""
        if self.isHidden():
            return
        height, wide = self.wanted_height(), frozen_width(header)
        self.setGeometry(header.viewport().geometry().adjusted(0, header.height() - height, 0, 0))
        mirrored = header.isRightToLeft()
        shift = 0 if mirrored else wide
        self._scrolled.setGeometry(shift, 0, self.width() - wide, height)
        frozen = frozen_columns(header)
        for at, column in enumerate(self._columns):
            field, home = self.fields[column.id], self if at in frozen else self._scrolled
            if field.parentWidget() is not home:
                field.setParent(home)
            field.setVisible(not header.isSectionHidden(at))
            left = left_of(header, at) - (0 if at in frozen else shift)
            field.setGeometry(left + 2, 2, max(8, header.sectionSize(at) - 5), height - 5)

    def filters(self) -> list[Filter]:
        """What is asked for; a field with a slip is marked and left out."""
        found: list[Filter] = []
        for column in self._columns if self._is_made else ():
            field = self.fields[column.id]
            try:
                wanted = parse(column, field.text(), self.formats)
            except ValueError as slip:
                _mark(field, "wrong", str(slip))
                continue
            _mark(field, "used" if wanted else "", hint(column))
            if wanted:
                found.append(wanted)
        return found

    def taken(self) -> list[Filter]:
        """The same for whoever applies them now: they need not be told again, and their end has to be."""
        self._told = self.filters()
        return self._told

    def typed(self) -> dict[str, str]:
        """What stands in the fields, by column id, without the empty ones."""
        fields = self.fields if self._is_made else {}
        return {name: field.text() for name, field in fields.items() if field.text().strip()}

    def set_typed(self, texts: dict[str, str], *, quietly: bool = False) -> None:
        """Fill the fields and tell at once, or not at all: whoever does it applies them himself."""
        fields = self.fields if texts or self._is_made else {}
        for name, field in fields.items():
            field.blockSignals(True)
            field.setText(texts.get(name, ""))
            field.blockSignals(False)
        if quietly:
            self._timer.stop()
            self._told = self.filters()
        else:
            self._at_once()

    def clear(self) -> None:
        """No filter any more."""
        self.set_typed({})

    def eventFilter(self, field: QObject, event: QEvent) -> bool:
        """Down and Escape lead back to the rows."""
        is_key = event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent)
        if is_key and event.key() in {Qt.Key.Key_Down, Qt.Key.Key_Escape}:  # type: ignore[attr-defined]
            self._at_once()
            self.left.emit()
            return True
        return bool(super().eventFilter(field, event))

    def _typed(self) -> None:
        self._timer.start()

    def _at_once(self) -> None:
        self._timer.stop()
        self._tell()

    def _tell(self) -> None:
        filters = self.filters()
        if filters != self._told:
            self._told = filters
            self.changed.emit()


def hint(column: Column) -> str:
    """What can be typed, by the kind of the column."""
    if column.kind in NUMBERS:
        return tr("0.05 equal · >0.05 · <=1 · 0.01..0.05 between · 1;6 any of them · = blank · != not blank")
    if column.kind in {Kind.PREFIX, Kind.CODE}:
        return tr("44 starts with 44 · 44,49 any of them · *44* contains · =44 exactly · !=44* not · = blank")
    if column.kind in {Kind.DATE, Kind.TIME}:
        return tr("2026-11 that month · >2026-11-15 · 2026-11-01..2026-11-30 between")
    return tr(
        "kenya contains · ken* starts with · kenya,egypt any of them · =Kenya exactly · != not · = blank"
    )


def _mark(field: QLineEdit, state: str, tip: str) -> None:
    field.setToolTip(tip)
    if field.property("state") != state:
        field.setProperty("state", state)
        field.style().unpolish(field)
        field.style().polish(field)
