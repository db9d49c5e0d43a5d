"""The comparison in columns equals the scalar rules, row for row."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.published import columns_of
from voipdesk.kernel.money import to_scaled
from voipdesk.kernel.periods import to_micros
from voipdesk.rates.engine import NEVER, RateColumns, columns, in_force
from voipdesk.rates.engine_publish import ledger, proposed
from voipdesk.rates.engine_review import KINDS, Compared, Question, compare
from voipdesk.rates.engine_review_rows import review_columns
from voipdesk.rates.engine_staged import sheet_of
from voipdesk.rates.rules import (
    STATES,
    Facts,
    Kind,
    NewRate,
    Scope,
    Standing,
    closings,
    country_of,
    kind_of,
    notice_of,
)
from voipdesk.rates.rules.changes import NOTICES
from voipdesk.rating.rules import RateState, Terms

T0 = datetime(2026, 10, 1, tzinfo=UTC)
DAY = timedelta(days=1)
NOW = to_micros(T0 + 4 * DAY)

RATES = st.builds(
    NewRate,
    prefix=st.sampled_from(["1", "1876", "20", "2010", "44", "447"]),
    terms=st.builds(
        Terms,
        price=st.integers(0, 3).map(Decimal),
        next_price=st.none() | st.integers(0, 2).map(Decimal),
        connect_fee=st.sampled_from([Decimal(0), Decimal("0.1")]),
        minimum_charge=st.sampled_from([Decimal(0), Decimal("0.2")]),
        initial_interval=st.sampled_from([1, 60]),
        next_interval=st.sampled_from([1, 6]),
        free_seconds=st.sampled_from([0, 5]),
        grace_seconds=st.sampled_from([0, 2]),
    ),
    destination=st.sampled_from(["", "UK", "Egypt"]),
    state=st.sampled_from([RateState.OPEN, RateState.OPEN, *STATES]),
    band=st.sampled_from(["", "", "night"]),
    effective_from=st.integers(0, 8).map(lambda days: T0 + days * DAY),
    effective_until=st.none() | st.integers(9, 12).map(lambda days: T0 + days * DAY),
)
SHEETS = st.lists(RATES, max_size=8, unique_by=lambda row: (row.prefix, row.band, row.effective_from))


@dataclass
class Row:
    """A row as the scalar rules see it."""

    new: NewRate
    version: int

    @property
    def key(self) -> tuple[str, str]:
        return self.new.prefix, self.new.band

    @property
    def since(self) -> int:
        assert self.new.effective_from is not None
        return to_micros(self.new.effective_from)

    @property
    def until(self) -> int | None:
        return None if self.new.effective_until is None else to_micros(self.new.effective_until)

    @property
    def state(self) -> int:
        return STATES.index(self.new.state)

    @property
    def facts(self) -> Facts:
        terms = self.new.terms
        return Facts(
            self.state, to_scaled(terms.price), to_scaled(terms.following), to_scaled(terms.connect_fee),
            to_scaled(terms.minimum_charge), terms.initial_interval, terms.next_interval, terms.free_seconds,
            terms.grace_seconds, self.new.destination, self.until,
        )  # fmt: skip


def by_rules(
    live: Sequence[Row], sheet: Sequence[Row], scope: Scope, close_at: int
) -> tuple[dict[tuple[str, str, int], Kind], set[tuple[str, str, int]]]:
    """(kind of each row of the sheet, (prefix, band, instant) of each closing), one by one."""
    kinds: dict[tuple[str, str, int], Kind] = {}
    for row, before in befores(live, sheet):
        kinds[(*row.key, row.since)] = kind_of(row.facts, None if before is None else before.facts)
    closed = set()
    named, countries = {row.key for row in sheet}, {country_of(row.new.prefix) for row in sheet}
    for key in {row.key for row in live} - named:
        if scope is Scope.PARTIAL or (scope is Scope.COUNTRY and country_of(key[0]) not in countries):
            continue
        group = sorted((row for row in live if row.key == key), key=lambda row: (row.since, row.version))
        standings = [Standing(row.since, row.state, row.until) for row in group]
        closed |= {(*key, at) for _, at in closings(standings, close_at)}
    return kinds, closed


def befores(live: Sequence[Row], sheet: Sequence[Row]) -> Iterator[tuple[Row, Row | None]]:
    """Each row of the sheet with the one in force where it starts."""
    for row in sheet:
        older = [one for one in (*live, *sheet) if one.key == row.key and one is not row]
        older = [one for one in older if (one.since, one.version) <= (row.since, row.version)]
        before = max(older, key=lambda one: (one.since, one.version), default=None)
        if before is not None and (before.state == 2 or (before.until or NEVER) <= row.since):
            before = None
        yield row, before


def live_of(versions: Sequence[Sequence[NewRate]]) -> tuple[list[Row], RateColumns]:
    rows = [Row(new, seq) for seq, one in enumerate(versions, 1) for new in one]
    made = []
    for at, row in enumerate(rows):
        facts = row.facts
        made.append(
            (at, row.new.prefix, row.new.band, row.since, row.version, *facts[:9], row.until, row.new.destination)
        )  # fmt: skip
    return rows, columns([made])


def keys_of(rates: RateColumns) -> list[tuple[str, str]]:
    bands = [rates.band_names[at] for at in rates.band.tolist()]
    return list(zip(rates.prefix_texts(), bands, strict=True))


def kinds_of(found: Compared) -> dict[tuple[str, str, int], Kind]:
    starts = found.rates.effective_from.tolist()
    kinds = [KINDS[at] for at in found.kind.tolist()]
    return {(*key, since): kind for key, since, kind in zip(keys_of(found.rates), starts, kinds, strict=True)}


@settings(max_examples=300)
@given(st.lists(SHEETS, max_size=2), SHEETS)
def test_each_change_falls_under_the_notice_of_the_rules(
    versions: list[list[NewRate]], rows: list[NewRate]
) -> None:
    live, known = live_of(versions)
    found = compare(sheet_of(columns_of(rows)), known, Question(now=NOW, usual=NOW))
    wanted = {}
    for row, before in befores(live, [Row(row, 99) for row in rows]):
        facts = None if before is None else before.facts
        wanted[(*row.key, row.since)] = notice_of(row.facts, facts, kind_of(row.facts, facts))
    said = [NOTICES[at] for at in found.notice.tolist()]
    starts = found.rates.effective_from.tolist()
    assert {
        (*key, at): word for key, at, word in zip(keys_of(found.rates), starts, said, strict=True)
    } == wanted


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"initial_interval": 60}, "increase"),
        ({"connect_fee": 1}, "increase"),
        ({"connect_fee": 1, "next_interval": 1}, "increase"),
        ({"next_interval": 1}, "decrease"),
        ({"free_seconds": 5}, "decrease"),
        ({"grace_seconds": 0}, "increase"),
        ({"next_price": 9}, "decrease"),
        ({"next_price": None}, ""),
        ({"destination": "UK"}, ""),
        ({"effective_until": 7}, ""),
        ({"state": 1, "price": 0}, "blocked"),
        ({"price": 11}, "increase"),
    ],
)
def test_a_change_of_terms_is_an_increase_where_some_call_could_cost_more(
    change: dict[str, object], said: str
) -> None:
    old = Facts(0, 10, 10, 0, 0, 1, 6, 0, 2, "Great Britain", None)
    new = old._replace(**change)  # type: ignore[arg-type]
    assert notice_of(new, old, kind_of(new, old)) == said
    blocked = old._replace(state=1, price=0)
    assert notice_of(new, blocked, kind_of(new, blocked)) == ("" if new.state else "new")


def test_each_time_band_of_a_prefix_is_picked_for_itself() -> None:
    """Two rows of a file, each with a price for the night: the first is right by day, the second by night."""
    rows = [
        NewRate("44", Terms(Decimal(price)), band=band, effective_from=T0)
        for band in ("", "night")
        for price in (1, 2)
    ]
    sheet = sheet_of(columns_of(rows))
    sheet = replace(sheet, source_row=np.array([5, 6, 5, 6], np.int32))

    def taken(*chosen: str) -> list[tuple[str, int]]:
        found = compare(sheet, live_of([])[1], Question(now=NOW, usual=NOW, chosen=frozenset(chosen)))
        prices = [price // 10**8 for price in found.rates.price.tolist()]
        return [(band, price) for (_, band), price in zip(keys_of(found.rates), prices, strict=True)]

    assert taken("5:44", "6:44:night") == [("", 1), ("night", 2)]
    assert taken("6:44", "5:44:night") == [("", 2), ("night", 1)]
    assert taken("5:44") == [("", 1), ("night", 1)]
    assert taken("6") == [("", 2), ("night", 2)]
    assert taken("5:44:night") == [("night", 1)]
    assert taken("5:44", "6:44") == []


def closed_of(found: Compared) -> set[tuple[str, str, int]]:
    keys = keys_of(found.live.take(found.closed))
    return {(*key, at) for key, at in zip(keys, found.closed_at.tolist(), strict=True)}


@settings(max_examples=300)
@given(st.lists(SHEETS, max_size=3), SHEETS, st.sampled_from(list(Scope)))
def test_columns_say_what_the_rules_say(
    versions: list[list[NewRate]], rows: list[NewRate], scope: Scope
) -> None:
    live, known = live_of(versions)
    sheet = sheet_of(columns_of(rows))
    found = compare(sheet, known, Question(now=NOW, usual=NOW, scope=scope))
    kinds, closed = by_rules(live, [Row(row, 99) for row in rows], scope, found.close_at)
    assert kinds_of(found) == kinds
    assert closed_of(found) == closed
    said = ledger(found, sheet)
    assert said.pop("rows") == sum(said.values()) == len(rows)
    shown = review_columns(found)
    assert len(shown) == len(rows) + len(found.missing)
    assert shown.prefix_texts() == sorted(shown.prefix_texts())


@settings(max_examples=200)
@given(st.lists(SHEETS, max_size=2), SHEETS, st.sampled_from(list(Scope)))
def test_what_is_proposed_says_what_the_sheet_says(
    versions: list[list[NewRate]], rows: list[NewRate], scope: Scope
) -> None:
    """At any instant: what the whole sheet over the live rows says, less what it closes."""
    live, known = live_of(versions)
    found = compare(sheet_of(columns_of(rows)), known, Question(now=NOW, usual=NOW, scope=scope))
    closed_keys = {(prefix, band) for prefix, band, _ in closed_of(found)}
    everything = live_of([*versions, rows])[1]
    for days in range(13):
        at = to_micros(T0 + days * DAY)
        wanted = {
            (key, int(price))
            for key, price in zip(
                keys_of(in_force(everything, at)), in_force(everything, at).price, strict=True
            )
            if not (key in closed_keys and at >= found.close_at)
        }
        made = in_force(proposed(found), at)
        assert {(key, int(price)) for key, price in zip(keys_of(made), made.price, strict=True)} == wanted
    assert live is not None


PAST = st.lists(RATES, max_size=4, unique_by=lambda row: (row.prefix, row.band))


@settings(max_examples=200)
@given(st.lists(SHEETS, max_size=2), PAST)
def test_a_sheet_tells_how_things_stand_however_old_its_dates_are(
    versions: list[list[NewRate]], rows: list[NewRate]
) -> None:
    """After publishing, an open rate of the sheet that has begun and not ended is in force now, as the sheet has it."""
    known = live_of(versions)[1]
    question = Question(now=NOW, usual=NOW, is_of_sheet=True)
    found = compare(sheet_of(columns_of(rows)), known, question)
    now = in_force(proposed(found), NOW)
    said = dict(zip(keys_of(now), now.price.tolist(), strict=True))
    for row in rows:
        if Row(row, 0).since <= NOW and row.state is not RateState.CLOSED:
            assert said[row.prefix, row.band] == to_scaled(row.terms.price)
