"""Calls as rows of a grid: ids by the filter row and the order, a page of rows at a time."""

import re
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from voipdesk.accounts import queries as accounts
from voipdesk.accounts.rules import Right, may
from voipdesk.calls import queries, rules
from voipdesk.calls.queries import CallFilter, CallRow, Condition
from voipdesk.kernel.changes import Actor
from voipdesk.kernel.problems import Refused
from voipdesk.kernel.text import tr
from voipdesk.kit.grid import Column, Filter, Kind, Look, Operator, Sort
from voipdesk.kit.grid.sources import Ids, Row
from voipdesk.store.database import Database

DISMISSED = rules.DISMISSED
_DAY = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2})(?:[ T](\d{1,2})(?::(\d{2}))?)?)?)?")
_HALF_TYPED = re.compile(r"\d{1,3}\*?")


def problem_looks() -> dict[str, Look]:
    """Problems in a few words, with the icon of what they hold up."""
    found = {}
    for code in rules.ORDER:
        is_priced = code in rules.PRICED_ANYWAY
        found[code] = Look(rules.title(code), "warning", "warning" if is_priced else "danger")
    found[DISMISSED] = Look(tr("Dismissed"), "minus", "muted")
    return found


def _margin_tone(value: Any) -> str:
    return "danger" if value is not None and value < 0 else ""


def call_columns(actor: Actor) -> list[Column]:
    """The columns of this actor: cost, margin and supplier exist only where he may see them."""
    found = [
        Column("answer", tr("Answered"), Kind.TIME, width=19),
        Column("account", tr("Account"), width=13, stretch=True),
        Column("called", tr("Called"), Kind.PREFIX, width=15),
        Column("destination", tr("Destination"), width=15),
        Column("talk_seconds", tr("Talk s"), Kind.INT, width=6),
        Column("seconds", tr("Billed s"), Kind.INT, width=7),
        Column("price", tr("Price"), Kind.PRICE, width=9),
    ]
    if may(actor, Right.SEE_COSTS) or (actor.level == "reseller" and may(actor, Right.SEE_MARGINS)):
        tip = tr("What you pay for the call")
        found.append(Column("cost", tr("Cost"), Kind.PRICE, width=9, tooltip=tip))
        found.append(Column("margin", tr("Margin"), Kind.PRICE, width=9, tone=_margin_tone))
    found.append(
        Column("prefix", tr("Prefix"), Kind.PREFIX, width=9, tooltip=tr("The prefix that set the price"))
    )
    found.append(Column("caller", tr("Caller"), Kind.PREFIX, width=14))
    if may(actor, Right.SEE_SUPPLIERS):
        found.append(Column("supplier", tr("Supplier"), width=12))
    found.append(Column("problem", tr("Problem"), Kind.STATE, width=18, looks=problem_looks()))
    return found


@dataclass(slots=True)
class CallSource:
    """The calls of a filter that an actor may see; the database is asked for ids and for pages, never for all rows."""

    db: Database
    actor: Actor
    zone: ZoneInfo
    columns: Sequence[Column]
    filter: CallFilter = field(default_factory=CallFilter)
    always: Sequence[Condition] = ()
    """Conditions that hold beside those of the filter row."""
    immediate: bool = False
    _total: int = 0
    _is_counted: bool = False
    _names: Mapping[UUID, str] | None = None
    _carriers: Mapping[UUID, str] | None = None

    def count(self) -> int:
        """Calls of the filter without what is typed into the filter row; known once `ids` was asked."""
        return self._total

    def ids(self, order: Sequence[Sort], filters: Sequence[Filter]) -> Ids:
        """Ids in the order; the newest calls first without one."""
        wanted = [(one.column, one.descending) for one in order] or [("answer", True)]
        typed = [self._condition(one) for one in filters]
        conditions = [*self.always, *(one for one in typed if one)]
        found = queries.picked_ids(self.db, self.actor, self.filter, conditions=conditions, order=wanted)
        if not filters:
            self._total, self._is_counted = len(found), True
        elif not self._is_counted:
            self._total = len(queries.picked_ids(self.db, self.actor, self.filter, conditions=self.always))
            self._is_counted = True
        return found

    def fetch(self, ids: Sequence[int]) -> list[Row]:
        """The rows of these ids; blank ones for calls that were taken back meanwhile."""
        found = {row.id: self.row(row) for row in queries.call_rows(self.db, self.actor, ids)}
        blank = (None,) * len(self.columns)
        return [found.get(key, blank) for key in ids]

    def key(self, row_id: int) -> Hashable:
        """The id of the call."""
        return row_id

    def row_id(self, key: Hashable) -> int | None:
        """The id itself."""
        return key if isinstance(key, int) else None

    def row(self, one: CallRow) -> Row:
        """A call as the grid shows it."""
        values: dict[str, Any] = {
            "answer": one.answer,
            "account": self.account_name(one),
            "caller": one.caller,
            "called": one.called,
            "prefix": one.prefix,
            "destination": one.destination,
            "talk_seconds": one.talk_seconds,
            "seconds": one.seconds,
            "price": one.price,
            "cost": one.cost,
            "margin": one.margin,
            "supplier": self.carriers.get(one.supplier_id, "") if one.supplier_id else "",
            "problem": _shown_problem(one.problem),
        }
        return tuple(values[column.id] for column in self.columns)

    def account_name(self, one: CallRow) -> str:
        """The account's name, else the text that stood in the file."""
        return self.names.get(one.account_id, "") if one.account_id else one.account_text

    @property
    def names(self) -> Mapping[UUID, str]:
        """Names of the accounts that the actor may see."""
        if self._names is None:
            self._names = {one.id: one.name for one in accounts.tree(self.db, self.actor)}
        return self._names

    @property
    def carriers(self) -> Mapping[UUID, str]:
        """Names of suppliers, for those who may see them."""
        if self._carriers is None:
            may_see = may(self.actor, Right.SEE_SUPPLIERS)
            self._carriers = (
                {one.id: one.name for one in accounts.suppliers(self.db, self.actor)} if may_see else {}
            )
        return self._carriers

    def _condition(self, wanted: Filter) -> Condition | None:
        """What was typed under a column, as the query takes it."""
        if wanted.column == "answer":
            return _of_time(wanted, self.zone)
        if wanted.column == "account":
            ids = {key for key, name in self.names.items() if wanted.fits(name)}
            is_text = wanted.operator in {Operator.CONTAINS, Operator.LIKE}
            return Condition("account", "among", ids, wanted.like if is_text else None)
        if wanted.column == "supplier":
            carriers: set[UUID | None] = {key for key, name in self.carriers.items() if wanted.fits(name)}
            return Condition("supplier", "among", carriers | ({None} if wanted.fits("") else set()))
        if wanted.column == "problem":
            return _of_problem(wanted)
        return Condition(wanted.column, str(wanted.operator), wanted.value, wanted.other)


def _shown_problem(code: str | None) -> str | None:
    """A dismissed call keeps its reason in the code; the grid shows that it was dismissed."""
    return DISMISSED if code is not None and code.startswith(DISMISSED) else code


def _of_problem(wanted: Filter) -> Condition:
    """Problems are looked for by their words, not by their codes."""
    if wanted.operator in {Operator.BLANK, Operator.NOT_BLANK}:
        return Condition("problem", str(wanted.operator))
    looks = problem_looks()
    if looks[DISMISSED].text and wanted.fits(looks[DISMISSED].text):
        return Condition("problem", "like", f"{DISMISSED}*")
    return Condition("problem", "among", [code for code, look in looks.items() if wanted.fits(look.text)])


def _of_time(wanted: Filter, zone: ZoneInfo) -> Condition | None:
    """A day, month, year or minute as typed, as instants of the zone; None while a year is half typed."""
    if wanted.operator is Operator.LIKE and _HALF_TYPED.fullmatch(str(wanted.value)):
        return None
    if wanted.operator in {Operator.BLANK, Operator.NOT_BLANK}:
        return Condition("answer", str(wanted.operator))
    start, end = _span(str(wanted.value), zone)
    last = timedelta(microseconds=1)
    if wanted.operator is Operator.BETWEEN:
        return Condition("answer", "..", start, _span(str(wanted.other), zone)[1] - last)
    compared: dict[Operator, tuple[str, datetime]] = {
        Operator.GREATER: (">=", end),
        Operator.GREATER_EQUAL: (">=", start),
        Operator.LESS: ("<", start),
        Operator.LESS_EQUAL: ("<", end),
    }
    if wanted.operator in compared:
        operator, instant = compared[wanted.operator]
        return Condition("answer", operator, instant)
    return Condition("answer", "..", start, end - last)


def _span(text: str, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The instants that a text covers: 2026, 2026-11, 2026-11-20, 2026-11-20 09 or 2026-11-20 09:15."""
    found = _DAY.fullmatch(text.strip().rstrip("*-: "))
    parts = [int(part) for part in found.groups() if part is not None] if found else []
    try:
        if not parts:
            raise ValueError(text)
        return _part_span(parts, zone)
    except (ValueError, OverflowError) as cause:
        raise Refused(
            "no_day",
            tr("{value} is not a day.").format(value=text.strip("*")),
            tr("Write it like 2026-11-20, 2026-11 or 2026-11-20 09:15."),
        ) from cause


def _part_span(parts: Sequence[int], zone: ZoneInfo) -> tuple[datetime, datetime]:
    def at(day: date, clock: time = time()) -> datetime:
        return datetime.combine(day, clock, tzinfo=zone)

    year, month, day = (*parts, 1, 1)[:3]
    if len(parts) == 1:
        return at(date(year, 1, 1)), at(date(year + 1, 1, 1))
    if len(parts) == 2:
        return at(date(year, month, 1)), at(date(year + month // 12, month % 12 + 1, 1))
    if len(parts) == 3:
        first = date(year, month, day)
        return at(first), at(first + timedelta(days=1))
    minute = parts[4] if len(parts) > 4 else 0
    start = at(date(year, month, day), time(parts[3], minute))
    return start, (start.astimezone(UTC) + timedelta(minutes=1 if len(parts) > 4 else 60))


Pick = Callable[[date], tuple[date | None, date | None]]


def periods() -> list[tuple[str, str, Pick]]:
    """What the chooser of the period offers: word, title, and first and following day, given today."""

    def month(today: date) -> tuple[date | None, date | None]:
        return today.replace(day=1), None

    def last_month(today: date) -> tuple[date | None, date | None]:
        first = today.replace(day=1)
        return (first - timedelta(days=1)).replace(day=1), first

    return [
        ("all", tr("All days"), lambda today: (None, None)),
        ("today", tr("Today"), lambda today: (today, None)),
        ("week", tr("Last 7 days"), lambda today: (today - timedelta(days=6), None)),
        ("days30", tr("Last 30 days"), lambda today: (today - timedelta(days=29), None)),
        ("month", tr("This month"), month),
        ("last_month", tr("Last month"), last_month),
    ]
