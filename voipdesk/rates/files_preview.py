"""A sheet looked at before it is imported: what each row is, the first and last rows, samples of each column.

Rows are told apart by the reader that imports them, so the preview and the import never differ.
"""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from uuid import UUID

from voipdesk.kernel.money import price_text
from voipdesk.kernel.progress import Progress
from voipdesk.kernel.text import tr
from voipdesk.rates.files_opened import Known, laid_out
from voipdesk.tabular.band_words import FEE, ROLE
from voipdesk.tabular.cells import Cell, is_blank, shown
from voipdesk.tabular.layout import Layout, columns_named
from voipdesk.tabular.mapping import RateSheet, SheetRate
from voipdesk.tabular.reader import Numbered, Table
from voipdesk.tabular.several import SeveralSheets, rates_missing
from voipdesk.tabular.terms import Terms

SHOWN = 8
"""Rows shown of the head and of the end."""
SAMPLES = 3
"""Values shown of each column."""
_LOOKED_AT = 400
"""Data rows from which samples are taken."""
_CELLS = 40
"""Columns of a row that are shown."""
_LONGEST = 300
"""Letters of a cell that are shown: all codes of a name may stand in one."""
_STEP = 4_000
_NO_TERMS = Terms()

KINDS = ("title", "header", "data", "blank", "comment", "footer", "codes", "unused")
"""The last two: rows of sheets of dial codes whose names have rates, or none."""


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the file: its number, what it is (see KINDS), its cells as text."""

    number: int
    kind: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Fitting:
    """A profile that reads this sheet: its name, its table, and how many of its columns the sheet has."""

    id: UUID
    name: str
    table_id: UUID | None
    found: int
    wanted: int
    ignored: tuple[str, ...] = ()
    """Titles of the sheet that the profile does not use."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """The same bytes imported before: when, by whom, into which table."""

    import_id: UUID
    at: datetime
    actor_name: str
    table: str


@dataclass(frozen=True, slots=True)
class Preview:
    """What a sheet looks like, with the answers that were told."""

    path: Path
    sha256: str
    layout: Layout
    members: tuple[str, ...] = ()
    """Files in a .zip."""
    first: tuple[Line, ...] = ()
    last: tuple[Line, ...] = ()
    """The last rows; none of the first ones again."""
    kinds: Mapping[str, int] = field(default_factory=dict)
    total: int = 0
    data: tuple[int, int] = (0, 0)
    """Numbers of the first and the last data row; zeros where there is none."""
    rows: Mapping[int, tuple[Cell, ...]] = field(default_factory=dict)
    """Data rows from which samples are taken, by their numbers."""
    profile: Fitting | None = None
    earlier: Earlier | None = None
    bands: Mapping[UUID, tuple[str, ...]] = field(default_factory=dict)
    """The time bands of each table; the layout leaves open which of them its columns mean."""

    @property
    def width(self) -> int:
        """Columns of the file."""
        return max([len(self.layout.titles), *(len(cells) for cells in self.rows.values())], default=0)

    def samples(self, at: int) -> list[tuple[int, str]]:
        """Up to three different filled cells of a column, with their rows."""
        found: dict[str, int] = {}
        for number, cells in self.rows.items():
            text = shown(cells[at]) if at < len(cells) else ""
            if text and text not in found:
                found[text] = number
            if len(found) == SAMPLES:
                break
        return [(number, text) for text, number in found.items()]


class _Kinds(RateSheet):
    """The reader of rates, which only tells data from the rest."""

    def _row(self, number: int, cells: list[Cell]) -> SheetRate:
        return SheetRate(number, (), "", _NO_TERMS, cells)


class _Watched:
    """The rows of a table on their way into the reader; keeps the first and last of them."""

    def __init__(self, table: Table, progress: Progress) -> None:
        self._table, self._progress = table, progress
        self.first: list[Numbered] = []
        self.last: deque[Numbered] = deque(maxlen=SHOWN)

    def rows(self, start: int = 1) -> Iterator[Numbered]:
        """As the table's."""
        for count, entry in enumerate(self._table.rows(start), 1):
            if count <= SHOWN:
                self.first.append(entry)
            else:
                self.last.append(entry)
            if count % _STEP == 0:
                self._progress.step(count, None, tr("rows looked at"))
            yield entry

    def close(self) -> None:
        """As the table's."""
        self._table.close()


class _Held:
    """A few rows as a table."""

    def __init__(self, rows: Sequence[Numbered]) -> None:
        self._rows = rows

    def rows(self, start: int = 1) -> Iterator[Numbered]:
        """All of them."""
        return iter(self._rows)

    def close(self) -> None:
        """Nothing is open."""


def looked_at(
    path: Path,
    *,
    told: Mapping[str, str],
    known: Sequence[Known],
    learned: Mapping[str, str],
    progress: Progress,
) -> tuple[Preview, Known | None]:
    """The preview of a file and the profile that reads it. FileError for what is no table; questions stay in the layout."""
    progress.step(0, None, tr("looking at the layout"))
    layout, table, profile = laid_out(path, told=told, known=known, learned=learned)
    watched = _Watched(table, progress)
    with _Kinds(path, layout, watched) as sheet:  # type: ignore[arg-type]
        kept: dict[int, tuple[Cell, ...]] = {}
        numbers: set[int] = set()
        first = last = 0
        recent: deque[int] = deque(maxlen=SHOWN)
        for row in sheet.rows():
            first, last = first or row.row, row.row
            recent.append(row.row)
            if len(numbers) < _LOOKED_AT:
                numbers.add(row.row)
                kept[row.row] = tuple(row.raw)
        tally, members = sheet.tally, table.source.members
        if isinstance(table, SeveralSheets):
            tally.add(table.tally)
            if said := rates_missing(table.without_rate()):
                layout = replace(layout, notes=(*layout.notes, said))
    data = numbers | set(recent)
    kinds = {"title": tally.title, "header": tally.header, "blank": tally.blank}
    lines = [_line(entry, layout, data, last) for entry in (*watched.first, *watched.last)]
    footers = _footers(lines, last, tally.remark)
    kinds |= {"comment": tally.remark - footers, "footer": footers}
    kinds |= {"codes": tally.codes, "unused": tally.unused}
    kinds["data"] = tally.total - sum(kinds.values())
    made = Preview(
        path, "", layout, members, tuple(lines[:SHOWN]), tuple(lines[SHOWN:]), kinds, tally.total,
        (first, last), _sampled(kept, layout),
    )  # fmt: skip
    return made, profile


def _line(entry: Numbered, layout: Layout, data: set[int], last: int) -> Line:
    number, cells = entry
    texts = tuple(shown(cell)[:_LONGEST] for cell in cells[:_CELLS])
    header, first = layout.head_at(number)
    if number in data:
        kind = "data"
    elif number == header:
        kind = "header"
    elif number < first:
        kind = "title"
    elif is_blank(cells):
        kind = "blank"
    else:
        kind = "footer" if number > last else "comment"
    return Line(number, kind, texts)


def _footers(lines: Sequence[Line], last: int, remarks: int) -> int:
    """Notes after the last data row, as far as they are among the last rows."""
    return min(remarks, sum(1 for line in lines if line.kind == "footer" and line.number > last))


def _sampled(kept: Mapping[int, tuple[Cell, ...]], layout: Layout) -> dict[int, tuple[Cell, ...]]:
    """The rows that show up to three different values of each column, in the order of the file."""
    width = max([len(layout.titles), *(len(cells) for cells in kept.values())], default=0)
    seen: list[set[str]] = [set() for _ in range(width)]
    found: dict[int, tuple[Cell, ...]] = {}
    for number, cells in kept.items():
        is_new = False
        for at, cell in enumerate(cells):
            text = shown(cell)
            if text and len(seen[at]) < SAMPLES and text not in seen[at]:
                seen[at].add(text)
                is_new = True
        if is_new:
            found[number] = cells
    return found


def fitting(profile: Known, name: str, table_id: UUID | None, layout: Layout) -> Fitting:
    """How well a profile fits the layout it was applied to."""
    wanted = len(dict(profile.layout.get("columns", {})))
    used = set(layout.columns.values())
    ignored = tuple(title for at, title in enumerate(layout.titles) if title and at not in used)
    return Fitting(
        profile.id, name, table_id, len(columns_named(profile.layout, layout.titles)), wanted, ignored
    )


def parsed(preview: Preview, layout: Layout) -> dict[int, dict[int, str]]:
    """What each sampled cell becomes with a layout, by column and row: codes, price, interval, day, or the fault."""
    roles = {at: role for role, at in layout.columns.items()}
    found: dict[int, dict[int, str]] = {at: {} for at in roles}
    entries: list[Numbered] = [(number, list(cells)) for number, cells in preview.rows.items()]
    with RateSheet(preview.path, layout, _Held(entries)) as sheet:  # type: ignore[arg-type]
        for rate in sheet.rows():
            faults = {problem.place.column: problem for problem in rate.problems}
            for at, role in roles.items():
                fault = faults.get(layout.title(at))
                text = f"⚠ {fault.message}" if fault is not None else _meaning(rate, role)
                found[at][rate.row] = text
    return found


def _meaning(rate: SheetRate, role: str) -> str:
    """What a row says in the place of a role, in words of the program."""
    terms = rate.terms
    if role in {"prefix", "country_code", "area_code"}:
        more = len(rate.codes) - 6
        return ", ".join(rate.codes[:6]) + (f" … +{more}" if more > 0 else "")
    if role == "rate":
        return terms.state if terms.state != "open" else price_text(terms.price)
    if role in {"increment", "initial_increment", "subsequent_increment"}:
        return f"{terms.initial_interval}/{terms.next_interval}"
    if role in {"connection_fee", "minimum_charge"}:
        fee = terms.connect_fee if role == "connection_fee" else terms.minimum_charge
        return price_text(fee)
    if role in {"effective_date", "effective_until"}:
        day = terms.effective_from if role == "effective_date" else terms.effective_until
        return "–" if day is None else day.isoformat()[:10]
    if role.startswith(ROLE):
        band = next((one for one in terms.bands if one.band == role.removeprefix(ROLE)), None)
        return "–" if band is None else band.state if band.state != "open" else price_text(band.price)
    if role.startswith(FEE):
        own = next((one.connect_fee for one in terms.bands if one.band == role.removeprefix(FEE)), None)
        return "–" if own is None else price_text(own)
    said = {
        "destination": rate.destination,
        "status": terms.status_word,
        "band": terms.band or tr("all week"),
    }
    return said.get(role, "")
