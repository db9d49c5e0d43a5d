"""Guard rails before a sheet goes live: each with a number in it, each `ok`, `ask` or `stop`."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from voipdesk.kernel.money import to_scaled
from voipdesk.kernel.text import tr, trn

OK, ASK, STOP = "ok", "ask", "stop"

RATIO_UNIT = 10_000
"""Ratios new / old are whole numbers of ten-thousandths."""

_SLIPS = (100, 60, 1000)
_SLIP_TOLERANCE = 10
"""Percent around a slip that still count as near."""

_LEAST_PAIRS = 3
"""Below so many pairs a median says nothing."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Where the guards strike; the setting `guards` of the workspace may say otherwise."""

    jump_percent: int = 50
    removed_percent: int = 20
    rows_percent: int = 30
    ceiling: int = 10 * 10**8
    """Largest price per minute taken without asking, scaled by 10^8."""
    past_days: int = 1
    ahead_days: int = 60


USUAL = Limits()


@dataclass(frozen=True, slots=True)
class Guard:
    """One guard's answer. A stop is passed by its id and its `token` (`G3:4`) only, an ask by its id."""

    id: str
    state: str
    text: str
    token: str = ""
    accepted_by: str = ""

    @property
    def pass_word(self) -> str:
        """What must be said to let it pass."""
        return f"{self.id}:{self.token}" if self.state == STOP else self.id

    def as_dict(self) -> dict[str, str]:
        """The form that is kept with the import."""
        return {
            "id": self.id,
            "state": self.state,
            "text": self.text,
            "token": self.token,
            "accepted_by": self.accepted_by,
        }


def limits_of(setting: dict[str, Any] | None) -> Limits:
    """Limits with what the setting changes; unknown names in it are left alone."""
    given = dict(setting or {})
    ceiling = given.pop("ceiling", None)
    whole = {name: int(value) for name, value in given.items() if hasattr(USUAL, name)}
    if ceiling is not None:
        whole["ceiling"] = to_scaled(Decimal(str(ceiling)))
    return replace(USUAL, **whole)


def ratio_of(new: int, old: int) -> int | None:
    """New price over old in ten-thousandths; None where there is no old price."""
    return new * RATIO_UNIT // old if old > 0 else None


def is_jump(new: int, old: int, limits: Limits) -> bool:
    """Whether a price moves by more than the limit, up or down (G1)."""
    return abs(new - old) * 100 > limits.jump_percent * old > 0


def is_odd_price(price: int, limits: Limits) -> bool:
    """Whether a price is zero, negative or above the ceiling (G5)."""
    return price <= 0 or price > limits.ceiling


def jumps(count: int, examples: Sequence[str], limits: Limits) -> Guard:
    """G1: prices that move by more than 50 %."""
    if not count:
        return Guard("G1", OK, tr("No price moves by more than {limit} %.").format(limit=limits.jump_percent))
    said = trn("{count} price moves by more than", "{count} prices move by more than", count)
    return Guard("G1", ASK, f"{said} {limits.jump_percent} % ({', '.join(examples)}).", str(count))


def unit_slip(ratios: Iterable[int]) -> Guard:
    """G2: a median ratio near 100, 60, 1000 or their inverses is a slip of the unit."""
    ordered = sorted(ratios)
    if len(ordered) >= _LEAST_PAIRS:
        median = ordered[len(ordered) // 2]
        for slip in _SLIPS:
            for target, name in ((slip * RATIO_UNIT, f"{slip}"), (RATIO_UNIT // slip, f"1/{slip}")):
                if abs(median - target) * 100 <= _SLIP_TOLERANCE * target:
                    text = tr("The new prices are {ratio} times the old ones: another unit (cents, seconds)?")
                    return Guard("G2", STOP, text.format(ratio=name), name)
    return Guard("G2", OK, tr("The unit fits the prices so far."))


def removals(closed: int, live: int, limits: Limits) -> Guard:
    """G3: a sheet that would close more than 20 % of what is live."""
    if closed * 100 > limits.removed_percent * live:
        text = tr("{closed} of {live} prefixes are missing from the sheet and would be closed.")
        return Guard("G3", STOP, text.format(closed=closed, live=live), str(closed))
    return Guard(
        "G3", OK, tr("{closed} of {live} prefixes would be closed.").format(closed=closed, live=live)
    )


def row_count(rows: int, before: int | None, limits: Limits) -> Guard:
    """G4: a sheet much longer or shorter than the last one of this layout."""
    if before and abs(rows - before) * 100 > limits.rows_percent * before:
        text = tr("The file has {rows} rows, the last one like it had {before}: the right sheet, and whole?")
        return Guard("G4", ASK, text.format(rows=rows, before=before), str(rows))
    return Guard("G4", OK, tr("The length is as usual."))


def odd_prices(count: int, is_accepted: bool) -> Guard:
    """G5: prices of zero, below, or above the ceiling; they wait in quarantine unless taken deliberately."""
    if not count:
        return Guard("G5", OK, tr("No price is zero or above the ceiling."))
    said = trn(
        "{count} price is zero or above the ceiling", "{count} prices are zero or above the ceiling", count
    )
    what = tr("taken") if is_accepted else tr("in quarantine")
    return Guard("G5", ASK if is_accepted else OK, f"{said}: {what}.", str(count))


def dates(past: int, ahead: int, limits: Limits) -> Guard:
    """G6: changes of a rate in force that lie in the past, or anything far ahead."""
    if not past and not ahead:
        return Guard("G6", OK, tr("The dates are near."))
    text = tr(
        "{past} changes are dated more than {days} day in the past, {ahead} more than {far} days ahead."
    )
    said = text.format(past=past, days=limits.past_days, ahead=ahead, far=limits.ahead_days)
    return Guard("G6", ASK, said, str(past + ahead))


def conflicts(count: int) -> Guard:
    """G7: rows that give one prefix two prices on one date; they wait in quarantine."""
    text = tr("{count} prefixes have two prices on one date: in quarantine.").format(count=count)
    return Guard("G7", OK, text if count else tr("No prefix has two prices on one date."), str(count or ""))


def currency(of_file: str, of_table: str) -> Guard:
    """G8: a sheet in another currency than its table."""
    if of_file and of_file != of_table:
        text = tr("The sheet is in {file}, the table in {table}.").format(file=of_file, table=of_table)
        return Guard("G8", STOP, text, of_file)
    return Guard("G8", OK, tr("The currency fits the table."))


def unusable(count: int) -> Guard:
    """G9: prefixes that are none; they wait in quarantine."""
    text = tr("{count} rows could not be read: in quarantine.").format(count=count)
    return Guard("G9", OK, text if count else tr("Every prefix can be read."), str(count or ""))


def same_file(before: tuple[datetime, str] | None) -> Guard:
    """G12: the same bytes have been imported into the table before."""
    if before is None:
        return Guard("G12", OK, tr("This file is new here."))
    text = tr("The same file was imported on {day} by {name}.")
    return Guard("G12", ASK, text.format(day=before[0].date().isoformat(), name=before[1]))


def judged(guards: Iterable[Guard], accept: Iterable[str], *, by: str, may_override: bool) -> list[Guard]:
    """The guards with who let them pass; a stop passes only by its full word and with the right to override."""
    words = {word.strip().upper() for word in accept}
    ids = {word.partition(":")[0] for word in words}
    return [
        replace(guard, accepted_by=by) if _passes(guard, words, ids, may_override) else guard
        for guard in guards
    ]


def _passes(guard: Guard, words: set[str], ids: set[str], may_override: bool) -> bool:
    if guard.state == ASK:
        return guard.id in ids
    return guard.state == STOP and may_override and guard.pass_word.upper() in words


def standing(guards: Iterable[Guard]) -> list[Guard]:
    """Those that still hold the import up."""
    return [guard for guard in guards if guard.state != OK and not guard.accepted_by]
