"""The journal: triggers that see every write, and undo that is nothing but the inverse as a new change."""

import json
import sqlite3
from collections.abc import Iterable
from typing import Any

from voipdesk.kernel.problems import Conflict, Refused
from voipdesk.kernel.text import tr

_REFUSE = "SELECT RAISE(ABORT, 'written outside of Database.write') WHERE NOT EXISTS (SELECT 1 FROM change WHERE open = 1);"
_INSERT = "INSERT INTO journal (change_seq, table_name, row_key, operation, before, after) SELECT seq, "


def install(connection: sqlite3.Connection, tables: Iterable[str]) -> None:
    """Make the journal triggers of the tables anew from their columns; for migrations."""
    for table in tables:
        columns = _columns(connection, table)
        key = _key_expression(columns)
        for operation, before, after in (
            ("insert", "", "NEW"),
            ("update", "OLD", "NEW"),
            ("delete", "OLD", ""),
        ):
            row = after or before
            name = f"journal_{table}_{operation}"
            body = (
                f"{_REFUSE} {_INSERT}'{table}', {key.format(row=row)}, '{operation}', "
                f"{_image(columns, before)}, {_image(columns, after)} FROM change WHERE open = 1;"
            )
            connection.execute(f"DROP TRIGGER IF EXISTS {name}")
            connection.execute(f"CREATE TRIGGER {name} AFTER {operation.upper()} ON {table} BEGIN {body} END")


def journaled_tables(connection: sqlite3.Connection) -> list[str]:
    """Names of the tables that have journal triggers."""
    rows = connection.execute(
        "SELECT DISTINCT tbl_name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'journal\\_%' ESCAPE '\\'"
    )
    return sorted(row[0] for row in rows)


def apply_inverse(connection: sqlite3.Connection, seq: int) -> None:
    """Take one change back inside an open one. `Conflict` where a row has changed since, or others depend on it."""
    rows = connection.execute(
        "SELECT table_name, row_key, operation, before, after FROM journal WHERE change_seq = ? ORDER BY seq DESC",
        (seq,),
    ).fetchall()
    for table, key, operation, before, after in rows:
        _expect(connection, table, key, after)
        try:
            _restore(connection, table, key, operation=operation, image=before)
        except sqlite3.IntegrityError as cause:
            raise Conflict(
                "depended_on",
                tr("This cannot be undone: something made since depends on a row of “{table}”.").format(
                    table=table
                ),
                tr("Undo the later change first, or correct the row by hand."),
            ) from cause


def undo_candidate(connection: sqlite3.Connection, actor_id: bytes | None) -> tuple[int, str] | None:
    """The newest change of the actor that stands and can be undone: (seq, label)."""
    return _newest(connection, actor_id, undone=False)


def redo_candidate(connection: sqlite3.Connection, actor_id: bytes | None) -> tuple[int, str] | None:
    """The change that a redo would bring back, as long as the actor did nothing new since its undo."""
    found = connection.execute(
        "SELECT kind, target FROM change WHERE actor_id IS ? ORDER BY seq DESC LIMIT 1", (actor_id,)
    ).fetchone()
    if found is None or found[0] == "do":
        return None
    row = connection.execute(
        """SELECT c.seq, c.label FROM change c
           JOIN change l ON l.seq = (SELECT max(t.seq) FROM change t WHERE t.target = c.seq)
           WHERE c.kind = 'do' AND c.actor_id IS ? AND l.kind = 'undo'
             AND l.seq > (SELECT max(d.seq) FROM change d WHERE d.kind = 'do' AND d.actor_id IS ?)
           ORDER BY c.seq LIMIT 1""",
        (actor_id, actor_id),
    ).fetchone()
    return None if row is None else (row[0], row[1])


def last_event(connection: sqlite3.Connection, seq: int) -> int:
    """The change whose inverse brings a `do` back: its newest undo or redo, else itself."""
    row = connection.execute("SELECT max(seq) FROM change WHERE target = ?", (seq,)).fetchone()
    return int(row[0] or seq)


def require(found: tuple[int, str] | None, what: str) -> tuple[int, str]:
    """The candidate, or a refusal that says there is none."""
    if found is None:
        raise Refused("nothing_to_" + what, tr("There is nothing to {what}.").format(what=what))
    return found


def _newest(
    connection: sqlite3.Connection, actor_id: bytes | None, *, undone: bool
) -> tuple[int, str] | None:
    row = connection.execute(
        """SELECT c.seq, c.label, c.undoable FROM change c
           LEFT JOIN change l ON l.seq = (SELECT max(t.seq) FROM change t WHERE t.target = c.seq)
           WHERE c.kind = 'do' AND c.actor_id IS ? AND (l.kind IS NOT NULL AND l.kind = 'undo') = ?
           ORDER BY c.seq DESC LIMIT 1""",
        (actor_id, int(undone)),
    ).fetchone()
    if row is None or row[2] == 2:  # 2: from before a restore
        return None
    if not row[2]:
        raise Refused(
            "not_undoable",
            tr("“{label}” cannot be undone.").format(label=row[1]),
            tr(
                "Imports and rating runs are taken back where they are listed; issued documents are corrected "
                "by a new document."
            ),
        )
    return int(row[0]), str(row[1])


def _columns(connection: sqlite3.Connection, table: str) -> list[tuple[str, bool, bool]]:
    """(name, holds bytes, is key) for each column of the table."""
    rows = connection.execute(f"PRAGMA table_info({table})").fetchall()
    if not rows:
        raise LookupError(f"no table {table}")
    return [(row[1], "BLOB" in row[2].upper(), bool(row[5])) for row in rows]


def _key_expression(columns: list[tuple[str, bool, bool]]) -> str:
    keys = [(name, is_bytes) for name, is_bytes, is_key in columns if is_key]
    if len(keys) != 1:
        raise LookupError("a journaled table has exactly one key column")
    name, is_bytes = keys[0]
    return f"hex({{row}}.{name})" if is_bytes else f"{{row}}.{name}"


def _image(columns: list[tuple[str, bool, bool]], row: str) -> str:
    """SQL of the JSON image of OLD or NEW; NULL where there is none."""
    if not row:
        return "NULL"
    parts = [
        f"'{name}', CASE WHEN {row}.{name} IS NULL THEN NULL ELSE hex({row}.{name}) END"
        if is_bytes
        else f"'{name}', {row}.{name}"
        for name, is_bytes, _ in columns
    ]
    return f"json_object({', '.join(parts)})"


def _current(connection: sqlite3.Connection, table: str, key: str) -> dict[str, Any] | None:
    """The row as the journal would picture it now."""
    columns = _columns(connection, table)
    where = _key_expression(columns).format(row="r")
    row = connection.execute(
        f"SELECT {_image(columns, 'r')} FROM {table} r WHERE {where} = ?", (key,)
    ).fetchone()
    return None if row is None else json.loads(row[0])


def _expect(connection: sqlite3.Connection, table: str, key: str, image: str | None) -> None:
    """Refuse when the row is no longer what the change had left."""
    expected = None if image is None else json.loads(image)
    if _current(connection, table, key) != expected:
        raise Conflict(
            "changed_since",
            tr("This cannot be undone: a row of “{table}” has changed since.").format(table=table),
            tr("Undo the later change first, or correct the row by hand."),
        )


def _restore(
    connection: sqlite3.Connection, table: str, key: str, *, operation: str, image: str | None
) -> None:
    columns = _columns(connection, table)
    where = f"{_key_expression(columns).format(row=table)} = ?"
    if operation == "insert":
        connection.execute(f"DELETE FROM {table} WHERE {where}", (key,))
        return
    values = _values(columns, json.loads(image or "{}"))
    if operation == "delete":
        names = ", ".join(values)
        marks = ", ".join("?" * len(values))
        connection.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", tuple(values.values()))
    else:
        sets = ", ".join(f"{name} = ?" for name in values)
        connection.execute(f"UPDATE {table} SET {sets} WHERE {where}", (*values.values(), key))


def _values(columns: list[tuple[str, bool, bool]], image: dict[str, Any]) -> dict[str, Any]:
    """Column values of an image; columns that a later version added keep their default."""
    known = {name: is_bytes for name, is_bytes, _ in columns}
    return {
        name: bytes.fromhex(value) if known[name] and value is not None else value
        for name, value in image.items()
        if name in known
    }
