"""Calls without a time of day: a file without titles in which whole telephone numbers stand side by side with lengths."""

from voipdesk.tabular.judging import Columns, Facts

_WHOLE_NUMBER = 10
"""Digits from which the numbers of a column are whole telephone numbers."""

_MOSTLY = 0.8
_LENGTHS = 5
"""Different lengths of calls, and digits that one has at most."""


def numbers_alone(data: Columns) -> dict[str, int]:
    """The numbers of caller and called where two columns of them and one of lengths say calls; the rest must be asked."""
    facts = [data.facts(at) for at in range(data.width)]
    numbers = [at for at, one in enumerate(facts) if one.long_codes > _MOSTLY and one.length >= _WHOLE_NUMBER]
    if len(numbers) < 2 or not any(map(_are_lengths, facts)):
        return {}
    return {"caller": numbers[0], "called": numbers[1]}


def _are_lengths(facts: Facts) -> bool:
    return facts.whole > _MOSTLY and facts.length <= _LENGTHS and facts.distinct >= min(_LENGTHS, facts.count)
