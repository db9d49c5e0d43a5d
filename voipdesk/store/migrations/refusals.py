"""Triggers that refuse what must never happen, whoever writes: frozen documents, overlapping assignments."""

import sqlite3

_FROZEN = (
    "kind", "seller_id", "customer_id", "period_from", "period_until", "series_id", "seq", "number", "issue_date",
    "due_date", "currency", "net", "tax", "total", "snapshot", "pdf_sha256", "previous_hash", "hash", "issued_at",
)  # fmt: skip

_TRIGGERS = {
    "frozen_invoice_update": (
        "BEFORE UPDATE ON invoice WHEN OLD.state <> 'draft' AND (NEW.state = 'draft' OR "
        + " OR ".join(f"NEW.{name} IS NOT OLD.{name}" for name in _FROZEN)
        + ")",
        "an issued document cannot be changed",
    ),
    "frozen_invoice_delete": (
        "BEFORE DELETE ON invoice WHEN OLD.state <> 'draft'",
        "an issued document cannot be deleted",
    ),
    "overlapping_assignment": (
        "BEFORE INSERT ON assignment WHEN EXISTS (SELECT 1 FROM assignment a WHERE a.account_id = NEW.account_id "
        "AND a.id <> NEW.id AND (a.effective_until IS NULL OR NEW.effective_from < a.effective_until) "
        "AND (NEW.effective_until IS NULL OR a.effective_from < NEW.effective_until))",
        "an account has one plan at any instant",
    ),
    "overlapping_assignment_update": (
        "BEFORE UPDATE ON assignment WHEN EXISTS (SELECT 1 FROM assignment a WHERE a.account_id = NEW.account_id "
        "AND a.id <> NEW.id AND (a.effective_until IS NULL OR NEW.effective_from < a.effective_until) "
        "AND (NEW.effective_until IS NULL OR a.effective_from < NEW.effective_until))",
        "an account has one plan at any instant",
    ),
}


def install(connection: sqlite3.Connection) -> None:
    """Make the refusing triggers."""
    for table in ("invoice_line", "invoice_tax", "invoice_call"):
        for operation, row in (("INSERT", "NEW"), ("UPDATE", "OLD"), ("DELETE", "OLD")):
            _TRIGGERS[f"frozen_{table}_{operation.lower()}"] = (
                f"BEFORE {operation} ON {table} WHEN (SELECT state FROM invoice WHERE id = {row}.invoice_id) "
                + ("= 'issued'" if table == "invoice_call" and operation == "DELETE" else "<> 'draft'"),
                "an issued document cannot be changed",
            )
    for name, (when, why) in _TRIGGERS.items():
        connection.execute(f"CREATE TRIGGER {name} {when} BEGIN SELECT RAISE(ABORT, '{why}'); END")
