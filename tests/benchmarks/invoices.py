"""How long a month's documents take: python -m tests.benchmarks.invoices

Baselines in the same run: platypus with the same fonts for a page, one platypus Table for the list of calls.
"""

import tempfile
import time
from collections.abc import Callable
from decimal import Decimal
from io import BytesIO
from pathlib import Path

from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table

from tests.billing.books import Call, seed
from tests.billing.test_pdf import calls, document
from tests.worlds import World, acme
from voipdesk.accounts.commands import create_account
from voipdesk.billing import commands, queries
from voipdesk.billing.pdf import annex, fonts, render
from voipdesk.billing.rules.documents import CallRow, Document

CUSTOMERS, CALLS_EACH, LISTED = 1_000, 25, 25_000


def platypus(made: Document, listed: tuple[CallRow, ...] = ()) -> bytes:
    """A plain document with the same texts, as reportlab's own layout makes it."""
    out = BytesIO()
    style = ParagraphStyle("text", fontName=fonts.PLAIN, fontSize=9)
    font = [("FONT", (0, 0), (-1, -1), fonts.PLAIN, 8)]
    head = [made.seller.name, *made.seller.lines, made.buyer.name, *made.buyer.lines, made.number, made.zone]
    story: list[object] = [*(Paragraph(text, style) for text in head), Spacer(1, 20)]
    lines = [
        [one.text, str(one.calls), str(one.seconds), str(one.tax_rate), str(one.net)] for one in made.lines
    ]
    taxes = [[one.category, str(one.rate), str(one.base), str(one.tax)] for one in made.taxes]
    sums = [["Net", str(made.net)], ["Tax", str(made.tax)], ["Total", str(made.total)]]
    story += [Table(lines, style=font), Table(taxes, style=font), Table(sums, style=font)]
    if listed:
        rows = [
            [one.start, one.caller, one.number, one.destination, str(one.talk_seconds), str(one.amount)]
            for one in listed
        ]
        story.append(Table(rows, style=font))
    SimpleDocTemplate(out, initialFontName=fonts.PLAIN).build(story)
    return out.getvalue()


def timed(what: str, work: Callable[[], object]) -> float:
    """Seconds of one go, printed."""
    start = time.perf_counter()
    work()
    took = time.perf_counter() - start
    print(f"{what:<58}{took:8.2f} s")
    return took


def papers() -> None:
    fonts.register()
    made = document(8)
    render(made)
    platypus(made)
    base = timed("1,000 pages, platypus", lambda: [platypus(made) for _ in range(1000)])
    ours = timed("1,000 pages, ours", lambda: [render(made) for _ in range(1000)])
    print(f"  ratio {ours / base:.2f}")
    few = calls(CALLS_EACH)
    base = timed(
        "1,000 documents with 25 calls listed, platypus", lambda: [platypus(made, few) for _ in range(1000)]
    )
    ours = timed(
        "1,000 documents with 25 calls listed, ours", lambda: [render(made, few) for _ in range(1000)]
    )
    print(f"  ratio {ours / base:.2f}")
    listed = calls(LISTED)
    base = timed("list of 25,000 calls, one platypus Table", lambda: platypus(made, listed))
    ours = timed("list of 25,000 calls, ours", lambda: render(made, listed))
    print(f"  ratio {ours / base:.2f}; {annex.ROWS} rows a page")


def month(folder: Path) -> None:
    world = acme(folder, plans=False)
    names = [f"Customer {n:04d}" for n in range(CUSTOMERS)]
    for name in names:
        create_account(world.db, world.sara, name=name, level="company", parent="Acme VoIP")
    world.close()
    world = World(folder / "acme.vdesk")
    places = [f"Place {n}" for n in range(5)]
    seed(
        world,
        [
            Call(name, f"{Decimal(n + 1) / 8:f}", at=f"2026-10-{1 + n:02d} 10:00", destination=places[n % 5])
            for name in names
            for n in range(CALLS_EACH)
        ],
    )
    timed(
        f"draft {CUSTOMERS} customers, {CUSTOMERS * CALLS_EACH} calls",
        lambda: commands.draft_invoices(world.db, world.sara, period="2026-10"),
    )
    took = timed(
        "issue them, PDFs and lists of calls in one transaction",
        lambda: commands.issue_invoices(world.db, world.sara),
    )
    print(f"  {CUSTOMERS / took:.0f} documents a second")
    timed("list the documents", lambda: queries.invoices(world.db, world.sara))
    timed("prove them", lambda: queries.verify(world.db))
    print(f"  file {world.path.stat().st_size / 2**20:.0f} MB, {len(queries.verify(world.db))} faults")
    world.close()


if __name__ == "__main__":
    papers()
    with tempfile.TemporaryDirectory() as place:
        month(Path(place))
