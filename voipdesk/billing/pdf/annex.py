"""The list of calls behind a document: one text object a column, so that thousands of calls take no time."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

from voipdesk.billing.pdf import fonts
from voipdesk.billing.pdf.figures import Figures
from voipdesk.billing.pdf.fonts import BOLD, FIGURE_SPACE, NARROW
from voipdesk.billing.pdf.sheet import BOTTOM, LINE, QUIET, TOP, Column, Sheet, columns
from voipdesk.billing.rules.annex import duration_text
from voipdesk.billing.rules.documents import CallRow, Document
from voipdesk.kernel.text import tr, trn

SIZE, LEADING = 7.0, 10.2
COLUMNS = columns(
    (19, False), (17, False), (17, False), (33, False), (10, True), (10, True), (17, True), gap=6
)
FIRST = TOP - 30 - 20
ROWS = int((FIRST - BOTTOM) / LEADING)
LEAST_DECIMALS = 2
NAME_ROOM = 190.0
"""For a destination in front of its sum, so that the sum is never cut."""


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the list: a call, or the sum of a destination in bold; cells are shown text already."""

    cells: tuple[str, ...]
    is_sum: bool = False


BLANK = Row(("",) * len(COLUMNS))


@dataclass(frozen=True, slots=True)
class Page:
    """The rows of one page, and the heads of its columns."""

    heads: tuple[str, ...]
    rows: tuple[Row, ...]
    words: tuple[str, ...] = ()
    """Shown text above the first page of the list."""


def pages(document: Document, calls: tuple[CallRow, ...], figures: Figures) -> list[Page]:
    """The list by pages; no page where there are no calls."""
    if not calls:
        return []
    heads = (
        tr("Start"), tr("From"), tr("To"), tr("Destination"), tr("Duration"), tr("Billed"),
        tr("Amount {currency}").format(currency=document.currency),
    )  # fmt: skip
    words = tuple(fonts.wrapped(_explained(document), NARROW, SIZE, COLUMNS[-1].right - COLUMNS[0].left))
    rows = _rows(calls, figures)
    found: list[Page] = []
    while rows:
        room = ROWS if found else ROWS - len(words) - 1
        found.append(Page(heads, tuple(rows[:room]), () if found else words))
        rows = rows[room:]
        if rows and rows[0] == BLANK:
            rows = rows[1:]
    return found


def _explained(document: Document) -> str:
    return tr(
        "Each call is charged exactly; the sum of a month is rounded once. Times are those of {zone}. "
        "The last digits of called numbers are hidden for privacy."
    ).format(zone=document.zone)


def draw(sheet: Sheet, page: Page, top: float) -> None:
    """One page of the list, its heads at `top`."""
    sheet.ink(QUIET)
    for line in page.words:
        sheet.text(COLUMNS[0].left, top - 2, line, font=NARROW, size=SIZE)
        top -= LEADING
    top -= LEADING if page.words else 0
    for column, head in zip(COLUMNS, page.heads, strict=True):
        sheet.cell(column, top - 6, head, size=7)
    sheet.line(top - 11, color=QUIET)
    sheet.ink()
    first = top - 20
    for place, column in enumerate(COLUMNS):
        _column(sheet, column, first, ["" if row.is_sum else row.cells[place] for row in page.rows])
    for place, row in enumerate(page.rows):
        if row.is_sum:
            _sum(sheet, row, first - place * LEADING)


def _column(sheet: Sheet, column: Column, top: float, texts: list[str]) -> None:
    """The calls' cells of a column as one text object; figures are padded to stand at the right edge."""
    left = column.left
    if column.is_right:
        longest = max(map(len, texts), default=0)
        texts = [text.rjust(longest, FIGURE_SPACE) if text else "" for text in texts]
        # Alike in points and colons, padded by spaces of a digit's width: all are as wide as the longest.
        left = column.right - max((fonts.width(text, NARROW, SIZE) for text in texts if text), default=0)
    written = sheet.canvas.beginText(left, top)
    written.setFont(NARROW, SIZE, LEADING)
    for text in texts:
        written.textLine(text)
    sheet.canvas.drawText(written)


def _sum(sheet: Sheet, row: Row, y: float) -> None:
    label = Column(COLUMNS[0].left, COLUMNS[5].right - COLUMNS[0].left)
    sheet.cell(label, y, row.cells[0], font=BOLD, size=SIZE)
    sheet.cell(COLUMNS[6], y, row.cells[1], font=BOLD, size=SIZE)
    sheet.line(y + SIZE + 0.5, color=LINE)


def _rows(calls: tuple[CallRow, ...], figures: Figures) -> list[Row]:
    decimals = _decimals(calls)
    names: dict[str, str] = {}
    rows: list[Row] = []
    for destination, group in groupby(calls, key=lambda call: call.destination):
        own = list(group)
        if destination not in names:
            names[destination] = fonts.cut(destination or "–", NARROW, SIZE, COLUMNS[3].width)
        rows.extend(_call(call, names[destination], figures, decimals) for call in own)
        rows.extend((_total(destination, own, figures, decimals), BLANK))
    return rows[:-1]


def _call(call: CallRow, destination: str, figures: Figures, decimals: int) -> Row:
    caller = fonts.cut(call.caller, NARROW, SIZE, COLUMNS[1].width)
    return Row(
        (
            call.start,
            caller,
            call.number,
            destination,
            duration_text(call.talk_seconds),
            duration_text(call.billed_seconds),
            figures.exact(call.amount, decimals),
        )
    )


def _total(destination: str, calls: list[CallRow], figures: Figures, decimals: int) -> Row:
    """`Egypt Mobile: 12 calls, 34.5 min`."""
    amount = sum((call.amount for call in calls), Decimal(0))
    counted = trn("{count} call", "{count} calls", len(calls))
    minutes = figures.minutes(sum(call.billed_seconds for call in calls))
    label = tr("{destination}: {calls}, {minutes} min").format(
        destination=fonts.cut(destination or "–", BOLD, SIZE, NAME_ROOM), calls=counted, minutes=minutes
    )
    exact = figures.exact(amount, decimals)
    return Row((label, exact, "", "", "", "", ""), is_sum=True)


def _decimals(calls: Iterable[CallRow]) -> int:
    """As many decimals as the finest amount has, so that the list adds up as it is read."""
    return max((_places(call.amount) for call in calls), default=LEAST_DECIMALS)


def _places(amount: Decimal) -> int:
    exponent = amount.as_tuple().exponent
    return max(LEAST_DECIMALS, -exponent if isinstance(exponent, int) else 0)
