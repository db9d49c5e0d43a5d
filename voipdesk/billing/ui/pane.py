"""The pane beside the list of invoices: the document as printed, with zoom."""

from collections.abc import Callable

from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout

from voipdesk.kernel.text import tr
from voipdesk.kit import theme
from voipdesk.kit.jobs import Jobs
from voipdesk.kit.names import named
from voipdesk.kit.page import button, label, tool
from voipdesk.kit.sheet_view import STEP, PdfView
from voipdesk.kit.sheets import Sheets
from voipdesk.kit.states import LoadingBar


class DocumentPane(QFrame):
    """`pane.document`: a title, buttons, the pages."""

    def __init__(self, jobs: Jobs, close: Callable[[], object]) -> None:
        super().__init__()
        named(self, "pane.document", tr("Document"))
        self.setProperty("role", "card")
        self.view = PdfView(jobs)
        self.title = label(bold=True)
        self.percent = label(tone="muted")
        self.loading = LoadingBar()
        self.view.zoomed.connect(lambda percent: self.percent.setText(f"{percent} %"))
        bar = QHBoxLayout()
        bar.setContentsMargins(theme.M, theme.S, theme.S, theme.S)
        bar.setSpacing(theme.XS)
        bar.addWidget(self.title, 1)
        for part in (
            tool("minus", "zoom.out", tr("Smaller (Ctrl+-)"), lambda: self.view.zoom_by(1 / STEP)),
            self.percent,
            tool("plus", "zoom.in", tr("Larger (Ctrl++)"), lambda: self.view.zoom_by(STEP)),
            button(tr("Fit width"), "zoom.fit", act=self.view.fit_width),
            tool("close", "pane.close", tr("Close the document"), close),
        ):
            bar.addWidget(part)
        box = QVBoxLayout(self)
        box.setContentsMargins(1, 1, 1, 1)
        box.setSpacing(0)
        box.addLayout(bar)
        box.addWidget(self.loading)
        box.addWidget(self.view, 1)

    def begin(self, title: str) -> None:
        """Say what is on its way; the old pages stay until it comes."""
        self.title.setText(title)
        self.loading.start()
        self.show()

    def show_sheets(self, sheets: Sheets | None) -> None:
        """Show pages, or nothing; pages that come after the pane was closed are dropped."""
        self.loading.stop()
        self.view.show_sheets(None if self.isHidden() else sheets)
