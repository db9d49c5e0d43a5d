"""Files written down as lists of columns: title, role, and what makes a cell of a line or a call."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

from tests.tabular.carriers.deck import Line, deck
from tests.tabular.carriers.families_calls import call_file, some_calls
from tests.tabular.carriers.paper import Col, Made, Plan, Style, build
from tests.tabular.carriers.shapes import FAMILIES, always, code, name, price

Spec = Sequence[tuple[str, str | None, Any]]
"""(title, role, cell or the function of a line or call that makes it) of each column."""


def first(line: Line) -> int:
    return line.first


def then(line: Line) -> int:
    return line.then


def sheet(called: str, spec: Spec, plan: Plan | None = None, style: Style | None = None) -> None:
    """Enter a family of rate sheets."""
    cols = [Col(title, role, cell if callable(cell) else always(cell)) for title, role, cell in spec]

    def make(folder: Path, rng: Random) -> Made:
        # The last day of every list says which part of a date is the day.
        lines = deck(rng)
        lines[-1] = replace(lines[-1], day=date(2026, 12, 29))
        return build(folder, cols, lines, plan or Plan(), style or Style())

    FAMILIES[f"later_{called}"] = make


def calls(
    called: str, spec: Spec, *, header: bool = True, keep: Callable[[dict[str, Any]], bool] = bool, **how: Any
) -> None:
    """Enter a family of call files."""

    def make(folder: Path, rng: Random) -> Made:
        calls = [call for call in some_calls(rng) if keep(call)]
        rows = [[cell(call) if callable(cell) else cell for _, _, cell in spec] for call in calls]
        columns: dict[str, set[int]] = {}
        for at, (_, role, _) in enumerate(spec):
            if role:
                columns.setdefault(role, set()).add(at)
        return call_file(folder, [title for title, _, _ in spec] if header else (), rows, columns, **how)

    FAMILIES[f"later_calls_{called}"] = make


def at(name: str, pattern: str) -> Callable[[dict[str, Any]], str]:
    """The moment of a call, after a pattern of strftime."""
    return lambda call: call[name].strftime(pattern) if call[name] else ""


def of(name: str) -> Callable[[dict[str, Any]], Any]:
    return lambda call: call[name]


def clock(call: dict[str, Any]) -> str:
    talk = call["talk"]
    return f"{talk // 3600:02}:{talk // 60 % 60:02}:{talk % 60:02}"


def is_answered(call: dict[str, Any]) -> bool:
    return bool(call["talk"])


CODE = ("Code", "prefix", code)
NAME = ("Destination", "destination", name)
RATE = ("Rate", "rate", price())
