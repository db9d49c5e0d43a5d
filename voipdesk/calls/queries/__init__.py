"""Reads of calls: lists, figures, problems, explanations, and selectables for billing."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row

from voipdesk.calls.queries.explain import Explanation, LevelReason, explain_call
from voipdesk.calls.queries.figures import Total, totals, totals_by, totals_on
from voipdesk.calls.queries.history import (
    CallImport,
    Run,
    documents_with,
    has_calls,
    import_on,
    imports,
    runs,
    unrated,
    verify,
    version_lock,
)
from voipdesk.calls.queries.listing import (
    ORDERS,
    CallFilter,
    CallRow,
    Window,
    call_ids,
    call_rows,
    call_rows_on,
    calls,
)
from voipdesk.calls.queries.picking import Condition, picked_ids
from voipdesk.calls.queries.problems import (
    ProblemGroup,
    UnreadableRow,
    problem_ids,
    problem_ids_on,
    problems,
    problems_on,
    unreadable,
)
from voipdesk.calls.queries.results import SOLD_BY, billable_select, current_rated, latest_run
from voipdesk.calls.queries.traffic import traffic


def billable(
    conn: Connection,
    *,
    seller_id: UUID,
    seller_level: str,
    since: datetime,
    until: datetime,
    customers: Collection[UUID] | None = None,
) -> list[tuple[str, Row[Any]]]:
    """(level of the customer, row of `billable_select`) of every call the seller may bill; documents are not looked at."""
    found: list[tuple[str, Row[Any]]] = []
    for level in SOLD_BY.get(seller_level, ()):
        wanted = billable_select(
            seller_id=seller_id,
            seller_level=seller_level,
            level=level,
            period=(since, until),
            customers=customers,
        )
        found.extend((level, row) for row in conn.execute(wanted).all())
    return found


__all__ = [
    "ORDERS",
    "SOLD_BY",
    "CallFilter",
    "CallImport",
    "CallRow",
    "Condition",
    "Explanation",
    "LevelReason",
    "ProblemGroup",
    "Run",
    "Total",
    "UnreadableRow",
    "Window",
    "billable",
    "billable_select",
    "call_ids",
    "call_rows",
    "call_rows_on",
    "calls",
    "current_rated",
    "documents_with",
    "explain_call",
    "has_calls",
    "import_on",
    "imports",
    "latest_run",
    "picked_ids",
    "problem_ids",
    "problem_ids_on",
    "problems",
    "problems_on",
    "runs",
    "totals",
    "totals_by",
    "totals_on",
    "traffic",
    "unrated",
    "unreadable",
    "verify",
    "version_lock",
]
