"""The law of rows."""

import pytest

from voipdesk.kernel.ledger import Ledger, ledger_of


def test_a_ledger_says_why_it_does_not_add_up() -> None:
    whole = Ledger(10, 1, 2, 4, 2, 1)
    assert (whole.fault, whole.data_rows) == ("", 7)
    assert "5 rows" in Ledger(rows=5, accepted=4).fault
    assert Ledger(rows=3, accepted=4, blank=-1).fault


@pytest.mark.parametrize("kept", [None, {}, {"rows": 0, "other": 5}])
def test_what_is_not_kept_is_nothing(kept: dict[str, int] | None) -> None:
    assert ledger_of(kept) == Ledger()


def test_a_kept_ledger_returns() -> None:
    ledger = Ledger(10, 1, 2, 4, 2, 1)
    assert ledger_of(ledger.as_dict()) == ledger
