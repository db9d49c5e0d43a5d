"""A rate sheet as columns, ready to be compared and published: its rates, its faulty rows, its tally of file rows."""

import json
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from voipdesk.kernel.ledger import Ledger
from voipdesk.kernel.problems import Place, Problem
from voipdesk.rates.engine import RateColumns
from voipdesk.rating.engine import Ints

Mask = NDArray[np.bool_]
Rows = NDArray[np.int32]
_BLOCK = 1_000
"""Faults that are packed together."""


class SheetFault(NamedTuple):
    """One reason why a row of the file is not taken (or a remark on one that is): what the quarantine keeps of it."""

    row: int
    column: str
    value: str
    code: str
    message: str
    hint: str = ""
    cells: tuple[str, ...] = ()

    @property
    def told(self) -> str:
        """The sentence and the next step."""
        return f"{self.message} {self.hint}".strip()

    def problem(self, file: str, sheet: str = "") -> Problem:
        """The same as a problem with its place."""
        return Problem(
            self.code, self.message, self.hint, Place(file, sheet, self.row or None, self.column, self.value)
        )


@dataclass(slots=True)
class Faults:
    """All faults of a sheet in the order in which they were found, however many: packed in blocks, unpacked one by one."""

    blocks: list[bytes] = field(default_factory=list)
    count: int = 0
    """Those in `blocks` and those that wait."""
    _waiting: list[SheetFault] = field(default_factory=list)

    def __len__(self) -> int:
        return self.count

    def __iter__(self) -> Iterator[SheetFault]:
        for block in self.blocks:
            for row, column, value, code, message, hint, cells in json.loads(zlib.decompress(block)):
                yield SheetFault(row, column, value, code, message, hint, tuple(cells))
        yield from tuple(self._waiting)

    def add(self, fault: SheetFault) -> None:
        """One more."""
        self._waiting.append(fault)
        self.count += 1
        if len(self._waiting) >= _BLOCK:
            self.settle()

    def settle(self) -> None:
        """Pack what waits."""
        if self._waiting:
            text = json.dumps(self._waiting, ensure_ascii=False, separators=(",", ":"))
            self.blocks.append(zlib.compress(text.encode("utf-8", "surrogatepass"), 1))
            self._waiting = []

    def without(self, rows: frozenset[int]) -> "Faults":
        """Those of other rows."""
        left = Faults()
        for fault in self:
            if fault.row not in rows:
                left.add(fault)
        left.settle()
        return left


@dataclass(frozen=True, slots=True)
class SheetColumns:
    """The rates of a sheet, each said once; rows that say the same again are counted, those that contradict are marked."""

    rates: RateColumns
    """In order of (prefix, band, effective_from, source row); `ids` are the positions, `version` is 0 throughout."""
    source_row: Rows
    """Row of the file, counted from 1; in order of the file within one prefix, band and date."""
    is_dated: Mask
    """Whether the row named its own date; else it starts where rates usually do."""
    repeats: Rows
    """How often later rows said exactly the same again."""
    conflicts: Ints
    """Positions of all rates that share prefix, band and date with another one of other terms (G7), in order."""
    tally: Ledger
    """With no conflicting rate taken: none of them is right until somebody chooses (`tally_of` counts a choice)."""
    faults: Faults
    protected: NDArray[np.bytes_]
    """Prefixes that faulty rows name, sorted: missing ones among these are not missing from the file."""
    faulty: int = 0
    """File rows that are kept out by a fault of their own."""

    def __len__(self) -> int:
        return len(self.rates)

    def kept(self, choice: str = "") -> Mask:
        """Which rates are taken where conflicts are settled so: `first` or `last` row of the file, `highest` price, or
        '' for none of them.
        """
        taken = np.ones(len(self), dtype=np.bool_)
        taken[self.conflicts] = False
        if not choice or not len(self.conflicts):
            return taken
        where, group = self.conflicts, self._groups()
        rank = self.source_row[where].astype(np.int64)
        order = np.lexsort((-rank if choice == "last" else rank, group))
        if choice == "highest":
            order = np.lexsort((rank, -self.rates.price[where], group))
        elif choice not in {"first", "last"}:
            raise ValueError(choice)
        first = np.ones(len(order), dtype=np.bool_)
        first[1:] = group[order][1:] != group[order][:-1]
        taken[where[order[first]]] = True
        return taken

    def conflicting(self) -> Iterator[Ints]:
        """The positions of each conflict: one prefix, band and date."""
        if len(self.conflicts):
            yield from np.split(self.conflicts, np.flatnonzero(np.diff(self._groups())) + 1)

    def tally_of(self, taken: Mask) -> Ledger:
        """The tally when these rates are taken and the others are not."""
        named, accepted = _different(self.source_row), _different(self.source_row[taken])
        return replace(self.tally, accepted=accepted, quarantined=self.faulty + named - accepted)

    def _groups(self) -> Ints:
        """A number for each conflict, beside `conflicts`."""
        rates, where = self.rates, self.conflicts
        new = np.zeros(len(where), dtype=np.int64)
        if len(where):
            before, after = where[:-1], where[1:]
            new[1:] = (
                (rates.prefixes[after] != rates.prefixes[before])
                | (rates.band[after] != rates.band[before])
                | (rates.effective_from[after] != rates.effective_from[before])
            )
        return np.cumsum(new)


def _different(rows: Rows) -> int:
    """How many different file rows."""
    if not len(rows):
        return 0
    seen = np.zeros(int(rows.max()) + 1, dtype=np.bool_)
    seen[rows] = True
    return int(np.count_nonzero(seen))


TERMS = (
    "state", "price", "next_price", "connect_fee", "minimum_charge", "initial_interval", "next_interval",
    "free_seconds", "grace_seconds", "effective_until", "destination",
)  # fmt: skip
"""The columns beside the key that make two rates the same."""

Drawn = dict[str, NDArray[Any]]
"""The fields of `RateColumns` beside ids and version, `source_row`, `is_dated` and `repeats`; rows in any order."""


def prefix_keys(prefixes: NDArray[np.bytes_]) -> Ints:
    """Numbers that order prefixes as text does: the digits filled up to 15, then the length."""
    digits = np.ascontiguousarray(prefixes).view(np.uint8).reshape(len(prefixes), prefixes.dtype.itemsize)
    keys = np.zeros(len(prefixes), dtype=np.int64)
    length = np.zeros(len(prefixes), dtype=np.int64)
    for at in range(digits.shape[1]):
        column = digits[:, at]
        keys *= 10
        keys += np.where(column > 0, column - np.uint8(48), np.uint8(0))
        length += column > 0
    return keys * 16 + length


def settled(
    drawn: Drawn,
    names: tuple[Sequence[str], Sequence[str]],
    tally: Ledger,
    faults: Faults,
    kept_out: "KeptOut",
) -> SheetColumns:
    """Columns in order, each rate once. `names`: of bands and destinations; `tally`: rows, skipped, blank, and the
    duplicates among rows that `drawn` has no more.
    """
    faults.settle()
    bands = names[0]
    place = np.argsort(np.argsort(np.array(bands))) if len(bands) > 1 else np.zeros(1, dtype=np.int64)
    keys = prefix_keys(drawn["prefixes"])
    said = _different(drawn["source_row"])
    conflicts = np.empty(0, dtype=np.int64)
    if not np.all(keys[1:] > keys[:-1]):
        band = place[drawn["band"]]
        order = np.lexsort((drawn["source_row"], drawn["effective_from"], band, keys))
        _reorder(drawn, order)
        once, conflicts = _said_once(drawn, keys[order], band[order])
        if not once.all():
            _reorder(drawn, np.flatnonzero(once))
    destinations = _used(drawn, names[1])
    source_row, is_dated, repeats = (drawn.pop(name) for name in ("source_row", "is_dated", "repeats"))
    count = len(source_row)
    rates = RateColumns(
        ids=np.arange(count, dtype=np.int64),
        version=np.zeros(count, dtype=np.int64),
        band_names=tuple(bands),
        destination_names=destinations,
        **drawn,
    )
    protected = np.unique(np.array(sorted(kept_out.codes), dtype="S15"))
    made = SheetColumns(
        rates, source_row, is_dated, repeats, conflicts, tally, faults, protected, kept_out.rows
    )
    whole = replace(tally, duplicates=tally.duplicates + said - _different(source_row))
    return replace(made, tally=replace(made, tally=whole).tally_of(made.kept()))


def _used(drawn: Drawn, names: Sequence[str]) -> tuple[str, ...]:
    """The names that are still meant by a row, their numbers brought up to date."""
    used = np.zeros(len(names), dtype=np.bool_)
    used[drawn["destination"]] = True
    if used.all():
        return tuple(names)
    drawn["destination"] = (np.cumsum(used) - 1)[drawn["destination"]]
    return tuple(names[at] for at in np.flatnonzero(used).tolist())


@dataclass(slots=True)
class KeptOut:
    """File rows that are kept out by their faults, and the prefixes they name."""

    rows: int = 0
    codes: set[str] = field(default_factory=set)


def _reorder(drawn: Drawn, order: NDArray[Any]) -> None:
    """Each column in turn, so that only one of them is held twice."""
    for name in drawn:
        drawn[name] = drawn[name][order]


def _said_once(drawn: Drawn, keys: Ints, band: Ints) -> tuple[Mask, Ints]:
    """(rates that nobody said before, positions of conflicts among these); `repeats` of these counts the others."""
    since = drawn["effective_from"]
    same = (keys[1:] == keys[:-1]) & (band[1:] == band[:-1]) & (since[1:] == since[:-1])
    once = np.ones(len(keys), dtype=np.bool_)
    where = np.flatnonzero(_touched(same))
    if not len(where):
        return once, np.empty(0, dtype=np.int64)
    group = np.concatenate(([0], np.cumsum(~same)))[where]
    terms = [drawn[name][where] for name in TERMS]
    order = np.lexsort((where, *terms, group))
    alike = group[order][1:] == group[order][:-1]
    for column in terms:
        ordered = column[order]
        alike &= ordered[1:] == ordered[:-1]
    first = np.flatnonzero(np.concatenate(([True], ~alike)))
    said = where[order]
    runs = np.diff(np.append(first, len(order)))
    drawn["repeats"][said[first]] = np.add.reduceat(drawn["repeats"][said], first) + runs - 1
    once[said] = False
    once[said[first]] = True
    left = once[where]
    group = group[left]
    return once, (np.cumsum(once) - 1)[where[left]][_touched(group[1:] == group[:-1])]


def _touched(same: Mask) -> Mask:
    """Which of n things are like a neighbour, given which of n - 1 are like the one before."""
    touched = np.zeros(len(same) + 1, dtype=np.bool_)
    touched[1:] |= same
    touched[:-1] |= same
    return touched
