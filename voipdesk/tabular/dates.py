"""Days out of cells, and the order of day and month as a column decides it."""

import re
from calendar import monthrange
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo

from voipdesk.kernel.digits import is_digits, whole_number
from voipdesk.kernel.text import tr
from voipdesk.tabular.cells import Cell, western
from voipdesk.tabular.values import Fault

_NUMERIC = re.compile(
    r"(\d{1,4})(?:\. |[-/. ])(\d{1,2})(?:\. |[-/. ])(\d{1,4})(?:[T ]+(\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?(?:[.,]\d+)?)?\s*([AaPp]\.?[Mm]\.?)?\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2})?(?: [A-Z]{2,5}|\s?[гр]?\.)?"
)
_NAMED = re.compile(
    r"(\d{1,2})(?:st|nd|rd|th|er|[.º°ª])?[-/. ,]*(?:d[eo]l?[ '\u2019]|of )?\s*([^\W\d_]{2,14})\.?,?[-/. ']*(?:d[eo]l? )?(\d{4}|\d{2})(?:\s*[^\W\d_]{1,3}\.?)?"
    r"|([^\W\d_]{2,14})\.?[-/. ]*(\d{1,2})(?:st|nd|rd|th)?,?[-/. ]+(\d{4})"
)
"""A month by its name: `1. Dez 2026`, `1 de enero de 2026`, `1 января 2026 г.`, `Dec 1st, 2026`."""
_WEEKDAY = re.compile(r"^[^\W\d_]{2,12}[.,]{0,2}\s+")
_CLOCK_FIRST = re.compile(
    r"(\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?:\s*[AaPp]\.?[Mm]\b\.?)?)\s*(Z|UTC|GMT)?[, ]\s*(\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4})"
)
_DIGIT = re.compile(r"\d")
_LETTER = re.compile(r"[^\W\d_]")
_CHARACTERS = re.compile(r"(\d{4})\s*[年년]\s*(\d{1,2})\s*[月월]\s*(\d{1,2})\s*[日号일]?")
_PACKED = re.compile(r"(?:19|20)\d{6}")
_SIX = 6
"""Digits of a day whose year has two."""

_PACKED_TIME = re.compile(
    r"((?:19|20)\d{2})(0[1-9]|1[0-2])([0-3]\d)[-_T ]?([01]\d|2[0-3])([0-5]\d)([0-5]\d)(?:\.\d+)?"
)
_CLOCK = re.compile(
    r"(?:^|(?<=[\w,.]))[T ,]*\b(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?(?:\s*([AaPp]\.?[Mm]\b\.?))?"
    r"(?:\s*\b(Z|UTC|GMT)\b|\s*([+-]\d{2}:?\d{2})\b)?"
)
"""A time of day before, behind or inside a day whose month is a word."""
_EPOCH = re.compile(r"1\d{9}(?:\d{3}){0,2}(?:\.\d+)?")
_MONTHS = (
    "jan janv ene gen januar january janvier enero gennaio janeiro januari januar ian ianuarie led leden ledna sty styczeń stycznia "
    "янв январь января січ січень січня oca ocak يناير جانفي ιαν ιανουαρίου tammikuu tammikuuta|"
    "feb fév févr fev februar february février febrero febbraio fevereiro februari febr februarie úno únor února lut luty lutego "
    "фев февраль февраля лют лютий лютого şub şubat فبراير فيفري شباط φεβ φεβρουαρίου helmikuu helmikuuta|"
    "mar mär mrz mars märz march marzo março mrt maart marts martie márc március bře březen března marzec marca мар март марта "
    "бер березень березня mart مارس آذار اذار μαρ μαρτίου maaliskuu maaliskuuta|"
    "apr avr abr april avril abril aprile ápr április aprilie dub duben dubna kwi kwiecień kwietnia апр апрель апреля кві квітень "
    "квітня nis nisan أبريل ابريل أفريل نيسان απρ απριλίου huhtikuu huhtikuuta|"
    "may mai mayo mag maggio maio maj mei máj május kvě květen května maja май мая тра травень травня mayıs مايو ماي أيار ايار μαι "
    "μάι μαΐου toukokuu toukokuuta|"
    "jun juin giu juni june junio giugno junho jún június iun iunie červen června čer cze czerwiec czerwca июн июнь июня "
    "червень червня haz haziran يونيو يونيه جوان حزيران ιουν ιουνίου kesäkuu kesäkuuta|"
    "jul juil lug juli july julio juillet luglio julho júl július iul iulie čvc červenec července lip lipiec lipca июл июль июля "
    "липень липня tem temmuz يوليو يوليه جويلية تموز ιουλ ιουλίου heinäkuu heinäkuuta|"
    "aug août aou ago august agosto augustus augusti augusztus srp srpen srpna sie sierpień sierpnia авг август августа сер "
    "серпень серпня agu agustus ağu ağustos أغسطس اغسطس أوت آب αυγ αυγούστου elokuu elokuuta|"
    "sep sept set september septembre settembre septiembre setembro szept szeptember septembrie zář září wrz wrzesień września "
    "сен сент сентябрь сентября вер вересень вересня eyl eylül سبتمبر أيلول ايلول σεπ σεπτεμβρίου syyskuu syyskuuta|"
    "oct okt ott oktober october octobre octubre ottobre outubro out október octombrie říj říjen října paź październik "
    "października окт октябрь октября жов жовтень жовтня eki ekim أكتوبر اكتوبر οκτ οκτωβρίου lokakuu lokakuuta|"
    "nov november novembre noviembre novembro noi noiembrie lis listopad listopadu listopada ноя нояб ноябрь ноября "
    "листопад листопада kas kasım نوفمبر νοε νοεμβρίου marraskuu marraskuuta|"
    "dec dez déc dic december dezember décembre diciembre dicembre dezembro des desember decembrie pro prosinec prosince gru "
    "grudzień grudnia дек декабрь декабря гру грудень грудня ara aralık ديسمبر δεκ δεκεμβρίου joulukuu joulukuuta"
)
MONTHS = {name: number for number, names in enumerate(_MONTHS.split("|"), 1) for name in names.split()}
AT_ONCE = frozenset(
    [
        "asap",
        "now",
        "immediate",
        "immediately",
        "sofort",
        "immédiat",
        "immédiatement",
        "inmediato",
        "immediato",
        "imediato",
        "per direct",
        "natychmiast",
        "hemen",
        "немедленно",
        "сразу",
        "فوري",
        "فورا",
        "立即",
        "current",
        "n/a",
    ]
)
"""Words for "from now on", which is what an empty cell means too."""

EPOCH = date(1899, 12, 30)
"""Day 0 of a spreadsheet's serial days."""


def order_of(cells: Iterable[tuple[int, Cell]]) -> tuple[str | None, str]:
    """(order, what decided it) of a column given as (row, cell): dmy, mdy, ymd, serial, ask; None without dates."""
    fits: dict[str, int] = {}
    six: dict[str, int] = {}
    ambiguous = 0
    for row, cell in cells:
        if isinstance(cell, date):
            fits.setdefault("serial", row)
            continue
        if isinstance(cell, int) and not isinstance(cell, bool) and 20_000 < cell < 110_000:
            fits.setdefault("serial", row)
            continue
        text = western(str(cell).strip())
        if len(text) == 5 and (whole_number(text) or 0) > 20_000:
            fits.setdefault("serial", row)
            continue
        if len(text) == _SIX and is_digits(text):
            six.setdefault(text, row)
            continue
        found = _order_of_text(text)
        if found == "ask":
            ambiguous += 1
        elif found:
            fits.setdefault(found, row)
    if six and not fits and not ambiguous:
        return _order_of_six(six)
    for order in ("ymd", "dmy", "mdy", "serial"):
        if order in fits:
            return order, tr("row {row} decides").format(row=fits[order])
    return ("ask", tr("every date fits both orders")) if ambiguous else (None, "")


_PLACES = {"dmy": (0, 2, 4), "mdy": (2, 0, 4), "ymd": (4, 2, 0)}
"""Where day, month and year begin in six digits of each order."""


def _six(text: str, order: str | None) -> date | None:
    """The day that six digits write in an order, of a year from 2000 to 2039."""
    if len(text) != _SIX or order not in _PLACES or not is_digits(text):
        return None
    day, month, year = (int(text[at : at + 2]) for at in _PLACES[order])
    try:
        return date(2000 + year, month, day) if year < 40 else None
    except ValueError:
        return None


def is_six(text: str) -> bool:
    """Whether six digits could be a day in some order."""
    return any(_six(text, order) for order in _PLACES)


def _order_of_six(texts: dict[str, int]) -> tuple[str | None, str]:
    """The order in which every text is a day; of several the one with the fewest years."""
    orders = [order for order in _PLACES if all(_six(text, order) for text in texts)]
    if not orders:
        return None, ""
    years = {order: len({text[at : at + 2] for text in texts}) for order, (_, _, at) in _PLACES.items()}
    least = min(years[order] for order in orders)
    best = [order for order in orders if years[order] == least]
    if len(best) > 1:
        return "ask", tr("every date fits both orders")
    return best[0], tr("row {row} decides").format(row=min(texts.values()))


def is_instant(text: str) -> bool:
    """Whether a text is a day with a time of day that is not midnight, or 14 digits of one; seconds since 1970 too."""
    if _PACKED_TIME.fullmatch(text) or _EPOCH.fullmatch(text):
        return True
    text = _day_first(text)
    if match := _NUMERIC.fullmatch(text):
        return bool(match.group(4)) and any(int(part or 0) for part in match.group(4, 5, 6))
    found = _named(text)
    clock = found[1] if found and _month(found[0]) else None
    return clock is not None and any(int(part or 0) for part in clock.group(1, 2, 3))


def _day_first(text: str) -> str:
    """`08:30:00 UTC 2026-11-13` with the day in front, as other times are written; anything else as it is."""
    if ":" not in text[1:3] or not (match := _CLOCK_FIRST.fullmatch(text)):
        return text
    return f"{match[3]} {match[1]} {match[2] or ''}".strip()


def is_day(text: str) -> bool:
    """Whether a text is written as a day in any order."""
    return _order_of_text(text) is not None


def _order_of_text(text: str) -> str | None:
    if _PACKED.fullmatch(text) or _PACKED_TIME.fullmatch(text):
        return "ymd"
    text = _day_first(text)
    if match := _NUMERIC.fullmatch(text):
        first, second, _ = match.group(1, 2, 3)
        if len(first) == 4:
            return "ymd" if int(second) <= 12 else None
        if len(first) > 2 or int(first) > 31 or int(second) > 31:
            return None
        if int(first) > 12:
            return "dmy"
        if int(second) > 12:
            return "mdy"
        return "dmy" if "." in text[: match.end(2) + 1] else "ask" if first != second else None
    if _CHARACTERS.fullmatch(text):
        return "ymd"
    if (named := _named(text)) and _month(named[0]):
        return "dmy" if named[0].group(1) else "mdy"
    return None


def _named(text: str) -> tuple[re.Match[str], re.Match[str] | None] | None:
    """(day whose month is a word, its time of day if it has one); a weekday before it says nothing."""
    if not (_DIGIT.search(text) and _LETTER.search(text)):
        return None
    clock = _CLOCK.search(text)
    bare = f"{text[: clock.start()]} {text[clock.end() :]}".strip() if clock else text
    match = _NAMED.fullmatch(bare) or _NAMED.fullmatch(_WEEKDAY.sub("", bare))
    return (match, clock) if match else None


def _month(match: re.Match[str]) -> int | None:
    word = (match.group(2) or match.group(4)).casefold()
    return MONTHS.get(word) or MONTHS.get(word[:3])


def read_day(cell: Cell, order: str | None) -> date | datetime | Fault | None:
    """The day (or local instant, where the cell has a time) of a cell; None for an empty one."""
    if isinstance(cell, datetime):
        return cell.date() if cell.time() == datetime.min.time() else cell
    if isinstance(cell, date):
        return cell
    if isinstance(cell, int) and not isinstance(cell, bool) and 20_000 < cell < 110_000:
        return EPOCH + timedelta(days=cell)
    text = western(str(cell).strip().lstrip("'"))
    if not text or text == "-" or text.casefold() in AT_ONCE:
        return None
    if six := _six(text, order):
        return six
    if len(text) < 7 and 20_000 < (days := whole_number(text) or 0) < 110_000:
        return EPOCH + timedelta(days=days)
    if _PACKED.fullmatch(text):
        return _day(text, int(text[:4]), int(text[4:6]), int(text[6:]))
    if match := _PACKED_TIME.fullmatch(text):
        return _moment(text, match)
    text = _day_first(text)
    if match := _NUMERIC.fullmatch(text):
        return _numeric(text, match, order)
    if match := _CHARACTERS.fullmatch(text):
        return _day(text, *map(int, match.groups()))
    if (named := _named(text)) and (number := _month(named[0])):
        day, year = named[0].group(1, 3) if named[0].group(1) else named[0].group(5, 6)
        found = _day(text, _year(year), number, int(day))
        return _at(text, found, named[1].groups()) if named[1] and isinstance(found, date) else found
    return _no_day(text)


def _moment(text: str, match: re.Match[str]) -> datetime | Fault:
    year, month, day, hour, minute, second = map(int, match.groups())
    try:
        return datetime(year, month, day, hour, minute, second)  # noqa: DTZ001 - a wall clock
    except ValueError:
        return _no_day(text)


def _numeric(text: str, match: re.Match[str], order: str | None) -> date | datetime | Fault:
    one, two, three, hour, minute, second, half, zone = match.groups()
    if len(one) == 4:
        year, month, day = int(one), int(two), int(three)
    elif len(one) == 3 or len(three) in {1, 3}:
        return _no_day(text)
    else:
        year = _year(three)
        day, month = (int(two), int(one)) if order == "mdy" else (int(one), int(two))
        if month > 12 >= day:
            return _other_order(text)
    found = _day(text, year, month, day)
    return (
        found
        if isinstance(found, Fault) or not hour
        else _at(text, found, (hour, minute, second, half, zone, None))
    )


def _at(text: str, day: date, clock: Sequence[str | None]) -> date | datetime | Fault:
    """A day at (hour, minute, second, half of the day, name of the zone, its offset); midnight without a zone is the day."""
    hour, minute, second, half, zone, offset = clock
    parts = _hour(int(hour or 0), half), int(minute or 0), int(second or 0)
    if parts == (0, 0, 0) and not (zone or offset):
        return day
    try:
        return datetime(day.year, day.month, day.day, *parts, tzinfo=_zone(zone or offset))
    except ValueError:
        return _no_day(text)


def _hour(hour: int, half: str | None) -> int:
    """The hour of 24 of `12 AM` (0), `1 PM` (13)."""
    if not half:
        return hour
    return hour % 12 + (12 if half[0] in "pP" else 0)


def _zone(text: str | None) -> tzinfo | None:
    """The offset that a date names; None for a wall clock."""
    if not text:
        return None
    if text[0] not in "+-":
        return UTC
    minutes = int(text[1:3]) * 60 + int(text[-2:])
    return timezone(timedelta(minutes=-minutes if text[0] == "-" else minutes))


def _year(text: str) -> int:
    return int(text) if len(text) == 4 else 2000 + int(text)


def _other_order(text: str) -> Fault:
    said = tr("{value} has no such month: the other dates of this column are written in another order.")
    return Fault(
        "date_order",
        said.format(value=text[:40]),
        tr("Correct the cell, or choose the other order of dates."),
    )


def _day(text: str, year: int, month: int, day: int) -> date | Fault:
    try:
        return date(year, month, day)
    except ValueError:
        if 1 <= month <= 12 and 1 <= year <= 9999:
            most = monthrange(year, month)[1]
            said = tr("{value} is not a date: the month has {days} days.").format(value=text[:40], days=most)
            return Fault("date_unreadable", said, tr("Correct the cell or leave the row out."))
        return _no_day(text)


def _no_day(text: str) -> Fault:
    said = tr("{value} is not a date.").format(value=text[:40])
    return Fault("date_unreadable", said, tr("Write it as 2026-11-30, or leave the row out."))
