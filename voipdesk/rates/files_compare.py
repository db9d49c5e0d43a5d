"""Compared tables as rows of a file: what is seen, in the order in which it is seen."""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from voipdesk.kernel.money import Rounding, from_scaled, plain, rounded
from voipdesk.kernel.text import tr

LEAST_DECIMALS = 4
SIMULATED = "*"
"""Behind a price that is that of a shorter prefix; the remark of the row says so."""

Cell = str | Decimal | int | None
Row = tuple[str, str, Sequence[int], Sequence[bool], int, int | None, int | None, int | None]
"""Prefix, destination, prices, which are simulated, the best, spread, seconds, saving; as they are in columns."""


def header(titles: Sequence[str], currency: str, master: int, *, with_minutes: bool) -> list[str]:
    """Titles: each table by its name; the master is named where its saving is told."""
    named = [f"{title} ({currency})" for title in titles]
    usual = [tr("Prefix"), tr("Destination"), *named, tr("Cheapest ({currency})").format(currency=currency)]
    usual.append(tr("Spread %"))
    if with_minutes:
        usual.append(tr("Minutes 30 d"))
        usual.append(tr("Saving against {name}").format(name=titles[master]))
    return [*usual, tr("Remark")]


def cells(rows: Iterable[Row], *, shut: int, nothing: int, with_minutes: bool) -> Iterator[list[Cell]]:
    """Cells of each row; a simulated price is a text with a star, so that nobody adds it up unseen."""
    known: dict[int, Decimal] = {}
    for prefix, destination, prices, simulated, best, spread, seconds, saving in rows:
        offers = [
            _offer(known, price, simulated=starred, shut=shut)
            for price, starred in zip(prices, simulated, strict=True)
        ]
        made: list[Cell] = [prefix, destination, *offers, None if best < 0 else _price(known, best)]
        made.append(None if spread in (None, nothing) else Decimal(spread or 0).scaleb(-2))
        if with_minutes:
            made.append((seconds or 0) // 60)
            made.append(None if saving in (None, nothing) else rounded(from_scaled(saving or 0), 2))
        made.append(tr("* price of a shorter prefix") if any(simulated) else "")
        yield made


def _offer(known: dict[int, Decimal], price: int, *, simulated: bool, shut: int) -> Cell:
    if price == shut:
        return tr("blocked")
    if price < 0:
        return None
    return f"{_price(known, price)} {SIMULATED}" if simulated else _price(known, price)


def _price(known: dict[int, Decimal], units: int) -> Decimal:
    """A price with the decimals it needs, at least four."""
    found = known.get(units)
    if found is None:
        exact = plain(from_scaled(units))
        exponent = exact.as_tuple().exponent
        has = -exponent if isinstance(exponent, int) else 0
        found = known[units] = rounded(exact, max(has, LEAST_DECIMALS), Rounding.DOWN)
    return found
