"""A staged sheet against the live table, as whole columns: what each rate is, what closes. By test equal to the rules."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from voipdesk.rates import engine_conflicts
from voipdesk.rates.engine import NEVER, RateColumns
from voipdesk.rates.engine_conflicts import Contradiction
from voipdesk.rates.engine_sheet_columns import TERMS, SheetColumns
from voipdesk.rates.rules import Kind, Scope, country_of
from voipdesk.rates.rules.changes import NOTICES
from voipdesk.rates.rules.guards import USUAL, Limits
from voipdesk.rating.engine import Bools, Ints, number_keys

KINDS = tuple(Kind)
"""Kinds by their number in columns."""

NEW, UP, DOWN, SAME, CHANGED, REMOVED, BLOCKED = range(len(KINDS))
NOTHING = int(np.iinfo(np.int64).min)
"""Stands where there is no price and no change."""

_OPEN, _BLOCKED, _CLOSED = 0, 1, 2
_DAY = 86_400_000_000
_MOST_PASSES = 4


@dataclass(frozen=True, slots=True)
class Question:
    """How a sheet is to be compared. Instants are microseconds UTC."""

    now: int
    usual: int
    """Where rates start whose row names no date."""
    scope: Scope = Scope.PARTIAL
    limits: Limits = USUAL
    effective: int | None = None
    """One instant for all rates."""
    past_to: int | None = None
    """Where rates begin instead that are dated in the past (G6); None: as they say."""
    conflicts: str = ""
    chosen: frozenset[str] = frozenset()
    """File rows picked by hand among those that contradict each other: `12`, `12:4478`, `12:4478:night`."""
    takes_odd: bool = True
    groups_out: frozenset[str] = frozenset()
    earliest: Mapping[str, int] = field(default_factory=dict)
    """By kind of change (increase, decrease, new, closed, blocked): the first instant that the notice allows (G13)."""
    clamps: bool = False
    is_of_sheet: bool = False
    """A sheet tells how things stand: its past rows speak for now, whatever began since (`rules.stands_from`)."""


@dataclass(slots=True)
class Compared:
    """What a sheet would do. Arrays are of the taken rates, in order of (prefix, band, start), unless said."""

    live: RateColumns
    rates: RateColumns
    """The rates taken, with the start they would have."""
    source_row: Ints
    place: Ints
    """Position in the sheet's columns."""
    kind: NDArray[np.int8]
    old_state: NDArray[np.int8]
    """Of the rate in force where each starts; -1 without one."""
    old_price: Ints
    """`NOTHING` where no open rate is in force."""
    closed: Ints
    """Positions in `live` of the rows that are closed because the sheet does not name them."""
    closed_at: Ints
    missing: Ints
    """The first of these for each prefix and band."""
    missing_at: Ints
    standing: int
    """Prefixes (by band) in force when missing ones close."""
    held: dict[str, Ints]
    """Positions in the sheet's columns of rates that are not taken, by the code of the reason."""
    repeated: Ints
    """Positions of rates that say again what an earlier one says, or gave way to the one chosen."""
    notice: NDArray[np.int8]
    """Position in `NOTICES`: which agreement each change falls under."""
    moved: int
    """Rates dated in the past that begin elsewhere (G6)."""
    settled: int
    """Contradictions that a rule or a person has settled (G7)."""
    contradicting: int
    """Those that wait."""
    short: Bools
    """Taken rates that are announced later than agreed, before any clamping (G13)."""
    close_at: int
    """When missing prefixes close."""
    closes_short: bool
    """Whether the closings are announced later than agreed."""

    @property
    def counts(self) -> dict[str, int]:
        """Rates by kind; missing prefixes are among the removed."""
        found = np.bincount(self.kind, minlength=len(KINDS)).tolist()
        found[REMOVED] += len(self.missing)
        return {str(kind): int(count) for kind, count in zip(KINDS, found, strict=True)}


def compare(sheet: SheetColumns, live: RateColumns, question: Question) -> Compared:
    """Compare a sheet with all published rows of its table."""
    work = _Work(sheet, live, question)
    for _ in range(_MOST_PASSES):
        found = work.compared()
        if not work.learn(found):
            return work.with_closings(found)
    return work.with_closings(work.compared())


@dataclass(slots=True)
class _Work:
    """One comparison: starts and reasons change until nothing new is learned."""

    sheet: SheetColumns
    live: RateColumns
    question: Question
    keys: Ints = field(init=False)
    live_keys: Ints = field(init=False)
    bands: tuple[str, ...] = field(init=False)
    since: Ints = field(init=False)
    destinations: tuple[Ints, Ints] = field(init=False)
    held: dict[str, Bools] = field(default_factory=dict)
    repeated: Bools = field(init=False)
    short: Bools = field(init=False)
    is_clamped: bool = False
    moved: int = 0
    contradictions: list[Contradiction] = field(default_factory=list)

    def __post_init__(self) -> None:
        sheet, live = self.sheet.rates, self.live
        self.bands = tuple(sorted({*sheet.band_names, *live.band_names}))
        self.keys, self.live_keys = _joint_keys(sheet, self.bands), _joint_keys(live, self.bands)
        names = {name: at for at, name in enumerate(live.destination_names)}
        mapped = [names.setdefault(name, len(names)) for name in sheet.destination_names]
        self.destinations = np.array(mapped or [0], np.int64)[sheet.destination], live.destination
        self.repeated = np.zeros(len(sheet), np.bool_)
        self.short = np.zeros(len(sheet), np.bool_)
        self.since = self._starts()
        backwards = sheet.effective_until <= self.since
        if backwards.any():
            self.held["ends_too_early"] = backwards
        self._settle_conflicts()

    def _starts(self) -> Ints:
        """Where each rate begins."""
        question, sheet = self.question, self.sheet
        if question.effective is not None:
            return np.full(len(sheet), question.effective, np.int64)
        since = np.where(sheet.is_dated, sheet.rates.effective_from, question.usual)
        if not len(sheet) or not (question.is_of_sheet or question.past_to is not None):
            return since
        began = since <= question.now
        last = began.copy()
        same = self.keys[1:] == self.keys[:-1]
        order_kept = not same.any() or bool(np.all(since[1:][same] >= since[:-1][same]))
        if order_kept:
            last[:-1] &= ~(same & began[1:])
        if question.is_of_sheet and len(self.live):
            self._lift(since, last)
        if question.past_to is not None:
            moved = sheet.is_dated & (since < question.now - question.limits.past_days * _DAY)
            # What a later row of the sheet had replaced already is history, not a second price from now on.
            self.repeated |= moved & ~last
            self.moved = int(np.count_nonzero(moved & last))
            since = np.where(moved & last, question.past_to, since)
        return since

    def _lift(self, since: Ints, last: Bools) -> None:
        """A rate that a sheet dates before the live one began still speaks for now: it starts with that one."""
        live, now = self.live, self.question.now
        began = live.effective_from <= now
        current = began.copy()
        current[:-1] &= ~((self.live_keys[1:] == self.live_keys[:-1]) & began[1:])
        rows = np.flatnonzero(current)
        if not len(rows):
            return
        at = np.searchsorted(self.live_keys[rows], self.keys)
        at[at == len(rows)] = 0
        row = rows[at]
        begins = live.effective_from[row]
        lifted = last & (self.live_keys[row] == self.keys) & (begins > since)
        is_over = (live.state[row] == _CLOSED) | (live.effective_until[row] <= now)
        since[lifted] = np.where(is_over, np.maximum(begins, self.question.usual), begins)[lifted]

    def _settle_conflicts(self) -> None:
        """Rates of one prefix, band and start: said once, or contradicting each other (G7)."""
        out = self.repeated.copy()
        for mask in self.held.values():
            out |= mask
        repeated, self.contradictions = engine_conflicts.settled(
            self.sheet, (self.keys, self.since), out, self.question
        )
        self.repeated |= repeated
        waiting = [one.places for one in self.contradictions if one.kept is None]
        if waiting:
            self._hold("two_prices", np.concatenate(waiting))

    def compared(self) -> Compared:
        """The rates that are taken as things stand, each against the row before it."""
        out = self.repeated.copy()
        for mask in self.held.values():
            out |= mask
        taken = np.flatnonzero(~out)
        keys, since = self.keys[taken], self.since[taken]
        joined = np.concatenate((self.live_keys, keys))
        starts = np.concatenate((self.live.effective_from, since))
        # Both are in order, and a staged row comes after the live ones that start with it: stable is enough.
        order = np.lexsort((starts, joined))
        before = np.full(len(joined), -1, np.int64)
        follows = joined[order][1:] == joined[order][:-1]
        before[order[1:][follows]] = order[:-1][follows]
        before = before[len(self.live) :]
        kind, old_state, old_price, notice = self._kinds(taken, since, before)
        position = np.lexsort((since, keys))
        ordered = taken[position]
        rates = replace(self.sheet.rates.take(ordered), effective_from=since[position])
        return Compared(
            live=self.live,
            rates=rates,
            source_row=self.sheet.source_row[ordered].astype(np.int64),
            place=ordered,
            kind=kind[position],
            old_state=old_state[position],
            old_price=old_price[position],
            closed=_none(),
            closed_at=_none(),
            missing=_none(),
            missing_at=_none(),
            standing=0,
            held={code: np.flatnonzero(mask) for code, mask in self.held.items()},
            repeated=np.flatnonzero(self.repeated),
            notice=notice[position],
            moved=self.moved,
            settled=sum(one.kept is not None for one in self.contradictions),
            contradicting=sum(one.kept is None for one in self.contradictions),
            short=self.short[ordered],
            close_at=_closing_start(self.question, kind, since),
            closes_short=False,
        )

    def _kinds(
        self, taken: Ints, since: Ints, before: Ints
    ) -> tuple[NDArray[np.int8], NDArray[np.int8], Ints, NDArray[np.int8]]:
        """(kind, state before, price before, notice) of each taken rate: `rules.kind_of` and `notice_of` for all."""
        sheet, live = self.sheet.rates, self.live
        has = before >= 0
        row = np.where(has, before, 0)

        def of_before(name: str) -> Ints:
            column = np.concatenate((getattr(live, name), getattr(sheet, name)[taken]))
            return column[row] if len(column) else np.empty(0, np.int64)

        old_state = of_before("state").astype(np.int8)
        stands = has & (old_state != _CLOSED) & (of_before("effective_until") > since)
        old_price, state, price = of_before("price"), sheet.state[taken], sheet.price[taken]
        equal = stands.copy()
        for name in TERMS:
            if name == "destination":
                mine, theirs = self.destinations
                equal &= np.concatenate((theirs, mine[taken]))[row] == mine[taken]
            else:
                equal &= of_before(name) == getattr(sheet, name)[taken]
        kind = np.where(price > old_price, UP, DOWN)
        kind = np.where((old_state == _BLOCKED) | (price == old_price), CHANGED, kind)
        kind = np.where(state == _BLOCKED, np.where(old_state == _BLOCKED, CHANGED, BLOCKED), kind)
        kind = np.where(state == _CLOSED, REMOVED, kind)
        fresh = np.array([NEW, BLOCKED, SAME])[state]
        kind = np.where(stands, np.where(equal, SAME, kind), fresh).astype(np.int8)
        notice = _NOTICE[kind]
        changed = np.flatnonzero(kind == CHANGED)
        if len(changed):
            notice[changed] = self._notice_of_terms(taken[changed], row[changed])
        return (
            kind,
            np.where(stands, old_state, -1).astype(np.int8),
            np.where(stands & (old_state == _OPEN), old_price, NOTHING),
            notice,
        )

    def _notice_of_terms(self, new: Ints, before: Ints) -> NDArray[np.int8]:
        """Which notice rates need whose terms changed, and not their price; `before`: in live and sheet together."""
        rises, falls = np.zeros(len(new), np.bool_), np.zeros(len(new), np.bool_)
        for name, sign in _DEARER.items():
            column = np.concatenate((getattr(self.live, name), getattr(self.sheet.rates, name)))
            old, mine = column[before] * sign, getattr(self.sheet.rates, name)[new] * sign
            rises |= mine > old
            falls |= mine < old
        state = self.sheet.rates.state[new]
        old_state = np.concatenate((self.live.state, self.sheet.rates.state))[before]
        found = np.where(rises, _AT["increase"], np.where(falls, _AT["decrease"], 0))
        found = np.where(state == _BLOCKED, 0, found)
        return np.where(state != old_state, _AT["new"], found).astype(np.int8)

    def learn(self, found: Compared) -> bool:
        """Whether the comparison shows rates that must wait or start later; what it shows is remembered."""
        return self._hold_odd(found) | self._hold_groups(found) | self._clamp(found)

    def _hold_odd(self, found: Compared) -> bool:
        if self.question.takes_odd:
            return False
        price = found.rates.price
        odd = (price <= 0) | (price > self.question.limits.ceiling)
        return self._hold("odd_price", found.place[odd & (found.rates.state == _OPEN) & (found.kind != SAME)])

    def _hold_groups(self, found: Compared) -> bool:
        if not self.question.groups_out:
            return False
        names = found.rates.destination_names
        out = np.array([name in self.question.groups_out for name in names] or [False])
        return self._hold(
            "jump", found.place[jumps(found, self.question.limits) & out[found.rates.destination]]
        )

    def _hold(self, code: str, places: Ints) -> bool:
        mask = self.held.setdefault(code, np.zeros(len(self.sheet), np.bool_))
        mask[places] = True
        if not mask.any():
            del self.held[code]
        return len(places) > 0

    def _clamp(self, found: Compared) -> bool:
        """Find what is announced too late, once; later passes compare what may have been moved."""
        if self.is_clamped or not self.question.earliest:
            return False
        self.is_clamped = True
        allowed = _allowed(found, self.question.earliest)
        short = found.rates.effective_from < allowed
        self.short[found.place[short]] = True
        if not short.any():
            return False
        if self.question.clamps:
            self.since = self.since.copy()
            self.since[found.place[short]] = allowed[short]
        return True

    def with_closings(self, found: Compared) -> Compared:
        """The prefixes that the sheet leaves out, in its scope: `rules.closings` for all of them."""
        question, live = self.question, self.live
        allowed = question.earliest.get("closed", 0)
        found.closes_short = found.close_at < allowed
        if found.closes_short and question.clamps:
            found.close_at = allowed
        at = found.close_at
        same = self.live_keys[1:] == self.live_keys[:-1]
        began = live.effective_from <= at
        held, later = began.copy(), ~began
        if len(live):
            held[:-1] &= ~(same & began[1:])
            later[:-1] &= ~(same & (live.effective_from[1:] == live.effective_from[:-1]))
        is_open = live.state != _CLOSED
        ends = is_open & ((held & (live.effective_until > at)) | later)
        if question.scope is Scope.COUNTRY:
            ends &= _in_countries(live, self.sheet.rates)
        rows = np.flatnonzero(ends)
        found.standing = len(np.unique(self.live_keys[rows]))
        if question.scope is not Scope.PARTIAL:
            rows = rows[~np.isin(self.live_keys[rows], self.keys[found.place])]
            rows = rows[~self._is_protected(rows)]
            found.closed = rows
            found.closed_at = np.where(began[rows], at, live.effective_from[rows])
            first = np.flatnonzero(np.diff(self.live_keys[rows], prepend=-1))
            found.missing, found.missing_at = rows[first], found.closed_at[first]
        found.closes_short = found.closes_short and len(found.missing) > 0
        return found

    def _is_protected(self, rows: Ints) -> Bools:
        """Prefixes that rows name which are not taken: they are not missing."""
        named = [self.sheet.protected]
        named += [self.sheet.rates.prefixes[mask] for mask in self.held.values()]
        protected = np.unique(np.concatenate(named))
        found: Bools = np.isin(self.live.prefixes[rows], protected)
        return found


def contradictions(sheet: SheetColumns, live: RateColumns, question: Question) -> list[Contradiction]:
    """Rates that contradict each other (G7), settled by now or not."""
    return _Work(sheet, live, question).contradictions


def jumps(found: Compared, limits: Limits) -> Bools:
    """Which rates move by more than the limit: `guards.is_jump` for all of them."""
    old = np.where(found.old_price == NOTHING, 0, found.old_price)
    moved: Bools = np.abs(found.rates.price - old) * 100 > limits.jump_percent * old
    moved &= (old > 0) & ((found.kind == UP) | (found.kind == DOWN))
    return moved


def _closing_start(question: Question, kind: NDArray[np.int8], since: Ints) -> int:
    """When missing prefixes close: where the first change of the sheet starts, but never before now by itself."""
    if question.effective is not None:
        return question.effective
    changing = since[kind != SAME]
    starts = changing if len(changing) else since
    return max(question.now, int(starts.min())) if len(starts) else question.now


_AT = {name: at for at, name in enumerate(NOTICES)}
_NOTICE = np.array(
    [_AT[word] for word in ("new", "increase", "decrease", "", "", "closed", "blocked")], np.int8
)
"""Which notice each kind needs; changed ones by their terms."""
_DEARER = {
    "next_price": 1, "connect_fee": 1, "minimum_charge": 1, "initial_interval": 1, "next_interval": 1,
    "free_seconds": -1, "grace_seconds": -1,
}  # fmt: skip
"""Terms by which a call costs more (1) or less (-1) when they rise."""


def _allowed(found: Compared, earliest: Mapping[str, int]) -> Ints:
    """The first instant for each taken rate."""
    by_notice = np.array([earliest.get(name, NOTHING) for name in NOTICES], np.int64)
    allowed: Ints = by_notice[found.notice]
    return allowed


def _joint_keys(rates: RateColumns, bands: tuple[str, ...]) -> Ints:
    """One integer for prefix and band that sorts like them."""
    keys = number_keys(rates.prefixes)
    if len(bands) == 1:
        return keys
    rank = {name: at for at, name in enumerate(bands)}
    place = np.array([rank[name] for name in rates.band_names], np.int64)
    return keys * len(bands) + place[rates.band]


def _in_countries(live: RateColumns, sheet: RateColumns) -> Bools:
    """Which live rows belong to a country that the sheet names."""
    wanted = {country_of(text.decode()) for text in np.unique(sheet.prefixes.astype("S4")).tolist()}
    heads, at = np.unique(live.prefixes.astype("S4"), return_inverse=True)
    named = np.array([country_of(text.decode()) in wanted for text in heads.tolist()] or [False])
    found: Bools = named[at]
    return found


def _none() -> Ints:
    return np.empty(0, np.int64)


__all__ = ["KINDS", "NEVER", "NOTHING", "Compared", "Question", "compare", "contradictions", "jumps"]
