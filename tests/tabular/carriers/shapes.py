"""Columns and cells in the manners of carriers, for the families to combine."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

from tests.tabular.carriers.deck import Line
from tests.tabular.carriers.paper import Col, Made
from tests.tabular.carriers.titles import MONTHS, TITLES

Family = Callable[[Path, Random], Made]
FAMILIES: dict[str, Family] = {}


def family(make: Family) -> Family:
    """Enter a family under the name of its function."""
    FAMILIES[make.__name__] = make
    return make


def title(rng: Random, role: str, language: str = "en") -> str:
    """One of the titles that carriers of this language give to a role."""
    return rng.choice(TITLES[language][role].split("|"))


def money(value: Decimal, decimal: str = ".", places: int = 4) -> str:
    return f"{value:.{places}f}".replace(".", decimal)


def grouped(value: Decimal, decimal: str = ",", places: int = 2) -> str:
    """With marks between thousands, the other sign than the decimal one."""
    return f"{value:,.{places}f}".translate(
        str.maketrans({",": "." if decimal == "," else ",", ".": decimal})
    )


def steps(style: str) -> Callable[[Line], str]:
    """A cell of both intervals, after a pattern of f and t."""
    return lambda line: style.replace("f", str(line.first)).replace("t", str(line.then))


def day(pattern: str) -> Callable[[Line], str]:
    """A cell of the first day, after a pattern of strftime."""
    return lambda line: line.day.strftime(pattern) if line.day else ""


def named_day(language: str, pattern: str) -> Callable[[Line], str]:
    """A cell of the first day whose month is a word: the pattern has d, M and y."""
    months = MONTHS[language].split()

    def said(line: Line) -> str:
        one: date = line.day or date(2026, 1, 1)
        parts = {
            "D": f"{one.day:02}",
            "M": months[one.month - 1],
            "Y": f"{one.year}",
            "y": f"{one.year % 100:02}",
        }
        return "".join(parts.get(char, char) for char in pattern)

    return said


def code(line: Line) -> str:
    return line.code


def name(line: Line) -> str:
    return line.name


def price(decimal: str = ".", places: int = 4) -> Callable[[Line], str]:
    return lambda line: money(line.price, decimal, places)


def fee(decimal: str = ".", places: int = 2) -> Callable[[Line], str]:
    return lambda line: money(line.fee, decimal, places)


def always(value: Any) -> Callable[[Line], Any]:
    return lambda line: value


def usual(
    rng: Random,
    language: str = "en",
    *,
    decimal: str = ".",
    pattern: str = "%Y-%m-%d",
    style: str = "f/t",
    with_fee: bool = False,
) -> list[Col]:
    """Code, name, price, interval and first day (and a fee), in any order."""
    cols = [
        Col(title(rng, "prefix", language), "prefix", code),
        Col(title(rng, "destination", language), "destination", name),
        Col(title(rng, "rate", language), "rate", price(decimal)),
        Col(title(rng, "increment", language), "increment", steps(style)),
        Col(title(rng, "effective_date", language), "effective_date", day(pattern)),
    ]
    if with_fee:
        cols.append(Col(title(rng, "connection_fee", language), "connection_fee", fee(decimal)))
    rng.shuffle(cols)
    return cols
