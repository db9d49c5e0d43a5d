"""A document as a PDF: the same document and calls give the same bytes."""

from voipdesk.billing.pdf import annex, body
from voipdesk.billing.pdf.figures import Figures
from voipdesk.billing.pdf.sheet import Sheet, draw, paged
from voipdesk.billing.rules.documents import CallRow, Document
from voipdesk.kernel.text import tr


def render(document: Document, calls: tuple[CallRow, ...] = ()) -> bytes:
    """The PDF of a document with the list of its calls. Fonts are embedded; a draft is marked on every page."""
    figures = Figures(document.language, document.currency)
    head = body.heading(document)
    sheet = Sheet(f"{head} · {document.seller.name}", document.seller.name, document.buyer.name)
    pages = paged(body.pieces(document, figures), body.FIRST_TOP)
    listed = annex.pages(document, calls, figures)
    total = len(pages) + len(listed)
    for number, content in enumerate(pages, 1):
        _begin(sheet, document)
        if number == 1:
            body.letterhead(sheet, document, figures)
            draw(sheet, content, body.FIRST_TOP)
        else:
            draw(sheet, content, body.running_head(sheet, document, tr("Lines")))
        _end(sheet, document, number, total)
    for number, rows in enumerate(listed, len(pages) + 1):
        _begin(sheet, document)
        annex.draw(sheet, rows, body.running_head(sheet, document, tr("List of calls")))
        _end(sheet, document, number, total)
    return sheet.close()


def _begin(sheet: Sheet, document: Document) -> None:
    if document.is_draft:
        sheet.draft_mark()


def _end(sheet: Sheet, document: Document, number: int, total: int) -> None:
    body.footer(sheet, document, f"{number} / {total}")
    sheet.canvas.showPage()
