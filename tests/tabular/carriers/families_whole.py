"""Families whose columns are the difficulty: those that are missing, resemble each other, or lie."""

from pathlib import Path
from random import Random

from tests.tabular.carriers.deck import Line, deck
from tests.tabular.carriers.paper import Col, Made, Plan, Style, build
from tests.tabular.carriers.shapes import (
    always,
    code,
    day,
    family,
    name,
    price,
    steps,
    title,
    usual,
)

CODE, NAME, RATE = (
    Col("Code", "prefix", code),
    Col("Destination", "destination", name),
    Col("Rate", "rate", price()),
)


@family
def currency_column(folder: Path, rng: Random) -> Made:
    cols = [CODE, NAME, RATE, Col("Currency", None, always("EUR")), Col("Unit", None, always("min"))]
    return build(folder, cols, deck(rng), Plan(), Style())


@family
def country_only_once(folder: Path, rng: Random) -> Made:
    seen: set[str] = set()

    def country(line: Line) -> str:
        new = line.country not in seen
        seen.add(line.country)
        return line.country if new else ""

    cols = [
        Col("Country", None, country),
        Col("Description", "destination", name),
        Col("Code", "prefix", code),
        Col("Price", "rate", price(",")),
    ]
    lines = sorted(deck(rng), key=lambda line: line.country)
    return build(folder, cols, lines, Plan(decimal=","), Style(delimiter=";"))


@family
def titles_that_lie(folder: Path, rng: Random) -> Made:
    cols = [
        Col("Rate", None, always("A-Z Premium")),
        Col("Destination", "prefix", code),
        Col("Zone", "destination", name),
        Col("Cost", "rate", price()),
    ]
    return build(folder, cols, deck(rng), Plan(), Style())


@family
def unknown_titles(folder: Path, rng: Random) -> Made:
    cols = [
        Col("Qx", "destination", name),
        Col("Zulu", "prefix", code),
        Col("Foo", "rate", price()),
        Col("Bar", "increment", steps("f/t")),
    ]
    return build(folder, cols, deck(rng), Plan(steps=True), Style(delimiter=";"))


@family
def codes_without_prices(folder: Path, rng: Random) -> Made:
    cols = [
        Col(title(rng, "destination"), "destination", name),
        Col("Dial Codes", "prefix", lambda line: ", ".join(line.codes)),
    ]
    plan = Plan(kind="prefix_table", importable=False, decimal=None)
    return build(folder, cols, deck(rng, several=True), plan, Style(delimiter=";"))


@family
def prices_without_codes(folder: Path, rng: Random) -> Made:
    cols = [
        NAME,
        Col("Rate per minute", "rate", price()),
        Col("Effective Date", "effective_date", day("%Y-%m-%d")),
    ]
    plan = Plan(asks=frozenset({"columns.prefix"}), importable=False, date_order="ymd")
    return build(folder, cols, deck(rng), plan, Style())


@family
def few_rows(folder: Path, rng: Random) -> Made:
    cols = usual(rng, pattern="%d.%m.%Y", with_fee=True)
    plan = Plan(date_order="dmy", fee=True, steps=True, days=True)
    return build(folder, cols, deck(rng, rng.randrange(1, 4)), plan, Style())
