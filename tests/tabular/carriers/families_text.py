"""Families of text files: languages, separators, quotes, encodings, and everything that stands around the rows."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from random import Random

from tests.tabular.carriers import shapes
from tests.tabular.carriers.deck import Line, deck, on_days
from tests.tabular.carriers.paper import Col, Made, Plan, Style, build
from tests.tabular.carriers.shapes import Family, code, day, family, name, price, steps, title, usual

FULL = {"steps": True, "days": True}


def _language(language: str, encoding: str, delimiter: str, decimal: str, pattern: str) -> None:
    """Enter a family of plain sheets in one language."""

    def make(folder: Path, rng: Random) -> Made:
        cols = usual(rng, language, decimal=decimal, pattern=pattern, with_fee=rng.random() < 0.5)
        plan = Plan(decimal=decimal, date_order=shapes_order(pattern), fee=has_fee(cols), **FULL)
        return build(folder, cols, deck(rng), plan, Style(delimiter=delimiter, encoding=encoding))

    make.__name__ = f"language_{language}"
    family(make)


def has_fee(cols: list[Col]) -> bool:
    return any(col.role == "connection_fee" for col in cols)


def shapes_order(pattern: str) -> str:
    """The order of day, month and year in a pattern."""
    return "".join(char.lower() for char in pattern if char in "dmyY").replace("b", "m")[:3]


for one in (
    ("en", "utf-8", ",", ".", "%m/%d/%Y"),
    ("de", "cp1252", ";", ",", "%d.%m.%Y"),
    ("fr", "cp1252", ";", ",", "%d/%m/%Y"),
    ("es", "utf-8", ";", ",", "%d/%m/%Y"),
    ("it", "utf-8-sig", ";", ",", "%d-%m-%Y"),
    ("pt", "cp1252", ";", ",", "%d/%m/%Y"),
    ("pl", "cp1250", ";", ",", "%Y-%m-%d"),
    ("tr", "cp1254", "\t", ",", "%d.%m.%Y"),
    ("ar", "cp1256", ",", ".", "%d/%m/%Y"),
    ("ru", "cp1251", ";", ",", "%d.%m.%Y"),
    ("nl", "utf-8", ";", ",", "%d-%m-%Y"),
    ("zh", "utf-8-sig", ",", ".", "%Y/%m/%d"),
    ("sv", "utf-8", "\t", ",", "%Y-%m-%d"),
    ("cs", "cp1250", ";", ",", "%d.%m.%Y"),
    ("ja", "utf-8", ",", ".", "%Y/%m/%d"),
):
    _language(*one)


@family
def arabic_in_utf8(folder: Path, rng: Random) -> Made:
    cols = usual(rng, "ar", pattern="%Y-%m-%d")
    return build(
        folder, cols, deck(rng), Plan(date_order="ymd", **FULL), Style(encoding="utf-8-sig", delimiter=";")
    )


@family
def loud_titles(folder: Path, rng: Random) -> Made:
    cols = [Col(col.title.upper().replace(" ", "_"), col.role, col.cell) for col in usual(rng)]
    return build(folder, cols, deck(rng), Plan(date_order="ymd", **FULL), Style(quote_all=True, end="\r\n"))


@family
def letterhead(folder: Path, rng: Random) -> Made:
    above = [
        ["Wholesale Voice Rate Notification", "", "", ""],
        ["Issue date: 12 Nov 2026", "", "", ""],
        ["All prices in USD per minute. Billing terms 1/1 unless stated.", "", "", ""],
        ["", "", "", ""],
    ]
    below = [
        ["", "", "", ""],
        ["End of notification", "", "", ""],
        ["Questions: rates at aurora dot example", "", "", ""],
    ]
    cols = usual(rng, pattern="%d-%m-%Y")
    return build(folder, cols, deck(rng), Plan(above=above, below=below, date_order="dmy", **FULL), Style())


@family
def account_block_above(folder: Path, rng: Random) -> Made:
    above = [
        ["Customer:", "Delta Voice Ltd", "", "", ""],
        ["Account No.", "100244", "", "", ""],
        ["Currency", "EUR", "", "", ""],
        ["Product", "Premium A-Z", "", "", ""],
        ["Date", "2026-11-12", "", "", ""],
    ]
    cols = usual(rng, decimal=",", pattern="%d/%m/%Y")
    plan = Plan(above=above, decimal=",", date_order="dmy", **FULL)
    return build(folder, cols, deck(rng), plan, Style(delimiter=";"))


@family
def banners_of_countries(folder: Path, rng: Random) -> Made:
    def between(at: int, line: Line, before: Line | None) -> list[list[str]]:
        return (
            [[line.country.upper(), "", "", "", ""]]
            if before is None or line.country != before.country
            else []
        )

    cols = usual(rng)
    lines = sorted(deck(rng), key=lambda line: line.country)
    return build(folder, cols, lines, Plan(between=between, date_order="ymd", **FULL), Style(delimiter=";"))


@family
def header_on_every_page(folder: Path, rng: Random) -> Made:
    cols = usual(rng)

    def between(at: int, line: Line, before: Line | None) -> list[list[str]]:
        return [[f"Page {at // 10 + 1}", "", ""], [col.title for col in cols]] if at and at % 10 == 0 else []

    return build(folder, cols, deck(rng), Plan(between=between, date_order="ymd", **FULL), Style())


@family
def comments_between(folder: Path, rng: Random) -> Made:
    def between(at: int, line: Line, before: Line | None) -> list[list[str]]:
        return [["# " + line.country]] if at % 7 == 0 else []

    cols = [
        Col("Prefix", "prefix", code),
        Col("Destination", "destination", name),
        Col("Price", "rate", price()),
        Col("Increments", "increment", steps("f-t")),
    ]
    return build(folder, cols, deck(rng), Plan(between=between, steps=True), Style(delimiter=";"))


@family
def bare_commas(folder: Path, rng: Random) -> Made:
    cols = [Col("", "prefix", code), Col("", "destination", name), Col("", "rate", price())]
    return build(folder, cols, deck(rng), Plan(header=False), Style())


@family
def bare_tabs_with_days(folder: Path, rng: Random) -> Made:
    cols = [
        Col("", "destination", name),
        Col("", "prefix", code),
        Col("", "effective_date", day("%d.%m.%Y")),
        Col("", "rate", price(",", 5)),
        Col("", "increment", steps("f/t")),
    ]
    plan = Plan(header=False, decimal=",", date_order="dmy", **FULL)
    return build(folder, cols, deck(rng), plan, Style(delimiter="\t", end="\r\n"))


@family
def bare_with_counter(folder: Path, rng: Random) -> Made:
    counter = iter(range(1, 1000))
    cols = [
        Col("", None, lambda line: next(counter)),
        Col("", "destination", name),
        Col("", "prefix", code),
        Col("", "rate", price()),
    ]
    return build(folder, cols, deck(rng, 60), Plan(header=False), Style(delimiter=";"))


@family
def counted_rows(folder: Path, rng: Random) -> Made:
    counter = iter(range(1, 1000))
    cols = [
        Col(rng.choice(["Sr. No.", "#", "S/N", "Nr.", "Row"]), None, lambda line: next(counter)),
        *usual(rng),
    ]
    return build(folder, cols, deck(rng), Plan(date_order="ymd", **FULL), Style())


@family
def header_with_commas_rows_with_semicolons(folder: Path, rng: Random) -> Made:
    cols = [
        Col("Code", "prefix", code),
        Col("Destination", "destination", name),
        Col("Price", "rate", price(",")),
        Col("Effective", "effective_date", day("%d.%m.%Y")),
    ]
    style = Style(delimiter=";", head_delimiter=",")
    return build(folder, cols, deck(rng), Plan(decimal=",", date_order="dmy", days=True), style)


@family
def single_quotes(folder: Path, rng: Random) -> Made:
    cols = usual(rng)
    return build(folder, cols, deck(rng), Plan(date_order="ymd", **FULL), Style(quote="'", quote_all=True))


@family
def bare_carriage_returns(folder: Path, rng: Random) -> Made:
    cols = usual(rng, decimal=",")
    style = Style(delimiter=";", end="\r", encoding="mac-roman")
    return build(folder, cols, deck(rng), Plan(decimal=",", date_order="ymd", **FULL), style)


@family
def unicode_text(folder: Path, rng: Random) -> Made:
    cols = usual(rng, "de", decimal=",", pattern="%d.%m.%Y")
    style = Style(delimiter="\t", encoding="utf-16", end="\r\n")
    return build(folder, cols, deck(rng), Plan(decimal=",", date_order="dmy", **FULL), style)


@family
def unicode_without_mark(folder: Path, rng: Random) -> Made:
    cols = usual(rng)
    style = Style(delimiter=";", encoding="utf-16-le", end="\r\n")
    return build(folder, cols, deck(rng), Plan(date_order="ymd", **FULL), style)


@family
def pipes(folder: Path, rng: Random) -> Made:
    cols = usual(rng)
    style = Style(delimiter="|", final_end=False)
    return build(folder, cols, deck(rng), Plan(date_order="ymd", **FULL), style)


@family
def separator_declared(folder: Path, rng: Random) -> Made:
    plan = Plan(above=[["sep=;"]], decimal=",", date_order="ymd", **FULL)
    return build(folder, usual(rng, decimal=","), deck(rng), plan, Style(delimiter=";"))


@family
def latin_names(folder: Path, rng: Random) -> Made:
    lines = deck(rng)
    accents = ("Réunion Möbile", "São Tomé", "Côte d'Ivoire", "España Móvil", "Curaçao", "Österreich")
    cols = usual(rng)
    cols = [
        Col(col.title, col.role, (lambda line: accents[len(line.code) % 6] + " " + line.code))
        if col.role == "destination"
        else col
        for col in cols
    ]
    return build(
        folder, cols, lines, Plan(date_order="ymd", **FULL), Style(encoding="latin-1", delimiter=";")
    )


@family
def dates_decided_late(folder: Path, rng: Random) -> Made:
    lines = on_days(
        deck(rng, 4300, days=False), [date(2026, month, at) for month in (3, 4) for at in (1, 5, 9, 11)]
    )
    lines[4200] = Line("Egypt", "Egypt Late", "20", ("99887",), Decimal("0.1"), day=date(2026, 3, 25))
    order = rng.choice(["dmy", "mdy"])
    pattern = "%d/%m/%Y" if order == "dmy" else "%m/%d/%Y"
    cols = [
        Col("Code", "prefix", code),
        Col("Destination", "destination", name),
        Col("Rate", "rate", price()),
        Col("Effective Date", "effective_date", day(pattern)),
    ]
    return build(folder, cols, lines, Plan(date_order=order, days=True), Style())


@family
def dates_of_either_order(folder: Path, rng: Random) -> Made:
    lines = on_days(deck(rng, 30, days=False), [date(2026, 3, 4), date(2026, 5, 6), date(2026, 7, 1)])
    cols = [
        Col("Code", "prefix", code),
        Col("Country", "destination", name),
        Col("Rate", "rate", price()),
        Col("Valid From", "effective_date", day("%d/%m/%Y")),
    ]
    plan = Plan(date_order="ask", asks=frozenset({"date_order"}), importable=False)
    return build(folder, cols, lines, plan, Style())


def _months(language: str, pattern: str, order: str) -> Family:
    def make(folder: Path, rng: Random) -> Made:
        root = language.split()[0]
        cols = [
            Col(title(rng, "prefix", root), "prefix", code),
            Col(title(rng, "destination", root), "destination", name),
            Col(title(rng, "rate", root), "rate", price()),
            Col(title(rng, "effective_date", root), "effective_date", shapes.named_day(language, pattern)),
        ]
        return build(folder, cols, deck(rng), Plan(date_order=order, days=True), Style(delimiter=";"))

    make.__name__ = f"months_{language.replace(' ', '_')}"
    return family(make)


for two in (
    ("en", "D-M-y", "dmy"),
    ("en long", "M D, Y", "mdy"),
    ("de", "D. M Y", "dmy"),
    ("fr long", "D M Y", "dmy"),
    ("es long", "D de M de Y", "dmy"),
    ("es", "D-M-Y", "dmy"),
    ("it", "D M Y", "dmy"),
    ("pt", "D/M/Y", "dmy"),
    ("pt long", "D de M de Y", "dmy"),
    ("pl long", "D M Y", "dmy"),
    ("ru long", "D M Y г.", "dmy"),
    ("ru", "D M Y", "dmy"),
    ("tr", "D M Y", "dmy"),
    ("nl", "D-M-Y", "dmy"),
    ("ar", "D M Y", "dmy"),
    ("sv long", "D M Y", "dmy"),
):
    _months(*two)
