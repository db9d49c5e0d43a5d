"""What was talked in a stretch of time, for the rooms above: in columns, quick with a million calls."""

from datetime import datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from sqlalchemy import Connection, select

from voipdesk.calls.schema import call_import
from voipdesk.kernel.periods import to_micros
from voipdesk.store.database import raw

if TYPE_CHECKING:
    from voipdesk.calls.engine_traffic import Traffic

_DAY = timedelta(days=1)


def traffic(conn: Connection, since: datetime, until: datetime) -> "Traffic":
    """Calls with talk time answered in `[since, until)`, of whoever; rights are the caller's to check.

    Calls of unknown accounts are among them, dismissed ones and those of reverted imports are not.
    """
    from voipdesk.calls.engine_traffic import read

    reverted = conn.execute(select(call_import.c.seq).where(call_import.c.state != "committed")).scalars()
    starts = [since]
    while starts[-1] + _DAY < until:
        starts.append(starts[-1] + _DAY)
    edges = [to_micros(one) for one in (*starts, until)]
    return read(raw(conn), pairwise(edges), list(reverted))
