"""Which sheets of a workbook are read together: prices by names on one and the dial codes of these names on another, or one
deck on several sheets. What is proposed here, a person can change sheet by sheet.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import NamedTuple

from voipdesk.kernel.text import tr
from voipdesk.tabular import words
from voipdesk.tabular.cells import is_blank
from voipdesk.tabular.faults import refusal
from voipdesk.tabular.headers import header_of
from voipdesk.tabular.judging import Columns, body
from voipdesk.tabular.layout import Layout, Part, fingerprint_of
from voipdesk.tabular.rate_columns import rate_columns
from voipdesk.tabular.reader import Table
from voipdesk.tabular.several import CODES_TITLE, SeveralSheets, key_of

Look = Callable[[Table, Mapping[str, int] | None], Layout]
"""Lays out what a table stands on; with columns that are told for this look, or None: with all that was told."""

NONE = "-"
"""Told in the place of sheets of codes: there are none."""

_BETWEEN = "/"
"""Between names of sheets; no spreadsheet program lets a name have it."""

HEAD = 80
"""Rows in which a header is looked for."""
SAMPLE = 4000
"""Rows on which columns are judged."""
_MOST_KEYS = 60
"""Columns that are tried as the names by which sheets are joined."""

_LEAST = 0.5
"""Share of the names of one sheet that the other must have for a join to be proposed."""

_VARIETY = 0.3
"""Different names a row that a column of names has at least."""

_FEW = 3
"""Rows of codes by which the joined column is judged."""

_CODES = ("prefix", "country_code", "area_code")
_NO_KEYS = frozenset(
    [
        *_CODES, "rate", "connection_fee", "minimum_charge", "increment", "initial_increment",
        "subsequent_increment", "effective_date", "effective_until", "status", "currency",
    ]
)  # fmt: skip


class Sheets(NamedTuple):
    """Names of sheets as they are told, `/` between them; `codes` None: to be found, NONE: there are none."""

    rates: str | None = None
    codes: str | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """The sheets that a person or a profile names; `codes` None: to be found, (): none."""

    rates: tuple[str, ...] = ()
    codes: tuple[str, ...] | None = None

    @classmethod
    def of(cls, said: Sheets, table: Table) -> "Told":
        """`FileError` for a sheet that the table does not have."""
        if not table.sheets:
            return cls()
        rates, codes = (names_said(one, table.sheets) for one in said)
        for name in (*rates, *codes):
            table.require(name)
        return cls(rates, None if said.codes is None else codes)


def names_told(names: Sequence[str]) -> str:
    """Names of sheets as they are told."""
    return _BETWEEN.join(names)


def names_said(said: str | None, sheets: Sequence[str]) -> tuple[str, ...]:
    """The names in what was told; one that has `/` in it is itself."""
    if not said or said == NONE:
        return ()
    return (said,) if said in sheets else tuple(dict.fromkeys(filter(None, said.split(_BETWEEN))))


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A sheet as far as reading it together with others needs it."""

    name: str
    titles: tuple[str, ...]
    header_row: int | None
    first_data_row: int
    columns: Mapping[str, int]
    data: Columns

    @property
    def width(self) -> int:
        """Its columns."""
        return max(self.data.width, len(self.titles))

    def keys(self) -> dict[int, frozenset[str]]:
        """The names in each column that could hold the names of this sheet."""
        barred = {at for role, at in self.columns.items() if role in _NO_KEYS}
        found = {}
        for at in range(min(self.width, _MOST_KEYS)):
            cells = [] if at in barred else self.data.column(at)
            names = frozenset(filter(None, (key_of(cell) for _, cell in cells)))
            if names and len(names) >= _VARIETY * len(cells):
                found[at] = names
        return found

    def part(self, **more: object) -> Part:
        """As a part of what is read."""
        made = Part(
            self.name, header_row=self.header_row, first_data_row=self.first_data_row,
            print=fingerprint_of(self.titles),
        )  # fmt: skip
        return replace(made, **more)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class _Pair:
    """A sheet of codes, and the columns by which it and the prices are joined."""

    codes: _Sheet
    key: int
    codes_key: int
    share: float
    names: frozenset[str]


def has_codes(layout: Layout) -> bool:
    """Whether the sheet says by itself where its prices apply."""
    return bool({"prefix", "country_code"} & set(layout.columns))


def is_priced(layout: Layout) -> bool:
    """Whether a title of the sheet, or a person, says that it has prices."""
    found = next((one for one in layout.findings if one.role == "rate"), None)
    return found is not None and found.source in {"title", "learned", "told"}


def look_alikes(found: Mapping[str, Layout], chosen: Layout) -> tuple[str, ...]:
    """Other sheets that hold rates as well."""
    read = {chosen.sheet, *(part.sheet for part in chosen.parts)}
    return tuple(
        name
        for name, layout in found.items()
        if name not in read and layout.kind == "rates" and has_codes(layout) and is_priced(layout)
    )


def proposed(
    table: Table, look: Look, found: Mapping[str, Layout], priced: Sequence[str], learned: Mapping[str, str]
) -> tuple[Layout, Table] | None:
    """Prices by names, of one of the sheets `priced`, joined with the codes of others; None where one sheet has both, or
    nothing belongs together.
    """
    codes = [name for name, layout in found.items() if _are_codes(layout)]
    if not codes or any(
        has_codes(found[name]) and is_priced(found[name]) for name in priced if name in found
    ):
        return None
    coded = [_coded(table, name, found[name]) for name in codes]
    best: tuple[float, _Sheet, list[_Pair]] | None = None
    for name in priced:
        sheet = None if name in codes else _priced(table, name, learned)
        if sheet is None or {"prefix", "country_code"} & set(sheet.columns):
            continue
        pairs = _belonging(sheet, [one for one in coded if one.name != name])
        if pairs and (best is None or pairs[0].share > best[0]):
            best = pairs[0].share, sheet, pairs
    return None if best is None else _joined(table, look, best[1], best[2], found[best[2][0].codes.name])


def told(table: Table, look: Look, wanted: Told, learned: Mapping[str, str]) -> tuple[Layout, Table]:
    """The sheets that were told, read together. `FileError` where they have nothing in common."""
    first = wanted.rates[0]
    if not wanted.codes:
        table.choose(first)
        layout = look(table, None)
        sheet = _Sheet(
            first, layout.titles, layout.header_row, layout.first_data_row, layout.columns, Columns([])
        )
        return _stacked(table, look, sheet, layout, wanted.rates[1:])
    coded, layouts = [], {}
    for name in wanted.codes:
        table.choose(name)
        layout = look(table, {})
        if not has_codes(layout):
            said = tr("no column of sheet {sheet} was recognised as dial codes.").format(sheet=name)
            raise refusal(
                "codes_missing", table.source.path, said, tr("Choose another sheet for the codes, or none.")
            )
        layouts[name] = layout
        coded.append(_coded(table, name, layout))
    priced = _priced(table, first, learned, needs_title=False)
    pairs = [pair for one in coded if priced and (pair := _pair(priced, one, 0.0)) is not None]
    if priced is None or len(pairs) < len(coded):
        matched = {pair.codes.name for pair in pairs}
        other = next(one.name for one in coded if one.name not in matched)
        said = tr("the sheets {one} and {other} have no name in common.").format(one=first, other=other)
        raise refusal(
            "nothing_in_common", table.source.path, said, tr("Choose another sheet for the codes, or none.")
        )
    layout, whole = _joined(table, look, priced, pairs, layouts[pairs[0].codes.name])
    return _stacked(table, look, priced, layout, wanted.rates[1:], whole)


def _are_codes(layout: Layout) -> bool:
    """Whether a sheet holds the codes of names, and no prices."""
    return layout.kind in {"prefix_table", "rates"} and has_codes(layout) and not is_priced(layout)


def _sample(table: Table, name: str) -> list[tuple[int, list[object]]]:
    table.choose(name)
    rows = list(islice(table.rows(), SAMPLE))
    return [entry for entry in rows if not is_blank(entry[1])]  # type: ignore[misc]


def _priced(
    table: Table, name: str, learned: Mapping[str, str], *, needs_title: bool = True
) -> _Sheet | None:
    """A sheet with prices; None where no title says so (`needs_title`), or nothing looks like prices."""
    rows = _sample(table, name)
    header = header_of(rows[:HEAD], words.RATES, learned)  # type: ignore[arg-type]
    data = body(rows, header.row if header else 0)  # type: ignore[arg-type]
    columns, _ = rate_columns(data, header)
    if "rate" not in columns:
        return None
    if needs_title and (header is None or header.roles.get(columns["rate"], ("", 0.0))[0] != "rate"):
        return None
    row = header.row if header else 0
    first = next((number for number, _ in data.rows if number > row), row + 1)
    return _Sheet(name, header.titles if header else (), row or None, first, columns, data)


def _coded(table: Table, name: str, layout: Layout) -> _Sheet:
    """A sheet with codes, laid out already."""
    rows = [entry for entry in _sample(table, name) if entry[0] >= layout.first_data_row]
    data = Columns(rows)  # type: ignore[arg-type]
    roles = ("prefix",) if "prefix" in layout.columns else _CODES
    columns = {
        role: at for role, at in layout.columns.items() if role in roles or role not in {*_CODES, "rate"}
    }
    return _Sheet(name, layout.titles, layout.header_row, layout.first_data_row, columns, data)


def _belonging(priced: _Sheet, coded: Sequence[_Sheet]) -> list[_Pair]:
    """The sheets of codes that belong to these prices, the best first; each adds names of its own."""
    pairs = [pair for one in coded if (pair := _pair(priced, one, _LEAST)) is not None]
    pairs.sort(key=lambda pair: -len(pair.names))
    taken: list[_Pair] = []
    seen: frozenset[str] = frozenset()
    for pair in pairs:
        if taken and (pair.key != taken[0].key or 2 * len(pair.names - seen) < len(pair.names)):
            continue
        taken.append(pair)
        seen |= pair.names
    return taken


def _pair(priced: _Sheet, coded: _Sheet, least: float) -> _Pair | None:
    """The two columns with most names in common, in a share of at least `least`; the destinations among equals. A country
    is a name of many rows, so that columns of countries have fewer of them than those that are meant.
    """
    ours, theirs = priced.keys(), coded.keys()
    best: tuple[tuple[int, float, int], _Pair] | None = None
    for key, names in ours.items():
        for other, others in theirs.items():
            common = names & others
            share = len(common) / min(len(names), len(others))
            named = (key == priced.columns.get("destination")) + (other == coded.columns.get("destination"))
            rank = len(common), share, named
            if share and share >= least and (best is None or rank > best[0]):
                best = rank, _Pair(coded, key, other, share, common)
    return None if best is None else best[1]


def _joined(
    table: Table, look: Look, priced: _Sheet, pairs: Sequence[_Pair], how: Layout
) -> tuple[Layout, SeveralSheets]:
    """Prices with the codes of their names in one more column; `how` the first sheet of codes writes them."""
    first = pairs[0]
    parts = [priced.part(width=priced.width, columns={"key": first.key})]
    for pair in pairs:
        roles = {role: at for role, at in pair.codes.columns.items() if role in _CODES}
        made = pair.codes.part(is_codes=True, columns={"key": pair.codes_key, **roles})
        parts.append(replace(made, escapes=how.escapes, lead=how.lead))
    whole = SeveralSheets(table, parts, _codes_title(first.codes, priced))
    whole.most = _FEW
    layout = look(whole, None)
    if not has_codes(layout):
        layout = look(whole, {"prefix": priced.width})
    whole.most = None
    if layout.header_row == priced.header_row:
        # A name without codes is data too, though rows without a code are else titles as long as none has had one.
        first_row = min(layout.first_data_row, priced.first_data_row)
        layout = replace(layout, first_data_row=first_row)
    asked = [one for one in layout.ask if one.about != "hyphen"]
    is_plain = "prefix" in first.codes.columns  # Else the codes are spread out already.
    if is_plain:
        asked += [one for one in how.ask if one.about == "hyphen"]
    return replace(
        layout,
        sheet=priced.name,
        sheets=table.sheets,
        parts=tuple(parts),
        ask=tuple(asked),
        escapes=how.escapes if is_plain else (),
        hyphen=how.hyphen if is_plain else "span",
        lead=how.lead if is_plain else "",
        evidence={**layout.evidence, "sheet": _why(priced, pairs)},
    ), whole


def _why(priced: _Sheet, pairs: Sequence[_Pair]) -> str:
    at = pairs[0].key
    title = priced.titles[at] if at < len(priced.titles) and priced.titles[at] else f"#{at + 1}"
    said = tr("prices in {sheet}, their dial codes in {codes}, joined by {key}")
    codes = ", ".join(pair.codes.name for pair in pairs)
    return said.format(sheet=priced.name, codes=codes, key=title)


def _codes_title(coded: _Sheet, priced: _Sheet) -> str:
    """The title of the joined column: its own where that says what it is and no other column has it."""
    at = coded.columns.get("prefix", -1)
    own = coded.titles[at] if 0 <= at < len(coded.titles) else ""
    said = words.role_of(own, words.RATES) if own else None
    return own if said and said[0] == "prefix" and own not in priced.titles else CODES_TITLE


def _stacked(
    table: Table,
    look: Look,
    main: _Sheet,
    layout: Layout,
    others: Sequence[str],
    whole: SeveralSheets | None = None,
) -> tuple[Layout, Table]:
    """The same with the rows of other sheets beneath those of the first."""
    if not others:
        return layout, whole or table
    parts = list(layout.parts) or [main.part()]
    columns = main.columns if layout.parts else layout.columns
    table.choose(main.name)
    start = table.last_row()
    for name in others:
        table.choose(name)
        found = look(table, {})
        head = found.header_row or 0
        parts.append(
            Part(
                name,
                start=start,
                header_row=found.header_row,
                first_data_row=max(found.first_data_row, head + 1),
                places=_places(main.titles, columns, found),
                columns=parts[0].columns,
                print=fingerprint_of(found.titles),
            )
        )
        start += table.last_row()
    layout = replace(layout, sheet=main.name, sheets=table.sheets, parts=tuple(parts))
    if whole is None:
        return layout, SeveralSheets(table, parts)
    whole.parts = tuple(parts)
    return layout, whole


def _places(titles: Sequence[str], columns: Mapping[str, int], other: Layout) -> tuple[int, ...]:
    """Where the columns of the first sheet are in another: by their titles, else by what they are; () where alike."""
    plain = [words.plain(title) for title in other.titles]
    own = [words.plain(title) for title in titles]
    if own == plain or not other.titles:
        return ()
    roles = {at: role for role, at in columns.items()}
    width = max([len(own), *(at + 1 for at in columns.values())], default=0)
    places = []
    for at in range(width):
        title = own[at] if at < len(own) else ""
        by_role = other.columns.get(roles.get(at, ""), -1)
        places.append(plain.index(title) if title and title in plain else by_role)
    return tuple(places)
