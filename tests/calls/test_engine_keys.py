"""Ids of accounts and suppliers found again, chunk after chunk."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from voipdesk.calls import engine_keys
from voipdesk.calls.engine_keys import Met, named, positions

KEYS = st.lists(st.binary(min_size=16, max_size=16))


def words(keys):
    return np.frombuffer(b"".join(keys), np.uint64).reshape(-1, 2)


@given(st.lists(st.binary(min_size=16, max_size=16), unique=True), KEYS)
def test_positions_of_keys(known, others):
    wanted = [*known[::-1], *others]
    places = {key: place for place, key in enumerate(known)}
    assert positions(known, words(wanted)).tolist() == [places.get(key, -1) for key in wanted]


def test_positions_when_half_of_a_key_is_shared():
    known = [bytes([place]) * 8 + b"same tail"[:8] for place in range(5)]
    assert positions(known, words(known[::-1])).tolist() == [4, 3, 2, 1, 0]


@given(st.lists(st.lists(st.sampled_from([bytes(16), *(bytes([n]) * 8 + b"tailtail" for n in range(1, 5))]))))
def test_ids_keep_their_positions_and_zeros_are_none(chunks):
    met = Met()
    for chunk in chunks:
        found = met.of(words(chunk)).tolist()
        assert [met.names[place] for place in found] == [key if any(key) else None for key in chunk]
    assert len(set(met.names)) == len(met.names)


def test_ids_of_one_hash_are_told_apart(monkeypatch):
    monkeypatch.setattr(engine_keys, "HASHED", 1)  # with 16 bits many thousand ids are rarely of one
    ids = [bytes([place]) * 16 for place in range(40)]
    met = Met()
    for chunk in (ids[:5], ids[::-1], ids):
        found = met.of(words(chunk)).tolist()
        assert [met.names[place] for place in found] == [one if any(one) else None for one in chunk]
    assert len(met.names) == len(ids)


@given(KEYS)
def test_different_ids_have_different_names(keys):
    position, names = named(words(keys))
    assert [names[place] for place in position.tolist()] == [key if any(key) else None for key in keys]
    assert len(set(names)) == len(names)
