"""What texts of people must look like before they are kept."""

from decimal import Decimal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from voipdesk.kernel.money import Money
from voipdesk.kernel.problems import Refused
from voipdesk.kernel.text import tr


def filled(text: str, what: str) -> str:
    """The text without spaces around and doubled ones; `Refused` when nothing is left."""
    cleaned = " ".join(text.split())
    if not cleaned:
        raise Refused("empty", tr("The {what} is empty.").format(what=what), tr("Fill it in."))
    return cleaned


def check_currency(currency: str) -> None:
    """`Refused` unless it looks like a code of ISO 4217."""
    try:
        Money(Decimal(0), currency)
    except ValueError as cause:
        raise Refused(
            "bad_currency",
            tr("{value} is not a currency code.").format(value=currency),
            tr("Use three capital letters, like USD."),
        ) from cause


def zone_name(zone: str) -> str:
    """The name of a time zone; `Refused` when the system knows none like it."""
    try:
        return ZoneInfo(zone).key
    except (ZoneInfoNotFoundError, ValueError, OSError) as cause:
        raise Refused(
            "bad_zone",
            tr("{value} is not a time zone.").format(value=zone),
            tr("Use a name like Africa/Cairo."),
        ) from cause
