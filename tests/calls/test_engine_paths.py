"""Numbers of paths and terms stay the same from chunk to chunk, and every new one is told exactly once."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from voipdesk.calls.engine import ABSENT, LEVELS, NO_PLAN, CallColumns, Chains, rate_batch, table_list
from voipdesk.calls.engine_paths import Numbering, PathNumbers
from voipdesk.rating.engine import TermColumns, build_deck, number_keys

PREFIXES = ["1", "12", "123", "2"]


def deck_of(prefixes):
    ones = np.ones(len(prefixes), np.int64)
    return build_deck(prefixes, TermColumns(*[ones] * 8))


CHAINS = Chains(
    (table_list(deck_of(PREFIXES)), table_list(deck_of(PREFIXES[:2])), table_list(deck_of([*"56789", "1"]))),
    np.array(
        [
            [0, ABSENT, 1, ABSENT],
            [0, 1, NO_PLAN, 1],
            [NO_PLAN, ABSENT, NO_PLAN, ABSENT],
            [0, 1, 1, NO_PLAN],
            [2, ABSENT, 0, ABSENT],
        ],
        np.int16,
    ),
)
CALL = st.tuples(st.sampled_from(["1999", "1299", "1234", "2999", "3999"]), st.integers(0, 4))


@given(st.lists(st.lists(CALL, min_size=1, max_size=12), min_size=1, max_size=5))
def test_numbers_are_stable_and_complete(batches):
    numbers = PathNumbers(next_path=100, next_term=50)
    terms, seen = {0: None}, {}
    for calls in batches:
        count = len(calls)
        columns = CallColumns(
            number_keys([number for number, _ in calls]),
            np.zeros(count, np.int64),
            np.full(count, 60),
            np.array([way for _, way in calls]),
        )
        batch = rate_batch(columns, CHAINS)
        made = numbers.add(columns, CHAINS, batch)
        for number, *rest in made.terms.tolist():
            assert number == 49 + len(terms)
            assert tuple(rest) not in terms.values()
            terms[number] = tuple(rest)
        for number, *rest in made.paths.tolist():
            assert number == 100 + len(seen)
            assert tuple(rest) not in seen.values()
            seen[number] = tuple(rest)
        for place, path in enumerate(made.path_of_call.tolist()):
            way, *path_terms = seen[path]
            assert way == calls[place][1]
            for level, term in zip(LEVELS, path_terms, strict=True):
                rated = batch.levels[level]
                source, row = int(rated.source[place]), int(rated.row[place])
                passed = int(CHAINS.ways[way, LEVELS.index(level)] == NO_PLAN)
                assert terms[term] == (None if source < 0 or row < 0 else (source, row, passed))


@given(st.lists(st.lists(st.integers(-3, 9), max_size=8)))
def test_numbering_counts_what_it_has_not_met(chunks):
    numbering, known = Numbering(7), {}
    for chunk in chunks:
        numbers, fresh = numbering.of(np.array(chunk, np.int64))
        assert sorted(chunk[place] for place in fresh) == sorted(set(chunk) - set(known))
        for code, number in zip(chunk, numbers.tolist(), strict=True):
            assert known.setdefault(code, number) == number
    assert sorted(known.values()) == list(range(7, 7 + len(known)))
    assert numbering.next == 7 + len(known)
