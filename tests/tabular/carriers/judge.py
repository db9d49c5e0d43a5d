"""Is an answer right? The questions are those of the score on files from the field: what an import cannot do without."""

import tempfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

from tests.tabular.carriers import (
    families_books,
    families_calls,
    families_cells,
    families_first_sight,
    families_later,
    families_second_sight,
    families_text,
    families_whole,
)
from tests.tabular.carriers.paper import Made, Read, Truth
from tests.tabular.carriers.shapes import FAMILIES
from voipdesk.kernel.problems import FileError
from voipdesk.tabular.layout import Layout
from voipdesk.tabular.mapping import RateSheet
from voipdesk.tabular.sniff import sniff

SHEETS = (
    families_text,
    families_cells,
    families_books,
    families_calls,
    families_first_sight,
    families_later,
    families_second_sight,
    families_whole,
)
"""Imported for the families that they enter."""

NEEDED = {
    "rates": ("prefix", "country_code", "area_code", "rate"),
    "cdr": ("called", "start", "billsec"),
    "prefix_table": ("prefix",),
}
LOOKED_AT = frozenset(
    {
        "prefix", "country_code", "area_code", "rate", "destination", "connection_fee", "increment", "initial_increment",
        "subsequent_increment", "effective_date", "status", "called", "caller", "account", "start", "billsec",
        "unique_id", "disposition",
    }
)  # fmt: skip
"""Columns that must not be found where there are none."""


@dataclass(frozen=True)
class Verdict:
    """What is wrong with the answers for a file: `layout` by the rules of the score, `asks`, and `rows` of an import."""

    family: str
    seed: int
    layout: tuple[str, ...]
    asks: str
    rows: str
    lesser: tuple[str, ...]
    """Columns that an import can do without."""

    @property
    def is_whole(self) -> bool:
        return not (self.layout or self.asks or self.rows)


def is_held_out(name: str) -> bool:
    """Half of the families are not looked at while the detector is tuned."""
    return zlib.crc32(name.encode()) % 2 == 1


def made(name: str, seed: int, folder: Path) -> Made:
    """The file of a family by a seed."""
    return FAMILIES[name](folder, Random(f"{name} {seed}"))


def judged(name: str, seed: int) -> Verdict:
    """Make a file, find its layout, and judge it."""
    with tempfile.TemporaryDirectory() as folder:
        one = made(name, seed, Path(folder))
        try:
            layout = sniff(one.path)
        except FileError as refused:
            return Verdict(name, seed, (str(refused),), "", "", ())
        said = layout.as_json()
        wrong, lesser = _wrong(one.truth, said, one.path.read_bytes())
        asked = {question.about for question in layout.ask}
        asks = (
            "" if asked == set(one.truth.asks) or one.truth.kind == "other" else f"asks {asked or 'nothing'}"
        )
        if one.truth.asks and asks == "":
            wrong = ()  # asking is all that can be right there
        rows = "" if one.truth.rows is None or wrong or asks else difference(one, layout)
        return Verdict(name, seed, tuple(wrong), asks, rows, tuple(lesser))


def all_judged(seeds: Iterable[int] = range(3)) -> list[Verdict]:
    """Every family with these seeds."""
    seeds = list(seeds)
    return [judged(name, seed) for name in sorted(FAMILIES) for seed in seeds]


def _wrong(truth: Truth, said: dict[str, Any], raw: bytes) -> tuple[list[str], list[str]]:
    if said["kind"] != truth.kind:
        return ([] if truth.kind == "other" and said["ask"] else [f"kind {said['kind']}"]), []
    if truth.kind == "other":
        return [], []
    wrong = []
    if truth.container == "csv":
        if said["delimiter"] != truth.delimiter:
            wrong.append(f"delimiter {said['delimiter']!r}")
        if not _same_letters(raw, truth.encoding, said["encoding"]):
            wrong.append(f"encoding {said['encoding']}")
    for field in ("header_row", "first_data_row"):
        if truth.container not in {"html", "spreadsheetml", "zip", "gzip"} and said[field] != getattr(
            truth, field
        ):
            wrong.append(f"{field} {said[field]} for {getattr(truth, field)}")
    if truth.sheet and said["sheet"] != truth.sheet:
        wrong.append(f"sheet {said['sheet']}")
    if truth.decimal and truth.kind == "rates" and said["decimal"] != truth.decimal:
        wrong.append(f"decimal {said['decimal']}")
    lesser = []
    for role, places in truth.columns.items():
        if said["columns"].get(role) not in places:
            (wrong if role in NEEDED[truth.kind] else lesser).append(
                f"{role} {said['columns'].get(role)} for {places}"
            )
    lesser += [
        f"invented {role}" for role in said["columns"] if role in LOOKED_AT and role not in truth.columns
    ]
    if truth.date_order and said["date_order"] != truth.date_order:
        lesser.append(f"dates {said['date_order']} for {truth.date_order}")
    return wrong, lesser


def _same_letters(raw: bytes, truth: str | None, said: str | None) -> bool:
    """Whether two encodings read these bytes alike."""
    if truth == said or truth is None or said is None:
        return truth is None or truth == said
    return raw.decode(truth, "replace").lstrip("\ufeff") == raw.decode(said, "replace").lstrip("\ufeff")


def difference(one: Made, layout: Layout) -> str:
    """The first difference between what an import yields and what it should; '' where there is none."""
    if any(question.about == "scale" for question in layout.ask):
        layout = replace(layout, scale=Decimal("0.0001"))
    got: list[Read] = []
    with RateSheet(one.path, layout) as sheet:
        for row in sheet.rows():
            if not row.problems:
                day = str(row.effective_from or "")[:10]
                terms = (row.price, row.connect_fee, row.initial_interval, row.next_interval, day, row.state)
                got += [(row.row, code, *terms) for code in row.codes]
    wanted = one.truth.rows or []
    for line, read in zip(wanted, got, strict=False):
        if line != read:
            return f"{' '.join(map(str, line))} wanted, {' '.join(map(str, read))} read"
    return "" if len(got) == len(wanted) else f"{len(wanted)} rows wanted, {len(got)} read"
