"""What the first rows of a long sheet left open, decided by the first row after them that can."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from voipdesk.kernel.text import tr
from voipdesk.tabular import dates
from voipdesk.tabular.cells import Cell, exact, shown
from voipdesk.tabular.conventions import decides_decimal
from voipdesk.tabular.layout import Layout
from voipdesk.tabular.reader import Table
from voipdesk.tabular.terms import MOST_KEPT

_AT_ONCE = 2_000


def settled(layout: Layout, table: Table, seen: int) -> Layout:
    """The layout with its decimal sign and order of dates decided by the rows after the first `seen`; reads on only where
    one of them is open, and looks at each different cell once.
    """
    evidence = dict(layout.evidence)
    wants_sign = layout.kind == "rates" and evidence.get("decimal") == tr("no cell says otherwise")
    wants_order = layout.date_order == "ask"
    places = {
        "decimal": layout.columns.get("rate", -1) if wants_sign else -1,
        "date_order": layout.columns.get("effective_date", layout.columns.get("start", -1))
        if wants_order
        else -1,
    }
    wanted = {about: at for about, at in places.items() if at >= 0}
    if not wanted:
        return layout
    for about, row, cell in _fresh(table, seen, wanted):
        if about == "decimal" and (mark := decides_decimal(cell)):
            evidence["decimal"] = tr("row {row}: {value}").format(row=row, value=shown(cell))
            layout = _answered(replace(layout, decimal=mark), about)
            del wanted[about]
        elif about == "date_order" and (order := dates.order_of([(row, cell)])[0]) not in {None, "ask"}:
            evidence["date_order"] = tr("row {row} decides").format(row=row)
            layout = _answered(replace(layout, date_order=order), about)
            del wanted[about]
        if not wanted:
            break
    return replace(layout, evidence=evidence)


def _fresh(table: Table, seen: int, wanted: dict[str, int]) -> Iterator[tuple[str, int, Cell]]:
    """(what it is about, row, cell) of cells not met before in the wanted columns, after the first rows."""
    known: dict[str, set[Any]] = {about: set() for about in wanted}
    left = seen
    for numbers, rows in table.slices(_AT_ONCE):
        skip, left = min(left, len(rows)), max(left - len(rows), 0)
        if skip == len(rows):
            continue
        for about, at in tuple(wanted.items()):
            cells = [row[at] if at < len(row) else "" for row in rows]
            if about == "decimal" and str not in set(map(type, cells)):
                continue  # numbers have no sign
            fresh = set(cells[skip:]) - known[about]
            if len(known[about]) > MOST_KEPT:
                known[about].clear()
            known[about] |= fresh
            for row, cell in zip(numbers[skip:], cells[skip:], strict=True) if fresh else ():
                if about not in wanted:
                    break
                if cell in fresh:
                    fresh.discard(cell)
                    yield about, row, exact(cell)


def _answered(layout: Layout, about: str) -> Layout:
    return replace(layout, ask=tuple(one for one in layout.ask if one.about != about))
