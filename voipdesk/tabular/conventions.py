"""The conventions of a rate sheet: decimal sign, order of dates, unit, currency, escapes, hyphens; each with evidence."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from voipdesk.kernel.text import tr
from voipdesk.tabular import dates, words
from voipdesk.tabular.cells import Cell, shown
from voipdesk.tabular.countries import CALLING_CODES
from voipdesk.tabular.judging import Columns
from voipdesk.tabular.layout import Layout, Question

_CURRENCIES = (
    "USD EUR GBP CHF SEK NOK DKK PLN CZK HUF RON TRY "
    "AED SAR EGP INR PKR NGN ZAR KES BRL MXN ARS CAD AUD NZD JPY CNY RUB UAH"
)
CURRENCIES = frozenset(_CURRENCIES.split())
SIGNS = {"$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY", "₹": "INR", "₺": "TRY", "₽": "RUB"}
_AFTER = re.compile(r"[.,](\d*)")
_PER_SECOND = re.compile(r"per sec|/ ?sec|/s\b|pro sek|par seconde|por segundo|al secondo|в секунду")
_CENTS = re.compile(r"\bcents?\b|¢|\bct\b|pence|\bkuru|centesimi|centimes|centavos|коп")
_SPAN = re.compile(r"\s*\+?(\d+)\s*-\s*(\d+)\s*")
WHOLE_PRICES = 20
"""Rows from which prices that are all whole numbers of three digits and more are doubted."""


def with_conventions(layout: Layout, data: Columns) -> Layout:
    """The layout with what its columns say of signs, dates and units, and with the questions they leave."""
    evidence = dict(layout.evidence)
    questions: list[Question] = list(layout.ask)
    columns = layout.columns
    changes: dict[str, object] = {}
    if "rate" in columns:
        prices = data.column(columns["rate"])
        changes["decimal"], evidence["decimal"] = decimal_of(prices)
        scale, evidence["scale"] = _scale(layout.title(columns["rate"]), prices)
        changes["scale"] = scale
        changes["currency"] = _currency(layout, data)
        if scale == 1 and (asked := _whole_prices(prices)):
            questions.append(asked)
    if "effective_date" in columns:
        order, evidence["date_order"] = dates.order_of(data.column(columns["effective_date"]))
        changes["date_order"] = order
        if order == "ask":
            questions.append(date_question())
    code = columns.get("prefix", columns.get("country_code", -1))
    changes["escapes"] = _escapes(data.column(code)) if code >= 0 else ()
    hyphen = _hyphens(data.column(columns["prefix"])) if "prefix" in columns else "span"
    if hyphen == "ask":
        text = tr("Does 33-34 mean the codes 33 and 34, or country 33 with area 34?")
        questions.append(Question("hyphen", text, ("span", "join")))
        hyphen = "span"
    changes |= {"hyphen": hyphen, "lead": _lead(layout, data), "evidence": evidence, "ask": tuple(questions)}
    return replace(layout, **changes)  # type: ignore[arg-type]


def date_question() -> Question:
    """What is asked where every date fits both orders."""
    text = tr("Is 03/04 the 3rd of April or the 4th of March? Every date of the file fits both.")
    return Question("date_order", text, ("dmy", "mdy"))


def decimal_of(cells: Iterable[tuple[int, Cell]]) -> tuple[str, str]:
    """(decimal sign, the row that decided) of a column of prices."""
    for row, cell in cells:
        mark = decides_decimal(cell)
        if mark:
            return mark, tr("row {row}: {value}").format(row=row, value=str(cell).strip())
    return ".", tr("no cell says otherwise")


def decides_decimal(cell: Cell) -> str | None:
    """The decimal sign that a cell alone proves: both signs, a zero before it, or not three digits after it."""
    if not isinstance(cell, str):
        return None
    text = cell.strip()
    comma, dot = text.rfind(","), text.rfind(".")
    if comma >= 0 and dot >= 0:
        return "," if comma > dot else "."
    if (comma < 0 and dot < 0) or text.count(",") > 1 or text.count(".") > 1:
        return None
    mark = "," if comma >= 0 else "."
    after = _AFTER.search(text[max(comma, dot) :])
    starts_small = text.lstrip("-+$€£ ").startswith(("0", mark))
    return mark if after and (len(after[1]) != 3 or starts_small) else None


def _scale(title: str, cells: Sequence[tuple[int, Cell]]) -> tuple[Decimal, str]:
    """What turns the file's price into currency per minute, by the words of its title."""
    text = title.casefold()
    scale, why = Decimal(1), tr("per minute, as usual")
    if _PER_SECOND.search(text):
        scale, why = Decimal(60), tr("the title says per second")
    if _CENTS.search(text):
        scale, why = scale * Decimal("0.01"), tr("the title says cents")
    elif cells and sum("¢" in shown(cell) for _, cell in cells[:200]) * 2 > min(len(cells), 200):
        why = tr("the cells carry the sign of cents")
    return scale, why


def _whole_prices(cells: Sequence[tuple[int, Cell]]) -> Question | None:
    """Asks for the unit of prices that are all whole and mostly of three digits: nobody pays 975 a minute."""
    texts = [shown(cell) for _, cell in cells]
    numbers = [int(text) for text in texts if text.isascii() and text.isdigit() and len(text) < 12]
    if (
        len(numbers) < WHOLE_PRICES
        or len(numbers) < len(texts) * 0.98
        or sorted(numbers)[len(numbers) // 2] < 50
    ):
        return None
    text = tr("The prices are whole numbers such as {value}. How much of the currency is 1?")
    return Question("scale", text.format(value=numbers[0]), ("1", "0.01", "0.001", "0.0001"))


def _escapes(cells: Sequence[tuple[int, Cell]]) -> tuple[str, ...]:
    """`00` or `011` where every code carries it."""
    texts = [shown(cell).lstrip("'+ ") for _, cell in cells[:500]]
    return next(
        ((escape,) for escape in ("011", "00") if texts and all(text.startswith(escape) for text in texts)),
        (),
    )


def _hyphens(cells: Sequence[tuple[int, Cell]]) -> str:
    """Whether hyphens join country and area (ends of unequal sense) or span codes; ask where both can be."""
    pairs = [match.groups() for _, cell in cells if (match := _SPAN.fullmatch(shown(cell)))]
    if not pairs:
        return "span"
    can_span = all(len(low) == len(high) and low < high for low, high in pairs)
    can_join = all(low in CALLING_CODES for low, _ in pairs)
    if can_span and can_join:
        return "ask"
    # Where country and area are joined, most cells have a hyphen; a single one is a range with a slip in it.
    return "join" if can_join and not can_span and len(pairs) * 3 >= len(cells) else "span"


def _lead(layout: Layout, data: Columns) -> str:
    """`1` where the codes are NPA-NXX of North America: the title says so, and no code has its own 1."""
    at = layout.columns.get("prefix", layout.columns.get("country_code", -1))
    if at < 0 or not {"npa", "nxx", "npanxx"} & set(words.plain(layout.title(at)).split()):
        return ""
    texts = [re.sub(r"\D", "", shown(cell)) for _, cell in data.column(at)[:500]]
    return "1" if texts and all(2 < len(text) < 8 and text[0] in "23456789" for text in texts) else ""


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
