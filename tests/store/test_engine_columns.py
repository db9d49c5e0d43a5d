"""Columns out of and into real SQLite files, compared with what SQLite says row by row."""

import sqlite3

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.worlds import acme
from voipdesk.store import engine_columns as columns
from voipdesk.store.database import raw
from voipdesk.store.engine_columns import RowsFile, packed, shelf

WHOLE = st.integers(-(2**63), 2**63 - 1)
SMALL = st.integers(-3, 300)


@pytest.fixture
def conn(tmp_path):
    connection = sqlite3.connect(tmp_path / "some.db", isolation_level=None)
    connection.execute("CREATE TABLE call (id INTEGER PRIMARY KEY, number TEXT, talk INTEGER, account BLOB)")
    yield connection
    connection.close()


def filled(conn, count):
    accounts = [bytes(16), b"\x00" * 15 + b"\x01", b"\xff\xfe" * 8, None, b"'\x00 \n" * 4]
    numbers = ["0049", "4912345", "", "999999999999999999", "1"]
    rows = [(5 * i + 3, numbers[i % 5], i * 7919 % 2**40, accounts[i % 5]) for i in range(count)]
    conn.execute("SAVEPOINT filling")
    conn.executemany("INSERT INTO call VALUES (?, ?, ?, ?)", rows)
    conn.execute("RELEASE filling")
    return rows


def read(conn, rows="FROM call ORDER BY id"):
    return packed(conn, ["id", "'1' || number", "talk"], ["account"], rows, ())


@pytest.mark.parametrize("count", [1, 2, 700, 70_000])
def test_rows_come_as_they_are_with_zeros_and_zero_bytes(conn, count):
    rows = filled(conn, count)
    found = read(conn)
    assert len(found) == count
    assert found.integers.tolist() == [
        [row[0] for row in rows], [int("1" + row[1]) for row in rows], [row[2] for row in rows]
    ]  # fmt: skip
    assert [one.tobytes() for one in found.keys[0]] == [row[3] or bytes(16) for row in rows]


def test_nothing_selected_is_none(conn):
    assert read(conn) is None
    filled(conn, 10)
    assert read(conn, "FROM call WHERE id < 0") is None


def test_a_selection_leaves_nothing_behind_and_the_next_starts_anew(conn):
    rows = filled(conn, 90_000)
    assert len(read(conn)) == 90_000
    assert read(conn, "FROM call WHERE id <= 8 ORDER BY id").integers[0].tolist() == [3, 8]
    assert conn.execute("SELECT count(*) FROM columns_out.sqlite_schema").fetchone() == (0,)
    assert conn.execute("SELECT count(*) FROM call").fetchone() == (len(rows),)


def test_another_selection_may_be_half_read(conn):
    filled(conn, 9_000)
    conn.execute("BEGIN")
    half = conn.execute("SELECT id FROM call ORDER BY id")
    half.fetchone()
    assert len(read(conn)) == 9_000
    assert read(conn, "FROM call WHERE id <= 8 ORDER BY id").integers[0].tolist() == [3, 8]
    assert len(half.fetchall()) == 8_999
    assert read(conn, "FROM call WHERE id < 4").integers[0].tolist() == [3]
    assert conn.execute("SELECT count(*) FROM columns_out.sqlite_schema").fetchone() == (0,)


def test_what_a_transaction_has_written_is_read_in_it(conn):
    conn.execute("BEGIN IMMEDIATE")
    filled(conn, 3)
    assert read(conn).integers[0].tolist() == [3, 8, 13]
    conn.execute("ROLLBACK")
    assert read(conn) is None


def test_cells_in_another_order_than_sqlite_writes_them(conn):
    filled(conn, 700)
    with shelf(conn, 1, 0) as taken:
        conn.execute(f"INSERT INTO columns_out.rows_1_0 SELECT id + {columns.OFFSET} FROM call ORDER BY id")
        whole = taken.read().integers.tolist()
        # Rows taken out and put in again fill the gaps that the first ones left.
        conn.execute("DELETE FROM columns_out.rows_1_0 WHERE rowid % 3 = 1")
        kept = [one - columns.OFFSET for (one,) in conn.execute("SELECT c0 FROM columns_out.rows_1_0")][1:]
        conn.execute(
            f"INSERT INTO columns_out.rows_1_0 SELECT id + {columns.OFFSET} FROM call WHERE id < 99 ORDER BY id"
        )
        assert taken.read().integers.tolist() == [kept + [one for one in whole[0] if one < 99]]


def test_what_is_no_integer_or_no_key_is_told(conn):
    conn.execute("INSERT INTO call VALUES (1, '44', NULL, x'00')")
    with pytest.raises(ValueError, match="no integer, or a key"):
        packed(conn, ["talk"], [], "FROM call", ())
    with pytest.raises(ValueError, match="no integer, or a key"):
        packed(conn, ["id"], ["account"], "FROM call", ())
    assert packed(conn, ["id"], [], "FROM call", ()).integers.tolist() == [[1]]


def test_a_reader_of_a_workspace_may_select_and_still_not_write(tmp_path):
    with acme(tmp_path) as world, world.db.read() as conn:
        ids = packed(raw(conn), ["id"], [], "FROM rate ORDER BY id", ()).integers[0].tolist()
        assert ids == [row[0] for row in conn.exec_driver_sql("SELECT id FROM rate ORDER BY id")]
        for table in ("main.rate", "columns_out.more"):
            with pytest.raises(sqlite3.OperationalError, match="readonly"):
                raw(conn).execute(f"CREATE TABLE {table}_2 (a)")


def stored(path, table):
    conn = sqlite3.connect(path)
    try:
        told = [row[0] for row in conn.execute("PRAGMA integrity_check")]
        assert all("never used" in line for line in "\n".join(told).splitlines()[1:]) or told == ["ok"]
        return conn.execute(f"SELECT * FROM {table} ORDER BY rowid").fetchall()
    finally:
        conn.close()


@settings(max_examples=60)
@given(st.lists(st.lists(st.tuples(WHOLE, SMALL, SMALL), max_size=40), max_size=6), st.integers(3, 6))
def test_sqlite_reads_what_numpy_wrote(tmp_path_factory, chunks, fan):
    path = tmp_path_factory.mktemp("rows") / "one.rows"
    usual, columns.FAN = columns.FAN, fan
    try:
        file = RowsFile(path, {"big": ("a", "b", "c"), "none": ("x",)})
        for chunk in chunks:
            arrays = np.array(chunk, np.int64).reshape(-1, 3).T
            file.add("big", dict(zip("abc", arrays, strict=True)))
        file.close()
    finally:
        columns.FAN = usual
    assert stored(path, "big") == [row for chunk in chunks for row in chunk]
    assert stored(path, "none") == []
    assert file.rows == {"big": sum(map(len, chunks)), "none": 0}


@pytest.mark.parametrize("fan", [columns.FAN, 3])
@pytest.mark.parametrize("count", [4_000, 150_000])
def test_many_pages_and_many_levels_of_them(tmp_path, monkeypatch, count, fan):
    monkeypatch.setattr(columns, "FAN", fan)
    numbers = np.arange(count)
    file = RowsFile(tmp_path / "many.rows", {"one": ("a", "b"), "two": ("c",)})
    for part in np.array_split(numbers, 5):
        file.add("one", {"a": part, "b": part * 2**40})
        file.add("two", {"c": -part})
    file.close()
    assert stored(file.path, "one") == [(one, one * 2**40) for one in range(count)]
    assert stored(file.path, "two") == [(-one,) for one in range(count)]


def test_the_page_at_the_first_gigabyte_is_left_free(tmp_path, monkeypatch):
    # The real one is page 16,385; a file of that size would cost every run a gigabyte.
    monkeypatch.setattr(columns, "LOCKED_PAGE", 6)
    file = RowsFile(tmp_path / "far.rows", {"one": ("a",)})
    for start in (0, 60_000):
        file.add("one", {"a": np.arange(start, start + 60_000)})
    file.close()
    page = file.path.read_bytes()[5 * columns.PAGE : 6 * columns.PAGE]
    assert page == bytes(columns.PAGE)
    conn = sqlite3.connect(file.path)
    assert conn.execute("SELECT count(*), sum(a) FROM one").fetchone() == (120_000, sum(range(120_000)))
    conn.close()


def test_only_what_is_below_zero_is_asked_for_null(tmp_path):
    file = RowsFile(tmp_path / "nulls.rows", {"one": ("a", "b")})
    file.add("one", {"a": np.array([0, 7]), "b": np.array([3, -1])})
    file.close()
    conn = sqlite3.connect(file.path)
    cells = ", ".join(file.cell("one", name) for name in "ab")
    assert conn.execute(f"SELECT {cells} FROM one").fetchall() == [(0, 3), (7, None)]
    assert file.cell("one", "a") == "a"
    conn.close()


@given(st.lists(st.permutations(range(7)), max_size=4))
def test_rows_go_where_their_places_say(tmp_path_factory, orders):
    path = tmp_path_factory.mktemp("rows") / "placed.rows"
    file = RowsFile(path, {"one": ("a", "b")})
    for order in orders:
        places = np.array(order)
        file.add("one", {"a": places, "b": places * 1000}, places)
    file.close()
    assert stored(path, "one") == [(one, one * 1000) for _ in orders for one in range(7)]


def look_and_stop(world, path):
    with world.db.write("Look", world.sara) as write:
        write.attach(path)
        raise RuntimeError("stop")


def test_files_are_attached_for_one_write(tmp_path):
    file = RowsFile(tmp_path / "beside.rows", {"one": ("a",)})
    file.add("one", {"a": np.arange(3)})
    file.close()
    with acme(tmp_path) as world:
        for _ in range(3):
            with world.db.write("Look", world.sara) as write:
                names = [write.attach(file.path), write.attach(file.path)]
                assert [write.raw.execute(f"SELECT sum(a) FROM {name}.one").fetchone() for name in names] == [
                    (3,),
                    (3,),
                ]
            with pytest.raises(RuntimeError, match="stop"):
                look_and_stop(world, file.path)
        with world.db.write("Look", world.sara) as write:
            attached = [row[1] for row in write.raw.execute("PRAGMA database_list")]
    assert not any(name.startswith("beside") for name in attached)
