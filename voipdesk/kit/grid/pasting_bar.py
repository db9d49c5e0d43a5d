"""What Ctrl+V would change, said before it is pressed; and the menu of Ctrl+Shift+V."""

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu

from voipdesk.kernel.text import tr
from voipdesk.kit.grid import pasting
from voipdesk.kit.grid.changing import Changing
from voipdesk.kit.grid.footer import Footer
from voipdesk.kit.grid.view import GridView

MILLISECONDS = 80
MOST_PREVIEWED = 2_000_000
"""Characters of a clipboard that are looked at before anybody pastes it."""


class PasteHint(QObject):
    """Keeps the footer's hint true to the clipboard and the selection, a moment after either changed."""

    def __init__(self, changing: Changing, view: GridView, footer: Footer, parent: QObject) -> None:
        super().__init__(parent)
        self._changing, self._view, self._footer = changing, view, footer
        self._block: pasting.Block | None = None
        self._later = QTimer(self, singleShot=True, interval=MILLISECONDS)
        self._later.timeout.connect(self.show_now)
        QGuiApplication.clipboard().dataChanged.connect(self._forget)
        view.selected.connect(self._later.start)

    def look_again(self, *_: object) -> None:
        """Other rows are shown; they may not be for editing."""
        self._later.start()

    def _forget(self) -> None:
        self._block = None
        self._later.start()

    def show_now(self) -> None:
        """Say what a paste would change."""
        ground = self._changing.ground() if self._view.isVisible() else None
        if ground is None:
            self._footer.show_hint("")
            return
        if self._block is None:
            data = QGuiApplication.clipboard().mimeData()
            is_small = data is not None and data.hasText() and len(data.text()) <= MOST_PREVIEWED
            self._block = pasting.block_of(data) if is_small else []
        self._footer.show_hint(pasting.said(ground, self._block) if self._block else "")


def offer_paste(view: GridView, changing: Changing) -> object:
    """Ctrl+Shift+V: other ways to paste, as a menu at the current cell."""
    if changing.source is None:
        return False
    menu = QMenu(view)
    menu.setObjectName("menu.paste")
    menu.setAccessibleName(tr("Paste"))
    ways = {
        "paste.values": (tr("Values into the selection"), {}),
        "paste.rows": (tr("As new rows"), {"as_rows": True}),
        "paste.turned": (tr("Rows as columns"), {"turned": True}),
    }
    for name, (title, how) in ways.items():
        act = menu.addAction(title)
        act.setObjectName(name)
        act.triggered.connect(lambda _=False, how=how: changing.paste(**how))
    menu.aboutToHide.connect(menu.deleteLater)
    menu.popup(view.viewport().mapToGlobal(view.visualRect(view.currentIndex()).bottomLeft()))
    return True
