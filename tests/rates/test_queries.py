from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.rates.conftest import NOW, OCTOBER, Desk, rate
from voipdesk.kernel.periods import from_micros, to_micros
from voipdesk.rates import commands, engine, queries
from voipdesk.rates.rules import STATES, Assertion, NewRate, in_force
from voipdesk.rating import engine as rating
from voipdesk.rating.rules import RateState, Terms

DAY = timedelta(days=1)


def _ends_after_start(row: NewRate) -> bool:
    return row.effective_until is None or row.effective_until > (row.effective_from or OCTOBER)


ROWS = st.lists(
    st.builds(
        NewRate,
        prefix=st.sampled_from(["1", "10", "100", "0044", "44", "447", "4477"]),
        terms=st.builds(
            Terms,
            price=st.integers(0, 3).map(Decimal),
            next_price=st.none() | st.integers(0, 2).map(Decimal),
            initial_interval=st.sampled_from([1, 60]),
        ),
        destination=st.sampled_from(["", "UK"]),
        state=st.sampled_from([RateState.OPEN, RateState.OPEN, *STATES]),
        effective_from=st.integers(0, 6).map(lambda days: OCTOBER + days * DAY),
        effective_until=st.none() | st.integers(1, 9).map(lambda days: OCTOBER + days * DAY),
    ),
    max_size=8,
    unique_by=lambda row: (row.prefix, row.effective_from),
).map(lambda rows: [row for row in rows if _ends_after_start(row)])


def kept(desk: Desk) -> list[Assertion]:
    """Every published row, as values."""
    prefixes = ["1", "10", "100", "0044", "44", "447", "4477"]
    return [
        past.assertion for prefix in prefixes for past in queries.history(desk.db, desk.admin, None, prefix)
    ]


def wipe(desk: Desk) -> None:
    with desk.db.write("wipe", desk.admin) as write:
        write.raw.execute("DELETE FROM rate")
        write.raw.execute("DELETE FROM rate_import")
        write.raw.execute("DELETE FROM rate_version")


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(ROWS, max_size=3))
def test_queries_and_engine_say_what_the_rules_say(desk: Desk, versions: list[list[NewRate]]) -> None:
    wipe(desk)
    said: list[Assertion] = []
    for rows in filter(None, versions):
        said = kept(desk)
        desk.publish(*rows)
        said += [
            Assertion(
                row.prefix, row.effective_from or NOW, 99_999, row.terms, row.destination, row.state,
                effective_until=row.effective_until,
            )
            for row in rows
        ]  # fmt: skip
    with desk.db.read() as conn:
        deck = queries.deck(conn, 1)
    for days in range(11):
        at = OCTOBER + days * DAY
        expected = {key: _shown(row) for key, row in in_force(said, at).items()}
        # What was not kept because it changes nothing is not missed.
        assert {key: _shown(row) for key, row in in_force(kept(desk), at).items()} == expected
        columns = queries.rates_in_force(desk.db, desk.admin, None, at)
        assert dict(zip(_keys(columns), _column_rows(columns), strict=True)) == expected
        ids = queries.rate_ids(desk.db, desk.admin, None, queries.View(at))
        assert ids.tolist() == columns.ids.tolist()
        grid = queries.rows(desk.db, desk.admin, ids.tolist(), at=at)
        assert {row.prefix: row.price for row in grid} == {key[0]: row[2] for key, row in expected.items()}
        for number in ("447712", "1005", "00441", "4"):
            one = queries.rate_for(desk.db, desk.admin, None, number, at)
            found = rating.match(deck, rating.number_keys([number]), _instants(at))[0]
            assert (None if one is None else one.prefix) == (
                None if found < 0 else rating.digits_of_keys(deck.keys)[found].decode()
            )


def _instants(at: datetime) -> rating.Ints:
    return engine.id_array([[(to_micros(at),)]])


def _shown(row: Assertion) -> tuple[RateState, str, Decimal, Decimal, int, datetime | None]:
    """What a row says; when it began to say so does not matter."""
    terms = row.terms
    return (
        row.state,
        row.destination,
        terms.price,
        terms.following,
        terms.initial_interval,
        row.effective_until,
    )


def _keys(columns: engine.RateColumns) -> list[tuple[str, str]]:
    return [(prefix, "") for prefix in columns.prefix_texts()]


def _column_rows(columns: engine.RateColumns) -> list[tuple[object, ...]]:
    return [
        (
            STATES[int(columns.state[at])],
            name,
            Decimal(int(columns.price[at])) / 10**8,
            Decimal(int(columns.next_price[at])) / 10**8,
            int(columns.initial_interval[at]),
            None
            if columns.effective_until[at] == engine.NEVER
            else from_micros(int(columns.effective_until[at])),
        )
        for at, name in enumerate(columns.destination_texts())
    ]


def test_the_grid_shows_what_is_scheduled_and_by_how_much(desk: Desk) -> None:
    later = NOW + timedelta(days=7)
    desk.publish(rate("44", "0.0080", "UK Fixed"), rate("447", "0.0250", "UK Mobile"))
    desk.publish(rate("447", "0.0275", "UK Mobile"), at=later)
    ids = queries.rate_ids(desk.db, desk.admin)
    fixed, mobile = queries.rows(desk.db, desk.admin, ids.tolist())
    assert (fixed.prefix, fixed.price, fixed.interval, fixed.scheduled_from) == (
        "44",
        Decimal("0.008"),
        "1/1",
        None,
    )
    assert (mobile.scheduled_price, mobile.scheduled_from, mobile.change) == (
        Decimal("0.0275"),
        later,
        Decimal("10.0"),
    )
    assert [row.prefix for row in queries.rows(desk.db, desk.admin, [mobile.id, fixed.id])] == ["447", "44"]


def test_filters_and_orders(desk: Desk) -> None:
    desk.publish(
        rate("44", "0.03", "UK"), rate("447", "0.01", "UK Mobile"), rate("45", "0.02", "100%_Denmark"),
        NewRate("046", state=RateState.BLOCKED, destination="uk islands"),
    )  # fmt: skip
    desk.publish(rate("45", "0.05", "100%_Denmark"), at=NOW + DAY)

    def shown(view: queries.View) -> list[str]:
        ids = queries.rate_ids(desk.db, desk.admin, None, view)
        return [row.prefix for row in queries.rows(desk.db, desk.admin, ids.tolist())]

    assert shown(queries.View()) == ["046", "44", "447", "45"]
    assert shown(queries.View(limit=2)) == ["046", "44"]
    assert shown(queries.View(filters=queries.Filter(prefix="44"))) == ["44", "447"]
    assert shown(queries.View(filters=queries.Filter(text="uk"))) == ["046", "44", "447"]
    assert shown(queries.View(filters=queries.Filter(text="%_"))) == ["45"]
    assert shown(queries.View(filters=queries.Filter(state=RateState.BLOCKED))) == ["046"]
    assert shown(queries.View(filters=queries.Filter(is_scheduled=True))) == ["45"]
    assert shown(queries.View(filters=queries.Filter(version=2), at=NOW + DAY)) == ["45"]
    assert shown(queries.View(order=queries.Order("price", is_descending=True))) == ["44", "45", "447", "046"]
    assert shown(queries.View(order=queries.Order("prefix", is_descending=True))) == [
        "45",
        "447",
        "44",
        "046",
    ]
    for column in queries.windows.ORDERS:
        assert len(shown(queries.View(order=queries.Order(column)))) == 4


def test_history_keeps_reverted_versions_too(desk: Desk) -> None:
    desk.publish(rate("44", "0.01"))
    desk.publish(rate("44", "0.02"), at=NOW)
    past = queries.history(desk.db, desk.admin, "Aurora", "44")
    assert [(one.version.seq, one.assertion.terms.price) for one in past] == [
        (2, Decimal("0.02")),
        (1, Decimal("0.01")),
    ]


def test_other_tables_and_unpublished_versions_are_not_seen(desk: Desk) -> None:
    desk.publish(rate("44", "0.01"))
    edited = queries.rates_in_force(desk.db, desk.admin)
    commands.stage_columns(
        desk.db, desk.admin, replace(edited, price=edited.price * 9), table="Aurora", effective=NOW
    )
    assert len(queries.rates_in_force(desk.db, desk.admin)) == 1
    found = queries.rate_for(desk.db, desk.admin, None, "4420", NOW)
    assert found is not None
    assert found.terms.price == Decimal("0.01")


def test_a_sound_workspace_verifies_and_missing_rates_are_found(desk: Desk) -> None:
    desk.publish(rate("44", "0.01"), rate("45"))
    assert queries.verify(desk.db) == []
    with desk.db.write("damage", desk.admin) as write:
        write.raw.execute("DELETE FROM rate WHERE prefix = '45'")
    assert [problem.code for problem in queries.verify(desk.db)] == ["rates_missing"]
