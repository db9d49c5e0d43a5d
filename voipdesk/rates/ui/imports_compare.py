"""Two imports of one table side by side: how many rows, what changed."""

from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from voipdesk.kernel.ledger import PARTS
from voipdesk.kernel.text import tr
from voipdesk.kit import theme
from voipdesk.kit.grid import Column, Grid, Kind, MemorySource
from voipdesk.kit.names import named
from voipdesk.kit.page import closing, framed
from voipdesk.rates.queries import ImportRecord
from voipdesk.rates.ui.dialogs import COUNTS, count_titles


class CompareDialog(QDialog):
    """`table.previous`: one line for each number, then, now, and the difference."""

    def __init__(self, parent: QWidget, record: ImportRecord, before: ImportRecord | None) -> None:
        super().__init__(parent)
        title = tr("{file} and the import before it").format(file=record.file_name)
        named(self, "dialog.previous", title)
        self.setWindowTitle(title)
        columns = [
            Column("what", tr("Number of"), width=20, stretch=True),
            Column("before", before.file_name if before else tr("none before"), Kind.INT, width=18),
            Column("now", record.file_name, Kind.INT, width=18),
            Column("change", tr("Difference"), Kind.INT, width=12, signed=True),
        ]
        parts = (tr("Rows"), tr("Skipped"), tr("Blank"), tr("Accepted"), tr("Duplicates"), tr("Quarantine"))
        names = dict(zip(("rows", *PARTS), parts, strict=True))
        rows = [
            self._row(text, name, record.ledger, before.ledger if before else {})
            for name, text in names.items()
        ]
        titles = count_titles()
        rows += [
            self._row(titles[name], name, record.counts, before.counts if before else {}) for name in COUNTS
        ]
        self.grid = Grid("previous", columns, title=title)
        self.grid.set_source(MemorySource(columns, rows, key="what"))
        box = QVBoxLayout(self)
        box.setContentsMargins(theme.L, theme.L, theme.L, theme.M)
        box.addWidget(framed(self.grid), 1)
        box.addLayout(closing(self))
        self.resize(theme.ems(44, self), theme.ems(28, self))

    @staticmethod
    def _row(
        text: str, name: str, now: dict[str, int], before: dict[str, int]
    ) -> tuple[str, int | None, int | None, int | None]:
        new, old = now.get(name), before.get(name)
        return text, old, new, None if new is None or old is None else new - old
