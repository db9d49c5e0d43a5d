"""How the cells of a grid are painted: one pass over what is visible, from ready text, without asking per cell.

Qt would ask the model seven roles and the selection model once for every cell. Here one call paints the whole region.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import QLine, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPixmap, QPolygonF
from PySide6.QtWidgets import QTableView

from voipdesk.kit import icons, theme
from voipdesk.kit.grid.columns import BLANK, LEFT_TO_RIGHT, NUMBERS, Cell, Column, Kind
from voipdesk.kit.grid.editing import Mark
from voipdesk.kit.grid.frozen import frozen_columns, left_of
from voipdesk.kit.grid.model import GridModel
from voipdesk.kit.grid.selection import Range

_widths: dict[str, dict[str, float]] = {}
_elided: dict[tuple[str, str, int], tuple[str, float]] = {}
_icons: dict[tuple[str, str, int, float], QPixmap] = {}
_even: dict[str, bool] = {}
MOST_KEPT = 20_000
DIGITS = NUMBERS | {Kind.PREFIX}
"""Kinds whose texts are digits and the signs between them."""

_DIGITS = "0123456789"
_ZEROS = str.maketrans(_DIGITS, "0" * 10)


@dataclass(frozen=True, slots=True)
class Place:
    """A visible column: where it is and how its cells stand in it."""

    at: int
    column: Column
    left: int
    width: int
    at_right: bool
    is_number: bool


@dataclass(slots=True)
class Measures:
    """Sizes of the font, asked once for a painting."""

    metrics: QFontMetricsF
    font: str
    digit: float
    point: float
    baseline: float
    icon: int
    ratio: float
    widths: dict[str, float]
    is_even: bool

    def width(self, text: str, *, is_number: bool = False) -> float:
        """The width of a text, remembered; where digits are equally wide, one number stands for all of its form."""
        key = text.translate(_ZEROS) if is_number and self.is_even else text
        known = self.widths.get(key)
        if known is None:
            if len(self.widths) >= MOST_KEPT:
                self.widths.clear()
            known = self.widths[key] = self.metrics.horizontalAdvance(key)
        return known

    def cut(self, text: str, room: float) -> tuple[str, float]:
        """A text that is too long, with dots at its end, and how wide it is then; remembered."""
        key = (self.font, text, round(room))
        known = _elided.get(key)
        if known is None:
            if len(_elided) >= MOST_KEPT:
                _elided.clear()
            short = self.metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)
            known = _elided[key] = (short, self.metrics.horizontalAdvance(short))
        return known


def is_even(metrics: QFontMetricsF) -> bool:
    """Whether all digits of a font are equally wide, also beside each other and beside the signs of numbers."""

    def widths(digit: str) -> tuple[float, ...]:
        beside = "".join(digit + other for other in _DIGITS)
        signs = (f"{digit}{sign}{digit}" for sign in ".,- +%")
        return (metrics.horizontalAdvance(beside), *map(metrics.horizontalAdvance, signs))

    return len({widths(digit) for digit in _DIGITS}) == 1


def measures(view: QTableView) -> Measures:
    """The measures of a view's font and rows."""
    metrics, font = QFontMetricsF(view.font()), view.font().key()
    if font not in _even:
        _even[font] = is_even(metrics)
    height = view.verticalHeader().defaultSectionSize()
    baseline = (height - metrics.height()) / 2 + metrics.ascent()
    return Measures(
        metrics=metrics,
        font=font,
        digit=metrics.horizontalAdvance("0"),
        point=metrics.horizontalAdvance("."),
        baseline=round(baseline),
        icon=round(metrics.height() * 0.95),
        ratio=view.devicePixelRatioF(),
        widths=_widths.setdefault(font, {}),
        is_even=_even[font],
    )


def places(view: QTableView, columns: tuple[Column, ...], region: QRect) -> tuple[list[Place], list[Place]]:
    """Columns that touch a region of the viewport: those that scroll, and those that do not."""
    header, mirrored = view.horizontalHeader(), view.isRightToLeft()
    frozen = frozen_columns(header)
    scrolled, standing = list[Place](), list[Place]()
    for at, column in enumerate(columns):
        if header.isSectionHidden(at):
            continue
        left, width = left_of(header, at), header.sectionSize(at)
        if left + width >= region.left() and left <= region.right():
            at_right, is_number = column.kind in NUMBERS or mirrored, column.kind in DIGITS
            found = Place(at, column, left, width, at_right, is_number)
            (standing if at in frozen else scrolled).append(found)
    return scrolled, standing


@dataclass(frozen=True, slots=True)
class Line:
    """A visible row: where it stands, what is painted in it (None while it is on its way), what is marked."""

    row: int
    top: int
    cells: list[Cell] | None
    marks: Mapping[str, Mark]


@dataclass(slots=True)
class Canvas:
    """One painting of the viewport."""

    painter: QPainter
    model: GridModel
    places: list[Place]
    sizes: Measures
    colours: theme.Colours
    height: int

    def rows(self, rows: range, top: int, *, hovered: int, ranges: list[Range]) -> None:
        """Rows from a place down: their ground, then texts column by column, then the lines below them."""
        model = self.model
        lines = [
            Line(row, top + at * self.height, model.cells(row), model.marks(row) or {})
            for at, row in enumerate(rows)
        ]
        for line in lines:
            selected = selected_columns(ranges, line.row) if ranges else set()
            if selected or line.marks or line.row == hovered:
                self._ground(line, selected, hovered=line.row == hovered)
            if line.cells is None:
                self._gaps(line.top)
        for place in self.places:
            self._column(place, lines)
        first, last = self.places[0], self.places[-1]
        left = min(first.left, last.left)
        right = max(first.left + first.width, last.left + last.width) - 1
        self.painter.setPen(QColor(self.colours.line))
        below = (line.top + self.height - 1 for line in lines)
        self.painter.drawLines([QLine(left, y, right, y) for y in below])

    def _ground(self, line: Line, selected: set[int], *, hovered: bool) -> None:
        """The colour behind the cells of a row that are selected, marked, or under the mouse."""
        for place in self.places:
            mark = line.marks.get(place.column.id) or line.marks.get("")
            ground = ""
            if place.at in selected:
                ground = self.colours.selected
            elif mark is not None and mark.tone:
                ground = self.colours.soft(mark.tone)
            elif hovered:
                ground = self.colours.hover
            if ground:
                self.painter.fillRect(place.left, line.top, place.width, self.height, QColor(ground))

    def _column(self, place: Place, lines: list[Line]) -> None:
        """What one column holds in some rows; what they have in common is told to the painter once."""
        painter, tone = self.painter, None
        shifts = {line.row: self._marked(place, line) for line in lines if line.marks}
        ltr = place.column.kind in LEFT_TO_RIGHT
        painter.setLayoutDirection(
            Qt.LayoutDirection.LeftToRight if ltr else Qt.LayoutDirection.LayoutDirectionAuto
        )
        for line in lines:
            cell = BLANK if line.cells is None else line.cells[place.at]
            if not cell[0] and not cell[3]:
                continue
            if cell[2] != tone:
                tone = cell[2]
                painter.setPen(QColor(self.colours.tone(tone)))
            self.cell(place, line.top, cell, shift=shifts.get(line.row, 0))

    def _marked(self, place: Place, line: Line) -> int:
        """Paint the sign of a marked cell; the room that its icon takes."""
        mark = line.marks.get(place.column.id)
        if mark is None:
            return 0
        self.mark(place, line.top, mark)
        return self.sizes.icon if mark.icon else 0

    def mark(self, place: Place, top: int, mark: Mark) -> None:
        """The sign of a cell that stands out: its icon at the side away from the text, else a corner."""
        size = self.sizes.icon * 0.8
        if mark.icon:
            left = place.left + theme.XS if place.at_right else place.left + place.width - theme.XS - size
            box = QRectF(left, top + (self.height - size) / 2, size, size)
            icons.draw(self.painter, box, mark.icon, self.colours.tone(mark.tone))
            return
        edge, reach = (place.left, 6.0) if place.at_right else (place.left + place.width, -6.0)
        corner = QPolygonF([QPointF(edge, top), QPointF(edge + reach, top), QPointF(edge, top + 6.0)])
        self.painter.setPen(Qt.PenStyle.NoPen)
        self.painter.setBrush(QColor(self.colours.tone(mark.tone)))
        self.painter.drawPolygon(corner)
        self.painter.setBrush(Qt.BrushStyle.NoBrush)

    def cell(self, place: Place, top: int, cell: Cell, *, shift: int = 0) -> None:
        """One text, its point in line with those above and below, its icon before it; `shift` is taken by a mark."""
        text, missing, tone, icon = cell
        sizes = self.sizes
        left, room = float(place.left + theme.S), float(place.width - 2 * theme.S - shift)
        if place.at_right:
            left += shift
        if icon:
            self._icon(place, top, icon, tone)
            room -= sizes.icon + theme.XS
            left += 0 if place.at_right else sizes.icon + theme.XS
        if text[:1] == " ":
            # A step in a tree; before a text that reads the other way the spaces would stand at its end.
            bare = text.lstrip(" ")
            step = sizes.width(" ") * (len(text) - len(bare))
            text, room, left = bare, room - step, left if place.at_right else left + step
        # -1 - n: neither point nor decimals where there is room for n; n: that many decimals are missing.
        spare = missing * sizes.digit if missing >= 0 else sizes.point + (-1 - missing) * sizes.digit
        width = sizes.width(text, is_number=place.is_number)
        if width > room - spare:
            (text, width), spare = sizes.cut(text, room), 0.0
        x = left + room - spare - width if place.at_right else left
        self.painter.drawText(QPointF(x, top + sizes.baseline), text)

    def _icon(self, place: Place, top: int, name: str, tone: str) -> None:
        size, ratio = self.sizes.icon, self.sizes.ratio
        key = (name, self.colours.tone(tone), size, ratio)
        picture = _icons.get(key)
        if picture is None:
            picture = _icons[key] = icons.pixmap(name, size, tone, ratio)
        left = place.left + theme.S
        if place.at_right:
            left = place.left + place.width - theme.S - size
        self.painter.drawPixmap(QPointF(left, top + (self.height - size) / 2), picture)

    def _gaps(self, top: int) -> None:
        """A row that is on its way: quiet bars instead of texts."""
        ink = QColor(self.colours.line)
        for place in self.places:
            wide = min(place.width - 2 * theme.S, self.sizes.digit * 8)
            left = place.left + place.width - theme.S - wide if place.at_right else place.left + theme.S
            bar = QRectF(left, top + self.height * 0.35, wide, self.height * 0.3)
            self.painter.fillRect(bar, ink)

    def focus(self, box: QRect, *, active: bool) -> None:
        """The frame of the current cell."""
        pen = self.painter.pen()
        pen.setColor(QColor(self.colours.accent if active else self.colours.muted))
        pen.setWidth(2 if active else 1)
        self.painter.setPen(pen)
        self.painter.drawRect(box.adjusted(1, 0, -2, -2))


def selected_columns(ranges: list[Range], row: int) -> set[int]:
    """Columns selected in a row."""
    found: set[int] = set()
    for part in ranges:
        if part.top <= row <= part.bottom:
            found.update(range(part.left, part.right + 1))
    return found
