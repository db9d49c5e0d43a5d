"""The paper: what stands on it, that it is the same each time, and that no text leaves its place."""

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pypdfium2
import pytest

from voipdesk.billing.pdf import fonts, render
from voipdesk.billing.rules.documents import CallRow, Document, DocumentLine, DocumentTax, Party

D = Decimal
ARABIC = "شركة النيل (للاتصالات)"


def document(lines: int = 3, **changes: object) -> Document:
    made = tuple(
        DocumentLine("usage", f"Destination {n}", D(1), D("1.234567"), D("1.23"), "S", D(14), 2, 75)
        for n in range(lines)
    )
    fee = DocumentLine("fee", "Monthly fee", D(1), D(25), D("25.00"), "S", D(14))
    net = D("1.23") * lines + 25
    whole = Document(
        kind="invoice", seller=Party("Acme VoIP", "ACME", ("12 Tahrir Square", "Cairo"), "EG", "EG1", iban="EG38"),
        buyer=Party("Nile Calls", "NILE", ("5 Corniche Road",), "EG"), currency="USD", zone="Africa/Cairo",
        language="en", first_day=date(2026, 10, 1), last_day=date(2026, 10, 31), lines=(*made, fee),
        taxes=(DocumentTax("S", D(14), net, D("4.02")),), net=net, tax=D("4.02"), total=net + D("4.02"),
        number="INV-2026-0101", issue_date=date(2026, 11, 23), due_date=date(2026, 12, 7), annex_calls=lines * 2,
    )  # fmt: skip
    return replace(whole, **changes)  # type: ignore[arg-type]


def calls(count: int) -> tuple[CallRow, ...]:
    return tuple(
        CallRow(
            f"2026-10-{1 + n % 28:02d} 09:00:00",
            "1000",
            "2010123xxx",
            f"Destination {n // 40}",
            60,
            75,
            D("0.617284"),
        )
        for n in range(count)
    )


def texts(content: bytes) -> list[str]:
    """The text of each page."""
    paper = pypdfium2.PdfDocument(content)
    try:
        found = []
        for page in paper:
            words = page.get_textpage()
            found.append(words.get_text_range().replace("\u00a0", " "))
            words.close()
            page.close()
        return found
    finally:
        paper.close()


def test_first_page_says_what_counts():
    first = texts(render(document(), calls(6)))[0]
    for said in (
        "Invoice INV-2026-0101", "Acme VoIP", "Nile Calls", "5 Corniche Road", "23 Nov 2026", "1 – 31 Oct 2026",
        "7 Dec 2026", "32.71 USD", "Destination 2", "Monthly fee", "14 %", "4.02", "1 / 2",
    ):  # fmt: skip
        assert said in first


def test_same_document_same_bytes():
    assert render(document(), calls(90)) == render(document(), calls(90))
    assert render(document(), calls(90)) != render(document(number="INV-2026-0102"), calls(90))


def test_every_call_is_listed_and_pages_are_counted():
    pages = texts(render(document(80), calls(1000)))
    assert [re.findall(r"\d+ / \d+", page)[-1] for page in pages] == [
        f"{n} / {len(pages)}" for n in range(1, len(pages) + 1)
    ]
    assert sum(page.count("2010123xxx") for page in pages) == 1000
    assert sum(page.count(": 40 calls, ") for page in pages) == 25
    assert all("Destination" in page for page in pages)


def test_only_our_fonts_and_all_of_them_inside():
    content = render(document(buyer=Party(ARABIC)), calls(5))
    assert set(re.findall(rb"/BaseFont /([A-Za-z+-]+)", content)) == {
        b"AAAAAA+DejaVuSans", b"AAAAAA+DejaVuSans-Bold", b"AAAAAA+DejaVuSansCondensed",
    }  # fmt: skip
    assert content.count(b"/FontFile2") == 3


def test_a_draft_is_marked_on_every_page():
    draft = document(number="", issue_date=None, due_date=None)
    pages = texts(render(draft, calls(200)))
    assert all("DRAFT" in page for page in pages)
    assert "Please pay 32.71" not in pages[0]
    assert not any("DRAFT" in page for page in texts(render(document(), calls(200))))


@pytest.mark.parametrize(
    ("currency", "total", "shown"),
    [
        ("JPY", D(1234567), "1,234,567 JPY"),
        ("KWD", D("1234.567"), "1,234.567 KWD"),
        ("EUR", D("-5.00"), "−5.00 EUR"),
    ],
)
def test_amounts_have_the_decimals_of_their_currency(currency: str, total: Decimal, shown: str):
    assert shown in texts(render(document(currency=currency, total=total)))[0]


def test_arabic_is_joined_turned_and_its_brackets_mirrored():
    shown = fonts.shown(ARABIC, fonts.BOLD)
    assert not re.search("[\u0621-\u064a]", shown), "every letter is in its joined form"
    assert shown.index("(") < shown.index(")"), "brackets embrace as they are read on paper"
    assert shown[-1] == "\ufeb7"[0], "the first letter stands at the right"
    assert fonts.shown("Nile (ltd)") == "Nile (ltd)"
    assert fonts.shown("Nile (النيل) Ltd").startswith("Nile (")
    assert fonts.shown("Nile (النيل) Ltd").endswith(") Ltd")


def test_letters_the_font_lacks_are_seen_to_be_missing():
    assert fonts.shown("Tea 茶") == "Tea \ufffd"
    assert fonts.shown("tab\tand\x00nul") == "tab and nul"


LONG = "Extraordinarily-long-unbroken-name-of-a-customer-who-never-uses-blanks-in-anything " * 4


def test_nothing_leaves_the_paper_or_its_column():
    wide = document(
        6,
        seller=Party(LONG, lines=(LONG, LONG), vat_id=LONG, email=LONG, iban=LONG),
        buyer=Party(LONG, code=LONG, lines=(LONG, LONG, LONG), vat_id=LONG),
        number="N" * 40,
        total=D("9999999999.99"),
        note=LONG,
    )
    lines = (*wide.lines, replace(wide.lines[0], text=LONG, net=D("9999999999.99")))
    rows = (CallRow("2026-10-01 09:00:00", LONG, "2" * 18, LONG, 999_999, 999_999, D("123456.123456")),)
    paper = pypdfium2.PdfDocument(render(replace(wide, lines=lines), rows))
    try:
        for page in paper:
            width, height = page.get_size()
            for thing in page.get_objects():
                left, bottom, right, top = thing.get_bounds()
                if thing.type == 1:  # text
                    assert left >= 50, (left, right)
                    assert right <= width - 40, (left, right)
                    assert bottom >= 20
                    assert top <= height
            page.close()
    finally:
        paper.close()


@pytest.mark.parametrize("room", [40, 90, 200])
def test_wrapped_lines_fit_and_lose_no_letter(room: int):
    lines = fonts.wrapped(LONG, fonts.PLAIN, 9, room)
    assert all(fonts.width(line, fonts.PLAIN, 9) <= room for line in lines)
    assert "".join(lines).replace(" ", "") == LONG.replace(" ", "")
