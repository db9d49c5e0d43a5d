"""What a number costs an account: each level the actor may see, with the whole derivation."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Connection

from voipdesk.accounts import queries as accounts
from voipdesk.accounts.rules import Account, Chain, Right, may, require
from voipdesk.kernel.changes import Actor
from voipdesk.kernel.e164 import NumberRules, normalised
from voipdesk.rates import queries as rates
from voipdesk.rating.rules import (
    Level,
    Offer,
    Outcome,
    Rate,
    RateSource,
    RoundingRule,
    Step,
    Talk,
    Terms,
    Trouble,
    explain,
    rate_call,
    trouble_text,
)
from voipdesk.store.database import Database
from voipdesk.tariffs.queries.plans import PlanBook, PlanFacts, plan_levels
from voipdesk.tariffs.rules import PlanSource, sell_steps


@dataclass(frozen=True, slots=True)
class LevelPrice:
    """The price (or cost) at one level. `amount` is None exactly when there is trouble."""

    level: Level
    account_id: UUID | None
    """None: the cost."""
    account: str
    source: str
    """Plan or table; '' where the actor may not know it."""
    prefix: str = ""
    destination: str = ""
    terms: Terms | None = None
    seconds: int | None = None
    """Billed seconds."""
    amount: Decimal | None = None
    trouble: Trouble = Trouble.NONE
    text: str = ""
    """The trouble as a sentence."""
    passed_from: Level | None = None
    margin: Decimal | None = None
    """Amount less that of the level above, where the actor may see both."""
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Price:
    """What a call of so many seconds costs an account at an instant, from the top level down."""

    number: str | None
    """E.164 digits; None: unreadable."""
    at: datetime
    seconds: int
    account: Account
    currency: str
    levels: tuple[LevelPrice, ...]

    @property
    def own(self) -> LevelPrice | None:
        """The level of the account asked for; None for the admin's own."""
        return next((one for one in self.levels if one.account_id == self.account.id), None)

    @property
    def trouble(self) -> Trouble:
        """The first trouble of a price seen, else that of the cost."""
        below = [one for one in self.levels if one.level is not Level.COST]
        above = [one for one in self.levels if one.level is Level.COST]
        return next((one.trouble for one in (*below, *above) if one.trouble), Trouble.NONE)


class TableSource:
    """A rate table read number by number; what was found is kept, so a deck of any size costs a query or two."""

    def __init__(self, conn: Connection, table_number: int) -> None:
        self._conn = conn
        self._number = table_number
        self._known: dict[tuple[str, datetime], Rate | None] = {}

    def in_force(self, prefix: str, at: datetime) -> Rate | None:
        """The rate of exactly this prefix at the instant."""
        if (prefix, at) not in self._known:
            found = rates.rate_for_on(self._conn, self._number, prefix, at)
            shortest = len(found.prefix) if found else 0
            for length in range(len(prefix), shortest, -1):
                self._known[prefix[:length], at] = None
            if found is not None:
                self._known[found.prefix, at] = found
        return self._known[prefix, at]


@dataclass(slots=True)
class Offers:
    """The offers to the accounts of a chain at an instant, plans standing on tables or on one another."""

    conn: Connection
    book: PlanBook
    chain: Chain
    at: datetime
    tables: dict[UUID, TableSource] = field(default_factory=dict)

    def offer(self, level: Level, account_id: UUID) -> Offer:
        """What the account is offered; without source where it has no plan, or one that stands on nothing."""
        plan = self.book.plan_at(account_id, self.at)
        return Offer(level) if plan is None else Offer(level, plan.terms.name, self.source(plan))

    def source(self, plan: PlanFacts) -> RateSource | None:
        """The plan over its base."""
        base = self._base(plan)
        return None if base is None else PlanSource(base, plan.terms, plan.rules)

    def _base(self, plan: PlanFacts) -> RateSource | None:
        if plan.table_id is not None:
            return self.table(plan.table_id)
        above = self.book.plan_at(plan.owner_id, self.at)
        return None if above is None else self.source(above)

    def table(self, table_id: UUID) -> TableSource:
        """The source of a table, made once."""
        if table_id not in self.tables:
            self.tables[table_id] = TableSource(self.conn, rates.table_on(self.conn, table_id).number)
        return self.tables[table_id]


def price(
    db: Database,
    actor: Actor,
    account: UUID | str,
    number: str,
    at: datetime | None = None,
    seconds: int = 60,
) -> Price:
    """What a call to a number (as dialled) costs an account; at once unless an instant is given.

    The actor sees the levels of his own subtree; the cost with the right to see costs; the derivation of a price from
    its base where the plan is his or below him. Missing plans and rates and blocks are values with words.
    """
    require(actor, Right.SEE_PRICES)
    with db.read() as conn:
        found = accounts.account_on(conn, actor, account)
        workspace = accounts.workspace_on(conn)
        instant = at or db.clock.now()
        digits = normalised(number, NumberRules(country=workspace.country))
        rounding = RoundingRule(workspace.rounding.decimals, workspace.rounding.mode)
        view = _View(conn, actor, Talk(digits, instant, seconds), rounding)
        levels = view.levels(accounts.chain(conn, found.id))
    return Price(digits, instant, seconds, found, workspace.currency, tuple(levels))


@dataclass(slots=True)
class _View:
    """A call rated through a chain, and what of it an actor may see."""

    conn: Connection
    actor: Actor
    talk: Talk
    rounding: RoundingRule

    def levels(self, chain: Chain) -> list[LevelPrice]:
        """The levels seen, from the cost down."""
        book = plan_levels(self.conn, self.talk.at, of=chain.ids)
        offers = Offers(self.conn, book, chain, self.talk.at)
        spoken = [(Level(level), key) for level, key in _named(chain)]
        prices = [offers.offer(level, key) for level, key in spoken]
        cost = self._cost(offers)
        rated = rate_call(self.talk, cost, prices, self.rounding)
        names = {one.id: one.name for one in accounts.tree_on(self.conn, self.actor)}
        result: list[LevelPrice] = []
        if may(self.actor, Right.SEE_COSTS):
            steps = tuple(explain(self.talk, cost, rated.cost, self.rounding))
            result.append(_level(rated.cost, None, cost.name, steps))
        for index, (outcome, (_, key)) in enumerate(zip(rated.prices, spoken, strict=True)):
            if key not in names:
                continue
            source = _from(index, rated.prices)
            plan = book.plan_at(spoken[source][1], self.talk.at)
            steps = self._steps(outcome, prices[source], plan, names)
            shown = replace(_level(outcome, key, names[key], steps), source=self._source(plan, names))
            result.append(replace(shown, margin=self._margin(shown, result)))
        return result

    def _cost(self, offers: Offers) -> Offer:
        """The default supplier table; costs in another currency than the workspace's are not known here."""
        table = rates.default_table(self.conn)
        if table is None or not may(self.actor, Right.SEE_COSTS):
            return Offer(Level.COST)
        return Offer(Level.COST, table.name, offers.table(table.id))

    def _steps(
        self, outcome: Outcome, offer: Offer, plan: PlanFacts | None, names: Collection[UUID]
    ) -> tuple[Step, ...]:
        """How the price came about: from its base where the actor may know it, then the call itself."""
        known = self._source(plan, names)
        steps = explain(self.talk, offer, replace(outcome, source=known), self.rounding)
        if known and plan is not None and outcome.rate is not None and isinstance(offer.source, PlanSource):
            base = offer.source.base.in_force(outcome.rate.prefix, self.talk.at)
            if base is not None and outcome.passed_from is None:
                made = sell_steps(base, plan.rules, plan.terms, self.talk.at)
                return (*steps[:2], *made, *steps[2:])
        return tuple(steps)

    def _source(self, plan: PlanFacts | None, names: Collection[UUID]) -> str:
        """The plan's name where the actor may know what it stands on: its own name can tell the markup."""
        if plan is None or plan.owner_id not in names or not may(self.actor, Right.SEE_PLANS):
            return ""
        return plan.terms.name if plan.table_id is None or may(self.actor, Right.SEE_COSTS) else ""

    def _margin(self, shown: LevelPrice, above: Sequence[LevelPrice]) -> Decimal | None:
        if not above or not may(self.actor, Right.SEE_MARGINS):
            return None
        paid = above[-1].amount
        return None if paid is None or shown.amount is None else shown.amount - paid


def _named(chain: Chain) -> list[tuple[str, UUID]]:
    """Levels and accounts of a chain that are there, from the top down."""
    every = (("reseller", chain.reseller_id), ("company", chain.company_id), ("user", chain.user_id))
    return [(level, key) for level, key in every if key is not None]


def _from(index: int, outcomes: Sequence[Outcome]) -> int:
    """Position of the level whose price stands at `index`: itself, or the one it was passed from."""
    while outcomes[index].passed_from is not None and index:
        index -= 1
    return index


def _level(outcome: Outcome, key: UUID | None, name: str, steps: tuple[Step, ...]) -> LevelPrice:
    rate, charge = outcome.rate, outcome.charge
    return LevelPrice(
        level=outcome.level,
        account_id=key,
        account=name,
        source=outcome.source,
        prefix=rate.prefix if rate else "",
        destination=rate.destination if rate else "",
        terms=rate.terms if rate and charge else None,
        seconds=charge.billed_seconds if charge else None,
        amount=charge.amount if charge else None,
        trouble=outcome.trouble,
        text=trouble_text(outcome.trouble),
        passed_from=outcome.passed_from,
        steps=steps,
    )
