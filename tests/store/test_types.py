"""Types at rest, on SQLite and on a real Postgres."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Column, MetaData, Table, create_engine, insert, select

from voipdesk.accounts.schema import account
from voipdesk.kernel.money import from_scaled, to_scaled
from voipdesk.store.types import Day, Instant, Key, Scaled, scaled_sum, uuid7


def test_uuid7_rises_and_says_its_version():
    keys = [uuid7() for _ in range(5000)]
    assert keys == sorted(keys)
    assert len(set(keys)) == 5000
    assert {(key.version, key.variant) for key in keys} == {(7, "specified in RFC 4122")}
    assert (
        abs(datetime.fromtimestamp((keys[0].int >> 80) / 1000, UTC) - datetime.now(UTC)).total_seconds() < 60
    )


@given(st.integers(-(2**63) + 1, 2**63 - 1))
def test_scaled_integers_come_back_exactly(units):
    assert to_scaled(from_scaled(units)) == units


@given(st.lists(st.integers(-(2**63) + 1, 2**63 - 1), max_size=5))
def test_a_sum_is_exact_beyond_what_one_integer_holds(units):
    table = Table("t", MetaData(), Column("amount", Scaled))
    engine = create_engine("sqlite://")
    with engine.begin() as conn:
        table.create(conn)
        for one in units:
            conn.execute(insert(table).values(amount=from_scaled(one)))
        found = conn.execute(select(scaled_sum(table.c.amount))).scalar_one()
    engine.dispose()
    assert found == (Decimal(sum(units)).scaleb(-8) if units else None)


@pytest.mark.parametrize("value", [0.1, True, "1"])
def test_only_exact_numbers_are_money(value):
    with pytest.raises(TypeError):
        to_scaled(value)


def test_a_naive_instant_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        Instant().process_bind_param(datetime(2026, 11, 23), None)  # noqa: DTZ001 - the point of the test


def test_days_and_keys_round_trip():
    assert Day().process_result_value(Day().process_bind_param(date(2026, 2, 28), None), None) == date(
        2026, 2, 28
    )
    key = uuid7()
    assert Key().process_result_value(key.bytes, None) == key
    assert Scaled().process_result_value(1, None) == Decimal("0.00000001")


def test_the_same_tables_stand_on_postgres(postgres_database):
    from tests.whole_schema import load

    engine = create_engine(postgres_database.replace("postgresql://", "postgresql+psycopg://"))
    metadata = load()
    metadata.create_all(engine)
    key = uuid7()
    when = datetime(2026, 11, 23, 7, 0, 0, 123456, tzinfo=UTC)
    row = {
        "id": key,
        "level": "admin",
        "name": "A",
        "code": "A",
        "created_at": when,
        "credit_limit": Decimal("12345678901.23456789"),
    }
    with engine.begin() as conn:
        conn.execute(insert(account).values(row))
        found = conn.execute(select(account)).one()
    assert (found.id, found.created_at, found.credit_limit) == (key, when, Decimal("12345678901.23456789"))
    engine.dispose()
