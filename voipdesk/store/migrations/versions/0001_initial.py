"""The first schema."""

from alembic import op

from voipdesk.store import journal
from voipdesk.store.database import raw
from voipdesk.store.migrations import refusals
from voipdesk.store.migrations.first import billing, calls, ground, people, rates, tariffs

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

JOURNALED = [
    "account",
    "account_alias",
    "assignment",
    "call_import",
    "fee",
    "import_profile",
    "invoice",
    "invoice_line",
    "invoice_tax",
    "login",
    "plan",
    "plan_rule",
    "rate_band",
    "rate_import",
    "rate_table",
    "rate_version",
    "rating_run",
    "series",
    "setting",
    "supplier",
    "tax_rule",
]


def upgrade() -> None:
    """Apply."""
    for subject in (ground, people, rates, tariffs, calls, billing):
        subject.create()
    journal.install(raw(op.get_bind()), JOURNALED)
    refusals.install(raw(op.get_bind()))
