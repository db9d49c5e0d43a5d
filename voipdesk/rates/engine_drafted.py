"""What becomes of a draft: the rates it says, to be reviewed and published; and the same edits over newer rates."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from voipdesk.rates.engine import RateColumns
from voipdesk.rates.engine_draft import (
    COLUMNS,
    DESTINATION,
    HERE,
    PREFIX,
    Changed,
    Overlay,
    Step,
    Texts,
    following_of,
    initial_of,
    part,
    step,
)
from voipdesk.rates.engine_view import Base, Sheet
from voipdesk.rating.engine import Ints


def changed_rates(sheet: Sheet, effective: int) -> RateColumns:
    """The rates that a draft changes, adds or closes, in order; from `effective` on (microseconds) unless edited.

    An edit of a row's own beginning is taken; a row that was added without one begins at `effective`.
    """
    places = np.nonzero(sheet.touched())[0]
    since, dated = np.full(len(sheet), effective, np.int64), _edited_places(sheet, "effective_from")
    since[dated] = sheet.cells("effective_from")[dated]
    texts, spans = sheet.cells(DESTINATION)[places], sheet.cells("interval")[places]
    used, names = np.unique(texts, return_inverse=True)
    price, after = sheet.cells("price"), sheet.cells("next_price")
    band = np.concatenate([sheet.base.rates.band, np.zeros(len(sheet.added), np.int64)])
    found = RateColumns(
        ids=np.arange(len(places), dtype=np.int64),
        prefixes=sheet.prefixes()[places],
        band=band[places],
        effective_from=since[places],
        version=np.zeros(len(places), np.int64),
        state=sheet.cells("state")[places].astype(np.int8),
        price=price[places],
        next_price=after[places],
        connect_fee=sheet.cells("connect_fee")[places],
        minimum_charge=sheet.was("minimum_charge")[places],
        initial_interval=initial_of(spans),
        next_interval=following_of(spans),
        free_seconds=sheet.was("free_seconds")[places],
        grace_seconds=sheet.was("grace_seconds")[places],
        effective_until=sheet.cells("effective_until")[places],
        destination=names,
        band_names=sheet.base.rates.band_names,
        destination_names=tuple(sheet.texts[int(one)] for one in used),
    )
    return found.take(np.lexsort((found.effective_from, found.band, found.prefixes)))


def _edited_places(sheet: Sheet, name: str) -> Ints:
    places = sheet.places(sheet.overlay.column(name).ids)
    return places[places >= 0]


@dataclass(frozen=True, slots=True)
class Clash:
    """A cell that was edited here and published otherwise since: cells as `engine_draft` has them."""

    prefix: str
    column: str
    row_id: int
    before: int
    there: int
    here: int


@dataclass(frozen=True, slots=True)
class Carried:
    """Edits over newer rates: the overlay, the cells that clash, prefixes of edited rates that are gone."""

    overlay: Overlay
    clashes: tuple[Clash, ...]
    gone: tuple[str, ...]


def carried(overlay: Overlay, texts: Texts, before: RateColumns, base: Base) -> Carried:
    """The same edits over other rates. `before` are the edited rates as they were, whether or not still in force.

    An edit stays where the rate says of the cell what it said before, or already what the edit wants. Where it says
    something else the edit stays too and is told. Added rows whose prefix has a rate meanwhile become edits of it.
    """
    target, gone = _targets(overlay, texts, before, base)
    sheet = Sheet(base, Overlay(), texts)
    columns: dict[str, Changed] = {}
    clashes: list[Clash] = []
    for name in COLUMNS:
        held = overlay.column(name)
        kept = [at for at, one in enumerate(held.ids.tolist()) if one in target]
        if not kept:
            continue
        old, was, now = held.ids[kept], held.was[kept], held.now[kept]
        new = np.array([target[int(one)] for one in old], np.int64)
        moved = new != old
        if name in (HERE, PREFIX):
            columns[name] = Changed(new[~moved], was[~moved], now[~moved])
            continue
        there = was.copy()
        places = sheet.places(new)
        there[places >= 0] = sheet.was(name)[places[places >= 0]]
        clashes += _clashes(sheet, name, (new, was, there, now))
        order = np.argsort(new, kind="stable")
        differs = (there != now)[order]
        columns[name] = Changed(new[order][differs], there[order][differs], now[order][differs])
    return Carried(
        Overlay({name: one for name, one in columns.items() if len(one.ids)}), tuple(clashes), tuple(gone)
    )


def theirs(overlay: Overlay, clashes: Iterable[Clash], name: str) -> Step:
    """The step after which these cells say what is published; a price of its own after the first minute goes with it."""
    wanted: dict[str, list[int]] = {}
    for one in clashes:
        wanted.setdefault(one.column, []).append(one.row_id)
        if one.column == "price":
            wanted.setdefault("next_price", []).append(one.row_id)
    parts = []
    for column, rows in wanted.items():
        held = overlay.column(column)
        hit = np.isin(held.ids, np.array(rows, np.int64))
        parts.append(part(column, held.ids[hit], held.now[hit], held.was[hit]))
    return step(name, parts)


def _clashes(sheet: Sheet, name: str, cells: tuple[Ints, Ints, Ints, Ints]) -> list[Clash]:
    """Cells of which the rate says neither what it said before nor what the edit wants."""
    new, was, there, now = cells
    prefixes: NDArray[np.bytes_] = sheet.prefixes()
    found = []
    for at in np.nonzero((there != was) & (there != now))[0].tolist():
        place = int(sheet.places(new[at : at + 1])[0])
        prefix = prefixes[place].decode() if place >= 0 else ""
        found.append(Clash(prefix, name, int(new[at]), int(was[at]), int(there[at]), int(now[at])))
    return found


def _targets(
    overlay: Overlay, texts: Texts, before: RateColumns, base: Base
) -> tuple[dict[int, int], list[str]]:
    """The row each edited or added row is now, by id; and the prefixes of rates that are in force no more."""
    rates = base.rates
    names = np.array(rates.band_names, dtype=object)[rates.band]
    edited = overlay.edited
    target = dict(zip(edited.tolist(), edited.tolist(), strict=True))
    lost = set(edited[base.places(edited) < 0].tolist())
    wanted: dict[tuple[str, str], int] = {}
    for at, (one, prefix) in enumerate(zip(before.ids.tolist(), before.prefix_texts(), strict=True)):
        if one in lost:
            wanted[prefix, before.band_names[int(before.band[at])]] = one
    prefixes = overlay.column(PREFIX)
    for one in overlay.added.tolist():
        target[one] = one
        at = int(np.searchsorted(prefixes.ids, one))
        wanted[texts[int(prefixes.now[at])] if at < len(prefixes.ids) else "", ""] = one
    gone: list[str] = []
    if wanted:
        sought = np.array(sorted({prefix.encode() for prefix, _ in wanted}), "S15")
        near = np.nonzero(np.isin(rates.prefixes, sought))[0]
        for place in near.tolist():
            key = (rates.prefixes[place].decode(), str(names[place]))
            if key in wanted:
                target[wanted.pop(key)] = int(rates.ids[place])
    for (prefix, _), one in wanted.items():
        if one > 0:
            del target[one]
            gone.append(prefix)
    return target, gone
