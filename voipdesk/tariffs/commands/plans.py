"""Making and changing tariff plans, and the three that come predefined."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, TypedDict, Unpack
from uuid import UUID

from sqlalchemy import Connection, insert, select, update

from voipdesk.accounts import queries as accounts
from voipdesk.accounts.rules import Account, Right, require
from voipdesk.kernel.changes import Actor
from voipdesk.kernel.money import MAX_PRICE, Rounding, to_scaled
from voipdesk.kernel.problems import Refused
from voipdesk.kernel.text import tr
from voipdesk.rates import queries as rates
from voipdesk.store.database import Database, Write
from voipdesk.store.types import uuid7
from voipdesk.tariffs import queries, schema
from voipdesk.tariffs.commands.rules import insert_rules
from voipdesk.tariffs.rules import PRICE_ROUNDINGS, PlanRule, PlanTerms, predefined


class PlanDetails(TypedDict, total=False):
    """How a plan makes prices; what is left out keeps its default or its value."""

    decimals: int
    rounding: str
    minimum_margin: Decimal | None
    below_base: str
    """allow or refuse; by default allow for the admin, refuse for a reseller."""
    note: str


class NewPlan(PlanDetails, total=False):
    """A plan's details where it is made."""

    owner: UUID | str | None
    """Who sells by it: the actor (the default) or a reseller below him."""


def create_plan(
    db: Database,
    actor: Actor,
    *,
    name: str,
    table: UUID | str | None = None,
    rules: Sequence[PlanRule] = (),
    **details: Unpack[NewPlan],
) -> queries.Plan:
    """Make a plan of the actor's own or of a reseller below him, with its first rules: the admin's over a rate table
    (the default one unless named), a reseller's always on the price he pays.
    """
    require(actor, Right.EDIT_PLANS)
    title = _title(name)
    owner = details.pop("owner", None)
    with db.write(tr("Create plan {name}").format(name=title), actor) as write:
        seller = _seller(write.conn, actor, owner)
        values = {"below_base": "allow" if seller.level == "admin" else "refuse", **_checked(details)}
        base = _base(write.conn, actor if seller.id == actor.account_id else None, table)
        key = _insert(write, seller.id, title, table_id=base, values=values)
        insert_rules(write.conn, key, rules)
        return queries.plan_on(write.conn, actor, key)


def change_plan(
    db: Database, actor: Actor, *, plan: UUID | str, name: str | None = None, **details: Unpack[PlanDetails]
) -> queries.Plan:
    """Change a plan's name or how it makes prices; its version rises."""
    require(actor, Right.EDIT_PLANS)
    with db.write(tr("Change plan"), actor) as write:
        found = queries.plan_on(write.conn, actor, plan)
        values: dict[str, Any] = _checked(details)
        if name is not None and _title(name) != found.name:
            values["name"] = _title(name)
            _check_free(write.conn, found.owner_id, values["name"], but=found.id)
        if values:
            table = schema.plan
            write.conn.execute(
                update(table).where(table.c.id == found.id).values(**values, version=table.c.version + 1)
            )
        return queries.plan_on(write.conn, actor, found.id)


def archive_plan(db: Database, actor: Actor, *, plan: UUID | str) -> queries.Plan:
    """Take a plan out of use; `Refused` while somebody has it now or later."""
    require(actor, Right.EDIT_PLANS)
    with db.write(tr("Archive plan"), actor) as write:
        found = queries.plan_on(write.conn, actor, plan)
        book = queries.plan_levels(write.conn, write.now)
        held = sum(one.plan_id == found.id for several in book.assignments.values() for one in several)
        if held:
            raise Refused(
                "plan_in_use",
                tr("{name} is in use by {count} accounts.").format(name=found.name, count=held),
                tr("Give them another plan first."),
            )
        table = schema.plan
        write.conn.execute(update(table).where(table.c.id == found.id).values(status="archived"))
        return queries.plan_on(write.conn, actor, found.id)


def seed_plans(db: Database, actor: Actor, *, table: UUID | str | None = None) -> list[queries.Plan]:
    """Make the three predefined plans (cost, +10 %, free) over a table, or, for a reseller, on the price he pays.

    Plans that are there already stay as they are.
    """
    require(actor, Right.EDIT_PLANS)
    with db.write(tr("Make the predefined plans"), actor) as write:
        base = _base(write.conn, actor, table)
        seed_plans_in(write, actor.account_id, base)
        return [
            one
            for one in queries.plans_on(write.conn, actor)
            if one.predefined and one.owner_id == actor.account_id and one.table_id == base
        ]


def seed_plans_in(write: Write, owner_id: UUID, table_id: UUID | None) -> None:
    """The same inside an open write. The first set has plain names; those of further tables name their table."""
    table = schema.plan
    rows = write.conn.execute(select(table).where(table.c.owner_id == owner_id)).all()
    present = {row.predefined for row in rows if row.predefined and row.table_id == table_id}
    is_first = not any(row.predefined for row in rows)
    for kind, (terms, rules) in zip(queries.PREDEFINED, predefined(), strict=True):
        if kind in present:
            continue
        name = terms.name
        if not is_first and table_id is not None:
            name = f"{name} ({rates.table_on(write.conn, table_id).name})"
        key = _insert(write, owner_id, name, table_id=table_id, values=_of(terms) | {"predefined": kind})
        insert_rules(write.conn, key, rules)


def _of(terms: PlanTerms) -> dict[str, Any]:
    return {
        "decimals": terms.decimals,
        "rounding": str(terms.rounding),
        "minimum_margin": terms.minimum_margin,
        "below_base": "allow" if terms.is_below_base_allowed else "refuse",
    }


def _insert(
    write: Write, owner_id: UUID, name: str, *, table_id: UUID | None, values: dict[str, Any]
) -> UUID:
    _check_free(write.conn, owner_id, name)
    key = uuid7()
    row = {"id": key, "owner_id": owner_id, "name": name, "table_id": table_id}
    write.conn.execute(insert(schema.plan).values({**values, **row}))
    return key


def _seller(conn: Connection, actor: Actor, owner: UUID | str | None) -> Account:
    """Whose plan it is to be. `Refused` for whom sells to nobody."""
    found = accounts.account_on(conn, actor, actor.account_id if owner is None else owner)
    if found.id != actor.account_id and found.level != "reseller":
        raise Refused(
            "not_a_seller",
            tr("{name} sells to nobody.").format(name=found.name),
            tr("Plans belong to you or to a reseller."),
        )
    return found


def _base(conn: Connection, actor: Actor | None, table: UUID | str | None) -> UUID | None:
    """Id of the table a new plan stands on. To a reseller every table is unknown: he stands on what he pays."""
    if actor is None or actor.level != "admin":
        if table is not None:
            raise Refused(
                "unknown_table",
                tr("There is no rate table {name}.").format(name=table),
                tr("A reseller's plans stand on the price he pays: leave the table out."),
            )
        return None
    require(actor, Right.SEE_COSTS)
    found = rates.table_on(conn, table)
    own = accounts.workspace_on(conn).currency
    if found.currency != own:
        raise Refused(
            "foreign_currency",
            tr("{name} is in {currency}, the workspace in {own}.").format(
                name=found.name, currency=found.currency, own=own
            ),
            tr("Choose a table in {own}, or convert this one.").format(own=own),
        )
    return found.id


def _check_free(conn: Connection, owner_id: UUID, name: str, *, but: UUID | None = None) -> None:
    """Names differ within one owner's plans; those of others do not count."""
    table = schema.plan
    rows = conn.execute(select(table.c.id, table.c.name).where(table.c.owner_id == owner_id)).all()
    if any(row.name.casefold() == name.casefold() and row.id != but for row in rows):
        raise Refused(
            "plan_exists",
            tr("There is a plan {name} already.").format(name=name),
            tr("Choose another name."),
        )


def _title(name: str) -> str:
    title = " ".join(name.split())
    if not title:
        raise Refused("no_name", tr("A plan needs a name."), tr("Give it one your customers may see."))
    return title


def _checked(details: PlanDetails) -> dict[str, Any]:
    """Details as column values. `Refused` says what does not suit."""
    values: dict[str, Any] = dict(details)
    if not 0 <= values.get("decimals", 6) <= 8:
        raise _unsuitable(tr("Prices have 0 to 8 decimals, not {value}."), values["decimals"])
    if "rounding" in values:
        if values["rounding"] not in list(PRICE_ROUNDINGS):
            raise _unsuitable(tr("Prices are rounded half_up, up or down, not {value}."), values["rounding"])
        values["rounding"] = str(Rounding(values["rounding"]))
    if values.get("below_base", "allow") not in ("allow", "refuse"):
        raise _unsuitable(
            tr("Selling below the base is a matter of allow or refuse, not {value}."), values["below_base"]
        )
    margin = values.get("minimum_margin")
    if margin is not None:
        _check_margin(margin)
    return values


def _check_margin(margin: Decimal) -> None:
    try:
        to_scaled(margin)
    except ValueError as cause:
        raise _unsuitable(tr("A margin has at most 8 decimals; {value} has more."), margin) from cause
    if abs(margin) > MAX_PRICE:
        raise _unsuitable(tr("{value} per minute is beyond the largest price."), margin)


def _unsuitable(said: str, value: object) -> Refused:
    return Refused("bad_plan", said.format(value=value), tr("Correct it and try again."))
