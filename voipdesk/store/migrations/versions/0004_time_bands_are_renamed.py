"""Rates follow the name of their time band, also where a change of it is undone."""

from alembic import op

from voipdesk.store.database import raw

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_RENAMED = (
    "CREATE TRIGGER renamed_band AFTER UPDATE OF name ON rate_band WHEN NEW.name IS NOT OLD.name BEGIN "
    "UPDATE rate SET band = NEW.name WHERE band = OLD.name "
    "AND table_number = (SELECT number FROM rate_table WHERE id = NEW.table_id); END"
)
"""Rates are not journaled: the inverse of a renaming reaches them by this way only."""

_AWAITED = (
    "CREATE TRIGGER awaited_band BEFORE UPDATE OF name ON rate_band WHEN NEW.name IS NOT OLD.name "
    "AND EXISTS (SELECT 1 FROM rate_import JOIN staged_sheet ON staged_sheet.import_id = rate_import.id "
    "WHERE rate_import.table_id = NEW.table_id) BEGIN "
    "SELECT RAISE(ABORT, 'a sheet that waits may name this time band'); END"
)
"""What is packed for a review names its bands; nobody could publish it after a renaming."""


def upgrade() -> None:
    """Apply."""
    connection = raw(op.get_bind())
    connection.execute(_RENAMED)
    connection.execute(_AWAITED)
