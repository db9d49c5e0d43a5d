"""Columns out of and into a real SQLite file."""

import sqlite3

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voipdesk.calls.engine_rows import insert_columns, packed_chunks, positions
from voipdesk.rating.engine import keys_of_marked, number_key


@pytest.fixture
def conn(tmp_path):
    connection = sqlite3.connect(tmp_path / "calls.db")
    connection.execute("CREATE TABLE call (id INTEGER PRIMARY KEY, number TEXT, talk INTEGER, account BLOB)")
    connection.execute(
        "CREATE TABLE rated (call_id INTEGER, run INTEGER, path INTEGER, cost INTEGER, price INTEGER)"
    )
    yield connection
    connection.close()


def chunks(conn, size):
    return packed_chunks(
        conn,
        ["id", "'1' || number", "talk"],
        ["account"],
        lambda after: ("SELECT * FROM call WHERE talk > 0 AND id > ? ORDER BY id", [after]),
        size=size,
    )


def test_calls_come_in_chunks_with_zeros_and_zero_bytes_kept(conn):
    accounts = [bytes(16), b"\x00" * 15 + b"\x01", b"\xff\xfe" * 8, None, b"'\x00 \n" * 4]
    numbers = ["0049", "4912345", "", "999999999999999999", "1"]
    rows = [(5 * i + 3, numbers[i % 5], i % 3, accounts[i % 5]) for i in range(23)]
    conn.executemany("INSERT INTO call VALUES (?, ?, ?, ?)", rows)
    wanted = [row for row in rows if row[2] > 0]
    seen = list(chunks(conn, 4))
    assert [len(chunk) for chunk in seen] == [4, 4, 4, 3]
    got = []
    for chunk in seen:
        ids, marked, talk = chunk.integers
        keys = keys_of_marked(marked).tolist()
        got += list(
            zip(ids.tolist(), keys, talk.tolist(), (row.tobytes() for row in chunk.keys[0]), strict=True)
        )
    assert got == [(row[0], number_key(row[1]), row[2], row[3] or bytes(16)) for row in wanted]


def test_no_calls_no_chunks(conn):
    assert list(chunks(conn, 4)) == []


@given(
    st.lists(st.binary(min_size=16, max_size=16), unique=True), st.lists(st.binary(min_size=16, max_size=16))
)
def test_positions_of_keys(known, others):
    wanted = [*known[::-1], *others]
    keys = np.frombuffer(b"".join(wanted), np.uint64).reshape(-1, 2)
    places = {key: place for place, key in enumerate(known)}
    assert positions(known, keys).tolist() == [places.get(key, -1) for key in wanted]


def test_positions_when_half_of_a_key_is_shared():
    known = [bytes([place]) * 8 + b"same tail"[:8] for place in range(5)]
    keys = np.frombuffer(b"".join(known[::-1]), np.uint64).reshape(-1, 2)
    assert positions(known, keys).tolist() == [4, 3, 2, 1, 0]


@settings(max_examples=30)
@given(st.integers(0, 130), st.data())
def test_rows_are_written_as_they_are(count, data):
    conn = sqlite3.connect(":memory:")
    conn.execute(
        "CREATE TABLE rated (call_id INTEGER, run INTEGER, path INTEGER, cost INTEGER, price INTEGER)"
    )
    amounts = st.integers(-1, 2**62)
    cost = data.draw(st.lists(amounts, min_size=count, max_size=count))
    price = data.draw(st.just([-1] * count) | st.lists(st.integers(0, 9), min_size=count, max_size=count))
    columns = [
        ("call_id", np.arange(count)),
        ("run", 7),
        ("path", None),
        ("cost", np.array(cost, np.int64)),
        ("price", np.array(price, np.int64)),
    ]
    insert_columns(conn, "rated", columns)
    wanted = [
        (i, 7, None, None if cost[i] < 0 else cost[i], None if price[i] < 0 else price[i])
        for i in range(count)
    ]
    assert conn.execute("SELECT * FROM rated ORDER BY call_id").fetchall() == wanted
    conn.close()
