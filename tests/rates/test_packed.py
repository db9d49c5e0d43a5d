"""Decks as SQLite packs them, against the same read row by row."""

from dataclasses import fields
from itertools import zip_longest

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.rates.conftest import Desk, rate
from voipdesk.rates import engine
from voipdesk.rates.queries import decks

PREFIX = st.text("0123456789", min_size=1, max_size=15)
MONEY = st.integers(0, 2**50)
ROW = st.tuples(
    PREFIX,
    st.sampled_from(["", "", "", "peak", "night"]),
    st.integers(1, 3),
    st.sampled_from([0, 0, 1, 2]),
    MONEY,
    st.one_of(st.none(), MONEY),
    st.one_of(st.none(), st.integers(10**15, 2**58)),
    st.sampled_from(["", "UK", "Égypte", "a\nb", 'say "x"', "two  blanks", "مصر"]),
)
VERSIONS = st.lists(st.lists(ROW, max_size=6, unique_by=lambda row: row[:3]), min_size=1, max_size=3)
INSERT = (
    "INSERT INTO rate (table_number, version_seq, prefix, band, effective_from, state, price, next_price, "
    "effective_until, destination, initial_interval) VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?, ?, 6)"
)


@pytest.fixture
def three(desk: Desk) -> Desk:
    """A table with three published versions."""
    for price in ("0.01", "0.02", "0.03"):
        desk.publish(rate("44", price))
    return desk


def fill(desk: Desk, versions: list[list[tuple[object, ...]]], *, mixed: bool = False) -> None:
    """These rows in the place of those that the versions had, version by version or one of each in turn."""
    rows = [(seq, *row) for seq, several in enumerate(versions, 1) for row in several]
    if mixed:
        turns = zip_longest(*([one for one in rows if one[0] == seq] for seq in (1, 2, 3)))
        rows = [one for turn in turns for one in turn if one is not None]
    with desk.db.write("Fill", desk.admin, undoable=False) as write:
        write.raw.execute("DELETE FROM rate")
        write.raw.executemany(INSERT, rows)


def told(found: engine.RateColumns) -> list[tuple[object, ...]]:
    """Rows with their names instead of codes."""
    names = [one.name for one in fields(found) if not one.name.endswith("_names")]
    columns = [getattr(found, name).tolist() for name in names if name not in ("band", "destination")]
    bands = [found.band_names[code] for code in found.band.tolist()]
    return list(zip(bands, found.destination_texts(), *columns, strict=True))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(VERSIONS, st.booleans(), st.sampled_from([1, 2, decks._CHUNK]))
def test_packed_rows_equal_rows_one_by_one(
    three: Desk,
    monkeypatch: pytest.MonkeyPatch,
    versions: list[list[tuple[object, ...]]],
    mixed: bool,
    most: int,
) -> None:
    fill(three, versions, mixed=mixed)
    monkeypatch.setattr(decks, "_CHUNK", most)
    with three.db.read() as conn:
        packed, plain = engine.packed_columns(decks._packed(conn, 1)), engine.columns(decks._rows(conn, 1))
    assert len(packed) == sum(map(len, versions))
    assert told(packed) == told(plain)
    assert packed.prefix_texts() == sorted(packed.prefix_texts())


def test_a_text_that_holds_the_mark_is_read_row_by_row(three: Desk) -> None:
    odd = f"UK{engine.MARK}Fixed"
    fill(three, [[("44", "", 1, 0, 5, None, None, odd), ("447", "", 1, 0, 6, 7, None, "UK Mobile")]])
    with three.db.read() as conn:
        with pytest.raises(ValueError, match="mark"):
            engine.packed_columns(decks._packed(conn, 1))
        found = decks.columns(conn, 1)
    assert found.destination_texts() == [odd, "UK Mobile"]
    assert (found.price.tolist(), found.next_price.tolist()) == ([5, 6], [5, 7])


def test_a_prefix_that_is_no_number_is_not_taken_for_one(three: Desk) -> None:
    fill(three, [[("44", "", 1, 0, 5, None, None, "UK"), ("4x", "", 1, 0, 6, None, None, "UK Mobile")]])
    with three.db.read() as conn, pytest.raises(ValueError, match="digits"):
        engine.packed_columns(decks._packed(conn, 1))
