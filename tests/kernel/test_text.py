"""Counted sentences."""

import pytest

from voipdesk.kernel.text import trn


@pytest.mark.parametrize(
    ("count", "said"), [(1, "1 row"), (0, "0 rows"), (999, "999 rows"), (250_000, "250,000 rows")]
)
def test_a_count_has_its_form_and_its_thousands_parted(count: int, said: str) -> None:
    assert trn("{count} row", "{count} rows", count) == said
