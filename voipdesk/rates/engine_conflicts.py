"""Rates of a sheet of one prefix, band and start: said once, settled by a rule or by hand, or left in quarantine (G7)."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from voipdesk.rates.engine_sheet_columns import TERMS, SheetColumns
from voipdesk.rating.engine import Bools, Ints

if TYPE_CHECKING:
    from voipdesk.rates.engine_review import Question


class Contradiction(NamedTuple):
    """Rates of one prefix, band and start with different terms."""

    places: Ints
    """Positions in the columns of the sheet, in order of the file."""
    since: int
    """Microseconds: where all of them would begin."""
    kept: int | None
    """The one that stands; None: all of them wait."""
    is_by_hand: bool
    """Whether somebody picked it."""


def settled(
    sheet: SheetColumns, keyed: tuple[Ints, Ints], out: Bools, question: "Question"
) -> tuple[Bools, list[Contradiction]]:
    """(rates that give way or say again what another says, the contradictions). `keyed`: key and start of each rate;
    those in `out` are not looked at.
    """
    repeated = np.zeros(len(sheet), np.bool_)
    found: list[Contradiction] = []
    for places in _groups(sheet, keyed, out):
        kept: int | None = int(places[0])
        if not _are_alike(sheet, places):
            picked = _picked(sheet, places, question.chosen)
            kept = _by_rule(sheet, places, question.conflicts) if picked is None else picked
            found.append(Contradiction(places, int(keyed[1][places[0]]), kept, picked is not None))
        if kept is not None:
            repeated[places] = places != kept
    return repeated, found


def _groups(sheet: SheetColumns, keyed: tuple[Ints, Ints], out: Bools) -> Iterator[Ints]:
    """Positions of rates that share key and start with others, in order of the file."""
    keys, since = keyed
    order = np.lexsort((sheet.source_row, since, keys))
    order = order[~out[order]]
    same = (keys[order][1:] == keys[order][:-1]) & (since[order][1:] == since[order][:-1])
    if not same.any():
        return
    shared = np.zeros(len(order), np.bool_)
    shared[1:] |= same
    shared[:-1] |= same
    group = np.concatenate(([0], np.cumsum(~same)))
    where = np.flatnonzero(shared)
    starts = np.flatnonzero(np.diff(group[where], prepend=-1))
    yield from np.split(order[where], starts[1:])


def _are_alike(sheet: SheetColumns, places: Ints) -> bool:
    """Whether these rates all say the same."""
    rates, first = sheet.rates, places[0]
    return all(bool(np.all(getattr(rates, name)[places] == getattr(rates, name)[first])) for name in TERMS)


def _picked(sheet: SheetColumns, places: Ints, chosen: frozenset[str]) -> int | None:
    """The one picked by hand; what was said of this prefix and band goes before what was said of more of its row."""
    if not chosen:
        return None
    first = places[0]
    prefix, band = sheet.rates.prefixes[first].decode(), sheet.rates.band_names[int(sheet.rates.band[first])]
    rows = [(int(at), str(int(sheet.source_row[at]))) for at in places]
    for of_row in (f":{prefix}:{band}", f":{prefix}", ""):
        found = [at for at, row in rows if row + of_row in chosen]
        if len(found) == 1:
            return found[0]
    return None


def _by_rule(sheet: SheetColumns, places: Ints, rule: str) -> int | None:
    """The one that a rule for all takes; None without a rule."""
    match rule:
        case "first":
            return int(places[0])
        case "last":
            return int(places[-1])
        case "highest":
            return int(places[np.argmax(sheet.rates.price[places])])
    return None
