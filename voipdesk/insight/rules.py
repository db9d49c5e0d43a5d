"""Definitions of the figures (ux.md 5.1), each said once: calls are accepted, de-duplicated ones of known accounts."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from voipdesk.kernel.money import rounded


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: fixed English word, title, value ready to show, the value itself, tone by meaning, what it means."""

    name: str
    title: str
    text: str
    value: Decimal | int | None
    tone: str = ""
    meaning: str = ""


def percent(part: Decimal | int, whole: Decimal | int) -> Decimal | None:
    """Part of whole in per cent, to one decimal, half up; None where there is no whole."""
    if not whole:
        return None
    return rounded(Fraction(part) * 100 / Fraction(whole), 1)


def asr_tone(share: Decimal | None) -> str:
    """Answered over attempts: below 10 % danger, below 20 % warning."""
    if share is None:
        return ""
    return "danger" if share < 10 else "warning" if share < 20 else ""


def acd_tone(seconds: int | None) -> str:
    """Talk seconds over answered calls: below two minutes danger, below three warning."""
    if seconds is None:
        return ""
    return "danger" if seconds < 120 else "warning" if seconds < 180 else ""


def margin_tone(margin: Decimal | None, share: Decimal | None) -> str:
    """Losing money is danger, keeping less than 5 % warning."""
    if margin is None:
        return ""
    if margin < 0:
        return "danger"
    return "warning" if share is not None and share < 5 else ""


def duration(seconds: int) -> str:
    """Minutes and seconds, as `2:41`."""
    return f"{seconds // 60}:{seconds % 60:02d}"


def total_of(values: Sequence[Decimal | None]) -> Decimal:
    """The sum of the known ones."""
    return sum((value for value in values if value is not None), Decimal(0))
