"""A table of a million rows: first paint, frames while scrolling by pages, peak memory, sorting and filtering.

`python -m tests.benchmarks.grid [ROWS]`. Each case runs in a process of its own, all in one run; ratios are against a
list of slotted objects behind a plain item model in a stock view. Targets: first paint at most 0.5 s, frame p95 at most
16 ms, peak memory at most 150 MB over an empty window.
"""

import json
import os
import random
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.memory import peak_megabytes

ROWS = 1_000_000
FRAMES = 300
FEW = 20_000
ROUNDS = 3
SCREEN = (1200, 800)
CASES = ("empty", "grid", "grid_jobs", "objects")


def make(path: Path, rows: int) -> None:
    """A table of rates in SQLite, prices scaled by 10^8."""
    rng = random.Random(7)
    with sqlite3.connect(path) as conn:
        conn.execute(
            "CREATE TABLE rate (id INTEGER PRIMARY KEY, prefix TEXT, name TEXT, price INTEGER, initial INTEGER,"
            " step INTEGER, fee INTEGER, state TEXT)"
        )
        conn.executemany(
            "INSERT INTO rate VALUES (?,?,?,?,?,?,?,?)",
            (
                (
                    at,
                    str(10_000 + at * 7),
                    f"Destination {at % 5000} mobile",
                    rng.randrange(90_000_000),
                    60,
                    rng.choice((1, 6, 60)),
                    rng.randrange(1_000_000),
                    rng.choice(("active", "scheduled", "blocked")),
                )
                for at in range(1, rows + 1)
            ),
        )
        conn.execute("CREATE INDEX rate_price ON rate (price)")


def columns() -> list[Any]:
    """The declared columns of the grid."""
    from voipdesk.kit.grid import Column, Kind, Look

    looks = {
        "active": Look("active", "ok", "ok"),
        "scheduled": Look("scheduled", "clock", "accent"),
        "blocked": Look("blocked", "blocked", "danger"),
    }
    return [
        Column("prefix", "Prefix", Kind.PREFIX),
        Column("name", "Destination", width=26),
        Column("price", "Price", Kind.PRICE),
        Column("initial", "Initial", Kind.INT, width=8),
        Column("step", "Next", Kind.INT, width=8),
        Column("fee", "Fee", Kind.PRICE),
        Column("state", "State", Kind.STATE, looks=looks),
    ]


class SqlSource:
    """Windows over the table by row id; the order is an array of ids."""

    def __init__(self, path: Path, rows: int, *, immediate: bool) -> None:
        self.path, self.rows, self.immediate = path, rows, immediate
        self._conn = sqlite3.connect(path, check_same_thread=False)

    def count(self) -> int:
        return self.rows

    def ids(self, order: Sequence[Any], filters: Sequence[Any]) -> Any:
        if not order and not filters:
            return range(1, self.rows + 1)
        import numpy as np

        where = " AND ".join(f"{each.column} LIKE ? ESCAPE '\\'" for each in filters) or "1"
        by = ", ".join(f"{each.column} {'DESC' if each.descending else 'ASC'}" for each in order) or "id"
        found = self._conn.execute(
            f"SELECT id FROM rate WHERE {where} ORDER BY {by}", [each.like for each in filters]
        )
        return np.fromiter((row[0] for row in found), dtype=np.int32)

    def fetch(self, ids: Sequence[int]) -> list[tuple[Any, ...]]:
        from voipdesk.kernel.money import from_scaled

        marks = ",".join("?" * len(ids))
        found = {
            row[0]: (row[1], row[2], from_scaled(row[3]), row[4], row[5], from_scaled(row[6]), row[7])
            for row in self._conn.execute(f"SELECT * FROM rate WHERE id IN ({marks})", ids)
        }
        return [found[each] for each in ids]

    def key(self, row_id: int) -> int:
        return row_id

    def row_id(self, key: Hashable) -> int | None:
        return key if isinstance(key, int) and 1 <= key <= self.rows else None


@dataclass(slots=True)
class Rate:
    """One row as an object: the baseline."""

    id: int
    prefix: str
    name: str
    price: Any
    initial: int
    step: int
    fee: Any
    state: str


def objects_view(path: Path) -> Any:
    """A stock view over a list of objects."""
    from PySide6.QtCore import QAbstractTableModel, Qt
    from PySide6.QtWidgets import QTableView

    from voipdesk.kernel.money import from_scaled

    names = ("prefix", "name", "price", "initial", "step", "fee", "state")

    class Model(QAbstractTableModel):
        def __init__(self) -> None:
            super().__init__()
            conn = sqlite3.connect(path)
            self.rows = [
                Rate(row[0], row[1], row[2], from_scaled(row[3]), row[4], row[5], from_scaled(row[6]), row[7])
                for row in conn.execute("SELECT * FROM rate")
            ]

        def rowCount(self, parent: Any = None) -> int:
            return len(self.rows)

        def columnCount(self, parent: Any = None) -> int:
            return len(names)

        def data(self, index: Any, role: int = 0) -> Any:
            if role != Qt.ItemDataRole.DisplayRole:
                return None
            value = getattr(self.rows[index.row()], names[index.column()])
            return f"{value:.4f}" if names[index.column()] in {"price", "fee"} else value

    view = QTableView()
    view.kept = Model()  # type: ignore[attr-defined]
    view.setModel(view.kept)  # type: ignore[attr-defined]
    return view


def painted(app: Any, widget: Any) -> None:
    """Show a window and wait until it is painted."""
    widget.resize(*SCREEN)
    widget.show()
    app.processEvents()
    widget.repaint()


def frames(app: Any, view: Any) -> dict[str, float]:
    """Milliseconds the window's thread needs for one page further: the event, reading, painting."""
    bar, taken = view.verticalScrollBar(), []
    for at in range(FRAMES):
        begun = time.perf_counter()
        bar.setValue(bar.value() + bar.pageStep())
        view.viewport().repaint()
        app.processEvents()
        taken.append((time.perf_counter() - begun) * 1000)
        if at % 50 == 49:
            bar.setValue((bar.maximum() * (at // 50 + 1)) // 7)
    taken.sort()
    return {
        "frame_ms": taken[len(taken) // 2],
        "frame_p95_ms": taken[int(len(taken) * 0.95)],
        "frame_max_ms": taken[-1],
    }


def waited(app: Any, jobs: Any, order: Callable[[], object]) -> float:
    """Milliseconds until an order to the grid is answered and painted."""
    begun = time.perf_counter()
    order()
    while jobs is not None and not jobs.is_idle:
        app.processEvents()
        time.sleep(0.001)
    app.processEvents()
    return (time.perf_counter() - begun) * 1000


def case(name: str, path: Path, rows: int) -> dict[str, float]:
    """One case in this process."""
    from PySide6.QtWidgets import QApplication, QWidget

    from voipdesk.kit import theme

    app = QApplication([])
    theme.start(app)
    empty = QWidget()
    painted(app, empty)
    before = peak_megabytes()
    if name == "empty":
        return {"peak_mb": before, "over_mb": 0}
    jobs, begun = None, time.perf_counter()
    if name == "objects":
        view = window = objects_view(path)
    else:
        from voipdesk.kit.grid import Grid
        from voipdesk.kit.jobs import Jobs

        jobs = Jobs() if name == "grid_jobs" else None
        window = Grid("rates", columns(), jobs=jobs)
        view = window.view
        window.set_source(SqlSource(path, rows, immediate=jobs is None))
    painted(app, window)
    if jobs is not None:
        waited(app, jobs, lambda: window.repaint())
        window.repaint()
    found = {"first_paint_s": time.perf_counter() - begun}
    found |= frames(app, view)
    if name == "objects":
        found[f"select_all_of_{FEW}_ms"] = select_few(view)
    else:
        found |= asked(app, jobs, window)
    found |= {"peak_mb": peak_megabytes(), "over_mb": peak_megabytes() - before}
    if jobs is not None:
        jobs.shutdown()
    return found


def asked(app: Any, jobs: Any, grid: Any) -> dict[str, float]:
    """Sorting by an indexed column, filtering, selecting all."""
    from voipdesk.kit.grid import Sort

    fields = grid.header.filters
    found = {"sort_ms": waited(app, jobs, lambda: grid.set_order([Sort("price")]))}
    found |= {f"sorted_{name}": value for name, value in frames(app, grid.view).items()}
    grid.set_order([])
    found["prefix_ms"] = waited(app, jobs, lambda: fields.set_typed({"prefix": "4477"}))
    found["contains_ms"] = waited(app, jobs, lambda: fields.set_typed({"name": "4321"}))
    waited(app, jobs, lambda: fields.set_typed({}))

    found["select_all_ms"] = everything(grid.view)
    grid.view.clearSelection()
    return found


def everything(view: Any) -> float:
    """Milliseconds for Ctrl+A, painted."""
    begun = time.perf_counter()
    view.selectAll()
    view.repaint()
    view.viewport().repaint()
    for header in (view.horizontalHeader(), view.verticalHeader()):
        header.viewport().repaint()
    return (time.perf_counter() - begun) * 1000


def select_few(view: Any) -> float:
    """Ctrl+A in the stock view over its first rows: over all of them one would wait for minutes."""
    view.kept.beginResetModel()
    del view.kept.rows[FEW:]
    view.kept.endResetModel()
    view.repaint()
    return everything(view)


def main(rows: int) -> None:
    """All cases, medians of some rounds, told as a table."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rates.sqlite"
        make(path, rows)
        results: dict[str, dict[str, float]] = {}
        for name in CASES:
            rounds = [child(name, path, rows) for _ in range(ROUNDS)]
            results[name] = {key: sorted(each[key] for each in rounds)[ROUNDS // 2] for key in rounds[0]}
    base = results["objects"]
    print(f"{rows:,} rows, {SCREEN[0]}x{SCREEN[1]}, offscreen; median of {ROUNDS} processes a case")
    keys = list(dict.fromkeys(key for each in results.values() for key in each))
    print(f"{'':20}" + "".join(f"{name:>14}" for name in CASES) + f"{'grid : objects':>18}")
    for key in keys:
        cells = [results[name].get(key) for name in CASES]
        ours, theirs = results["grid_jobs"].get(key), base.get(key)
        ratio = f"{ours / theirs:.3f}" if ours is not None and theirs else ""
        print(
            f"{key:20}"
            + "".join(f"{'' if cell is None else f'{cell:.2f}':>14}" for cell in cells)
            + f"{ratio:>18}"
        )


def child(name: str, path: Path, rows: int) -> dict[str, float]:
    """A case in a fresh process."""
    environment = {**os.environ, "QT_QPA_PLATFORM": os.environ.get("QT_QPA_PLATFORM", "offscreen")}
    command = [sys.executable, "-m", "tests.benchmarks.grid", "--case", name, str(path), str(rows)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return dict(json.loads(done.stdout.splitlines()[-1]))


if __name__ == "__main__":
    if "--case" in sys.argv:
        print(json.dumps(case(sys.argv[2], Path(sys.argv[3]), int(sys.argv[4]))))
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else ROWS)
