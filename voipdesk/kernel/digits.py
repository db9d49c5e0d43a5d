"""What counts as a digit: `str.isdigit` is true of ² and `str.isdecimal` of ٣, so a text is asked here instead."""

import re

MOST_DIGITS = 18
"""Digits of a whole number that are read: what fits in 64 bits."""

_ANY = re.compile(r"\d")


def is_digits(text: str) -> bool:
    """Whether a text is digits from 0 to 9 and nothing else, at least one."""
    return text.isascii() and text.isdigit()


def whole_number(text: str) -> int | None:
    """The whole number that 1 to 18 digits from 0 to 9 write; None of anything else."""
    return int(text) if len(text) <= MOST_DIGITS and text.isascii() and text.isdigit() else None


def has_digit(text: str) -> bool:
    """Whether a decimal digit of any script stands in a text."""
    return _ANY.search(text) is not None
