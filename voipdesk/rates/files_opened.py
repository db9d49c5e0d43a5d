"""A rate sheet opened: its layout found by itself, told by a profile, or given; its rows as this room takes them."""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

from voipdesk.kernel.problems import FileError, Problem, Refused
from voipdesk.kernel.scales import scale_of
from voipdesk.kernel.text import tr
from voipdesk.rates.files import BLOCKED, CLOSED, OPEN, SheetRow
from voipdesk.rates.files_bands import with_bands
from voipdesk.tabular.band_words import part_role
from voipdesk.tabular.dialect import Dialect
from voipdesk.tabular.layout import Layout, columns_named
from voipdesk.tabular.mapping import RateSheet, SheetRate
from voipdesk.tabular.reader import Table, open_table
from voipdesk.tabular.several import rates_missing
from voipdesk.tabular.sheet_roles import NONE, Sheets, names_told
from voipdesk.tabular.sniff import sniff_open

_LEAST_TITLES = 3
"""Titles of a profile from which others beside them do not matter."""
_STATES = {"open": OPEN, "blocked": BLOCKED, "closed": CLOSED}
_PLAIN = frozenset({"decimal", "date_order", "hyphen", "currency"})
_FOUND = frozenset({"sheet", "codes", "member", "encoding", "delimiter", "header_row"})
"""Answers that are given before the layout is looked for."""


@dataclass(frozen=True, slots=True)
class Known:
    """A profile this sheet may be read by."""

    id: UUID
    fingerprint: str
    layout: Mapping[str, Any]


class OpenedSheet(AbstractContextManager["OpenedSheet"]):
    """Gives its rows once; `total`, `skipped` and `blank` are final after that."""

    def __init__(
        self, path: Path, layout: Layout, profile_id: UUID | None = None, table: Table | None = None
    ) -> None:
        self.path = path
        self.layout = layout
        self.profile_id = profile_id
        self.currency = layout.currency
        self.fingerprint = layout.fingerprint
        self.layout_data: Any = layout.as_data()
        self.sheet = RateSheet(path, layout, table)
        """The rows as the file has them, for a reader by columns."""

    @property
    def total(self) -> int:
        """Rows of the file."""
        return self.sheet.tally.total

    @property
    def skipped(self) -> int:
        """Title, header, comment and footer rows."""
        return self.sheet.tally.skipped

    @property
    def blank(self) -> int:
        """Empty rows."""
        return self.sheet.tally.blank

    @property
    def noted(self) -> Layout:
        """The layout with what the rows have shown to be left out; final like the tally."""
        said = rates_missing(self.sheet.without_rate)
        return replace(self.layout, notes=(*self.layout.notes, said)) if said else self.layout

    def rows(self) -> Iterator[SheetRow]:
        """The data rows in order of the file."""
        return (row_of(read) for read in self.sheet.rows())

    def __exit__(self, *_: object) -> None:
        self.sheet.__exit__()


def open_sheet(
    path: Path,
    *,
    told: Mapping[str, Any] | None = None,
    known: Sequence[Known] = (),
    is_named: bool = False,
) -> OpenedSheet:
    """Open a sheet, as `laid_out`. `Refused` with the questions where answers are missing; FileError if unreadable."""
    layout, table, profile = laid_out(path, told=told, known=known, is_named=is_named)
    try:
        require_whole(path, layout)
        return OpenedSheet(path, layout, profile.id if profile else None, table)
    except BaseException:
        table.close()
        raise


def laid_out(
    path: Path,
    *,
    told: Mapping[str, Any] | None = None,
    known: Sequence[Known] = (),
    is_named: bool = False,
    learned: Mapping[str, str] | None = None,
    bands: Collection[str] | None = None,
) -> tuple[Layout, Table, Known | None]:
    """The layout of a sheet, its open table, and the profile that decided; what is left open stands in `layout.ask`.

    `told` answers what the file does not decide: `sheet` (several with `/` between them), `codes` (the sheets of their dial
    codes; `-`: none), `member` of a .zip, `encoding`, `delimiter`, `header_row` (0: none), `first_data_row`,
    `last_data_row`, `columns.<role>` counted from 1 (0: there is none), `constant.<role>` for what the file lacks,
    `decimal`, `date_order`, `hyphen`, `scale`, `currency`. `is_named`: the first known profile reads it whatever its
    header is. `bands`: the time bands of the table; without them what columns are of which is not settled.
    """
    answers = dict(told or {})
    columns = {name[8:]: int(place) - 1 for name, place in answers.items() if name.startswith("columns.")}
    look = partial(
        sniff_open, path, kind="rates", columns=columns, learned=learned, given=_given(path, answers)
    )
    layout, table = look(sheet=Sheets(answers.get("sheet"), answers.get("codes")))
    try:
        if not {"sheet", "codes"} & set(answers):
            layout, table, profile = _by_known_sheets(look, layout, table, known, is_named=is_named)
        else:
            profile = next((one for one in known if is_named or fits(one, layout)), None)
        if profile is not None:
            layout = _by_profile(layout, profile.layout)
        return told_of(layout, answers, bands), table, profile
    except BaseException:
        table.close()
        raise


def _by_known_sheets(
    look: Callable[..., tuple[Layout, Table]],
    layout: Layout,
    table: Table,
    known: Sequence[Known],
    *,
    is_named: bool,
) -> tuple[Layout, Table, Known | None]:
    """The first profile that reads the file, on the sheets that it knows; those are looked at where others were found."""
    for one in known:
        sheets = _sheets_of(one.layout, layout)
        if sheets is None:
            continue
        if sheets.rates is None:
            if is_named or fits(one, layout):
                return layout, table, one
            continue
        try:
            other, again = look(sheet=sheets)
        except FileError:
            continue
        if is_named or fits(one, other):
            table.close()
            return other, again, one
        again.close()
    return layout, table, None


def _sheets_of(data: Mapping[str, Any], layout: Layout) -> Sheets | None:
    """The sheets of a workbook that a profile reads together: by their names, else by their titles. Without names where
    they are those that were found, or it reads one alone; None where the workbook lacks one of them.
    """
    kept = [(str(one["name"]), bool(one["is_codes"]), one.get("print")) for one in data.get("sheets", ())]
    found = [(one.sheet, one.is_codes, one.print) for one in layout.parts]
    if len(kept) < 2 or Counter(kept) == Counter(found):
        return Sheets()
    names = [name for name, _, _ in kept]
    if not set(names) <= set(layout.sheets):
        if Counter(one[1:] for one in kept) == Counter(one[1:] for one in found):
            return Sheets()
        rates = [layout.sheet or "", *layout.alike]
        if any(is_codes for _, is_codes, _ in kept) or len(rates) != len(kept):
            return None
        names = [name for name in layout.sheets if name in rates]
        return Sheets(names_told(names), NONE)
    codes = [name for name, is_codes, _ in kept if is_codes]
    prices = [name for name, is_codes, _ in kept if not is_codes]
    return Sheets(names_told(prices), names_told(codes) or NONE)


def fits(known: Known, layout: Layout) -> bool:
    """Whether a profile reads a sheet: the same titles, or all that it knows among others."""
    if not layout.fingerprint:
        return False
    if known.fingerprint == layout.fingerprint:
        return True
    roles = dict(known.layout.get("columns", {}))
    named = [str(title) for title in roles.values() if not str(title).startswith("#")]
    return len(named) >= _LEAST_TITLES and len(columns_named(known.layout, layout.titles)) == len(roles)


def _given(path: Path, answers: Mapping[str, Any]) -> Layout | None:
    """What a person says of the container and the header, before anything is looked for."""
    if not any(name in answers for name in ("member", "encoding", "delimiter", "header_row")):
        return None
    given = Layout(member=answers.get("member"))
    if "header_row" in answers:
        given = replace(given, header_row=int(answers["header_row"]))
    if "encoding" in answers or "delimiter" in answers:
        with open_table(path, layout=given) as table:
            found = table.source.dialect
        encoding = str(answers.get("encoding", found.encoding))
        if "delimiter" in answers:
            found = Dialect(encoding, str(answers["delimiter"]), found.quote or '"')
        given = replace(given, dialect=replace(found, encoding=encoding, confidence=1.0))
    return given


def _by_profile(layout: Layout, data: Mapping[str, Any]) -> Layout:
    """What was decided for this header before holds again, wherever its columns stand now."""
    columns = columns_named(data, layout.titles) or dict(layout.columns)
    # A column that had no time band may have one now; one that was left out by somebody stays out.
    waiting = data.get("bandless")
    columns |= {
        role: at
        for role, at in layout.columns.items()
        if part_role(role)[0]
        and at not in columns.values()
        and (waiting is None or layout.title(at) in waiting)
    }
    return replace(
        layout,
        kind="rates",
        columns=columns,
        decimal=data.get("decimal", layout.decimal),
        date_order=data.get("date_order", layout.date_order),
        scale=scale_of(str(data.get("scale", "1"))),
        currency=data.get("currency") or layout.currency,
        constants=dict(data.get("constants", {})),
        hyphen=data.get("hyphen", layout.hyphen),
        ask=(),
    )


def told_of(layout: Layout, answers: Mapping[str, Any], bands: Collection[str] | None) -> Layout:
    """The layout with what was told, its columns of time bands under the names that the table has for them."""
    if bands is None:
        return answered(layout, answers)
    # What was told speaks of the table's bands by their names, also where it says that a column is ignored.
    return with_bands(answered(with_bands(layout, bands), answers), bands)


def answered(layout: Layout, answers: Mapping[str, Any]) -> Layout:
    """The layout with what was told; questions that are answered are gone."""
    columns, constants = dict(layout.columns), dict(layout.constants)
    plain: dict[str, Any] = {}
    for name, value in answers.items():
        if name.startswith("columns."):
            columns[name.removeprefix("columns.")] = int(value) - 1
        elif name.startswith("constant."):
            constants[name.removeprefix("constant.")] = str(value)
        elif name == "scale":
            plain["scale"] = scale_of(str(value))
        elif name in _PLAIN:
            plain[name] = str(value)
        elif name in {"first_data_row", "last_data_row"}:
            plain[name] = int(value)
        elif name not in _FOUND:
            raise Refused(
                "unknown_answer",
                tr("A sheet has no {name} to be told.").format(name=name),
                tr(
                    "Told can be: decimal, date_order, hyphen, scale, currency, sheet, codes, member, encoding, delimiter, "
                    "header_row, first_data_row, last_data_row, columns.<role>, constant.<role>."
                ),
            )
    left = tuple(question for question in layout.ask if question.about not in answers)
    columns = {role: at for role, at in columns.items() if at >= 0}
    is_whole = "rate" in columns and bool({"prefix", "country_code"} & set(columns))
    kind = "rates" if is_whole else "other" if layout.kind == "rates" else layout.kind
    return replace(layout, kind=kind, columns=columns, constants=constants, ask=left, **plain)


def require_whole(path: Path, layout: Layout) -> None:
    """`Refused` where columns are missing or questions open."""
    if layout.kind != "rates":
        missing = [role for role in ("prefix", "rate") if role not in layout.columns]
        raise Refused(
            "not_understood",
            tr("{file}: no column of {missing} was found.").format(
                file=path.name, missing=", ".join(missing) or "rates"
            ),
            tr("Say which columns they are (columns.prefix, columns.rate), or choose another sheet."),
        )
    if layout.ask:
        raise Refused(
            "asks",
            tr("{file} leaves {count} questions open.").format(file=path.name, count=len(layout.ask)),
            tr("Answer them, then import again. Nothing was changed."),
            problems=[
                Problem(
                    f"ask.{one.about}",
                    one.text,
                    tr("Say {about}={answers}.").format(about=one.about, answers="|".join(one.answers)),
                )
                for one in layout.ask
            ],
        )


def row_of(read: SheetRate) -> SheetRow:
    """A row of a sheet as this room takes it."""
    terms = read.terms
    return SheetRow(
        row=read.row,
        codes=read.codes,
        destination=read.destination,
        state=_STATES[terms.state],
        price=terms.price,
        connect_fee=terms.connect_fee,
        minimum_charge=terms.minimum_charge,
        initial_interval=terms.initial_interval,
        next_interval=terms.next_interval,
        effective_from=terms.effective_from,
        effective_until=terms.effective_until,
        band=terms.band,
        band_prices=[(one.band, _STATES[one.state], one.price, one.connect_fee) for one in terms.bands],
        problems=read.problems,
        is_faulty=bool(read.problems),
        cells=read.cells,
    )
