"""The conventions of a rate sheet: decimal sign, order of dates, unit, currency, escapes, hyphens; each with evidence."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from voipdesk.kernel.digits import whole_number
from voipdesk.kernel.money import rounded
from voipdesk.kernel.text import tr
from voipdesk.tabular import dates, words
from voipdesk.tabular.cells import Cell, shown
from voipdesk.tabular.countries import CALLING_CODES
from voipdesk.tabular.judging import Columns
from voipdesk.tabular.layout import Layout, Question
from voipdesk.tabular.prices import is_cents
from voipdesk.tabular.reader import Numbered

CURRENCIES = words.CURRENCIES
SIGNS = {"R$": "BRL", "$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY", "₹": "INR", "₺": "TRY", "₽": "RUB"}
_AFTER = re.compile(r"[.,](\d*)")
_WITH_EXPONENT = re.compile(r"\d[eE][+-]?\d+$")
_EITHER = re.compile(r"(?<![\d.,])[1-9]\d{0,2}[.,]\d{3}(?![\d.,])")
_PER_SECOND = re.compile(
    r"per ?sec|/ ?sec|/ ?s\b|pro sek|je sek|par sec|/ ?seg|par seconde|por segundo|al secondo|в секунду|za sekund|per seconde|saniye|في الثانية|每秒"
)
_PER_PERIOD = re.compile(
    r"per (?:billing )?(?:period|interval|pulse|block|increment|unit of)|pro takt|par palier|por intervalo|за шаг"
)
_CENTS = re.compile(
    r"(?<!per)(?<!per )cents?\b|\bct?\s?/\s?min|\bcpm\b|¢|\bcts?\b|\busc\b|pence\b|\bkuru|rappen|centesimi|centimes|c[eé]ntimos|c[eê]ntimos|centavos|cент|цент|коп|"
    r"grosz|haléř|\böre\b|\bfils\b|\bpaise\b|سنت|فلس|قرش|هلل"
)
_CENTS_NOTE = re.compile(
    r"\bcents?\s*(?:/|per|pro|par|por|a)\s*min|\bin (?:us|usd|euro|eur)?[ -]?cents?\b|\b(?:us|euro) ?cents?\b"
)
_SECOND_NOTE = re.compile(
    r"(?:rates?|prices?|charges?)[^.]{0,40}per second\b|(?:usd|eur|gbp) ?(?:/|per) ?sec"
)
_OF_PRICES = re.compile(
    r"pric|rates?\b|currenc|tari[fv]|amount|charge|cost|quoted|preis|w(?:ä|ae)hrung|entgelt|prix|devise|montant|preci|moneda|import[eo]|"
    r"prezz|valuta|preç|moeda|valores|ceny?\b|walut|stawk|fiyat|para birimi|цен|валют|тариф|سعر|أسعار|عمل|价格|货币|費率|per min|/ ?min"
)
"""Words of notes that speak of prices."""

_NAMES = {
    "USD": r"\b(?:us|u\.s\.|united states) ?(?:dollar|cent|\$)",
    "EUR": r"\beuros?\b|\beuro ?cent",
    "GBP": r"\bpounds? sterling|\b(?:british|uk) pounds?\b",
    "CHF": r"\bswiss francs?\b|\bschweizer franken\b",
    "AED": r"\b(?:uae|emirati?) dirhams?\b",
    "EGP": r"\begyptian pounds?\b",
    "SAR": r"\bsaudi riyals?\b",
}
"""Currencies as sentences name them; a dollar or a pound alone may be anybody's."""

_PART = re.compile(
    r"1\s*/\s*(10{1,2}[., ]?0{2,3}|1000|100)\b|(?:[x×*]|\btimes)\s*(10{1,2}[., ]?0{2,3}|1000|100)\b"
    r"|(?:/|\b(?:per|pro|par|por|je|za|за))\s*(1[., ]?000|100|10[., ]?000)\s*(?:min|мин|dk|хв)"
)
_DEAR = frozenset(["USD", "EUR", "GBP", "CHF", "CAD", "AUD"])
"""Currencies in which no minute costs a thousand."""

_SPAN = re.compile(r"\s*\+?(\d+)\s*-\s*(\d+)\s*")
WHOLE_PRICES = 20
"""Rows from which prices that are all whole numbers of three digits and more are doubted."""


def with_conventions(layout: Layout, data: Columns, rows: Sequence[Numbered]) -> Layout:
    """The layout with what its columns say of signs, dates and units, and with the questions they leave; `rows` has the
    titles and notes above the data too.
    """
    evidence = dict(layout.evidence)
    questions: list[Question] = list(layout.ask)
    columns = layout.columns
    changes: dict[str, object] = {}
    if "rate" in columns:
        prices = data.column(columns["rate"])
        notes = _notes(layout, rows)
        scale, evidence["scale"] = _scale(layout, data, notes)
        changes["scale"] = scale
        changes["currency"], evidence["currency"] = _currency(layout, data, notes)
        changes["decimal"], evidence["decimal"], is_open = _sign(layout, data, prices)
        if is_open and (
            changes["currency"] in _DEAR or _CENTS.search(layout.title(columns["rate"]).casefold())
        ):
            changes["decimal"], is_open = ("," if "," in is_open else "."), ""
            evidence["decimal"] = tr("nobody pays more than a thousand a minute")
        if is_open:
            questions.append(decimal_question(is_open))
        if scale == 1 and (asked := _whole_prices(prices, is_titled=layout.header_row is not None)):
            questions.append(asked)
    if "effective_date" in columns:
        order, evidence["date_order"] = dates.order_of(data.column(columns["effective_date"]))
        changes["date_order"] = order
        if order == "ask":
            questions.append(date_question())
    code = columns.get("prefix", columns.get("country_code", -1))
    changes["escapes"] = _escapes(data.column(code)) if code >= 0 else ()
    lead = _lead(layout, data)
    hyphen = _hyphens(data.column(columns["prefix"])) if "prefix" in columns else "span"
    hyphen = "join" if lead else hyphen
    if hyphen == "ask":
        text = tr("Does 33-34 mean the codes 33 and 34, or country 33 with area 34?")
        questions.append(Question("hyphen", text, ("span", "join")))
        hyphen = "span"
    changes |= {"hyphen": hyphen, "lead": lead, "evidence": evidence, "ask": tuple(questions)}
    return replace(layout, **changes)  # type: ignore[arg-type]


def date_question() -> Question:
    """What is asked where every date fits both orders."""
    text = tr("Is 03/04 the 3rd of April or the 4th of March? Every date of the file fits both.")
    return Question("date_order", text, ("dmy", "mdy"))


def decimal_question(value: str) -> Question:
    """What is asked where every price has one sign with three digits after it."""
    text = tr(
        "Is {value} a little more than one, or more than a thousand? Every price of the file can be read both ways."
    )
    return Question("decimal", text.format(value=value), (",", ".") if "," in value else (".", ","))


def _sign(layout: Layout, data: Columns, prices: Sequence[tuple[int, Cell]]) -> tuple[str, str, str]:
    """(decimal sign, what decided it, a price to be read both ways where nothing does); fees have the sign of prices."""
    mark, why = decimal_of(prices)
    if why != tr("no cell says otherwise"):
        return mark, why, ""
    for role in ("connection_fee", "minimum_charge"):
        if role in layout.columns:
            other, said = decimal_of(data.column(layout.columns[role]))
            if said != why:
                return other, said, ""
    doubtful = [text for _, cell in prices if isinstance(cell, str) and _EITHER.search(text := cell.strip())]
    # Whole numbers beside them would be thousands as well; a few cells are each a matter of their own.
    return mark, why, doubtful[0] if len(doubtful) * 2 > len(prices) else ""


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
    if not after or (len(after[1]) == 3 and not starts_small and not _WITH_EXPONENT.search(text)):
        return None
    return mark


def _notes(layout: Layout, rows: Sequence[Numbered]) -> list[tuple[int, str]]:
    """(row, text) of what stands above the data and is no title of a column."""
    above = [
        (row, cells) for row, cells in rows[:60] if row < layout.first_data_row and row != layout.header_row
    ]
    texts = [(row, [text for cell in cells if (text := shown(cell))]) for row, cells in above]
    notes = [(row, text) for row, cells in texts for text in cells if len(text) > 4]
    # A word and its value may stand in two cells: `Currency`, `EUR`.
    return notes + [(row, " ".join(cells)) for row, cells in texts if len(cells) > 1]


def _scale(layout: Layout, data: Columns, notes: Sequence[tuple[int, str]]) -> tuple[Decimal, str]:
    """What turns the file's price into currency per minute, by the words of its title, else by a note above."""
    title = layout.title(layout.columns["rate"]).casefold()
    cells = data.column(layout.columns["rate"])
    scale, why = Decimal(1), tr("per minute, as usual")
    if _PER_SECOND.search(title):
        scale, why = Decimal(60), tr("the title says per second")
    elif _PER_PERIOD.search(title) and (seconds := _one_interval(layout, data)):
        scale = Decimal(60) / seconds if 60 % seconds == 0 else rounded(Fraction(60, int(seconds)), 8)
        why = tr("the title says per period, and a period has {seconds} s").format(seconds=seconds)
    if part := _PART.search(title):
        digits = next(group for group in part.groups() if group)
        return scale / Decimal(digits.replace(".", "").replace(",", "").replace(" ", "")), tr(
            "the title says 1/{part}"
        ).format(part=digits)
    if _CENTS.search(title):
        return scale * Decimal("0.01"), tr("the title says cents")
    if cells and sum(is_cents(shown(cell)) for _, cell in cells[:200]) * 2 > min(len(cells), 200):
        return scale, tr("the cells carry the sign of cents")
    if scale == 1 and not any(sign in title for sign in SIGNS):
        for row, note in notes:
            if _CENTS_NOTE.search(note.casefold()):
                return Decimal("0.01"), tr("row {row}: {value}").format(row=row, value=note[:60])
            if _SECOND_NOTE.search(note.casefold()):
                return Decimal(60), tr("row {row}: {value}").format(row=row, value=note[:60])
    return scale, why


def _one_interval(layout: Layout, data: Columns) -> int:
    """The seconds of an interval column that has one value throughout; 0 where it has more, or none."""
    at = layout.columns.get("increment", layout.columns.get("subsequent_increment", -1))
    found = {shown(cell) for _, cell in data.column(at)} if at >= 0 else set()
    text = next(iter(found)) if len(found) == 1 else ""
    seconds = whole_number(text) or 0
    return seconds if seconds <= 3600 else 0


def _whole_prices(cells: Sequence[tuple[int, Cell]], *, is_titled: bool) -> Question | None:
    """Asks for the unit of prices that are all whole and mostly of three digits: nobody pays 975 a minute. Without a title
    nothing says that whole numbers are prices at all.
    """
    texts = [shown(cell) for _, cell in cells]
    numbers = [number for text in texts if len(text) < 12 and (number := whole_number(text)) is not None]
    if not numbers or len(numbers) < len(texts) * 0.98:
        return None
    if is_titled and (len(numbers) < WHOLE_PRICES or sorted(numbers)[len(numbers) // 2] < 50):
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


def _currency(layout: Layout, data: Columns, notes: Sequence[tuple[int, str]]) -> tuple[str, str]:
    """(the one currency that titles, cells or a note above them name, what says so); '' where none or several are named."""
    for title in (layout.title(layout.columns["rate"]), *layout.titles):
        for word in re.findall(r"[A-Z]{3}", title.upper()):
            if word in CURRENCIES and re.search(rf"\b{word}\b", title.upper()):
                return str(word), tr("the title {title} says so").format(title=title[:60])
        for sign, code in SIGNS.items():
            if sign in title:
                return code, tr("the title {title} says so").format(title=title[:60])
    if "currency" in layout.columns:
        named = {shown(cell).upper() for _, cell in data.column(layout.columns["currency"])[:500]}
        if len(named) == 1 and (code := next(iter(named))) in CURRENCIES:
            return code, tr("the column of currencies says so")
    for row, cell in data.column(layout.columns["rate"])[:20]:
        for sign, code in SIGNS.items():
            if sign in shown(cell):
                return code, tr("row {row}: {value}").format(row=row, value=shown(cell)[:60])
    return _noted_currency(notes)


def _noted_currency(notes: Sequence[tuple[int, str]]) -> tuple[str, str]:
    """The same of notes that speak of prices; where they name several, no one of them is meant."""
    found: dict[str, tuple[int, str]] = {}
    for row, note in notes:
        if not _OF_PRICES.search(note.casefold()):
            continue
        named = {word for word in re.findall(r"\b[A-Z]{3}\b", note) if word in CURRENCIES}
        named |= {code for sign, code in SIGNS.items() if sign in note and not named}
        named |= {code for code, names in _NAMES.items() if re.search(names, note.casefold())}
        for code in named:
            found.setdefault(code, (row, note))
    if len(found) != 1:
        return "", ""
    code, (row, note) = next(iter(found.items()))
    return code, tr("row {row}: {value}").format(row=row, value=note[:60])
