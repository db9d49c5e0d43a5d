"""The pages of a document before its list of calls: letterhead, address, amount due, lines, taxes, totals."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from decimal import Decimal

from voipdesk.billing.pdf import fonts
from voipdesk.billing.pdf.figures import Figures
from voipdesk.billing.pdf.fonts import BOLD, PLAIN
from voipdesk.billing.pdf.sheet import (
    ACCENT,
    HEIGHT,
    INK,
    LEFT,
    LINE,
    QUIET,
    RIGHT,
    ROOM,
    SHADE,
    TOP,
    Column,
    Piece,
    Sheet,
    columns,
)
from voipdesk.billing.rules.documents import Document, DocumentLine, DocumentTax, Party, UsagePart
from voipdesk.kernel.text import tr, trn

FIRST_TOP = HEIGHT - 352
WINDOW_TOP, WINDOW_WIDTH = HEIGHT - 133, 240.0
"""Where the window of an envelope shows the address: 45 mm from the top, 85 mm wide (DIN 5008 B, close to #10)."""

INFO_LEFT = 336.0
MOST_ADDRESS_LINES = 7
LINES = columns((58, False), (12, True), (14, True), (10, True), (18, True))
FEES = columns((84, False), (10, True), (18, True))
TAXES = columns((60, False), (12, True), (20, True), (20, True))


def heading(document: Document) -> str:
    """`Invoice INV-2026-0101`, or `Draft invoice`."""
    if document.is_draft:
        return tr("Draft invoice")
    return tr("Invoice {number}").format(number=document.number)


def letterhead(sheet: Sheet, document: Document, figures: Figures) -> None:
    """The upper part of the first page, with what the reader wants to know first."""
    _seller(sheet, document.seller)
    _window(sheet, document)
    _facts(sheet, document, figures)
    sheet.ink()
    sheet.text(LEFT, HEIGHT - 272, fonts.cut(heading(document), BOLD, 17, ROOM), font=BOLD, size=17)
    _due(sheet, document, figures)


def running_head(sheet: Sheet, document: Document, what: str) -> float:
    """The top of a following page; where its content begins."""
    sheet.ink(QUIET)
    said = f"{heading(document)} · {document.buyer.name}"
    sheet.text(LEFT, TOP, fonts.cut(said, PLAIN, 8, ROOM - 120), size=8)
    sheet.text_right(RIGHT, TOP, fonts.shown(what), size=8)
    sheet.line(TOP - 7)
    sheet.ink()
    return TOP - 30


def footer(sheet: Sheet, document: Document, page: str) -> None:
    """Who it is from, and which page of how many."""
    seller = document.seller
    parts = [seller.name, *_named(tr("VAT ID"), seller.vat_id), *_named("IBAN", seller.iban)]
    sheet.line(46)
    sheet.ink(QUIET)
    sheet.text(
        LEFT, 34, fonts.cut(" · ".join([*parts, *_named("", seller.email)]), PLAIN, 6.5, ROOM - 60), size=6.5
    )
    sheet.text_right(RIGHT, 34, page, size=8)
    sheet.ink()


def pieces(document: Document, figures: Figures) -> list[Piece]:
    """What flows over the pages: summary, lines by block, taxes, totals, what else has to be said."""
    return [
        *_summary(document, figures),
        *_usage(document, figures),
        *_fees(document, figures),
        *_taxes(document, figures),
        *_totals(document, figures),
        *_words(document, figures),
    ]


def _seller(sheet: Sheet, seller: Party) -> None:
    sheet.canvas.setFillColor(ACCENT)
    sheet.canvas.rect(0, HEIGHT - 9, 700, 9, stroke=0, fill=1)
    sheet.ink()
    for place, line in enumerate(fonts.wrapped(seller.name, BOLD, 15, 270)[:2]):
        sheet.text(LEFT, HEIGHT - 58 - 18 * place, line, font=BOLD, size=15)
    sheet.ink(QUIET)
    said = [
        *seller.lines,
        *_named("", seller.country),
        *_named(tr("VAT ID"), seller.vat_id),
        *_named("", seller.email),
    ]
    for place, line in enumerate(said[:6]):
        shown = fonts.cut(line, PLAIN, 7.5, RIGHT - INFO_LEFT)
        sheet.text_right(RIGHT, HEIGHT - 48 - 10.5 * place, shown, size=7.5)


def _window(sheet: Sheet, document: Document) -> None:
    """Sender's line and address as a window envelope shows them."""
    seller, buyer = document.seller, document.buyer
    sheet.ink(QUIET)
    sender = fonts.cut(" · ".join([seller.name, *seller.lines]), PLAIN, 6.5, WINDOW_WIDTH)
    sheet.text(LEFT, WINDOW_TOP, sender, size=6.5)
    sheet.line(WINDOW_TOP - 3, right=LEFT + WINDOW_WIDTH)
    sheet.ink()
    shown = fonts.wrapped(buyer.name, BOLD, 10, WINDOW_WIDTH)[:2]
    named = [(line, BOLD) for line in shown]
    for text in (*buyer.lines, buyer.country):
        named.extend((line, PLAIN) for line in fonts.wrapped(text, PLAIN, 10, WINDOW_WIDTH) if line)
    for place, (line, font) in enumerate(named[:MOST_ADDRESS_LINES]):
        sheet.text(LEFT, WINDOW_TOP - 19 - 13.5 * place, line, font=font, size=10)


def _facts(sheet: Sheet, document: Document, figures: Figures) -> None:
    """Number, days and names at the right of the address."""
    facts = [
        (tr("Number"), document.number or tr("taken when issued")),
        (tr("Date"), figures.day(document.issue_date) or "—"),
        (tr("Period"), figures.period(document.first_day, document.last_day)),
        (tr("Time zone"), document.zone),
        (tr("Customer"), document.buyer.code),
        (tr("Your VAT ID"), document.buyer.vat_id),
    ]
    top = WINDOW_TOP - 6
    for place, (name, value) in enumerate((name, value) for name, value in facts if value):
        y = top - 15 * place
        sheet.ink(QUIET)
        label = fonts.cut(name, PLAIN, 8.5, 74)
        sheet.text(INFO_LEFT, y, label, size=8.5)
        sheet.ink()
        sheet.text_right(RIGHT, y, fonts.cut(value, PLAIN, 8.5, RIGHT - INFO_LEFT - 80), size=8.5)


def _due(sheet: Sheet, document: Document, figures: Figures) -> None:
    """What to pay, and until when, large."""
    sheet.box((LEFT, HEIGHT - 334, ROOM, 48), SHADE)
    sheet.canvas.setFillColor(ACCENT)
    sheet.canvas.rect(LEFT, HEIGHT - 334, 3, 48, stroke=0, fill=1)
    sheet.ink(QUIET)
    sheet.text(LEFT + 16, HEIGHT - 301, fonts.shown(tr("Amount due")), size=8)
    sheet.text_right(RIGHT - 16, HEIGHT - 301, fonts.shown(tr("Please pay by")), size=8)
    sheet.ink()
    day = figures.day(document.due_date) or "—"
    sheet.text(LEFT + 16, HEIGHT - 323, figures.money(document.total), font=BOLD, size=18)
    sheet.text_right(RIGHT - 16, HEIGHT - 323, fonts.shown(day), font=BOLD, size=13)


def _summary(document: Document, figures: Figures) -> Iterator[Piece]:
    """The sums of the blocks."""
    lines = document.lines
    blocks = [
        (tr("Calls"), [one for one in lines if one.kind == "usage" and not one.is_late]),
        (tr("Calls of earlier months"), [one for one in lines if one.is_late]),
        (tr("Monthly fees"), [one for one in lines if one.kind == "fee"]),
        (tr("Adjustments"), [one for one in lines if one.kind not in ("usage", "fee")]),
    ]
    yield _title(tr("Summary"))
    for name, own in blocks:
        if own:
            yield _pair(
                f"{name} {_counted(own, figures)}".strip(),
                figures.amount(sum((o.net for o in own), Decimal(0))),
            )
    yield _pair(tr("Tax"), figures.amount(document.tax))
    yield _pair(tr("Total"), figures.money(document.total), font=BOLD, ruled=True, keep=False)


def _counted(lines: Iterable[DocumentLine], figures: Figures) -> str:
    """`(1,204 calls, 3,456.7 min)`, or nothing."""
    own = list(lines)
    calls = sum(one.calls or 0 for one in own)
    if not calls:
        return ""
    minutes = figures.minutes(sum(one.seconds or 0 for one in own))
    counted = trn("{count} call", "{count} calls", calls).replace(
        str(calls), figures.plain(Decimal(calls), 0)
    )
    return tr("({calls}, {minutes} min)").format(calls=counted, minutes=minutes)


def _usage(document: Document, figures: Figures) -> Iterator[Piece]:
    """Calls by destination with their exact sums; each month is one line of the document, rounded once."""
    own = [line for line in document.lines if line.kind == "usage"]
    if not own:
        return
    names = (tr("Destination"), tr("Calls"), tr("Minutes"), tr("Tax"), tr("Net {currency}"))
    head = _head(LINES, [name.format(currency=document.currency) for name in names])
    yield _title(tr("Calls by destination"))
    yield head
    places = max((_places(part.amount) for line in own for part in line.parts), default=figures.decimals)
    for line in own:
        for part in line.parts:
            name = f"{part.destination} ({line.text})" if line.is_late else part.destination
            yield _row(LINES, _usage_cells(name, part, figures.exact(part.amount, places), figures), head)
        sums = _usage_cells(
            tr("{text}, together").format(text=line.text), line, figures.amount(line.net), figures
        )
        sums[3] = _tax_mark(line, figures)
        yield _row(LINES, sums, head, font=BOLD)


def _usage_cells(name: str, one: DocumentLine | UsagePart, amount: str, figures: Figures) -> list[str]:
    return [name, figures.plain(Decimal(one.calls or 0), 0), figures.minutes(one.seconds or 0), "", amount]


def _places(amount: Decimal) -> int:
    """Decimals an exact amount has, for a column that adds up as it is read."""
    exponent = amount.as_tuple().exponent
    return -exponent if isinstance(exponent, int) and exponent < 0 else 0


def _fees(document: Document, figures: Figures) -> Iterator[Piece]:
    """Everything that is not calls."""
    own = [line for line in document.lines if line.kind != "usage"]
    if not own:
        return
    head = _head(FEES, [tr("Fee"), tr("Tax"), tr("Net {currency}").format(currency=document.currency)])
    yield _title(tr("Monthly fees"))
    yield head
    for line in own:
        yield _row(FEES, [line.text, _tax_mark(line, figures), figures.amount(line.net)], head)


def _taxes(document: Document, figures: Figures) -> Iterator[Piece]:
    """Each category and rate with its base, tax and legal words."""
    head = _head(
        TAXES,
        [
            tr("Tax"), tr("Rate"), tr("Net {currency}").format(currency=document.currency),
            tr("Tax {currency}").format(currency=document.currency),
        ],
    )  # fmt: skip
    yield _title(tr("Taxes"))
    yield head
    for tax in document.taxes:
        cells = [_tax_name(tax), figures.percent(tax.rate), figures.amount(tax.base), figures.amount(tax.tax)]
        yield replace(_row(TAXES, cells, head), keep=True)  # never parted from the totals


def _totals(document: Document, figures: Figures) -> Iterator[Piece]:
    yield _gap(8, keep=True)
    yield _pair(tr("Net total"), figures.amount(document.net))
    yield _pair(tr("Tax"), figures.amount(document.tax))
    yield _pair(
        tr("Total to pay"), figures.money(document.total), font=BOLD, ruled=True, keep=False
    )  # fmt: skip


def _words(document: Document, figures: Figures) -> Iterator[Piece]:
    """Terms of payment, the note, and what the law wants said."""
    said = [tax.text for tax in document.taxes if tax.text]
    if document.due_date and document.total > 0:
        terms = tr("Please pay {amount} by {day}, quoting {number}.")
        told = terms.format(
            amount=figures.money(document.total), day=figures.day(document.due_date), number=document.number
        )
        account = tr("Account: {iban}").format(iban=document.seller.iban) if document.seller.iban else ""
        said.append(f"{told} {account}".strip())
    said.append(document.note)
    yield _gap(10)
    for text in said:
        for line in fonts.wrapped(text, PLAIN, 8, ROOM) if text else ():
            yield Piece(12, _written(line, PLAIN, 8))
        yield _gap(4)


def _title(text: str) -> Piece:
    def write(sheet: Sheet, top: float) -> None:
        sheet.ink(ACCENT)
        sheet.text(LEFT, top - 20, fonts.cut(text, BOLD, 10.5, ROOM), font=BOLD, size=10.5)
        sheet.ink()

    return Piece(27, write, keep=True)


def _gap(height: float, *, keep: bool = False) -> Piece:
    return Piece(height, lambda sheet, top: None, keep=keep)


def _written(line: str, font: str, size: float) -> Callable[[Sheet, float], None]:
    return lambda sheet, top: sheet.text(LEFT, top - size, line, font=font, size=size)


def _head(over: tuple[Column, ...], names: list[str]) -> Piece:
    def write(sheet: Sheet, top: float) -> None:
        sheet.ink(QUIET)
        for column, name in zip(over, names, strict=True):
            sheet.cell(column, top - 10, name, size=7.5)
        sheet.line(top - 15, color=QUIET)
        sheet.ink()

    return Piece(17, write, keep=True)


def _row(over: tuple[Column, ...], cells: list[str], head: Piece, *, font: str = PLAIN) -> Piece:
    """A row whose first cell may take several lines."""
    first = fonts.wrapped(cells[0], font, 8.5, over[0].width)
    height = 4.5 + 11.5 * len(first)

    def write(sheet: Sheet, top: float) -> None:
        for place, line in enumerate(first):
            sheet.text(over[0].left, top - 11.5 * (place + 1), line, font=font, size=8.5)
        for column, text in zip(over[1:], cells[1:], strict=True):
            sheet.cell(column, top - 11.5, text, font=font, size=8.5)
        sheet.line(top - height, color=LINE)

    return Piece(height, write, head=head)


def _pair(name: str, value: str, *, font: str = PLAIN, ruled: bool = False, keep: bool = True) -> Piece:
    """A name and its sum, at the right half of the page."""
    left = LEFT + ROOM * 0.42

    def write(sheet: Sheet, top: float) -> None:
        sheet.ink(INK if font == BOLD else QUIET)
        sheet.text(left, top - 12, fonts.cut(name, font, 9, RIGHT - left - 100), font=font, size=9)
        sheet.ink()
        sheet.text_right(RIGHT, top - 12, value, font=font, size=9)
        if ruled:
            sheet.line(top - 0.5, left=left, color=QUIET)

    return Piece(16, write, keep=keep)


def _tax_mark(line: DocumentLine, figures: Figures) -> str:
    """The rate where there is one, else the category."""
    return figures.percent(line.tax_rate) if line.tax_rate else line.tax_category


def _tax_name(tax: DocumentTax) -> str:
    return {
        "S": tr("Standard rate"),
        "Z": tr("Zero rate (Z)"),
        "E": tr("Exempt (E)"),
        "AE": tr("Reverse charge (AE)"),
        "O": tr("Not subject to tax (O)"),
        "G": tr("Export (G)"),
    }.get(tax.category, tax.category)


def _named(name: str, value: str) -> list[str]:
    return [f"{name} {value}".strip()] if value else []
