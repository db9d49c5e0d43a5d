"""Why a call cost what it cost: the derivation from the terms that were stored with it, whatever changed since."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, select

from voipdesk.accounts import queries as accounts
from voipdesk.accounts.rules import Right, may
from voipdesk.calls import rules
from voipdesk.calls.queries.listing import CallRow, call_row, columns_of
from voipdesk.calls.queries.results import view_of, with_results
from voipdesk.calls.schema import call, rated, rating_path, rating_run, rating_term, rating_way
from voipdesk.kernel.changes import Actor
from voipdesk.kernel.money import Rounding, plain
from voipdesk.kernel.problems import Refused
from voipdesk.kernel.text import tr
from voipdesk.rates import queries as rates
from voipdesk.rating.rules import RoundingRule, Step, Terms, charge, charge_steps
from voipdesk.store.database import Database
from voipdesk.tariffs import queries as tariffs


@dataclass(frozen=True, slots=True)
class LevelReason:
    """One level of a rated call: the stored terms, what they bill, and the steps between."""

    level: str
    """cost, reseller, company or user."""
    account_id: UUID | None
    account: str
    source: str
    """Name of the plan or table today; '' where the actor may not know it or it is gone."""
    plan_id: UUID | None
    plan_version: int | None
    rule_id: UUID | None
    table_id: UUID | None
    version_seq: int | None
    """Version of the rate table that the prices stand on; for the admin only."""
    prefix: str
    destination: str
    terms: Terms | None
    currency_rate: Decimal
    seconds: int | None
    amount: Decimal | None
    recomputed: Decimal | None
    """The amount by `rating.rules` from the stored terms: equal to `amount`, or something is wrong."""
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """A call, when and how it was rated, and each level that the actor may see, from the cost down."""

    call: CallRow
    problem: str
    """As a sentence; '' for none."""
    rated_at: datetime | None
    rated_by: str
    levels: tuple[LevelReason, ...]


def explain_call(db: Database, actor: Actor, call_id: int) -> Explanation:
    """Explain a call the actor may see; `Refused("unknown_call")` for every other one."""
    with db.read() as conn:
        view = view_of(conn, actor)
        row = conn.execute(columns_of(view).where(view.scope, call.c.id == call_id)).first()
        if row is None:
            raise Refused(
                "unknown_call",
                tr("There is no call {number}.").format(number=call_id),
                tr("It may have been taken back with its file."),
            )
        shown = call_row(row)
        told = rules.sentence(shown.problem) if shown.problem else ""
        result = _result(conn, call_id)
        if result is None:
            return Explanation(shown, told, None, "", ())
        levels = _Reasons(conn, actor, shown, result).levels()
        return Explanation(shown, told, result.at, result.actor_name, tuple(levels))


def _result(conn: Connection, call_id: int) -> Row[Any] | None:
    """The counting result of a call with its way, path and run."""
    source = with_results().join(rating_run, rating_run.c.seq == rated.c.run_seq)
    columns = [one for one in (*rating_way.c, *rating_path.c) if one.name not in ("id", "run_seq")]
    wanted = select(
        rated, *columns, rating_run.c.at, rating_run.c.actor_name, rating_run.c.totals
    ).select_from(source)
    return conn.execute(wanted.where(call.c.id == call_id)).first()


@dataclass(slots=True)
class _Reasons:
    """Reads the terms of one result."""

    conn: Connection
    actor: Actor
    call: CallRow
    result: Row[Any]

    def levels(self) -> Iterator[LevelReason]:
        """The levels seen, from the cost down."""
        names = {one.id: one.name for one in accounts.tree_on(self.conn, self.actor)}
        sources = self._sources()
        rounding = self._rounding()
        if may(self.actor, Right.SEE_COSTS):
            yield self._reason("cost", None, "", rounding=rounding, sources=sources)
        for level in ("reseller", "company", "user"):
            account_id = getattr(self.result, f"{level}_id")
            if account_id in names:
                yield self._reason(level, account_id, names[account_id], rounding=rounding, sources=sources)

    def _reason(
        self,
        level: str,
        account_id: UUID | None,
        account: str,
        *,
        rounding: RoundingRule,
        sources: Mapping[UUID, str],
    ) -> LevelReason:
        term = self._term(getattr(self.result, f"{level}_term"))
        amount = self.result.cost if level == "cost" else getattr(self.result, f"{level}_price")
        costs = may(self.actor, Right.SEE_COSTS)
        terms = None if term is None else _terms(term)
        is_passed = level != "cost" and term is not None and term.plan_id is None
        source = "" if term is None or is_passed else sources.get(term.plan_id or term.table_id, "")
        fx = Decimal(1) if term is None else term.currency_rate
        priced = terms is not None and amount is not None
        again = charge(terms, self.call.talk_seconds, rounding, fx).amount if terms and priced else None
        return LevelReason(
            level, account_id, account, source,
            term.plan_id if term else None, term.plan_version if term else None, term.rule_id if term else None,
            term.table_id if term and costs else None, term.version_seq if term and costs else None,
            term.prefix if term else "", term.destination if term else "", terms, fx,
            getattr(self.result, f"{level}_seconds"), amount, again,
            tuple(self._steps(term, terms, None if is_passed else source, amount=amount, rounding=rounding)),
        )  # fmt: skip

    def _steps(
        self,
        term: Row[Any] | None,
        terms: Terms | None,
        source: str | None,
        *,
        amount: Decimal | None,
        rounding: RoundingRule,
    ) -> Iterator[Step]:
        """The derivation; `source` None: the level has no plan, the price of the one above was passed through."""
        yield Step(tr("Number"), self.call.number or tr("unreadable"))
        if source is None:
            yield Step(tr("No plan here"), tr("the price above is passed through"))
        if source:
            yield Step(tr("Table or plan"), source)
        if term is not None and terms is not None:
            yield Step(tr("Longest prefix in force"), f"{term.prefix} {term.destination}".strip())
            if term.band:
                yield Step(tr("Time band"), term.band)
            yield Step(tr("Price per minute"), str(plain(terms.price)))
            if amount is not None:
                yield from charge_steps(terms, self.call.talk_seconds, rounding, term.currency_rate)
        if amount is None:
            yield Step(tr("Not priced"), rules.sentence(self.result.problem or ""))
        elif terms is None:
            yield Step(tr("Nothing is charged"), tr("unanswered"))

    def _term(self, term_id: int | None) -> Row[Any] | None:
        if term_id is None:
            return None
        return self.conn.execute(select(rating_term).where(rating_term.c.id == term_id)).first()

    def _rounding(self) -> RoundingRule:
        """The rounding of the run, which may since have been changed."""
        kept = (self.result.totals or {}).get("rounding")
        if kept:
            return RoundingRule(int(kept["decimals"]), Rounding(kept["mode"]))
        today = accounts.workspace_on(self.conn).rounding
        return RoundingRule(today.decimals, today.mode)

    def _sources(self) -> dict[UUID, str]:
        """Names of tables and plans by id, those the actor may know."""
        found: dict[UUID, str] = {}
        if may(self.actor, Right.SEE_COSTS):
            found |= {one.id: one.name for one in rates.tables_on(self.conn)}
        if may(self.actor, Right.SEE_PLANS):
            found |= {one.id: one.terms.name for one in tariffs.plans_on(self.conn, self.actor)}
        return found


def _terms(row: Row[Any]) -> Terms:
    return Terms(
        price=row.price,
        next_price=row.next_price,
        connect_fee=row.connect_fee,
        minimum_charge=row.minimum_charge,
        initial_interval=row.initial_interval,
        next_interval=row.next_interval,
        free_seconds=row.free_seconds,
        grace_seconds=row.grace_seconds,
    )
