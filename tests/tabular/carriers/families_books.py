"""Families of workbooks and markup: typed cells, several sheets, old formats, and pages that only call themselves .xls."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from random import Random

from tests.tabular.carriers.deck import Line, deck
from tests.tabular.carriers.families_text import FULL
from tests.tabular.carriers.paper import Col, Made, Plan, Style, build
from tests.tabular.carriers.shapes import always, code, day, family, name, price, steps, title, usual

EPOCH = date(1899, 12, 30)


def typed(rng: Random) -> list[Col]:
    """Cells with the types of a spreadsheet: numbers and days."""
    cols = [
        Col(title(rng, "prefix"), "prefix", lambda line: int(line.code)),
        Col(title(rng, "destination"), "destination", name),
        Col(title(rng, "rate"), "rate", lambda line: line.price),
        Col(title(rng, "effective_date"), "effective_date", lambda line: line.day),
        Col(title(rng, "increment"), "increment", steps("f/t")),
    ]
    rng.shuffle(cols)
    return cols


@family
def workbook_with_days(folder: Path, rng: Random) -> Made:
    plan = Plan(decimal=None, date_order="serial", **FULL)
    return build(folder, typed(rng), deck(rng), plan, Style(container="xlsx"))


@family
def workbook_with_serials(folder: Path, rng: Random) -> Made:
    cols = [
        Col(col.title, col.role, lambda line: (line.day - EPOCH).days)
        if col.role == "effective_date"
        else col
        for col in typed(rng)
    ]
    plan = Plan(decimal=None, date_order="serial", **FULL)
    return build(folder, cols, deck(rng), plan, Style(container="xlsx"))


@family
def workbook_of_four_sheets(folder: Path, rng: Random) -> Made:
    lines = deck(rng)
    others = {
        "Cover": [
            ("Aurora Wholesale",),
            ("Valid from 1 December",),
            ("Contact", "rates at aurora dot example"),
        ],
        "Changes": [("Code", "Destination", "Change")]
        + [(int(line.code), line.name, "Increase") for line in lines[:5]],
        "Terms": [("1.", "Prices exclude taxes"), ("2.", "Disputes within 30 days")],
    }
    plan = Plan(
        decimal=None,
        date_order="serial",
        sheet=rng.choice(["Rates", "A-Z", "Full List"]),
        others=others,
        **FULL,
    )
    plan.above = [("Aurora Wholesale A-Z",), ("", "")]
    return build(folder, typed(rng), lines, plan, Style(container="xlsx"))


@family
def workbook_of_texts(folder: Path, rng: Random) -> Made:
    cols = usual(rng, decimal=",", pattern="%d/%m/%Y")
    plan = Plan(decimal=",", date_order="dmy", above=[("Price list",), ("",)], **FULL)
    return build(folder, cols, deck(rng), plan, Style(container="xlsx"))


@family
def workbook_indented(folder: Path, rng: Random) -> Made:
    plan = Plan(
        decimal=None, date_order="serial", indent=2, above=[("",), ("", "Voice price list"), ("",)], **FULL
    )
    return build(folder, typed(rng), deck(rng), plan, Style(container="xlsx"))


@family
def old_workbook(folder: Path, rng: Random) -> Made:
    plan = Plan(decimal=None, date_order="serial", above=[("Rates",)], others={"Notes": [("hello",)]}, **FULL)
    return build(folder, typed(rng), deck(rng), plan, Style(container="xls"))


@family
def open_document(folder: Path, rng: Random) -> Made:
    cols = [col for col in typed(rng) if col.role != "effective_date"]
    return build(folder, cols, deck(rng), Plan(decimal=None, steps=True), Style(container="ods"))


@family
def page_called_xls(folder: Path, rng: Random) -> Made:
    plan = Plan(date_order="dmy", above=[("Our rates",)], **FULL)
    cols = usual(rng, pattern="%d-%b-%Y")
    return build(folder, cols, deck(rng), plan, Style(container="html"))


@family
def page_in_french(folder: Path, rng: Random) -> Made:
    cols = usual(rng, "fr", decimal=",", pattern="%d/%m/%Y")
    return build(
        folder, cols, deck(rng), Plan(decimal=",", date_order="dmy", **FULL), Style(container="html")
    )


@family
def spreadsheet_of_xml(folder: Path, rng: Random) -> Made:
    cols = usual(rng)
    return build(folder, cols, deck(rng), Plan(date_order="ymd", **FULL), Style(container="spreadsheetml"))


@family
def packed_text(folder: Path, rng: Random) -> Made:
    cols = usual(rng)
    return build(
        folder, cols, deck(rng), Plan(date_order="ymd", **FULL), Style(container="zip", delimiter=";")
    )


@family
def intervals_turned_into_days(folder: Path, rng: Random) -> Made:
    lines = [replace(line, first=6, then=6, bad=at % 5 == 0) for at, line in enumerate(deck(rng))]
    cols = [
        Col("Code", "prefix", lambda line: int(line.code)),
        Col("Destination", "destination", name),
        Col("Rate", "rate", lambda line: line.price),
        Col("Increment", "increment", lambda line: date(2026, 6, 6) if line.bad else "6/6"),
    ]
    return build(folder, cols, lines, Plan(decimal=None, steps=True), Style(container="xlsx"))


@family
def codes_as_numbers_and_texts(folder: Path, rng: Random) -> Made:
    cols = [
        Col("Country", None, lambda line: line.country),
        Col("Prefix", "prefix", lambda line: int(line.code) if len(line.code) % 2 else line.code),
        Col("Operator", "destination", name),
        Col("New Price", "rate", lambda line: line.price),
        Col("Old Price", None, lambda line: line.old),
        Col("Effective", "effective_date", day("%Y-%m-%d")),
    ]
    plan = Plan(decimal=None, date_order="ymd", days=True, accept={"destination": {0}})
    return build(folder, cols, deck(rng), plan, Style(container="xlsx"))


@family
def zero_intervals(folder: Path, rng: Random) -> Made:
    lines = [replace(line, bad=at % 7 == 0, first=1, then=1) for at, line in enumerate(deck(rng))]
    cols = [
        Col("Code", "prefix", code),
        Col("Destination", "destination", name),
        Col("Rate", "rate", price()),
        Col("Increment", "increment", lambda line: "0" if line.bad else "1/1"),
    ]
    return build(folder, cols, lines, Plan(steps=True), Style())


@family
def header_of_two_rows(folder: Path, rng: Random) -> Made:
    cols = [
        Col("Country", None, lambda line: line.country),
        Col("Destination", "destination", name),
        Col("Prefix", "prefix", code),
        Col("Peak", "rate", price()),
        Col("Off-Peak", None, lambda line: line.offpeak.quantize(Decimal("0.0001"))),
        Col("Initial", "initial_increment", lambda line: line.first),
        Col("Next", "subsequent_increment", lambda line: line.then),
    ]
    above = [("", "", "", "Rate (USD/min)", "", "Billing", "")]
    plan = Plan(above=above, steps=True, accept={"destination": {0}})
    return build(folder, cols, deck(rng), plan, Style(container=rng.choice(["csv", "html"])))


@family
def wide_and_mostly_empty(folder: Path, rng: Random) -> Made:
    cols = [Col(f"Custom {at}", None, always("")) for at in range(6)]
    for col in usual(rng):
        cols.insert(rng.randrange(len(cols) + 1), col)
    return build(folder, cols, deck(rng), Plan(date_order="ymd", **FULL), Style(delimiter=";"))


@family
def fixed_width(folder: Path, rng: Random) -> Made:
    lines: list[Line] = deck(rng)
    rows = [f"{'CODE':<12}{'DESTINATION':<44}{'RATE':<10}{'INCR':<8}".rstrip()]
    rows += [
        f"{line.code:<12}{line.name[:42]:<44}{line.price:<10.4f}{line.first}/{line.then}" for line in lines
    ]
    made = build(
        folder,
        [
            Col("CODE", "prefix", code),
            Col("DESTINATION", "destination", name),
            Col("RATE", "rate", price()),
            Col("INCR", "increment", steps("f/t")),
        ],
        lines,
        Plan(steps=True),
        Style(),
    )
    made.path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    made.truth.delimiter = None
    return made
