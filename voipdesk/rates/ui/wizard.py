"""The import of a rate sheet in six steps: File, Rows, Columns, Check, Review, Publish.

The sheet is staged between Columns and Check: kept in the workspace, live for nobody, reopened from Imports.
"""

from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

import shiboken6
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from voipdesk.kernel.problems import VoipDeskError
from voipdesk.kernel.text import tr
from voipdesk.kit import theme
from voipdesk.kit.desk import Desk
from voipdesk.kit.flow import Flow
from voipdesk.kit.wizard import Wizard
from voipdesk.rates import queries
from voipdesk.rates.commands import ImportReport
from voipdesk.rates.commands.learning import learn_titles
from voipdesk.rates.queries.staged import StagedImport
from voipdesk.rates.rules.surroundings import Surroundings
from voipdesk.rates.ui.dropping import Dropping
from voipdesk.rates.ui.imports_actions import show_import
from voipdesk.rates.ui.reading import Reading
from voipdesk.rates.ui.staging import Staging
from voipdesk.rates.ui.step_publish import summary
from voipdesk.rates.ui.wizard_pages import (
    BEFORE_STAGING,
    Pages,
    banner_text,
    steps,
    table_named,
    titles_told,
)
from voipdesk.rates.ui.wizard_ways import WizardWays
from voipdesk.store.database import Database

__all__ = ["RateWizard", "summary"]


class RateWizard(Wizard):
    """`wizard.rates`; stays open until the rates are published, then emits the report."""

    published = Signal(object)
    plan_wanted = Signal(object)
    """What a plan sells below cost; what was staged is kept for later."""

    def __init__(
        self,
        desk: Desk[Database],
        tables: Sequence[queries.RateTable],
        *,
        chosen: UUID | None = None,
        path: Path | None = None,
        surroundings: Surroundings | None = None,
        parent: QWidget | None = None,
    ) -> None:
        self._desk, self._tables = desk, list(tables)
        self.is_kept = False
        """Whether it was closed to go on another day."""
        self.reading, self.staging = Reading(desk), Staging(desk, surroundings)
        made = self.parts = Pages.made(desk, tables, self.reading)
        self.file, self.review, self.publish = made.file, made.review, made.publish
        flow = Flow(steps(made, self.staging), {"path": path, "table": chosen})
        title, finish = tr("Import a rate sheet"), ("publish", tr("Publish"))
        super().__init__("rates", flow, made.by_step(), title=title, finish=finish, parent=parent)
        self._wire()
        self.resize(theme.ems(80, self), theme.ems(50, self))
        if path is not None:
            self.reading.open(path)

    @classmethod
    def resume(
        cls,
        desk: Desk[Database],
        import_id: UUID,
        *,
        surroundings: Surroundings | None = None,
        parent: QWidget | None = None,
    ) -> "RateWizard":
        """Go on with an import that is staged (at Review), or read the kept file of a cancelled one again."""
        kept = queries.staged(desk.db, desk.actor, import_id)
        tables = queries.tables(desk.db, desk.actor)
        made = cls(desk, tables, chosen=kept.table.id, surroundings=surroundings, parent=parent)
        made._resume(kept)
        return made

    def go_on(self) -> None:
        """Next; stages the sheet first where that is needed, and publishes at the end."""
        following = self.flow.upcoming()
        is_held = bool(self.look())
        leaves_file = following is not None and following.name not in BEFORE_STAGING
        if not is_held and self.flow.current.name in BEFORE_STAGING and leaves_file:
            self.staging.stage(self.reading, self.file.table.value())
        elif not is_held and following is None:
            self._publish()
        else:
            super().go_on()

    def look(self) -> list[str]:
        """As every wizard; once the sheet is staged it can be kept for later."""
        is_free = not self.staging.is_busy and not self.publish.working.is_busy
        self.btn_later.setVisible(self.staging.import_id is not None and is_free)
        return super().look()

    def reject(self) -> None:
        """Close. What runs is stopped; what this wizard has staged is dropped, unless it is kept for later."""
        is_publishing = self.publish.working.is_busy
        self.publish.working.cancel()
        self.staging.end(keeps=self.is_kept, drops=is_publishing)
        super().reject()

    def _wire(self) -> None:
        Dropping(self, self._desk, self.file)
        staging, review = self.staging, self.review
        self.reading.setParent(self)
        staging.setParent(self)
        self.finished.connect(lambda _: self.reading.stop())
        self.step_shown.connect(lambda _: self.name_target())
        self.file.changed.connect(self.name_target)
        self.file.changed.connect(lambda: self.reading.aim(self.file.table.value()))
        self.file.earlier_wanted.connect(lambda key: show_import(self, self._desk, str(key)))
        self.reading.looked.connect(self._jump)
        staging.began.connect(self._staging_began)
        staging.staged.connect(self._staged)
        staging.failed.connect(lambda error: self._not_staged(str(error), "danger"))
        staging.stopped.connect(lambda: self._not_staged(tr("Stopped. Nothing was changed."), "muted"))
        staging.reviewing.connect(review.begin)
        staging.reviewed.connect(review.show_review)
        staging.review_failed.connect(review.fail)
        review.decided.connect(lambda given, moves: staging.decide(given, moves_rates=moves))
        review.change_wanted.connect(self._change)
        review.quarantine_wanted.connect(self._to_check)
        # The import waits until its prices are looked after.
        review.plan_wanted.connect(lambda _: self._keep())
        review.plan_wanted.connect(self.plan_wanted)
        self.ways = WizardWays(self, self._desk, self._tables)

    def _jump(self) -> None:
        """A profile answers everything: on to what would change, without any key."""
        if self.flow.current.name == "file" and self.file.fits:
            self.flow.enter(change=False)
            if not self.look():
                self.go_on()

    def _staging_began(self) -> None:
        line, job = self.parts.working(self.flow.current.name), self.staging.job
        if line is not None and job is not None:
            line.watch(job, lambda: None)
        else:
            self.review.begin()
        self.look()

    def _staged(self, kept: StagedImport) -> None:
        """The sheet is staged: on to the first step that is about its rates."""
        self.parts.end_working()
        if kept.layout is not None:
            self.parts.check.open(kept.id, kept.layout, kept.ledger)
        preview = self.reading.preview
        profile = None if preview is None or self.flow.values.get("change") else preview.profile
        self.review.show_banner("" if profile is None else banner_text(profile, kept))
        if self.flow.current.name in BEFORE_STAGING:
            super().go_on()
        else:
            self.look()

    def _not_staged(self, text: str, tone: str) -> None:
        self.parts.end_working()
        if self.flow.current.name not in BEFORE_STAGING:
            self.staging.review()
        self.look()
        self._say(text, tone)

    def _change(self) -> None:
        """From the banner: look at rows and columns after all."""
        self.go_back("file")
        self.flow.enter(change=True)
        super().go_on()

    def _to_check(self, code: str = "") -> None:
        """From the chip of the quarantine, or a guard, to its rows."""
        self.parts.check.reload(code)
        path = self.flow.path
        if "check" not in path and self.staging.has_rejects:
            self.flow.stand_at(*path[:-1], "check", path[-1])
        if "check" in path:
            self.go_back("check")

    def _publish(self) -> None:
        note = self.publish.note.text().strip()
        job = self.staging.publish(note, self.review.review, done=self._published, refused=self._refused)
        if job is not None:
            self.publish.working.watch(job, self._publishing_stopped)
            self.look()

    def _publishing_stopped(self) -> None:
        """Nothing is live, and the import is cancelled; the sheet is read again where somebody goes on."""
        self.staging.let_go()
        self.flow.stand_at(self.flow.path[0])
        self._show()
        self._say(tr("Stopped. Nothing was published. Next reads the sheet again."), "muted")

    def _published(self, report: ImportReport) -> None:
        if not shiboken6.isValid(self):
            return
        self.publish.working.end()
        self.staging.published()
        titles, desk = titles_told(self.reading), self._desk
        if titles:
            name = report.file_name
            desk.jobs.write(
                tr("Learn titles of columns"), lambda _: learn_titles(desk.db, desk.actor, titles, file=name)
            )
        self.published.emit(report)
        self.accept()

    def _refused(self, error: VoipDeskError) -> None:
        if shiboken6.isValid(self):
            self.publish.working.end()
            self.look()
            self._say(str(error), "danger")
            if error.code == "changed_since":
                self.staging.review()

    def _keep(self) -> None:
        self.is_kept = True
        if self.flow.current.name == "publish":
            self.staging.decide({"note": self.publish.note.text().strip()}, moves_rates=False)
        super()._keep()

    def _resume(self, kept: StagedImport) -> None:
        """Show what was staged before; a cancelled one begins at its file, with its answers."""
        self.staging.take(kept)
        self.flow.give(table=kept.table.id, is_edit=not kept.is_sheet)
        self.file.enter({"table": kept.table.id})
        if kept.is_sheet:
            copy = self.reading.place_for(kept.file_name)
            copy.write_bytes(queries.original(self._desk.db, self._desk.actor, kept.id)[1])
            self.reading.table = kept.table.id
            self.reading.open(copy, {name: str(value) for name, value in kept.told.items()})
        if kept.state == "staged":
            if kept.layout is not None:
                self.parts.check.open(kept.id, kept.layout, kept.ledger)
            self.flow.stand_at(*(("file", "review") if kept.is_sheet else ("review",)))
            self._show()
            self.staging.review()

    def name_target(self) -> None:
        """The title says which table it goes into."""
        table = table_named(self._tables, self.file.table.value())
        if table is not None:
            is_edit = bool(self.flow.given.get("is_edit"))
            text = tr("Publish edits of {table}") if is_edit else tr("Import into {table}")
            self.title.setText(text.format(table=table.name))
            if is_edit:
                self.setWindowTitle(tr("Publish edits"))
