"""Finds the layout of a rate sheet or call file by itself: from the words of its header and from what its cells hold.

Nothing here knows a sender. Each answer keeps what decided it; what the file alone does not decide becomes a question.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import islice
from pathlib import Path

from voipdesk.kernel.text import tr
from voipdesk.tabular import dates, words
from voipdesk.tabular.cells import Cell, is_blank, shown
from voipdesk.tabular.codes import CodeRules, read_codes
from voipdesk.tabular.countries import CALLING_CODES, calling_code
from voipdesk.tabular.layout import Layout, Question
from voipdesk.tabular.prices import STATES, PriceRules, read_interval, read_number, read_price
from voipdesk.tabular.reader import Numbered, Table, open_table
from voipdesk.tabular.values import Fault

HEAD = 80
"""Rows in which a header is looked for."""
SAMPLE = 4000
"""Rows on which columns are judged; the choice of decimal sign and date order looks at all of them."""

_CURRENCIES = "USD EUR GBP CHF SEK NOK DKK PLN CZK HUF RON TRY AED SAR EGP INR PKR NGN ZAR KES BRL MXN ARS CAD AUD NZD JPY CNY RUB UAH"
CURRENCIES = frozenset(_CURRENCIES.split())
SIGNS = {"$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY", "₹": "INR", "₺": "TRY", "₽": "RUB"}
_ESCAPES = ("00", "011")


@dataclass(slots=True)
class Columns:
    """Data rows turned into columns, for judging."""

    rows: list[Numbered]
    width: int = 0
    _columns: dict[int, list[tuple[int, Cell]]] = field(default_factory=dict)

    def column(self, at: int) -> list[tuple[int, Cell]]:
        """(row, cell) of the filled cells of a column."""
        if at not in self._columns:
            self._columns[at] = [
                (row, cells[at]) for row, cells in self.rows if at < len(cells) and shown(cells[at])
            ]
        return self._columns[at]


def sniff(
    path: Path | str,
    *,
    kind: str | None = None,
    sheet: str | None = None,
    learned: Mapping[str, str] | None = None,
) -> Layout:
    """The layout of a file. `kind` says what it is wanted for; `learned` maps plain titles to roles. FileError if unreadable."""
    with open_table(path, sheet=sheet) as table:
        candidates = [table.sheet] if sheet or len(table.sheets) < 2 else list(table.sheets)
        found: list[Layout] = []
        for name in candidates[:20]:
            if name in table.source.hidden and len(candidates) > 1:
                continue
            with open_table(path, sheet=name) as one:
                found.append(_of_table(one, kind, learned or {}))
    return (
        max(found, key=lambda layout: sum(layout.confidence.values()) + len(layout.columns))
        if found
        else Layout()
    )


def _of_table(table: Table, kind: str | None, learned: Mapping[str, str]) -> Layout:
    rows = list(islice(table.rows(), SAMPLE))
    head = [entry for entry in rows[:HEAD] if not is_blank(entry[1])]
    best_rates = _header(head, words.RATES, learned)
    best_calls = _header(head, words.CALLS, learned)
    wants_calls = kind == "cdr" or (kind is None and _looks_like_calls(best_calls, best_rates))
    layout = Layout(
        container=str(table.source.container),
        dialect=table.source.dialect,
        member=table.source.member,
        sheet=table.sheet,
        sheets=table.sheets,
    )
    if wants_calls:
        return _calls_layout(layout, rows, best_calls)
    return _rates_layout(layout, rows, best_rates)


@dataclass(frozen=True, slots=True)
class Header:
    """A row that titles columns: its number, its cells, the column of each role with how sure that is."""

    row: int
    titles: tuple[str, ...]
    roles: Mapping[str, tuple[int, float]]

    @property
    def score(self) -> float:
        """How much of a header it is."""
        return sum(sure for _, sure in self.roles.values())


def _header(head: Sequence[Numbered], table: Mapping[str, str], learned: Mapping[str, str]) -> Header | None:
    """The row whose cells title the most columns; it needs two titles, and words rather than numbers."""
    best: Header | None = None
    for number, cells in head:
        texts = [shown(cell) for cell in cells]
        filled = [text for text in texts if text]
        if (
            len(filled) < 2
            or sum(
                any(char.isdigit() for char in text) and not re.search(r"[^\W\d_]", text) for text in filled
            )
            > len(filled) / 3
        ):
            continue
        found: dict[str, tuple[int, float]] = {}
        for at, text in enumerate(texts):
            named = words.role_of(text, table, learned)
            if named and named[1] > found.get(named[0], (0, 0.0))[1]:
                found[named[0]] = (at, named[1])
        header = Header(number, tuple(texts), found)
        if len(found) >= 2 and (best is None or header.score > best.score + 0.2):
            best = header
    return best


def _looks_like_calls(calls: Header | None, rates: Header | None) -> bool:
    if calls is None:
        return False
    enough = "called" in calls.roles and ("start" in calls.roles or "billsec" in calls.roles)
    priced = (
        rates is not None
        and "rate" in rates.roles
        and ("prefix" in rates.roles or "country_code" in rates.roles)
    )
    return (
        enough
        and "billsec" in calls.roles
        and (not priced or len(calls.roles) > len(rates.roles if rates else ()))
    )


def _calls_layout(layout: Layout, rows: list[Numbered], header: Header | None) -> Layout:
    from dataclasses import replace

    if header is None:
        return layout
    data = Columns([entry for entry in rows if entry[0] > header.row and not is_blank(entry[1])])
    columns = {role: at for role, (at, _) in header.roles.items()}
    order, why = dates.order_of(data.column(columns["start"])) if "start" in columns else (None, "")
    return replace(
        layout,
        kind="cdr",
        header_row=header.row,
        first_data_row=data.rows[0][0] if data.rows else header.row + 1,
        columns=columns,
        titles=header.titles,
        date_order=order,
        confidence={role: sure for role, (_, sure) in header.roles.items()},
        evidence={"date_order": why},
    )


def _rates_layout(layout: Layout, rows: list[Numbered], header: Header | None) -> Layout:
    from dataclasses import replace

    if header is not None and not {"prefix", "country_code", "area_code", "rate"} & set(header.roles):
        header = None
    start = header.row if header else 0
    data = Columns([entry for entry in rows if entry[0] > start and not is_blank(entry[1])])
    data = Columns([entry for entry in data.rows if len([1 for cell in entry[1] if shown(cell)]) > 1])
    data.width = max((len(cells) for _, cells in data.rows), default=0)
    columns = {role: at for role, (at, _) in header.roles.items()} if header else {}
    sure = {role: confidence for role, (_, confidence) in header.roles.items()} if header else {}
    _judge_by_content(data, columns, sure)
    if not (("prefix" in columns or "country_code" in columns) and "rate" in columns):
        return replace(
            layout, header_row=header.row if header else None, titles=header.titles if header else ()
        )
    first = _first_data_row(data, columns)
    data = Columns([entry for entry in data.rows if entry[0] >= first])
    return _conventions(
        replace(
            layout,
            kind="rates",
            header_row=header.row if header else None,
            first_data_row=first,
            columns=columns,
            titles=header.titles if header else (),
            confidence=sure,
        ),
        data,
    )


def _judge_by_content(data: Columns, columns: dict[str, int], sure: dict[str, float]) -> None:
    """Fill in what no title said, and correct titles that the cells contradict."""
    width = range(data.width)
    codes = {at: _code_share(data.column(at)) for at in width}
    prices = {at: _price_share(data.column(at)) for at in width}
    for role, shares, least in (("prefix", codes, 0.5), ("country_code", codes, 0.5), ("rate", prices, 0.3)):
        if role in columns and shares.get(columns[role], 0) < least and len(data.column(columns[role])) > 0:
            del columns[role]
    if "country_code" in columns and "area_code" not in columns and "prefix" not in columns:
        longer = [at for at, share in codes.items() if share > 0.8 and at != columns["country_code"]]
        if not longer:
            columns["prefix"] = columns.pop("country_code")
    taken = set(columns.values())
    if "prefix" not in columns and "country_code" not in columns:
        found = max((at for at in width if at not in taken), key=lambda at: codes[at], default=None)
        if found is not None and codes[found] > 0.8:
            columns["prefix"], sure["prefix"] = found, codes[found] * 0.8
            taken.add(found)
    if "rate" not in columns:
        free = [at for at in width if at not in taken and prices[at] > 0.6]
        if free:
            found = max(free, key=lambda at: (prices[at], at))
            columns["rate"], sure["rate"] = found, prices[found] * 0.7
            taken.add(found)
    if "destination" not in columns:
        texts = {at: _text_share(data.column(at)) for at in width if at not in taken}
        found = max(texts, key=lambda at: texts[at], default=None)
        if found is not None and texts[found] > 0.7:
            columns["destination"], sure["destination"] = found, texts[found] * 0.8
            taken.add(found)
    if "increment" not in columns and "initial_increment" not in columns:
        pairs = {at: _pair_share(data.column(at)) for at in width if at not in taken}
        found = max(pairs, key=lambda at: pairs[at], default=None)
        if found is not None and pairs[found] > 0.8:
            columns["increment"], sure["increment"] = found, pairs[found] * 0.9


def _code_share(cells: Sequence[tuple[int, Cell]]) -> float:
    """Share of cells that read as dial codes of existing countries."""
    if not cells:
        return 0.0
    good = 0
    for _, cell in cells[:1500]:
        codes = read_codes(cell, CodeRules(_ESCAPES)) if not isinstance(cell, Decimal) else Fault("", "")
        if not isinstance(codes, Fault) and all(
            calling_code(code) or code in CALLING_CODES for code in codes[:5]
        ):
            good += 1
    distinct = len({shown(cell) for _, cell in cells[:1500]})
    few = 0.5 if distinct * 20 < min(len(cells), 1500) else 1.0
    return good / min(len(cells), 1500) * few


def _price_share(cells: Sequence[tuple[int, Cell]]) -> float:
    """Share of cells that read as prices of a minute: numbers with decimals, or states."""
    if not cells:
        return 0.0
    good = 0.0
    for _, cell in cells[:1500]:
        if isinstance(cell, Decimal):
            good += 1
        elif isinstance(cell, str):
            text = cell.strip()
            number = read_number(text, "." if "." in text else ",")
            has_decimals = bool(re.search(r"\d[.,]\d|^[.,]\d", text))
            good += (
                1.0
                if number is not None and has_decimals
                else 0.5
                if text.casefold() in STATES or text == "0"
                else 0.0
            )
        elif isinstance(cell, int):
            good += 0.4
    return good / min(len(cells), 1500)


def _text_share(cells: Sequence[tuple[int, Cell]]) -> float:
    if not cells:
        return 0.0
    part = cells[:1500]
    return sum(bool(re.search(r"[^\W\d_]{3}", shown(cell))) for _, cell in part) / len(part)


def _pair_share(cells: Sequence[tuple[int, Cell]]) -> float:
    part = [cell for _, cell in cells[:1500]]
    pair = re.compile(r"\d{1,4}\s*[/+\-]\s*\d{1,4}(\s*[/+\-]\s*\d{1,4})?")
    return sum(bool(pair.fullmatch(shown(cell))) for cell in part) / len(part) if part else 0.0


def _first_data_row(data: Columns, columns: Mapping[str, int]) -> int:
    """The first row that has a code and a price; without a header, titles above it are no data."""
    place = columns.get("prefix", columns.get("country_code", 0))
    for row, cells in data.rows:
        has_code = place < len(cells) and not isinstance(read_codes(cells[place], CodeRules(_ESCAPES)), Fault)
        if has_code:
            return row
    return data.rows[0][0] if data.rows else 1


def _conventions(layout: Layout, data: Columns) -> Layout:
    """Decimal sign, date order, unit, currency, escapes and hyphens, each with its evidence."""
    from dataclasses import replace

    evidence = dict(layout.evidence)
    questions: list[Question] = []
    columns = layout.columns
    decimal, evidence["decimal"] = _decimal(data.column(columns["rate"]))
    order = None
    if "effective_date" in columns:
        order, evidence["date_order"] = dates.order_of(data.column(columns["effective_date"]))
        if order == "ask":
            text = tr("Is 03/04 the 3rd of April or the 4th of March? Every date of the file fits both.")
            questions.append(Question("date_order", text, ("dmy", "mdy")))
    title = layout.title(columns["rate"])
    scale, evidence["scale"] = _scale(title, data.column(columns["rate"]))
    escapes = _escapes(data.column(columns.get("prefix", columns.get("country_code", 0))))
    hyphen = _hyphens(data.column(columns["prefix"])) if "prefix" in columns else "span"
    if hyphen == "ask":
        text = tr("Does 33-34 mean the codes 33 and 34, or country 33 with area 34?")
        questions.append(Question("hyphen", text, ("span", "join")))
        hyphen = "span"
    currency = _currency(layout, data)
    return replace(
        layout,
        decimal=decimal,
        date_order=order,
        scale=scale,
        escapes=escapes,
        hyphen=hyphen,
        currency=currency,
        evidence=evidence,
        ask=tuple(questions),
    )


def _decimal(cells: Sequence[tuple[int, Cell]]) -> tuple[str, str]:
    for row, cell in cells:
        if isinstance(cell, str):
            text = cell.strip()
            comma, dot = text.rfind(","), text.rfind(".")
            if comma < 0 and dot < 0:
                continue
            if comma >= 0 and dot >= 0:
                return ("," if comma > dot else "."), tr("row {row}: {value}").format(row=row, value=text)
            mark = "," if comma >= 0 else "."
            after = re.search(r"[.,](\d*)", text[max(comma, dot) :])
            if after and (len(after[1]) != 3 or text.lstrip("-+$€£ ").startswith(("0", mark))):
                return mark, tr("row {row}: {value}").format(row=row, value=text)
    return ".", tr("no cell says otherwise")


def _scale(title: str, cells: Sequence[tuple[int, Cell]]) -> tuple[Decimal, str]:
    """What turns the file's price into currency per minute, by the words of its title."""
    text = title.casefold()
    scale, why = Decimal(1), tr("per minute, as usual")
    if re.search(r"per sec|/ ?sec|/s\b|pro sek|par seconde|por segundo", text):
        scale, why = Decimal(60), tr("the title says per second")
    if re.search(r"\bcents?\b|¢|\bct\b|pence|\bkuru", text):
        scale, why = scale * Decimal("0.01"), tr("the title says cents")
    elif cells and sum("¢" in shown(cell) for _, cell in cells[:200]) * 2 > min(len(cells), 200):
        why = tr("the cells carry the sign of cents")
    return scale, why


def _escapes(cells: Sequence[tuple[int, Cell]]) -> tuple[str, ...]:
    """`00` or `011` where every code carries it."""
    texts = [shown(cell).lstrip("'+ ") for _, cell in cells[:500]]
    for escape in ("011", "00"):
        if texts and all(text.startswith(escape) for text in texts):
            return (escape,)
    return ()


def _hyphens(cells: Sequence[tuple[int, Cell]]) -> str:
    """Whether hyphens join country and area (ends of unequal sense) or span codes; ask where both can be."""
    pairs = [
        match.groups()
        for _, cell in cells
        if (match := re.fullmatch(r"\s*\+?(\d+)\s*-\s*(\d+)\s*", shown(cell)))
    ]
    if not pairs:
        return "span"
    can_span = all(len(low) == len(high) and low < high for low, high in pairs)
    can_join = all(low in CALLING_CODES for low, _ in pairs)
    if can_span and can_join:
        return "ask"
    return "join" if can_join and not can_span else "span"


def _currency(layout: Layout, data: Columns) -> str:
    """The one currency that titles or cells name."""
    for title in (layout.title(layout.columns["rate"]), *layout.titles):
        for word in re.findall(r"[A-Z]{3}", title.upper()):
            if word in CURRENCIES and re.search(rf"\b{word}\b", title.upper()):
                return str(word)
        for sign, code in SIGNS.items():
            if sign in title:
                return code
    if "currency" in layout.columns:
        named = {shown(cell).upper() for _, cell in data.column(layout.columns["currency"])[:500]}
        if len(named) == 1 and (code := next(iter(named))) in CURRENCIES:
            return code
    cells: Iterator[str] = (shown(cell) for _, cell in data.column(layout.columns["rate"])[:20])
    return next((code for text in cells for sign, code in SIGNS.items() if sign in text), "")


def is_price(cell: Cell, decimal: str) -> bool:
    """Whether a cell reads as a price or a state."""
    return not isinstance(read_price(cell, PriceRules(decimal)), Fault)


def is_interval(cell: Cell) -> bool:
    """Whether a cell reads as an interval."""
    return not isinstance(read_interval(cell), Fault)
