"""A sheet as columns: every rate once, conflicts marked, faults kept, and all of it back from bytes."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voipdesk.kernel.periods import to_micros
from voipdesk.kernel.problems import Place, Problem, Refused
from voipdesk.rates import engine_sheet as sheets
from voipdesk.rates import files
from voipdesk.rates.engine import NEVER
from voipdesk.rates.engine_sheet_gathering import TYPES
from voipdesk.rates.files import SheetRow

CAIRO = ZoneInfo("Africa/Cairo")
USUAL = datetime(2026, 11, 1, tzinfo=UTC)
LATER = datetime(2026, 12, 24, tzinfo=UTC)


@dataclass
class Rows:
    """A sheet of given rows."""

    given: list[SheetRow]
    path: Path = Path("rows.csv")
    currency: str = ""
    fingerprint: str = ""
    profile_id: UUID | None = None
    layout_data: object = None
    total: int = field(init=False)
    skipped: int = 1
    blank: int = 0

    def __post_init__(self) -> None:
        self.total = len(self.given) + 1

    def rows(self) -> Iterator[SheetRow]:
        return iter(self.given)


def columns_of(*rows: SheetRow, usual: datetime = USUAL, is_fixed: bool = False) -> sheets.SheetColumns:
    return sheets.read_columns(Rows(list(rows)), CAIRO, usual=usual, is_fixed=is_fixed)


def plain(columns: sheets.SheetColumns) -> list[tuple[object, ...]]:
    """Every rate in full, with what columns keep beside it."""
    rates = columns.rates
    names = [name for name in TYPES if hasattr(rates, name)]
    parts = [getattr(rates, name).tolist() for name in names if name not in {"destination", "band"}]
    bands = [rates.band_names[at] for at in rates.band.tolist()]
    beside = (columns.source_row.tolist(), columns.is_dated.tolist(), columns.repeats.tolist())
    return list(zip(*parts, bands, rates.destination_texts(), *beside, strict=True))


def whole(columns: sheets.SheetColumns) -> tuple[object, ...]:
    """Everything of columns that can be compared."""
    return (
        plain(columns),
        columns.conflicts.tolist(),
        columns.tally,
        list(columns.faults),
        columns.protected.tolist(),
        columns.faulty,
    )


def faulty(row: int, *codes: str) -> SheetRow:
    fault = Problem(
        "price_unreadable", "often: this is not a price.", "Type it.", Place(column="Rate", value="often")
    )
    return SheetRow(row, codes, problems=[fault], is_faulty=True, cells=["44", "often"])


prices = st.sampled_from([Decimal("0.01"), Decimal("0.0100"), Decimal("0.02"), Decimal("-0.01"), Decimal(0)])
days = st.sampled_from([None, date(2026, 11, 30), date(2026, 12, 24), datetime(2026, 12, 24, tzinfo=UTC)])
good_rows = st.builds(
    SheetRow,
    row=st.just(0),
    codes=st.lists(st.sampled_from(["1", "10", "100", "44", "447", "4470", "0044"]), max_size=3, unique=True),
    destination=st.sampled_from(["", "Zone 1", "Zone 2"]),
    state=st.sampled_from([0, 0, 0, 1, 2]),
    price=prices,
    next_price=st.one_of(st.none(), prices),
    band=st.sampled_from(["", "", "peak"]),
    effective_from=days,
    effective_until=st.sampled_from([None, None, date(2026, 12, 1)]),
)
rows_of_sheets = st.lists(
    st.one_of(good_rows, good_rows, good_rows, st.just(faulty(0, "447"))), max_size=25
).map(lambda rows: [_numbered(row, at) for at, row in enumerate(rows, start=2)])


def _numbered(row: SheetRow, at: int) -> SheetRow:
    return replace(row, row=at)


def by_hand(rows: list[SheetRow]) -> tuple[dict[str, int], dict[tuple[object, ...], list[int]], set[object]]:
    """(tally, rows of the file by rate in full, keys that conflict): one row after the other."""
    maker = files.RowMaker(CAIRO, USUAL)
    said: dict[tuple[object, ...], list[int]] = {}
    faulty_rows = 0
    for row in rows:
        rates = [] if row.is_faulty else maker.rates(row)
        if not rates or files.is_backwards(rates[0]) or files.is_negative(rates[0]):
            faulty_rows += 1
            continue
        for rate in rates:
            said.setdefault(tuple(rate[:14]), []).append(row.row)
    keys: dict[object, int] = {}
    for rate in said:
        keys[(rate[0], rate[11], rate[12])] = keys.get((rate[0], rate[11], rate[12]), 0) + 1
    conflicts = {key for key, count in keys.items() if count > 1}
    named = {numbers[0] for numbers in said.values()}
    taken = {numbers[0] for rate, numbers in said.items() if (rate[0], rate[11], rate[12]) not in conflicts}
    told = {
        "rows": len(rows) + 1,
        "skipped": 1,
        "blank": 0,
        "accepted": len(taken),
        "duplicates": len(rows) - faulty_rows - len(named),
        "quarantined": faulty_rows + len(named) - len(taken),
    }
    return told, said, conflicts


@given(rows_of_sheets)
def test_each_rate_is_kept_once_and_every_row_is_accounted_for(rows: list[SheetRow]) -> None:
    columns = columns_of(*rows)
    tally, said, conflicts = by_hand(rows)
    assert columns.tally.as_dict() == tally
    assert columns.tally.fault == ""
    rates = columns.rates
    found = {}
    keys = []
    for at, prefix in enumerate(rates.prefix_texts()):
        price, after = int(rates.price[at]), int(rates.next_price[at])
        until = int(rates.effective_until[at])
        band, since = rates.band_names[rates.band[at]], int(rates.effective_from[at])
        destination = rates.destination_names[rates.destination[at]]
        kept = (
            prefix,
            destination,
            int(rates.state[at]),
            price,
            None if price == after else after,
            0,
            0,
            1,
            1,
            0,
            0,
        )
        found[(*kept, band, since, None if until == NEVER else until)] = at
        keys.append((prefix, band, since))
    assert found.keys() == said.keys()
    assert keys == sorted(keys)
    for rate, at in found.items():
        assert columns.source_row[at] == said[rate][0]
        assert columns.repeats[at] == len(said[rate]) - 1
    assert {keys[at] for at in columns.conflicts} == conflicts
    assert sorted(columns.conflicts.tolist()) == [at for at, key in enumerate(keys) if key in conflicts]
    assert [group.tolist() for group in columns.conflicting()] == [
        [at for at, other in enumerate(keys) if other == key]
        for key in sorted(conflicts)  # type: ignore[type-var]
    ]


@given(rows_of_sheets)
def test_columns_come_back_from_bytes(rows: list[SheetRow]) -> None:
    columns = columns_of(*rows)
    assert whole(sheets.unpack(sheets.pack(columns))) == whole(columns)


@settings(max_examples=50)
@given(rows_of_sheets, st.integers(0, 10_000), st.integers(1, 255))
def test_damaged_bytes_are_refused(rows: list[SheetRow], at: int, flip: int) -> None:
    packed = bytearray(sheets.pack(columns_of(*rows)))
    packed[at % len(packed)] ^= flip
    with pytest.raises(Refused, match="damaged"):
        sheets.unpack(bytes(packed))
    with pytest.raises(Refused, match="damaged"):
        sheets.unpack(bytes(packed[: at % len(packed)]))


def test_conflicts_are_settled_by_choice() -> None:
    columns = columns_of(
        SheetRow(2, ["44"], price=Decimal("0.03")),
        SheetRow(3, ["44", "45"], price=Decimal("0.01")),
        SheetRow(4, ["44"], price=Decimal("0.02")),
        SheetRow(5, ["44"], price=Decimal("0.03")),
    )
    assert columns.tally.as_dict() == {
        "rows": 5, "skipped": 1, "blank": 0, "accepted": 1, "duplicates": 1, "quarantined": 2,
    }  # fmt: skip
    assert columns.conflicts.tolist() == [0, 1, 2]
    taken = {
        choice: columns.source_row[columns.kept(choice)].tolist()
        for choice in ("", "first", "last", "highest")
    }
    assert taken == {"": [3], "first": [2, 3], "last": [4, 3], "highest": [2, 3]}
    assert columns.tally_of(columns.kept("first")).accepted == 2
    assert columns.tally_of(columns.kept("first")).quarantined == 1


def test_a_mended_row_joins_the_others_and_its_fault_goes() -> None:
    columns = columns_of(SheetRow(2, ["44"], price=Decimal("0.03")), faulty(3, "45"), faulty(4, "46"))
    assert columns.protected.tolist() == [b"45", b"46"]
    after = sheets.mended(columns, [SheetRow(3, ["45"], "Zone", price=Decimal("0.01"))], CAIRO, usual=USUAL)
    assert after.rates.prefix_texts() == ["44", "45"]
    assert after.rates.destination_texts() == ["", "Zone"]
    assert after.rates.effective_from.tolist() == [to_micros(USUAL)] * 2
    assert [fault.row for fault in after.faults] == [4]
    assert (after.tally.accepted, after.tally.quarantined) == (2, 1)
    assert len(columns) == 1
    again = sheets.mended(after, [faulty(4, "46")], CAIRO, usual=USUAL)
    assert (again.tally, len(again.faults)) == (after.tally, 1)


def test_all_faults_are_kept_with_their_cells() -> None:
    columns = sheets.unpack(sheets.pack(columns_of(*(faulty(row) for row in range(2, 3_502)))))
    kept = list(columns.faults)
    assert len(kept) == len(columns.faults) == columns.tally.quarantined == 3_500
    assert kept[-1] == sheets.SheetFault(
        3_501, "Rate", "often", "price_unreadable", "often: this is not a price.", "Type it.", ("44", "often")
    )
    assert kept[-1].told == "often: this is not a price. Type it."


def test_a_big_sheet_packs_small() -> None:
    rows = [
        SheetRow(
            at, [str(1_000_000 + at)], f"Zone {at % 900}", price=Decimal(37 * at % 20_000 + 1).scaleb(-4)
        )
        for at in range(2, 50_002)
    ]
    packed = sheets.pack(columns_of(*rows))
    assert len(packed) < 12 * len(rows)
    assert np.array_equal(sheets.unpack(packed).rates.price, columns_of(*rows).rates.price)
