"""The rating run: calls chunk by chunk through the engine, results under one journaled parent."""

import sqlite3
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypedDict, TypeVar, Unpack
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Connection,
    func,
    insert,
    or_,
    select,
    update,
)

from voipdesk.accounts import queries as accounts
from voipdesk.accounts.rules import Account, Right, may, require
from voipdesk.calls.commands.numbers import next_number
from voipdesk.calls.commands.reading import ahead, calls_in_chunks, ratable
from voipdesk.calls.commands.reports import Moved, RatingReport, Untouched
from voipdesk.calls.commands.untouched import drop_billed, is_free, on_documents, untouched
from voipdesk.calls.queries import Total
from voipdesk.calls.queries.figures import together, totals_where
from voipdesk.calls.schema import call, rated, rating_run
from voipdesk.kernel.changes import Actor
from voipdesk.kernel.money import from_scaled
from voipdesk.kernel.progress import Progress, Quiet
from voipdesk.kernel.text import tr
from voipdesk.rating.rules import RoundingRule
from voipdesk.store.database import Database, Write
from voipdesk.store.types import uuid7

if TYPE_CHECKING:
    from voipdesk.calls.commands.book import Book
    from voipdesk.calls.engine_run import Prepared, Run
    from voipdesk.store.engine_columns import Packed

T = TypeVar("T")


class RatingOptions(TypedDict, total=False):
    """Which calls: answered in `[since, until)`; `rerate` takes those with a price too; `dry_run` takes all back."""

    since: datetime | None
    until: datetime | None
    rerate: bool
    dry_run: bool


class _DryRun(Exception):
    def __init__(self, report: RatingReport) -> None:
        self.report = report


def rate_calls(
    db: Database, actor: Actor, *, progress: Progress | None = None, **options: Unpack[RatingOptions]
) -> RatingReport:
    """Rate the calls of the actor's subtree that have no result or a problem; with `rerate` all of the range.

    Calls on documents are told and left alone. Cancelling leaves everything as it was. Taken back by `revert_run`.
    """
    require(actor, Right.RATE_CALLS)
    rerate = options.get("rerate", False)
    conditions: list[ColumnElement[bool]] = []
    if since := options.get("since"):
        conditions.append(call.c.answer >= since)
    if until := options.get("until"):
        conditions.append(call.c.answer < until)
    try:
        label = tr("Rate calls again") if rerate else tr("Rate calls")
        with db.write(label, actor, undoable=False) as write, db.read() as calls, db.read() as prices:
            work = _Rating(write, calls, prices, conditions, rerate, progress or Quiet())
            made = work.run(is_dry=options.get("dry_run", False))
            if made.is_dry_run:
                raise _DryRun(made)
            return made
    except _DryRun as stopped:
        return stopped.report


def retry_problems(db: Database, actor: Actor, *, progress: Progress | None = None) -> RatingReport:
    """Try again whatever waits: the same as `rate_calls` without a range."""
    return rate_calls(db, actor, progress=progress)


def rate_in(
    write: Write, conditions: Sequence[ColumnElement[bool]], *, report: Progress | None = None
) -> RatingReport:
    """A run inside an open write of another command of this room."""
    conn = write.conn
    return _Rating(write, conn, conn, list(conditions), rerate=False, report=report or Quiet()).run()


@dataclass(slots=True)
class _Rating:
    """One run at work inside its transaction."""

    write: Write
    calls: Connection
    """Where the calls are read, in a thread of its own: a snapshot beside the write, or the write where it made them."""
    prices: Connection
    """The same for rates and plans."""
    conditions: list[ColumnElement[bool]]
    rerate: bool
    report: Progress

    @property
    def kind(self) -> str:
        """As it is stored."""
        return "rerate" if self.rerate else "first"

    def run(self, *, is_dry: bool = False) -> RatingReport:
        """Rate, take billed calls out again, tell."""
        conn, actor = self.write.conn, self.write.actor
        conditions = [*ratable(conn, actor), *self.conditions]
        with closing(
            self._beside(calls_in_chunks(self.calls, conditions, is_new=not self.rerate), "reading")
        ) as coming:
            first = next(coming, None)
            if first is None:
                nothing = Decimal(0)
                return RatingReport(None, self.kind, is_dry, 0, 0, 0, {}, nothing, None, None)
            before, held = self._before(), []
            if self.rerate:
                held = on_documents(conn, actor, self._all(), None)
            seq, run_id = next_number(conn, "rating_run"), uuid7()
            self._record(run_id, seq)
            made = self._rated(seq, first, coming)
        left = untouched(conn, actor, self._all(), held, run_seq=seq) if self.rerate else []
        dropped = drop_billed(conn, seq)
        figures = self._counted(seq) if dropped else _figures(conn, actor, made)
        self._finish(run_id, figures)
        return self._told(seq, before, tuple(left), figures, is_dry=is_dry)

    def _before(self) -> list[Total]:
        """What customers paid for these calls until now; calls that are rated for the first time cost them nothing."""
        if not self.rerate:
            return []
        return totals_where(self.write.conn, self.write.actor, [*self._all(), is_free()], by="customer")

    def _all(self) -> list[ColumnElement[bool]]:
        """Conditions for the calls of this run."""
        return [*self.conditions, call.c.problem.is_(None)]

    def _record(self, run_id: UUID, seq: int) -> None:
        self.write.conn.execute(
            insert(rating_run).values(
                id=run_id,
                seq=seq,
                kind=self.kind,
                state="published",
                at=self.write.now,
                actor_name=self.write.actor.name,
            )
        )

    def _beside(self, work: Generator[T], name: str) -> Generator[T]:
        """In a thread of its own, unless the write itself is read from."""
        return work if self.calls is self.write.conn else ahead(work, name)

    def _rated(self, seq: int, first: "Packed", rest: Generator["Packed"]) -> "Run":
        """Rate chunk after chunk and write the results."""
        from voipdesk.calls.commands.book import Book
        from voipdesk.calls.commands.landing import Landing
        from voipdesk.calls.engine_paths import PathNumbers
        from voipdesk.calls.engine_run import Run

        conn, driver = self.write.conn, self.write.raw
        space = accounts.workspace_on(conn)
        rounding = RoundingRule(space.rounding.decimals, space.rounding.mode)
        numbers = PathNumbers(_next_id(driver, "rating_path"), _next_id(driver, "rating_term"))
        run = Run(seq, rounding, numbers, self.write.actor.level, _next_id(driver, "rating_way"))
        edges = [edge(one) for one in (call.c.answer, call.c.id) for edge in (func.min, func.max)]
        # One by one, because only then does SQLite take them from the ends of its indexes.
        ends = select(*[select(edge).scalar_subquery() for edge in edges])
        since, until, low, high = tuple(conn.execute(ends).one())
        book, total = Book(self.prices, run, since, until), high - low + 1
        landing = Landing(self.write, run, space.currency, total)
        self.report.step(0, total, tr("calls read"))
        prepared = self._beside(_prepared(run, book, first, rest), "preparing")
        # Closed from the last stage up: none can be closed while the one behind it waits in it.
        with closing(prepared), closing(self._beside(landing.files(prepared), "rating")) as files:
            landing.land(files, lambda last: self.report.step(last - low + 1, total, tr("calls read")))
        return run

    def _told(
        self,
        seq: int,
        before: Sequence[Total],
        left: tuple[Untouched, ...],
        found: "_Figures",
        *,
        is_dry: bool,
    ) -> RatingReport:
        whole = together(found.customers)
        return RatingReport(
            run_seq=None if is_dry else seq,
            kind=self.kind,
            is_dry_run=is_dry,
            rated=whole.attempts,
            answered=whole.answered,
            charged=whole.charged,
            problems=found.problems,
            revenue=whole.revenue,
            cost=whole.cost,
            margin=whole.margin,
            customers=tuple(_moved(before, found.customers)),
            untouched=left,
        )

    def _counted(self, seq: int) -> "_Figures":
        """The figures from the rows themselves: some were taken out again after they had been added up."""
        conn, ours = self.write.conn, [rated.c.run_seq == seq]
        problem = select(rated.c.problem, func.count().label("many")).where(*ours).group_by(rated.c.problem)
        problems = {row.problem: row.many for row in conn.execute(problem) if row.problem}
        customers = totals_where(conn, self.write.actor, ours, by="customer")
        priced = or_(rated.c.reseller_price.is_not(None), rated.c.company_price.is_not(None))
        joined = rated.join(call, call.c.id == rated.c.call_id)
        seconds = select(func.coalesce(func.sum(call.c.talk_seconds), 0)).select_from(joined)
        return _Figures(customers, problems, int(conn.execute(seconds.where(priced, *ours)).scalar_one()))

    def _finish(self, run_id: UUID, found: "_Figures") -> None:
        """Keep the figures of the run and the rounding it used."""
        space, whole = accounts.workspace_on(self.write.conn), together(found.customers)
        kept = {
            "calls": whole.attempts,
            "charged": whole.charged,
            "problems": found.problems,
            "revenue": str(whole.revenue),
            "cost": None if whole.cost is None else str(whole.cost),
            "by": self.write.actor.level,
            "priced_seconds": found.priced_seconds,
            "rounding": {"decimals": space.rounding.decimals, "mode": str(space.rounding.mode)},
        }
        self.write.conn.execute(update(rating_run).where(rating_run.c.id == run_id).values(totals=kept))


def _prepared(run: "Run", book: "Book", first: "Packed", rest: Generator["Packed"]) -> Generator["Prepared"]:
    yield run.prepare(first, book)
    for chunk in rest:
        yield run.prepare(chunk, book)


@dataclass(frozen=True, slots=True)
class _Figures:
    """What a run says of itself: per customer of the actor, problems by code, talk seconds that have a price."""

    customers: list[Total]
    problems: dict[str, int]
    priced_seconds: int


def _figures(conn: Connection, actor: Actor, run: "Run") -> _Figures:
    """The sums of a run by the account right below the actor that pays."""
    names = {one.id.bytes: one for one in accounts.tree_on(conn, actor)}
    has_cost = actor.level == "reseller" or may(actor, Right.SEE_COSTS)
    groups: dict[bytes | None, list[Any]] = {}
    for way, sums in run.sums().items():
        _, reseller, company, _ = run.owners[way]
        payer = company if actor.level != "admin" else (reseller or company)
        groups.setdefault(payer, []).append(sums)
    customers = [
        _total(names.get(payer or b""), several, has_cost=has_cost) for payer, several in groups.items()
    ]
    return _Figures(customers, run.problems, sum(one.priced_seconds for one in run.sums().values()))


def _total(customer: Account | None, several: Sequence[Any], *, has_cost: bool) -> Total:
    def added(name: str) -> int:
        return sum(getattr(one, name) for one in several)

    return Total(
        key="" if customer is None else str(customer.id),
        label="" if customer is None else customer.name,
        attempts=added("calls"),
        answered=added("answered"),
        talk_seconds=0,
        billed_seconds=0,
        revenue=from_scaled(added("revenue")),
        cost=from_scaled(added("cost")) if has_cost else None,
        margin=from_scaled(added("margin")) if has_cost else None,
        priced=0,
        charged=added("charged"),
        without_cost=0,
        problems=0,
        unrated=0,
    )


def _next_id(driver: sqlite3.Connection, table: str) -> int:
    return int(driver.execute(f"SELECT coalesce(max(id), 0) + 1 FROM {table}").fetchone()[0])


def _moved(before: Sequence[Total], after: Sequence[Total]) -> Iterator[Moved]:
    """Customers of a run with what they paid before and pay now, the largest change first."""
    was = {one.key: one.revenue for one in before}
    found = [
        Moved(UUID(one.key), one.label, one.attempts, was.get(one.key, Decimal(0)), one.revenue)
        for one in after
        if one.key
    ]
    yield from sorted(found, key=lambda one: (-abs(one.difference), one.account))
