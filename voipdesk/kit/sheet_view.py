"""The view of a PDF: pages under each other, drawn beside the window, with zoom and fit to width."""

from collections import OrderedDict

import shiboken6
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QPainter, QPaintEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QWidget

from voipdesk.kernel.text import tr
from voipdesk.kit import theme
from voipdesk.kit.jobs import Jobs
from voipdesk.kit.names import named
from voipdesk.kit.sheets import Sheets

LEAST, MOST, STEP = 0.25, 5.0, 1.2
KEPT = 24
"""Pictures of pages that are kept."""


class PdfView(QAbstractScrollArea):
    """Shows `Sheets`. `zoomed` tells the zoom in per cent of the page's true size; None fits the width."""

    zoomed = Signal(int)

    def __init__(self, jobs: Jobs, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "view.pdf", tr("Pages"))
        self._jobs = jobs
        self._sheets: Sheets | None = None
        self._zoom: float | None = None
        self._pictures: OrderedDict[tuple[int, int], QImage] = OrderedDict()
        self._ordered: set[tuple[int, int]] = set()
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMinimumWidth(theme.ems(16))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.verticalScrollBar().setSingleStep(theme.ems(2))

    @property
    def pages_drawn(self) -> int:
        """How many pictures of pages are there."""
        return len(self._pictures)

    def show_sheets(self, sheets: Sheets | None) -> None:
        """Show another PDF from its first page on, or nothing."""
        self._sheets = sheets
        self._pictures.clear()
        self._ordered.clear()
        self.verticalScrollBar().setValue(0)
        self._measure()

    def zoom_by(self, factor: float) -> None:
        """Larger or smaller, keeping what is at the top in sight."""
        self._set_zoom(max(LEAST, min(MOST, self.zoom * factor)))

    def fit_width(self) -> None:
        """As wide as the view, whatever its width."""
        self._set_zoom(None)

    @property
    def zoom(self) -> float:
        """Screen size by true size, where a point is 1/72 inch of 96 dots."""
        if self._zoom is not None:
            return self._zoom
        widest = max((width for width, _ in self._sizes), default=595)
        return max(LEAST, min(MOST, (self.viewport().width() - 2 * theme.M) / (widest * 96 / 72)))

    @property
    def _sizes(self) -> tuple[tuple[float, float], ...]:
        return self._sheets.sizes if self._sheets is not None else ()

    def places(self) -> list[QRectF]:
        """Where each page lies in the whole strip, in pixels of the view."""
        scale, top, found = self.zoom * 96 / 72, theme.M * 1.0, []
        room = max(
            self.viewport().width(), round(max((w for w, _ in self._sizes), default=0) * scale) + 2 * theme.M
        )
        for width, height in self._sizes:
            found.append(QRectF((room - width * scale) / 2, top, width * scale, height * scale))
            top += height * scale + theme.M
        return found

    def paintEvent(self, event: QPaintEvent) -> None:
        """The pages in sight: their pictures, or white paper until they come."""
        painter, colours = QPainter(self.viewport()), theme.colours()
        painter.fillRect(event.rect(), QColor(colours.sidebar))
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        shift = QPointF(self.horizontalScrollBar().value(), self.verticalScrollBar().value())
        seen = QRectF(self.viewport().rect())
        for number, place in enumerate(self.places()):
            where = place.translated(-shift)
            if where.intersects(seen):
                self._paint(painter, number, where)
        painter.end()

    def _paint(self, painter: QPainter, number: int, where: QRectF) -> None:
        painter.fillRect(where, QColor("white"))
        key = (number, round(where.width() * self.devicePixelRatioF()))
        picture = self._pictures.get(key)
        if picture is None:
            self._order(key)
            picture = next((one for other, one in self._pictures.items() if other[0] == number), None)
        else:
            self._pictures.move_to_end(key)
        if picture is not None:
            painter.drawImage(where, picture)
        painter.setPen(QColor(theme.colours().line))
        painter.drawRect(where)

    def _order(self, key: tuple[int, int]) -> None:
        """Have a page drawn beside the window."""
        sheets = self._sheets
        if sheets is None or key in self._ordered:
            return
        self._ordered.add(key)
        number, wide = key
        scale = wide / sheets.sizes[number][0]

        def take(picture: QImage) -> None:
            if shiboken6.isValid(self) and self._sheets is sheets:
                self._ordered.discard(key)
                self._pictures[key] = picture
                while len(self._pictures) > KEPT:
                    self._pictures.popitem(last=False)
                self.viewport().update()

        self._jobs.read(tr("Draw a page"), lambda _: sheets.picture(number, scale), done=take, quiet=True)

    def _set_zoom(self, zoom: float | None) -> None:
        bar = self.verticalScrollBar()
        share = bar.value() / max(1, bar.maximum())
        self._zoom = zoom
        self._measure()
        bar.setValue(round(share * bar.maximum()))

    def _measure(self) -> None:
        """Scroll bars for the whole strip."""
        places, view = self.places(), self.viewport().size()
        whole = places[-1].bottom() + theme.M if places else 0
        wide = max((place.right() for place in places), default=0) + theme.M
        self.verticalScrollBar().setRange(0, max(0, round(whole) - view.height()))
        self.verticalScrollBar().setPageStep(view.height())
        fits = self._zoom is None or wide <= view.width() + theme.M
        self.horizontalScrollBar().setRange(0, 0 if fits else max(0, round(wide) - view.width()))
        self.horizontalScrollBar().setPageStep(view.width())
        self.zoomed.emit(round(self.zoom * 100))
        self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit again."""
        super().resizeEvent(event)
        self._measure()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """With Ctrl the wheel zooms."""
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.zoom_by(STEP if event.angleDelta().y() > 0 else 1 / STEP)
            event.accept()
        else:
            super().wheelEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl with plus, minus and zero zooms; pages and arrows scroll."""
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        bar, key = self.verticalScrollBar(), event.key()
        if control and key in {Qt.Key.Key_Plus, Qt.Key.Key_Equal}:
            self.zoom_by(STEP)
        elif control and key == Qt.Key.Key_Minus:
            self.zoom_by(1 / STEP)
        elif control and key == Qt.Key.Key_0:
            self.fit_width()
        elif key in {Qt.Key.Key_PageDown, Qt.Key.Key_Space}:
            bar.setValue(bar.value() + bar.pageStep())
        elif key == Qt.Key.Key_PageUp:
            bar.setValue(bar.value() - bar.pageStep())
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Paint again in another palette."""
        super().changeEvent(event)
        self.viewport().update()

    def sizeHint(self) -> QSize:
        """A readable page."""
        return QSize(theme.ems(34), theme.ems(40))
