"""The import of a rate sheet in three steps: the file, what it would change, publishing."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from uuid import UUID

import shiboken6
from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QWidget,
)

from voipdesk.kernel.problems import VoipDeskError
from voipdesk.kernel.text import tr
from voipdesk.kit import theme
from voipdesk.kit.desk import Desk
from voipdesk.kit.flow import Flow, Step
from voipdesk.kit.wizard import Wizard
from voipdesk.rates import queries
from voipdesk.rates.commands import ImportReport
from voipdesk.rates.ui.steps import FilePage, PublishPage, Request, ReviewPage, file_problems, summary
from voipdesk.store.database import Database

__all__ = ["RateWizard", "summary"]


class RateWizard(Wizard):
    """`wizard.rates`; stays open until the rates are published, then emits the report."""

    published = Signal(object)

    def __init__(
        self,
        desk: Desk[Database],
        tables: Sequence[queries.RateTable],
        *,
        chosen: UUID | None = None,
        path: Path | None = None,
        parent: QWidget | None = None,
    ) -> None:
        self._desk = desk
        self.file, self.review, self.publish = FilePage(desk, tables), ReviewPage(desk), PublishPage()
        steps = [
            Step("file", tr("File"), check=file_problems),
            Step("review", tr("Review"), check=lambda _: self.review.problems()),
            Step("publish", tr("Publish"), check=lambda _: self._running()),
        ]
        pages = {"file": self.file, "review": self.review, "publish": self.publish}
        flow = Flow(steps, {"path": path, "table": chosen})
        super().__init__(
            "rates",
            flow,
            pages,
            title=tr("Import a rate sheet"),
            finish=("publish", tr("Publish")),
            parent=parent,
        )
        names = {one.id: one.name for one in tables}
        self.step_shown.connect(lambda _: self._name(names))
        self.resize(theme.ems(72, self), theme.ems(46, self))

    def go_on(self) -> None:
        """Next; at the last step publish first, and close only when that is done."""
        if not self.flow.is_last or self.look():
            super().go_on()
            return
        values = self.flow.values
        request: Request = values["request"]
        job = self._desk.jobs.write(
            tr("Import {file}").format(file=request.path.name),
            lambda progress: request.run(
                self._desk, progress, dry_run=False, accept=values["accept"], note=values["note"]
            ),
            done=self._done,
            refused=self._refused,
        )
        self.publish.working.watch(job, lambda: self._say(tr("Stopped. Nothing was changed."), "muted"))
        if self.publish.working.is_busy:
            self.look()

    def reject(self) -> None:
        """Close; what runs is stopped and leaves nothing behind."""
        self.review.working.cancel()
        self.publish.working.cancel()
        super().reject()

    def _running(self) -> list[str]:
        return [tr("Publishing…")] if self.publish.working.is_busy else []

    def _done(self, report: ImportReport) -> None:
        if shiboken6.isValid(self):
            self.publish.working.end()
            self.published.emit(report)
            self.accept()

    def _refused(self, error: VoipDeskError) -> None:
        if shiboken6.isValid(self):
            self.publish.working.end()
            self.look()
            self._say(str(error), "danger")

    def _name(self, names: Mapping[UUID, str]) -> None:
        table = self.flow.values.get("table")
        if isinstance(table, UUID) and table in names:
            self.title.setText(tr("Import into {table}").format(table=names[table]))
