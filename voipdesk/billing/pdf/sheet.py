"""The paper: A4 pages filled from top to bottom, tables that break with their heads, page numbers, draft mark."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from io import BytesIO

from reportlab.lib.colors import HexColor
from reportlab.pdfgen.canvas import Canvas

from voipdesk.billing.pdf import fonts
from voipdesk.billing.pdf.fonts import BOLD, PLAIN
from voipdesk.kernel.text import tr

WIDTH, HEIGHT = 595.28, 841.89
LEFT, RIGHT, TOP, BOTTOM = 56.7, WIDTH - 45.4, HEIGHT - 56.7, 70.0
ROOM = RIGHT - LEFT

INK, QUIET, LINE, SHADE, ACCENT = (
    HexColor(code) for code in ("#1b2430", "#66717f", "#d5dae1", "#f3f5f8", "#1f5fa8")
)
DRAFT_MARK = HexColor("#e9ecf0")


@dataclass(frozen=True, slots=True)
class Column:
    """Where a column of a table stands: its left edge and width in points, and whether it is set to the right."""

    left: float
    width: float
    is_right: bool = False

    @property
    def right(self) -> float:
        """Its right edge."""
        return self.left + self.width


def columns(*parts: tuple[float, bool], gap: float = 8) -> tuple[Column, ...]:
    """Columns over the whole room: widths in parts of it, and which are set to the right."""
    whole = sum(part for part, _ in parts)
    usable = ROOM - gap * (len(parts) - 1)
    found, left = [], LEFT
    for part, is_right in parts:
        size = usable * part / whole
        found.append(Column(left, size, is_right))
        left += size + gap
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Piece:
    """Something of a height that is drawn with its top at a place of a page; `keep` ties it to the next one."""

    height: float
    draw: Callable[["Sheet", float], None]
    keep: bool = False
    head: "Piece | None" = None
    """Drawn again where this piece begins a page: the head of its table."""


class Sheet:
    """A canvas with the few strokes that a document needs."""

    def __init__(self, title: str, author: str, subject: str) -> None:
        fonts.register()
        self.out = BytesIO()
        self.canvas = Canvas(
            self.out, pagesize=(WIDTH, HEIGHT), invariant=1, pageCompression=1, initialFontName=PLAIN
        )
        self.canvas.setTitle(title)
        self.canvas.setAuthor(author)
        self.canvas.setSubject(subject)
        self.canvas.setCreator("VoIPDesk")
        self.page = 0

    def text(self, x: float, y: float, text: str, *, font: str = PLAIN, size: float = 9) -> None:
        """Shown text from its left end; the colour is the one set."""
        self.canvas.setFont(font, size)
        self.canvas.drawString(x, y, text)

    def text_right(self, x: float, y: float, text: str, *, font: str = PLAIN, size: float = 9) -> None:
        """Shown text up to its right end."""
        self.text(x - fonts.width(text, font, size), y, text, font=font, size=size)

    def cell(self, column: Column, y: float, text: str, *, font: str = PLAIN, size: float = 9) -> None:
        """Text in a column, cut where it is too wide."""
        fitting = fonts.cut(text, font, size, column.width)
        if column.is_right:
            self.text_right(column.right, y, fitting, font=font, size=size)
        else:
            self.text(column.left, y, fitting, font=font, size=size)

    def ink(self, color: HexColor = INK) -> None:
        """Colour of what follows."""
        self.canvas.setFillColor(color)

    def line(self, y: float, *, left: float = LEFT, right: float = RIGHT, color: HexColor = LINE) -> None:
        """A thin rule."""
        self.canvas.setStrokeColor(color)
        self.canvas.setLineWidth(0.6)
        self.canvas.line(left, y, right, y)

    def box(self, place: tuple[float, float, float, float], color: HexColor, radius: float = 4) -> None:
        """A filled rounded box: x, y, width, height."""
        self.canvas.setFillColor(color)
        self.canvas.roundRect(*place, radius, stroke=0, fill=1)

    def draft_mark(self) -> None:
        """DRAFT across the page, under everything else."""
        word = fonts.shown(tr("DRAFT"), BOLD)
        canvas = self.canvas
        canvas.saveState()
        canvas.setFillColor(DRAFT_MARK)
        canvas.translate(WIDTH / 2, HEIGHT / 2)
        canvas.rotate(52)
        size = min(130.0, 640 / fonts.width(word, BOLD, 1))
        canvas.setFont(BOLD, size)
        canvas.drawCentredString(0, -size / 3, word)
        canvas.restoreState()

    def close(self) -> bytes:
        """The bytes of the document."""
        self.canvas.save()
        return self.out.getvalue()


def paged(pieces: Sequence[Piece], first_top: float, top: float = TOP - 30) -> list[list[Piece]]:
    """Pieces by page. A kept piece goes over to the next page together with what it belongs to."""
    pages: list[list[Piece]] = [[]]
    left = first_top - BOTTOM
    place = 0
    while place < len(pieces):
        run = place
        while pieces[run].keep and run + 1 < len(pieces):
            run += 1
        tied = pieces[place : run + 1]
        height = sum(piece.height for piece in tied)
        if height > left and pages[-1]:
            pages.append([])
            left = top - BOTTOM
            if (head := tied[0].head) is not None:
                pages[-1].append(head)
                left -= head.height
        pages[-1].extend(tied)
        left -= height
        place = run + 1
    return pages


def draw(sheet: Sheet, pieces: Sequence[Piece], top: float) -> None:
    """The pieces of one page from `top` downwards."""
    for piece in pieces:
        piece.draw(sheet, top)
        top -= piece.height
