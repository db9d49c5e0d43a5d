"""Numbers of paths and terms stay the same from chunk to chunk, and every new one is told exactly once."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voipdesk.calls.engine import ABSENT, LEVELS, NO_PLAN, CallColumns, Chains, rate_batch
from voipdesk.calls.engine_lists import table_list
from voipdesk.calls.engine_paths import MOST, Numbering, PathNumbers
from voipdesk.rating.engine import TermColumns, build_deck, number_keys
from voipdesk.tariffs.engine import base_of

PREFIXES = ["1", "12", "123", "2"]


def listed(prefixes):
    ones = np.ones(len(prefixes), np.int64)
    deck = build_deck(prefixes, TermColumns(*[ones] * 8))
    return table_list(deck, base_of(deck.keys, deck.terms, deck.state))


LISTS = (
    listed(PREFIXES),
    listed(PREFIXES[:2]),
    listed([*"56789", "1"]),
)
WAYS = [
    [0, ABSENT, 1, ABSENT],
    [0, 1, NO_PLAN, 1],
    [NO_PLAN, ABSENT, NO_PLAN, ABSENT],
    [0, 1, 1, NO_PLAN],
    [0, 1, 1, 1],
    [2, ABSENT, 0, ABSENT],
    [0, 1, NO_PLAN, 1],
]
CALL = st.tuples(st.sampled_from(["1999", "1299", "1234", "2999", "3999"]), st.integers(0, len(WAYS) - 1))
SIZES = pytest.mark.parametrize("most", [MOST, 30, 0])
"""All in tables, from tables to sorted ones on the way, all sorted."""


def rated(calls, ways=None):
    """Calls of (number, way), so many ways being known, and what they are rated as."""
    count = len(calls)
    columns = CallColumns(
        number_keys([number for number, _ in calls]),
        np.zeros(count, np.int64),
        np.full(count, 60),
        np.array([way for _, way in calls]),
    )
    chains = Chains(LISTS, np.array(WAYS[:ways], np.int16))
    return columns, chains, rate_batch(columns, chains)


@SIZES
@given(st.lists(st.lists(CALL, min_size=1, max_size=12), min_size=1, max_size=5))
def test_numbers_are_stable_and_complete(most, batches):
    numbers = PathNumbers(next_path=100, next_term=50, most=most)
    terms, paths, seen, ways = {0: None}, {}, {}, 0
    for calls in batches:
        ways = max(
            ways, 1 + max(way for _, way in calls)
        )  # they come with the calls that are charged by them
        columns, chains, batch = rated(calls, ways)
        made = numbers.add(columns, chains, batch)
        for number, *rest in made.terms.tolist():
            assert number == 49 + len(terms)
            assert tuple(rest) not in terms.values()
            terms[number] = tuple(rest)
        for number, *rest in made.paths.tolist():
            assert number == 100 + len(paths)
            paths[number] = rest
        for place, path in enumerate(made.path_of_call.tolist()):
            way = WAYS[calls[place][1]]
            levels = [batch.levels[level] for level in LEVELS]
            same = (*way, *(int(level.row[place]) for level in levels))
            assert seen.setdefault(same, path) == path
            for level, term, own in zip(levels, paths[path], way, strict=True):
                source, row = int(level.source[place]), int(level.row[place])
                assert terms[term] == (None if source < 0 or row < 0 else (source, row, int(own == NO_PLAN)))
    assert sorted(seen.values()) == sorted(paths)


@SIZES
def test_a_price_passed_on_is_another_path_than_the_same_price_of_a_plan(most):
    numbers = PathNumbers(most=most)
    made = numbers.add(*rated([("1299", 3), ("1299", 4)]))
    assert made.path_of_call.tolist() == [1, 2]
    (_, *passed), (_, *own) = made.paths.tolist()
    assert passed[:3] == own[:3]
    told = {number: rest for number, *rest in made.terms.tolist()}
    assert (told[passed[3]], told[own[3]]) == ([1, 1, 1], [1, 1, 0])


@SIZES
def test_new_terms_are_numbered_call_by_call(most):
    # So the rates they name, which calls come in the order of, are walked through once.
    made = PathNumbers(most=most).add(*rated([("1299", 1), ("1999", 1), ("1234", 0)]))
    assert [row[:3] for row in made.terms.tolist()] == [
        [1, 0, 1], [2, 1, 1], [3, 1, 1], [4, 0, 0], [5, 1, 0], [6, 1, 0], [7, 0, 2],
    ]  # fmt: skip


@SIZES
def test_ways_that_come_later_keep_the_paths_of_their_lists(most):
    numbers = PathNumbers(most=most)
    first = numbers.add(*rated([("1999", 0), ("1299", 1)], ways=2))
    assert first.path_of_call.tolist() == [1, 2]
    later = numbers.add(*rated([("1999", 5), ("1299", 6), ("1999", 0), ("1999", 6), ("1299", 1)]))
    assert later.path_of_call.tolist() == [3, 2, 1, 4, 2]
    assert later.paths[:, 0].tolist() == [3, 4]


PAIRS = st.lists(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 9)), max_size=12), max_size=8)


@given(PAIRS, st.integers(0, 70))
def test_pairs_are_numbered_as_they_are_met_in_a_table_and_sorted(chunks, most):
    several = [Numbering(7), Numbering(7, most=0), Numbering(7, most=most)]
    known = {}
    for chunk in chunks:
        fresh = [
            place for place, pair in enumerate(chunk) if pair not in known and chunk.index(pair) == place
        ]
        wanted = [known.setdefault(pair, 7 + len(known)) for pair in chunk]
        group, item = np.array(chunk, np.int64).reshape(-1, 2).T
        for one in several:
            found, new = one.of(group, item)
            assert found.tolist() == wanted
            assert new.tolist() == fresh


def test_numbers_beyond_four_bytes_are_told_whole():
    group = item = np.array([0, 1, 0])
    for most in (MOST, 0):
        numbers, _ = Numbering(2**40, most=most).of(group, item)
        assert numbers.tolist() == [2**40, 2**40 + 1, 2**40]
