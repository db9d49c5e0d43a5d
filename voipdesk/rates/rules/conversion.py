"""A sheet in another currency than its table: the rate of a day that a person typed, and when it holds."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from voipdesk.kernel.money import MAX_PRICE
from voipdesk.kernel.problems import Refused
from voipdesk.kernel.text import tr

_MOST_DIGITS = 20


@dataclass(frozen=True, slots=True)
class Conversion:
    """One unit of `source` is `rate` units of `target`, on a day. Prices are multiplied exactly and rounded once."""

    rate: Decimal
    day: date
    source: str = ""
    """'' until a sheet is read with it."""
    target: str = ""

    def holds(self, source: str, target: str) -> bool:
        """Whether it converts a sheet of a currency into a table of another."""
        return bool(source) and source != target and (self.source, self.target) == (source, target)

    def of(self, source: str, target: str) -> "Conversion":
        """The same between two currencies, where it names none yet."""
        return self if self.source else replace(self, source=source, target=target)

    def as_data(self) -> dict[str, str]:
        """The form at rest."""
        return {
            "rate": f"{self.rate:f}",
            "day": self.day.isoformat(),
            "source": self.source,
            "target": self.target,
        }


def conversion_of(data: Mapping[str, Any]) -> Conversion:
    """A conversion of its form at rest, or of a typed rate and day. `Refused("bad_conversion")` says what is wrong."""
    try:
        rate = Decimal(str(data["rate"]).strip())
    except InvalidOperation:
        rate = Decimal(0)
    if not rate.is_finite() or not 0 < rate <= MAX_PRICE or len(rate.as_tuple().digits) > _MOST_DIGITS:
        raise Refused(
            "bad_conversion",
            tr("{rate} is not a rate of exchange.").format(rate=data["rate"]),
            tr("Write what one unit of the sheet's currency is worth in the table's, like 1.085."),
        )
    day = data["day"]
    try:
        on = day if isinstance(day, date) else date.fromisoformat(str(day))
    except ValueError as cause:
        raise Refused(
            "bad_conversion", tr("{day} is not a date.").format(day=day), tr("Write it as 2026-11-30.")
        ) from cause
    return Conversion(rate, on, str(data.get("source", "")), str(data.get("target", "")))
