"""Pages of a PDF as pictures. PDFium knows one thread at a time, so everything of it happens under one lock."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from PySide6.QtCore import QRectF, QSizeF, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtPrintSupport import QPrinter

from voipdesk.kernel.progress import Progress

POINTS = 72
"""Points of an inch: the unit of a PDF."""

PRINT_DOTS = 300
"""Dots of an inch at which pages are drawn for paper, whatever finer the printer could."""

_lock = threading.Lock()


class Sheets:
    """The pages of one PDF; `sizes` in points, pictures at any scale. May be asked from any thread.

    The PDF is opened for each question: it lies in memory, so that costs little and leaves nothing open.
    """

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.sizes: tuple[tuple[float, float], ...] = ()

    def load(self) -> "Sheets":
        """Open the PDF and measure its pages."""
        with _opened(self.content) as document:
            self.sizes = tuple(document.get_page_size(number) for number in range(len(document)))
        return self

    def picture(self, number: int, scale: float) -> QImage:
        """A page drawn at so many pixels a point."""
        with _opened(self.content) as document:
            page = document[number]
            bitmap = page.render(scale=scale, prefer_bgrx=True)
            pixels, kind = bytes(bitmap.buffer), QImage.Format.Format_RGB32
            image = QImage(pixels, bitmap.width, bitmap.height, bitmap.stride, kind).copy()
            bitmap.close()
            page.close()
        return image


@contextmanager
def _opened(content: bytes) -> Iterator[Any]:
    import pypdfium2

    with _lock:
        document = pypdfium2.PdfDocument(content)
        try:
            yield document
        finally:
            document.close()


def print_on(printer: QPrinter, sheets: Sheets, progress: Progress) -> int:
    """Draw the pages on paper, each as large as fits; returns how many. Runs beside the window."""
    scale = min(printer.resolution(), PRINT_DOTS) / POINTS
    first, last = printer.fromPage() or 1, printer.toPage() or len(sheets.sizes)
    painter = QPainter(printer)
    count = 0
    try:
        for number in range(first - 1, min(last, len(sheets.sizes))):
            if count:
                printer.newPage()
            image = sheets.picture(number, scale)
            paper = QRectF(painter.viewport())
            size = QSizeF(image.size()).scaled(paper.size(), Qt.AspectRatioMode.KeepAspectRatio)
            left = paper.left() + (paper.width() - size.width()) / 2
            painter.drawImage(QRectF(left, paper.top(), size.width(), size.height()), image)
            count += 1
            progress.step(count, len(sheets.sizes))
    finally:
        painter.end()
    return count
