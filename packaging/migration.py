"""Write the Alembic migration that takes the schema from the newest revision to the tables in the code.

python packaging/migration.py "what changes"     a new revision
python packaging/migration.py --initial          make 0001 anew (only while nothing has been released)
"""

import pathlib
import re
import sys
import tempfile

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
{extra_import}
revision = "{revision}"
down_revision = {down!r}
branch_labels = None
depends_on = None

JOURNALED = {journaled!r}


def upgrade() -> None:
    """Apply."""
'''


def main() -> None:
    initial = "--initial" in sys.argv
    message = "The first schema" if initial else sys.argv[1]
    metadata = whole_schema.load()
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "now.vdesk"
        if not initial:
            files.create(path)
        engine = create_engine(f"sqlite:///{path}")
        with engine.connect() as connection:
            context = MigrationContext.configure(connection, opts={"compare_type": True})
            script = produce_migrations(context, metadata)
        engine.dispose()
    assert script.upgrade_ops is not None
    code = render_python_code(script.upgrade_ops)
    revision = "0001" if initial else f"{int(files.HEAD) + 1:04d}"
    down = None if initial else files.HEAD
    journaled = sorted(t.name for t in metadata.tables.values() if t.info.get("journal"))
    extra = "from voipdesk.store.migrations import refusals\n" if initial else ""
    body = HEADER.format(
        message=message, revision=revision, down=down, journaled=journaled, extra_import=extra
    )
    body += code.rstrip() + "\n    journal.install(raw(op.get_bind()), JOURNALED)\n"
    if initial:
        body += "    refusals.install(raw(op.get_bind()))\n"
    slug = "initial" if initial else re.sub(r"[^a-z0-9]+", "_", message.lower()).strip("_")[:40]
    target = VERSIONS / f"{revision}_{slug}.py"
    target.write_text(body)
    print(target)


main()
