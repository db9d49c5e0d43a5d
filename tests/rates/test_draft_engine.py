"""The arrays of a draft: rounding equals the one door, steps go forth and back, bytes come back as they were."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voipdesk.kernel.money import UNIT, Rounding, rounded, to_scaled
from voipdesk.rates import engine_draft as engine
from voipdesk.rates.rules import adjusting
from voipdesk.rates.rules.adjusting import Adjustment, Way

UNITS = st.integers(-(10**6) * UNIT, 10**6 * UNIT)
PRICES = st.integers(0, 10**6 * UNIT)
MODES = st.sampled_from(list(Rounding))


def ints(*values: int) -> np.ndarray:
    return np.array(values, np.int64)


@given(st.lists(UNITS, max_size=8), st.fractions(-20, 20, max_denominator=10**6), st.integers(0, 8), MODES)
def test_rounding_equals_the_one_door(
    units: list[int], factor: Fraction, decimals: int, mode: Rounding
) -> None:
    wanted = [to_scaled(rounded(Fraction(one, UNIT) * factor, decimals, mode)) for one in units]
    assert engine.rounded_units(ints(*units), factor, decimals, mode).tolist() == wanted


def test_many_prices_are_rounded_some_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    units = ints(*range(0, 70_000, 997))
    wanted = engine.rounded_units(units, Fraction(21, 20), 4, Rounding.HALF_UP).tolist()
    monkeypatch.setattr(engine, "AT_ONCE", 7)
    assert engine.rounded_units(units, Fraction(21, 20), 4, Rounding.HALF_UP).tolist() == wanted


@given(st.lists(st.integers(0, 4000), min_size=1), st.integers(0, 8), MODES)
def test_halves_are_rounded_alike(halves: list[int], decimals: int, mode: Rounding) -> None:
    units = [half * 10 ** (8 - decimals) // 2 for half in halves]
    wanted = [to_scaled(rounded(Fraction(one, UNIT), decimals, mode)) for one in units]
    assert engine.rounded_units(ints(*units), Fraction(1), decimals, mode).tolist() == wanted


@given(
    st.lists(PRICES, max_size=6),
    st.sampled_from([Way.SET, Way.PERCENT, Way.AMOUNT, Way.ROUND]),
    st.decimals(-500, 500, places=4),
    st.integers(0, 8),
    MODES,
)
def test_a_bulk_edit_of_columns_equals_that_of_one_price(
    units: list[int], way: Way, value: Decimal, decimals: int, mode: Rounding
) -> None:
    how = Adjustment(way, value, decimals, mode)
    wanted = [to_scaled(adjusting.adjusted(Decimal(one) / UNIT, how)) for one in units]
    assert engine.adjusted(ints(*units), how).tolist() == wanted


@pytest.mark.parametrize(
    ("price", "after"), [("0.0110", "0.0116"), ("0.0190", "0.0200"), ("0.0330", "0.0347")]
)
def test_plus_five_per_cent_to_four_decimals(price: str, after: str) -> None:
    how = Adjustment(Way.PERCENT, Decimal(5), 4, Rounding.HALF_UP)
    found = engine.adjusted(ints(to_scaled(Decimal(price))), how)
    assert engine.money(found[0]) == Decimal(after)


CELLS = st.integers(-3, 3)
EDITS = st.dictionaries(st.integers(-3, 6).filter(bool), CELLS, max_size=6)


@given(st.lists(st.tuples(st.sampled_from(["price", "state", "destination"]), EDITS), max_size=12))
def test_steps_go_forth_and_back(gestures: list[tuple[str, dict[int, int]]]) -> None:
    """Against a plain dictionary: each overlay differs from the base (zeros) where the dictionary does."""
    texts = engine.Texts()
    for name in "abcdefg":
        texts.place(name)
    now: dict[tuple[str, int], int] = {}
    overlay, seen, steps = engine.Overlay(), [engine.Overlay()], []
    for column, edits in gestures:
        shifted = {row: abs(cell) if column == "destination" else cell for row, cell in edits.items()}
        before = [now.get((column, row), 0) for row in shifted]
        made = engine.step("x", [engine.part(column, list(shifted), before, list(shifted.values()))])
        made = engine.unpacked("x", engine.packed(made, texts), texts)
        now |= {(column, row): cell for row, cell in shifted.items()}
        overlay = overlay.apply(made)
        steps.append(made)
        seen.append(overlay)
        told = {
            (name, int(row)): int(cell)
            for name, one in overlay.columns.items()
            for row, cell in zip(one.ids, one.now, strict=True)
        }
        assert told == {key: cell for key, cell in now.items() if cell}
    for made, wanted in zip(reversed(steps), reversed(seen[:-1]), strict=True):
        overlay = overlay.apply(made, back=True)
        assert _plain(overlay) == _plain(wanted)


def _plain(overlay: engine.Overlay) -> dict[str, list[list[int]]]:
    return {
        name: [one.ids.tolist(), one.was.tolist(), one.now.tolist()] for name, one in overlay.columns.items()
    }


def test_texts_survive_another_dictionary() -> None:
    texts, others = engine.Texts(), engine.Texts()
    others.place("in the way")
    cells = texts.places(["Egypt", "مصر", ""])
    made = engine.step("Renamed", [engine.part("destination", [5, 1, 3], ints(0, 0, 9), cells)])
    with pytest.raises(IndexError):
        engine.packed(made, engine.Texts())
    made = engine.step("Renamed", [engine.part("destination", [5, 1], ints(0, 0), cells[:2])])
    back = engine.unpacked("Renamed", engine.packed(made, texts), others)
    assert [others[int(cell)] for cell in back.parts[0].after] == ["مصر", "Egypt"]
    assert back.parts[0].ids.tolist() == [1, 5]
    with pytest.raises(ValueError, match="no step"):
        engine.unpacked("x", b"something", others)


def test_an_interval_is_one_cell() -> None:
    cell = engine.interval(60, 1)
    assert (engine.initial_of(cell), engine.following_of(cell)) == (60, 1)


def test_a_price_after_the_first_minute_that_goes_with_it_is_kept_once() -> None:
    ids = np.arange(1, 5_001)
    price = engine.part("price", ids, ids * 7_919 % 100_003, ids * 7_919 % 100_003 + 1)
    both = engine.step("x", [price, replace(price, column="next_price")])
    texts = engine.Texts()
    one, two = (engine.packed(each, texts) for each in (engine.step("x", [price]), both))
    assert len(two) < len(one) * 1.05
    back = engine.unpacked("x", two, texts)
    assert [part.column for part in back.parts] == ["price", "next_price"]
    assert all(part.says(price) for part in back.parts)
    overlay = engine.Overlay().apply(back)
    assert overlay.column("next_price") is overlay.column("price")
    alone = overlay.apply(engine.step("y", [engine.part("next_price", [1], [7_920], [1])]))
    assert alone.cell("price", 1) == (7_919, 7_920)
    assert alone.cell("next_price", 1) == (7_919, 1)
