"""Dial prefixes and telephone numbers: text, never integers, because leading zeros count (product.md, Rating 1)."""

import re
from dataclasses import dataclass

MAX_PREFIX = 15
MIN_NUMBER = 3
MAX_NUMBER = 18

_SEPARATORS = re.compile(r"[\s().\-/\u00a0\u2010-\u2015]+")
_DIGITS = re.compile(r"[0-9]+")


@dataclass(frozen=True, slots=True, order=True)
class Prefix:
    """A dial prefix: 1 to 15 ASCII digits, leading zeros kept. Orders as text, so children follow their parent."""

    digits: str

    def __post_init__(self) -> None:
        if not _DIGITS.fullmatch(self.digits) or len(self.digits) > MAX_PREFIX:
            raise ValueError(f"{self.digits!r} is not a prefix of 1 to {MAX_PREFIX} digits")

    def covers(self, number: str) -> bool:
        """Whether a number (or longer prefix) starts with this prefix."""
        return number.startswith(self.digits)

    def __str__(self) -> str:
        return self.digits


@dataclass(frozen=True, slots=True)
class NumberRules:
    """How a profile turns what was dialled into E.164 digits."""

    tech_prefix: str = ""
    """Stripped first when present, e.g. `9#`."""
    international: tuple[str, ...] = ("00", "011")
    """Escape codes that announce an international number."""
    country: str = ""
    """Country code given to national numbers; empty: numbers are international already."""
    trunk: str = "0"
    """National trunk digit dropped before the country code is put in front."""


def normalised(dialled: str, rules: NumberRules = NumberRules()) -> str | None:
    """The E.164 digits (3 to 18) of what was dialled, or None: problem `unreadable_number`."""
    text = dialled.strip()
    if rules.tech_prefix and text.startswith(rules.tech_prefix):
        text = text[len(rules.tech_prefix) :]
    text = _SEPARATORS.sub("", text)
    digits = _international(text, rules)
    if digits is None or not _DIGITS.fullmatch(digits):
        return None
    return digits if MIN_NUMBER <= len(digits) <= MAX_NUMBER else None


def _international(text: str, rules: NumberRules) -> str | None:
    """Digits with country code; escape codes taken off, national numbers completed."""
    if text.startswith("+"):
        return text[1:]
    for escape in rules.international:
        if text.startswith(escape) and len(text) > len(escape):
            return text[len(escape) :]
    if not rules.country:
        return text
    national = text[len(rules.trunk) :] if rules.trunk and text.startswith(rules.trunk) else text
    return rules.country + national
