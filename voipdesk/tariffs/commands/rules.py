"""Rules of a plan: adding, changing, removing; each raises the plan's version."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any, TypedDict, Unpack
from uuid import UUID

from sqlalchemy import Connection, delete, func, insert, select, update

from voipdesk.accounts.rules import Right, require
from voipdesk.kernel.changes import Actor
from voipdesk.kernel.e164 import Prefix
from voipdesk.kernel.money import MAX_PRICE, to_scaled
from voipdesk.kernel.periods import EffectiveRange
from voipdesk.kernel.problems import Refused
from voipdesk.kernel.text import tr, trn
from voipdesk.store.database import Database
from voipdesk.store.types import uuid7
from voipdesk.tariffs import queries, schema
from voipdesk.tariffs.rules import Action, Match, PlanRule, best_rule

LEAST_MARKUP = Decimal(-1)
MOST_MARKUP = Decimal(1000)
_MONEY = ("amount", "fixed_price", "connect_fee", "minimum_charge")
_INTERVALS = ("initial_interval", "next_interval")


class RuleFields(TypedDict, total=False):
    """The fields of a `PlanRule`; `since` and `until` are its effective range."""

    match: str
    pattern: str
    action: str
    markup: Decimal
    """0.10 is +10 %."""
    amount: Decimal
    fixed_price: Decimal | None
    is_markup_on_fee: bool
    connect_fee: Decimal | None
    minimum_charge: Decimal | None
    initial_interval: int | None
    next_interval: int | None
    since: datetime | None
    until: datetime | None


def add_rule(db: Database, actor: Actor, *, plan: UUID | str, **fields: Unpack[RuleFields]) -> UUID:
    """Add a rule behind the others of a plan; returns its id. `Refused` says which field does not suit."""
    return add_rules(db, actor, plan=plan, rules=[_rule(fields)])[0]


def add_rules(db: Database, actor: Actor, *, plan: UUID | str, rules: Iterable[PlanRule]) -> list[UUID]:
    """Add several rules in one step; returns their ids."""
    require(actor, Right.EDIT_PLANS)
    with db.write(tr("Add plan rules"), actor) as write:
        found = queries.plan_on(write.conn, actor, plan)
        made = insert_rules(write.conn, found.id, rules)
        if made:
            _raise_version(write.conn, found.id)
        return made


def set_prices(
    db: Database, actor: Actor, *, plan: UUID | str, prices: Mapping[str, Decimal], since: datetime
) -> list[UUID]:
    """Give prefixes fixed prices from an instant on, and with them everything under them; returns the rules' ids.

    What stood before stays until then. Each new rule is of the kind of the one about that very prefix, and keeps its fee
    and intervals; one that begins at the same instant is corrected instead.
    """
    require(actor, Right.EDIT_PLANS)
    with db.write(tr("Set prices"), actor) as write:
        found = queries.plan_on(write.conn, actor, plan)
        many = trn("{count} price", "{count} prices", len(prices))
        write.call(tr("Set {prices} of {plan}").format(prices=many, plan=found.name))
        kept = queries.rules_on(write.conn, found.id)
        made = [
            _set_price(write.conn, kept, found.id, (prefix, price, since)) for prefix, price in prices.items()
        ]
        if made:
            _raise_version(write.conn, found.id)
        return made


def change_rule(db: Database, actor: Actor, *, rule: UUID, **fields: Unpack[RuleFields]) -> None:
    """Change the named fields of a rule; the others keep their values."""
    require(actor, Right.EDIT_PLANS)
    with db.write(tr("Change plan rule"), actor) as write:
        kept = _kept(write.conn, actor, rule)
        values = _values(_checked(_rule(fields, kept.rule)))
        table = schema.plan_rule
        write.conn.execute(update(table).where(table.c.id == rule).values(values))
        _raise_version(write.conn, kept.plan_id)


def remove_rule(db: Database, actor: Actor, *, rule: UUID) -> None:
    """Take a rule out of its plan."""
    require(actor, Right.EDIT_PLANS)
    with db.write(tr("Remove plan rule"), actor) as write:
        kept = _kept(write.conn, actor, rule)
        table = schema.plan_rule
        write.conn.execute(delete(table).where(table.c.id == rule))
        _raise_version(write.conn, kept.plan_id)


def insert_rules(conn: Connection, plan_id: UUID, rules: Iterable[PlanRule]) -> list[UUID]:
    """Rows of rules behind those a plan has; inside an open write, whose rights are checked."""
    table = schema.plan_rule
    last = conn.execute(select(func.max(table.c.position)).where(table.c.plan_id == plan_id)).scalar()
    first = 0 if last is None else int(last) + 1
    rows = [
        {"id": uuid7(), "plan_id": plan_id, "position": first + offset, **_values(_checked(rule))}
        for offset, rule in enumerate(rules)
    ]
    if rows:
        conn.execute(insert(table), rows)
    return [UUID(str(row["id"])) for row in rows]


def _set_price(
    conn: Connection, kept: Sequence[queries.KeptRule], plan_id: UUID, wanted: tuple[str, Decimal, datetime]
) -> UUID:
    """The rule of one prefix from an instant on: a new one, or the one that begins just then."""
    prefix, price, since = wanted
    own = [
        one for one in kept if one.rule.pattern == prefix and one.rule.match in (Match.EXACT, Match.PREFIX)
    ]
    lasting = [one for one in own if one.rule.effective is None or _lasts(one.rule.effective, since)]
    # An exact rule wins over every other, so that only an exact one can follow it.
    match = Match.EXACT if any(one.rule.match is Match.EXACT for one in lasting) else Match.PREFIX
    alike = [one for one in own if one.rule.match is match]
    standing = best_rule([one.rule for one in alike], prefix, "", since)
    before = PlanRule(match, prefix) if standing is None else alike[standing].rule
    rule = replace(
        before, action=Action.FIXED, fixed_price=price, markup=Decimal(0), amount=Decimal(0),
        is_markup_on_fee=False, effective=EffectiveRange(since, None),
    )  # fmt: skip
    same = next((one.id for one in alike if one.rule.effective and one.rule.effective.start == since), None)
    if same is None:
        return insert_rules(conn, plan_id, [rule])[0]
    table = schema.plan_rule
    conn.execute(update(table).where(table.c.id == same).values(_values(_checked(rule))))
    return same


def _lasts(effective: EffectiveRange, at: datetime) -> bool:
    """Whether a rule stands at an instant or begins later."""
    return effective.end is None or effective.end > at


def _kept(conn: Connection, actor: Actor, rule: UUID) -> queries.KeptRule:
    """A rule of a plan that the actor may see; every other one is unknown."""
    table = schema.plan_rule
    row = conn.execute(select(table.c.plan_id).where(table.c.id == rule)).first()
    seen = {one.id for one in queries.plans_on(conn, actor)}
    if row is None or row.plan_id not in seen:
        raise Refused("unknown_rule", tr("There is no such rule."), tr("Reload the plan."))
    return next(one for one in queries.rules_on(conn, row.plan_id) if one.id == rule)


def _raise_version(conn: Connection, plan_id: UUID) -> None:
    table = schema.plan
    conn.execute(update(table).where(table.c.id == plan_id).values(version=table.c.version + 1))


def _rule(fields: RuleFields, before: PlanRule | None = None) -> PlanRule:
    """The rule that the fields make, of a default one or of what stood before."""
    given: dict[str, Any] = dict(fields)
    held = before or PlanRule()
    try:
        if "since" in given or "until" in given:
            start = given.pop("since", held.effective.start if held.effective else None)
            end = given.pop("until", held.effective.end if held.effective else None)
            given["effective"] = _range(start, end)
        if "match" in given:
            given["match"] = Match(given["match"])
        if "action" in given:
            given["action"] = Action(given["action"])
        return replace(held, **given)
    except ValueError as cause:
        raise _unsuitable(str(cause)) from cause


def _range(start: datetime | None, end: datetime | None) -> EffectiveRange | None:
    if start is None and end is not None:
        raise _unsuitable(tr("A rule that ends needs the day it starts."))
    if start is not None and end is not None and end <= start:
        raise _unsuitable(tr("A rule must end after it starts."))
    return None if start is None else EffectiveRange(start, end)


def _checked(rule: PlanRule) -> PlanRule:
    """The rule as it is kept. `Refused` says which field does not suit."""
    pattern = rule.pattern.strip()
    if rule.match in (Match.EXACT, Match.PREFIX):
        try:
            Prefix(pattern)
        except ValueError as cause:
            raise _unsuitable(
                tr("“{pattern}” is not a prefix of 1 to 15 digits.").format(pattern=pattern)
            ) from cause
    elif rule.match is Match.DESTINATION and not pattern:
        raise _unsuitable(tr("The rule needs the name of a destination; * stands for any text."))
    if not LEAST_MARKUP <= rule.markup <= MOST_MARKUP:
        raise _unsuitable(tr("A markup lies between -100 % and +100,000 %."))
    for name in (*_MONEY, "markup"):
        _check_money(name, getattr(rule, name))
    intervals = [getattr(rule, name) for name in _INTERVALS]
    if any(seconds is not None and seconds < 1 for seconds in intervals):
        raise _unsuitable(tr("An interval is at least one second."))
    return replace(rule, pattern="" if rule.match is Match.ALL else pattern)


def _check_money(name: str, value: Decimal | None) -> None:
    if value is None:
        return
    try:
        to_scaled(value)
    except ValueError as cause:
        raise _unsuitable(tr("{value} has more than 8 decimals.").format(value=value)) from cause
    if abs(value) > MAX_PRICE:
        raise _unsuitable(tr("{value} is beyond the largest price.").format(value=value))
    if value < 0 and name not in ("amount", "markup"):
        raise _unsuitable(tr("{value} is below zero.").format(value=value))


def _values(rule: PlanRule) -> dict[str, Any]:
    """Column values of a rule."""
    return {
        "match": str(rule.match),
        "pattern": rule.pattern,
        "action": str(rule.action),
        "markup": rule.markup,
        "amount": rule.amount,
        "fixed_price": rule.fixed_price,
        "markup_on_fee": int(rule.is_markup_on_fee),
        "connect_fee": rule.connect_fee,
        "minimum_charge": rule.minimum_charge,
        "initial_interval": rule.initial_interval,
        "next_interval": rule.next_interval,
        "effective_from": rule.effective.start if rule.effective else None,
        "effective_until": rule.effective.end if rule.effective else None,
    }


def _unsuitable(said: str) -> Refused:
    return Refused("bad_rule", said, tr("Correct the rule and try again."))
