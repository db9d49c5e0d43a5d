"""Where the guard rails strike, for the whole workspace."""

from dataclasses import fields
from decimal import Decimal, InvalidOperation
from typing import Any

from voipdesk.accounts.rules import Right, require
from voipdesk.kernel.changes import Actor
from voipdesk.kernel.money import MAX_PRICE, rounded
from voipdesk.kernel.problems import Refused
from voipdesk.kernel.text import tr
from voipdesk.rates.queries.reviewing import limits_on
from voipdesk.rates.rules import guards
from voipdesk.rates.rules.guards import Limits
from voipdesk.store.database import Database


def set_guard_limits(db: Database, actor: Actor, **limits: Any) -> Limits:
    """Change limits of the guards: `jump_percent`, `removed_percent`, `rows_percent`, `ceiling` (a price per minute),
    `past_days`, `ahead_days`. Returns all of them; `Refused` names what cannot be one.
    """
    require(actor, Right.OVERRIDE_GUARDS)
    require(actor, Right.SETTINGS)
    known = {one.name for one in fields(Limits)}
    with db.write(tr("Change guard limits"), actor) as write:
        made = guards.setting_of(limits_on(write.conn))
        for name, value in limits.items():
            if name not in known:
                raise _refused(name, value, tr("Limits are: {names}.").format(names=", ".join(sorted(known))))
            made[name] = _price(value) if name == "ceiling" else _whole(name, value)
        write.set("guards", made)
        return limits_on(write.conn)


def _price(value: Any) -> str:
    try:
        price = Decimal(str(value))
    except InvalidOperation:
        price = Decimal(-1)
    if not price.is_finite() or not 0 < price <= MAX_PRICE:
        raise _refused("ceiling", value, tr("Use a price per minute above zero, like 10.00."))
    return f"{rounded(price, 8):f}"


def _whole(name: str, value: Any) -> int:
    most = guards.MOST[name]
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= most:
        raise _refused(name, value, tr("Use a whole number from 0 to {most}.").format(most=f"{most:,}"))
    return value


def _refused(name: str, value: Any, hint: str) -> Refused:
    return Refused("bad_limit", tr("{name} cannot be {value}.").format(name=name, value=value), hint)
