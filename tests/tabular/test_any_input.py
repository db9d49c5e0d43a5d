"""Whatever the bytes or cells: rows and problems that add up, or one clear refusal (the laws are those of the fuzzer)."""

import random
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.tabular.fuzz import read_by_the_laws
from tests.tabular.fuzz_seeds import mutated, seeds

CELLS = st.one_of(
    st.text(max_size=12),
    st.from_regex(r"\+?[0-9]{1,16}(-[0-9]{1,5})?", fullmatch=True),
    st.from_regex(r"[0-9]{0,3}[.,][0-9]{0,6}", fullmatch=True),
    st.text(st.characters(categories=["Nd", "No"]), min_size=1, max_size=8),
    st.sampled_from(
        [
            "Code",
            "Rate",
            "Destination",
            "Effective",
            "60/1",
            "blocked",
            "30.11.2026",
            "447[3-5]",
            "4.47E+11",
            '"',
            "#",
        ]
    ),
)
FEW = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])


@FEW
@given(rows=st.lists(st.lists(CELLS, max_size=6), min_size=1, max_size=12), mark=st.sampled_from(",;\t|"))
def test_any_cells(rows: list[list[str]], mark: str, tmp_path: Path) -> None:
    path = tmp_path / "any.csv"
    path.write_bytes("\n".join(mark.join(row) for row in rows).encode("utf-8", "replace"))
    read_by_the_laws(path)


@FEW
@given(raw=st.binary(max_size=400))
def test_any_bytes(raw: bytes, tmp_path: Path) -> None:
    path = tmp_path / "any"
    path.write_bytes(raw)
    read_by_the_laws(path)


@FEW
@given(seed=st.integers(0, 2**32))
def test_mutations_of_every_container(seed: int, tmp_path: Path) -> None:
    pool = seeds(tmp_path)
    rng = random.Random(seed)
    path = tmp_path / "any"
    path.write_bytes(mutated(rng.choice(pool), rng, pool))
    read_by_the_laws(path)
