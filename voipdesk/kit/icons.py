"""Icons drawn for this program: strokes on 24 by 24 in `resources/icons`, tinted while they are painted.

The tint is asked of the palette at each painting, so an icon fits the light and the dark theme, the enabled and the
disabled state, and any screen factor, without anybody telling it.
"""

from functools import lru_cache

from PySide6.QtCore import QByteArray, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QIconEngine, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from voipdesk.kit import theme

FOLDER = theme.RESOURCES / "icons"
APPLICATION = "voipdesk"
"""The one icon with colours of its own."""


def names() -> tuple[str, ...]:
    """Every icon there is."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.svg")))


def icon(name: str, tone: str = "text") -> QIcon:
    """The icon of a name in the colour of a tone (see `theme.TONES`); KeyError where nobody drew it."""
    if not (FOLDER / f"{name}.svg").is_file():
        raise KeyError(name)
    return QIcon(_Tinted(name, tone))


def app_icon() -> QIcon:
    """The icon of the program itself."""
    return QIcon(str(FOLDER / f"{APPLICATION}.svg"))


def pixmap(name: str, size: int, tone: str = "text", ratio: float = 1.0) -> QPixmap:
    """One icon as a square picture, `size` in device-independent pixels."""
    result = QPixmap(round(size * ratio), round(size * ratio))
    result.setDevicePixelRatio(ratio)
    result.fill(Qt.GlobalColor.transparent)
    painter = QPainter(result)
    draw(painter, QRectF(0, 0, size, size), name, theme.colours().tone(tone))
    painter.end()
    return result


def draw(painter: QPainter, where: QRectF, name: str, colour: str) -> None:
    """Draw an icon into a rectangle of an open painter."""
    _renderer(name, colour).render(painter, where)


@lru_cache(maxsize=256)
def _source(name: str) -> str:
    return (FOLDER / f"{name}.svg").read_text(encoding="utf-8")


@lru_cache(maxsize=256)
def _renderer(name: str, colour: str) -> QSvgRenderer:
    return QSvgRenderer(QByteArray(_source(name).replace("currentColor", colour).encode()))


class _Tinted(QIconEngine):
    """Paints a stroke icon in the palette of the moment."""

    def __init__(self, name: str, tone: str) -> None:
        super().__init__()
        self._name = name
        self._tone = tone

    def clone(self) -> QIconEngine:
        return _Tinted(self._name, self._tone)

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        shown = theme.colours()
        faded = mode == QIcon.Mode.Disabled
        side = min(rect.width(), rect.height())
        square = QRectF(0, 0, side, side)
        square.moveCenter(QRectF(rect).center())
        draw(painter, square, self._name, shown.muted if faded else shown.tone(self._tone))

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        result = QPixmap(size)
        result.fill(Qt.GlobalColor.transparent)
        painter = QPainter(result)
        self.paint(painter, QRect(0, 0, size.width(), size.height()), mode, state)
        painter.end()
        return result
