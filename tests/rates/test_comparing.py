"""Several tables side by side: the columns against the scalar rules, reading at an instant, files."""

import csv
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.published import publish_rates
from tests.rates.conftest import NOW, OCTOBER, Desk, rate
from voipdesk.kernel.problems import NotAllowed, Refused
from voipdesk.rates import commands
from voipdesk.rates.commands.comparing import export_comparison
from voipdesk.rates.engine_compare import GAP, NOTHING, SHUT, Comparison, Side, compare, side
from voipdesk.rates.queries.comparing import Compared, compared, with_minutes
from voipdesk.rates.rules import Assertion, NewRate, in_force
from voipdesk.rates.rules import comparing as rules
from voipdesk.rating.engine import number_keys
from voipdesk.rating.rules import RateState, Terms

PREFIXES = st.text("123", min_size=1, max_size=4)
PRICES = st.one_of(st.none(), st.integers(0, 12).map(lambda cents: cents * 10**6))
TABLES = st.lists(st.dictionaries(PREFIXES, PRICES, max_size=8), min_size=2, max_size=4)


def side_of(table: dict[str, int | None]) -> Side:
    """A table as one side."""
    prefixes = sorted(table)
    prices = [SHUT if (price := table[one]) is None else price for one in prefixes]
    return Side(
        number_keys(prefixes), np.array(prefixes, "S15"), np.array(prices, np.int64),
        np.zeros(len(prefixes), np.int64), ("somewhere",),
    )  # fmt: skip


@given(TABLES, st.booleans(), st.integers(0, 3), st.dictionaries(PREFIXES, st.integers(0, 10**6)))
def test_columns_equal_the_scalar_rules(
    tables: list[dict[str, int | None]], simulate: bool, leader: int, talked: dict[str, int]
) -> None:
    master = leader % len(tables)
    names = [f"table {place}" for place in range(len(tables))]
    made = compare([side_of(one) for one in tables], names, master=master, simulate=simulate)
    expected = rules.side_by_side(tables, simulate=simulate)
    assert made.prefix_texts() == list(expected)
    seconds = [talked.get(one, 0) for one in expected]
    made = made.with_minutes(np.array(seconds, np.int64))
    assert made.saving is not None
    gaps = {made.prefix_texts()[row] for row in made.ids(gaps_only=True)}
    different = {made.prefix_texts()[row] for row in made.ids(differences_only=True)}
    for row, (prefix, offers) in enumerate(expected.items()):
        for place, one in enumerate(offers):
            price = GAP if one is None else SHUT if one.price is None else one.price
            assert made.prices[place, row] == price
            assert made.simulated[place, row] == (one is not None and one.is_simulated)
        best = rules.cheapest(offers)
        assert made.best[row] == (GAP if best is None else best)
        spread, saving = rules.spread(offers), rules.saving(offers, master, seconds[row])
        assert made.spread[row] == (NOTHING if spread is None else spread)
        assert made.saving[row] == (NOTHING if saving is None else saving)
        assert (prefix in gaps) == rules.is_gap(offers)
        assert (prefix in different) == rules.is_different(offers)
    total = sum(saved for saved in made.saving.tolist() if saved != NOTHING)
    assert made.total_saving == total


ROWS = st.lists(
    st.builds(
        Assertion,
        prefix=PREFIXES,
        effective_from=st.sampled_from([OCTOBER, NOW]),
        version=st.integers(1, 3),
        terms=st.integers(0, 5).map(lambda cents: Terms(Decimal(cents).scaleb(-2))),
        state=st.sampled_from(list(RateState)),
        effective_until=st.sampled_from([None, NOW, datetime(2027, 1, 1, tzinfo=NOW.tzinfo)]),
    ),
    max_size=12,
    unique_by=lambda row: (row.prefix, row.effective_from, row.version),
).map(
    lambda rows: [row for row in rows if not row.effective_until or row.effective_until > row.effective_from]
)


@given(ROWS, st.sampled_from([OCTOBER, NOW]))
def test_a_side_is_what_is_in_force(rows: list[Assertion], at: datetime) -> None:
    from voipdesk.kernel.money import to_scaled
    from voipdesk.kernel.periods import to_micros

    chunks = []
    for version in (1, 2, 3):
        some = [row for row in rows if row.version == version]
        numbers = [
            (
                int(f"1{row.prefix}"), to_micros(row.effective_from), list(RateState).index(row.state),
                to_scaled(row.terms.price),
                2**63 - 1 if row.effective_until is None else to_micros(row.effective_until),
            )
            for row in some
        ]  # fmt: skip
        chunks.append((np.array(numbers, np.int64).reshape(-1, 5).T, ["" for _ in some]))
    made = side(chunks, to_micros(at))
    found = dict(zip(made.prefixes.astype("U15").tolist(), made.price.tolist(), strict=True))
    expected = {
        prefix: SHUT if row.state is RateState.BLOCKED else to_scaled(row.terms.price)
        for (prefix, _), row in in_force(rows, at).items()
    }
    assert found == expected


@pytest.fixture
def three(desk: Desk) -> Desk:
    """Aurora, Borealis and Cumulus over Egypt, Kenya and a blocked Cuba."""
    desk.publish(
        rate("20", "0.08", "Egypt"), rate("2010", "0.10", "Egypt Mobile"), rate("53", "0.60", "Cuba")
    )
    for name, rows in (
        (
            "Borealis",
            [rate("20", "0.07", "Egypt"), NewRate("53", destination="Cuba", state=RateState.BLOCKED)],
        ),
        ("Cumulus", [rate("2010", "0.09", "EGYPT MOB"), rate("254", "0.11", "Kenya")]),
    ):
        commands.create_table(desk.db, desk.admin, name=name, currency="USD")
        publish_rates(desk.db, desk.admin, table=name, rows=rows, effective=OCTOBER)
    return desk


def all_of(desk: Desk, **how: object) -> Compared:
    return compared(desk.db, desk.admin, ["Aurora", "Borealis", "Cumulus"], **how)  # type: ignore[arg-type]


def shown(made: Comparison) -> dict[str, list[object]]:
    """The offers of each prefix as the screen has them."""
    rows = range(len(made))
    offers = [made.values(f"table.{place}", rows) for place in range(len(made.titles))]
    return dict(zip(made.prefix_texts(), map(list, zip(*offers, strict=True)), strict=True))


def test_missing_longer_codes_are_simulated(three: Desk) -> None:
    made = all_of(three).columns
    assert shown(made) == {
        "20": [Decimal("0.08"), Decimal("0.07"), None],
        "2010": [Decimal("0.1"), Decimal("0.07"), Decimal("0.09")],
        "254": [None, None, Decimal("0.11")],
        "53": [Decimal("0.6"), SHUT, None],
    }
    assert made.simulated[1].tolist() == [False, True, False, False]
    assert made.counts() == [0, 2, 0]
    assert made.values("destination", range(4)) == ["Egypt", "Egypt Mobile", "Kenya", "Cuba"]
    bare = all_of(three, simulate=False).columns
    assert shown(bare)["2010"] == [Decimal("0.1"), None, Decimal("0.09")]


def test_a_day_is_looked_at(three: Desk) -> None:
    later = datetime(2026, 12, 1, tzinfo=NOW.tzinfo)
    publish_rates(
        three.db, three.admin, table="Borealis", rows=[rate("20", "0.05", "Egypt")], effective=later
    )
    assert shown(all_of(three).columns)["20"][1] == Decimal("0.07")
    assert shown(all_of(three, at=later).columns)["20"][1] == Decimal("0.05")


class OneHour:
    """Somebody above who knows of an hour to mobiles of Egypt."""

    def seconds(self, *_: object, **__: object) -> dict[str, int]:
        return {"2010": 3600}


def test_minutes_say_what_the_cheapest_would_save(three: Desk) -> None:
    made = with_minutes(three.db, three.admin, all_of(three), OneHour())  # type: ignore[arg-type]
    row = made.prefix_texts().index("2010")
    assert made.values("minutes", [row]) == [60]
    assert made.values("saving", [row]) == [Decimal("1.8")]
    assert made.total_saving == 180_000_000


def test_orders_and_filters(three: Desk) -> None:
    made = all_of(three).columns
    texts = made.prefix_texts()

    def rows(**how: object) -> list[str]:
        return [texts[row] for row in made.ids(**how)]  # type: ignore[arg-type]

    assert rows(order=[("spread", True)]) == ["2010", "20", "254", "53"]
    assert rows(order=[("table.2", True)]) == ["254", "2010", "20", "53"]
    assert rows(order=[("destination", False)]) == ["53", "20", "2010", "254"]
    assert rows(order=[("prefix", True)]) == ["53", "254", "2010", "20"]
    assert rows(starts="2", gaps_only=True) == ["20", "254"]
    assert rows(differences_only=True) == ["20", "2010"]
    assert rows(fits=[("table.0", lambda price: price is not None and price > Decimal("0.09"))]) == [
        "2010",
        "53",
    ]
    assert rows(fits=[("destination", lambda name: "mobile" in name.casefold())]) == ["2010"]
    assert made.place_of("254") == 2
    assert made.place_of("25") is None


def test_what_cannot_be_compared_is_said(three: Desk) -> None:
    commands.create_table(three.db, three.admin, name="Euro", currency="EUR")
    for tables, code in ((["Aurora"], "how_many"), (["Aurora", "Euro"], "mixed_currency")):
        with pytest.raises(Refused) as refused:
            compared(three.db, three.admin, tables)
        assert refused.value.code == code
    with pytest.raises(Refused) as refused:
        compared(three.db, three.admin, ["Aurora", "Borealis"], master="Cumulus")
    assert refused.value.code == "no_master"
    with pytest.raises(NotAllowed):
        compared(three.db, three.reseller(), ["Aurora", "Borealis"])


@pytest.mark.parametrize("ending", [".csv", ".xlsx"])
def test_what_is_seen_becomes_a_file(three: Desk, tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"compared{ending}"
    made = with_minutes(three.db, three.admin, all_of(three), OneHour())  # type: ignore[arg-type]
    count = export_comparison(three.db, three.admin, made, made.ids(order=[("spread", True)]).tolist(), path)
    assert count == 4
    if ending == ".csv":
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.reader(file))
        assert rows[0][:3] == ["Prefix", "Destination", "Aurora (USD)"]
        assert rows[1][:5] == ["2010", "Egypt Mobile", "0.1000", "0.0700 *", "0.0900"]
        assert rows[4][3] == "blocked"
    with pytest.raises(NotAllowed):
        export_comparison(three.db, three.reseller(), made, made.ids().tolist(), path)


def test_tables_are_compared_in_a_time_band(desk: Desk, tmp_path: Path) -> None:
    """By its name or its time of the week; where a table has no price in it, the one for all week counts."""
    commands.create_table(desk.db, desk.admin, name="Borealis", currency="USD")
    for table, band in (("Aurora", "Off-Peak"), ("Borealis", "Nebenzeit")):
        commands.add_band(desk.db, desk.admin, table=table, name=band, hours=[(6, 0, 1440)])
    cheap = NewRate("44", Terms(Decimal("0.01")), "UK off-peak", band="Off-Peak")
    shut = NewRate("49", Terms(Decimal(0)), "Germany", RateState.BLOCKED, band="Nebenzeit")
    only = NewRate("33", Terms(Decimal("0.04")), "France", band="Nebenzeit")
    for table, rows in (
        ("Aurora", [rate("44", "0.02", "UK"), rate("49", "0.03", "Germany"), cheap]),
        ("Borealis", [rate("44", "0.015", "UK"), rate("49", "0.01", "Germany"), shut, only]),
    ):
        publish_rates(desk.db, desk.admin, table=table, rows=rows, effective=OCTOBER)

    def prices(band: str) -> dict[str, list[str]]:
        made = compared(desk.db, desk.admin, ["Aurora", "Borealis"], band=band)
        rows = zip(made.columns.prefix_texts(), made.columns.prices.T.tolist(), strict=True)
        return {
            prefix: ["gap" if one == GAP else "shut" if one == SHUT else str(one / 10**8) for one in both]
            for prefix, both in rows
        }

    assert prices("") == {"44": ["0.02", "0.015"], "49": ["0.03", "0.01"]}
    assert prices("off peak") == {"33": ["gap", "0.04"], "44": ["0.01", "0.015"], "49": ["0.03", "shut"]}
    assert prices("Weekend") == prices("")
