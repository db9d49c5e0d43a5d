"""Every family of invented carriers' sheets is understood whole: layout, questions, and each row of an import."""

import pytest

from tests.tabular.carriers.judge import FAMILIES, judged


@pytest.mark.parametrize("name", sorted(FAMILIES))
def test_a_family(name: str) -> None:
    verdict = judged(name, 0)
    assert (verdict.layout, verdict.asks, verdict.rows) == ((), "", "")
