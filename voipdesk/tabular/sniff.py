"""Finds the layout of a rate sheet or call file by itself: from the words of its header and from what its cells hold.

Nothing here knows a sender. Each answer keeps what decided it; what the file alone does not decide becomes a question.
"""

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from pathlib import Path

from voipdesk.kernel.text import tr
from voipdesk.tabular import band_columns, call_columns, dates, sheet_roles, words
from voipdesk.tabular.call_numbers import numbers_alone
from voipdesk.tabular.cells import Cell, is_blank, shown
from voipdesk.tabular.codes import CodeRules, read_codes
from voipdesk.tabular.container import Container
from voipdesk.tabular.conventions import date_question, with_conventions
from voipdesk.tabular.findings import findings
from voipdesk.tabular.headers import Header, by_contrast, header_at, header_of
from voipdesk.tabular.judging import ESCAPES, Columns, body
from voipdesk.tabular.late_rows import settled
from voipdesk.tabular.layout import Layout, Question
from voipdesk.tabular.prices import read_number
from voipdesk.tabular.rate_columns import (
    agreement,
    are_dial_codes,
    countries_named,
    rate_columns,
    starts_with_country,
)
from voipdesk.tabular.reader import Numbered, Table, open_table
from voipdesk.tabular.rival_columns import (
    jurisdiction_question,
    jurisdictions,
    left_out,
    other_prices,
    rate_question,
    rivals,
)
from voipdesk.tabular.sheet_roles import Sheets, Told
from voipdesk.tabular.values import Fault

HEAD, SAMPLE = sheet_roles.HEAD, sheet_roles.SAMPLE
"""Where the first `SAMPLE` rows leave the decimal sign or the order of dates open, the rest is asked."""
MAX_SHEETS = 20
KINDS = {"rates": 3.0, "cdr": 3.0, "prefix_table": 1.0}
"""How much more a sheet is wanted than one that is neither."""

COUNTRIES = 5
"""Countries named from which a list is one of countries."""

_SOME = 0.1
"""Share of cells that are codes, below which a title of codes stands over something else."""

TOO_FEW = 3
"""Rows without a header below which several columns of codes cannot be told apart."""

_MINUTE = re.compile(r"\b(min|minute|minuto|minut|peak|ppm)\b")
_DECOY = frozenset(
    {
        "did", "dids", "rental", "frequency", "mcc", "mnc", "channels", "sms", "msisdn", "nrc", "mrc", "monthly", "qty",
        "quantity", "stock", "sku", "item", "ean", "part", "article", "barcode", "total", "totals", "cdr", "cdrs", "calls",
        "lager", "bestand", "artikel", "artikelnummer", "menge", "référence", "quantité", "artículo", "cantidad", "existencias",
        "articolo", "quantità", "giacenza", "artigo", "quantidade", "estoque", "артикул", "количество", "склад", "остаток",
        "ilość", "stan", "adet", "stok", "latitude", "longitude", "altitude", "hour", "hours", "hourly", "salary", "wage", "weight", "kg", "nights",
    }
)  # fmt: skip
"""Words of titles in lists of numbers, rentals and messages, which have prices but are no rates of calls."""

_CODES = frozenset({"prefix", "country_code", "area_code"})
_MOBILE = frozenset({"mcc", "mnc"})


@dataclass(frozen=True, slots=True)
class _Wish:
    """What a file is wanted for, the titles a workspace has learned, the columns and the header that somebody told."""

    kind: str | None
    learned: Mapping[str, str]
    columns: Mapping[str, int]
    """A column below 0: the file has none of this role."""
    header: int | None = None
    """0: there is none."""


class _Rows(list[Numbered]):
    """The filled rows of a sheet, and what lies below a row as columns, judged once however often it is looked at."""

    def __init__(self, rows: Iterable[Numbered]) -> None:
        super().__init__(rows)
        self._below: dict[int, Columns] = {}

    def below(self, start: int) -> Columns:
        """The rows after this one that have more than one filled cell and are no comments."""
        found = self._below.get(start)
        if found is None:
            found = self._below[start] = body(self, start)
        return found


def sniff(
    path: Path | str,
    *,
    kind: str | None = None,
    sheet: str | None = None,
    learned: Mapping[str, str] | None = None,
    columns: Mapping[str, int] | None = None,
) -> Layout:
    """The layout of a file. `kind` says what it is wanted for, `learned` maps plain titles to roles, `columns` (from 0) is
    told by a person and stands. FileError if unreadable.
    """
    layout, table = sniff_open(path, kind=kind, sheet=sheet, learned=learned, columns=columns)
    table.close()
    return layout


def sniff_open(
    path: Path | str,
    *,
    kind: str | None = None,
    sheet: str | Sheets | None = None,
    learned: Mapping[str, str] | None = None,
    columns: Mapping[str, int] | None = None,
    given: Layout | None = None,
) -> tuple[Layout, Table]:
    """As `sniff`, with the table still open on what was chosen, so that a workbook is not taken apart a second time.
    `given` tells the member of a .zip, the dialect of a text and the header's row where a person has chosen them.
    """
    table = open_table(path, layout=given)
    wish = _Wish(kind, learned or {}, columns or {}, given.header_row if given else None)
    try:
        told = Told.of(sheet if isinstance(sheet, Sheets) else Sheets(sheet), table)
        return _best(table, wish, told)
    except BaseException:
        table.close()
        raise


def _best(table: Table, wish: _Wish, told: Told) -> tuple[Layout, Table]:
    """The layout of the sheet that looks most like what is wanted, or of several that belong together."""
    look = partial(_look, wish)
    if told.rates and (told.codes or len(told.rates) > 1):
        return sheet_roles.told(table, look, told, wish.learned)
    if told.rates or len(table.sheets) < 2:
        table.choose(told.rates[0] if told.rates else table.sheet)
        found, _ = _of_table(table, wish)
        if len(table.sheets) < 2 or sheet_roles.has_codes(found) or told.codes is not None:
            return found, table
    names = [name for name in table.sheets if name not in table.source.hidden] or list(table.sheets)
    seen: dict[str, Layout] = {}
    weights: dict[str, float] = {}
    plain = replace(wish, columns={}, header=None)
    for name in dict.fromkeys((*told.rates, *names[:MAX_SHEETS])):
        table.choose(name)
        seen[name], rows = _of_table(table, plain)
        weights[name] = _weight(seen[name], rows)
    choice = told.rates or tuple(name for name in seen if name not in (told.codes or ()))
    best = max(choice or tuple(seen), key=weights.__getitem__)
    if told.codes:
        return sheet_roles.told(table, look, replace(told, rates=(best,)), wish.learned)
    if seen[best].kind != "cdr" and told.codes is None:
        joined = sheet_roles.proposed(table, look, seen, choice, wish.learned)
        if joined is not None:
            return joined
    table.choose(best)
    found = _of_table(table, wish)[0] if wish.columns or wish.header is not None else seen[best]
    alike = sheet_roles.look_alikes(seen, found)
    if not alike:
        return found, table
    said = tr("Other sheets look like rates too and are left out: {names}.").format(names=", ".join(alike))
    return replace(found, alike=alike, notes=(*found.notes, said)), table


def _look(wish: _Wish, table: Table, columns: Mapping[str, int] | None) -> Layout:
    """The layout of what a table stands on: as wished, or with no more than these columns told."""
    if columns is None:
        return _of_table(table, wish)[0]
    told = {**wish.columns, **columns} if columns else {}
    return _of_table(table, replace(wish, columns=told, header=wish.header if columns else None))[0]


def _weight(layout: Layout, rows: int) -> float:
    """How much a sheet looks like what is wanted; of sheets alike the long one is the whole, the short one its news."""
    return (
        sum(layout.confidence.values())
        + len(layout.columns)
        + KINDS.get(layout.kind, 0.0)
        + (math.log10(1 + rows) if layout.kind != "other" else 0.0)
    )


def _of_table(table: Table, wish: _Wish) -> tuple[Layout, int]:
    """The layout of the chosen sheet, and how many rows say so."""
    rows = list(islice(table.rows(), SAMPLE))
    is_long = len(rows) == SAMPLE
    filled = [entry for entry in rows if not is_blank(entry[1])]
    layout = Layout(
        container=str(table.source.container),
        dialect=table.source.dialect,
        member=table.source.member,
        sheet=table.sheet,
        sheets=table.sheets,
    )
    if table.source.container is Container.XML:
        filled = _last_names(filled)
    filled = _Rows(filled)
    head = filled[:HEAD]
    calls = header_of(head, words.CALLS, wish.learned)
    rates = header_of(head, words.RATES, wish.learned)
    if wish.header is not None:
        rates = header_at(rows, wish.header, words.RATES, wish.learned)
    if wish.kind != "rates":
        found = _calls_layout(layout, filled, calls, rates, is_wanted=wish.kind == "cdr")
        if found is not None:
            return settled(found, table, SAMPLE) if is_long else found, len(filled)
    laid_out = _rates_layout(layout, filled, rates, wish)
    return settled(laid_out, table, SAMPLE) if is_long else laid_out, len(filled)


def _last_names(rows: list[Numbered]) -> list[Numbered]:
    """Paths of an XML record cut to their last name, which is what the element is called."""
    if not rows:
        return rows
    (number, titles), *others = rows
    return [(number, [shown(title).rpartition(".")[2].lstrip("@") for title in titles]), *others]


def _calls_layout(
    layout: Layout, rows: _Rows, calls: Header | None, rates: Header | None, *, is_wanted: bool
) -> Layout | None:
    """The layout as a call file, or None where it is none."""
    data = rows.below(calls.row if calls else 0)
    is_titled = calls is not None and call_columns.looks_like_calls(data, calls, rates)
    if is_wanted and not is_titled:  # Titles that are half understood are better than nothing only.
        is_titled = calls is not None and not call_columns.by_cells(rows.below(0))[0]
    if calls is not None and is_titled:
        columns, sure = call_columns.by_header(data, calls)
        layout = replace(layout, header_row=calls.row, titles=calls.titles)
    elif rates is not None and "rate" in rates.named and not is_wanted:
        return None
    else:
        header = by_contrast(rows[:HEAD])
        data = rows.below(header.row if header else 0)
        columns, sure = call_columns.by_cells(data)
        if not columns and (packed := call_columns.packed_records(rows)):
            first, question = packed
            return replace(layout, kind="cdr", first_data_row=first, date_order="ymd", ask=(question,))
        if not columns and header is None and (columns := numbers_alone(data)):
            sure = dict.fromkeys(columns, call_columns.BY_CELLS)
        if not columns and not is_wanted:
            return None
        if header is not None:
            layout = replace(layout, header_row=header.row, titles=header.titles)
    order, why = dates.order_of(data.column(columns["start"])) if "start" in columns else (None, "")
    found = replace(
        layout,
        kind="cdr",
        first_data_row=call_columns.first_row(data, columns),
        columns=columns,
        date_order=order,
        confidence=sure,
        evidence={"date_order": why},
        findings=findings(data, calls if layout.header_row else None, columns, sure, learned={}, told={}),
    )
    asked = call_columns.questions(found)
    return replace(found, ask=(*asked, date_question()) if order == "ask" else asked)


def _rates_layout(layout: Layout, rows: _Rows, header: Header | None, wish: _Wish) -> Layout:
    """The layout as a rate sheet, a table of codes, or neither."""
    told = wish.columns
    if wish.header is None:
        if header is not None and not {"prefix", "country_code", "area_code", "rate"} & set(header.named):
            header = header if _is_sheet(header) else None
        header = header or by_contrast(rows[:HEAD])
    header, start = band_columns.with_times(
        header, rows, lambda title: words.role_of(title, words.RATES, wish.learned)
    )
    data = rows.below(start)
    columns, sure = rate_columns(data, header)
    bands = band_columns.band_columns(data, header, columns)
    columns |= bands
    sure |= dict.fromkeys(bands, band_columns.SURE)
    if told:
        columns = {role: at for role, at in columns.items() if at not in told.values()} | dict(told)
        columns = {role: at for role, at in columns.items() if at >= 0}
        sure = {role: 1.0 if role in told else sure[role] for role in columns}
    layout = replace(
        layout, header_row=header.row if header else None, titles=header.titles if header else ()
    )
    has_codes = "prefix" in columns or "country_code" in columns
    if not has_codes or (not told and (_is_decoy(data, columns, header) or _is_bare(columns, header))):
        return _without_codes(layout, data, columns, sure, header)
    first = _first_data_row(data, columns, has_header=header is not None)
    if data.rows and data.rows[0][0] < first:  # Else the columns are judged already.
        data = Columns([entry for entry in data.rows if entry[0] >= first])
    layout = replace(
        layout,
        kind="rates" if "rate" in columns else "prefix_table",
        first_data_row=first,
        columns=columns,
        confidence=sure,
        ask=() if told else _doubts(data, columns, header),
        findings=findings(data, header, columns, sure, learned=wish.learned, told=told),
    )
    if layout.kind == "prefix_table" and not (told or _is_code_table(data, columns, header)):
        return replace(layout, kind="other", ask=layout.ask)
    layout = _with_prices(layout, data, header, wish)
    return with_conventions(layout, data, rows)


def _with_prices(layout: Layout, data: Columns, header: Header | None, wish: _Wish) -> Layout:
    """Columns of prices beside the chosen one are named, and asked about where they have the same right."""
    others = other_prices(data, layout.columns, header)
    placed = jurisdictions(data, layout.columns, header)
    if placed:
        others = [at for at in others if at not in placed]
        if "rate" not in wish.columns:
            asked = jurisdiction_question(layout.titles, layout.columns["rate"], placed)
            return replace(layout, notes=left_out(layout.titles, others), ask=(*layout.ask, asked))
        others = sorted({*others, *placed})
    if not others:
        return layout
    rival = [] if "rate" in wish.columns else rivals(data, layout.columns, header)
    notes = left_out(layout.titles, [at for at in others if at not in rival])
    if not rival:
        return replace(layout, notes=notes)
    asked = rate_question(layout.titles, layout.columns["rate"], rival)
    return replace(layout, notes=notes, ask=(*layout.ask, asked))


def _is_sheet(header: Header) -> bool:
    """A header without a code or price may still title a sheet whose codes and prices the cells show."""
    return "destination" in header.named or len(header.named) > 2


def _is_code_table(data: Columns, columns: Mapping[str, int], header: Header | None) -> bool:
    """Whether codes without prices are dial codes: a title says so and some can be read, or the cells prove it."""
    at = columns.get("prefix", columns.get("country_code", -1))
    titled = header.roles.get(at, ("", 0.0))[0] if header else ""
    if titled in _CODES:
        return max(data.facts(at).codes, data.facts(at).whole) > _SOME or (
            bool(data.rows) and not data.facts(at).count
        )
    if "country_code" in columns:
        return True
    return "destination" in columns and are_dial_codes(data, at, columns["destination"])


def _is_decoy(data: Columns, columns: Mapping[str, int], header: Header | None) -> bool:
    """Whole telephone numbers with prices: a list of numbers for rent, or of messages."""
    if "prefix" in columns and data.facts(columns["prefix"]).long_codes > 0.8:
        return True
    said = {word for title in (header.titles if header else ()) for word in words.plain(title).split()}
    is_coded = header is not None and header.roles.get(columns.get("prefix", -1), ("", 0.0))[0] == "prefix"
    if is_coded or {"country_code", "area_code"} <= set(columns):
        said -= _MOBILE  # beside dial codes they are only another name of the network
    return len(_DECOY & said) >= 2


def _is_bare(columns: Mapping[str, int], header: Header | None) -> bool:
    """Titles of which none is known, above numbers without names: any list of numbers looks like that."""
    return header is not None and not header.roles and "destination" not in columns


def _without_codes(
    layout: Layout,
    data: Columns,
    columns: Mapping[str, int],
    sure: Mapping[str, float],
    header: Header | None,
) -> Layout:
    """Prices a minute by names or a carrier's own codes: rates all the same, which need a column of codes to be of use."""
    if not {"rate", "destination"} <= set(columns) or "prefix" in columns:
        return layout
    titles = header.titles if header else ()
    said = {word for title in titles for word in words.plain(title).split()}
    is_priced = any(_MINUTE.search(words.plain(title)) for title in titles)
    if not is_priced:
        is_priced = (
            countries_named(data, columns["destination"]) >= COUNTRIES
            and data.facts(columns["rate"]).prices > 0.8
        )
    if not is_priced or _DECOY & said:
        return layout
    text = tr("No column holds dial codes. Which one says where a price applies?")
    question = Question("columns.prefix", text, tuple(title for title in titles if title))
    first = data.rows[0][0] if data.rows else (header.row if header else 0) + 1
    found = replace(
        layout,
        kind="rates",
        first_data_row=first,
        columns=dict(columns),
        confidence=dict(sure),
        ask=(question,),
    )
    return with_conventions(found, data, ())


def _doubts(data: Columns, columns: Mapping[str, int], header: Header | None) -> tuple[Question, ...]:
    """What the columns leave open: areas that may be whole codes; or, without a header and with next to no rows, which of
    several columns is the code.
    """
    if "country_code" in columns and "area_code" in columns:
        rows, same = starts_with_country(data, columns["country_code"], columns["area_code"])
        if rows >= TOO_FEW and same == rows:
            at = columns["area_code"] + 1
            text = tr(
                "Every area begins with the code of its country. Is column {column} the whole code, or the area?"
            )
            return (Question("columns.prefix", text.format(column=at), (str(at),)),)
    if _are_national(data, columns):
        text = tr(
            "The codes of column {column} begin with no country's code. Which column holds whole dial codes?"
        )
        at = columns["prefix"] + 1
        return (Question("columns.prefix", text.format(column=at), (str(at),)),)
    if "prefix" in columns and "destination" in columns and (asked := _contradiction(data, columns)):
        return (asked,)
    if header is not None or len(data.rows) >= TOO_FEW:
        return ()
    like_codes = [at for at in range(data.width) if data.facts(at).codes > 0.9]
    if len(like_codes) < 2:
        return ()
    text = tr("There is no header, and several columns could hold the dial code. Which one does?")
    return (Question("columns.prefix", text, tuple(str(at + 1) for at in like_codes)),)


def _are_national(data: Columns, columns: Mapping[str, int]) -> bool:
    """Whether codes are written as they are dialled inside their country: a zero before nearly each, and no country."""
    texts = [shown(cell) for _, cell in data.column(columns["prefix"])[:300]] if "prefix" in columns else []
    zeros = [text for text in texts if text.startswith("0") and not text.startswith(ESCAPES)]
    return len(texts) >= TOO_FEW and len(zeros) > 0.9 * len(texts)


def _contradiction(data: Columns, columns: Mapping[str, int]) -> Question | None:
    """Asks where the names are those of many countries, and hardly any code begins as its country's does."""
    at, name = columns["prefix"], columns["destination"]
    if data.facts(at).pairs > _SOME:
        return None  # how the hyphens are meant is asked first
    known, agreeing = agreement(data, at, name)
    if known < COUNTRIES or agreeing > _SOME * known or countries_named(data, name) < COUNTRIES:
        return None
    text = tr(
        "Column {column} was taken for the dial codes, but they do not begin with the codes of their countries. Is it?"
    )
    return Question("columns.prefix", text.format(column=at + 1), (str(at + 1),))


def _first_data_row(data: Columns, columns: Mapping[str, int], *, has_header: bool) -> int:
    """The first row that has a code, or below a header a price beside something like one; titles above it are no data."""
    place, price = columns.get("prefix", columns.get("country_code", 0)), columns.get("rate", -1)
    rules = CodeRules(ESCAPES)
    for row, cells in data.rows:
        if place >= len(cells):
            continue
        if not isinstance(read_codes(cells[place], rules), Fault):
            return row
        if has_header and 0 <= price < len(cells) and shown(cells[place]) and _is_priced(cells[price]):
            return row
    return data.rows[0][0] if data.rows else 1


def _is_priced(cell: Cell) -> bool:
    text = shown(cell)
    return any(read_number(text, mark) is not None for mark in ".,")
