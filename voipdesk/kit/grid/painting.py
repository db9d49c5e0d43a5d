"""How the cells of a grid are painted: one pass over what is visible, from ready text, without asking per cell.

Qt would ask the model seven roles and the selection model once for every cell. Here one call paints the whole region.
"""

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPixmap, QPolygonF
from PySide6.QtWidgets import QTableView

from voipdesk.kit import icons, theme
from voipdesk.kit.grid.columns import LEFT_TO_RIGHT, NUMBERS, Cell, Column
from voipdesk.kit.grid.editing import Mark
from voipdesk.kit.grid.frozen import frozen_columns, left_of
from voipdesk.kit.grid.model import GridModel
from voipdesk.kit.grid.selection import Range

_widths: dict[tuple[str, str], float] = {}
_icons: dict[tuple[str, str, int, float], QPixmap] = {}
MOST_KEPT = 20_000


@dataclass(frozen=True, slots=True)
class Place:
    """A visible column: where it is and how its cells stand in it."""

    at: int
    column: Column
    left: int
    width: int
    at_right: bool


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

    def width(self, text: str) -> float:
        """The width of a text, remembered."""
        known = _widths.get((self.font, text))
        if known is None:
            if len(_widths) >= MOST_KEPT:
                _widths.clear()
            known = _widths[self.font, text] = self.metrics.horizontalAdvance(text)
        return known


def measures(view: QTableView) -> Measures:
    """The measures of a view's font and rows."""
    metrics = QFontMetricsF(view.font())
    height = view.verticalHeader().defaultSectionSize()
    baseline = (height - metrics.height()) / 2 + metrics.ascent()
    return Measures(
        metrics=metrics,
        font=view.font().key(),
        digit=metrics.horizontalAdvance("0"),
        point=metrics.horizontalAdvance("."),
        baseline=round(baseline),
        icon=round(metrics.height() * 0.95),
        ratio=view.devicePixelRatioF(),
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
            found = Place(at, column, left, width, column.kind in NUMBERS or mirrored)
            (standing if at in frozen else scrolled).append(found)
    return scrolled, standing


@dataclass(slots=True)
class Canvas:
    """One painting of the viewport."""

    painter: QPainter
    model: GridModel
    places: list[Place]
    sizes: Measures
    colours: theme.Colours
    height: int

    def row(self, row: int, top: int, *, hovered: bool, selected: set[int]) -> None:
        """One row: ground, selected cells, texts, line."""
        painter, line = self.painter, QColor(self.colours.line)
        marks = self.model.marks(row) or {}
        for place in self.places:
            mark = marks.get(place.column.id) or marks.get("")
            ground = ""
            if place.at in selected:
                ground = self.colours.selected
            elif mark is not None and mark.tone:
                ground = self.colours.soft(mark.tone)
            elif hovered:
                ground = self.colours.hover
            if ground:
                painter.fillRect(place.left, top, place.width, self.height, QColor(ground))
        cells = self.model.cells(row)
        if cells is None:
            self._gaps(top)
        else:
            for place in self.places:
                mark = marks.get(place.column.id)
                if mark is not None:
                    self.mark(place, top, mark)
                self.cell(place, top, cells[place.at], shift=self.sizes.icon if mark and mark.icon else 0)
        painter.setPen(line)
        first, last = self.places[0], self.places[-1]
        left = min(first.left, last.left)
        right = max(first.left + first.width, last.left + last.width)
        painter.drawLine(left, top + self.height - 1, right - 1, top + self.height - 1)

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
        if not text and not icon:
            return
        painter, sizes = self.painter, self.sizes
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
        width = sizes.width(text)
        if width > room - spare:
            text = sizes.metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)
            width, spare = sizes.metrics.horizontalAdvance(text), 0.0
        painter.setPen(QColor(self.colours.tone(tone)))
        ltr = place.column.kind in LEFT_TO_RIGHT
        painter.setLayoutDirection(
            Qt.LayoutDirection.LeftToRight if ltr else Qt.LayoutDirection.LayoutDirectionAuto
        )
        x = left + room - spare - width if place.at_right else left
        painter.drawText(QPointF(x, top + sizes.baseline), text)

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
