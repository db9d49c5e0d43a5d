"""Writing, reading, undo: on a real file."""

import sqlite3
import threading
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from sqlalchemy import func, insert, select, update

from voipdesk.accounts.schema import account, supplier
from voipdesk.kernel.changes import Actor, ChangeSet
from voipdesk.kernel.problems import Conflict, Refused, WorkspaceError
from voipdesk.rates.schema import rate, rate_table, rate_version
from voipdesk.store.database import Database
from voipdesk.store.tables import change, journal
from voipdesk.store.types import uuid7

LARGEST = Decimal("92233720368.54775807")


def _add(db: Database, actor: Actor, name: str = "Aurora"):
    key = uuid7()
    with db.write(f"Add {name}", actor) as write:
        write.conn.execute(insert(supplier).values(id=key, name=name, code=name.upper(), currency="USD"))
    return key


def _names(db: Database) -> list[str]:
    with db.read() as conn:
        return list(conn.execute(select(supplier.c.name).order_by(supplier.c.name)).scalars())


def test_a_write_is_told_once_with_its_rows(db, sara):
    heard: list[ChangeSet] = []
    stop = db.subscribe(heard.append)
    key = _add(db, sara)
    stop()
    _add(db, sara, "Boreal")
    assert [(change.table, change.key, change.operation) for change in heard[0].changes] == [
        ("supplier", key.hex.upper(), "insert")
    ]
    assert heard[0].label == "Add Aurora"
    assert heard[0].tables == {"supplier"}
    assert len(heard) == 1


def test_an_exception_inside_a_write_leaves_nothing(db, sara):
    heard: list[ChangeSet] = []
    db.subscribe(heard.append)

    def fail() -> None:
        with db.write("Fail", sara) as write:
            write.conn.execute(insert(supplier).values(id=uuid7(), name="A", code="A", currency="USD"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert _names(db) == []
    assert heard == []
    with db.read() as conn:
        assert conn.execute(select(func.count()).select_from(change)).scalar() == 0


def test_reading_is_one_snapshot_and_cannot_write(db, sara):
    _add(db, sara)
    with db.read() as conn:
        first = conn.execute(select(func.count()).select_from(supplier)).scalar()
        thread = threading.Thread(target=_add, args=(db, sara, "Boreal"))
        thread.start()
        thread.join()
        assert conn.execute(select(func.count()).select_from(supplier)).scalar() == first
    with pytest.raises(WorkspaceError, match="cannot be written"), db.read() as conn:
        conn.execute(supplier.delete())


def test_core_bulk_and_raw_writes_of_a_journaled_table_are_journaled(db, sara):
    with db.write("Many", sara) as write:
        write.conn.execute(
            insert(supplier),
            [{"id": uuid7(), "name": f"S{n}", "code": f"S{n}", "currency": "USD"} for n in range(300)],
        )
        write.raw.executemany(
            "INSERT INTO supplier (id, name, code, currency) VALUES (?, ?, ?, 'USD')",
            [(uuid7().bytes, f"R{n}", f"R{n}") for n in range(300)],
        )
        write.raw.execute("UPDATE supplier SET currency = 'EUR' WHERE name LIKE 'R1%'")
    assert write.changes is not None
    assert sum(change.operation == "insert" for change in write.changes.changes) == 600
    assert sum(change.operation == "update" for change in write.changes.changes) == 111
    db.undo(sara)
    assert _names(db) == []
    db.redo(sara)
    assert len(_names(db)) == 600
    with db.read() as conn:
        euro = select(func.count()).select_from(supplier).where(supplier.c.currency == "EUR")
        assert conn.execute(euro).scalar() == 111


def test_a_write_past_the_journal_is_refused_by_the_file_itself(db, sara):
    _add(db, sara)
    other = sqlite3.connect(db.path)
    with pytest.raises(sqlite3.IntegrityError, match=r"outside of Database\.write"):
        other.execute("UPDATE supplier SET name = 'Mallory'")
    other.close()


def test_undo_and_redo_walk_the_actors_changes(db, sara):
    for name in ("A", "B", "C"):
        _add(db, sara, name)
    rami = Actor(uuid7(), "reseller", "rami")
    _add(db, rami, "Z")
    assert db.undo_label(sara) == "Add C"
    db.undo(sara)
    db.undo(sara)
    assert _names(db) == ["A", "Z"]
    assert db.redo_label(sara) == "Add B"
    db.redo(sara)
    assert _names(db) == ["A", "B", "Z"]
    _add(db, sara, "D")
    assert db.redo_label(sara) is None
    with pytest.raises(Refused, match="nothing to redo"):
        db.redo(sara)
    for _ in range(3):
        db.undo(sara)
    assert _names(db) == ["Z"]
    with pytest.raises(Refused, match="nothing to undo"):
        db.undo(sara)


def test_undo_restores_every_column_exactly(db, sara):
    key = uuid7()
    when = datetime(2026, 11, 23, 7, 0, 0, 123456, tzinfo=UTC)
    row = {
        "id": key, "level": "admin", "name": "Ünï ‏عربي “q”", "code": "X", "credit_limit": LARGEST,
        "created_at": when, "address": {"lines": ["a", "b"], "email": ""},
    }  # fmt: skip
    with db.write("Add", sara) as write:
        write.conn.execute(insert(account).values(row))
    with db.read() as conn:
        before = conn.execute(select(account)).one()
    with db.write("Delete", sara) as write:
        write.conn.execute(account.delete())
    db.undo(sara)
    with db.read() as conn:
        assert conn.execute(select(account)).one() == before
    assert before.credit_limit == LARGEST
    assert before.created_at == when


def test_undo_is_refused_where_the_row_changed_since(db, sara):
    key = _add(db, sara)
    with db.write("Rename", sara) as write:
        write.conn.execute(update(supplier).where(supplier.c.id == key).values(name="Aurora 2"))
    rami = Actor(uuid7(), "admin", "rami")
    with db.write("Rename", rami) as write:
        write.conn.execute(update(supplier).where(supplier.c.id == key).values(name="Aurora 3"))
    with pytest.raises(Conflict, match="has changed since"):
        db.undo(sara)
    assert _names(db) == ["Aurora 3"]


def test_what_is_not_undoable_says_so_and_stays(db, sara):
    _add(db, sara)
    with db.write("Issue", sara, undoable=False) as write:
        write.set("currency", "USD")
    assert db.undo_label(sara) is None
    with pytest.raises(Refused, match="cannot be undone"):
        db.undo(sara)
    assert db.setting("currency") == "USD"


def test_flipping_the_parent_hides_a_batch_and_undo_brings_it_back(db, sara):
    table, version = uuid7(), uuid7()
    visible = (
        select(func.count())
        .select_from(rate.join(rate_version, rate.c.version_seq == rate_version.c.seq))
        .where(rate_version.c.state == "published")
    )
    with db.write("Import", sara) as write:
        write.conn.execute(insert(rate_table).values(id=table, number=1, name="T", currency="USD"))
        values = {"id": version, "seq": 1, "table_id": table, "state": "published", "source": "import"}
        write.conn.execute(insert(rate_version).values(values | {"created_at": write.now}))
        write.raw.executemany(
            "INSERT INTO rate (table_number, version_seq, prefix, effective_from) VALUES (1, 1, ?, 0)",
            [(str(number),) for number in range(1000, 3000)],
        )
    assert write.changes is not None
    assert len(write.changes.changes) == 2
    with db.write("Revert", sara) as write:
        write.conn.execute(update(rate_version).values(state="reverted"))
    with db.read() as conn:
        assert conn.execute(visible).scalar() == 0
    db.undo(sara)
    with db.read() as conn:
        assert conn.execute(visible).scalar() == 2000


def test_kept_bytes_come_back_and_are_kept_once(db, sara):
    with db.write("Keep", sara) as write:
        first = write.keep(b"%PDF" * 10_000)
        assert write.keep(b"%PDF" * 10_000) == first
        write.set("logo", first)
    assert db.kept(first) == b"%PDF" * 10_000
    with pytest.raises(LookupError):
        db.kept("0" * 64)


def test_money_in_the_file_is_a_scaled_integer_and_floats_are_refused(db, sara):
    with db.write("Set", sara) as write:
        row = {"id": uuid7(), "level": "admin", "name": "A", "code": "A", "created_at": write.now}
        write.conn.execute(insert(account).values(row | {"credit_limit": Decimal("0.00000001")}))
        assert write.raw.execute("SELECT credit_limit, typeof(credit_limit) FROM account").fetchone() == (
            1,
            "integer",
        )
    with pytest.raises(Exception, match="money is Decimal, not float"), db.write("Set", sara) as write:
        write.conn.execute(update(account).values(credit_limit=0.1))
    with pytest.raises(Exception, match="more than 8 decimals"), db.write("Set", sara) as write:
        write.conn.execute(update(account).values(credit_limit=Decimal("0.000000001")))


def test_a_write_that_touched_nothing_journaled_leaves_no_entry(db, sara):
    with db.write("Nothing", sara):
        pass
    with db.read() as conn:
        assert conn.execute(select(func.count()).select_from(change)).scalar() == 0
        assert conn.execute(select(func.count()).select_from(journal)).scalar() == 0
