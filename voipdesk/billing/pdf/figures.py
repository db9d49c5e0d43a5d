"""How figures, days and durations are written on a document: by the customs of its language, in Latin digits."""

from datetime import date
from decimal import Decimal

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.numbers import format_decimal

from voipdesk.kernel.money import currency_decimals, rounded

LATIN = "latn"


class Figures:
    """Writes the figures of one document."""

    def __init__(self, language: str, currency: str) -> None:
        try:
            self.locale = Locale.parse(language)
        except (UnknownLocaleError, ValueError):
            self.locale = Locale("en")
        self.currency = currency
        self.decimals = currency_decimals(currency)
        self._point = self.plain(Decimal("0.5"), 1)[1]

    def plain(self, value: Decimal, decimals: int) -> str:
        """A number with grouped thousands and so many decimals."""
        pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
        return str(format_decimal(value, pattern, locale=self.locale, numbering_system=LATIN))

    def amount(self, value: Decimal) -> str:
        """An amount without its currency; a minus that cannot be overlooked."""
        return self.plain(value, self.decimals).replace("-", "−")

    def money(self, value: Decimal) -> str:
        """An amount with its currency, kept together."""
        return f"{self.amount(value)}\u00a0{self.currency}"

    def exact(self, value: Decimal, decimals: int) -> str:
        """An amount of a call with the rater's decimals, without grouping: these stand in columns."""
        return f"{value:.{decimals}f}".replace(".", self._point)

    def minutes(self, seconds: int) -> str:
        """Seconds as minutes with one decimal."""
        return self.plain(rounded(Decimal(seconds) / 60, 1), 1)

    def percent(self, rate: Decimal) -> str:
        """A tax rate: `14 %`, `7.5 %`."""
        exponent = rate.normalize().as_tuple().exponent
        return f"{self.plain(rate, max(0, -exponent) if isinstance(exponent, int) else 0)}\u00a0%"

    def day(self, day: date | None) -> str:
        """`31 Oct 2026`."""
        return str(format_date(day, "d MMM y", locale=self.locale)) if day else ""

    def period(self, first: date, last: date) -> str:
        """`1 – 31 Oct 2026`."""
        same = (first.year, first.month) == (last.year, last.month)
        return f"{first.day if same else self.day(first)} – {self.day(last)}"
