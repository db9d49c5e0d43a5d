"""Results of a rating run on their way into the workspace: rated in a thread of their own, copied by SQLite meanwhile."""

from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from voipdesk.calls.engine import LEVELS, TROUBLES
from voipdesk.calls.engine_run import RESULTS, RULES, Prepared, Run
from voipdesk.kernel import scratch
from voipdesk.rates.queries import NAMED
from voipdesk.rating.engine import TERM_NAMES
from voipdesk.store.database import Write
from voipdesk.store.engine_columns import RowsFile

PARTS = (0.05, 0.15, 0.3, 0.45, 0.6, 0.75, 0.9)
"""Shares of the calls at which a file is full. SQLite attaches ten at most, and lets none go before the write ends; the
first is small, so that copying begins soon, and so is the last, which nothing goes on beside."""

SMALLEST = 50_000
"""Calls of a file; fewer are one."""

_NAMES = (
    "CREATE TEMP TABLE rating_list (number INTEGER PRIMARY KEY, table_id, plan_id, plan_version)",
    "CREATE TEMP TABLE rating_rule (number INTEGER PRIMARY KEY, id)",
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
    _rated: int = field(default=0, init=False)
    _lists: int = field(default=0, init=False)
    _ways: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        self._folder = scratch.folder()
        self.write.ends.callback(scratch.remove, self._folder)
        for statement in _NAMES:
            self.write.raw.execute(statement)

    def files(self, chunks: Iterable[Prepared]) -> Generator[tuple[int, RowsFile | None]]:
        """Rate chunk after chunk: the last call's id of each, with a file where one is full. To be run in any thread."""
        last = 0
        try:
            for chunk in chunks:
                last = int(chunk.ids.max())
                yield last, self._rate(chunk)
            yield last, self._closed()
        finally:
            self._closed()

    def land(self, files: Iterable[tuple[int, RowsFile | None]], rated: Callable[[int], None]) -> None:
        """Copy the results out of the files; `rated` hears how far they are."""
        for last, done in files:
            if done is not None:
                self._copy(done)
            rated(last)
        for name in ("list", "rule"):
            self.write.raw.execute(f"DROP TABLE temp.rating_{name}")

    def _rate(self, chunk: Prepared) -> RowsFile | None:
        if self._file is None:
            self._files += 1
            self._file = RowsFile(self._folder / f"{self._files}.rows", RESULTS)
        for table, columns in self.run.rate(chunk).items():
            self._file.add(table, columns, chunk.order if table == "rated" else None)
        self._rated += len(chunk)
        share = PARTS[self._files - 1] if self._files <= len(PARTS) else 1
        is_full = self._file.rows["rated"] >= SMALLEST and self._rated >= share * self.calls
        return self._closed() if is_full else None

    def _closed(self) -> RowsFile | None:
        done, self._file = self._file, None
        if done is not None:
            done.close()
        return done

    def _copy(self, done: RowsFile) -> None:
        """Rows of a file into the tables of the workspace."""
        self._name()
        schema, run = self.write.attach(done.path), {"run": self.run.seq, "currency": self.currency}
        for statement in (_terms(schema), _paths(schema, done), _rated(schema, done)):
            self.write.raw.execute(statement, run)

    def _name(self) -> None:
        """Put down the lists and the ways that came since the last time; the ways are results themselves."""
        driver = self.write.raw
        lists, ways = len(self.run.lists), len(self.run.owners)  # once: another thread goes on adding to them
        for number in range(self._lists, lists):
            one = self.run.lists[number]
            plan = None if one.plan_id is None else one.plan_id.bytes
            table = one.table.id.bytes
            driver.executemany(  # the second for prices passed on, which no plan of this level made
                "INSERT INTO rating_list VALUES (?, ?, ?, ?)",
                [(2 * number, table, plan, one.plan_version), (2 * number + 1, table, None, None)],
            )
            driver.executemany(
                "INSERT INTO rating_rule VALUES (?, ?)",
                [(number * RULES + rule, key.bytes) for rule, key in enumerate(one.rule_ids)],
            )
        self._lists = lists
        first, seq, owners = self.run.first_way, self.run.seq, self.run.owners
        driver.executemany(
            "INSERT INTO rating_way (id, run_seq, supplier_id, reseller_id, company_id, user_id) VALUES (?, ?, ?, ?, ?, ?)",
            [(first + number, seq, *owners[number]) for number in range(self._ways, ways)],
        )
        self._ways = ways


def _terms(schema: str) -> str:
    names = ", ".join(TERM_NAMES)
    rule = "SELECT n.id FROM temp.rating_rule n WHERE n.number = t.rule"
    return (
        f"INSERT INTO rating_term (id, run_seq, table_id, version_seq, plan_id, plan_version, rule_id, prefix, "
        f"destination, band, currency, {names}) "
        f"SELECT t.number, :run, l.table_id, r.version_seq, l.plan_id, l.plan_version, ({rule}), r.prefix, "
        f"r.destination, r.band, :currency, {names} FROM {schema}.term t "
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
    trouble = "NULL" if done.is_zero("rated", "trouble") else f"CASE trouble {told} END"
    return (
        f"INSERT INTO rated (call_id, run_seq, way_id, path_id, problem, {', '.join(names)}) "
        f"SELECT call_id, :run, way_id, path_id, {trouble}, "
        f"{', '.join(done.cell('rated', name) for name in names)} FROM {schema}.rated"
    )
