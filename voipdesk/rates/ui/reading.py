"""The sheet that a wizard reads: its file, what was told of it, and what it looks like with that."""

from collections.abc import Mapping
from pathlib import Path
from uuid import UUID

import shiboken6
from PySide6.QtCore import QObject, QTimer, Signal

from voipdesk.kernel import scratch
from voipdesk.kernel.problems import VoipDeskError
from voipdesk.kernel.text import tr
from voipdesk.kit.desk import Desk
from voipdesk.kit.jobs import Job
from voipdesk.rates.files_opened import told_of
from voipdesk.rates.files_preview import Preview
from voipdesk.rates.queries import previews
from voipdesk.store.database import Database
from voipdesk.tabular.layout import Layout

MILLISECONDS = 250
"""Between an answer and the look it makes necessary; typing on does not look at every letter."""

_AT_ONCE = ("decimal", "date_order", "scale", "currency", "hyphen", "constant.", "columns.")
"""Answers whose effect is shown before the file was looked at again."""

_NO_NEW_LOOK = ("decimal", "date_order", "scale", "currency", "hyphen", "constant.")


class Reading(QObject):
    """`changed` whenever file, answers, preview or trouble are others. Previews are made in another process."""

    changed = Signal()
    looked = Signal()
    """A new file was looked at for the first time, with or without success."""

    def __init__(self, desk: Desk[Database], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self.path: Path | None = None
        self.told: dict[str, str] = {}
        self.table: UUID | None = None
        """Only profiles of this table are tried; None: those of all."""
        self.target: UUID | None = None
        """The table that the sheet goes into: it has the time bands."""
        self.preview: Preview | None = None
        self.error: VoipDeskError | None = None
        self._job: Job | None = None
        self._is_new = True
        self._folder: Path | None = None
        self._timer = QTimer(self, singleShot=True, interval=MILLISECONDS)
        self._timer.timeout.connect(self._look)

    @property
    def is_busy(self) -> bool:
        """Whether the file is being looked at, or is about to be."""
        return self._job is not None or self._timer.isActive()

    @property
    def job(self) -> Job | None:
        """The look that runs."""
        return self._job

    @property
    def layout(self) -> Layout | None:
        """The layout with every answer that was told, also those newer than the preview."""
        if self.preview is None:
            return None
        late = {name: value for name, value in self.told.items() if name.startswith(_AT_ONCE)}
        return told_of(self.preview.layout, late, self.bands)

    @property
    def bands(self) -> tuple[str, ...]:
        """The time bands of the table that the sheet goes into, as far as they were looked at."""
        if self.preview is None or self.target is None:
            return ()
        return self.preview.bands.get(self.target, ())

    def aim(self, table: UUID | None) -> None:
        """The sheet goes into another table."""
        if table != self.target:
            self.target = table
            self.changed.emit()

    def open(self, path: Path | None, told: Mapping[str, str] | None = None) -> None:
        """Read another file; what was told of the last one is forgotten."""
        if path == self.path and told is None:
            return
        self.path, self.told, self.preview, self.error = path, dict(told or {}), None, None
        self._is_new = True
        self.look()

    def tell(self, **answers: str | None) -> None:
        """Answer something (None takes an answer back); looks again where that changes what is found."""
        self.tell_all({name.replace("__", "."): value for name, value in answers.items()})

    def tell_all(self, answers: Mapping[str, str | None]) -> None:
        """The same for names with dots in them."""
        before = dict(self.told)
        for name, value in answers.items():
            if value is None:
                self.told.pop(name, None)
            else:
                self.told[name] = value
        if self.told == before:
            return
        fresh = [name for name in answers if self.told.get(name) != before.get(name)]
        if all(name.startswith(_NO_NEW_LOOK) and name in self.told for name in fresh):
            self.changed.emit()
        else:
            self._cancel()
            self._timer.start()
            self.changed.emit()

    def look(self) -> None:
        """Look at the file as soon as the window is free again."""
        self._cancel()
        self._timer.stop()
        self._look()

    def stop(self) -> None:
        """Let go of everything; nothing that was unpacked or copied stays behind."""
        self._timer.stop()
        self._cancel()
        if self._folder is not None:
            scratch.remove(self._folder)
            self._folder = None

    def place_for(self, name: str) -> Path:
        """A place for a copy that goes when the wizard closes."""
        if self._folder is None:
            self._folder = scratch.folder()
        return self._folder / (Path(name).name or "sheet")

    def _look(self) -> None:
        path, desk = self.path, self._desk
        if path is None:
            self.changed.emit()
            return
        ended: list[object] = []

        def done(preview: Preview) -> None:
            ended.append(preview)
            self._answer(path, preview, None)

        def refused(error: VoipDeskError) -> None:
            ended.append(error)
            self._answer(path, None, error)

        job = desk.command(
            tr("Look at {file}").format(file=path.name),
            previews.preview,
            path,
            told=dict(self.told),
            table=self.table,
            done=done,
            refused=refused,
        )
        if not ended and not job.is_over:
            self._job = job
            job.ended.connect(lambda: self._over(job))
        self.changed.emit()

    def _over(self, job: Job) -> None:
        if shiboken6.isValid(self) and self._job is job:
            self._job = None
            if self.preview is None and self.error is None:
                self.error = VoipDeskError("stopped", tr("Stopped. Nothing was changed."))
            self.changed.emit()

    def _answer(self, path: Path, preview: Preview | None, error: VoipDeskError | None) -> None:
        if not shiboken6.isValid(self) or path != self.path or self._timer.isActive():
            return
        self._job = None
        self.preview, self.error = preview, error
        was_new, self._is_new = self._is_new, False
        self.changed.emit()
        if was_new:
            self.looked.emit()

    def _cancel(self) -> None:
        job, self._job = self._job, None
        if job is not None:
            job.cancel()
