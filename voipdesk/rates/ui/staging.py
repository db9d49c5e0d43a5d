"""The staged import of a wizard: read in another process, decided about, reviewed anew after each decision, published."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any
from uuid import UUID

import shiboken6
from PySide6.QtCore import QObject, QTimer, Signal

from voipdesk.kernel.changes import Change, ChangeSet
from voipdesk.kernel.problems import VoipDeskError
from voipdesk.kernel.progress import Progress
from voipdesk.kernel.text import tr
from voipdesk.kit.desk import Desk
from voipdesk.kit.jobs import Job
from voipdesk.rates import commands, queries
from voipdesk.rates.queries.reviewing import Review
from voipdesk.rates.queries.staged import StagedImport
from voipdesk.rates.rules.surroundings import Surroundings
from voipdesk.rates.ui.reading import Reading
from voipdesk.store.database import Database

MILLISECONDS = 120
"""Between a decision and the review that follows, so that a spinning date is not reviewed day by day."""


class Staging(QObject):
    """What is staged, by whom, and the jobs around it. Every answer comes as a signal, on the window's thread."""

    began = Signal()
    staged = Signal(object)
    """The `StagedImport` after reading."""
    failed = Signal(object)
    stopped = Signal()
    decided = Signal()
    """A decision that moves rates is kept."""
    reviewing = Signal()
    reviewed = Signal(object)
    review_failed = Signal(str)

    def __init__(self, desk: Desk[Database], surroundings: Surroundings | None) -> None:
        super().__init__()
        self._desk, self._surroundings = desk, surroundings
        self.import_id: UUID | None = None
        self.job: Job | None = None
        self.has_rejects = False
        self._is_ours = False
        self._read_as: tuple[Any, ...] = ()
        self._look: Job | None = None
        self._round = 0
        self._timer = QTimer(self, singleShot=True, interval=MILLISECONDS)
        self._timer.timeout.connect(self._review)

    @property
    def is_busy(self) -> bool:
        """Whether the sheet is being read."""
        return self.job is not None

    def take(self, kept: StagedImport) -> None:
        """Go on with what was staged before."""
        self.import_id = kept.id
        self.has_rejects = bool(kept.ledger.get("quarantined"))
        told = {name: str(value) for name, value in kept.told.items()}
        self._read_as = self._key(kept.file_sha256, told, kept.table.id) if kept.state == "staged" else ()

    def stage(self, reading: Reading, table: UUID, **given: Any) -> None:
        """Read the sheet with these answers into this table, unless that is how it is staged already.

        `given`: what else another reading is told (`convert`).
        """
        desk, preview, path = self._desk, reading.preview, reading.path
        if preview is None or path is None:
            return
        key = self._key(preview.sha256, reading.told, table)
        if key == self._read_as and self.import_id is not None and not given:
            self._tell_staged()
            return
        told, title = dict(reading.told), tr("Read {file}").format(file=path.name)
        is_same_file = self.import_id is not None and self._read_as[:1] in ((), key[:1])
        if self.import_id is not None and not is_same_file:
            self._drop()
        ended: list[object] = []

        def done(import_id: UUID) -> None:
            ended.append(import_id)
            self._staged(import_id, key)

        def refused(error: VoipDeskError) -> None:
            ended.append(error)
            self._failed(error)

        if self.import_id is not None:
            job = desk.command(
                title,
                commands.restage,
                self.import_id,
                told=told,
                table=table,
                done=done,
                refused=refused,
                **given,
            )
        else:
            self._is_ours = True
            job = desk.command(
                title, commands.stage_sheet, path, told=told, table=table, done=done, refused=refused
            )
        if not ended and not job.is_over:
            self.job = job
            job.expected = preview.total  # The look before it has counted the rows.
            job.cancelled.connect(partial(_tell_cancelled, desk))
            job.cancelled.connect(self._cancelled)
            job.crashed.connect(lambda _: self._failed(_fault()))
            self.began.emit()

    def decide(self, given: Mapping[str, Any], *, moves_rates: bool) -> None:
        """Keep decisions; a new review follows where they change what publishing would do."""
        desk, import_id = self._desk, self.import_id
        if import_id is None:
            return
        desk.jobs.write(
            tr("Decide about an import"),
            lambda _: commands.decide(desk.db, desk.actor, import_id, **given),
            done=lambda _: self._decided(moves_rates=moves_rates),
            refused=lambda error: self._undecided(error),
        )

    def review(self) -> None:
        """Work out what publishing would do, now."""
        self._timer.stop()
        self._review()

    def mended(self) -> None:
        """Rows were mended: what would change is another."""
        self.has_rejects = True
        self.review()

    def publish(
        self,
        note: str,
        review: Review | None,
        *,
        done: Callable[[Any], None],
        refused: Callable[[VoipDeskError], None],
    ) -> Job | None:
        """Publish exactly what was reviewed, in another process; the job, where it still runs."""
        desk, import_id = self._desk, self.import_id
        if import_id is None or review is None:
            return None
        if note != review.staged.decisions.note:
            desk.jobs.write(
                tr("Decide about an import"),
                lambda _: commands.decide(desk.db, desk.actor, import_id, note=note),
                refused=refused,
            )
        job = desk.command(
            tr("Publish {file}").format(file=review.staged.file_name),
            commands.publish_import,
            import_id,
            surroundings=self._surroundings,
            seen=review.seen,
            done=done,
            refused=refused,
        )
        if job.is_over:
            return None
        job.cancelled.connect(partial(_tell_cancelled, desk))
        return job

    def published(self) -> None:
        """It is live: nothing is left to drop."""
        self.import_id, self._is_ours = None, False

    def let_go(self) -> None:
        """Publishing was stopped, which cancels the import; the same one is read again if somebody goes on."""
        self._read_as = ()
        self.has_rejects = False

    def end(self, *, keeps: bool, drops: bool = False) -> None:
        """The wizard closes: stop what runs; what it has staged (`drops`: or was publishing) goes, unless it is kept."""
        self._timer.stop()
        for job in (self.job, self._look):
            if job is not None:
                job.cancel()
        if self.import_id is not None and (self._is_ours or drops) and not keeps:
            self._drop()

    def _drop(self) -> None:
        desk, import_id = self._desk, self.import_id
        self.import_id, self._read_as = None, ()
        assert import_id is not None

        def work(_: Progress) -> None:
            if queries.staged(desk.db, desk.actor, import_id).state == "staged":
                commands.discard_import(desk.db, desk.actor, import_id)

        desk.jobs.write(tr("Discard an import"), work, refused=desk.ask.refuse)

    def _key(self, sha256: str, told: Mapping[str, str], table: UUID) -> tuple[Any, ...]:
        return sha256, tuple(sorted(told.items())), table

    def _staged(self, import_id: UUID, key: tuple[Any, ...]) -> None:
        if not shiboken6.isValid(self):
            return
        self.job, self.import_id, self._read_as = None, import_id, key
        self._tell_staged()

    def _tell_staged(self) -> None:
        assert self.import_id is not None
        kept = queries.staged(self._desk.db, self._desk.actor, self.import_id)
        self.has_rejects = bool(kept.ledger.get("quarantined"))
        self.staged.emit(kept)
        self.review()

    def _failed(self, error: VoipDeskError) -> None:
        if shiboken6.isValid(self):
            self.job = None
            self.failed.emit(error)

    def _cancelled(self) -> None:
        if shiboken6.isValid(self):
            self.job = None
            self.stopped.emit()

    def _decided(self, *, moves_rates: bool) -> None:
        if shiboken6.isValid(self) and moves_rates:
            self.reviewing.emit()
            self._timer.start()
            self.decided.emit()

    def _undecided(self, error: VoipDeskError) -> None:
        if shiboken6.isValid(self):
            self._desk.ask.refuse(error)
            self.review()

    def _review(self) -> None:
        desk, import_id = self._desk, self.import_id
        if import_id is None or not shiboken6.isValid(self):
            return
        if self._look is not None:
            self._look.cancel()
        self._round += 1
        current = self._round
        self.reviewing.emit()

        def done(review: Review) -> None:
            if shiboken6.isValid(self) and current == self._round:
                self._look = None
                self.has_rejects = self.has_rejects or bool(review.ledger.get("quarantined"))
                self.reviewed.emit(review)

        def refused(error: VoipDeskError) -> None:
            if shiboken6.isValid(self) and current == self._round:
                self._look = None
                self.review_failed.emit(str(error))

        job = desk.jobs.read(
            tr("Work out what would change"),
            lambda progress: queries.review(
                desk.db, desk.actor, import_id, surroundings=self._surroundings, progress=progress
            ),
            done=done,
            refused=refused,
        )
        self._look = None if job.is_over else job


def _tell_cancelled(desk: Desk[Database]) -> None:
    """A cancelled command has written down in its own process that it was; pages that show imports hear of it here."""
    change = Change("rate_import", "", "update")
    desk.db.tell(ChangeSet(0, tr("Cancel an import"), desk.actor.name, (change,)))


def _fault() -> VoipDeskError:
    """What is said of a fault of the program; the window tells its details."""
    text = tr("Reading stopped by a fault of the program. Nothing was imported; your tables are unchanged.")
    return VoipDeskError("fault", text, tr("Try again, or send us the file."))
