"""What the first rows of a long sheet left open, decided by the first row after them that can."""

from collections.abc import Iterator
from dataclasses import replace

from voipdesk.kernel.text import tr
from voipdesk.tabular import dates
from voipdesk.tabular.cells import shown
from voipdesk.tabular.conventions import decides_decimal
from voipdesk.tabular.layout import Layout
from voipdesk.tabular.reader import Numbered


def settled(layout: Layout, rest: Iterator[Numbered]) -> Layout:
    """The layout with its decimal sign and order of dates decided; reads on only where one of them is open."""
    evidence = dict(layout.evidence)
    wants_sign = layout.kind == "rates" and evidence.get("decimal") == tr("no cell says otherwise")
    wants_order = layout.date_order == "ask"
    if not wants_sign and not wants_order:
        return layout
    price = layout.columns.get("rate", -1)
    day = layout.columns.get("effective_date", layout.columns.get("start", -1))
    for row, cells in rest:
        if wants_sign and 0 <= price < len(cells) and (mark := decides_decimal(cells[price])):
            evidence["decimal"] = tr("row {row}: {value}").format(row=row, value=shown(cells[price]))
            layout, wants_sign = _answered(replace(layout, decimal=mark), "decimal"), False
        if wants_order and 0 <= day < len(cells):
            order, _ = dates.order_of([(row, cells[day])])
            if order not in {None, "ask"}:
                evidence["date_order"] = tr("row {row} decides").format(row=row)
                layout, wants_order = _answered(replace(layout, date_order=order), "date_order"), False
        if not wants_sign and not wants_order:
            break
    return replace(layout, evidence=evidence)


def _answered(layout: Layout, about: str) -> Layout:
    return replace(layout, ask=tuple(one for one in layout.ask if one.about != about))
