"""Small numbers of imports and runs, never given twice."""

from sqlalchemy import Connection, insert, select, update

from voipdesk.calls.schema import sequence


def next_number(conn: Connection, name: str) -> int:
    """The next small key of a kind, inside the writing transaction."""
    row = conn.execute(select(sequence.c.value).where(sequence.c.name == name)).first()
    value = 1 if row is None else int(row[0]) + 1
    if row is None:
        conn.execute(insert(sequence).values(name=name, value=value))
    else:
        conn.execute(update(sequence).where(sequence.c.name == name).values(value=value))
    return value
