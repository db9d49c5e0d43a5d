"""What has amounts in the currency of the workspace: as long as there is none, the currency may still be another one."""

from sqlalchemy import Connection

from voipdesk.accounts import queries as accounts
from voipdesk.billing.queries import has_amounts
from voipdesk.calls.queries import has_calls
from voipdesk.kernel.changes import Actor
from voipdesk.kernel.text import tr
from voipdesk.rates.queries import published, tables_on
from voipdesk.tariffs.queries import plans_on


def amounts_on(conn: Connection, actor: Actor) -> tuple[str, ...]:
    """Words for what there is (rates, tariff plans, calls, invoices, credit limits); empty while nothing has a price."""
    found = {
        tr("rates"): any(published(conn, one.number) for one in tables_on(conn)),
        tr("tariff plans"): any(not one.predefined for one in plans_on(conn, actor)),
        tr("calls"): has_calls(conn),
        tr("invoices or fees"): has_amounts(conn),
        tr("credit limits"): any(one.credit_limit for one in accounts.tree_on(conn, actor)),
    }
    return tuple(word for word, is_there in found.items() if is_there)
