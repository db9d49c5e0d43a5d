"""The fourteen guard rails of a review, each with what it speaks of and who decided about it."""

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from sqlalchemy import Connection, func, select

from voipdesk.kernel.ledger import ledger_of
from voipdesk.kernel.periods import from_micros
from voipdesk.kernel.text import tr, trn
from voipdesk.rates.files_mending import MENDABLE
from voipdesk.rates.queries.imports import ImportRecord, imports_on
from voipdesk.rates.rules import guards
from voipdesk.rates.rules.guards import Guard
from voipdesk.rates.rules.surroundings import Consequences
from voipdesk.rates.schema import quarantine

if TYPE_CHECKING:
    from datetime import datetime

    from voipdesk.rates.engine_publish import Findings
    from voipdesk.rates.queries.reviewing import Review
    from voipdesk.rating.engine import Ints

REJECT_TITLES = ("Row", "Reason")
"""The last two columns of exported rejects; nobody reads them when the file comes back."""

_EXAMPLES = 5
LINES = 200
"""Destinations and prefixes that a guard names; it counts all of them."""


def guards_of(conn: Connection, made: "Review", seen: "Findings", now: "datetime") -> list[Guard]:
    """All fourteen, in order, before anybody let one pass."""
    return _Guarding(conn, made, seen, now).all()


def days_until(made: "Review", now: "datetime", starts: "Ints") -> int | None:
    """Days from today to the first of some instants, in the zone of the table; None without any."""
    if not len(starts):
        return None
    zone = made.staged.table.zone
    first = from_micros(int(starts.min())).astimezone(zone).date()
    return (first - now.astimezone(zone).date()).days


@dataclass(slots=True)
class _Guarding:
    """The guards of one review at work."""

    conn: Connection
    made: "Review"
    seen: "Findings"
    now: "datetime"

    def all(self) -> list[Guard]:
        made, seen = self.made, self.seen
        columns, limits, layout = made.columns, made.limits, made.staged.layout
        before = [
            one
            for one in imports_on(self.conn, made.staged.table.id)
            if one.state == "published" and one.id != made.staged.id
        ]
        same = next(
            (one for one in before if made.staged.is_sheet and one.file_sha256 == made.staged.file_sha256),
            None,
        )
        alike = self._alike(before)
        rows = ledger_of(made.ledger).data_rows
        return [
            self._jumps(),
            guards.unit_slip(seen.median, layout.scale if layout else Decimal(1)),
            self._removals(),
            guards.row_count(
                rows, ledger_of(alike.ledger).data_rows if alike else None, limits, str(alike.id) if alike else ""
            ),
            self._odd(),
            guards.dates(
                int(seen.past.sum()), int(seen.ahead.sum()), limits,
                moved=made.found.moved, by=self._by("past"), rows=columns.at(seen.past | seen.ahead),
            ),
            self._conflicts(),
            self._currency(),
            *self._unread(),
            self._traps(made.consequences),
            guards.same_file((same.at, same.actor_name) if same else None, str(same.id) if same else ""),
            self._notice(),
            self._orphans(made.consequences),
        ]  # fmt: skip

    def _by(self, *names: str) -> str:
        """Who decided one of these, where it is decided otherwise than usual."""
        chosen = self.made.staged.decisions
        return next((chosen.by[name] for name in names if getattr(chosen, name) and name in chosen.by), "")

    def _alike(self, before: list[ImportRecord]) -> ImportRecord | None:
        """The last import that was read by the same profile."""
        kept = self.made.staged
        if kept.layout and tuple(kept.layout.titles[-2:]) == REJECT_TITLES:
            return None  # Our own rejects come back: a part of a sheet by its nature.
        return next((one for one in before if kept.profile_id and one.profile_id == kept.profile_id), None)

    def _jumps(self) -> Guard:
        columns, found = self.made.columns, self.made.found
        rows = columns.at(self.seen.jump)
        return guards.jumps(
            len(rows), columns.examples(rows, _EXAMPLES), self.made.limits, rows=rows,
            out=len(found.held.get("jump", ())), by=self._by("groups_out"),
        )  # fmt: skip

    def _removals(self) -> Guard:
        columns = self.made.columns
        rows = columns.missing_rows()
        said = []
        for name, count, used in columns.destinations_of(rows, LINES):
            prefixes = trn("{count} prefix", "{count} prefixes", count)
            minutes = "" if used is None else ", " + tr("{minutes} minutes").format(minutes=f"{used // 60:,}")
            said.append(f"{name or '–'}: {prefixes}{minutes}")
        return guards.removals(
            len(rows), self.made.standing, self.made.limits,
            seconds=columns.seconds_of(rows), lines=said, rows=rows,
        )  # fmt: skip

    def _odd(self) -> Guard:
        is_taken = self.made.staged.decisions.takes_odd
        count = int(self.seen.odd.sum()) if is_taken else len(self.made.found.held.get("odd_price", ()))
        return guards.odd_prices(count, is_taken, rows=self.made.columns.at(self.seen.odd))

    def _conflicts(self) -> Guard:
        found = self.made.found
        return guards.conflicts(
            found.contradicting, found.settled, self.made.ledger["duplicates"],
            rule=self.made.staged.decisions.conflicts, by=self._by("chosen", "conflicts"),
        )  # fmt: skip

    def _currency(self) -> Guard:
        kept = self.made.staged
        of_sheet = kept.layout.currency if kept.layout else ""
        return guards.currency(of_sheet, kept.table.currency, kept.decisions.convert, self._by("convert"))

    def _unread(self) -> list[Guard]:
        """G9 and G10, out of the quarantine."""
        rows = self.conn.execute(
            select(quarantine.c.code, func.count(), func.min(quarantine.c.message))
            .where(quarantine.c.import_id == self.made.staged.id)
            .group_by(quarantine.c.code)
        ).all()
        by_code = {row[0]: int(row[1]) for row in rows}
        reasons = {row[2]: int(row[1]) for row in sorted(rows, key=lambda row: -int(row[1]))}
        waiting = self.made.ledger["quarantined"]
        return [
            guards.unusable(waiting, reasons if waiting else None),
            guards.intervals(sum(by_code.get(code, 0) for code in MENDABLE)),
        ]

    def _traps(self, told: Consequences | None) -> Guard:
        traps = told.traps if told else ()
        lines = [
            tr("{prefix} {destination}: {plan} sells at {sell}, costs {cost}").format(
                prefix=one.prefix,
                destination=one.destination,
                plan=one.account or one.plan,
                sell=one.sell,
                cost=one.cost,
            )
            for one in traps[:LINES]
        ]
        return guards.traps(len({one.prefix for one in traps}), lines)

    def _notice(self) -> Guard:
        made = self.made
        rows = made.columns.short_rows()
        return guards.notice(
            made.short_notice, days_until(made, self.now, made.columns.effective_from[rows]),
            is_clamped=made.staged.decisions.clamp_notice, rows=rows, by=self._by("clamp_notice"),
        )  # fmt: skip

    def _orphans(self, told: Consequences | None) -> Guard:
        orphans = told.orphans if told else ()
        lines = [
            tr("{prefix} {destination}: {plans}").format(
                prefix=one.prefix, destination=one.destination, plans=", ".join(one.plans)
            )
            for one in orphans[:LINES]
        ]
        return guards.orphans(len(orphans), lines)
