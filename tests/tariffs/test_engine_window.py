"""Filters and orders over the columns of a deck, against the same asked row by row of a plain list."""

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voipdesk.kit.grid import Filter, MemorySource, Operator, Sort
from voipdesk.kit.grid.filters import parse
from voipdesk.rating.engine import TermColumns
from voipdesk.tariffs.engine_sheet import BELOW_BASE, NO_SHARE, REFUSED, SellColumns
from voipdesk.tariffs.engine_window import SellWindow
from voipdesk.tariffs.ui.source import SellSource, mark_looks, preview_columns

COLUMNS = preview_columns(with_base=True)
RULES = ["all +10 %", "44* = 0.02", "Egypt* free"]
NAMES = ("Egypt Mobile", "UK Fixed", "Germany")


@st.composite
def decks(draw: st.DrawFn) -> SellColumns:
    """Up to 30 prefixes with prices that meet often."""
    prefixes = sorted(draw(st.sets(st.text("0123456789", min_size=1, max_size=4), min_size=1, max_size=30)))
    count = len(prefixes)
    cells = st.lists(st.integers(0, 4), min_size=count, max_size=count)

    def column(step: int) -> "np.ndarray[tuple[int], np.dtype[np.int64]]":
        return np.array(draw(cells), np.int64) * step

    buy, sell, zero = column(1_000_000), column(1_000_000), np.zeros(count, np.int64)
    state = (column(1) == 4).astype(np.int8)
    share = np.where((sell > 0) & (state == 0), (sell - buy) // 10_000, NO_SHARE)
    flags = np.where(sell < buy, BELOW_BASE, 0).astype(np.int8)
    flags[column(1) == 4] |= REFUSED
    terms = TermColumns(sell, sell, zero, zero, column(30) + 1, column(5) + 1, zero, zero)
    return SellColumns(
        np.array(prefixes, "S15"), column(1) % 3, zero, state, terms, zero, buy, sell - buy, share,
        column(1) % 4 - 1, flags, NAMES,
    )  # fmt: skip


FILTERS = [
    *(
        ("sell", text)
        for text in (">0.01", ">=0.01", "<0.02", "<=0.015", "=0.02", "!=0.02", "0.005..0.025", "=", "!=")
    ),
    *(("margin", text) for text in (">0", "<0", "=0", "-0.01..0.01")),
    *(("share", text) for text in (">=50", "<0.5", "=", "100")),
    *(("prefix", text) for text in ("4", "*4", "4*4", "=44", "!=4")),
    *(("destination", text) for text in ("mobile", "egypt*", "*d", "=UK Fixed")),
    *(("rule", text) for text in ("all", "44*", "=", "!=")),
    *(("interval", text) for text in ("1/1", "*/6", "31*")),
    *(("mark", text) for text in ("below", "blocked", "=", "!=")),
]


def plain(source: SellSource) -> MemorySource:
    """The same rows in a list; remarks by their words, as people look for them."""
    looks, at = mark_looks(), [column.id for column in COLUMNS].index("mark")
    rows = source.fetch(range(source.count()))
    worded = [(*row[:at], looks[row[at]].text if row[at] else None, *row[at + 1 :]) for row in rows]
    return MemorySource(COLUMNS, worded)


@pytest.mark.parametrize(("column", "text"), FILTERS)
@settings(max_examples=25)
@given(deck=decks())
def test_filter_finds_what_a_list_finds(column: str, text: str, deck: SellColumns) -> None:
    source = SellSource(SellWindow(deck, RULES), COLUMNS)
    wanted = parse(next(one for one in COLUMNS if one.id == column), text)
    assert wanted is not None
    assert list(source.ids((), [wanted])) == list(plain(source).ids((), [wanted]))


@pytest.mark.parametrize("first", ["prefix", "destination", "sell", "margin", "share", "rule"])
@settings(max_examples=25)
@given(deck=decks(), down=st.booleans(), second_down=st.booleans())
def test_order_is_that_of_a_list(first: str, deck: SellColumns, down: bool, second_down: bool) -> None:
    source = SellSource(SellWindow(deck, RULES), COLUMNS)
    order = [Sort(first, down), Sort("buy", second_down)]
    found = [source.fetch([one])[0] for one in source.ids(order, ())]
    listed = plain(source)
    expected = listed.fetch(listed.ids(order, ()))
    shown = [at for at, column in enumerate(COLUMNS) if column.id in {first, "buy"}]
    assert [[row[at] for at in shown] for row in found] == [[row[at] for at in shown] for row in expected]


@given(deck=decks())
def test_key_leads_back_to_its_row(deck: SellColumns) -> None:
    source = SellSource(SellWindow(deck, RULES), COLUMNS)
    assert [source.row_id(source.key(row)) for row in range(source.count())] == list(range(source.count()))
    assert source.row_id("99999") is None


def test_rows_without_base_tell_nothing_of_it() -> None:
    zero, price = np.zeros(1, np.int64), np.array([2_000_000], np.int64)
    terms = TermColumns(price, price, zero, zero, zero + 1, zero + 1, zero, zero)
    deck = SellColumns(
        np.array(["44"], "S15"),
        zero,
        zero,
        np.zeros(1, np.int8),
        terms,
        zero,
        None,
        None,
        None,
        None,
        None,
        NAMES,
    )
    row = SellWindow(deck, RULES).rows([0])[0]
    assert (row["buy"], row["margin"], row["share"], row["rule"]) == (None, None, None, None)
    assert row["sell"] == Decimal("0.02")
    source = SellSource(SellWindow(deck, RULES), COLUMNS)
    assert list(source.ids((), [Filter("buy", Operator.GREATER, Decimal(0))])) == []
