"""What is to come: prefixes that will be sold below cost once rates begin that are published already."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from voipdesk.accounts.queries import workspace
from voipdesk.accounts.rules import Right, may
from voipdesk.insight.queries import Attention
from voipdesk.insight.queries_consequences import CallsAndTariffs
from voipdesk.kernel.changes import Actor
from voipdesk.kernel.periods import to_micros
from voipdesk.kernel.text import tr, trn
from voipdesk.rates import queries as rates
from voipdesk.rates.rules.surroundings import BelowCost, Consequences
from voipdesk.store.database import Database

_NAMED = 3


def ahead(db: Database, actor: Actor) -> list[Consequences]:
    """What the scheduled rates of each table will do, as if they were published now; nothing for who sees no costs."""
    if not (may(actor, Right.SEE_COSTS) and may(actor, Right.SEE_PLANS)):
        return []
    now, found = db.clock.now(), []
    with db.read() as conn:
        for table in rates.tables_on(conn):
            if table.status != "active" or rates.next_start_on(conn, table.number, now) is None:
                continue
            rows = rates.columns(conn, table.number)
            begun = rows.take(rows.effective_from <= to_micros(now))
            told = CallsAndTariffs(db.clock).consequences(
                conn, actor, table.number, before=begun, after=rows, at=now
            )
            if told.prefixes:
                found.append(told)
    return found


def attention_ahead(db: Database, actor: Actor) -> list[Attention]:
    """A line for each plan that will sell below cost, the one with most prefixes first."""
    zone, found = workspace(db).zone, []
    for told in ahead(db, actor):
        for plan in dict.fromkeys(one.plan for one in told.below_cost):
            rows = tuple(one for one in told.below_cost if one.plan == plan)
            names = [one.account for one in told.customers if one.plan == plan]
            found.append(_line(plan, rows, told.by_plan[plan], names, zone))
    return sorted(found, key=lambda one: -one.count)


def _line(
    plan: str, rows: tuple[BelowCost, ...], count: int, customers: Sequence[str], zone: ZoneInfo
) -> Attention:
    """How many prefixes of a plan from which day, and whose calls they are."""
    many = trn("{count} prefix", "{count} prefixes", count)
    prefixes = tr("{prefixes} of {plan}").format(prefixes=many, plan=plan)
    day = min(one.effective_from for one in rows).astimezone(zone).date().isoformat()
    text = tr("{prefixes} will be sold below cost from {day}").format(
        prefixes=prefixes, day=f"\u2066{day}\u2069"
    )
    if customers:
        more = "" if len(customers) <= _NAMED else ", …"
        text += f": {', '.join(customers[:_NAMED])}{more}"
    return Attention("danger", text, tr("Show"), "plans", count, losses=rows)
