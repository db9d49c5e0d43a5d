"""What changes between two decks, against the words of the rule, one number after the other."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from voipdesk.rating.engine import TermColumns
from voipdesk.tariffs.engine_changes import KINDS, NOTHING, Changes, changes
from voipdesk.tariffs.engine_sheet import SellColumns

UNIT = 10**8
ENDED = 77


@dataclass(frozen=True)
class Sold:
    """What a deck says of a prefix in a band."""

    price: int
    step: int = 1
    fee: int = 0
    is_blocked: bool = False


Deck = Mapping[tuple[str, str], Sold]


def columns(deck: Deck) -> SellColumns:
    rows = sorted(deck)
    bands = ("", *sorted({band for _, band in rows if band}))
    sold = [deck[row] for row in rows]
    prices = np.array([one.price for one in sold], np.int64)
    fees = np.array([one.fee for one in sold], np.int64)
    steps = np.array([one.step for one in sold], np.int64)
    nothing = np.zeros(len(rows), np.int64)
    return SellColumns(
        prefixes=np.array([prefix for prefix, _ in rows], "S15"),
        destination=nothing,
        band=np.array([bands.index(band) for _, band in rows], np.int64),
        state=np.array([one.is_blocked for one in sold], np.int8),
        terms=TermColumns(prices, prices, fees, nothing, steps, steps, nothing, nothing),
        effective_from=nothing,
        buy=None,
        margin=None,
        share=None,
        rule=None,
        flags=None,
        destination_names=("Somewhere",),
        band_names=bands,
    )


def told(found: Changes) -> dict[tuple[str, str], tuple[str, int]]:
    """Kind and old price of each row that is sold afterwards."""
    names = zip(found.rows.prefix_texts(), found.rows.band_texts(), strict=True)
    facts = zip((KINDS[kind] for kind in found.kind.tolist()), found.old.tolist(), strict=True)
    return dict(zip(names, facts, strict=True))


def gone(found: Changes) -> set[tuple[str, str]]:
    return set(zip(found.closed.prefix_texts(), found.closed.band_texts(), strict=True))


def expected(before: Deck, after: Deck) -> dict[tuple[str, str], tuple[str, int]]:
    """The rule in words: what callers were charged is the longest prefix of the band, else of all week."""
    result = {}
    for (prefix, band), now in after.items():
        was = before.get((prefix, band))
        charged = was
        for length in range(len(prefix), 0, -1):
            if charged is None:
                charged = before.get((prefix[:length], band)) or before.get((prefix[:length], ""))
        old = charged.price if charged is not None and not charged.is_blocked else NOTHING
        result[prefix, band] = (kind_of(now, was, None if old == NOTHING else charged), old)
    return result


def kind_of(now: Sold, was: Sold | None, charged: Sold | None) -> str:
    if now.is_blocked:
        return "same" if was is not None and was.is_blocked else "blocked"
    if charged is None:
        return "new"
    ups = [now.price > charged.price, now.step > charged.step, now.fee > charged.fee]
    downs = [now.price < charged.price, now.step < charged.step, now.fee < charged.fee]
    if was is None:
        return "increase" if ups[0] or (any(ups) and not downs[0]) else "new"
    if any(ups) and any(downs):
        return "changed"
    return "increase" if any(ups) else "decrease" if any(downs) else "same"


sold = st.builds(
    Sold,
    price=st.integers(0, 3),
    step=st.sampled_from([1, 60]),
    fee=st.sampled_from([0, 5]),
    is_blocked=st.booleans(),
)
keys = st.tuples(st.text("12", min_size=1, max_size=3), st.sampled_from(["", "", "night"]))
decks = st.dictionaries(keys, sold, max_size=8)


@settings(max_examples=300)
@given(decks, decks)
def test_every_row_is_what_the_rule_says(before: Deck, after: Deck) -> None:
    found = changes(columns(before), columns(after), ENDED)
    assert told(found) == expected(before, after)
    assert gone(found) == set(before) - set(after)
    assert set(found.closed.effective_from.tolist()) <= {ENDED}


@settings(max_examples=100)
@given(decks, decks)
def test_the_earlier_sheet_with_its_changes_is_the_later_sheet(before: Deck, after: Deck) -> None:
    only = changes(columns(before), columns(after), ENDED).only()
    kept = dict(before)
    for key in told(only):
        kept[key] = after[key]
    for key in gone(only):
        del kept[key]

    def shown(deck: Deck) -> dict[tuple[str, str], object]:
        return {key: "blocked" if one.is_blocked else one for key, one in deck.items()}

    assert shown(kept) == shown(after)


def test_without_prices_before_everything_is_new() -> None:
    found = changes(None, columns({("1", ""): Sold(UNIT), ("2", ""): Sold(UNIT, is_blocked=True)}), ENDED)
    assert told(found) == {("1", ""): ("new", NOTHING), ("2", ""): ("blocked", NOTHING)}
    assert found.counts() == {"new": 1, "blocked": 1}


def test_a_new_longer_prefix_that_costs_callers_more_is_an_increase() -> None:
    before = {("20", ""): Sold(99), ("1", ""): Sold(12)}
    after = before | {("2015", ""): Sold(128), ("1658", ""): Sold(12, step=60), ("2016", ""): Sold(90)}
    found = changes(columns(before), columns(after), ENDED).only()
    assert told(found) == {
        ("2015", ""): ("increase", 99), ("1658", ""): ("increase", 12), ("2016", ""): ("new", 99),
    }  # fmt: skip
