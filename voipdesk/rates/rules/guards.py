"""Guard rails before a sheet goes live: each with a number in it, each `ok`, `ask` or `stop`."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from voipdesk.kernel.money import from_scaled, price_text, rounded, to_scaled
from voipdesk.kernel.scales import Scale, scale_text
from voipdesk.kernel.text import tr, trn
from voipdesk.rates.rules.conversion import Conversion

OK, ASK, STOP = "ok", "ask", "stop"

RATIO_UNIT = 10_000
"""Ratios new / old are whole numbers of ten-thousandths."""

_SLIP_TOLERANCE = 10
"""Percent around a slip that still count as near."""

LEAST_PAIRS = 3
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

MOST = {
    "jump_percent": 10_000, "removed_percent": 100, "rows_percent": 10_000, "past_days": 3_650, "ahead_days": 3_650,
}  # fmt: skip
"""The greatest value of each limit that is a whole number; the least is 0."""


@dataclass(frozen=True, slots=True)
class Guard:
    """One guard's answer. A stop is passed by its id and its `token` (`G3:4`) only, an ask by its id."""

    id: str
    state: str
    text: str
    token: str = ""
    accepted_by: str = ""
    """Who let it pass, or decided what settled it."""
    rows: Any = field(default=(), compare=False)
    """Positions in the columns of the review that it speaks of, where it speaks of rates."""
    fix: Mapping[str, str] = field(default_factory=dict)
    """What would settle it, each with the answer it gives: answers for `restage` (`scale`) or decisions."""
    lines: tuple[str, ...] = ()
    """More of it, a line each: the destinations that close, the plans that sell on."""
    link: str = ""
    """The import it compares with: of the same bytes (G12), or the last one like it (G4)."""

    @property
    def pass_word(self) -> str:
        """What must be said to let it pass."""
        return f"{self.id}:{self.token}" if self.state == STOP else self.id

    def as_dict(self) -> dict[str, Any]:
        """The form that is kept with the import."""
        made: dict[str, Any] = {
            "id": self.id,
            "state": self.state,
            "text": self.text,
            "token": self.token,
            "accepted_by": self.accepted_by,
        }
        if self.lines:
            made["lines"] = list(self.lines)
        if self.fix:
            made["fix"] = dict(self.fix)
        return made


def limits_of(setting: dict[str, Any] | None) -> Limits:
    """Limits with what the setting changes; unknown names in it are left alone."""
    given = dict(setting or {})
    ceiling = given.pop("ceiling", None)
    whole = {name: int(value) for name, value in given.items() if hasattr(USUAL, name)}
    if ceiling is not None:
        whole["ceiling"] = to_scaled(Decimal(str(ceiling)))
    return replace(USUAL, **whole)


def setting_of(limits: Limits) -> dict[str, Any]:
    """The limits in the form of the setting."""
    made: dict[str, Any] = {one.name: getattr(limits, one.name) for one in fields(limits)}
    made["ceiling"] = price_text(from_scaled(limits.ceiling), 2)
    return made


def ratio_of(new: int, old: int) -> int | None:
    """New price over old in ten-thousandths; None where there is no old price."""
    return new * RATIO_UNIT // old if old > 0 else None


def is_jump(new: int, old: int, limits: Limits) -> bool:
    """Whether a price moves by more than the limit, up or down (G1)."""
    return abs(new - old) * 100 > limits.jump_percent * old > 0


def is_odd_price(price: int, limits: Limits) -> bool:
    """Whether a price is zero, negative or above the ceiling (G5)."""
    return price <= 0 or price > limits.ceiling


def jumps(
    count: int, examples: Sequence[str], limits: Limits, *, rows: Any = (), out: int = 0, by: str = ""
) -> Guard:
    """G1: prices that move by more than 50 %. `out`: rows of destinations that were sent to quarantine, by whom."""
    left = trn("{count} row was sent to quarantine.", "{count} rows were sent to quarantine.", out)
    if not count and out:
        return Guard("G1", OK, left, str(out), by)
    if not count:
        return Guard("G1", OK, tr("No price moves by more than {limit} %.").format(limit=limits.jump_percent))
    said = trn("{count} price moves by more than", "{count} prices move by more than", count)
    text = f"{said} {limits.jump_percent} % ({', '.join(examples)})."
    return Guard("G1", ASK, f"{text} {left}" if out else text, str(count), rows=rows)


def unit_slip(median: int | None, scale: Scale = Decimal(1)) -> Guard:
    """G2: a median ratio new / old near 100, 60, 1000 or their inverses is a slip of the unit.

    `scale` is what prices of the file are multiplied with as it was read; the fix is what it should be instead.
    """
    if median is None:
        return Guard("G2", OK, tr("The unit fits the prices so far."))
    for slip, below, above in _slips():
        for target, name, words, right in (
            (slip * RATIO_UNIT, f"{slip}", above, Fraction(scale) / slip),
            (RATIO_UNIT // slip, f"1/{slip}", below, Fraction(scale) * slip),
        ):
            if abs(median - target) * 100 <= _SLIP_TOLERANCE * target:
                text = tr("The new prices are {ratio} times the old ones: looks like {words}.")
                fix = {"scale": scale_text(right)}
                return Guard("G2", STOP, text.format(ratio=name, words=words), name, fix=fix)
    return Guard("G2", OK, tr("The unit fits the prices so far."))


def median_of(ratios: Sequence[int]) -> int | None:
    """The median of ratios; None where they are too few to say anything."""
    return sorted(ratios)[len(ratios) // 2] if len(ratios) >= LEAST_PAIRS else None


def _slips() -> list[tuple[int, str, str]]:
    """(factor, what smaller prices look like, what larger ones look like)"""
    return [
        (100, tr("units instead of cents"), tr("cents instead of units")),
        (60, tr("prices per second"), tr("prices per hour, or per minute where seconds were read")),
        (1000, tr("units instead of thousandths"), tr("thousandths instead of units")),
    ]


def removals(
    closed: int, live: int, limits: Limits, *, seconds: int | None = None, lines: Sequence[str] = (), rows: Any = ()
) -> Guard:  # fmt: skip
    """G3: a sheet that would close more than 20 % of what is live; `seconds`: what was called there in 30 days."""
    if closed * 100 <= limits.removed_percent * live:
        said = tr("{closed} of {live} prefixes would be closed.").format(
            closed=f"{closed:,}", live=f"{live:,}"
        )
        return Guard("G3", OK, said, rows=rows, lines=tuple(lines))
    text = tr(
        "{closed} of {live} prefixes ({share} %) are missing from the sheet and would be closed."
    ).format(closed=f"{closed:,}", live=f"{live:,}", share=rounded(Fraction(closed * 100, live), 1))
    if seconds:
        text += " " + tr("They had {minutes} minutes in the last 30 days.").format(
            minutes=f"{seconds // 60:,}"
        )
    return Guard("G3", STOP, text, str(closed), rows=rows, lines=tuple(lines), fix={"scope": "partial"})


def row_count(rows: int, before: int | None, limits: Limits, link: str = "") -> Guard:
    """G4: a sheet much longer or shorter than the last one of this layout (`link`: that import)."""
    if before and abs(rows - before) * 100 > limits.rows_percent * before:
        text = tr(
            "The file has {rows} rows of rates, the last one like it had {before}: the right sheet, and whole?"
        )
        return Guard("G4", ASK, text.format(rows=f"{rows:,}", before=f"{before:,}"), str(rows), link=link)
    return Guard("G4", OK, tr("The length is as usual."))


def odd_prices(count: int, is_accepted: bool, *, rows: Any = ()) -> Guard:
    """G5: prices of zero, below, or above the ceiling; they wait in quarantine unless taken deliberately."""
    if not count:
        return Guard("G5", OK, tr("No price is zero or above the ceiling."))
    said = trn(
        "{count} price is zero or above the ceiling", "{count} prices are zero or above the ceiling", count
    )
    what = tr("taken") if is_accepted else tr("in quarantine")
    return Guard("G5", ASK if is_accepted else OK, f"{said}: {what}.", str(count), rows=rows)


def dates(past: int, ahead: int, limits: Limits, *, moved: int = 0, by: str = "", rows: Any = ()) -> Guard:
    """G6: changes of a rate in force that lie in the past, or anything far ahead.

    `by` chose what becomes of the past: kept as it is, or (`moved` rates) begun now.
    """
    begun = trn(
        "{count} rate dated in the past starts now.", "{count} rates dated in the past start now.", moved
    )
    if not past and not ahead:
        if moved:
            return Guard("G6", OK, begun, str(moved), by, fix={"past": ""})
        return Guard("G6", OK, tr("The dates are near."))
    parts = []
    for count, days, one, many in (
        (
            past,
            limits.past_days,
            tr("{count} change is dated more than {days} in the past"),
            tr("{count} changes are dated more than {days} in the past"),
        ),
        (
            ahead,
            limits.ahead_days,
            tr("{count} change is dated more than {days} ahead"),
            tr("{count} changes are dated more than {days} ahead"),
        ),
    ):
        far = trn("{count} day", "{count} days", days)
        parts += [(one if count == 1 else many).format(count=f"{count:,}", days=far)] if count else []
    said = ", ".join(parts) + "."
    fix = {"past": "now", "effective": "one"} if past else {"effective": "one"}
    if moved:
        said, fix = f"{said} {begun}", {"past": "", "effective": "one"}
    return Guard("G6", ASK, said, str(past + ahead), by if past and not ahead else "", rows=rows, fix=fix)


def conflicts(count: int, settled: int = 0, repeated: int = 0, *, rule: str = "", by: str = "") -> Guard:
    """G7: rows that give one prefix two prices on one date; they wait in quarantine until somebody chooses (`by`).

    `repeated`: rows of the file that only say again what others say. `rule`: which price is taken, for all.
    """
    parts, fix = [], {"conflicts": rule}
    if count:
        text = trn(
            "{count} prefix has two prices on one date: in quarantine.",
            "{count} prefixes have two prices on one date: in quarantine.",
            count,
        )
        parts.append(text)
    if settled:
        text = trn(
            "{count} prefix had two prices on one date, one of them was chosen.",
            "{count} prefixes had two prices on one date, one of each was chosen.",
            settled,
        )
        parts.append(text)
    if repeated and not settled:
        text = trn(
            "{count} row says again what another one says.",
            "{count} rows say again what others say.",
            repeated,
        )
        parts.append(text)
    if count or settled:
        return Guard("G7", OK, " ".join(parts), str(count or settled), by if settled else "", fix=fix)
    return Guard("G7", OK, " ".join(parts) or tr("No prefix has two prices on one date."))


def currency(of_file: str, of_table: str, conversion: Conversion | None = None, by: str = "") -> Guard:
    """G8: a sheet in another currency than its table; converted, where somebody gave a rate for it."""
    if conversion is not None and conversion.holds(of_file, of_table):
        text = tr("Converted from {file} to {table}: 1 {file} is {rate} {table} on {day}.").format(
            file=of_file, table=of_table, rate=f"{conversion.rate:f}", day=conversion.day.isoformat()
        )
        return Guard("G8", OK, text, of_file, by, fix={"convert": f"{conversion.rate:f}", "convert_off": ""})
    if of_file and of_file != of_table:
        text = tr("The sheet is in {file}, the table in {table}.").format(file=of_file, table=of_table)
        return Guard("G8", STOP, text, of_file, fix={"convert": "", "table": ""})
    return Guard("G8", OK, tr("The currency fits the table."))


def unusable(count: int, reasons: Mapping[str, int] | None = None) -> Guard:
    """G9: rows that are none of a rate; they wait in quarantine. `reasons`: sentences and how often."""
    if not count:
        return Guard("G9", OK, tr("Every row can be read."))
    text = trn("{count} row is in quarantine.", "{count} rows are in quarantine.", count)
    lines = tuple(f"{number:,} × {reason}" for reason, number in (reasons or {}).items())
    return Guard("G9", OK, text, str(count), lines=lines)


def intervals(count: int) -> Guard:
    """G10: an interval of zero, or a date in the column of intervals; they wait in quarantine, with a fix."""
    if not count:
        return Guard("G10", OK, tr("Every interval can be read."))
    text = trn(
        "{count} interval is zero or a date: in quarantine.",
        "{count} intervals are zero or dates: in quarantine.",
        count,
    )
    return Guard("G10", OK, text, str(count), fix={"mend": "auto"})


def traps(count: int, lines: Sequence[str]) -> Guard:
    """G11: new longer prefixes under a shorter sell prefix, sold below cost."""
    if not count:
        return Guard("G11", OK, tr("No new longer prefix is sold below cost."))
    text = trn(
        "{count} new longer prefix would be sold below cost.",
        "{count} new longer prefixes would be sold below cost.",
        count,
    )
    return Guard("G11", ASK, text, str(count), lines=tuple(lines))


def same_file(before: tuple[datetime, str] | None, link: str = "") -> Guard:
    """G12: the same bytes have been imported into the table before."""
    if before is None:
        return Guard("G12", OK, tr("This file is new here."))
    text = tr("The same file was imported on {day} by {name}.")
    return Guard("G12", ASK, text.format(day=before[0].date().isoformat(), name=before[1]), link=link)


def notice(count: int, least: int | None, *, is_clamped: bool, rows: Any = (), by: str = "") -> Guard:
    """G13: changes announced later than agreed with the supplier; `least`: the shortest notice in days; `by` moved them."""
    if not count:
        return Guard("G13", OK, tr("Every change is announced in time."))
    if is_clamped:
        text = trn(
            "{count} change was announced too late and starts on the first day agreed.",
            "{count} changes were announced too late and start on the first day agreed.",
            count,
        )
        return Guard("G13", OK, text, str(count), by, rows=rows, fix={"clamp_notice": ""})
    text = trn(
        "{count} change is announced later than agreed with the supplier",
        "{count} changes are announced later than agreed with the supplier",
        count,
    )
    shortest = max(least or 0, 0)
    days = trn("the shortest notice is {count} day", "the shortest notice is {count} days", shortest)
    return Guard("G13", ASK, f"{text}; {days}.", str(count), rows=rows, fix={"clamp_notice": "yes"})


def orphans(count: int, lines: Sequence[str]) -> Guard:
    """G14: sell prefixes that lose every supplier."""
    if not count:
        return Guard("G14", OK, tr("Everything that is sold can still be bought."))
    text = trn(
        "{count} prefix that is sold has no supplier left.",
        "{count} prefixes that are sold have no supplier left.",
        count,
    )
    return Guard("G14", ASK, text, str(count), lines=tuple(lines))


def judged(guards: Iterable[Guard], accept: Mapping[str, str]) -> list[Guard]:
    """The guards with who let them pass: an ask by its id, a stop by its full word only. `accept`: words and by whom.

    Whoever types how many prefixes close (G3) has said so of those without another supplier too (G14).
    """
    words = {word.strip().upper(): by for word, by in accept.items()}
    found = [replace(guard, accepted_by=guard.accepted_by or _passed_by(guard, words)) for guard in guards]
    closed_by = next((one.accepted_by for one in found if one.id == "G3" and one.state == STOP), "")
    return [
        replace(one, accepted_by=closed_by)
        if one.id == "G14" and one.state == ASK and not one.accepted_by
        else one
        for one in found
    ]


def _passed_by(guard: Guard, words: Mapping[str, str]) -> str:
    if guard.state == STOP:
        return words.get(guard.pass_word.upper(), "")
    if guard.state == ASK:
        return next((by for word, by in words.items() if word.partition(":")[0] == guard.id), "")
    return ""


def is_stop_word(word: str) -> bool:
    """Whether a pass word lets a stop pass, which needs the right to override guards."""
    return ":" in word


def standing(guards: Iterable[Guard]) -> list[Guard]:
    """Those that still hold the import up."""
    return [guard for guard in guards if guard.state != OK and not guard.accepted_by]
