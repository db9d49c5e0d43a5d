"""The draft of the chosen table on its page: opened and laid over newer rates, told, published, dropped, brought back."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from voipdesk.accounts.rules import Right, may
from voipdesk.kernel.text import tr, trn
from voipdesk.kit.desk import Desk
from voipdesk.rates import commands, queries
from voipdesk.rates.commands import drafting
from voipdesk.rates.queries import drafts
from voipdesk.rates.queries.drafts import WaitingReview
from voipdesk.rates.rules.surroundings import Surroundings
from voipdesk.rates.ui import book as books
from voipdesk.rates.ui.actions import opened
from voipdesk.rates.ui.book import Book, Opened
from voipdesk.rates.ui.clashes import ClashDialog
from voipdesk.rates.ui.draft_bar import DraftBar
from voipdesk.rates.ui.edit_dialogs import PublishDialog
from voipdesk.rates.ui.wizard import RateWizard
from voipdesk.store.database import Database

Say = Callable[[str, object], object]


class Drafting(QObject):
    """Keeps the book of the table that is shown, and the line that tells about it."""

    changed = Signal()
    """The draft is another one, or holds something else: names of undo, the dot in the title."""
    published = Signal(object)
    """The `ImportReport` of a published draft."""
    plan_wanted = Signal(object)
    """What a plan would sell below cost because of it."""
    reopen_wanted = Signal()
    """Another draft lies over the table: show its rows again."""
    kept = Signal(object)
    """A review was kept for later: the id of its import."""

    def __init__(self, desk: Desk[Database], page: QWidget, say: Say) -> None:
        super().__init__(page)
        self._desk, self._page, self._say = desk, page, say
        self.bar = DraftBar()
        self.book: Book | None = None
        self.surroundings: Surroundings | None = None
        self._stamp: tuple[int, ...] = ()
        self._turn = 0
        self._waiting: WaitingReview | None = None
        self.bar.review_wanted.connect(self.continue_review)
        desk.on_change(frozenset({"rate_import"}), self._look_for_review)
        self._moved: dict[UUID, Opened] = {}
        self._dropped: dict[UUID, drafts.Draft] = {}
        self.bar.publish_wanted.connect(self.publish)
        self.bar.discard_wanted.connect(self.discard)
        self.bar.clash_wanted.connect(self.show_clashes)

    @property
    def is_begun(self) -> bool:
        """Whether something is edited."""
        return self.book is not None and not self.book.is_empty

    def open(
        self, table: queries.RateTable, stamp: tuple[int, ...], show: Callable[[Book | None], None]
    ) -> None:
        """Find the draft of a table and show it; nobody without the right has one."""
        desk = self._desk
        self._turn += 1
        if not may(desk.actor, Right.EDIT_RATES):
            self._take(None, stamp)
            show(None)
            return
        book = self.book
        is_same = book is not None and book.table.id == table.id and self._stamp == stamp
        if book is not None and is_same and (book.done or book.undone):
            self._take(book, stamp)
            show(book)
            return
        turn = self._turn

        def take(made: Book) -> None:
            if turn == self._turn:
                books.tell(made, self._with_clashes(table.id, made.opened))
                self._take(made, stamp)
                show(made)

        def look(found: Book | None) -> None:
            if found is None:
                title = tr("Lay the draft over the rates of now")
                work: Callable[[Any], Book] = lambda _: books.laid_over(desk, table)  # noqa: E731
                desk.jobs.write(title, work, done=take, refused=desk.ask.refuse)
            else:
                take(found)

        desk.jobs.read(
            tr("Read draft"),
            lambda _: books.opened(desk, table),
            done=look,
            refused=desk.ask.refuse,
            quiet=True,
        )

    def _with_clashes(self, table_id: UUID, found: Opened) -> Opened:
        """What a draft clashed with when it was laid over other rates, until it is gone: another table may be looked at."""
        if found.held is None:
            self._moved.pop(table_id, None)
        if found.was_moved:
            self._moved[table_id] = found
        known = self._moved.get(table_id)
        if known is None:
            return found
        return replace(known, held=found.held)

    def close(self) -> None:
        """Another day or no table is shown: nothing can be edited there."""
        self._turn += 1
        self.bar.show_draft("", 0)

    def say_saved(self) -> None:
        """Ctrl+S: everything is saved already, and not published."""
        book = self.book
        if book is None or book.is_empty:
            self._say(tr("There is no draft: everything shown is published."), None)
        else:
            self._say(self._told(book), {tr("Publish…"): self.publish})

    def publish(self) -> None:
        """Ask from when the edits count, stage them, and open the wizard at its review."""
        book, desk = self.book, self._desk
        if book is None or book.is_empty:
            self._say(tr("There is nothing to publish: no rate is edited."), None)
            return
        table = book.table
        dialog = PublishDialog(
            self._page, today=desk.clock.today(table.zone), edits=_edits(book.overlay.rows)
        )

        def stage() -> None:
            effective, note = dialog.effective(table.zone), dialog.note.text().strip()
            desk.jobs.write(
                tr("Prepare the review"),
                lambda _: _staged(desk, table, effective, note),
                done=self._review,
                refused=desk.ask.refuse,
            )

        dialog.accepted.connect(stage)
        dialog.setModal(True)
        dialog.open()

    def continue_review(self) -> None:
        """Go on with the review that waits; what was edited since is not in it."""
        if self._waiting is not None:
            self._review(self._waiting.import_id, is_new=False)

    def discard(self) -> None:
        """Drop the draft; the toast brings it back until the program is closed."""
        book, desk = self.book, self._desk
        if book is None:
            return
        table = book.table
        desk.jobs.write(
            tr("Discard draft"),
            lambda _: drafting.discard_draft(desk.db, desk.actor, table=table.id),
            done=self._discarded,
            refused=desk.ask.refuse,
        )

    def show_clashes(self) -> None:
        """Cells that were edited here and published otherwise since."""
        book = self.book
        if book is not None:
            opened(ClashDialog(self._page, book))

    def _take(self, book: Book | None, stamp: tuple[int, ...]) -> None:
        if book is not self.book:
            if self.book is not None:
                self.book.changed.disconnect(self._tell)
                self.book.saved.disconnect(self._tell)
            if book is not None:
                book.changed.connect(self._tell)
                book.saved.connect(self._tell)
                book.failed.connect(self._desk.ask.refuse)
            self.book = book
            self._waiting = None
            self._look_for_review()
        self._stamp = stamp
        self._tell()

    def _look_for_review(self) -> None:
        """Whether edits of this table wait in Imports."""
        book, desk = self.book, self._desk
        if book is None:
            return

        def done(found: list[WaitingReview]) -> None:
            if book is self.book:
                self._waiting = found[0] if found else None
                self._tell()

        desk.jobs.read(
            tr("Look for a review"),
            lambda _: drafts.waiting_reviews(desk.db, desk.actor, book.table.id),
            done=done,
            quiet=True,
        )

    def _tell(self, *_: object) -> None:
        book = self.book
        if book is None or book.is_empty:
            self.bar.show_draft("", 0)
        else:
            moved = bool(book.clashes or book.opened.gone)
            text = self._told(book)
            if moved:
                text += " " + tr("Other rates were published since it was begun.")
            waiting = self._waiting
            is_older = bool(waiting and book.saved_at and book.saved_at > waiting.at)
            if waiting is not None:
                older, same = (
                    tr("The review in Imports is of earlier edits."),
                    tr("Its review waits in Imports."),
                )
                text += " " + (older if is_older else same)
            self.bar.show_draft(
                text, book.overlay.rows, tone="warning" if moved else "accent", has_clashes=moved,
                has_review=waiting is not None and not is_older,
            )  # fmt: skip
        self.changed.emit()

    def _told(self, book: Book) -> str:
        edits = _edits(book.overlay.rows)
        if book.saved_at is None:
            return tr("Draft: {edits}, not published yet.").format(edits=edits)
        at = book.saved_at.astimezone(self._desk.zone).strftime("%H:%M")
        return tr("Draft: {edits}, saved {time}, not published yet.").format(
            edits=edits, time=f"\u2066{at}\u2069"
        )

    def _review(self, import_id: UUID, *, is_new: bool = True) -> None:
        wizard = RateWizard.resume(self._desk, import_id, surroundings=self.surroundings, parent=self._page)
        wizard.published.connect(self.published)
        wizard.plan_wanted.connect(self.plan_wanted)

        def closed() -> None:
            if wizard.is_kept:
                text = tr("The review waits in Imports; your edits stay in the draft.")
                self._say(text, {tr("Imports"): lambda: self.kept.emit(import_id)})
            elif is_new:
                self._drop(import_id)

        wizard.rejected.connect(closed)
        opened(wizard)

    def _drop(self, import_id: UUID) -> None:
        """The review was closed: what waits for later is the draft, not its copy."""
        desk = self._desk

        def work(_: Any) -> None:
            if queries.staged(desk.db, desk.actor, import_id).state == "staged":
                commands.discard_import(desk.db, desk.actor, import_id)

        desk.jobs.write(tr("Close the review"), work, refused=desk.ask.refuse)

    def _discarded(self, dropped: drafts.Draft | None) -> None:
        self.book = None
        self.reopen_wanted.emit()
        if dropped is not None:
            self._dropped[dropped.table_id] = dropped
            back = partial(self._bring_back, dropped)
            self._say(tr("The draft was discarded."), {tr("Bring it back"): back})

    @property
    def can_bring_back(self) -> bool:
        """Whether a draft of the table that is shown was discarded, and nothing was edited since."""
        book = self.book
        return book is not None and not (book.done or book.undone) and book.table.id in self._dropped

    def bring_back(self) -> None:
        """Undo of discarding, for as long as the program runs."""
        if self.book is not None and self.can_bring_back:
            self._bring_back(self._dropped[self.book.table.id])

    def _bring_back(self, dropped: drafts.Draft) -> None:
        desk = self._desk

        def shown(_: object) -> None:
            self._dropped.pop(dropped.table_id, None)
            self.book = None
            self.reopen_wanted.emit()

        desk.jobs.write(
            tr("Bring draft back"),
            lambda _: drafting.restore_draft(desk.db, desk.actor, dropped),
            done=shown,
            refused=desk.ask.refuse,
        )


def _staged(desk: Desk[Database], table: queries.RateTable, effective: datetime | None, note: str) -> UUID:
    """The draft as a staged import; rows that have a day of their own keep it."""
    found = drafts.drafted_rates(desk.db, desk.actor, table.id, effective=effective)
    for earlier in drafts.waiting_reviews(desk.db, desk.actor, table.id):
        commands.discard_import(desk.db, desk.actor, earlier.import_id)  # This one has its edits too.
    return commands.stage_columns(desk.db, desk.actor, found, table=table.id, note=note)


def _edits(count: int) -> str:
    return trn("{count} edit", "{count} edits", count)
