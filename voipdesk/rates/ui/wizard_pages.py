"""The six pages of the rate import and the course through them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from PySide6.QtWidgets import QWidget

from voipdesk.kernel.text import tr
from voipdesk.kit.desk import Desk
from voipdesk.kit.flow import Step
from voipdesk.rates.files_preview import Fitting
from voipdesk.rates.queries import RateTable
from voipdesk.rates.queries.staged import StagedImport
from voipdesk.rates.ui.reading import Reading
from voipdesk.rates.ui.staging import Staging
from voipdesk.rates.ui.step_check import CheckPage
from voipdesk.rates.ui.step_columns import ColumnsPage
from voipdesk.rates.ui.step_file import FilePage
from voipdesk.rates.ui.step_publish import PublishPage
from voipdesk.rates.ui.step_review import ReviewPage
from voipdesk.rates.ui.step_rows import RowsPage
from voipdesk.rates.ui.working import Working
from voipdesk.store.database import Database
from voipdesk.tabular.words import plain

BEFORE_STAGING = ("file", "rows", "columns")
"""Steps that are about the file; what follows is about its rates."""


@dataclass(slots=True)
class Pages:
    """The pages by their steps."""

    file: FilePage
    rows: RowsPage
    columns: ColumnsPage
    check: CheckPage
    review: ReviewPage
    publish: PublishPage

    @classmethod
    def made(cls, desk: Desk[Database], tables: Sequence[RateTable], reading: Reading) -> "Pages":
        """Fresh pages over one reading."""
        return cls(
            FilePage(desk, tables, reading), RowsPage(reading), ColumnsPage(desk, tables, reading), CheckPage(desk),
            ReviewPage(desk), PublishPage(),
        )  # fmt: skip

    def by_step(self) -> dict[str, QWidget]:
        """As a wizard takes them."""
        return {
            "file": self.file, "rows": self.rows, "columns": self.columns, "check": self.check,
            "review": self.review, "publish": self.publish,
        }  # fmt: skip

    def working(self, step: str) -> Working | None:
        """The line of a step in which reading is shown."""
        return {"file": self.file.working, "rows": self.rows.working, "columns": self.columns.working}.get(
            step
        )

    def end_working(self) -> None:
        """Nothing is read any more."""
        for step in BEFORE_STAGING:
            line = self.working(step)
            if line is not None:
                line.end()


def steps(pages: Pages, staging: Staging) -> list[Step]:
    """Rows, Columns and Check are left out where a profile answers everything (the review says what waits), Check where
    nothing does.
    """

    def is_sheet(values: Mapping[str, Any]) -> bool:
        return not values.get("is_edit")

    def by_hand(values: Mapping[str, Any]) -> bool:
        return is_sheet(values) and (not values.get("fits") or bool(values.get("change")))

    def to_check(values: Mapping[str, Any]) -> bool:
        return staging.has_rejects and not (is_sheet(values) and not by_hand(values))

    def unless_busy(problems: Callable[[], list[str]]) -> Callable[[Any], list[str]]:
        busy = tr("The sheet is being read. Nothing changes by that.")
        return lambda _: [busy] if staging.is_busy else problems()

    def running(_: Any) -> list[str]:
        return [tr("Publishing…")] if pages.publish.working.is_busy else []

    return [
        Step("file", tr("File"), needed=is_sheet, check=unless_busy(pages.file.problems)),
        Step("rows", tr("Rows"), needed=by_hand, check=unless_busy(pages.rows.problems)),
        Step("columns", tr("Columns"), needed=by_hand, check=unless_busy(pages.columns.problems)),
        Step("check", tr("Check"), needed=to_check, check=lambda _: pages.check.problems()),
        Step("review", tr("Review"), check=lambda _: pages.review.problems()),
        Step("publish", tr("Publish"), check=running),
    ]  # fmt: skip


def banner_text(profile: Fitting, kept: StagedImport) -> str:
    """Which profile was applied, how much of it fits, and what the sheet has beside it."""
    said = tr("Profile {name} applied; {found} of {wanted} columns, {problems} problems.").format(
        name=profile.name,
        found=profile.found,
        wanted=profile.wanted,
        problems=f"{kept.ledger.get('quarantined', 0):,}",
    )
    if profile.ignored:
        said += " " + tr("Ignored: {titles}.").format(titles=", ".join(profile.ignored))
    notes = kept.layout.notes if kept.layout is not None else ()
    return " ".join((said, *notes))


def titles_told(reading: Reading) -> dict[str, str]:
    """Titles whose meaning a person has said, with it."""
    layout = reading.layout
    if layout is None or not layout.titles:
        return {}
    told = [name.removeprefix("columns.") for name in reading.told if name.startswith("columns.")]
    places = {role: layout.columns[role] for role in told if role in layout.columns}
    named = {layout.titles[at]: role for role, at in places.items() if at < len(layout.titles)}
    return {title: role for title, role in named.items() if plain(title)}


def table_named(tables: Sequence[RateTable], table_id: UUID | None) -> RateTable | None:
    """The table of an id."""
    return next((one for one in tables if one.id == table_id), None)
