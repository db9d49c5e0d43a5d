"""The draft of one table while its page is open: in memory for the screen, saved at once for the next crash."""

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QThread, Signal

from voipdesk.kernel.problems import VoipDeskError
from voipdesk.kernel.text import tr
from voipdesk.kit.desk import Desk
from voipdesk.kit.grid import Touched
from voipdesk.rates import queries
from voipdesk.rates.commands import drafting
from voipdesk.rates.queries import drafts
from voipdesk.rates.queries.drafts import Draft, DraftStep
from voipdesk.store.database import Database

if TYPE_CHECKING:
    from voipdesk.rates.engine_draft import Step, Texts
    from voipdesk.rates.engine_drafted import Clash
    from voipdesk.rates.engine_edit import Before
    from voipdesk.rates.engine_view import Base, Sheet
    from voipdesk.rating.engine import Ints

    More = Callable[[str, Sheet], Ints]

FEW = 2_000
"""Up to so many rows are read by their ids; for more the whole table is read once and kept."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A draft as it was found: its steps, and what was published under it meanwhile."""

    held: Draft | None
    clashes: "tuple[Clash, ...]" = ()
    gone: tuple[str, ...] = ()
    was_moved: bool = False
    texts: "Texts | None" = None
    """What the texts of the clashes are places in."""
    kept: set[tuple[int, str]] = field(default_factory=set)
    """Cells of clashes that were decided: the draft's counts."""


class Book(QObject):
    """Edits of a table by one person. Steps may be committed from any thread; each is saved in the writer's lane."""

    changed = Signal(object)
    """A `Touched`, after each step, undo and redo."""
    saved = Signal()
    failed = Signal(object)
    """A `VoipDeskError`: a step could not be saved."""

    def __init__(self, desk: Desk[Database], table: queries.RateTable, moment: datetime) -> None:
        from voipdesk.rates.engine_draft import Overlay, Texts

        super().__init__()
        self.desk, self.table, self.moment = desk, table, moment
        self.texts, self.overlay = Texts(), Overlay()
        self.done: list[DraftStep] = []
        self.undone: list[DraftStep] = []
        self.saved_at: datetime | None = None
        self.opened = Opened(None)
        self._least = 0
        self._lock = threading.RLock()
        self._loading = threading.Lock()
        self._base: Base | None = None
        self._sheet: Sheet | None = None
        self._more: More | None = None

    def load(self, held: Draft | None) -> None:
        """Take the draft that was found in the workspace."""
        from voipdesk.rates.engine_edit import least_id

        for kept in held.steps if held else ():
            step = self._unpacked(kept)
            self._least = min(self._least, least_id([step]))
            if kept.is_undone:
                self.undone.insert(0, kept)
            else:
                self.done.append(kept)
                self.overlay = self.overlay.apply(step)
        self.saved_at = held.changed_at if held and self.done else None

    @property
    def is_empty(self) -> bool:
        """Whether nothing differs."""
        return not self.overlay

    @property
    def has_base(self) -> bool:
        """Whether the whole table has been read."""
        return self._base is not None

    def base(self) -> "Base":
        """All rates of the table, read once; takes a moment for large tables."""
        with self._loading:
            if self._base is None:
                desk = self.desk
                self._base = drafts.draft_base(desk.db, desk.actor, self.table.id, at=self.moment)
            return self._base

    def sheet(self) -> "Sheet":
        """The table with the draft over it, as columns."""
        from voipdesk.rates.engine_view import Sheet

        base, overlay, made = self.base(), self.overlay, self._sheet
        if made is None or made.overlay is not overlay or made.base is not base:
            made = self._sheet = Sheet(base, overlay, self.texts, self._more)
        return made

    def take_more(self, more: "More") -> None:
        """Who knows the columns that stand beside the rates; what was told of them before is forgotten."""
        self._more, self._sheet = more, None

    def before(self, ids: Any) -> "Before":
        """How to learn what the rates and the draft say of some rows now."""
        from voipdesk.rates.engine_edit import base_over, cells_before

        if self._base is None and len(ids) <= FEW:
            desk = self.desk
            known = [one for one in ids.tolist() if one > 0]
            base = base_over(drafts.rates_of(desk.db, desk.actor, known))
        else:
            base = self.base()
        return cells_before(base, self.overlay, self.texts)

    @property
    def clashes(self) -> "list[Clash]":
        """Cells published otherwise than they are edited here, and not decided: still edited, not kept on purpose."""
        found = [one for one in self.opened.clashes if (one.row_id, one.column) not in self.opened.kept]
        return [one for one in found if self.overlay.cell(one.column, one.row_id) is not None]

    def take_theirs(self, clashes: "Sequence[Clash]", name: str) -> None:
        """One step: these cells say what was published."""
        from voipdesk.rates.engine_drafted import theirs

        self.commit(lambda: theirs(self.overlay, clashes, name))

    def keep_mine(self, clashes: "Sequence[Clash]") -> None:
        """The draft says what it says; nothing is asked about these cells any more."""
        for one in clashes:
            columns = ("price", "next_price") if one.column == "price" else (one.column,)
            self.opened.kept.update((one.row_id, column) for column in columns)
        self.saved.emit()

    def next_id(self) -> int:
        """The id of the next new row."""
        return self._least - 1

    def commit(self, make: "Callable[[], Step]") -> "Step":
        """Make a step of what is now, apply it and save it."""
        from voipdesk.rates.engine_draft import packed
        from voipdesk.rates.engine_edit import least_id

        with self._lock:
            step = make()
            if not step.parts:
                return step
            place = max((one.place for one in (*self.done, *self.undone)), default=0) + 1
            kept = DraftStep(place, step.name, False, step.rows, packed(step, self.texts))
            self.overlay = self.overlay.apply(step)
            self._least = min(self._least, least_id([step]))
            self.done.append(kept)
            self.undone.clear()
        self._save(
            lambda: drafting.add_step(
                self.desk.db, self.desk.actor, table=self.table.id, step=kept, begun=self.moment
            )
        )
        self._tell(step)
        return step

    def undo(self) -> "Step | None":
        """Take the newest step back; returns it."""
        return self._turn(back=True)

    def redo(self) -> "Step | None":
        """Do again what was taken back last; returns it."""
        return self._turn(back=False)

    def _turn(self, *, back: bool) -> "Step | None":
        from voipdesk.rates.engine_edit import taken_back

        with self._lock:
            some, others = (self.done, self.undone) if back else (self.undone, self.done)
            if not some:
                return None
            kept = some.pop()
            others.append(kept)
            step = self._unpacked(kept)
            self.overlay = self.overlay.apply(step, back=back)
        flip = drafting.undo_step if back else drafting.redo_step
        self._save(lambda: flip(self.desk.db, self.desk.actor, table=self.table.id))
        self._tell(taken_back(step) if back else step)
        return step

    def _unpacked(self, kept: DraftStep) -> "Step":
        from voipdesk.rates.engine_draft import unpacked

        return unpacked(kept.name, kept.content, self.texts)

    def _tell(self, step: "Step") -> None:
        from voipdesk.rates.engine_edit import coming_and_going

        come, go, touched = coming_and_going(step)
        self.desk.jobs.tell(lambda: self.changed.emit(Touched(touched, come, go)))

    def _save(self, save: Callable[[], object]) -> None:
        """In the writer's lane: here where this is it already, else as a job of its own."""
        self.saved_at = self.desk.clock.now()
        if QThread.currentThread() is not self.thread():
            save()
            self.desk.jobs.tell(self.saved.emit)
            return
        self.desk.jobs.write(
            tr("Save draft"), lambda _: save(), done=lambda _: self.saved.emit(), refused=self._fail
        )

    def _fail(self, error: VoipDeskError) -> None:
        self.saved_at = None
        self.failed.emit(error)


def book_of(desk: Desk[Database], table: queries.RateTable, found: Opened) -> Book:
    """The book of a draft that was found, made in a reader's thread for that of the window: it takes a moment."""
    made = Book(desk, table, desk.clock.now())
    made.opened = found
    made.load(found.held)
    made.moveToThread(desk.jobs.thread())
    return made


def tell(book: Book, opened: Opened) -> None:
    """Tell a book what was published under its draft; texts of clashes become places in those of the book."""
    book.opened = replace(opened, clashes=tuple(_retold(opened, book.texts)))


def opened(desk: Desk[Database], table: queries.RateTable) -> Book | None:
    """The actor's draft as it is kept; None where it has to be laid over other rates first."""
    held = drafts.draft(desk.db, desk.actor, table.id)
    is_empty = held is None or all(one.is_undone for one in held.steps)
    if held is not None and not is_empty and drafts.is_behind(desk.db, desk.actor, table.id, held):
        return None
    return book_of(desk, table, Opened(held))


def laid_over(desk: Desk[Database], table: queries.RateTable) -> Book:
    """Lay the draft over the rates of now: its steps become one, and what clashes is told."""
    from voipdesk.rates.engine_draft import Overlay, Texts, packed, unpacked
    from voipdesk.rates.engine_drafted import carried
    from voipdesk.rates.engine_edit import settled

    held, texts, overlay = drafts.draft(desk.db, desk.actor, table.id), Texts(), Overlay()
    for kept in held.steps if held else ():
        if not kept.is_undone:
            overlay = overlay.apply(unpacked(kept.name, kept.content, texts))
    before = drafts.rates_of(desk.db, desk.actor, overlay.edited.tolist())
    found = carried(overlay, texts, before, drafts.draft_base(desk.db, desk.actor, table.id))
    step = settled(found.overlay, tr("Edits so far"))
    kept_step = DraftStep(1, step.name, False, step.rows, packed(step, texts)) if step.parts else None
    drafting.rebase_draft(desk.db, desk.actor, table=table.id, step=kept_step)
    now = drafts.draft(desk.db, desk.actor, table.id)
    return book_of(desk, table, Opened(now, found.clashes, found.gone, was_moved=True, texts=texts))


def _retold(opened: Opened, texts: "Texts") -> "Iterator[Clash]":
    """The clashes of a draft, their texts as places in other texts."""
    from voipdesk.rates.engine_draft import TEXTS

    for one in opened.clashes:
        if one.column in TEXTS and opened.texts is not None:
            cells = (texts.place(opened.texts[cell]) for cell in (one.before, one.there, one.here))
            before, there, here = cells
            yield replace(one, before=before, there=there, here=here)
        else:
            yield one
