"""Results of a rating run on their way into the workspace: rated in a thread of their own, copied by SQLite meanwhile."""

from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from voipdesk.calls.engine import LEVELS, TROUBLES
from voipdesk.calls.engine_run import RESULTS, Prepared, Run
from voipdesk.kernel import scratch
from voipdesk.rates.queries import NAMED
from voipdesk.rating.engine import TERM_NAMES
from voipdesk.store.database import Write
from voipdesk.store.engine_columns import RowsFile

AHEAD = 6
"""Chunks read while others are rated; each holds a few megabytes."""

PARTS = 8
"""At most so many files are copied from: SQLite attaches ten, and lets none go before the write ends."""

SMALLEST = 50_000
"""Calls of a file; fewer are one."""

_NAMES = (
    "CREATE TEMP TABLE rating_list (number INTEGER PRIMARY KEY, table_id, plan_id, plan_version)",
    "CREATE TEMP TABLE rating_rule (list INTEGER, rule INTEGER, id, PRIMARY KEY (list, rule)) WITHOUT ROWID",
)
"""What the results name by numbers."""


@dataclass(slots=True)
class Landing:
    """The results of a run of at most so many calls, on their way into the tables of the write."""

    write: Write
    run: Run
    currency: str
    calls: int
    _folder: Path = field(init=False)
    _file: RowsFile | None = field(default=None, init=False)
    _files: int = field(default=0, init=False)
    _lists: int = field(default=0, init=False)
    _ways: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        self._folder = scratch.folder()
        self.write.ends.callback(scratch.remove, self._folder)
        for statement in _NAMES:
            self.write.raw.execute(statement)

    def land(self, chunks: Iterable[Prepared], rated: Callable[[int], None]) -> None:
        """Rate and write chunk after chunk; `rated` hears the last call's id of each."""
        rater = ThreadPoolExecutor(1, "rating")
        pending: deque[tuple[int, Future[RowsFile | None]]] = deque()
        try:
            for chunk in chunks:
                pending.append((int(chunk.ids[-1]), rater.submit(self._rate, chunk)))
                while len(pending) > AHEAD or (pending and pending[0][1].done()):
                    self._settle(*pending.popleft(), rated)
            while pending:
                self._settle(*pending.popleft(), rated)
            self._copy(self._closed())
        finally:
            rater.shutdown(cancel_futures=True)
            self._closed()
        for name in ("list", "rule"):
            self.write.raw.execute(f"DROP TABLE temp.rating_{name}")

    def _settle(self, last: int, done: "Future[RowsFile | None]", rated: Callable[[int], None]) -> None:
        self._copy(done.result())
        rated(last)

    def _rate(self, chunk: Prepared) -> RowsFile | None:
        """In the rater's thread: rate into the file; a full one is given back to be copied."""
        if self._file is None:
            self._files += 1
            self._file = RowsFile(self._folder / f"{self._files}.rows", RESULTS)
        for table, columns in self.run.rate(chunk).items():
            self._file.add(table, columns)
        is_full = self._file.rows["rated"] >= max(SMALLEST, -(-self.calls // PARTS))
        return self._closed() if is_full else None

    def _closed(self) -> RowsFile | None:
        done, self._file = self._file, None
        if done is not None:
            done.close()
        return done

    def _copy(self, done: RowsFile | None) -> None:
        """Rows of a file into the tables of the workspace."""
        if done is None:
            return
        self._name()
        schema, run = self.write.attach(done.path), {"run": self.run.seq, "currency": self.currency}
        for statement in (_terms(schema), _paths(schema, done), _rated(schema, done)):
            self.write.raw.execute(statement, run)

    def _name(self) -> None:
        """Put down the lists and the ways that came since the last time; the ways are results themselves."""
        driver = self.write.raw
        for number in range(self._lists, len(self.run.lists)):
            one = self.run.lists[number]
            plan = None if one.plan_id is None else one.plan_id.bytes
            driver.execute(
                "INSERT INTO rating_list VALUES (?, ?, ?, ?)",
                (number, one.table.id.bytes, plan, one.plan_version),
            )
            driver.executemany(
                "INSERT INTO rating_rule VALUES (?, ?, ?)",
                [(number, rule, key.bytes) for rule, key in enumerate(one.rule_ids)],
            )
        self._lists = len(self.run.lists)
        first, seq, owners = self.run.first_way, self.run.seq, self.run.owners
        driver.executemany(
            "INSERT INTO rating_way (id, run_seq, supplier_id, reseller_id, company_id, user_id) VALUES (?, ?, ?, ?, ?, ?)",
            [(first + number, seq, *owners[number]) for number in range(self._ways, len(owners))],
        )
        self._ways = len(owners)


def _terms(schema: str) -> str:
    names, own = ", ".join(TERM_NAMES), "CASE t.passed WHEN 0 THEN"
    rule = "SELECT n.id FROM temp.rating_rule n WHERE n.list = t.list AND n.rule = t.rule"
    return (
        f"INSERT INTO rating_term (id, run_seq, table_id, version_seq, plan_id, plan_version, rule_id, prefix, "
        f"destination, band, currency, {names}) "
        f"SELECT t.number, :run, l.table_id, r.version_seq, {own} l.plan_id END, {own} l.plan_version END, "
        f"{own} ({rule}) END, r.prefix, r.destination, r.band, :currency, {names} FROM {schema}.term t "
        f"CROSS JOIN temp.rating_list l ON l.number = t.list CROSS JOIN {NAMED} r ON r.id = t.rate"
    )


def _paths(schema: str, done: RowsFile) -> str:
    names = RESULTS["path"][1:]
    return (
        f"INSERT INTO rating_path (id, run_seq, {', '.join(names)}) "
        f"SELECT number, :run, {', '.join(done.cell('path', name) for name in names)} FROM {schema}.path"
    )


def _rated(schema: str, done: RowsFile) -> str:
    names = [
        name
        for level in LEVELS
        for name in (f"{level}_seconds", "cost" if level == "cost" else f"{level}_price")
    ]
    told = " ".join(f"WHEN {code} THEN '{trouble}'" for code, trouble in enumerate(TROUBLES) if code)
    return (
        f"INSERT INTO rated (call_id, run_seq, way_id, path_id, problem, {', '.join(names)}) "
        f"SELECT call_id, :run, way_id, path_id, CASE trouble WHEN 0 THEN NULL {told} END, "
        f"{', '.join(done.cell('rated', name) for name in names)} FROM {schema}.rated"
    )
