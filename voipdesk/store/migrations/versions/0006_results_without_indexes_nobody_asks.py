"""Results of rating without the indexes that nobody asks: they cost a third of writing them."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.drop_index("ix_rated_run_seq", table_name="rated")
    op.drop_index("ix_rating_path_company_id", table_name="rating_path")
    op.drop_index("ix_rating_path_reseller_id", table_name="rating_path")
    op.drop_index("ix_rating_path_run_seq", table_name="rating_path")
    op.drop_index("ix_rating_term_run_seq", table_name="rating_term")
