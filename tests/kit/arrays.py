"""A source over arrays that can be edited: what the draft of a room looks like to a grid, for tests and benchmarks."""

from bisect import bisect_left
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import numpy as np
from PySide6.QtCore import QObject, Signal

from voipdesk.kernel.money import UNIT, from_scaled, to_scaled
from voipdesk.kernel.problems import Problem
from voipdesk.kit.grid import Column, Filter, Formats, Kind, Mark, Operator, Outcome, RefusedCell, Sort
from voipdesk.kit.grid.editing import BLANK, MOST_REFUSED, Alike, Changes, Part, Touched, read_cell
from voipdesk.kit.grid.filters import LISTS, fitting
from voipdesk.kit.grid.sources import sort_key

GREATEST = Decimal(1000)


@dataclass
class Step:
    """One gesture as arrays: what was and what is, or rows that came or went."""

    name: str
    cells: list[tuple[str, Any, Any, Any]] = field(default_factory=list)
    """Column, ids, before, after."""
    came: Any = None
    went: Any = None
    outcome: Outcome = field(default_factory=Outcome)


class Arrays(QObject):
    """What a grid reads. Numbers as int64 x 10^8, anything else as objects; rows that went keep their place."""

    takes_lists = True

    def __init__(
        self, columns: Sequence[Column], data: Mapping[str, Any], *, key: str, immediate: bool = True
    ) -> None:
        super().__init__()
        self.columns, self.immediate, self.key_column = list(columns), immediate, key
        self.formats = Formats()
        self.data: dict[str, Any] = {}
        for column in columns:
            values = data[column.id]
            is_raw = isinstance(values, np.ndarray)
            self.data[column.id] = values if is_raw else np.array(self._stored(column, values))
        self.base = {name: values.copy() for name, values in self.data.items()}
        self.alive = np.ones(len(self.data[key]), bool)
        self.asked = 0

    @staticmethod
    def _stored(column: Column, values: Sequence[Any]) -> Any:
        """Values of a column as they are kept."""
        if column.is_number:
            unit = 1 if column.kind is Kind.INT else UNIT
            plain = [
                BLANK if one is None else int(one) if unit == 1 else to_scaled(Decimal(one)) for one in values
            ]
            return np.array(plain, np.int64)
        stored = np.empty(len(values), object)
        stored[:] = values
        return stored

    def _column(self, name: str) -> Column:
        return next(column for column in self.columns if column.id == name)

    def _value(self, column: Column, stored: Any) -> Any:
        if not column.is_number:
            return stored
        if stored == BLANK:
            return None
        return int(stored) if column.kind is Kind.INT else from_scaled(int(stored))

    def count(self) -> int:
        return int(self.alive.sum())

    def ids(self, order: Sequence[Sort], filters: Sequence[Filter]) -> Any:
        self.asked += 1
        found = np.flatnonzero(self.alive)
        for wanted in filters:
            found = found[self._fits(wanted, found)]
        for part in reversed(order):
            found = self._sorted(found, part)
        return found

    def _fits(self, wanted: Filter, ids: Any) -> Any:
        column = self._column(wanted.column)
        values = self.data[wanted.column][ids]
        compare = {
            Operator.GREATER: np.greater,
            Operator.GREATER_EQUAL: np.greater_equal,
            Operator.LESS: np.less,
            Operator.LESS_EQUAL: np.less_equal,
            Operator.EQUAL: np.equal,
        }.get(wanted.operator)
        if column.is_number and compare is not None:
            unit = 1 if column.kind is Kind.INT else UNIT
            return compare(values, int(wanted.value * unit)) & (values != BLANK)
        if wanted.operator in LISTS and column.is_number:
            any_of = np.zeros(len(ids), bool)
            for one in wanted.value:
                any_of[~any_of] = self._fits(one, ids[~any_of])
            return any_of if wanted.operator is Operator.ANY else ~any_of
        if column.is_number:
            return np.fromiter((wanted.fits(self._value(column, one)) for one in values), bool, len(values))
        return np.array(fitting(wanted, values.tolist()), bool)

    def _sorted(self, ids: Any, part: Sort) -> Any:
        values = self.data[part.column][ids]
        if values.dtype == object:
            texts = values.tolist()
            ranked = sorted(set(texts), key=lambda one: sort_key(one or ""))
            keys = [sort_key(one or "") for one in ranked]
            rank = {one: bisect_left(keys, key) for one, key in zip(ranked, keys, strict=True)}
            values = np.fromiter(map(rank.__getitem__, texts), np.int64, len(texts))
        if part.descending:
            values = -values
        return ids[np.argsort(values, kind="stable")]

    def fetch(self, ids: Sequence[int]) -> list[tuple[Any, ...]]:
        at = np.asarray(ids, np.int64)
        parts = []
        for column in self.columns:
            stored = self.data[column.id][at].tolist()
            parts.append([self._value(column, one) for one in stored])
        return list(zip(*parts, strict=True)) if parts else []

    def key(self, row_id: int) -> Hashable:
        key: Hashable = self.data[self.key_column][row_id]
        return key

    def row_id(self, key: Hashable) -> int | None:
        found = np.flatnonzero((self.data[self.key_column] == key) & self.alive)
        return int(found[0]) if len(found) else None

    def scaled(self, column_id: str, ids: Any) -> Any:
        return self.data[column_id][ids] if self._column(column_id).is_number else None

    def marks(self, ids: Sequence[int]) -> Mapping[int, Mapping[str, Mark]]:
        """What differs from the beginning: old value, and up or down where it is a number."""
        at, found = np.asarray(ids, np.int64), dict[int, dict[str, Mark]]()
        for column in self.columns:
            old, new = self.base[column.id], self.data[column.id]
            known = at[at < len(old)]
            for row in known[old[known] != new[known]].tolist():
                before = self._value(column, old[row])
                up = column.is_number and new[row] > old[row]
                icon = "" if not column.is_number else "up" if up else "down"
                mark = Mark("accent", icon, old="" if before is None else str(before))
                found.setdefault(row, {})[column.id] = mark
        return found

    def near(self, text: str) -> tuple[int, str] | None:
        for length in range(len(text), 0, -1):
            found = self.row_id(text[:length])
            if found is not None:
                return found, "" if length == len(
                    text
                ) else f"{text[:length]} is the longest match of {text}."
        first = np.flatnonzero(self.alive)
        return (int(first[0]), f"No match of {text}.") if len(first) else None


class ArraySource(Arrays):
    """What a person changes: steps as arrays; ids stay valid."""

    changed = Signal(object)

    def __init__(
        self, columns: Sequence[Column], data: Mapping[str, Any], *, key: str, immediate: bool = True
    ) -> None:
        super().__init__(columns, data, key=key, immediate=immediate)
        self.done: list[Step] = []
        self.undone: list[Step] = []
        self.can_edit = True

    def parse(self, column_id: str, text: str) -> Any:
        column = self._column(column_id)
        value = read_cell(column, text, self.formats)
        if column.kind is Kind.PRICE and isinstance(value, Decimal) and value > GREATEST:
            return Problem("ceiling", f"{text} is beyond the ceiling of {GREATEST}.")
        return value

    def set_cells(self, changes: Changes, name: str, *, partly: bool = False) -> Outcome:
        step, refused, count = Step(name), list[RefusedCell](), 0
        rows = [np.empty(0, np.int64)]
        for part in changes.parts:
            ids, values = self._given(part)
            bad = self._bad(part.column, values)
            count += int(bad.sum())
            refused += [
                RefusedCell(int(row), part.column, str(row), Problem("no", "This cell cannot be negative."))
                for row in ids[bad][:MOST_REFUSED]
            ]
            ids, values = ids[~bad], values[~bad]
            old = self.data[part.column][ids]
            differs = old != values
            step.cells.append((part.column, ids[differs], old[differs], values[differs]))
            rows.append(ids[differs])
        if refused and not partly:
            return Outcome(name, refused=tuple(refused), refused_count=count)
        if changes.new_rows:
            step.came = self._append(changes.appended, changes.new_rows)
        touched = np.unique(np.concatenate(rows))
        cells = sum(len(ids) for _, ids, _, _ in step.cells)
        came = [] if step.came is None else step.came.tolist()
        step.outcome = Outcome(name, cells, len(touched), tuple(refused), count, came)
        self._keep(step)
        return step.outcome

    def _given(self, part: Part) -> tuple[Any, Any]:
        column, ids = self._column(part.column), np.asarray(part.ids, np.int64)
        if isinstance(part.values, np.ndarray):
            return ids, part.values
        if isinstance(part.values, Alike):
            return ids, np.repeat(self._stored(column, [part.values.value]), len(ids))
        return ids, self._stored(column, part.values)

    def _bad(self, name: str, values: Any) -> Any:
        if not self._column(name).is_number:
            return np.zeros(len(values), bool)
        return (values < 0) & (values != BLANK)

    def _append(self, values: Mapping[str, Sequence[Any]], count: int) -> Any:
        """Room for new rows, not shown until the step is done."""
        for column in self.columns:
            given = self._stored(column, values.get(column.id, [None] * count))
            self.data[column.id] = np.concatenate([self.data[column.id], given])
        first = len(self.alive)
        self.alive = np.concatenate([self.alive, np.zeros(count, bool)])
        return np.arange(first, first + count)

    def remove_rows(self, ids: Any, name: str) -> Outcome:
        step = Step(name, went=np.asarray(ids, np.int64))
        step.outcome = Outcome(name, removed=len(ids))
        self._keep(step)
        return step.outcome

    def _keep(self, step: Step) -> None:
        self.done.append(step)
        self.undone.clear()
        self._do(step, back=False)

    def _do(self, step: Step, *, back: bool) -> None:
        touched = []
        for name, ids, old, new in step.cells:
            fresh = self.data[name].copy()
            fresh[ids] = old if back else new
            self.data[name] = fresh
            touched.append(ids)
        came, went = (step.went, step.came) if back else (step.came, step.went)
        alive = self.alive.copy()
        for ids, is_there in ((came, True), (went, False)):
            if ids is not None:
                alive[ids] = is_there
        self.alive = alive
        none = np.empty(0, np.int64)
        ids = np.unique(np.concatenate(touched)) if touched else none
        self.changed.emit(Touched(ids, none if came is None else came, none if went is None else went))

    def undo(self) -> Outcome | None:
        if not self.done:
            return None
        step = self.done.pop()
        self.undone.append(step)
        self._do(step, back=True)
        return step.outcome

    def redo(self) -> Outcome | None:
        if not self.undone:
            return None
        step = self.undone.pop()
        self.done.append(step)
        self._do(step, back=False)
        return step.outcome

    @property
    def undo_name(self) -> str:
        return self.done[-1].name if self.done else ""

    @property
    def redo_name(self) -> str:
        return self.undone[-1].name if self.undone else ""


def rate_columns() -> list[Column]:
    """Columns that can be edited, but for the change."""
    return [
        Column("prefix", "Prefix", Kind.PREFIX, width=9, editable=True),
        Column("destination", "Destination", width=22, editable=True),
        Column("price", "Rate", Kind.PRICE, width=10, editable=True),
        Column("step", "Step", Kind.INT, width=6, editable=True),
        Column("fee", "Fee", Kind.PRICE, width=9, decimals=4, editable=True),
        Column("change", "Change", Kind.PERCENT, width=8, signed=True),
    ]


NAMES = [
    "Egypt Mobile",
    "Egypt Cairo",
    "Kenya Safaricom",
    "Germany",
    "United Kingdom Mobile",
    "مصر محمول",
    "Cuba",
]


def rate_source(count: int, *, immediate: bool = True) -> ArraySource:
    """Rows with prefixes of their own and prices that differ."""
    at = np.arange(count)
    prefix, names = np.empty(count, object), np.empty(count, object)
    prefix[:] = [str(20_000 + one) for one in range(count)]
    names[:] = [NAMES[one % len(NAMES)] for one in range(count)]
    return ArraySource(
        rate_columns(),
        {
            "prefix": prefix,
            "destination": names,
            "price": ((at * 7919) % 9000 + 12).astype(np.int64) * (UNIT // 10_000),
            "step": np.array([1, 6, 60])[at % 3].astype(np.int64),
            "fee": (at % 5).astype(np.int64) * (UNIT // 100),
            "change": np.where(at % 4, BLANK, (at % 41 - 20) * (UNIT // 4)).astype(np.int64),
        },
        key="prefix",
        immediate=immediate,
    )
