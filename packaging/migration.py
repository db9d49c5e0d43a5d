"""Write the Alembic migration that takes the schema from the newest revision to the tables in the code.

python packaging/migration.py "what changes"
"""

import pathlib
import re
import sys
import tempfile
from collections.abc import Iterable, Iterator
from typing import Any

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from alembic.autogenerate import produce_migrations, render_python_code  # noqa: E402
from alembic.migration import MigrationContext  # noqa: E402
from sqlalchemy import create_engine  # noqa: E402

from tests import whole_schema  # noqa: E402
from voipdesk.store import files  # noqa: E402

VERSIONS = ROOT / "voipdesk/store/migrations/versions"
HEADER = '''"""{message}."""

import sqlalchemy as sa
from alembic import op

import voipdesk.store.types
from voipdesk.store import journal
from voipdesk.store.database import raw

revision = "{revision}"
down_revision = {down!r}
branch_labels = None
depends_on = None

JOURNALED = {journaled!r}
"""Tables whose journal triggers see their columns anew."""


def upgrade() -> None:
    """Apply."""
'''


def tables_of(operations: Iterable[Any]) -> Iterator[str]:
    """The tables that some operations make or change."""
    for one in operations:
        if hasattr(one, "table_name"):
            yield one.table_name
        yield from tables_of(getattr(one, "ops", ()))


def main() -> None:
    message = sys.argv[1]
    metadata = whole_schema.load()
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "now.vdesk"
        files.create(path)
        engine = create_engine(f"sqlite:///{path}")
        with engine.connect() as connection:
            context = MigrationContext.configure(connection, opts={"compare_type": True})
            script = produce_migrations(context, metadata)
        engine.dispose()
    assert script.upgrade_ops is not None
    code = render_python_code(script.upgrade_ops)
    revision = f"{int(files.HEAD) + 1:04d}"
    touched = set(tables_of(script.upgrade_ops.ops))
    journaled = sorted(
        t.name for t in metadata.tables.values() if t.info.get("journal") and t.name in touched
    )
    body = HEADER.format(message=message, revision=revision, down=files.HEAD, journaled=journaled)
    body += code.rstrip() + "\n    journal.install(raw(op.get_bind()), JOURNALED)\n"
    slug = re.sub(r"[^a-z0-9]+", "_", message.lower()).strip("_")[:40]
    target = VERSIONS / f"{revision}_{slug}.py"
    target.write_text(body)
    print(target)


main()
