"""What was decided about a staged import before it is published: kept with it, said by whom."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import date, datetime
from typing import Any

from voipdesk.kernel.problems import Refused
from voipdesk.kernel.text import tr
from voipdesk.rates.rules.changes import Scope
from voipdesk.rates.rules.conversion import Conversion, conversion_of

PAST = ("keep", "now")
"""What becomes of rates dated in the past (G6): as the sheet says, or from the moment of the decision."""

CONFLICTS = ("first", "last", "highest")
"""Which of several prices of one prefix on one date is taken (G7); '' leaves them in quarantine."""


@dataclass(frozen=True, slots=True)
class Mended:
    """Cells that somebody corrected: of one row, or of all rows of a reason (of one column and text where given)."""

    by: str
    row: int = 0
    """Of the file; 0: all that are like it."""
    cells: tuple[tuple[int, str, str], ...] = ()
    """(place of the column counted from 0, what the cell said, what it says now)"""
    code: str = ""
    fix: str = ""
    """`auto`, or the text that stands in all of them."""
    column: str = ""
    value: str | None = None


@dataclass(frozen=True, slots=True)
class Decisions:
    """Everything that a person chose; `as_data` is the form at rest. A list of changes is a new value."""

    scope: Scope = Scope.FULL
    effective: date | datetime | None = None
    """One date for all rows; a day is its midnight in the zone of the table."""
    past: str = ""
    past_at: int = 0
    """Microseconds: when it was decided that the past starts now."""
    clamp_notice: bool = False
    """Whether what is announced too late starts on the first day that the supplier's notice allows (G13)."""
    accept: Mapping[str, str] = field(default_factory=dict)
    """Pass words (`G1`, `G3:4`) and who said them."""
    conflicts: str = ""
    chosen: frozenset[str] = frozenset()
    """Picked by hand where rows contradict each other: a file row (`12`), or of it one
    prefix (`12:4478`), or one time band of that (`12:4478:night`).
    """
    groups_out: frozenset[str] = frozenset()
    """Destinations whose jumps wait in quarantine (G1)."""
    convert: Conversion | None = None
    """How a sheet in another currency is read into its table (G8); it holds from the next reading on."""
    note: str = ""
    mended: tuple[Mended, ...] = ()
    """What was corrected, in this order: done again when the file is read again."""
    by: Mapping[str, str] = field(default_factory=dict)
    """Who decided it, by the name of what was decided."""

    @property
    def takes_odd(self) -> bool:
        """Whether prices of zero and above the ceiling are taken (G5)."""
        return any(word.partition(":")[0] == "G5" for word in self.accept)

    def as_data(self) -> dict[str, Any]:
        """The form at rest, without what was left as it is."""
        usual = Decisions()
        return {
            one.name: _at_rest(getattr(self, one.name))
            for one in fields(self)
            if getattr(self, one.name) != getattr(usual, one.name)
        }


USUAL = Decisions()


def decisions_of(data: Mapping[str, Any] | None) -> Decisions:
    """The decisions at rest as a value; names that are not known any more are left alone."""
    given = dict(data or {})
    made: dict[str, Any] = {one.name: given[one.name] for one in fields(Decisions) if one.name in given}
    if "scope" in made:
        made["scope"] = Scope(made["scope"])
    if "effective" in made:
        made["effective"] = _day(made["effective"])
    for name in ("chosen", "groups_out"):
        if name in made:
            made[name] = frozenset(str(one) for one in made[name])
    if made.get("convert") is not None:
        made["convert"] = conversion_of(made["convert"])
    if "mended" in made:
        made["mended"] = tuple(_mended(one) for one in made["mended"])
    return Decisions(**made)


def changed(before: Decisions, given: Mapping[str, Any], *, by: str, at: int) -> Decisions:
    """The decisions with what is given changed; `Refused` names what cannot be decided so."""
    known = {one.name for one in fields(Decisions)} - {"past_at", "convert", "mended", "by"}
    wrong = sorted(set(given) - known)
    if wrong:
        raise _refused("unknown_decision", ", ".join(wrong), ", ".join(sorted(known)))
    made = dict(given)
    if "scope" in made:
        made["scope"] = scope_of(made["scope"])
    if "past" in made:
        made["past"] = _one_of("past", made["past"] or "", ("", *PAST))
        made["past_at"] = at
    if "conflicts" in made:
        made["conflicts"] = _one_of("conflicts", made["conflicts"] or "", ("", *CONFLICTS))
    if "accept" in made:
        words = [str(word).strip().upper() for word in made["accept"]]
        made["accept"] = {word: before.accept.get(word, by) for word in words if word}
    for name in ("chosen", "groups_out"):
        if name in made:
            made[name] = frozenset(str(one) for one in made[name])
    said = {name: by for name, value in made.items() if name in known and value != getattr(before, name)}
    return replace(before, **made, by={**before.by, **said})


def converted(before: Decisions, convert: Conversion | None, *, by: str) -> Decisions:
    """The decisions with another conversion, or none."""
    if convert == before.convert:
        return before
    return replace(before, convert=convert, by={**before.by, "convert": by})


def corrected(before: Decisions, *added: Mended) -> Decisions:
    """The decisions with more corrections."""
    return replace(before, mended=(*before.mended, *added))


def scope_of(word: str) -> Scope:
    """A scope by its word; `Refused` names the three."""
    return Scope(_one_of("scope", str(word), tuple(str(one) for one in Scope)))


def _one_of(name: str, word: str, known: tuple[str, ...]) -> str:
    if word in known:
        return word
    raise Refused(
        f"bad_{name}",
        tr("{word} is not a {name}.").format(word=word, name=name),
        tr("Use {known}.").format(known=", ".join(one for one in known if one)),
    )


def _refused(code: str, wrong: str, known: str) -> Refused:
    return Refused(
        code,
        tr("Nothing of an import is called {wrong}.").format(wrong=wrong),
        tr("Can be decided: {known}.").format(known=known),
    )


def _at_rest(value: Any) -> Any:
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Conversion):
        return value.as_data()
    if isinstance(value, tuple):
        return [asdict(one) for one in value]
    return dict(value) if isinstance(value, Mapping) else value


def _mended(data: Mapping[str, Any]) -> Mended:
    cells: Sequence[Sequence[Any]] = data.get("cells", ())
    return Mended(**{**data, "cells": tuple((int(at), str(was), str(now)) for at, was, now in cells)})


def _day(text: str | None) -> date | datetime | None:
    if text is None:
        return None
    return date.fromisoformat(text) if len(text) == len("2026-11-30") else datetime.fromisoformat(text)
