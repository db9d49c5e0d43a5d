"""How the calls of a document are listed: numbers masked, durations as people read them."""

MASKED_DIGITS = 3
"""Hidden at the end of called numbers, as privacy rules ask for (Austria, Germany, Finland)."""

SHORTEST_MASKED = 7
"""Short codes and emergency numbers are printed in full."""


def masked(number: str, hidden: int = MASKED_DIGITS) -> str:
    """The number with its last digits as `x`; short codes stay."""
    if hidden <= 0 or len(number) < SHORTEST_MASKED:
        return number
    return number[:-hidden] + "x" * hidden


def duration_text(seconds: int) -> str:
    """`1:02:03`, `0:00:07`: always with hours, so that durations stand under each other."""
    hours, rest = divmod(seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    return f"{hours}:{minutes:02d}:{seconds:02d}"
