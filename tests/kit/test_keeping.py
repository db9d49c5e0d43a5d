"""Edited rows stay where they are until filter and order are applied again."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from voipdesk.kit.grid.editing import Touched
from voipdesk.kit.grid.keeping import Keeping


def touched(ids: list[int] = [], appended: list[int] = [], removed: list[int] = []) -> Touched:  # noqa: B006
    return Touched(np.array(ids, np.int64), appended, removed)


def shown(keeping: Keeping) -> list[int]:
    return [int(one) for one in keeping.shown()]


def test_rows_that_go_come_back_to_their_place_and_new_ones_stand_at_the_end() -> None:
    keeping = Keeping()
    keeping.apply([5, 3, 9, 1])
    assert keeping.touch(touched(removed=[9, 5]), is_ruled=True)
    assert shown(keeping) == [3, 1]
    assert keeping.touch(touched(appended=[12]), is_ruled=True)
    assert shown(keeping) == [3, 1, 12]
    keeping.touch(touched(appended=[5, 9]), is_ruled=True)
    assert shown(keeping) == [5, 3, 9, 1, 12]
    keeping.touch(touched(removed=[12]), is_ruled=True)
    assert shown(keeping) == [5, 3, 9, 1]
    assert not keeping.is_kept(12)


def test_without_filter_and_order_nothing_needs_to_be_kept() -> None:
    keeping = Keeping()
    keeping.apply(range(5))
    assert not keeping.touch(touched([2]), is_ruled=False)
    assert keeping.kept == 0
    assert keeping.shown() == range(5)


def test_an_edited_row_keeps_its_place_when_others_change() -> None:
    keeping = Keeping()
    keeping.apply([4, 7, 2, 8])
    keeping.touch(touched([2]), is_ruled=True)
    assert [keeping.is_kept(one) for one in (2, 7)] == [True, False]
    assert list(keeping.again([4, 8, 7, 9])) == [4, 8, 2, 7, 9]
    assert keeping.kept == 1
    assert list(keeping.again([])) == [2]
    assert list(keeping.apply([4])) == [4]
    assert keeping.kept == 0


@given(
    st.lists(st.integers(0, 40), unique=True),
    st.lists(st.integers(0, 40), unique=True),
    st.sets(st.integers(0, 40)),
)
def test_merging_loses_and_doubles_nothing(before: list[int], now: list[int], edited: set[int]) -> None:
    keeping = Keeping()
    keeping.apply(before)
    mine = sorted(edited & set(before))
    keeping.touch(touched(mine), is_ruled=True)
    merged = [int(one) for one in keeping.again(now)]
    assert sorted(merged) == sorted(set(now) | set(mine))
    assert [one for one in merged if one not in mine] == [one for one in now if one not in mine]
    assert [one for one in merged if one in mine] == [one for one in before if one in mine]
    if len(merged) >= len(before):
        assert all(merged[before.index(one)] == one for one in mine)
